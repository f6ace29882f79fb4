//! Reading the kinds of contexts and their attributes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use toml::de::DeValue;

use super::advice::Advice;
use super::reader::{Entries, Reader, Value, in_order};
use super::span::Span;
use super::{Arity, AttributeSchema, ContextSchema, shape, value};
use crate::algebra::Domain;
use crate::check::{TOO_DEEP, is_too_deep};
use crate::{AttributeRef, AttributeType, Code, ContextKind, did_you_mean, foreign};

/// The attributes of every context, declared or not (LaunchDarkly's documentation of contexts).
pub const BUILT_IN: [(&str, AttributeType); 4] = [
    ("key", AttributeType::String),
    ("kind", AttributeType::String),
    ("name", AttributeType::String),
    ("anonymous", AttributeType::Bool),
];

/// The value of `many` if it is not known.
pub(super) const UNKNOWN: &str = "unknown";

/// The kind that every project has.
pub(super) static USER: ContextKind = ContextKind::USER;

/// The declared kinds, as clauses look them up.
#[derive(Debug, Default)]
pub(super) struct Contexts(pub(super) BTreeMap<ContextKind, ContextSchema>);

/// The declaration of the attribute of a clause.
pub(super) enum Found<'c> {
    /// Its type, and the values that it can have.
    Type(AttributeType, Option<&'c AttributeSchema>),
    /// There is no such kind.
    NoKind,
    /// The kind has no such attribute.
    NoAttribute,
}

impl Contexts {
    pub(super) fn kind_exists(&self, kind: &str) -> bool {
        kind == USER.as_str() || self.0.contains_key(kind)
    }

    pub(super) fn attribute(&self, kind: &str, attribute: &str) -> Found<'_> {
        let schema = self.0.get(kind);
        if schema.is_none() && !self.kind_exists(kind) {
            return Found::NoKind;
        }
        // `/email` is `email`.
        let reference = AttributeRef::parse(attribute);
        let attribute = reference.as_ref().map_or(attribute, AttributeRef::as_str);
        if let Some(found) = schema.and_then(|schema| schema.attributes.get(attribute)) {
            return Found::Type(found.attribute_type, Some(found));
        }
        match BUILT_IN.iter().find(|(name, _)| *name == attribute) {
            Some((_, attribute_type)) => Found::Type(*attribute_type, None),
            None => Found::NoAttribute,
        }
    }

    /// The known values of an attribute.
    pub(super) fn domain(&self, kind: &ContextKind, attribute: &AttributeRef) -> Domain {
        match self.attribute(kind.as_str(), attribute.as_str()) {
            Found::NoKind | Found::NoAttribute => Domain::UNKNOWN,
            Found::Type(attribute_type, None) => Domain::new(attribute_type, Arity::One),
            Found::Type(_, Some(schema)) => schema.domain(),
        }
    }

    /// The ending of a message about a kind that is not declared.
    pub(super) fn kinds(&self, wrong: &str, advice: &mut Advice) -> String {
        let declared = self.0.keys().map(ContextKind::as_str);
        advice.or_list(wrong, declared.chain([USER.as_str()]))
    }

    /// The ending of a message about an attribute that is not declared.
    pub(super) fn attributes(&self, kind: &str, wrong: &str, advice: &mut Advice) -> String {
        if advice.is_exhausted() {
            return String::new();
        }
        let declared = self
            .0
            .get(kind)
            .into_iter()
            .flat_map(|schema| &schema.attributes);
        let names = declared.map(|(name, _)| name.as_str());
        let suggestion = advice.or_list(wrong, names.chain(BUILT_IN.map(|(name, _)| name)));
        // `user.email`, `$email`.
        let last = wrong.rsplit(['.', '$', ':']).next().unwrap_or(wrong);
        if wrong.contains("::") {
            let names = self
                .0
                .get(kind)
                .into_iter()
                .flat_map(|schema| &schema.attributes);
            let meant = did_you_mean(last, names.map(|(name, _)| name.as_str()));
            if let Some(meant) = meant {
                return format!("; did you mean `{meant}`?");
            }
        }
        let plain = last != wrong
            && self
                .0
                .get(kind)
                .is_some_and(|schema| schema.attributes.contains_key(last));
        if plain {
            return format!("; did you mean `{last}`?");
        }
        let elsewhere = self.0.iter().find(|(other, schema)| {
            other.as_str() != kind && schema.attributes.contains_key(wrong)
        });
        match elsewhere {
            Some((other, _)) if !suggestion.contains("did you mean") => {
                format!("; `{other}` has one: write `context = \"{other}\"`")
            }
            _ => suggestion,
        }
    }
}

