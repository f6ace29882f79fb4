//! A targeting as somebody wrote it, before anything is known to be right.

use std::collections::BTreeSet;

use super::{Resource, Serve, Split, Target, Targeting, TargetingRule, Unlisted, check};
use crate::draft::{DraftBy, DraftKind, DraftRule, Form, incomplete, unknown};
use crate::{
    AiConfigKey, AttributeRef, ContextKind, Draft, Environments, Finding, Findings, FlagKey, Place,
    VariationKey, Weight,
};

/// A targeting as written. Places of findings in it are those of a [`Draft`], and a few of its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftTargeting {
    /// In which form it is written.
    pub form: Form,
    /// Whether it is a flag's, and not an AI Config's.
    pub flag: bool,
    /// The key of the AI Config or flag.
    pub key: String,
    /// The keys of the variations.
    pub variations: Vec<String>,
    /// Contexts listed one by one.
    pub targets: Option<Vec<DraftTarget>>,
    /// The rules.
    pub rules: Option<Vec<DraftTargetingRule>>,
    /// What everybody else is served.
    pub fallthrough: Option<DraftServe>,
    /// Whether rules and listed contexts that are not declared may stay.
    pub at_least: bool,
}

/// Contexts that are served one variation, as written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftTarget {
    /// The variation; `None` if it could not be read.
    pub variation: Option<String>,
    /// The kind, or how the author names it.
    pub kind: DraftKind,
    /// The keys.
    pub keys: Vec<String>,
}

/// A rule as written: its condition is that of a rule of a segment, without a percentage.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftTargetingRule {
    /// Whom it is for.
    pub when: DraftRule,
    /// What it serves; `None` if that could not be read.
    pub serve: Option<DraftServe>,
}

/// What is served, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftServe {
    /// One variation.
    Variation(String),
    /// Several, by share.
    Split(DraftSplit),
}

/// Several variations by share, as written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftSplit {
    /// The variations with their shares in percent.
    pub shares: Vec<(String, f64)>,
    /// What decides the bucket, if it is not the key of the only kind that the rule looks at.
    pub by: Option<DraftBy>,
}

impl DraftTargeting {
    /// Checks the draft and makes a targeting of it.
    ///
    /// # Errors
    ///
    /// All findings, if one of them is an error. A part that is not known yet is one, too.
    pub fn parse(&self) -> Result<(Targeting, Findings), Findings> {
        let mut findings = check::check(self);
        if !findings.has_errors() {
            match self.build() {
                Ok(targeting) => return Ok((targeting, findings)),
                Err(finding) => findings.push(finding),
            }
        }
        Err(findings)
    }

    /// The conditions as the rules of a segment, which the segment's checks look at.
    #[must_use]
    pub fn conditions(&self) -> Draft {
        let rules = self.rules.as_ref();
        Draft {
            form: self.form,
            key: self.key.clone(),
            name: self.key.clone(),
            rules: rules.map(|rules| rules.iter().map(|rule| rule.when.clone()).collect()),
            ..Draft::default()
        }
    }

    fn build(&self) -> Result<Targeting, Finding> {
        let key = |error: &dyn std::error::Error| incomplete(Place::Key, error);
        let resource = if self.flag {
            Resource::Flag(FlagKey::parse(self.key.clone()).map_err(|e| key(&e))?)
        } else {
            Resource::AiConfig(AiConfigKey::parse(self.key.clone()).map_err(|e| key(&e))?)
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

/// A targeting is a draft that is complete.
impl From<&Targeting> for DraftTargeting {
    fn from(targeting: &Targeting) -> Self {
        let targets = targeting.targets.as_ref();
        let rules = targeting.rules.as_ref();
        Self {
            form: Form::File,
            flag: matches!(targeting.resource, Resource::Flag(_)),
            key: targeting.resource.key().to_owned(),
            variations: targeting
                .variations
                .iter()
                .map(ToString::to_string)
                .collect(),
            targets: targets.map(|targets| targets.iter().map(DraftTarget::from).collect()),
            rules: rules.map(|rules| rules.iter().map(DraftTargetingRule::from).collect()),
            fallthrough: targeting.fallthrough.as_ref().map(DraftServe::from),
            at_least: targeting.others == Unlisted::Keep,
        }
    }
}

impl From<&Target> for DraftTarget {
    fn from(target: &Target) -> Self {
        Self {
            variation: Some(target.variation.to_string()),
            kind: DraftKind::Name(target.kind.to_string()),
            keys: target.keys.iter().cloned().collect(),
        }
    }
}

impl From<&TargetingRule> for DraftTargetingRule {
    fn from(rule: &TargetingRule) -> Self {
        Self {
            when: DraftRule::from(&rule.condition()),
            serve: Some(DraftServe::from(&rule.serve)),
        }
    }
}

impl From<&Serve> for DraftServe {
    fn from(serve: &Serve) -> Self {
        match serve {
            Serve::Variation(variation) => Self::Variation(variation.to_string()),
            Serve::Split(split) => Self::Split(DraftSplit {
                shares: split
                    .shares
                    .iter()
                    .map(|(variation, weight)| (variation.to_string(), weight.percent()))
                    .collect(),
                by: Some(DraftBy {
                    kind: Some(split.kind.to_string()),
                    context: None,
                    attribute: Some(split.by.to_string()),
                }),
            }),
        }
    }
}
