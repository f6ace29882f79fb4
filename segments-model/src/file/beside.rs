//! Declarations of other files that belong to the same set.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Contexts;
use super::reader::Reader;
use super::{AttributeSchema, SegmentsFile};
use crate::{AttributeRef, Code, ContextKind, SegmentKey};

/// Declarations of other files that belong to the same set: the file's clauses may reference their
/// segments and attributes.
///
/// ```
/// use segments_model::file::{self, Beside};
///
/// let contexts = "[contexts.user.attributes]\nemail = \"string\"\n[segments.none]\ndescription = \"None.\"\nnobody = true\n";
/// let staff = "[segments.staff]\ndescription = \"Staff.\"\n\
///     rules = [{ clauses = [{ attribute = \"email\", op = \"endsWith\", values = [\"@company.com\"] }] }]\n";
/// assert!(file::read("staff.toml", staff.as_bytes()).has_errors());
///
/// let mut beside = Beside::default();
/// beside.add("contexts.toml", file::read("contexts.toml", contexts.as_bytes()).readable_part(), true);
/// assert!(!file::read_beside("staff.toml", staff.as_bytes(), &beside).has_errors());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Beside {
    attributes: BTreeMap<(ContextKind, AttributeRef), (AttributeSchema, Option<String>)>,
    kinds: BTreeSet<ContextKind>,
    segments: BTreeSet<SegmentKey>,
    now: Option<i64>,
}

impl Beside {
    /// Takes the time of day, in milliseconds since 1970: contexts whose expiry has passed are warned of. Without it
    /// nothing is, so that what a file says is the same every day.
    #[must_use]
    pub fn at(self, now: i64) -> Self {
        Self {
            now: Some(now),
            ..self
        }
    }

    pub(super) fn now(&self) -> Option<i64> {
        self.now
    }

    /// Adds the declarations of a file. A contradiction between this file and the one that is read is
    /// reported in the latter if this one is `earlier`; otherwise, it is not reported.
    pub fn add(&mut self, path: &str, file: &SegmentsFile, earlier: bool) {
        for (kind, schema) in &file.contexts {
            self.kinds.insert(kind.clone());
            for (attribute, declared) in &schema.attributes {
                let path = earlier.then(|| path.to_owned());
                self.attributes
                    .entry((kind.clone(), attribute.clone()))
                    .or_insert_with(|| (declared.clone(), path));
            }
        }
        let read = file.segments.iter().map(|it| it.definition.key.clone());
        let unreadable = file.unreadable.iter();
        let unreadable = unreadable.filter_map(|key| SegmentKey::parse(key.clone()).ok());
        self.segments.extend(read.chain(unreadable));
        self.segments.extend(file.external.iter().cloned());
    }

    /// Adds the segments of the others to those that clauses may ask.
    pub(super) fn segments(&self, external: &BTreeSet<SegmentKey>) -> BTreeSet<SegmentKey> {
        external | &self.segments
    }
}

impl Reader<'_> {
    /// Adds the attributes of other files to those of this one, and says which are another thing there.
    pub(super) fn beside(&mut self, contexts: &mut Contexts, beside: &Beside) {
        for kind in &beside.kinds {
            contexts.0.entry(kind.clone()).or_default();
        }
        for ((kind, attribute), (theirs, path)) in &beside.attributes {
            let schema = contexts.0.entry(kind.clone()).or_default();
            let Some(ours) = schema.attributes.get(attribute) else {
                schema.attributes.insert(attribute.clone(), theirs.clone());
                continue;
            };
            let (unreadable, span) = (ours.unreadable || theirs.unreadable, ours.span.clone());
            let same = ours.attribute_type == theirs.attribute_type
                && ours.arity == theirs.arity
                && ours.formerly == theirs.formerly;
            if let (false, false, Some(path)) = (same, unreadable, path) {
                let message = format!(
                    "`{attribute}` of `{kind}` is declared differently in `{path}`, as a {}; declare it in one place",
                    theirs.attribute_type
                );
                self.report(Code::KEY_DUPLICATE, span, message);
            }
        }
    }
}
