//! Segments, prepared to be asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::compile::{Common, Segment};
use super::context::{ContextInstance, Name};
use super::lists::Lists;
use super::sight::{Attributes, Clauses, Numbers};
use super::snapshot::LeftOut;
use crate::{Definition, wire};

/// Segments that were prepared once and are then cheap to ask. They may refer to each other.
///
/// A clone shares what was prepared, so that each thread and each task can have its own.
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
    /// By segment. They are often told when a question is asked, so they stand beside what is prepared.
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
    /// Prepares definitions. What a definition does not manage counts as empty.
    ///
    /// Definitions know no salt, so percentage rules are in doubt until
    /// [`with_salts`](Self::with_salts) tells it.
    #[must_use]
    pub fn from_definitions<'a>(definitions: impl IntoIterator<Item = &'a Definition>) -> Self {
        Self::from_wire(definitions.into_iter().map(wire::Segment::from))
    }

    /// Prepares segments as the service represents them, in the REST API or in the data for SDKs.
    /// What SDKs cannot make sense of never matches here either. Deleted segments are left out; of
    /// two with the same key the later counts.
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

    /// States that these are all segments of their environment: one that is not here does not
    /// exist, and a clause that asks for it does not hold, as in an SDK. Without this, the answer
    /// is unknown where it depends on such a clause.
    #[must_use]
    pub fn complete(mut self) -> Self {
        self.complete = true;
        self
    }

    /// Tells which lists are longer than they look, because keys of members were left out. The answer
    /// is unknown for contexts that may be on one of them.
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

    /// Tells the salts of segments, by key. Keys of segments that are not here are passed over.
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

    /// Asks for the salt of every segment that is here, and for no others.
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

    /// The salts of the segments that have one, by key.
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

    /// How many segments there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The keys, in the order in which the segments were given.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map(|segment| segment.key.as_str())
    }

    /// The place of the segment of this key.
    pub(super) fn place(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }
}
