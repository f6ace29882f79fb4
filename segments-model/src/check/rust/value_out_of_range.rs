//! Said by a constant that `segments-macros/src/segment/expand/range.rs` writes beside a clause.

use crate::code::code;

code! {
    /// The comparison has the same result for every number that the field can hold.
    ///
    /// ```rust,ignore
    /// #[segment(rule(Sizes::SMALL.is(300)))]
    /// ```
    ///
    /// ```text
    /// `is(300)` has the same answer for every value of the type of `Sizes::SMALL`; write a number that makes a difference
    /// ```
    ///
    /// ```rust
    /// use segments_runtime::{Context, segment};
    ///
    /// #[derive(Context)]
    /// #[context(kind = "parcel")]
    /// struct Parcel { #[context(key)] id: String, weight: u16 }
    ///
    /// /// Parcels that need two people to carry.
    /// #[segment(rule(Parcel::WEIGHT.gt(300)))]
    /// struct Heavy;
    /// ```
    VALUE_OUT_OF_RANGE = Error "value-out-of-range";
}
