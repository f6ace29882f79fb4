//! A team's requirements for its segments, beyond LaunchDarkly's own rules: a table of checks, each of
//! which can be an error, a warning, or off.
//!
//! Declare it in a file with `[policy]`, or in a program's test with `assert_policy!` of
//! `segments_runtime`.

mod name_pattern;
mod policy_description;
mod policy_first_step;
mod policy_keys;
mod policy_names;
mod policy_owner;
mod policy_private;
mod policy_review;
mod subject;

use std::collections::{BTreeMap, BTreeSet};

pub use name_pattern::NamePattern;

use subject::Subject;

use crate::code::codes;
use crate::{
    AttributeRef, Code, ContextKind, Definition, EnvironmentKey, Finding, Severity, Weight,
};

codes! {
    policy_description, policy_owner, policy_review, policy_private, policy_keys, policy_names, policy_first_step,
}

/// A policy.
///
/// ```
/// use segments_model::{Definition, Severity, everyone};
/// use segments_model::policy::Policy;
///
/// let policy = Policy::default().with("review", Some(Severity::Warning)).unwrap();
/// let beta = Definition::builder("beta").rule(everyone()).build()?;
/// let found = policy.check(&beta, Some("growth"), &|_, _| false);
/// let codes: Vec<&str> = found.iter().map(|(_, finding, _)| finding.code.name()).collect();
/// assert_eq!(codes, ["policy-description", "policy-review"]);
/// assert_eq!(found[1].2, Severity::Warning);
/// # Ok::<(), segments_model::Findings>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The environments that require descriptions, owners and review dates.
    pub environments: BTreeSet<EnvironmentKey>,
    /// The patterns, one of which a key has to match; any key if empty.
    pub names: Vec<NamePattern>,
    /// The largest first percentage of a rule.
    pub first_step: Weight,
    severities: BTreeMap<&'static str, Option<Severity>>,
}

/// One thing that a policy asks.
struct Check {
    /// What it is called in a policy.
    name: &'static str,
    code: Code,
    severity: Severity,
    /// Whether it is asked only in the environments that the policy names.
    in_environments: bool,
    run: fn(&Subject<'_>) -> Vec<Finding>,
}

static CHECKS: &[Check] = &[
    Check {
        name: "description",
        code: Code::POLICY_DESCRIPTION,
        severity: Severity::Error,
        in_environments: true,
        run: policy_description::check,
    },
    Check {
        name: "owner",
        code: Code::POLICY_OWNER,
        severity: Severity::Error,
        in_environments: true,
        run: policy_owner::check,
    },
    Check {
        name: "review",
        code: Code::POLICY_REVIEW,
        severity: Severity::Error,
        in_environments: true,
        run: policy_review::check,
    },
    Check {
        name: "private",
        code: Code::POLICY_PRIVATE,
        severity: Severity::Error,
        in_environments: false,
        run: policy_private::check,
    },
    Check {
        name: "keys",
        code: Code::POLICY_KEYS,
        severity: Severity::Warning,
        in_environments: false,
        run: policy_keys::check,
    },
    Check {
        name: "names",
        code: Code::POLICY_NAMES,
        severity: Severity::Error,
        in_environments: false,
        run: policy_names::check,
    },
    // What a rule begins with is known where it is compared with what is there: in a plan.
    Check {
        name: "first_step",
        code: Code::POLICY_FIRST_STEP,
        severity: Severity::Error,
        in_environments: false,
        run: |_| Vec::new(),
    },
];

/// Everything is asked in production, and rules begin with at most 20 %.
impl Default for Policy {
    fn default() -> Self {
        Self {
            environments: [EnvironmentKey::from_static("production")].into(),
            names: Vec::new(),
            first_step: Weight::from_thousandths(20_000).expect("it is less than all"),
            severities: BTreeMap::new(),
        }
    }
}

impl Policy {
    /// Makes a check an error or a warning, or turns it off; `None` if there is no such check.
    #[must_use]
    pub fn with(mut self, check: &str, severity: Option<Severity>) -> Option<Self> {
        let check = CHECKS.iter().find(|known| known.name == check)?;
        self.severities.insert(check.name, severity);
        Some(self)
    }

    /// Returns the severity of a check's findings; `None` if it is off.
    #[must_use]
    pub fn severity(&self, code: Code) -> Option<Severity> {
        let check = CHECKS.iter().find(|check| check.code == code)?;
        let set = self.severities.get(check.name).copied();
        set.unwrap_or(Some(check.severity))
    }

    /// Checks a segment, in the base definition and for each environment, and returns each finding with
    /// its environment and severity. Findings are not repeated for environments.
    #[must_use]
    pub fn check(
        &self,
        definition: &Definition,
        owner: Option<&str>,
        is_private: &dyn Fn(&ContextKind, &AttributeRef) -> bool,
    ) -> Vec<(Option<EnvironmentKey>, Finding, Severity)> {
        let own = definition.environments.keys();
        let everywhere = self.environments.iter().chain(own).map(Some);
        let places: BTreeSet<Option<&EnvironmentKey>> = everywhere.chain([None]).collect();
        let there = places.into_iter().map(|place| {
            let asked = place.is_some_and(|place| self.environments.contains(place));
            (place, asked, definition.in_environment(place))
        });
        let there: Vec<_> = there.filter(|(.., here)| !here.absent).collect();
        let mut found: Vec<(Option<EnvironmentKey>, Finding, Severity)> = Vec::new();
        for check in CHECKS {
            let Some(severity) = self.severity(check.code) else {
                continue;
            };
            for (place, asked, here) in &there {
                if check.in_environments && !asked {
                    continue;
                }
                let subject = Subject {
                    definition: here,
                    owner,
                    is_private,
                    names: &self.names,
                };
                for finding in (check.run)(&subject) {
                    if !found.iter().any(|(_, known, _)| *known == finding) {
                        found.push((place.cloned(), finding, severity));
                    }
                }
            }
        }
        found
    }
}