/// An attribute, and what is declared of it.
type Declared<'s> = (&'s AttributeRef, &'s AttributeSchema);

/// The ways to the attributes of a kind, each step once, so that it takes no longer to walk them than
/// to read them.
#[derive(Default)]
struct Paths<'s> {
    steps: HashMap<(usize, Cow<'s, str>), usize>,
    /// The declarations at the end of each step; the first is the initial state.
    declared: Vec<Option<Declared<'s>>>,
}

impl<'s> Paths<'s> {
    /// Adds an attribute.
    fn declare(&mut self, declared: Declared<'s>) {
        if self.declared.is_empty() {
            self.declared.push(None);
        }
        let end = declared.0.path().fold(0, |at, name| {
            let next = self.declared.len();
            let at = *self.steps.entry((at, name)).or_insert(next);
            if at == next {
                self.declared.push(None);
            }
            at
        });
        self.declared[end] = Some(declared);
    }

    /// The first attribute on the way to another that is a value, and so no object. An attribute of
    /// any type may be an object.
    fn value_around(&self, reference: &'s AttributeRef) -> Option<Declared<'s>> {
        let mut at = 0;
        let mut path = reference.path().peekable();
        while let Some(name) = path.next() {
            at = *self.steps.get(&(at, name))?;
            path.peek()?;
            let is_value = |(_, schema): &Declared<'_>| {
                schema.attribute_type != AttributeType::Any && !schema.unreadable
            };
            if let Some(value) = self.declared[at].filter(is_value) {
                return Some(value);
            }
        }
        None
    }
}

impl AttributeSchema {
    fn set_type(&mut self, read: Option<AttributeType>) {
        self.unreadable = read.is_none();
        self.attribute_type = read.unwrap_or(AttributeType::Any);
    }
}

