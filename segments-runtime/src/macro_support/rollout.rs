//! Percentages of rules: recorded, and evaluated.

#![allow(
    clippy::needless_pass_by_value,
    reason = "the output has no use for what it passes, and a reference costs rustc at every segment"
)]

use segments_model::{AttributeRef, ContextKind, Rollout, Weight, kernel};
use serde_json::Value as Json;

use crate::attribute::Get;
use crate::context::former;
use crate::membership::decision::{MissingSalt, Salts, Verdict};
use crate::{Attribute, Context, Field, HasContext};

/// Makes a percentage that is split by the key of contexts of a kind.
pub fn rollout(percent: f64, kind: ContextKind) -> Rollout {
    Rollout {
        weight: weight(percent),
        kind,
        by: AttributeRef::KEY,
    }
}

/// A bucketing attribute: an attribute of the context, or the context kind itself, which is the same for
/// all.
pub trait Splits<C> {
    /// Returns LaunchDarkly's reference to the attribute.
    fn reference(&self) -> AttributeRef;

    /// Returns the value to hash, if the context has it.
    fn value(&self, context: &C) -> Option<Json>;
}

impl<C: Context, T, G: Get<C, Field: Field>> Splits<C> for Attribute<C, T, G> {
    fn reference(&self) -> AttributeRef {
        crate::attribute::path::reference::<C, G>()
    }

    fn value(&self, context: &C) -> Option<Json> {
        G::get(context).and_then(Field::json)
    }
}

impl<C: Context> Splits<C> for ContextKind {
    fn reference(&self) -> AttributeRef {
        AttributeRef::KIND
    }

    fn value(&self, _: &C) -> Option<Json> {
        Some(Json::from(C::KIND.as_str()))
    }
}

/// Makes a percentage that is split by an attribute.
pub fn rollout_by<C: Context, B: Splits<C>>(percent: f64, by: &B) -> Rollout {
    Rollout {
        weight: weight(percent),
        kind: C::KIND,
        by: bucketed::<C>(by.reference()),
    }
}

/// The name of an attribute that every program sends, those included that still send the old one: a context
/// without it would be in every share.
pub(super) fn bucketed<C: Context>(by: AttributeRef) -> AttributeRef {
    former::<C>(&by).unwrap_or(by)
}

/// Makes a share from a percentage.
pub fn weight(percent: f64) -> Weight {
    // The macro refuses what is no share, and then its error is what the user sees.
    Weight::from_percent(percent).unwrap_or(Weight::NONE)
}

/// Returns whether a context falls into the percentage of a rule, split by the context's key.
pub fn share<C: Context, R: HasContext<C, At>, At>(
    reader: &R,
    place: MissingSalt,
    percent: f64,
    salts: &Salts,
) -> Verdict {
    let answer = || match reader.context() {
        Some(context) => in_share(place, percent, salts, Some(&context.key())),
        None => without_kind(percent),
    };
    reader.share(|| rollout(percent, C::KIND), answer)
}

/// Returns whether a context falls into the percentage of a rule, split by an attribute.
pub fn share_by<C: Context, B: Splits<C>, R: HasContext<C, At>, At>(
    reader: &R,
    place: MissingSalt,
    percent: f64,
    by: &B,
    salts: &Salts,
) -> Verdict {
    let answer = || {
        let Some(context) = reader.context() else {
            return without_kind(percent);
        };
        let value = match by.value(context) {
            Some(Json::String(text)) => Some(text),
            Some(Json::Number(number)) => number
                .as_f64()
                .and_then(kernel::whole_number)
                .map(|number| number.to_string()),
            _ => None,
        };
        in_share(place, percent, salts, value.as_deref())
    };
    reader.share(|| rollout_by::<C, B>(percent, by), answer)
}

fn without_kind(percent: f64) -> Verdict {
    let weight = i64::from(weight(percent).thousandths());
    Verdict::from(kernel::in_share_without_kind(weight))
}

fn in_share(place: MissingSalt, percent: f64, salts: &Salts, value: Option<&str>) -> Verdict {
    let weight = i64::from(weight(percent).thousandths());
    // Where the attribute makes no bucket, the bucket is 0, whatever the salt.
    let Some(value) = value else {
        return Verdict::from(kernel::in_share(0.0, weight));
    };
    match salts.get(place.segment) {
        Some(salt) => {
            let bucket = kernel::bucket(place.segment, salt, value);
            Verdict::from(kernel::in_share(bucket, weight))
        }
        // Everybody and nobody are certain; no salt decides about them.
        None if weight == 0 => Verdict::No,
        None if weight == 100_000 => Verdict::Yes,
        None => Verdict::Unknown(place),
    }
}
