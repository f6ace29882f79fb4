//! Conversion of the service's targeting of an AI Config or a flag to a draft.

use std::collections::BTreeMap;

use super::draft::{Inexpressible, NoDraft, kind, rule};
use super::{EnvironmentTargeting, Served, Targeting, variation_place};
use crate::draft::{DraftBy, DraftKind};
use crate::targeting::{DraftServe, DraftSplit, DraftTarget, DraftTargeting, DraftTargetingRule};
use crate::{Resource, VariationKey};

impl Targeting {
    /// Returns the declaration of the targeting in an environment, as far as it is known: empty parts are
    /// left out, and so is the fallthrough if it is an AI Config's variation that stands for nothing.
    ///
    /// ```
    /// use segments_model::{Resource, wire};
    ///
    /// let flag = r#"{"key": "page", "variations": [{"_id": "a", "value": "old"}, {"_id": "b", "value": "new"}],
    ///     "environments": {"production": {"fallthrough": {"variation": 0},
    ///         "rules": [{"variation": 1, "clauses": [{"op": "segmentMatch", "values": ["staff"]}]}]}}}"#;
    /// let flag: wire::Targeting = serde_json::from_str(flag).unwrap();
    /// let resource = Resource::parse("flag/page").unwrap();
    /// let (targeting, _) = flag.draft(&resource, "production").unwrap().parse().unwrap();
    /// assert_eq!(targeting.references(), ["staff"]);
    /// ```
    ///
    /// # Errors
    ///
    /// If a part cannot be declared.
    pub fn draft(&self, resource: &Resource, environment: &str) -> Result<DraftTargeting, NoDraft> {
        let Some(here) = self.environments.get(environment) else {
            return Err(NoDraft(vec![Inexpressible::NoEnvironment]));
        };
        let mut reader = Reader {
            targeting: self,
            used: BTreeMap::new(),
            reasons: Vec::new(),
        };
        let targets = reader.targets(here);
        let rules = here.rules.iter().enumerate();
        let rules: Vec<DraftTargetingRule> = rules
            .map(|(index, found)| {
                if found.disabled {
                    reader.reasons.push(Inexpressible::Disabled { rule: index });
                }
                DraftTargetingRule {
                    when: rule(index, &found.rule, &mut reader.reasons),
                    serve: reader.serve(Some(index), &found.served),
                }
            })
            .collect();
        let nothing = here.fallthrough.variation.and_then(|place| {
            let value = &self.variations.get(place)?.value;
            value.pointer("/_ldMeta/enabled")?.as_bool()
        });
        let fallthrough = if nothing == Some(false) {
            None
        } else {
            reader.serve(None, &here.fallthrough)
        };
        if !reader.reasons.is_empty() {
            return Err(NoDraft(reader.reasons));
        }
        Ok(DraftTargeting {
            kind: resource.kind(),
            key: resource.key().to_owned(),
            variations: reader.used.into_values().collect(),
            targets: (!targets.is_empty()).then_some(targets),
            rules: (!rules.is_empty()).then_some(rules),
            fallthrough,
            ..DraftTargeting::default()
        })
    }
}

struct Reader<'t> {
    targeting: &'t Targeting,
    /// The keys of the variations that are served, by place.
    used: BTreeMap<usize, String>,
    reasons: Vec<Inexpressible>,
}

impl Reader<'_> {
    /// Lists of users may stand in either of two places, and twice.
    fn targets(&mut self, here: &EnvironmentTargeting) -> Vec<DraftTarget> {
        let mut lists: BTreeMap<(usize, String), Vec<String>> = BTreeMap::new();
        for list in here.targets.iter().chain(&here.context_targets) {
            let keys = lists.entry((list.variation, kind(list.context_kind.as_ref())));
            keys.or_default().extend(list.values.iter().cloned());
        }
        let lists = lists.into_iter().filter(|(_, keys)| !keys.is_empty());
        let targets = lists.map(|((place, kind), mut keys)| {
            keys.sort_unstable();
            keys.dedup();
            DraftTarget {
                variation: self.variation(place),
                kind: DraftKind::Name(kind),
                keys,
            }
        });
        targets.collect()
    }

    /// The key that stands for a variation, and for no other.
    fn variation(&mut self, place: usize) -> Option<String> {
        if let Some(known) = self.used.get(&place) {
            return Some(known.clone());
        }
        let all = &self.targeting.variations;
        let found = all.get(place).and_then(|variation| {
            let label = variation.label();
            let in_kebab_case = label.to_lowercase().replace(' ', "-");
            let value = match &variation.value {
                serde_json::Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            let names = [label, in_kebab_case, value].into_iter();
            let means = |name: &String| {
                VariationKey::parse(name.clone()).is_ok()
                    && variation_place(all, name) == Some(place)
            };
            names.into_iter().find(means)
        });
        if let Some(key) = &found {
            self.used.insert(place, key.clone());
        } else if !self.reasons.contains(&Inexpressible::Variation { place }) {
            self.reasons.push(Inexpressible::Variation { place });
        }
        found
    }

    fn serve(&mut self, rule: Option<usize>, served: &Served) -> Option<DraftServe> {
        if let Some(running) = served.running() {
            let what = running.to_string();
            self.reasons.push(Inexpressible::Running { rule, what });
            return None;
        }
        if let Some(place) = served.variation {
            return self.variation(place).map(DraftServe::Variation);
        }
        let Some(rollout) = &served.rollout else {
            self.reasons.push(Inexpressible::Nothing { rule });
            return None;
        };
        let mut shares = Vec::new();
        for share in rollout.variations.iter().filter(|share| share.weight > 0) {
            #[allow(
                clippy::cast_precision_loss,
                reason = "a weight of many digits is no percentage, which a check says"
            )]
            let percent = share.weight as f64 / 1000.0;
            shares.push((self.variation(share.variation)?, percent));
        }
        if let [(variation, _)] = &shares[..] {
            return Some(DraftServe::Variation(variation.clone()));
        }
        let by = rollout.bucket_by.clone().filter(|by| !by.is_empty());
        Some(DraftServe::Split(DraftSplit {
            shares,
            by: Some(DraftBy {
                kind: Some(kind(rollout.context_kind.as_ref())),
                attribute: Some(by.unwrap_or_else(|| "key".to_owned())),
                ..DraftBy::default()
            }),
        }))
    }
}
