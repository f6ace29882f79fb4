//! Contexts in JSON, as applications pass them to SDKs.

use std::mem;

use serde::{Deserialize, Deserializer, de};
use thiserror::Error;

use crate::explanation::Seen;
use crate::{AttributeValue, ContextKind, InvalidName};

/// A context of one kind, or of several kinds at once (LaunchDarkly: a context instance), ready for
/// evaluation.
///
/// It is read from the JSON that LaunchDarkly's SDKs read: a context of one kind, with `kind` and `key`;
/// one of several, with `"kind": "multi"` and a member for each kind; or a user in the format before
/// kinds, without `kind`. Contexts that an SDK refuses are refused here.
///
/// ```
/// use segments_model::evaluate::ContextInstance;
///
/// let both = ContextInstance::from_json(
///     r#"{"kind": "multi", "user": {"key": "u-1"}, "device": {"key": "d-1", "os": "linux"}}"#,
/// )?;
/// let kinds: Vec<_> = both.kinds().map(|(kind, key)| format!("{kind}:{key}")).collect();
/// assert_eq!(kinds, ["device:d-1", "user:u-1"]);
/// # Ok::<(), segments_model::evaluate::InvalidContext>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ContextInstance {
    /// By kind. None only in the default, which is what a call passes when every kind is absent.
    contexts: Vec<Single>,
    /// The kinds of contexts that were left out, because their key is empty.
    left_out: Vec<ContextKind>,
}

/// A context of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Single {
    kind: ContextKind,
    kind_print: Print,
    /// The fingerprints of the names of `attributes`, apart so that a look-up runs over few bytes.
    prints: Vec<Print>,
    /// The attributes that clauses can see, `key` first, the kind among them.
    attributes: Vec<(String, AttributeValue)>,
}

/// Where an attribute stands in a context instance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    context: usize,
    attribute: usize,
}

/// Makes a context of one kind of its properties.
type Make = fn(ContextKind, Vec<(String, AttributeValue)>) -> Result<Single, InvalidContext>;

