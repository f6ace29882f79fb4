//! The types of attribute values: they determine the operators of an attribute.

use std::marker::PhantomData;

use segments_model::AttributeType;

/// A type of attribute values. These types have no values; they are the second parameter of
/// [`Attribute`](crate::Attribute).
pub trait ValueType: 'static {
    /// The borrowed form of a value that a condition tests.
    type Seen<'a>: Copy;

    /// The type in the model.
    const TYPE: AttributeType;
}

/// `true` or `false`: `is`.
///
/// Example: [`Attribute`](crate::Attribute).
#[derive(Debug, Clone, Copy)]
pub enum Bool {}

/// A string: `is`, `is_any_of`, `contains`, `starts_with`, `ends_with`, `matches`.
#[derive(Debug, Clone, Copy)]
pub enum Text {}

/// A number: `is`, `is_any_of`, `lt`, `le`, `gt`, `ge`.
#[derive(Debug, Clone, Copy)]
pub enum Number {}

/// A date: `is`, `is_any_of`, `before`, `after`.
#[derive(Debug, Clone, Copy)]
pub enum Date {}

/// A semantic version: `is`, `is_any_of`, `lt`, `gt`.
#[derive(Debug, Clone, Copy)]
pub enum Version {}

/// One variant of an enum: `is`, `is_any_of`.
///
/// Example: [`Attribute`](crate::Attribute).
#[derive(Debug)]
pub struct OneOf<E>(PhantomData<E>);

/// An object with attributes, accessed by name: `User::ADDRESS.city`.
///
/// Example: [`Attribute`](crate::Attribute).
#[derive(Debug)]
pub struct Nested<O>(PhantomData<O>);

impl ValueType for Bool {
    type Seen<'a> = bool;
    const TYPE: AttributeType = AttributeType::Bool;
}

impl ValueType for Text {
    type Seen<'a> = &'a str;
    const TYPE: AttributeType = AttributeType::String;
}

impl ValueType for Number {
    type Seen<'a> = f64;
    const TYPE: AttributeType = AttributeType::Number;
}

impl ValueType for Date {
    type Seen<'a> = crate::Timestamp;
    const TYPE: AttributeType = AttributeType::Date;
}

impl ValueType for Version {
    type Seen<'a> = &'a semver::Version;
    const TYPE: AttributeType = AttributeType::Version;
}

impl<E: 'static> ValueType for OneOf<E> {
    type Seen<'a> = &'a E;
    const TYPE: AttributeType = AttributeType::String;
}
