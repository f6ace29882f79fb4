//! A witness, for people.

use std::fmt;

use super::formula::{Assumption, Formula};
use super::search::{Held, Model};
use super::theory::Element;
use crate::{AttributeRef, AttributeValue, ContextKind, Value, Weight};

/// A context that proves something, with its assumptions.
///
/// `Display` prints the JSON that SDKs read, with as few attributes as the proof needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    contexts: Vec<(ContextKind, AttributeValue)>,
    pub(crate) shares: Vec<Share>,
    pub(crate) assumed: Vec<(Assumption, bool)>,
}

/// Where a percentage finds a context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) segment: String,
    pub(crate) kind: ContextKind,
    pub(crate) by: AttributeRef,
    /// At least this far, in thousandths of a percent.
    pub(crate) from: u32,
    /// And not as far as this.
    pub(crate) to: u32,
}

/// Stands for a hidden key.
const HIDDEN: &str = "<a listed key>";

impl Witness {
    pub(crate) fn new(model: Model, formula: &Formula<'_>) -> Self {
        let mut firsts: Vec<char> = Vec::new();
        let contexts = model.kinds.into_iter().map(|(kind, attributes)| {
            let mut properties = Properties::default();
            for (reference, held) in attributes {
                let path: Vec<String> = reference.path().map(String::from).collect();
                properties.set(&path, value(held));
            }
            let first = kind.as_str().chars().find(char::is_ascii_alphanumeric);
            let first = first.unwrap_or('k').to_ascii_lowercase();
            let of_first = firsts.iter().filter(|known| **known == first).count();
            firsts.push(first);
            let key = match of_first {
                0 => first.to_string(),
                number => format!("{first}-{number}"),
            };
            let context = properties.context(key);
            (kind, context)
        });
        let contexts = contexts.collect();
        let shares = model.buckets.iter().map(|(at, from, to)| {
            let bucket = &formula.buckets[*at];
            Share {
                segment: bucket.segment.clone(),
                kind: formula.kinds[bucket.kind].name.clone(),
                by: formula.attributes[bucket.by].reference.clone(),
                from: *from,
                to: *to,
            }
        });
        let mut assumed: Vec<_> = model
            .assumed
            .iter()
            .map(|(at, holds)| (formula.assumptions[*at].clone(), *holds))
            .collect();
        assumed.sort();
        Self {
            contexts,
            shares: shares.collect(),
            assumed,
        }
    }

    /// Returns the witness with placeholders for keys to hide, such as those of people.
    #[must_use]
    pub fn hiding_keys(&self, is_hidden: &dyn Fn(&ContextKind, &str) -> bool) -> Self {
        let mut hidden = self.clone();
        for (kind, context) in &mut hidden.contexts {
            let AttributeValue::Object(properties) = context else {
                continue;
            };
            for (name, value) in properties {
                let shows =
                    |value: &AttributeValue| value.as_str().is_some_and(|key| is_hidden(kind, key));
                if name == "key" && shows(value) {
                    *value = HIDDEN.into();
                }
            }
        }
        hidden
    }

    /// Iterates over the context of each kind, ordered by kind.
    pub fn contexts(&self) -> impl Iterator<Item = (&ContextKind, &AttributeValue)> {
        self.contexts.iter().map(|(kind, context)| (kind, context))
    }

    /// Iterates over the unknown facts that the witness assumes, and whether they are assumed to be true.
    pub fn assumptions(&self) -> impl Iterator<Item = (&Assumption, bool)> {
        self.assumed.iter().map(|(what, holds)| (what, *holds))
    }

    /// Returns whether all that is so of the context follows from what it is: nothing depends on a salt, or on
    /// what is declared elsewhere.
    pub(crate) fn depends_on_nothing(&self) -> bool {
        self.shares.is_empty() && self.assumed.is_empty()
    }

