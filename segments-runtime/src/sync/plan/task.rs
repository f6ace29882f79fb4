//! The tasks of a plan.

use std::collections::BTreeSet;
use std::sync::Arc;

use segments_model::{
    ContextKind, Definition, Experiment, Metric, MetricKey, SegmentKey, Targeting, wire,
};

use crate::sync::kinds as context_kinds;
use crate::sync::measured::ExperimentRemote;
use crate::sync::moves::Moving;
use crate::sync::report::Row;
use crate::sync::syncable::Versioned;

/// One thing that is due.
#[derive(Clone)]
pub(crate) struct Work {
    /// Where it stands in the report.
    pub(crate) row: Row,
    pub(crate) task: Task,
    /// How many others of its kind have to be settled one after the other before it.
    pub(crate) depth: usize,
}

impl Work {
    /// Changes that are made together have the same turn, and later turns wait for earlier ones.
    pub(crate) fn turn(&self) -> (Stage, usize) {
        (self.task.stage(), self.depth)
    }
}

/// The action: where to make the resource match its declaration, from what was seen.
#[derive(Clone)]
pub(crate) enum Task {
    Segment {
        definition: Arc<Definition>,
        remote: Option<Box<wire::Segment>>,
        /// The segment whose place it takes, if it does.
        moving: Option<Moving>,
    },
    Targeting {
        targeting: Arc<Targeting>,
        /// Whether it is no longer declared, and ends.
        ends: bool,
        remote: Box<wire::Targeting>,
    },
    Metric {
        metric: Arc<Metric>,
        remote: Option<Box<wire::Metric>>,
    },
    Experiment {
        experiment: Arc<Experiment>,
        remote: Option<Box<ExperimentRemote>>,
    },
    /// A metric is deleted, if nobody uses it.
    DeleteMetric {
        key: MetricKey,
        remote: Box<wire::Metric>,
    },
    /// A segment is deleted, if it is still what was seen.
    Delete {
        key: SegmentKey,
        segment: Box<wire::Segment>,
    },
}

/// The order of the changes. A targeting comes after the segments that it references, and before the
/// deletion of those that it referenced; an experiment comes after the resource it runs on and its
/// metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Segments,
    Targetings,
    Metrics,
    Experiments,
    MetricDeletions,
    Deletions,
}

impl Task {
    pub(crate) fn stage(&self) -> Stage {
        match self {
            Task::Segment { .. } => Stage::Segments,
            Task::Targeting { .. } => Stage::Targetings,
            Task::Metric { .. } => Stage::Metrics,
            Task::Experiment { .. } => Stage::Experiments,
            Task::DeleteMetric { .. } => Stage::MetricDeletions,
            Task::Delete { .. } => Stage::Deletions,
        }
    }

    /// The version that was seen; `None` if there was nothing.
    pub(crate) fn version(&self) -> Option<u64> {
        match self {
            Task::Segment { remote, .. } => remote.as_ref().map(|it| it.version),
            Task::Targeting { remote, .. } => Some(remote.version),
            Task::Metric { remote, .. } => remote.as_ref().map(|it| it.version()),
            Task::Experiment { remote, .. } => remote.as_ref().map(|it| it.version()),
            Task::DeleteMetric { remote, .. } => Some(remote.version()),
            Task::Delete { segment, .. } => Some(segment.version),
        }
    }

    /// The segments that have to exist before.
    pub(crate) fn references(&self) -> Vec<&str> {
        match self {
            Task::Segment { definition, .. } => definition.references(),
            Task::Targeting { targeting, .. } => targeting.references(),
            Task::Experiment { experiment, .. } => {
                let segment = experiment.rule.as_ref().map(SegmentKey::as_str);
                segment.into_iter().collect()
            }
            Task::Metric { .. } | Task::DeleteMetric { .. } | Task::Delete { .. } => Vec::new(),
        }
    }

    /// The context kinds that have to exist.
    pub(super) fn kinds(&self) -> BTreeSet<&ContextKind> {
        match self {
            Task::Segment { definition, .. } => context_kinds::special(definition.kinds()),
            Task::Targeting { targeting, .. } => context_kinds::special(targeting.kinds()),
            Task::Metric { metric, .. } => context_kinds::special([&metric.unit].into()),
            Task::Experiment { experiment, .. } => {
                context_kinds::special([&experiment.unit].into())
            }
            Task::DeleteMetric { .. } | Task::Delete { .. } => BTreeSet::new(),
        }
    }
}
