//! The kinds, attributes and segments that the parts of a file use, in every environment.

use segments_model::file::SegmentsFile;
use segments_model::{Audience, Clause, ContextKind};

/// The members of each segment, in the file and in Rust.
fn audiences(file: &SegmentsFile) -> impl Iterator<Item = &Audience> {
    file.segments.iter().flat_map(|declared| {
        let environments = declared.definition.environments.values();
        let there = environments.map(|there| &there.audience);
        std::iter::once(&declared.definition.audience).chain(there)
    })
}

/// Every clause, of segments and of what is served.
pub(super) fn clauses(file: &SegmentsFile) -> impl Iterator<Item = &Clause> {
    let rules = audiences(file).flat_map(Audience::rules);
    let of_targetings = file.targetings.iter().flat_map(|declared| {
        let environments = declared.targeting.environments.values();
        let there = environments.flat_map(|there| there.rules.iter().flatten());
        let rules = declared.targeting.rules().iter().chain(there);
        rules.flat_map(|rule| &rule.clauses)
    });
    rules.flat_map(|rule| &rule.clauses).chain(of_targetings)
}

/// Returns whether anything is about contexts of a kind.
pub(super) fn is_mentioned(file: &SegmentsFile, kind: &ContextKind) -> bool {
    let by_segments = file.segments.iter().any(|declared| {
        let definition = &declared.definition;
        let mut environments = definition.environments.keys();
        definition.kinds().contains(kind)
            || environments.any(|key| definition.in_environment(key).kinds().contains(kind))
    });
    let mut metrics = file.metrics.iter().map(|declared| &declared.metric.unit);
    let experiments = file.experiments.iter();
    let mut experiments = experiments.map(|declared| &declared.experiment.unit);
    by_segments
        || metrics.any(|unit| unit == kind)
        || experiments.any(|unit| unit == kind)
        || clauses(file).any(|clause| clause.named_kinds().any(|named| named == *kind))
        || file.targetings.iter().any(|declared| {
            let targeting = &declared.targeting;
            let mut environments = targeting.environments.keys();
            targeting.kinds().contains(kind)
                || environments.any(|key| targeting.in_environment(key).kinds().contains(kind))
        })
}
