//! Operators that do not fit a type, so that the message is about operators.
//!
//! Without these methods rustc would look for `User::EMAIL.gt(3)` elsewhere, find the comparison of
//! iterators, and say that an attribute is none. They are hidden, and no call of them compiles.

use crate::Attribute;
use crate::attribute::types::{Bool, Date, Nested, Number, OneOf, Text, Version};

// One call for each operator, because rustc quotes the whole call below its message.
macro_rules! misfits {
    ($($method:ident $fits:ident $message:literal $label:literal: $([$($generic:ident)?] $type:ty),*;)*) => {$(
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(
            message = $message,
            label = $label,
            note = "`Text` has `contains`, `starts_with`, `ends_with`, `matches`; `Number` has `lt`, `le`, `gt`, `ge`; `Date` has `before`, `after`; `Version` has `lt`, `gt`; every type has `is`, `is_any_of`"
        )]
        pub trait $fits<T> {
            /// Nothing: no type implements the trait.
            type Comparison;
        }

        $(impl<C, G, $($generic)?> Attribute<C, $type, G> {
            // The bound is on the method's own parameter: rustc looks at it only once it has settled
            // on the method, and then says what the trait tells it to say.
            #[doc(hidden)]
            pub fn $method<V: $fits<$type>>(self, _values: V) -> V::Comparison {
                unreachable!("no type implements the bound")
            }
        })*
    )*};
}

misfits! { contains FitsContains "operator `contains` does not fit an attribute of type `{T}`" "this operator looks into text": [] Bool, [] Number, [] Date, [] Version, [E] OneOf<E>; }
misfits! { starts_with FitsStartsWith "operator `starts_with` does not fit an attribute of type `{T}`" "this operator looks into text": [] Bool, [] Number, [] Date, [] Version, [E] OneOf<E>; }
misfits! { ends_with FitsEndsWith "operator `ends_with` does not fit an attribute of type `{T}`" "this operator looks into text": [] Bool, [] Number, [] Date, [] Version, [E] OneOf<E>; }
misfits! { matches FitsMatches "operator `matches` does not fit an attribute of type `{T}`" "this operator looks into text": [] Bool, [] Number, [] Date, [] Version, [E] OneOf<E>; }
misfits! { lt FitsLt "operator `lt` does not fit an attribute of type `{T}`" "this operator compares numbers or versions": [] Bool, [] Text, [] Date, [E] OneOf<E>; }
misfits! { gt FitsGt "operator `gt` does not fit an attribute of type `{T}`" "this operator compares numbers or versions": [] Bool, [] Text, [] Date, [E] OneOf<E>; }
misfits! { le FitsLe "operator `le` does not fit an attribute of type `{T}`" "this operator compares numbers": [] Bool, [] Text, [] Date, [] Version, [E] OneOf<E>; }
misfits! { ge FitsGe "operator `ge` does not fit an attribute of type `{T}`" "this operator compares numbers": [] Bool, [] Text, [] Date, [] Version, [E] OneOf<E>; }
misfits! { before FitsBefore "operator `before` does not fit an attribute of type `{T}`" "this operator compares dates": [] Bool, [] Text, [] Number, [] Version, [E] OneOf<E>; }
misfits! { after FitsAfter "operator `after` does not fit an attribute of type `{T}`" "this operator compares dates": [] Bool, [] Text, [] Number, [] Version, [E] OneOf<E>; }

/// Every operator on an object, of which only the attributes inside are compared.
macro_rules! objects {
    ($($method:ident $fits:ident)*) => {$(
        misfits! { $method $fits "an object cannot be compared; name one of its attributes, as in `User::ADDRESS.city`" "this attribute is an object": [O] Nested<O>; }
    )*};
}

objects! {
    is ObjectIs
    is_any_of ObjectIsAnyOf
    contains ObjectContains
    starts_with ObjectStartsWith
    ends_with ObjectEndsWith
    matches ObjectMatches
    lt ObjectLt
    le ObjectLe
    gt ObjectGt
    ge ObjectGe
    before ObjectBefore
    after ObjectAfter
}
