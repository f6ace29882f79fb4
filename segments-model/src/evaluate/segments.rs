//! Segments, prepared to be asked.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::compile::{Common, Segment};
use super::context::ContextInstance;
use super::count::Count;
use super::decide::{Question, Visits};
use super::lists::Lists;
use super::sight::{Attributes, Clauses, Numbers};
use crate::explanation::Explanation;
use crate::{Definition, Membership, UnknownReason, wire};

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
    /// Whether a segment that is not here does not exist.
    pub(super) complete: bool,
}

/// One of [`CompiledSegments`], looked up once.
#[derive(Debug, Clone, Copy)]
pub struct CompiledSegment<'a> {
    segments: &'a CompiledSegments,
    index: usize,
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

    /// The segment of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<CompiledSegment<'_>> {
        let index = *self.by_key.get(key)?;
        Some(CompiledSegment {
            segments: self,
            index,
        })
    }

    /// Every segment, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = CompiledSegment<'_>> {
        (0..self.segments.len()).map(|index| CompiledSegment {
            segments: self,
            index,
        })
    }

    /// Returns whether the context is in the segment, and why.
    #[must_use]
    pub fn membership(&self, segment: &str, context: &ContextInstance) -> Membership {
        match self.get(segment) {
            Some(segment) => segment.membership(context),
            None => Membership::Unknown {
                reason: UnknownReason::UnknownSegment {
                    segment: segment.to_owned().into(),
                },
            },
        }
    }

    /// What each segment says of the context, in the order in which they were given. A segment that
    /// others ask is decided once.
    pub fn memberships(
        &self,
        context: &ContextInstance,
    ) -> impl Iterator<Item = (&str, Membership)> {
        let question = Question::new(self, context);
        let mut visits = Visits::of_many(self);
        self.segments
            .iter()
            .enumerate()
            .map(move |(index, segment)| {
                let decision = self.decide(index, &question, &mut visits);
                let membership = self.membership_of(index, decision, &visits);
                (segment.key.as_str(), membership)
            })
    }

    /// Counts members of every segment among many contexts.
    #[must_use]
    pub fn count(&self) -> Count<'static> {
        Count::new(self.clone(), (0..self.segments.len()).collect())
    }

    /// How the answers of several segments come about, in the order in which they are named. A
    /// segment that several of them ask is explained where it is asked first, and by itself if it is
    /// among them. Keys of segments that are not here are passed over.
    pub fn explanations<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k str>,
        context: &ContextInstance,
    ) -> Vec<Explanation> {
        let places = keys.into_iter().filter_map(|key| self.place(key));
        self.explained(places, context)
    }

    /// How the answer comes about: each rule and clause, with what was seen and compared. `None` if
    /// no such segment.
    #[must_use]
    pub fn explain(&self, segment: &str, context: &ContextInstance) -> Option<Explanation> {
        Some(self.get(segment)?.explain(context))
    }
}

impl<'a> CompiledSegment<'a> {
    /// The segment's key.
    #[must_use]
    pub fn key(self) -> &'a str {
        &self.segments.segments[self.index].key
    }

    /// Returns whether the context is in the segment; `None` if that cannot be told.
    #[must_use]
    pub fn contains(self, context: &ContextInstance) -> Option<bool> {
        let question = Question::new(self.segments, context);
        self.segments
            .decide(self.index, &question, &mut Visits::default())
            .known()
    }

    /// Returns whether the context is in the segment, and why.
    #[must_use]
    pub fn membership(self, context: &ContextInstance) -> Membership {
        let question = Question::new(self.segments, context);
        let mut visits = Visits::default();
        let decision = self.segments.decide(self.index, &question, &mut visits);
        self.segments.membership_of(self.index, decision, &visits)
    }

    /// Counts members of this segment among many contexts.
    #[must_use]
    pub fn count(self) -> Count<'static> {
        Count::new(self.segments.clone(), vec![self.index])
    }

    /// How the answer comes about: each rule and clause, with what was seen and compared.
    #[must_use]
    pub fn explain(self, context: &ContextInstance) -> Explanation {
        let mut explained = self.segments.explained([self.index], context);
        explained.remove(0)
    }
}