/// The reason why JSON is not a context.
#[derive(Error)]
#[non_exhaustive]
pub enum InvalidContext {
    /// The text is not JSON.
    #[error("the context is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The JSON is too large.
    #[error("the context is too long to be read: {0}")]
    TooMuch(#[from] crate::wire::TooMuch),
    /// The JSON is not an object.
    #[error("a context is an object; write `{{\"kind\": \"user\", \"key\": …}}`")]
    NotAnObject,
    /// The kind is empty or invalid.
    #[error("invalid context kind: {0}")]
    Kind(#[from] InvalidName),
    /// The kind is not a string.
    #[error("the context's `kind` is {0}, not a string")]
    KindType(AttributeValue),
    /// The key is missing.
    #[error("the context of kind `{0}` has no `key`; every context needs one, a string")]
    NoKey(ContextKind),
    /// The key is empty.
    #[error("the context of kind `{0}` has an empty `key`; write the key that identifies it")]
    EmptyKey(ContextKind),
    /// A built-in attribute has the wrong type.
    #[error("`{attribute}` of the context of kind `{kind}` is {value}, which is not {wanted}")]
    BuiltIn {
        /// The kind.
        kind: ContextKind,
        /// The attribute.
        attribute: &'static str,
        /// Its value.
        value: AttributeValue,
        /// The required type.
        wanted: &'static str,
    },
    /// A member of a multi-context is not a context.
    #[error("`{0}` in a context of several kinds is not an object")]
    Member(String),
    /// There are no kinds.
    #[error("a context of several kinds has at least one")]
    NoKinds,
    /// Two contexts have the same kind.
    #[error("kind `{0}` occurs twice; a context has each kind at most once")]
    Twice(ContextKind),
}

/// A context of this size has what is in it counted before it is read.
const LONG: usize = 1 << 20;

crate::readable_debug! {
    enum InvalidContext {
        Json(error),
        TooMuch(error),
        NotAnObject,
        Kind(kind),
        KindType(value),
        NoKey(kind),
        EmptyKey(kind),
        BuiltIn { kind, attribute, value, wanted },
        Member(kind),
        NoKinds,
        Twice(kind),
    }
}

impl ContextInstance {
    /// Parses a context from JSON text.
    ///
    /// # Errors
    ///
    /// If an SDK would also refuse it.
    pub fn from_json(text: &str) -> Result<Self, InvalidContext> {
        // Some programs begin files with a mark that says that this is UTF-8.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // Shorter ones fit into memory whatever is in them, and there are millions.
        if text.len() > LONG {
            crate::wire::bounded(text.as_bytes())?;
        }
        Self::from_value(serde_json::from_str::<AttributeValue>(text)?)
    }

    /// Reads a context from JSON that may not even be text.
    pub(super) fn from_bytes(json: &[u8]) -> Result<Self, InvalidContext> {
        match str::from_utf8(json) {
            Ok(text) => Self::from_json(text),
            // It says where the text ends.
            Err(_) => Self::from_value(serde_json::from_slice::<AttributeValue>(json)?),
        }
    }

    /// Converts a context in the same form as [`from_json`](Self::from_json).
    ///
    /// # Errors
    ///
    /// If an SDK would also refuse it.
    pub fn from_value(context: impl Into<AttributeValue>) -> Result<Self, InvalidContext> {
        Self::read(context.into(), Single::new)
    }

    /// Reads a context; `single` makes the contexts of which it consists.
    pub(super) fn read(context: AttributeValue, single: Make) -> Result<Self, InvalidContext> {
        let AttributeValue::Object(mut properties) = context else {
            return Err(InvalidContext::NotAnObject);
        };
        let kind = properties.iter().find(|(name, _)| name == "kind");
        match kind.map(|(_, kind)| kind) {
            None => Ok(Self::from(Single::legacy_user(properties)?)),
            Some(AttributeValue::String(kind)) if kind == "multi" => {
                take(&mut properties, "kind");
                Self::several(properties, single)
            }
            Some(AttributeValue::String(kind)) => {
                let kind = match kind.as_str() {
                    "user" => ContextKind::USER,
                    other => ContextKind::parse(other.to_owned())?,
                };
                Ok(Self::from(single(kind, properties)?))
            }
            Some(other) => Err(InvalidContext::KindType(other.clone())),
        }
    }

    /// Converts attributes by kind, without a member `kind`. Examples in `segments.toml` have this form.
    ///
    /// # Errors
    ///
    /// If there is no kind, or an SDK would refuse one of the contexts.
    ///
    /// ```
    /// use segments_model::{AttributeValue, evaluate::ContextInstance};
    ///
    /// let user = AttributeValue::object([("key".to_owned(), "u-1".into())]);
    /// let context = ContextInstance::from_kinds([("user".to_owned(), user)]).unwrap();
    /// assert_eq!(context.key("user"), Some("u-1"));
    /// ```
    pub fn from_kinds(
        contexts: impl IntoIterator<Item = (String, AttributeValue)>,
    ) -> Result<Self, InvalidContext> {
        Self::several(contexts, Single::new)
    }

    fn several(
        contexts: impl IntoIterator<Item = (String, AttributeValue)>,
        single: Make,
    ) -> Result<Self, InvalidContext> {
        let mut singles = Vec::new();
        for (kind, context) in contexts {
            let AttributeValue::Object(mut properties) = context else {
                return Err(InvalidContext::Member(kind));
            };
            // The kind is the member's name.
            take(&mut properties, "kind");
            properties.push(("kind".to_owned(), kind.as_str().into()));
            singles.push(single(ContextKind::parse(kind)?, properties)?);
        }
        singles.sort_by(|left, right| left.kind.cmp(&right.kind));
        if let Some(pair) = singles.windows(2).find(|pair| pair[0].kind == pair[1].kind) {
            return Err(InvalidContext::Twice(pair[0].kind.clone()));
        }
        if singles.is_empty() {
            return Err(InvalidContext::NoKinds);
        }
        Ok(Self {
            contexts: singles,
            left_out: Vec::new(),
        })
    }

    /// Adds the kind of a context that was left out because its key is empty, which no SDK accepts. Explanations then
    /// say that, and not that there is no such context.
    #[must_use]
    pub fn without_key(mut self, kind: ContextKind) -> Self {
        self.left_out.push(kind);
        self
    }

    /// What there is to see in a kind of which there is no context.
    pub(super) fn nothing(&self, kind: &str) -> Seen {
        if self.left_out.iter().any(|left_out| *left_out == *kind) {
            Seen::EmptyKey
        } else {
            Seen::NoContext
        }
    }

    /// Iterates over the kinds and the keys of their contexts, ordered by kind.
    pub fn kinds(&self) -> impl Iterator<Item = (&ContextKind, &str)> {
        self.contexts
            .iter()
            .map(|context| (&context.kind, context.key()))
    }

    /// Returns the key of the context of this kind, if there is one.
    #[must_use]
    pub fn key(&self, kind: &str) -> Option<&str> {
        self.of_kind(&Name::new(kind)).map(Single::key)
    }

    /// Where an attribute stands.
    pub(super) fn place(&self, kind: &Name, name: &Name) -> Option<Place> {
        let is_kind = |context: &Single| kind.is(context.kind_print, context.kind.as_str());
        let context = self.contexts.iter().position(is_kind)?;
        let attribute = self.contexts[context].place(name)?;
        Some(Place { context, attribute })
    }

    /// The value at this position.
    #[inline]
    pub(super) fn at(&self, place: Place) -> &AttributeValue {
        &self.contexts[place.context].attributes[place.attribute].1
    }

    pub(super) fn of_kind(&self, kind: &Name) -> Option<&Single> {
        self.contexts
            .iter()
            .find(|context| kind.is(context.kind_print, context.kind.as_str()))
    }
}

impl From<Single> for ContextInstance {
    fn from(context: Single) -> Self {
        Self {
            contexts: vec![context],
            left_out: Vec::new(),
        }
    }
}

impl<'de> Deserialize<'de> for ContextInstance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_value(AttributeValue::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Single {
    fn new(
        kind: ContextKind,
        properties: Vec<(String, AttributeValue)>,
    ) -> Result<Self, InvalidContext> {
        let context = Self::with_any_key(kind, properties)?;
        if context.key().is_empty() {
            return Err(InvalidContext::EmptyKey(context.kind));
        }
        Ok(context)
    }

    /// A user of the time before kinds: built-in attributes at the top, the others in `custom`. Its
    /// key may be empty.
    fn legacy_user(mut properties: Vec<(String, AttributeValue)>) -> Result<Self, InvalidContext> {
        const TEXTS: [&str; 6] = ["avatar", "firstName", "lastName", "country", "email", "ip"];
        const RESERVED: [&str; 5] = ["kind", "key", "name", "anonymous", "_meta"];
        let wrong = |attribute, value, wanted| InvalidContext::BuiltIn {
            kind: ContextKind::USER,
            attribute,
            value,
            wanted,
        };
        let custom = match take(&mut properties, "custom") {
            None | Some(AttributeValue::Null) => Vec::new(),
            Some(AttributeValue::Object(custom)) => custom,
            Some(other) => return Err(wrong("custom", other, "an object")),
        };
        let mut known = Vec::new();
        for name in TEXTS {
            match take(&mut properties, name) {
                None | Some(AttributeValue::Null) => {}
                Some(text @ AttributeValue::String(_)) => known.push((name.to_owned(), text)),
                Some(other) => return Err(wrong(name, other, "a string")),
            }
        }
        properties.retain(|(name, _)| matches!(name.as_str(), "key" | "name" | "anonymous"));
        for (name, value) in custom {
            if RESERVED.contains(&name.as_str()) {
                continue;
            }
            known.retain(|(earlier, _)| *earlier != name);
            known.push((name, value));
        }
        properties.extend(known);
        properties.push(("kind".to_owned(), ContextKind::USER.as_str().into()));
        Self::with_any_key(ContextKind::USER, properties)
    }

    /// A context whose key may be empty, as those of users of the time before kinds. The kind is among
    /// the properties, too.
    pub(super) fn with_any_key(
        kind: ContextKind,
        mut properties: Vec<(String, AttributeValue)>,
    ) -> Result<Self, InvalidContext> {
        let wrong = |attribute, value, wanted| InvalidContext::BuiltIn {
            kind: kind.clone(),
            attribute,
            value,
            wanted,
        };
        match properties.iter().position(|(name, _)| name == "key") {
            Some(place) => properties[..=place].rotate_right(1),
            None => return Err(InvalidContext::NoKey(kind)),
        }
        let mut wrongly = None;
        properties.retain_mut(|(name, value)| {
            let wanted = match (name.as_str(), &*value) {
                ("key" | "name", AttributeValue::String(_)) => return true,
                // What it is if nothing is said.
                ("anonymous", AttributeValue::Bool(anonymous)) => return *anonymous,
                ("_meta", meta) if is_meta(meta) => return false,
                ("key", _) => ("key", "a string"),
                (_, AttributeValue::Null) => return false,
                ("name", _) => ("name", "a string"),
                ("anonymous", _) => ("anonymous", "a boolean"),
                ("_meta", _) => ("_meta", "the object that SDKs read"),
                _ => return true,
            };
            wrongly.get_or_insert((wanted, mem::replace(value, AttributeValue::Null)));
            true
        });
        if let Some(((attribute, wanted), value)) = wrongly {
            return Err(wrong(attribute, value, wanted));
        }
        Ok(Self {
            kind_print: Print::of(kind.as_str()),
            kind,
            prints: properties.iter().map(|(name, _)| Print::of(name)).collect(),
            attributes: properties,
        })
    }

    pub(super) fn key(&self) -> &str {
        self.attributes[0]
            .1
            .as_str()
            .expect("the first attribute is the key, a text, since the context was made")
    }

    fn place(&self, name: &Name) -> Option<usize> {
        let mut named = self.prints.iter().zip(&self.attributes);
        named.position(|(print, (text, _))| name.is(*print, text))
    }

    pub(super) fn attribute(&self, name: &Name) -> Option<&AttributeValue> {
        self.place(name)
            .map(|place| &self.attributes[place].1)
            // A context that does not say that it is anonymous is not.
            .or((&*name.text == "anonymous").then_some(&AttributeValue::Bool(false)))
    }
}

/// A name that is looked for, with its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: Box<str>,
    print: Print,
}

impl Name {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            print: Print::of(text),
        }
    }

