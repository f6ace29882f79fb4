//! Numbers that the type of a field never holds.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use segments_model::Value;

use super::Output;
use crate::place::spanned;
use crate::segment::clause::{Clause, Meaning};

/// The types of numbers in the order of their bits, with the least and the greatest value; those of the
/// runtime's `Scalar::NUMBER`. Wider ones hold every number that LaunchDarkly does, but for the sign.
const INTEGERS: [(f64, f64); 7] = [
    (0.0, 255.0),
    (0.0, 65_535.0),
    (0.0, 4_294_967_295.0),
    (0.0, f64::INFINITY),
    (-128.0, 127.0),
    (-32_768.0, 32_767.0),
    (-2_147_483_648.0, 2_147_483_647.0),
];

/// The bit of 64-bit integers with a sign.
const WIDE: u16 = 1 << 7;

/// The bit of 32-bit floats.
const FLOAT: u16 = 1 << 8;

/// The types of numbers for which a comparison with this number is the same whatever they hold.
fn misfits(method: &str, number: f64) -> u16 {
    let equals = matches!(method, "is" | "is_any_of");
    let mut misfits = 0;
    for (bit, (least, greatest)) in INTEGERS.into_iter().enumerate() {
        let outside = number < least || number > greatest;
        let same = match method {
            "lt" | "ge" => number <= least,
            "gt" | "le" => number >= greatest,
            _ => false,
        };
        if outside || same {
            misfits |= 1 << bit;
        }
    }
    if equals && number.fract() != 0.0 {
        misfits |= WIDE | 0b111_1111;
    }
    #[allow(clippy::cast_possible_truncation, reason = "that is the question")]
    let held = (number as f32).to_string().parse() == Ok(number);
    if equals && !held {
        misfits |= FLOAT;
    }
    misfits
}

impl Output<'_> {
    /// Asks rustc whether the attribute's type holds the numbers, of which most are held by all.
    pub(super) fn range_checks(&self, clause: &Clause) -> TokenStream {
        let (
            Meaning::Comparison {
                attribute,
                method: Some((method, _)),
                values,
                ..
            },
            Some(constant),
        ) = (&clause.meaning, &clause.constant)
        else {
            return TokenStream::new();
        };
        let checks = values.iter().filter_map(|(value, span)| {
            let Some(Value::Number(number)) = value else {
                return None;
            };
            let misfits = misfits(method, number.get());
            if misfits == 0 {
                return None;
            }
            let message = format!(
                "`{method}({number})` has the same answer for every value of the type of `{attribute}`; write a number that makes a difference"
            );
            let private = &self.private;
            let refuse = spanned(quote_spanned!(*span=> #private::refuse_numbers), *span);
            Some(quote_spanned!(*span=> const _: () = #refuse(&#constant, #misfits, #message);))
        });
        checks.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const U8: u16 = 1;
    const U32: u16 = 1 << 2;
    const U64: u16 = 1 << 3;
    const I8: u16 = 1 << 4;

    #[test]
    fn everyday_numbers_are_held_by_every_type() {
        for method in ["is", "lt", "le", "gt", "ge"] {
            assert_eq!(misfits(method, 30.0), 0, "{method}");
        }
        assert_eq!(misfits("gt", 0.0), 0);
        assert_eq!(misfits("gt", 0.5), 0);
    }

    #[test]
    fn what_a_type_never_holds_is_its_misfit() {
        assert_eq!(misfits("is", 300.0), U8 | I8);
        assert_eq!(misfits("is", -1.0) & (U8 | U32 | U64 | I8), U8 | U32 | U64);
        assert_eq!(misfits("lt", 0.0) & (U8 | U32 | U64 | I8), U8 | U32 | U64);
        assert_eq!(misfits("ge", 0.0) & U32, U32);
        assert_eq!(misfits("gt", 255.0) & U8, U8);
        assert_eq!(misfits("is", 0.5), WIDE | 0b111_1111);
        assert_eq!(misfits("is", 0.1) & FLOAT, 0);
        assert_eq!(misfits("is", 0.123_456_789) & FLOAT, FLOAT);
        assert_eq!(misfits("is", 16_777_217.0) & FLOAT, FLOAT);
    }
}
