//! The message about a clause whose mistake depends on the attribute's type. The macro does not know the
//! type, and rustc does not know the text; so a constant combines the two.

use segments_model::AttributeType;

use crate::attribute::types::{Bool, Date, Nested, Number, OneOf, Text, Version};
use crate::macro_support::message::{Message, is_same, refuse};
use crate::{Attribute, AttributeValue};

/// A type that may be the second parameter of an [`Attribute`], for constants.
pub trait Described {
    /// The shape of the type.
    const SHAPE: Shape;
}

/// The shape of an attribute type.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Plain values.
    Plain(AttributeType),
    /// An enum: the names of its variants, and their spelling in Rust.
    OneOf(&'static [&'static str], &'static [&'static str]),
    /// An object; its missing method is reported already.
    Object,
}

macro_rules! plain {
    ($($type:ident $attribute_type:ident)*) => {$(
        impl Described for $type {
            const SHAPE: Shape = Shape::Plain(AttributeType::$attribute_type);
        }
    )*};
}

plain! { Bool Bool Text String Number Number Date Date Version Version }

impl<E: AttributeValue> Described for OneOf<E> {
    const SHAPE: Shape = Shape::OneOf(E::NAMES, E::VARIANTS);
}

impl<O> Described for Nested<O> {
    const SHAPE: Shape = Shape::Object;
}

/// Reports the message for the attribute's type: a boolean, a text, a number, a date, a version or an
/// enum. An empty message compiles. For an enum that has a variant of that name, the variant is inserted
/// between the last two texts.
#[track_caller]
pub const fn answer<C, T: Described, G>(
    _attribute: &Attribute<C, T, G>,
    [of_bool, of_text, of_number, of_date, of_version, of_enum]: [&str; 6],
    [name, before, after]: [&str; 3],
) {
    let message = match T::SHAPE {
        Shape::OneOf(names, variants) => {
            if !before.is_empty()
                && let Some(variant) = variant(name, names, variants)
            {
                let mut message = Message::new();
                message.push(before);
                message.push(variant);
                message.push(after);
                message.refuse();
            }
            of_enum
        }
        Shape::Object => {
            "an object cannot be compared; name one of its attributes, as in `User::ADDRESS.city`"
        }
        Shape::Plain(attribute_type) => match attribute_type {
            AttributeType::Bool => of_bool,
            AttributeType::Number => of_number,
            AttributeType::Date => of_date,
            AttributeType::Version => of_version,
            AttributeType::String | AttributeType::Any => of_text,
        },
    };
    if !message.is_empty() {
        refuse(message);
    }
}

/// How the variant of a name is written; without case, if there is none that is so.
const fn variant(
    name: &str,
    names: &[&'static str],
    variants: &[&'static str],
) -> Option<&'static str> {
    let mut at = 0;
    while at < names.len() && at < variants.len() {
        if is_same(names[at], name) || names[at].eq_ignore_ascii_case(name) {
            return Some(variants[at]);
        }
        at += 1;
    }
    None
}

/// Compiles for a string attribute, and for a version attribute if the text is a version: `as_version`
/// says why it is not, `as_moment` is its value in milliseconds.
#[track_caller]
pub const fn text<C, T: Described, G>(
    _attribute: &Attribute<C, T, G>,
    text: &str,
    as_version: &str,
    as_moment: &str,
) {
    let mut message = Message::new();
    match T::SHAPE {
        Shape::Object | Shape::Plain(AttributeType::String | AttributeType::Any) => return,
        Shape::Plain(AttributeType::Version) => {
            if as_version.is_empty() {
                return;
            }
            message.push(as_version);
        }
        Shape::Plain(AttributeType::Number) => {
            let known = is_number(text);
            message.push(if known {
                "a number has no quotes; write `"
            } else {
                "the attribute is a number; write one, such as `"
            });
            message.push(if known { text } else { "30" });
            message.push("`");
        }
        Shape::Plain(AttributeType::Bool) => {
            let known = is_same(text, "true") || is_same(text, "false");
            message.push(if known {
                "a boolean has no quotes; write `"
            } else {
                "the attribute is a boolean; write `true` or `"
            });
            message.push(if known { text } else { "false" });
            message.push("`");
        }
        Shape::Plain(AttributeType::Date) => {
            if as_moment.is_empty() {
                message.push("the attribute is a date; write milliseconds since 1970, or compare with `before` or `after`");
            } else {
                message.push("a date only equals milliseconds since 1970; write `");
                message.push(as_moment);
                message.push("`");
            }
        }
        Shape::OneOf(names, variants) => {
            message.push("the attribute is an enum; write ");
            match variant(text, names, variants) {
                Some(variant) => {
                    message.push("`");
                    message.push(variant);
                    message.push("`");
                }
                None => {
                    let mut at = 0;
                    while at < variants.len() {
                        message.push(if at == 0 {
                            "`"
                        } else if at + 1 == variants.len() {
                            " or `"
                        } else {
                            ", `"
                        });
                        message.push(variants[at]);
                        message.push("`");
                        at += 1;
                    }
                }
            }
        }
    }
    message.refuse();
}

/// Returns whether a text reads as a number: a sign, digits, and digits behind a point.
const fn is_number(text: &str) -> bool {
    let (bytes, mut at, mut digits, mut points) = (text.as_bytes(), 0, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'0'..=b'9' => digits += 1,
            b'.' if digits > 0 => points += 1,
            b'-' if at == 0 => {}
            _ => return false,
        }
        at += 1;
    }
    digits > 0 && points <= 1 && bytes[bytes.len() - 1] != b'.'
}

/// Compiles if the constant of a context's key has this name.
#[track_caller]
pub const fn refuse_key(name: &str, context: &str) {
    if is_same(name, "KEY") {
        return;
    }
    let mut message = Message::new();
    message.push("the key of a context is named after its field; write `");
    message.push(context);
    message.push("::");
    message.push(name);
    message.push("`");
    message.refuse();
}
