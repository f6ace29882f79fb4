//! Relations between the segments of a file.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::DeclaredSegment;
use super::context::Contexts;
use super::reader::Reader;
use super::written::Written;
use crate::diagnostic::Diagnostic;
use crate::relations::{relations, relations_in_environment};
use crate::{AttributeRef, ContextKind, Definition, EnvironmentKey, Finding};

impl Reader<'_> {
    /// Reports what segments say about one another, in one environment or elsewhere.
    pub(super) fn relate(
        &mut self,
        segments: &[Written<'_, '_>],
        read: &[DeclaredSegment],
        contexts: &Contexts,
        environment: Option<&EnvironmentKey>,
    ) {
        let domains =
            |kind: &ContextKind, attribute: &AttributeRef| contexts.domain(kind, attribute);
        let elsewhere: Vec<&Definition> = read.iter().map(|read| &read.definition).collect();
        let there = elsewhere.iter().map(|it| it.in_environment(environment));
        let there: Vec<Cow<'_, Definition>> = there.collect();
        let definitions: Vec<&Definition> = there.iter().map(Cow::as_ref).collect();
        let found = match environment {
            Some(_) => relations_in_environment(&elsewhere, &definitions, &domains),
            None => relations(&definitions, &domains),
        };
        if found.is_empty() {
            return;
        }
        let by_key: HashMap<&str, &Written<'_, '_>> = segments
            .iter()
            .map(|written| (written.source.draft.key.as_str(), written))
            .collect();
        let written =
            |index: usize| by_key[definitions[index].key.as_str()].in_environment(environment);
        for relation in found {
            let about = &written(relation.segment).source;
            let Finding {
                code,
                place,
                message,
            } = relation.finding;
            if about.allows(code) {
                continue;
            }
            let span = about.places.find(place).clone();
            let mut diagnostic = Diagnostic::new(code, span, message);
            // The first few show the way.
            for (segment, place, label) in relation.related.into_iter().take(8) {
                let span = written(segment).source.places.find(place).clone();
                diagnostic = diagnostic.with(span, label);
            }
            self.push(diagnostic);
        }
    }

    /// Takes back what was reported twice since `from`: an environment has much from elsewhere.
    pub(super) fn say_once(&mut self, from: usize) {
        let mut said = HashSet::new();
        let reported = self.diagnostics.split_off(from).into_iter();
        self.diagnostics.extend(
            reported.filter(|found| {
                said.insert((found.code, found.span.clone(), found.message.clone()))
            }),
        );
    }
}
