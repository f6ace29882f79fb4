//! The service's variation of a declared key.

use segments_model::{Serve, Split, Targeting, VariationKey, wire};

use super::super::change::ServedVariation;
use super::super::report::ItemError;

/// The variations of an AI Config or flag, each with what it is called here.
#[derive(Debug)]
pub(crate) struct Variations<'a> {
    all: &'a [wire::Variation],
    /// By place: the declared key, or what people would call it.
    labels: Vec<String>,
}

impl<'a> Variations<'a> {
    /// Finds every declared variation.
    ///
    /// # Errors
    ///
    /// When some are not there.
    pub(crate) fn find(
        targeting: &Targeting,
        all: &'a [wire::Variation],
    ) -> Result<Self, ItemError> {
        let mut labels: Vec<_> = all.iter().map(wire::Variation::label).collect();
        let mut unknown = Vec::new();
        for key in &targeting.variations {
            match wire::variation_place(all, key.as_str()) {
                Some(place) => labels[place] = key.to_string(),
                None => unknown.push(key.to_string()),
            }
        }
        if unknown.is_empty() {
            return Ok(Self { all, labels });
        }
        Err(ItemError::UnknownVariations {
            what: targeting.resource.what(),
            unknown,
            existing: labels,
        })
    }

    /// Checks that instructions can name every variation.
    pub(crate) fn identified(&self) -> Result<(), ItemError> {
        let mut all = self.all.iter();
        match all.position(|it| it.id.as_deref().is_none_or(str::is_empty)) {
            None => Ok(()),
            Some(place) => Err(ItemError::Unidentified {
                what: format!("variation `{}`", self.label(place)),
            }),
        }
    }

    /// The name of the variation at a position.
    pub(crate) fn label(&self, place: usize) -> String {
        let label = self.labels.get(place).cloned();
        label.unwrap_or_else(|| format!("variation {place}"))
    }

    /// The identifier that instructions use for a declared variation.
    pub(crate) fn id(&self, label: &str) -> Option<&'a str> {
        let place = self.labels.iter().position(|known| known == label)?;
        self.all[place].id.as_deref()
    }

    /// The declared variations.
    pub(crate) fn declared(&self, serve: &Serve) -> ServedVariation {
        match serve {
            Serve::Variation(variation) => ServedVariation::Variation(variation.to_string()),
            Serve::Split(Split { shares, kind, by }) => {
                let share = |(variation, weight): &(VariationKey, segments_model::Weight)| {
                    (variation.to_string(), u64::from(weight.thousandths()))
                };
                self.split(shares.iter().map(share), kind.to_string(), by.to_string())
            }
        }
    }

    /// The variations that the service returns as served; `None` if it returns none that can be.
    pub(crate) fn shown(&self, served: &wire::Served) -> Option<ServedVariation> {
        if let Some(running) = served.running() {
            return Some(ServedVariation::Running(running));
        }
        if let Some(place) = served.variation {
            return Some(ServedVariation::Variation(self.label(place)));
        }
        let rollout = served.rollout.as_ref()?;
        let or = |text: &Option<String>, default: &str| match text.as_deref() {
            None | Some("") => default.to_owned(),
            Some(text) => text.to_owned(),
        };
        let shares = rollout.variations.iter();
        let shares = shares.map(|share| (self.label(share.variation), share.weight));
        let (kind, by) = (
            or(&rollout.context_kind, "user"),
            or(&rollout.bucket_by, "key"),
        );
        Some(self.split(shares, kind, by))
    }

    /// A split in the order of the variations. A share of zero is left out, and a share of everything is
    /// that variation.
    fn split(
        &self,
        shares: impl Iterator<Item = (String, u64)>,
        kind: String,
        by: String,
    ) -> ServedVariation {
        let mut shares: Vec<_> = shares.filter(|(_, weight)| *weight > 0).collect();
        if let [(variation, _)] = &shares[..] {
            return ServedVariation::Variation(variation.clone());
        }
        shares.sort_by_key(|(label, _)| self.labels.iter().position(|known| known == label));
        ServedVariation::Split { shares, kind, by }
    }
}
