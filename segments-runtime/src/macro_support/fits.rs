//! Checks that only rustc can make: it knows the type of a field.

use segments_model::AttributeType;

use super::message::is_same;
use crate::attribute::Get;
use crate::attribute::types::{Bool, Date, Nested, Number, OneOf, Text, ValueType, Version};
use crate::{Attribute, AttributeValue, Scalar};

/// A type that may be the second parameter of an [`Attribute`], including objects; for objects, the
/// missing method is reported already.
pub trait PerhapsVersion {
    /// Whether the type is a version.
    const IS_VERSION: bool;
}

impl<T: ValueType> PerhapsVersion for T {
    const IS_VERSION: bool = matches!(T::TYPE, segments_model::AttributeType::Version);
}

impl<O> PerhapsVersion for Nested<O> {
    const IS_VERSION: bool = false;
}

/// Compiles if the clauses do not contradict each other after all: for an attribute with many values, and
/// for versions if the texts look like versions. The caller is the place of the error, as above.
#[track_caller]
pub const fn refuse_contradiction<C, T: PerhapsVersion, G: Get<C, Field: Scalar>>(
    _attribute: &Attribute<C, T, G>,
    but_versions: bool,
    message: &str,
) {
    let may_hold = <G::Field as Scalar>::MANY || but_versions && T::IS_VERSION;
    let fits: Option<()> = if may_hold { Some(()) } else { None };
    fits.expect(message);
}

/// Compiles for a field of every number type except those with these bits. The caller is the place of the
/// error, as above.
#[track_caller]
pub const fn refuse_numbers<C, T, G: Get<C, Field: Scalar>>(
    _attribute: &Attribute<C, T, G>,
    misfits: u16,
    message: &str,
) {
    let makes_a_difference = <G::Field as Scalar>::NUMBER & misfits == 0;
    let fits: Option<()> = if makes_a_difference { Some(()) } else { None };
    fits.expect(message);
}

/// Compiles for a field that holds one value of the type of a built-in attribute.
#[track_caller]
pub const fn built_in<C, T: ValueType, G: Get<C, Field: Scalar>>(
    _attribute: &Attribute<C, T, G>,
    attribute_type: AttributeType,
    message: &str,
) {
    let same = T::TYPE as u8 == attribute_type as u8 && !<G::Field as Scalar>::MANY;
    let fits: Option<()> = if same { Some(()) } else { None };
    fits.expect(message);
}

/// The names of the variants, if the values are an enum.
pub trait PerhapsNames {
    /// All names.
    const NAMES: Option<&'static [&'static str]> = None;
}

impl PerhapsNames for Bool {}
impl PerhapsNames for Text {}
impl PerhapsNames for Number {}
impl PerhapsNames for Date {}
impl PerhapsNames for Version {}

impl<E: AttributeValue> PerhapsNames for OneOf<E> {
    const NAMES: Option<&'static [&'static str]> = Some(E::NAMES);
}

/// Compiles for an attribute that fits a file's declaration: values of that type, one or several, and,
/// for an enum, these texts, each with the message to show if no variant has the name. The caller is the
/// place of the error, as above.
#[track_caller]
pub const fn declared<C, T: ValueType + PerhapsNames, G: Get<C, Field: Scalar>>(
    _attribute: &Attribute<C, T, G>,
    attribute_type: AttributeType,
    many: Option<bool>,
    [other_type, other_number]: [&str; 2],
    texts: &[(&str, &str)],
) {
    let same = T::TYPE as u8 == attribute_type as u8;
    let fits: Option<()> = if same { Some(()) } else { None };
    fits.expect(other_type);
    let same = match many {
        Some(many) => <G::Field as Scalar>::MANY == many,
        // Nobody knows, so the struct has the say.
        None => true,
    };
    let fits: Option<()> = if same { Some(()) } else { None };
    fits.expect(other_number);
    let Some(names) = T::NAMES else { return };
    let mut at = 0;
    while at < texts.len() {
        let (text, no_variant) = texts[at];
        let fits: Option<()> = if is_among(text, names) {
            Some(())
        } else {
            None
        };
        fits.expect(no_variant);
        at += 1;
    }
}

const fn is_among(text: &str, names: &[&str]) -> bool {
    let mut at = 0;
    while at < names.len() {
        if is_same(text, names[at]) {
            return true;
        }
        at += 1;
    }
    false
}
