//! What contexts are made of: their schema, and their JSON.

#![allow(
    clippy::needless_pass_by_value,
    reason = "the output has no use for what it passes, and a reference costs rustc at every segment"
)]

use segments_model::{AttributeRef, ContextKind};
use serde_json::Value as Json;

use crate::{AttributeSchema, Context, HasContext};

/// Returns the attributes that every context of a type has.
#[must_use]
pub fn always<C: Context>() -> Vec<AttributeRef> {
    let always = C::schema().iter().filter(|attribute| attribute.required);
    always
        .map(|attribute| attribute.reference.clone())
        .collect()
}

/// Adds the value of a field to a JSON object, if there is a value.
pub fn write(value: Option<Json>, name: &str, json: &mut serde_json::Map<String, Json>) {
    if let Some(value) = value {
        json.insert(name.to_owned(), value);
    }
}

/// Adds the value of a field to a JSON object, also under the attribute's former name.
pub fn write_in_both_names(
    value: Option<Json>,
    name: &str,
    formerly: &str,
    json: &mut serde_json::Map<String, Json>,
) {
    write(value.clone(), formerly, json);
    write(value, name, json);
}

/// How a type of field adds itself to a schema.
type Describe = fn(&[&'static str], bool, &mut Vec<AttributeSchema>);

/// Adds a field to a schema; `path` leads to its object.
pub fn describe(
    describe: Describe,
    path: &[&'static str],
    name: &'static str,
    private: bool,
    schema: &mut Vec<AttributeSchema>,
) {
    let mut path = path.to_vec();
    path.push(name);
    describe(&path, private, schema);
}

/// Adds a field with a former name to a schema; attributes inside the field have former names, too.
pub fn describe_renamed(
    describe: Describe,
    path: &[&'static str],
    (name, formerly): (&'static str, &str),
    private: bool,
    schema: &mut Vec<AttributeSchema>,
) {
    let before = schema.len();
    self::describe(describe, path, name, private, schema);
    for attribute in &mut schema[before..] {
        let known = attribute.formerly.as_ref().unwrap_or(&attribute.reference);
        let names = known.path().enumerate();
        let names: Vec<_> = names
            .map(|(at, name)| {
                if at == path.len() {
                    formerly.into()
                } else {
                    name
                }
            })
            .collect();
        let names = names.iter().map(|name: &std::borrow::Cow<'_, str>| &**name);
        attribute.formerly = AttributeRef::from_path(names).ok();
    }
}

/// Returns the kind and the attributes of a context type.
pub fn of_context<C: Context>() -> (ContextKind, &'static [AttributeSchema]) {
    (C::KIND, C::schema())
}

/// Returns whether there is a context of a kind.
#[inline]
pub fn present<C, R: HasContext<C, At>, At>(reader: &R) -> bool {
    reader.context().is_some()
}
