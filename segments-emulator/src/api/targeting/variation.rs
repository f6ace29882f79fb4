//! Variations as instructions name them.

use serde::Deserialize;

use crate::message::ApiError;
use crate::state::Targeting;

/// A variation by its identifier or, as LaunchDarkly's agent skills have it, by its index.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OneVariation {
    #[serde(default)]
    variation_id: Option<String>,
    #[serde(default)]
    variation: Option<usize>,
}

impl OneVariation {
    /// Where it is.
    pub(super) fn index(&self, targeting: &Targeting) -> Result<usize, ApiError> {
        match (&self.variation_id, self.variation) {
            (Some(id), _) => index(targeting, id),
            (None, Some(place)) if place < targeting.variations.len() => Ok(place),
            (None, Some(place)) => Err(ApiError::invalid(format!("unknown variation {place}"))),
            (None, None) => Err(ApiError::invalid("variationId is required")),
        }
    }
}

/// Where the variation of an identifier is.
pub(super) fn index(targeting: &Targeting, id: &str) -> Result<usize, ApiError> {
    targeting
        .variations
        .iter()
        .position(|variation| variation.id == id)
        .ok_or_else(|| ApiError::invalid(format!("unknown variation \"{id}\"")))
}