impl Reader<'_> {
    pub(super) fn contexts(&mut self, value: &Value<'_>) -> Contexts {
        let mut contexts = Contexts::default();
        let Some(kinds) = self.map("contexts", value) else {
            return contexts;
        };
        // By their names in lower case.
        let mut known = HashMap::from([(USER.as_str().to_owned(), ContextKind::USER)]);
        for (name, value) in in_order(kinds) {
            let kind = ContextKind::parse(name.get_ref().to_string());
            let mut schema = self.context(name.get_ref(), value);
            schema.span = name.span();
            match kind {
                Ok(kind) => {
                    let same = known.entry(kind.as_str().to_ascii_lowercase());
                    let same = same.or_insert_with(|| kind.clone());
                    if *same != kind {
                        let message = format!(
                            "`{kind}` and `{same}` are two kinds to LaunchDarkly; write `{same}`"
                        );
                        self.report(Code::KIND_CASE, name.span(), message);
                    }
                    contexts.0.insert(kind, schema);
                }
                Err(error) => self.report(Code::KIND_INVALID, name.span(), error.to_string()),
            }
        }
        contexts
    }

    fn context(&mut self, kind: &str, value: &Value<'_>) -> ContextSchema {
        let mut schema = ContextSchema::default();
        let Some(entries) = self.entries(kind, value, &shape::CONTEXT) else {
            return schema;
        };
        schema.description = entries
            .get("description")
            .and_then(|value| self.text("description", value))
            .map(str::to_owned);
        let Some(attributes) = entries
            .get("attributes")
            .and_then(|value| self.map("attributes", value))
        else {
            return schema;
        };
        for (name, value) in in_order(attributes) {
            let mut attribute = self.attribute(name.get_ref(), value);
            attribute.span = name.span();
            match AttributeRef::parse(name.get_ref().to_string()) {
                Ok(reference) if is_too_deep(&reference) => {
                    self.report(Code::ATTRIBUTE_INVALID, name.span(), TOO_DEEP);
                }
                Ok(reference) if schema.attributes.contains_key(&reference) => {
                    let message = format!("`{reference}` is declared twice; declare it once");
                    self.report(Code::KEY_DUPLICATE, name.span(), message);
                }
                Ok(reference) => {
                    self.built_in(&reference, name.span(), &attribute);
                    schema.attributes.insert(reference, attribute);
                }
                Err(error) => self.report(Code::ATTRIBUTE_INVALID, name.span(), error.to_string()),
            }
        }
        self.one_meaning(&schema);
        self.former_names(&schema);
        schema
    }

    /// No attribute is declared as a value and as an object.
    fn one_meaning(&mut self, schema: &ContextSchema) {
        let mut written: Vec<_> = schema.attributes.iter().collect();
        written.sort_by_key(|(_, attribute)| attribute.span.start);
        let mut paths = Paths::default();
        for (reference, attribute) in &written {
            paths.declare((*reference, *attribute));
        }
        for (reference, attribute) in written {
            if let Some((value, declared)) = paths.value_around(reference) {
                let message = format!(
                    "`{reference}` requires `{value}` to be an object, but it is declared as a {}; remove one of them",
                    declared.attribute_type
                );
                self.report(Code::KEY_DUPLICATE, attribute.span.clone(), message);
            }
        }
    }

    /// An attribute that every context has keeps its type.
    fn built_in(&mut self, reference: &AttributeRef, span: Span, attribute: &AttributeSchema) {
        let mut path = reference.path();
        let (name, inside) = (path.next().unwrap_or_default(), path.next().is_some());
        let other = inside || attribute.arity != Arity::One;
        let message = match BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            Some(("key", _)) => "every context has a `key`; do not declare it".into(),
            Some(("kind", _)) => {
                "`kind` is the kind of the context, which every context has; remove it".into()
            }
            Some((name, built_in)) if attribute.attribute_type != *built_in || other => {
                format!(
                    "`{name}` is built in, as a {built_in}; remove `{name}`, or choose another name"
                )
            }
            Some(_) | None => return,
        };
        self.report(Code::ATTRIBUTE_RESERVED, span, message);
    }

    fn attribute(&mut self, name: &str, value: &Value<'_>) -> AttributeSchema {
        let mut schema = AttributeSchema {
            attribute_type: AttributeType::Any,
            unreadable: true,
            arity: Arity::One,
            one_of: None,
            private: false,
            description: None,
            formerly: None,
            span: 0..0,
        };
        if value.get_ref().is_str() {
            schema.set_type(self.attribute_type(value, true));
            return schema;
        }
        if !value.get_ref().is_table() {
            match value.get_ref().as_array().map(|elements| &elements[..]) {
                // `groups = ["string"]`: a list.
                Some([one]) if one.get_ref().is_str() => {
                    let replacement = format!("{{ type = {}, many = true }}", self.written(one));
                    let problem = format!("`{name}` is the name of a type, or a table with `type`");
                    self.write(
                        Code::TOML_TYPE,
                        value.span(),
                        &problem,
                        value.span(),
                        &replacement,
                    );
                }
                _ => self.wrong_type(name, "the name of a type, or a table with `type`", value),
            }
            return schema;
        }
        let Some(entries) = self.entries(name, value, &shape::ATTRIBUTE) else {
            return schema;
        };
        entries.require(self);
        if let Some(value) = entries.get("type") {
            schema.set_type(self.attribute_type(value, false));
        }
        schema.private = entries
            .get("private")
            .and_then(|value| self.flag("private", value))
            .unwrap_or_default();
        if let Some(value) = entries.get("many") {
            schema.arity = self.arity(value);
        }
        schema.description = entries
            .get("description")
            .and_then(|value| self.text("description", value))
            .map(str::to_owned);
        schema.one_of = self.one_of(&entries, schema.attribute_type);
        schema.formerly = entries
            .get("formerly")
            .and_then(|value| self.formerly(name, value));
        schema
    }

    /// The former name of an attribute: another one in the same object.
    fn formerly(&mut self, name: &str, value: &Value<'_>) -> Option<AttributeRef> {
        let written = self.text("formerly", value)?;
        let former = match AttributeRef::parse(written.to_owned()) {
            Ok(former) => former,
            Err(error) => {
                self.report(Code::ATTRIBUTE_INVALID, value.span(), error.to_string());
                return None;
            }
        };
        let attribute = AttributeRef::parse(name.to_owned()).ok()?;
        let object = |reference: &AttributeRef| {
            let mut names: Vec<String> = reference.path().map(String::from).collect();
            names.pop();
            names
        };
        let message = if former == attribute {
            format!(
                "`{former}` is its current name; write the name that it had before, or remove `formerly`"
            )
        } else if former == AttributeRef::KEY || former == AttributeRef::KIND {
            format!(
                "every context has a `{former}`, so no attribute had this name; remove `formerly`"
            )
        } else if object(&former) != object(&attribute) {
            format!(
                "`{former}` is not in the same object as `{attribute}`; declare it as a separate attribute, and test both"
            )
        } else {
            return Some(former);
        };
        self.report(Code::ATTRIBUTE_RESERVED, value.span(), message);
        None
    }

    /// Refuses a former name that an attribute has, now or before: both would be sent under it.
    fn former_names(&mut self, schema: &ContextSchema) {
        let mut taken: HashMap<&AttributeRef, &AttributeRef> = HashMap::new();
        for (reference, attribute) in &schema.attributes {
            let Some(former) = &attribute.formerly else {
                continue;
            };
            let declared = schema.attributes.get_key_value(former);
            let other = declared.map(|(other, _)| other);
            if let Some(other) = other.or(taken.insert(former, reference)) {
                let message = format!(
                    "`{former}` is the name of `{other}`; two attributes cannot be sent under one name"
                );
                self.report(Code::KEY_DUPLICATE, attribute.span.clone(), message);
            }
        }
    }

    fn arity(&mut self, value: &Value<'_>) -> Arity {
        match value.get_ref() {
            DeValue::Boolean(false) => Arity::One,
            DeValue::Boolean(true) => Arity::Many,
            DeValue::String(text) if text == UNKNOWN => Arity::Unknown,
            _ => {
                self.wrong_type("many", "`true`, `false` or `\"unknown\"`", value);
                // Nothing is concluded from what could not be read.
                Arity::Unknown
            }
        }
    }

    /// The type of an attribute; `alone` if its name stands for the whole table.
    fn attribute_type(&mut self, value: &Value<'_>, alone: bool) -> Option<AttributeType> {
        let name = self.text("type", value)?;
        let found = AttributeType::ALL.into_iter().find(|t| t.name() == name);
        if found.is_none() {
            let problem = format!("`{name}` is not a type of attributes");
            // What needs a table of its own does not fit into one.
            let instead = foreign::attribute_type(name).map(|instead| {
                match instead.strip_prefix("{ type = ") {
                    Some(rest) if !alone => rest.trim_end_matches(" }"),
                    _ => instead,
                }
            });
            match instead {
                Some(instead) => self.write(
                    Code::TYPE_UNKNOWN,
                    value.span(),
                    &problem,
                    value.span(),
                    instead,
                ),
                None => {
                    let names = AttributeType::ALL.map(AttributeType::name);
                    let advice = self.advice.or_list(name, names);
                    self.report(
                        Code::TYPE_UNKNOWN,
                        value.span(),
                        format!("{problem}{advice}"),
                    );
                }
            }
        }
        found
    }

    fn one_of(
        &mut self,
        entries: &Entries<'_, '_>,
        attribute_type: AttributeType,
    ) -> Option<BTreeSet<crate::Value>> {
        let written = entries.get("one_of")?;
        let elements = self.array("one_of", written, "values")?;
        if elements.is_empty() {
            let message = "`one_of` is empty; list the possible values, or remove `one_of`";
            self.report(Code::VALUES_MISSING, written.span(), message);
        }
        let mut values = BTreeSet::new();
        for element in elements {
            let dates = attribute_type == AttributeType::Date;
            let Some(value) = self.value(element, dates) else {
                continue;
            };
            if let Some(message) = value::misfit(&value, attribute_type) {
                self.report(Code::VALUE_TYPE, element.span(), message);
            } else if values.contains(&value) {
                let message = format!("{value} is written twice; write it once");
                self.report(Code::VALUE_DUPLICATE, element.span(), message);
            } else {
                values.insert(value);
            }
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    /// The problems with attributes of these names and types.
    fn messages(attributes: &[(&str, &str)]) -> Vec<String> {
        let lines = attributes.iter();
        let lines = lines.map(|(name, of_type)| format!("\"{name}\" = \"{of_type}\"\n"));
        let text = format!(
            "[contexts.user.attributes]\n{}[segments.s]\ndescription = \"S\"\nnobody = true\n",
            lines.collect::<String>()
        );
        let report = crate::file::read("f.toml", text.as_bytes());
        let found = report.diagnostics().iter();
        found.map(|found| found.message.clone()).collect()
    }

    #[test]
    fn attributes_are_values_or_objects_and_declared_once() {
        let right = [
            ("/a/b", "string"),
            ("/a/c/d", "string"),
            ("o", "any"),
            ("/o/x", "number"),
        ];
        assert_eq!(messages(&right), [""; 0]);
        let found = messages(&[("a", "string"), ("/a/b/c", "string"), ("/a", "string")]);
        assert_eq!(
            found,
            [
                "`/a/b/c` requires `a` to be an object, but it is declared as a string; remove one of them",
                "`a` is declared twice; declare it once",
            ]
        );
    }

    #[test]
    fn no_attribute_lies_deeper_than_a_context() {
        assert_eq!(messages(&[(&"/a".repeat(100), "string")]), [""; 0]);
        for deep in [101, 10_000] {
            let found = messages(&[(&"/a".repeat(deep), "string")]);
            assert!(found[0].contains("more than 100 objects deep"), "{found:?}");
        }
    }
}
