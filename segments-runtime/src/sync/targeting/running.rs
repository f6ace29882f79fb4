//! Experiments and rollouts that LaunchDarkly runs on an AI Config or flag, and those that affect a
//! declaration.

use segments_model::{Unlisted, wire};

use super::super::change::Change;
use super::super::diff::Rule;
use super::super::report::{BusyRule, ItemError, Warning};
use super::diff::Goal;

impl Goal<'_> {
    /// The rules that are declared and on which something runs: to be left alone.
    pub(super) fn busy(&self, remote: &wire::Targeting) -> Result<Vec<BusyRule>, ItemError> {
        let here = self.here(remote)?;
        let running = self.running(here).into_iter();
        Ok(running.filter(|it| self.manages(here, it.rule)).collect())
    }

    /// A warning before the changes: they change who reaches a rule on which an experiment or rollout
    /// runs.
    pub(crate) fn warnings(&self, remote: &wire::Targeting, changes: &[Change]) -> Vec<Warning> {
        let Ok(here) = self.here(remote) else {
            return Vec::new();
        };
        if !changes.iter().any(changes_what_is_served) {
            return Vec::new();
        }
        let running = self.running(here).into_iter();
        let staying = running.filter(|it| !self.manages(here, it.rule));
        let changed = format!("the targeting of {}", self.targeting.resource);
        let warning = |rule| Warning::Audience {
            changed: changed.clone(),
            rule,
        };
        staying.map(warning).collect()
    }

    fn running(&self, here: &wire::EnvironmentTargeting) -> Vec<BusyRule> {
        running(here, &self.targeting.resource)
    }

    /// Returns whether the declaration decides what a rule, or the fallthrough, serves.
    fn manages(&self, here: &wire::EnvironmentTargeting, rule: Option<usize>) -> bool {
        let Some(place) = rule else {
            return self.targeting.fallthrough.is_some();
        };
        let Some(declared) = &self.targeting.rules else {
            return false;
        };
        if self.targeting.others == Unlisted::Remove && !self.anywhere {
            return true;
        }
        let remote = Rule::of(&here.rules[place].rule);
        declared.iter().any(|rule| {
            let declared = wire::Rule::from(&rule.condition());
            Rule::of(&declared).same_condition(&remote)
        })
    }
}

/// Everything that runs on the rules and the fallthrough of an environment.
pub(crate) fn running(
    here: &wire::EnvironmentTargeting,
    resource: &segments_model::Resource,
) -> Vec<BusyRule> {
    let rules = here.rules.iter().enumerate();
    let rules = rules.map(|(place, rule)| (Some(place), &rule.served));
    let served = rules.chain([(None, &here.fallthrough)]);
    let busy = served.filter_map(|(rule, served)| {
        Some(BusyRule {
            running: served.running()?,
            resource: resource.clone(),
            rule,
            experiment: None,
        })
    });
    busy.collect()
}

/// Tags and descriptions are for people.
fn changes_what_is_served(change: &Change) -> bool {
    !matches!(
        change,
        Change::AddTags { .. } | Change::RemoveTags { .. } | Change::RuleDescription { .. }
    )
}
