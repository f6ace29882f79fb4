//! The buckets that a split gives to each variation.

use crate::{Split, Targeting, VariationKey, Weight};

/// Where the share of each variation ends, in the order in which buckets are given out: that of the variations.
pub(crate) fn ends<'t>(
    targeting: &Targeting,
    split: &'t Split,
) -> Option<Vec<(&'t VariationKey, Weight)>> {
    let mut shares = Vec::with_capacity(split.shares.len());
    for (variation, weight) in &split.shares {
        let mut known = targeting.variations.iter();
        shares.push((
            known.position(|it| it == variation)?,
            variation,
            weight.thousandths(),
        ));
    }
    shares.sort_unstable_by_key(|(place, ..)| *place);
    let mut end = 0;
    let ends = shares.into_iter().map(|(_, variation, weight)| {
        end += weight;
        Some((variation, Weight::from_thousandths(end).ok()?))
    });
    ends.collect()
}