    /// Returns the context as JSON.
    ///
    /// Example: [`Algebra`](super::Algebra).
    #[must_use]
    pub fn json(&self) -> String {
        let mut text = String::new();
        match &self.contexts[..] {
            [(kind, context)] => write_context(&mut text, Some(kind), context),
            several => {
                text.push_str(r#"{"kind":"multi""#);
                for (kind, context) in several {
                    text.push(',');
                    write_text(&mut text, kind.as_str());
                    text.push(':');
                    write_context(&mut text, None, context);
                }
                text.push('}');
            }
        }
        text
    }
}

/// The context, and what has to be so around it.
impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.json())?;
        for share in &self.shares {
            let percent = |thousandths| {
                Weight::from_thousandths(thousandths).map_or(String::new(), |it| it.to_string())
            };
            let segment = match &share.segment[..] {
                "" => String::new(),
                segment => format!(" of `{segment}`"),
            };
            match (share.from, share.to) {
                (0, to) => write!(f, ", in the first {}{segment}", percent(to))?,
                (from, 100_000) => write!(f, ", behind the first {}{segment}", percent(from))?,
                (from, to) => write!(
                    f,
                    ", between the first {} and {}{segment}",
                    percent(from),
                    percent(to)
                )?,
            }
        }
        for (assumption, holds) in &self.assumed {
            let is = if *holds { "is" } else { "is not" };
            match assumption {
                Assumption::External(key) => write!(f, ", if it {is} in `{key}`")?,
                Assumption::Big(key) => write!(f, ", if it {is} on the list of `{key}`")?,
                Assumption::Included(key) if *holds => {
                    write!(f, ", if somebody includes it in `{key}`")?;
                }
                Assumption::Excluded(key) if *holds => {
                    write!(f, ", if somebody excludes it from `{key}`")?;
                }
                Assumption::Rules(key) if *holds => {
                    write!(f, ", if a rule of `{key}` that is not declared lets it in")?;
                }
                // Nobody has to do anything.
                _ => {}
            }
        }
        Ok(())
    }
}

/// The attributes of a context, objects within objects.
#[derive(Default)]
struct Properties(Vec<(String, Property)>);

enum Property {
    Value(AttributeValue),
    Object(Properties),
}

impl Properties {
    fn set(&mut self, path: &[String], value: AttributeValue) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        let at = self.0.iter().position(|(name, _)| name == first);
        let at = at.unwrap_or_else(|| {
            self.0
                .push((first.clone(), Property::Object(Self::default())));
            self.0.len() - 1
        });
        match (&mut self.0[at].1, rest) {
            (property, []) => *property = Property::Value(value),
            (Property::Object(inner), rest) => inner.set(rest, value),
            // What is no object has nothing inside; the witness will not be confirmed.
            (Property::Value(_), _) => {}
        }
    }

    fn context(self, key: String) -> AttributeValue {
        let mut properties = self.value();
        if let AttributeValue::Object(properties) = &mut properties {
            // What it is if nothing is said.
            properties.retain(|(name, value)| {
                name != "kind" && (name != "anonymous" || *value != AttributeValue::Bool(false))
            });
            if let Err(at) = properties.binary_search_by(|(name, _)| name.as_str().cmp("key")) {
                properties.insert(at, ("key".to_owned(), key.into()));
            }
        }
        properties
    }

    fn value(self) -> AttributeValue {
        let properties = self.0.into_iter().map(|(name, property)| {
            let value = match property {
                Property::Value(value) => value,
                Property::Object(inner) => inner.value(),
            };
            (name, value)
        });
        AttributeValue::object(properties)
    }
}

fn value(held: Held) -> AttributeValue {
    let one = |element| match element {
        Element::Value(Value::Bool(value)) => AttributeValue::Bool(value),
        Element::Value(Value::Number(number)) => AttributeValue::Number(number.get()),
        Element::Value(Value::String(text)) => AttributeValue::String(text.into_owned()),
        Element::Object => AttributeValue::Object(Vec::new()),
    };
    match held {
        Held::One(element) => one(element),
        Held::Many(elements) => elements.into_iter().map(one).collect(),
    }
}

fn write_context(text: &mut String, kind: Option<&ContextKind>, context: &AttributeValue) {
    text.push('{');
    if let Some(kind) = kind {
        text.push_str("\"kind\":");
        write_text(text, kind.as_str());
        text.push(',');
    }
    if let AttributeValue::Object(properties) = context {
        // Who it is stands first.
        let (key, rest): (Vec<_>, Vec<_>) = properties.iter().partition(|(name, _)| name == "key");
        write_properties(text, key.into_iter().chain(rest));
    }
    text.push('}');
}

fn write_properties<'v>(
    text: &mut String,
    properties: impl IntoIterator<Item = &'v (String, AttributeValue)>,
) {
    for (index, (name, value)) in properties.into_iter().enumerate() {
        text.push_str(if index > 0 { "," } else { "" });
        write_text(text, name);
        text.push(':');
        write_value(text, value);
    }
}

fn write_value(text: &mut String, value: &AttributeValue) {
    match value {
        AttributeValue::String(value) => write_text(text, value),
        AttributeValue::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write_value(text, value);
            }
            text.push(']');
        }
        AttributeValue::Object(properties) => {
            text.push('{');
            write_properties(text, properties);
            text.push('}');
        }
        value => text.push_str(&value.to_string()),
    }
}

/// As JSON has texts; what is not seen is written as a number.
fn write_text(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            character if character.is_control() || crate::steers(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
            character => text.push(character),
        }
    }
    text.push('"');
}