    /// Returns whether this is the name of that text, which has that fingerprint.
    fn is(&self, print: Print, text: &str) -> bool {
        self.print == print && (self.print.is_whole() || *self.text == *text)
    }
}

/// The fingerprint of a name: the name itself, if it is short, as nearly all are; so that comparing
/// them compares two numbers. Others with equal prints are compared letter by letter, so that no
/// choice of names makes a look-up wrong, and names are few, so that none makes it slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Print(u128);

impl Print {
    /// The last byte of a print that is not the whole name. For others it is the length, which is less.
    const PART: u8 = u8::MAX;

    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut print = [0; 16];
        match u8::try_from(bytes.len()) {
            Ok(length @ ..16) => {
                print[..bytes.len()].copy_from_slice(bytes);
                print[15] = length;
            }
            _ => {
                // FNV-1a.
                let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                    (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
                });
                print[..8].copy_from_slice(&hash.to_le_bytes());
                print[15] = Self::PART;
            }
        }
        Self(u128::from_le_bytes(print))
    }

    fn is_whole(self) -> bool {
        self.0.to_le_bytes()[15] != Self::PART
    }
}

/// Returns whether this is what contexts say about themselves to analytics; clauses do not see it.
fn is_meta(meta: &AttributeValue) -> bool {
    use AttributeValue::{Array, Null, Object, String};
    matches!(meta, Null | Object(_))
        && matches!(meta.get("secondary"), None | Some(Null | String(_)))
        && match meta.get("privateAttributes") {
            None | Some(Null) => true,
            Some(Array(names)) => names.iter().all(|name| matches!(name, String(_))),
            Some(_) => false,
        }
}

