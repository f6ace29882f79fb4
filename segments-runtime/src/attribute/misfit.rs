//! Operators that do not fit a type, so that compile errors are about operators.
//!
//! Without these methods rustc would look for `User::EMAIL.gt(3)` elsewhere, find the comparison of
//! iterators, and say that an attribute is not an iterator. The methods are hidden, and no call of them
//! compiles.

use crate::Attribute;
use crate::attribute::types::{Bool, Date, Nested, Number, OneOf, Text, Version};

/// Generates a method for each operator on the types that it does not fit, including objects.
macro_rules! misfits {
    ($note:literal; $($method:ident $fits:ident $object:ident $message:literal $label:literal [$($type:ident)*];)*) => {
        $(misfits! { @types $method $fits $message $label $note [$($type)*] }
        misfits! { @object $method $object $note })*
    };
    (@types $method:ident $fits:ident $message:literal $label:literal $note:literal []) => {};
    (@types $method:ident $fits:ident $message:literal $label:literal $note:literal [$($type:ident)*]) => {
        misfits! { @trait $fits $message $label $note }
        $(misfits! { @method $method $fits $type })*
    };
    (@object $method:ident $object:ident $note:literal) => {
        misfits! {
            @trait $object
            "an object cannot be compared; name one of its attributes, as in `User::ADDRESS.city`"
            "this attribute is an object" $note
        }
        misfits! { @impl $method $object [O] Nested<O> }
    };
    (@trait $fits:ident $message:literal $label:literal $note:literal) => {
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $fits<T> {
            /// Nothing: no type implements the trait.
            type Comparison;
        }
    };
    (@method $method:ident $fits:ident OneOf) => { misfits! { @impl $method $fits [E] OneOf<E> } };
    (@method $method:ident $fits:ident $type:ident) => { misfits! { @impl $method $fits [] $type } };
    (@impl $method:ident $fits:ident [$($generic:ident)?] $type:ty) => {
        impl<C, G, $($generic)?> Attribute<C, $type, G> {
            // The bound is on the method's own parameter: rustc looks at it only once it has settled
            // on the method, and then says what the trait tells it to say.
            #[doc(hidden)]
            pub fn $method<V: $fits<$type>>(self, _values: V) -> V::Comparison {
                unreachable!("no type implements the bound")
            }
        }
    };
}

segments_model::__method_table! { misfits }
