//! The context kinds that a plan needs.

use std::collections::BTreeSet;

use segments_model::ContextKind;

use super::{Plan, Stage};
use crate::sync::config::{ContextKinds, SyncConfig};
use crate::sync::kinds;
use crate::sync::reader::Reader;
use crate::sync::report::{ItemError, KindOutcome, KindReport, Outcome};

impl Plan {
    /// Looks up the context kinds of what is due. Kinds matter to people who pick them in
    /// LaunchDarkly's pages, so not being able to read them stops nothing, unless the configuration
    /// requires them.
    pub(super) async fn add_kinds(&mut self, reader: &Reader, config: &SyncConfig) {
        let policy = config.options.kinds;
        let used = self.work.iter().flat_map(|work| work.task.kinds());
        let used = used.collect();
        match kinds::look_up(reader, used, policy).await {
            Ok(kinds) => self.report.kinds = kinds,
            Err(error) if policy == ContextKinds::Require => {
                self.fail(|_| Some(ItemError::Request(error.clone())));
                self.work.clear();
            }
            Err(error) => tracing::warn!(%error, "cannot read the project's context kinds"),
        }
        if policy == ContextKinds::Require {
            let kinds = std::mem::take(&mut self.report.kinds).into_iter();
            let (missing, known) = kinds.partition(|kind| kind.outcome == KindOutcome::Planned);
            self.report.kinds = known;
            let missing: Vec<KindReport> = missing;
            self.fail(|used| {
                let kinds = missing.iter().map(|kind| kind.kind.clone());
                let lacking = |kind: &String| used.iter().any(|used| used.as_str() == kind);
                let kinds: Vec<String> = kinds.filter(lacking).collect();
                (!kinds.is_empty()).then_some(ItemError::MissingKinds { kinds })
            });
        }
    }

    /// Gives up what is due, but for deletions, where the kinds that it uses are a reason to.
    fn fail(&mut self, reason: impl Fn(&BTreeSet<&ContextKind>) -> Option<ItemError>) {
        let report = &mut self.report;
        self.work.retain(|work| {
            let deletes = work.task.stage() >= Stage::MetricDeletions;
            let reason = (!deletes).then(|| reason(&work.task.kinds())).flatten();
            keeps(report.outcome_mut(work.row), reason)
        });
    }
}

/// Returns whether something stays due; if there is a reason against it, that is its outcome.
fn keeps(outcome: &mut Outcome, reason: Option<ItemError>) -> bool {
    match reason {
        None => true,
        Some(error) => {
            *outcome = Outcome::Failed(error);
            false
        }
    }
}
