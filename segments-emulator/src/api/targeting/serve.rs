//! The variations that a rule or the fallthrough serves, in each form: by identifier, by index, by
//! weights, or as a rollout whose stages the service advances by itself.

use std::collections::BTreeMap;

use segments_model::wire::{ExperimentAllocation, Rollout, Served, WeightedVariation};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::variation::index;
use crate::api::segment::complete_kind;
use crate::message::ApiError;
use crate::state::Targeting;

/// Everything, in thousandths of a percent.
const WHOLE: u64 = 100_000;

/// The served variation or split. The configurations of rollouts are those of LaunchDarkly's agent
/// skills.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Serve {
    #[serde(default)]
    variation_id: Option<String>,
    #[serde(default)]
    variation: Option<usize>,
    #[serde(default)]
    rollout_weights: Option<BTreeMap<String, u64>>,
    #[serde(default)]
    rollout_bucket_by: Option<String>,
    #[serde(default)]
    rollout_context_kind: Option<String>,
    #[serde(default)]
    percentage_rollout_config: Option<PercentageRollout>,
    #[serde(default)]
    progressive_rollout_config: Option<Json>,
    #[serde(default)]
    guarded_rollout_config: Option<Json>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PercentageRollout {
    #[serde(default)]
    context_kind: Option<String>,
    #[serde(default)]
    bucket_by: Option<String>,
    variations: Vec<WeightedVariation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProgressiveRollout {
    #[serde(default)]
    context_kind: Option<String>,
    control_variation: usize,
    end_variation: usize,
    steps: Vec<Stage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GuardedRollout {
    #[serde(default)]
    randomization_unit: Option<String>,
    #[serde(default)]
    control_variation: Option<usize>,
    #[serde(default)]
    end_variation: Option<usize>,
    stages: Vec<Stage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stage {
    rollout_weight: u64,
}

impl Serve {
    /// The served variation or split, with indexes of variations.
    pub(super) fn resolve(self, targeting: &Targeting) -> Result<Served, ApiError> {
        if let Some(config) = self.progressive_rollout_config {
            return progressive(config, targeting);
        }
        if let Some(config) = self.guarded_rollout_config {
            return guarded(config, targeting);
        }
        if let Some(config) = self.percentage_rollout_config {
            let shares = config.variations.iter();
            let shares = shares.map(|it| (it.variation, it.weight));
            return rollout(targeting, shares, config.context_kind, config.bucket_by);
        }
        if let Some(id) = self.variation_id {
            return index(targeting, &id).map(Served::of_variation);
        }
        if let Some(variation) = self.variation {
            return known(targeting, variation).map(Served::of_variation);
        }
        let weights = self
            .rollout_weights
            .ok_or_else(|| ApiError::invalid("variationId or rolloutWeights is required"))?;
        let shares = weights.iter();
        let shares = shares.map(|(id, weight)| Ok((index(targeting, id)?, *weight)));
        let shares = shares.collect::<Result<Vec<_>, ApiError>>()?;
        rollout(
            targeting,
            shares,
            self.rollout_context_kind,
            self.rollout_bucket_by,
        )
    }
}

fn known(targeting: &Targeting, variation: usize) -> Result<usize, ApiError> {
    if variation < targeting.variations.len() {
        return Ok(variation);
    }
    Err(ApiError::invalid(format!("unknown variation {variation}")))
}

/// A percentage rollout. Variations that nobody named have no share, and are in it all the same.
fn rollout(
    targeting: &Targeting,
    shares: impl IntoIterator<Item = (usize, u64)>,
    context_kind: Option<String>,
    bucket_by: Option<String>,
) -> Result<Served, ApiError> {
    let mut context_kind = context_kind.unwrap_or_default();
    complete_kind(&mut context_kind)?;
    let mut variations: Vec<WeightedVariation> = (0..targeting.variations.len())
        .map(|variation| share(variation, 0))
        .collect();
    let mut total: u64 = 0;
    for (variation, weight) in shares {
        variations[known(targeting, variation)?].weight = weight;
        total = total.saturating_add(weight);
    }
    if total != WHOLE {
        return Err(ApiError::invalid(format!(
            "rolloutWeights add up to {total}, not to 100000"
        )));
    }
    Ok(serving(Rollout {
        variations,
        bucket_by,
        context_kind: Some(context_kind),
        ..Rollout::default()
    }))
}

/// A rollout that goes from one variation to another by itself. Its first stage begins at once.
fn progressive(config: Json, targeting: &Targeting) -> Result<Served, ApiError> {
    let read: ProgressiveRollout = read(&config)?;
    let control = known(targeting, read.control_variation)?;
    let end = known(targeting, read.end_variation)?;
    let weight = first(&read.steps)?;
    let mut served = serving(allocated(
        "progressiveRollout",
        control,
        vec![share(end, weight), share(control, WHOLE - weight)],
        read.context_kind,
    )?);
    let name = "progressiveRolloutConfig".to_owned();
    served.other = Map::from_iter([(name, config)]);
    Ok(served)
}

/// The same, watched: as many contexts as see the new variation are watched with the old one.
fn guarded(config: Json, targeting: &Targeting) -> Result<Served, ApiError> {
    let read: GuardedRollout = read(&config)?;
    let control = known(targeting, read.control_variation.unwrap_or(1))?;
    let end = known(targeting, read.end_variation.unwrap_or(0))?;
    let weight = first(&read.stages)?.min(WHOLE / 2);
    let mut rest = share(control, WHOLE - 2 * weight);
    rest.untracked = Some(true);
    let mut served = serving(allocated(
        "measuredRollout",
        control,
        vec![share(end, weight), share(control, weight), rest],
        read.randomization_unit,
    )?);
    let name = "guardedRolloutConfig".to_owned();
    served.other = Map::from_iter([(name, config)]);
    Ok(served)
}

/// A rollout that the service allocates. Every one has a seed of its own.
pub(crate) fn allocated(
    kind: &str,
    default_variation: usize,
    variations: Vec<WeightedVariation>,
    context_kind: Option<String>,
) -> Result<Rollout, ApiError> {
    let mut context_kind = context_kind.unwrap_or_default();
    complete_kind(&mut context_kind)?;
    Ok(Rollout {
        variations,
        bucket_by: Some("key".to_owned()),
        context_kind: Some(context_kind),
        kind: None,
        seed: Some(61),
        experiment_allocation: Some(ExperimentAllocation {
            default_variation,
            can_reshuffle: false,
            type_: Some(kind.to_owned()),
            other: Map::new(),
        }),
        other: Map::new(),
    })
}

fn read<T: for<'de> Deserialize<'de>>(config: &Json) -> Result<T, ApiError> {
    T::deserialize(config).map_err(|error| ApiError::invalid(error.to_string()))
}

fn first(stages: &[Stage]) -> Result<u64, ApiError> {
    let stage = stages.first().map(|stage| stage.rollout_weight);
    stage
        .filter(|weight| *weight <= WHOLE)
        .ok_or_else(|| ApiError::invalid("a rollout has stages of at most 100000"))
}

fn serving(rollout: Rollout) -> Served {
    Served {
        rollout: Some(rollout),
        ..Served::default()
    }
}

pub(crate) fn share(variation: usize, weight: u64) -> WeightedVariation {
    WeightedVariation {
        variation,
        weight,
        ..WeightedVariation::default()
    }
}
