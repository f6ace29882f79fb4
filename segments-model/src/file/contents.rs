//! The contents of a file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::algebra::Domain;
use crate::evaluate::ContextInstance;
use crate::policy::Policy;
use crate::{
    Arity, AttributeRef, AttributeType, ContextKind, Definition, EnvironmentKey, Experiment,
    FormerNames, Metric, ResourceKind, SegmentKey, Targeting, Value,
};

/// The contents of a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SegmentsFile {
    /// The owner of the declarations.
    pub owner: Option<String>,
    /// Whether a segment must not leave out parts that it declared before.
    pub strict: bool,
    /// The environments of the file, in the order of writing; empty means any.
    pub environments: Vec<EnvironmentKey>,
    /// The kinds of contexts that it declares, with their attributes.
    pub contexts: BTreeMap<ContextKind, ContextSchema>,
    /// The segments, in the order of writing.
    pub segments: Vec<DeclaredSegment>,
    /// The targetings of AI Configs, then of flags, in the order of writing.
    pub targetings: Vec<DeclaredTargeting>,
    /// The policy for the segments.
    pub policy: Option<Policy>,
    /// The metrics, in the order of writing.
    pub metrics: Vec<DeclaredMetric>,
    /// The experiments, in the order of writing.
    pub experiments: Vec<DeclaredExperiment>,
    /// The partitions, in the order of writing.
    pub partitions: Vec<DeclaredPartition>,
    /// Segments that clauses may reference although the file does not declare them.
    pub external: BTreeSet<SegmentKey>,
    /// The keys of segments that have errors, as written; these are not among `segments`.
    pub unreadable: Vec<String>,
    /// The keys of AI Configs and flags that have errors.
    pub unreadable_targetings: Vec<(ResourceKind, String)>,
}

impl SegmentsFile {
    /// Returns the known values of an attribute.
    #[must_use]
    pub fn domain(&self, kind: &ContextKind, attribute: &AttributeRef) -> Domain {
        let schema = self.contexts.get(kind);
        let schema = schema.and_then(|schema| schema.attributes.get(attribute));
        schema.map_or(Domain::UNKNOWN, AttributeSchema::domain)
    }

    /// Iterates over the known values of all declared attributes.
    pub fn known_attributes(&self) -> impl Iterator<Item = ((ContextKind, AttributeRef), Domain)> {
        self.contexts.iter().flat_map(|(kind, schema)| {
            let attributes = schema.attributes.iter();
            attributes
                .map(|(attribute, schema)| ((kind.clone(), attribute.clone()), schema.domain()))
        })
    }

    /// Returns the former names of its attributes.
    #[must_use]
    pub fn former_names(&self) -> FormerNames {
        let mut names = FormerNames::default();
        for (kind, schema) in &self.contexts {
            for (attribute, declared) in &schema.attributes {
                if let Some(formerly) = &declared.formerly {
                    names.declare(kind.clone(), attribute.clone(), formerly.clone());
                }
            }
        }
        names
    }

    /// Every place that it keeps.
    pub(super) fn spans_mut(&mut self) -> impl Iterator<Item = &mut Range<usize>> {
        let contexts = self.contexts.values_mut().flat_map(|schema| {
            let attributes = schema.attributes.values_mut();
            let attributes = attributes.map(|attribute| &mut attribute.span);
            std::iter::once(&mut schema.span).chain(attributes)
        });
        let segments = self.segments.iter_mut().flat_map(|segment| {
            let examples = segment.examples.iter_mut();
            let examples = examples.map(|example| &mut example.span);
            std::iter::once(&mut segment.span).chain(examples)
        });
        let targetings = self.targetings.iter_mut();
        let targetings = targetings.map(|targeting| &mut targeting.span);
        let metrics = self.metrics.iter_mut().map(|metric| &mut metric.span);
        let experiments = self.experiments.iter_mut();
        let experiments = experiments.map(|experiment| &mut experiment.span);
        let partitions = self.partitions.iter_mut();
        let partitions = partitions.map(|partition| &mut partition.span);
        contexts
            .chain(segments)
            .chain(targetings)
            .chain(metrics)
            .chain(experiments)
            .chain(partitions)
    }
}

/// A partition of a file: segments that divide the contexts of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredPartition {
    /// The name.
    pub name: String,
    /// The kind of contexts.
    pub kind: ContextKind,
    /// The segments.
    pub parts: Vec<SegmentKey>,
    /// The name of the part for all other contexts.
    pub otherwise: Option<String>,
    /// The place of the name: bytes of the [`Source`](crate::diagnostic::Source).
    pub span: Range<usize>,
}

/// A segment of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredSegment {
    /// The segment.
    pub definition: Definition,
    /// Example contexts, members and non-members.
    pub examples: Vec<Example>,
    /// The place of its key: bytes of the [`Source`](crate::diagnostic::Source).
    pub span: Range<usize>,
}

/// A kind of context as a file declares it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContextSchema {
    /// The description.
    pub description: Option<String>,
    /// The place of the declaration: bytes of the [`Source`](crate::diagnostic::Source).
    pub span: Range<usize>,
    /// Its attributes. `key`, `name` and `anonymous` exist without being declared.
    pub attributes: BTreeMap<AttributeRef, AttributeSchema>,
}

/// An attribute as a file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeSchema {
    /// The type of its values.
    pub attribute_type: AttributeType,
    /// Whether the type could not be read, so that `any` is only a placeholder.
    pub unreadable: bool,
    /// The number of its values.
    pub arity: Arity,
    /// All possible values, if they are known.
    pub one_of: Option<BTreeSet<Value>>,
    /// Whether SDKs keep the attribute from LaunchDarkly.
    pub private: bool,
    /// The description.
    pub description: Option<String>,
    /// The former name, which some programs still send.
    pub formerly: Option<AttributeRef>,
    /// The place of the declaration: bytes of the [`Source`](crate::diagnostic::Source).
    pub span: Range<usize>,
}

impl AttributeSchema {
    /// The known values.
    pub(super) fn domain(&self) -> Domain {
        if self.unreadable || self.attribute_type == AttributeType::Any {
            return Domain::UNKNOWN;
        }
        let one_of = self.one_of.as_ref();
        Domain {
            one_of: one_of.map(|values| values.iter().cloned().collect()),
            ..Domain::new(self.attribute_type, self.arity)
        }
    }
}

/// A metric of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredMetric {
    /// The metric.
    pub metric: Metric,
    /// The place of its key: bytes of the [`Source`](crate::diagnostic::Source).
    pub span: Range<usize>,
}

/// An experiment of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredExperiment {
    /// The experiment.
    pub experiment: Experiment,
    /// The place of its key: bytes of the [`Source`](crate::diagnostic::Source).
    pub span: Range<usize>,
}

/// The targeting of an AI Config or a flag in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredTargeting {
    /// The targeting.
    pub targeting: Targeting,
    /// The place of its key: bytes of the [`Source`](crate::diagnostic::Source).
    pub span: Range<usize>,
}

/// Contexts with their expected membership.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Whether they are members.
    pub member: bool,
    /// The contexts.
    pub context: ContextInstance,
    /// The description.
    pub description: Option<String>,
    /// The place of the example: bytes of the [`Source`](crate::diagnostic::Source).
    pub span: std::ops::Range<usize>,
}
