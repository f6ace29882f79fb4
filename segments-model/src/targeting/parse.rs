//! Conversion of a checked draft to a targeting.

use std::collections::BTreeSet;

use super::draft::{DraftServe, DraftTarget, DraftTargeting, DraftTargetingRule};
use super::{
    Resource, ResourceKind, Serve, Split, Target, Targeting, TargetingRule, Unlisted, check,
};
use crate::draft::about::{incomplete, parsed, unknown};
use crate::draft::{DraftKind, DraftRule};
use crate::{
    AiConfigKey, AttributeRef, ContextKind, Environments, Finding, Findings, FlagKey, Place,
    VariationKey, Weight,
};

impl DraftTargeting {
    /// Checks the draft and converts it to a targeting.
    ///
    /// # Errors
    ///
    /// All findings, if one of them is an error. An unknown part is an error, too.
    pub fn parse(&self) -> Result<(Targeting, Findings), Findings> {
        parsed(check::check(self), || self.build())
    }

    fn build(&self) -> Result<Targeting, Finding> {
        let key = |error: &dyn std::error::Error| incomplete(Place::Key, error);
        let resource = match self.kind {
            ResourceKind::Flag => {
                Resource::Flag(FlagKey::parse(self.key.clone()).map_err(|e| key(&e))?)
            }
            ResourceKind::AiConfig => {
                Resource::AiConfig(AiConfigKey::parse(self.key.clone()).map_err(|e| key(&e))?)
            }
        };
        let variations = self.variations.iter().enumerate();
        let variations = variations.map(|(index, name)| variation(name, Place::Variation(index)));
        let targets = self.targets.as_ref().map(|targets| {
            let targets = targets.iter().enumerate();
            targets.map(|(index, target)| target.build(index)).collect()
        });
        let rules = self.rules.as_ref().map(|rules| {
            let rules = rules.iter().enumerate();
            rules.map(|(index, rule)| rule.build(index)).collect()
        });
        let fallthrough = self.fallthrough.as_ref();
        Ok(Targeting {
            resource,
            variations: variations.collect::<Result<_, _>>()?,
            targets: targets.transpose()?,
            rules: rules.transpose()?,
            fallthrough: fallthrough
                .map(|serve| serve.build(None, &DraftRule::default()))
                .transpose()?,
            others: if self.at_least {
                Unlisted::Keep
            } else {
                Unlisted::Remove
            },
            environments: Environments::default(),
        })
    }
}

impl DraftTarget {
    fn build(&self, target: usize) -> Result<Target, Finding> {
        let place = Place::Target { target, key: None };
        let DraftKind::Name(kind) = &self.kind else {
            return Err(unknown(place));
        };
        let Some(name) = &self.variation else {
            return Err(unknown(Place::TargetServe(target)));
        };
        Ok(Target {
            variation: variation(name, Place::TargetServe(target))?,
            kind: ContextKind::parse(kind.clone()).map_err(|e| incomplete(place, &e))?,
            keys: self.keys.iter().cloned().collect::<BTreeSet<_>>(),
        })
    }
}

impl DraftTargetingRule {
    fn build(&self, index: usize) -> Result<TargetingRule, Finding> {
        let condition = self.when.build(index)?;
        let place = Place::Serve { rule: Some(index) };
        let Some(serve) = &self.serve else {
            return Err(unknown(place));
        };
        Ok(TargetingRule {
            description: condition.description,
            clauses: condition.clauses,
            serve: serve.build(Some(index), &self.when)?,
        })
    }
}

impl DraftServe {
    fn build(&self, rule: Option<usize>, when: &DraftRule) -> Result<Serve, Finding> {
        let place = Place::Serve { rule };
        let split = match self {
            Self::Variation(name) => return Ok(Serve::Variation(variation(name, place)?)),
            Self::Split(split) => split,
        };
        let shares = split
            .shares
            .iter()
            .enumerate()
            .map(|(share, (name, percent))| {
                let place = Place::Share { rule, share };
                let weight = Weight::from_percent(*percent).map_err(|e| incomplete(place, &e))?;
                Ok((variation(name, place)?, weight))
            });
        let shares = shares.collect::<Result<_, Finding>>()?;
        let attribute = match &split.by {
            Some(by) => by.attribute.clone(),
            None => Some(AttributeRef::KEY.to_string()),
        };
        let kind = when.split_kind(split.by.as_ref());
        let (Some(kind), Some(attribute)) = (kind, attribute) else {
            return Err(unknown(place));
        };
        Ok(Serve::Split(Split {
            shares,
            kind: ContextKind::parse(kind).map_err(|e| incomplete(place, &e))?,
            by: AttributeRef::parse(attribute).map_err(|e| incomplete(place, &e))?,
        }))
    }
}

fn variation(name: &str, place: Place) -> Result<VariationKey, Finding> {
    VariationKey::parse(name).map_err(|e| incomplete(place, &e))
}