fn take(properties: &mut Vec<(String, AttributeValue)>, name: &str) -> Option<AttributeValue> {
    let index = properties.iter().position(|(text, _)| text == name)?;
    Some(properties.swap_remove(index).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<ContextInstance, String> {
        ContextInstance::from_json(json).map_err(|error| error.to_string())
    }

    fn seen(context: &ContextInstance, kind: &str, attribute: &str) -> Option<AttributeValue> {
        let context = context.of_kind(&Name::new(kind))?;
        context.attribute(&Name::new(attribute)).cloned()
    }

    #[test]
    fn built_in_attributes_are_seen() {
        let user = read(r#"{"kind":"user","key":"u","name":"Ann","x":null,"_meta":{}}"#).unwrap();
        assert_eq!(seen(&user, "user", "key"), Some("u".into()));
        assert_eq!(seen(&user, "user", "name"), Some("Ann".into()));
        assert_eq!(seen(&user, "user", "anonymous"), Some(false.into()));
        assert_eq!(seen(&user, "user", "x"), None);
        assert_eq!(seen(&user, "user", "_meta"), None);
        assert_eq!(seen(&user, "org", "key"), None);
    }

    #[test]
    fn users_of_old_are_users() {
        let user = read(r#"{"key":"","email":"a@x.io","secondary":"s","custom":{"n":1,"key":"no","email":"b"}}"#)
            .unwrap();
        assert_eq!(user.key("user"), Some(""));
        assert_eq!(seen(&user, "user", "email"), Some("b".into()));
        assert_eq!(seen(&user, "user", "n"), Some(1.0.into()));
        assert_eq!(seen(&user, "user", "secondary"), None);
    }

    #[test]
    fn what_sdks_refuse_is_refused() {
        for (json, says) in [
            ("3", "object"),
            ("{", "not JSON"),
            (r#"{"kind":null,"key":"u"}"#, "not a string"),
            (r#"{"kind":"","key":"u"}"#, "kind"),
            (r#"{"kind":"kind","key":"u"}"#, "kind"),
            (r#"{"kind":"user"}"#, "no `key`"),
            (r#"{"kind":"user","key":1}"#, "not a string"),
            (r#"{"kind":"user","key":""}"#, "empty `key`"),
            (r#"{"kind":"user","key":"u","name":1}"#, "not a string"),
            (
                r#"{"kind":"user","key":"u","anonymous":"no"}"#,
                "not a boolean",
            ),
            (r#"{"kind":"user","key":"u","_meta":3}"#, "SDKs read"),
            (r#"{"kind":"multi"}"#, "at least one"),
            (r#"{"kind":"multi","user":"u"}"#, "not an object"),
            (r#"{"kind":"multi","a b":{"key":"u"}}"#, "kind"),
            (r#"{"email":"a@x.io"}"#, "no `key`"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(says), "{json}: {error}");
        }
    }
}
