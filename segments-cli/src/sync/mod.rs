//! The commands that talk to LaunchDarkly.

pub(crate) mod apply;
mod approvals;
mod deleted;
mod first_step;
mod markdown;
pub(crate) mod plan;
pub(crate) mod rename;
pub(crate) mod retire;
pub(crate) mod saved;
pub(crate) mod verify;

use std::collections::HashMap;

use segments_model::policy::Policy;
use segments_model::{Definition, Experiment, Metric, Severity, Targeting};
use segments_runtime::sync::{Drift, Effect, Outcome, Plan, ReportItem, SyncConfig};
use serde::Serialize;

use crate::DefinitionsSource;
use crate::arguments::{Connection, DenyPlan, Files, Ownership};
use crate::connection::Sources;
use crate::definitions::Declarations;
use crate::denied::Denied;
use crate::failure::Failure;
use crate::imported::Imported;
use crate::interruptible::run;
use crate::output::{CHANGED, Output, STRONG, Text, styled};
use crate::progress::Watch;
use crate::show;

/// The input that all of them need.
pub(crate) struct Work {
    definitions: Vec<Definition>,
    targetings: Vec<Targeting>,
    metrics: Vec<Metric>,
    experiments: Vec<Experiment>,
    /// One for each environment.
    pub(crate) configs: Vec<SyncConfig>,
    /// Where project and environment come from, for headlines.
    sources: Sources,
    watch: Watch,
    /// The policies for segments, by key.
    policies: HashMap<String, Policy>,
}

impl Work {
    pub(crate) fn new(
        files: &Files,
        connection: &Connection,
        ownership: &Ownership,
        declared: DefinitionsSource,
        output: Output,
    ) -> Result<Self, Failure> {
        let declarations = files.declarations(declared, output)?;
        let imported = Imported::beside(&files.read_by(declared)?)?;
        let work = Self::of(
            declarations,
            &imported,
            connection,
            ownership,
            declared,
            output,
        )?;
        for config in &work.configs {
            output.detail(format_args!(
                "{} segments for {}, owned by {}",
                work.definitions.len(),
                config.scope(),
                config.owner()
            ));
        }
        Ok(work)
    }

    /// The same of what is declared, or will be.
    fn of(
        declarations: Declarations,
        imported: &Imported,
        connection: &Connection,
        ownership: &Ownership,
        declared: DefinitionsSource,
        output: Output,
    ) -> Result<Self, Failure> {
        let watch = Watch::new(output);
        let header = declarations.header;
        let configs = connection.managing(ownership, declared, &header, imported, &watch)?;
        Ok(Self {
            definitions: declarations.definitions,
            targetings: declarations.targetings,
            metrics: declarations.metrics,
            experiments: declarations.experiments,
            configs,
            sources: connection.sources(&header)?,
            watch,
            policies: header.policies,
        })
    }

    /// Runs to its end, or to Ctrl-C, what changes nothing.
    fn run<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        run(&self.watch, work)
    }

    /// Everything that is declared.
    pub(crate) fn declared(&self) -> segments_runtime::sync::Definitions<'_> {
        segments_runtime::sync::Definitions {
            segments: &self.definitions,
            targetings: &self.targetings,
            metrics: &self.metrics,
            experiments: &self.experiments,
        }
    }

    async fn plan(&self, config: &SyncConfig) -> Result<Plan, Failure> {
        Ok(segments_runtime::sync::plan(config, self.declared()).await?)
    }
}

/// A plan or a report for programs, with what the command line knows about it.
#[derive(Serialize)]
struct ForPrograms<'a, T> {
    #[serde(flatten)]
    of: &'a T,
    /// Where project and environment come from.
    sources: &'a Sources,
    /// Why what differs does so, as far as the audit log tells.
    #[serde(skip_serializing_if = "<[Drift]>::is_empty")]
    drift: &'a [Drift],
}

/// The manual changes among all differences. A token that may not read them does not prevent a plan.
fn drift<'a>(
    work: &Work,
    config: &SyncConfig,
    settled: impl IntoIterator<Item = ReportItem<'a>>,
    output: Output,
) -> Vec<Drift> {
    let found = work.run(async { Ok(segments_runtime::sync::drift(config, settled).await?) });
    found.unwrap_or_else(|error| {
        output.detail(format_args!("cannot tell who changed what: {error}"));
        Vec::new()
    })
}

/// The manual changes; changes of declarations are in the plan.
fn by_hand(drift: &[Drift]) -> Text {
    let by_hand = drift.iter().filter(|drift| !drift.by_hand.is_empty());
    Text::lines(by_hand.map(|drift| styled(CHANGED, Text::drawn(drift))))
}

/// A plan for people.
fn shown(plan: &Plan, drift: &[Drift], work: &Work) -> Text {
    let changes = show::changes(plan.settled(), plan.kinds());
    let large = first_step::too_large(plan, &work.policies);
    let large = large.iter().map(first_step::TooLarge::text);
    let warnings = plan.warnings().iter().map(show::warning);
    let warnings = Text::lines(warnings.chain(large));
    let headline = headline(plan.headline(), &work.sources);
    // Of several, each says which it is before its changes, too.
    let several = work.configs.len() > 1 && !changes.is_empty();
    let scope = if several {
        styled(STRONG, format_args!("{}:", plan.scope()))
    } else {
        Text::default()
    };
    let reached = show::consequences(plan);
    let parts = [scope, changes, reached, by_hand(drift), warnings, headline];
    Text::lines(parts.into_iter().filter(|part| !part.is_empty()))
}

/// Returns whether something of a plan is left alone because LaunchDarkly runs something there.
fn is_busy(plan: &Plan) -> bool {
    plan.settled()
        .any(|it| matches!(it.outcome, Outcome::Busy { .. }))
}

/// The unwanted parts of a plan.
fn denied(plan: &Plan, deny: &[DenyPlan]) -> Option<Denied> {
    let warnings = plan.warnings().len();
    if deny.contains(&DenyPlan::Warnings) && warnings > 0 {
        return Some(Denied::Warnings(warnings));
    }
    let is_denied = |effect: &&Effect| {
        deny.iter().any(|deny| match deny {
            DenyPlan::Warnings => false,
            DenyPlan::Wider => effect.may_widen(),
            DenyPlan::Narrower => effect.may_narrow(),
            DenyPlan::Any => {
                effect.may_widen() || effect.may_narrow() || effect.may_serve_otherwise()
            }
        })
    };
    // A segment that is made is no audience that gets wider.
    let effects = plan.effects_on_what_exists();
    let count = effects.filter(is_denied).count();
    (count > 0).then_some(Denied::Effects(count))
}

/// A headline, with where its project and environment come from.
fn headline(text: String, sources: &Sources) -> Text {
    styled(STRONG, text).then(format_args!(" ({sources})"))
}

/// Returns whether something stands in the way of what is declared.
fn blocked(plan: &Plan, work: &Work) -> bool {
    plan.settled().any(|it| it.outcome.is_failure()) || too_large(plan, work) > 0
}

/// How many rules begin with more than a policy allows, where that is an error.
fn too_large(plan: &Plan, work: &Work) -> usize {
    let large = first_step::too_large(plan, &work.policies);
    let errors = large.iter().filter(|it| it.severity == Severity::Error);
    errors.count()
}
