//! Segments, prepared for evaluation.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::compile::{Common, Segment};
use super::context::{ContextInstance, Name};
use super::lists::Lists;
use super::sight::{Attributes, Clauses, Numbers};
use super::snapshot::LeftOut;
use crate::{Definition, wire};

/// Segments that are prepared once and then cheap to evaluate. They may reference each other.
///
/// A clone shares the prepared data, so each thread and each task can have its own.
///
/// ```
/// use segments_model::Draft;
/// use segments_model::evaluate::{CompiledSegments, ContextInstance};
///
/// let draft = Draft { key: "empty".into(), name: "Nobody".into(), nobody: true, ..Draft::default() };
/// let (definition, _) = draft.parse().unwrap();
/// let segments = CompiledSegments::from_definitions([&definition]);
///
/// let user = ContextInstance::from_json(r#"{"kind": "user", "key": "u-1"}"#).unwrap();
/// assert_eq!(segments.membership("empty", &user).known(), Some(false));
/// assert_eq!(
///     segments.membership("other", &user).to_string(),
///     "unknown: segment `other` is not loaded"
/// );
/// ```
#[derive(Debug, Clone, Default)]
pub struct CompiledSegments {
    pub(super) segments: Arc<[Segment]>,
    pub(super) lists: Arc<Lists>,
    pub(super) numbers: Numbers,
    by_key: Arc<HashMap<Box<str>, usize>>,
    /// By segment. They are often needed in an evaluation, so they are stored beside the prepared data.
    salts: Arc<[Option<Arc<str>>]>,
    /// By segment; empty if no keys were left out anywhere.
    left_out: Arc<[Kinds]>,
    /// Whether a segment that is not here does not exist.
    pub(super) complete: bool,
}

/// The kinds of the lists of a segment whose keys were left out.
#[derive(Debug, Clone, Default)]
struct Kinds {
    included: Vec<Name>,
    excluded: Vec<Name>,
}

impl CompiledSegments {
    /// Prepares definitions. Unmanaged parts count as empty.
    ///
    /// Definitions have no salt, so percentage rules are unknown until [`with_salts`](Self::with_salts)
    /// sets it.
    #[must_use]
    pub fn from_definitions<'a>(definitions: impl IntoIterator<Item = &'a Definition>) -> Self {
        Self::from_wire(definitions.into_iter().map(wire::Segment::from))
    }

    /// Prepares segments in the service's form, of the REST API or of the data for SDKs. Clauses that
    /// SDKs cannot read never match here either. Deleted segments are left out; if a key occurs twice,
    /// the later segment counts.
    #[must_use]
    pub fn from_wire(segments: impl IntoIterator<Item = wire::Segment>) -> Self {
        let mut by_key = HashMap::new();
        let mut kept: Vec<wire::Segment> = Vec::new();
        for segment in segments {
            if segment.deleted {
                continue;
            }
            if let Some(index) = by_key.get(segment.key.as_str()) {
                kept[*index] = segment;
            } else {
                by_key.insert(Box::from(segment.key.as_str()), kept.len());
                kept.push(segment);
            }
        }
        let salts = kept.iter().map(|segment| segment.salt.as_deref());
        let salts = salts.map(|salt| salt.map(Arc::from)).collect();
        let mut common = Common {
            by_key: &by_key,
            lists: Lists::default(),
            attributes: Attributes::default(),
            clauses: Clauses::default(),
        };
        let compiled = kept
            .into_iter()
            .enumerate()
            .map(|(place, segment)| Segment::compile(place, segment, &mut common));
        Self {
            salts,
            segments: compiled.collect(),
            lists: Arc::new(common.lists),
            numbers: Numbers {
                attributes: common.attributes.len(),
                clauses: common.clauses.len(),
            },
            by_key: Arc::new(by_key),
            left_out: Arc::default(),
            complete: false,
        }
    }

    /// States that these are all segments of their environment: a missing segment does not exist, and a
    /// clause that references it does not match, as in an SDK. Without this, answers that depend on such
    /// a clause are unknown.
    #[must_use]
    pub fn complete(mut self) -> Self {
        self.complete = true;
        self
    }

    /// Sets the lists from which keys of members were left out. The answer is unknown for contexts that
    /// may be on one of them.
    #[must_use]
    pub fn with_left_out(mut self, left_out: &LeftOut) -> Self {
        if left_out.segments.is_empty() {
            return self;
        }
        let names = |kinds: &BTreeMap<String, u64>| kinds.keys().map(|it| Name::new(it)).collect();
        let of_segment = |segment: &Segment| {
            let lists = left_out.segments.get(&segment.key);
            lists.map_or_else(Kinds::default, |lists| Kinds {
                included: names(&lists.included),
                excluded: names(&lists.excluded),
            })
        };
        self.left_out = self.segments.iter().map(of_segment).collect();
        self
    }

    /// Returns whether the context may be on an included list whose keys were left out.
    pub(super) fn may_be_included(&self, index: usize, context: &ContextInstance) -> bool {
        let kinds = self.left_out.get(index).map(|kinds| &kinds.included);
        let mut kinds = kinds.into_iter().flatten();
        kinds.any(|kind| context.of_kind(kind).is_some())
    }

    /// The same of an excluded list.
    pub(super) fn may_be_excluded(&self, index: usize, context: &ContextInstance) -> bool {
        let kinds = self.left_out.get(index).map(|kinds| &kinds.excluded);
        let mut kinds = kinds.into_iter().flatten();
        kinds.any(|kind| context.of_kind(kind).is_some())
    }

    /// Sets segment salts by key; unknown keys are ignored.
    #[must_use]
    pub fn with_salts<K: AsRef<str>, S: Into<String>>(
        mut self,
        salts: impl IntoIterator<Item = (K, S)>,
    ) -> Self {
        let known = Arc::make_mut(&mut self.salts);
        for (key, salt) in salts {
            if let Some(index) = self.by_key.get(key.as_ref()) {
                known[*index] = Some(salt.into().into());
            }
        }
        self
    }

    /// Sets the salts of these segments from a function.
    #[must_use]
    pub fn with_salts_of<'s>(mut self, salt: impl Fn(&str) -> Option<&'s str>) -> Self {
        let told: Vec<_> = self.segments.iter().map(|it| salt(&it.key)).collect();
        if told.iter().any(Option::is_some) {
            let known = Arc::make_mut(&mut self.salts).iter_mut();
            for (known, told) in known.zip(told) {
                *known = told.map(Arc::from).or_else(|| known.take());
            }
        }
        self
    }

    /// Iterates over the known salts, by key.
    pub fn salts(&self) -> impl Iterator<Item = (&str, &str)> {
        let segments = self.segments.iter().zip(&*self.salts);
        segments.filter_map(|(segment, salt)| Some((segment.key.as_str(), salt.as_deref()?)))
    }

    /// The salt of the segment at this place.
    pub(super) fn salt(&self, index: usize) -> Option<&str> {
        self.salts[index].as_deref()
    }

    /// The same for one thread of many: those that share a pattern wait for each other's memory.
    pub(super) fn with_own_rules(&self) -> Self {
        Self {
            segments: self.segments.iter().cloned().collect(),
            ..self.clone()
        }
    }

    /// Returns the number of segments.
    #[must_use]
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    /// Returns `true` if empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Iterates over the keys, in the given order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map(|segment| segment.key.as_str())
    }

    /// The place of the segment of this key.
    pub(super) fn place(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}
