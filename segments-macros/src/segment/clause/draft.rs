//! A clause as a draft: what a file says as well.

use proc_macro2::Span;
use segments_model::draft::{DraftClause, DraftSubject};
use segments_model::source::Places;
use segments_model::{AttributeRef, Operator, Place};

use super::{Clause, Meaning};
use crate::meta::path;

impl Clause {
    pub(crate) fn draft(&self) -> DraftClause {
        match &self.meaning {
            Meaning::Comparison {
                context,
                attribute,
                values,
                negate,
                ..
            } => DraftClause {
                subject: Some(DraftSubject {
                    context: path(context),
                    attribute: attribute.clone(),
                }),
                operator: self
                    .operator()
                    // Whether such a text is a version, the constant beside the clause tells.
                    .filter(|operator| *operator == Operator::In || !self.is_of_text()),
                values: values.iter().map(|(value, _)| value.clone()).collect(),
                negate: *negate,
                ..DraftClause::default()
            },
            // The keys are the other segments' business.
            Meaning::MemberOf { segments, negate } => DraftClause {
                operator: Some(Operator::SegmentMatch),
                values: vec![None; segments.len()],
                negate: *negate,
                ..DraftClause::default()
            },
            // So are the names of kinds that of their types.
            Meaning::HasKind { contexts, negate } => DraftClause {
                attribute: Some(AttributeRef::KIND.into()),
                operator: Some(Operator::In),
                values: vec![None; contexts.len()],
                negate: *negate,
                ..DraftClause::default()
            },
        }
    }

    /// Adds the places of the clause and of its parts.
    pub(crate) fn locate(&self, (rule, clause): (usize, usize), places: &mut Places<Span>) {
        places.add(Place::Clause { rule, clause }, self.span);
        let Meaning::Comparison { method, values, .. } = &self.meaning else {
            return;
        };
        if let Some((_, span)) = method {
            places.add(Place::Operator { rule, clause }, *span);
        }
        for (value, (_, span)) in values.iter().enumerate() {
            let place = Place::Value {
                rule,
                clause,
                value,
            };
            places.add(place, *span);
        }
    }
}
