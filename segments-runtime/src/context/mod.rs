//! Contexts: the data about a user, an organization or a device that an application sends to
//! LaunchDarkly.

pub(crate) mod contexts;
pub(crate) mod with_segments;

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use segments_model::{AttributeRef, AttributeType, ContextKind};
use serde_json::{Map, Value as Json};

use with_segments::WithSegments;

/// A kind of context. Derive it:
///
/// ```
/// use segments_runtime::Context;
///
/// #[derive(Context)]
/// #[context(kind = "organization")]
/// struct Organization {
///     #[context(key)]
///     id: String,
///     /// What they pay for.
///     plan: Option<String>,
///     #[context(private)]
///     tax_number: String,
///     #[context(skip)]
///     loaded: bool,
/// }
///
/// let organization = Organization { id: "o-1".into(), plan: None, tax_number: "7".into(), loaded: true };
/// assert_eq!(
///     organization.to_json(),
///     serde_json::json!({
///         "kind": "organization", "key": "o-1", "tax_number": "7", "_meta": { "privateAttributes": ["tax_number"] }
///     })
/// );
/// ```
///
/// Each field becomes a constant of the struct, in upper case (`Organization::PLAN`), whose type
/// decides which operators a clause on it may have. The field marked `key` becomes one, too; its
/// attribute is `key`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a context",
    label = "derive `Context` for it",
    note = "a context is a struct with `#[derive(Context)]` and a field marked `#[context(key)]`"
)]
pub trait Context: Sized + 'static {
    /// The context kind.
    const KIND: ContextKind;

    /// The attribute in which contexts of this type list the segments that contain them, set by
    /// `#[context(segments)]`. A context without it can list them [for one call](Self::with_segments).
    const SEGMENTS: Option<&'static str> = None;

    /// Returns the context with the list of the registered segments that contain it, for `sdk::context`.
    fn with_segments(&self) -> WithSegments<'_, Self> {
        WithSegments::new(self, Self::SEGMENTS)
    }

    /// Returns the key, which identifies one context of this kind.
    fn key(&self) -> Cow<'_, str>;

    /// Adds the context's attributes, without the key, to a JSON object.
    fn write(&self, json: &mut Map<String, Json>);

    /// Returns the attributes in the order of declaration, without the key.
    fn schema() -> &'static [AttributeSchema];

    /// Returns the context as LaunchDarkly's JSON for a single context.
    fn to_json(&self) -> Json {
        let mut json = Map::new();
        json.insert("kind".to_owned(), Json::from(Self::KIND.as_str()));
        json.insert("key".to_owned(), Json::from(self.key()));
        self.write(&mut json);
        let private = Self::schema().iter().filter(|attribute| attribute.private);
        let private: Vec<Json> = private
            .flat_map(|attribute| [Some(&attribute.reference), attribute.formerly.as_ref()])
            .flatten()
            .map(|reference| Json::from(reference.as_str()))
            .collect();
        if !private.is_empty() {
            json.insert(
                "_meta".to_owned(),
                serde_json::json!({ "privateAttributes": private }),
            );
        }
        Json::Object(json)
    }
}

/// An object that stands inside a context. Derive it:
///
/// ```
/// use segments_runtime::{Attributes, Context};
///
/// #[derive(Attributes)]
/// struct Address {
///     city: String,
///     zip: Option<String>,
/// }
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User {
///     #[context(key)]
///     id: String,
///     address: Option<Address>,
/// }
///
/// let clause = User::ADDRESS.city.is("Berlin");
/// assert_eq!(segments_runtime::Condition::clause(&clause).to_string(), "user /address/city is \"Berlin\"");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an object inside a context",
    label = "derive `Attributes` for it"
)]
pub trait Attributes: Sized + 'static {
    /// A struct with a typed attribute for each field, for the context `C` and the path `G` from the
    /// context to this object.
    type Names<C: 'static, G: 'static>: Names;

    /// Adds the object's attributes to a JSON object.
    fn write(&self, json: &mut Map<String, Json>);

    /// Adds the attributes to a schema; `path` leads to this object.
    fn describe(path: &[&'static str], private: bool, schema: &mut Vec<AttributeSchema>);
}

/// The typed attributes of an object inside a context.
pub trait Names: Sized + 'static {
    /// The only value.
    const NAMES: &'static Self;
}

/// The name and type of an attribute, for tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeSchema {
    /// LaunchDarkly's reference to the attribute.
    pub reference: AttributeRef,
    /// The type of its values.
    pub attribute_type: AttributeType,
    /// Whether the attribute has many values.
    pub many: bool,
    /// Whether SDKs keep the attribute from LaunchDarkly.
    pub private: bool,
    /// Whether every context of the type has the attribute: its field is not an `Option`.
    pub required: bool,
    /// The former reference, if the attribute is also sent and matched under its former name.
    pub formerly: Option<AttributeRef>,
}

/// How LaunchDarkly referred to an attribute before, if that is still sent and matched.
pub(crate) fn former<C: Context>(attribute: &AttributeRef) -> Option<AttributeRef> {
    let mut schema = C::schema().iter();
    let found = schema.find(|found| found.reference == *attribute)?;
    found.formerly.clone()
}

/// A type that can be the key of a context.
///
/// Example: [`Context`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a context",
    label = "a key is a string",
    note = "use `String`, or implement `ContextKey` for your own type"
)]
pub trait ContextKey {
    /// Returns the key as text, never empty.
    fn as_key(&self) -> Cow<'_, str>;
}

macro_rules! text_key {
    ($($type:ty)*) => {$(
        impl ContextKey for $type {
            #[inline]
            fn as_key(&self) -> Cow<'_, str> {
                Cow::Borrowed(self)
            }
        }
    )*};
}

text_key! { String Box<str> Arc<str> Rc<str> Cow<'static, str> &'static str }
