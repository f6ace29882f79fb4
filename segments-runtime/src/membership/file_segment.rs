//! Segments that `include_segments!` makes of a file.
//!
//! What such a segment says is known when the macro runs, so it is data: one table for the whole file, and
//! for each segment a type that says which comparisons its rules consist of. The code that decides stands
//! here once. A function for each segment would cost a build twenty times as much.

use std::fmt;
use std::marker::PhantomData;

use segments_model::explanation::Explanation;
use segments_model::{Definition, Membership, Part, SegmentKey};

use super::about::About;
use super::cache::Cache;
use super::clauses::Prepares;
use super::decided::Here;
use super::decision::{Decision, Salts};
use super::key_set::KeySet;
use super::listing::LooksAt;
use super::visitor::{List, Managed, RuleVisitor};
use crate::context::parts::{Contexts, SingleContext};
use crate::registry::{Registered, RegisteredAt};
use crate::{__private as private, Condition, Context, Decide, HasContext, Segment};

/// A segment of a file, made by [`include_segments!`](segments_macros::include_segments). `M` is its name
/// as a type.
pub struct FileSegment<M>(PhantomData<M>);

impl<M> fmt::Debug for FileSegment<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileSegment")
    }
}

impl<M: InFile> FileSegment<M> {
    /// The key of this segment in LaunchDarkly.
    pub const KEY: SegmentKey = <Self as Segment>::KEY;

    const ENTRY: &'static Entry = &<M::File as File>::SEGMENTS[M::INDEX];

    /// Returns whether the contexts are in this segment: decided here, without a network.
    #[inline]
    pub fn contains<C, At>(contexts: C) -> bool
    where
        Self: Decide<C, At>,
    {
        private::contains::<Self, C, At>(contexts)
    }

    /// Returns whether the contexts are in this segment, and what decides it.
    pub fn membership<C, At>(contexts: C) -> Membership
    where
        Self: Decide<C, At>,
    {
        private::membership::<Self, C, At>(contexts)
    }

    /// How the answer comes about: each rule and clause, with what was seen and compared.
    pub fn explain<C: Contexts, At>(contexts: C) -> Explanation
    where
        Self: Decide<C, At>,
    {
        private::explain::<Self, C>(contexts)
    }
}

/// What is known of one segment of a file.
pub trait InFile: Sized {
    /// The file.
    type File: File;

    /// The kind of context that the segment looks at.
    type Context: Context;

    /// The rules: `(first, (second, ()))`.
    type Rules: Rules<Self::Context>;

    /// What of its lists a program may change while it runs.
    type Listing;

    /// The place in the file's table.
    const INDEX: usize;
}

/// What the segments of a file say.
pub trait File {
    /// The segments, in the order of the file.
    const SEGMENTS: &'static [Entry];

    /// The lists of all segments.
    fn keys() -> &'static [KeySet];

    /// The places for what clauses of all segments prepare.
    fn caches() -> &'static [Cache];

    /// Adds all segments to what is declared.
    fn declare(all: &mut Vec<Registered<Definition>>);
}

/// What one segment says, but for the sort of its clauses.
#[derive(Debug)]
pub struct Entry {
    about: About,
    /// The places of its lists among those of the file.
    included: Option<usize>,
    excluded: Option<usize>,
    /// The first of its caches among those of the file.
    caches: usize,
    /// The values of all clauses, in the order of the file.
    values: &'static [FileValue],
    /// The descriptions of the rules; none of those behind the last.
    rules: &'static [Option<&'static str>],
}

impl Entry {
    /// A segment without lists, caches and descriptions of rules.
    #[must_use]
    #[track_caller]
    pub const fn new(
        key: &'static str,
        name: &'static str,
        description: Option<&'static str>,
        tags: Option<&'static [&'static str]>,
        managed: Managed,
        values: &'static [FileValue],
    ) -> Self {
        Self {
            about: About::new(key, name, description, tags, managed),
            included: None,
            excluded: None,
            caches: 0,
            values,
            rules: &[],
        }
    }

    /// The same, with the parts that are left to people.
    #[must_use]
    pub const fn leaving(self, unmanaged: &'static [Part]) -> Self {
        Self {
            about: self.about.leaving(unmanaged),
            ..self
        }
    }

    /// The same, in the place of the segment that has this key.
    #[must_use]
    pub const fn moved_from(self, key: &'static str) -> Self {
        Self {
            about: self.about.moved_from(key),
            ..self
        }
    }

    /// The same, never deleted and never emptied.
    #[must_use]
    pub const fn protected(self) -> Self {
        Self {
            about: self.about.protected(),
            ..self
        }
    }

    /// The same, which no change may make wider.
    #[must_use]
    pub const fn never_wider(self) -> Self {
        Self {
            about: self.about.never_wider(),
            ..self
        }
    }

    /// The same with lists.
    #[must_use]
    pub const fn listing(self, included: Option<usize>, excluded: Option<usize>) -> Self {
        Self {
            included,
            excluded,
            ..self
        }
    }

    /// The same with caches from this one on.
    #[must_use]
    pub const fn preparing(self, caches: usize) -> Self {
        Self { caches, ..self }
    }

    /// The same with descriptions of rules.
    #[must_use]
    pub const fn describing(self, rules: &'static [Option<&'static str>]) -> Self {
        Self { rules, ..self }
    }
}

/// A value of a clause. A comparison knows which sort its values are of.
#[derive(Debug, Clone, Copy)]
pub enum FileValue {
    /// A text.
    Text(&'static str),
    /// A number.
    Number(f64),
    /// Milliseconds since 1970.
    Date(i64),
    /// `true` or `false`.
    Bool(bool),
}

macro_rules! values {
    ($($(#[$docs:meta])* $name:ident $variant:ident $type:ty;)*) => {
        impl FileValue {
            $($(#[$docs])*
            ///
            /// # Panics
            ///
            /// If it is of another sort, which the macro never writes.
            #[inline]
            #[must_use]
            pub const fn $name(self) -> $type {
                match self {
                    Self::$variant(value) => value,
                    _ => panic!("the macro writes values of the sort that it reads"),
                }
            })*
        }
    };
}

values! {
    /// The text.
    text Text &'static str;
    /// The number.
    number Number f64;
    /// The milliseconds.
    date Date i64;
    /// The truth.
    truth Bool bool;
}

/// A comparison of one attribute: what the clauses of a file have in common that differ only in their values.
pub trait Compares {
    /// The kind of context.
    type Context: Context;

    /// How many values it takes.
    const VALUES: usize;

    /// How many caches it takes: one if it prepares something, or none.
    const CACHES: usize;

    /// The clause with the first of these values.
    fn clause(values: &'static [FileValue]) -> impl Condition<Context = Self::Context>;
}

/// What the clauses that are still to be read take their values and caches from.
#[derive(Debug, Clone, Copy)]
pub struct Rest {
    values: &'static [FileValue],
    caches: &'static [Cache],
}

/// The clauses of a rule, all of which must hold: `(first, (second, ()))`.
pub trait Rule<C> {
    /// How many values and caches its clauses take.
    const TAKES: [usize; 2];

    /// Returns whether all hold, for a context that may be absent.
    fn holds<R: RuleVisitor>(reader: &R, context: Option<&C>, rest: Rest) -> bool;
}

impl<C> Rule<C> for () {
    const TAKES: [usize; 2] = [0, 0];

    #[inline]
    fn holds<R: RuleVisitor>(_: &R, _: Option<&C>, _: Rest) -> bool {
        true
    }
}

impl<C, P: Compares<Context = C>, Others: Rule<C>> Rule<C> for (P, Others) {
    const TAKES: [usize; 2] = [P::VALUES + Others::TAKES[0], P::CACHES + Others::TAKES[1]];

    #[inline]
    fn holds<R: RuleVisitor>(reader: &R, context: Option<&C>, rest: Rest) -> bool {
        let clause = P::clause(rest.values);
        let holds = match rest.caches {
            [cache, ..] if P::CACHES > 0 => reader.holds(&Prepares(clause, cache), context),
            _ => reader.holds(&clause, context),
        };
        holds && Others::holds(reader, context, rest.behind([P::VALUES, P::CACHES]))
    }
}

impl Rest {
    #[inline]
    fn behind(self, [values, caches]: [usize; 2]) -> Self {
        Self {
            values: &self.values[values..],
            caches: &self.caches[caches..],
        }
    }
}

/// The rules of a segment, the first of which that holds decides: `(first, (second, ()))`.
pub trait Rules<C> {
    /// The first rule from this one on that holds.
    fn first<R: RuleVisitor>(
        reader: &R,
        context: Option<&C>,
        entry: &'static Entry,
        rest: Rest,
        index: usize,
    ) -> Decision;
}

impl<C> Rules<C> for () {
    #[inline]
    fn first<R: RuleVisitor>(
        _: &R,
        _: Option<&C>,
        _: &'static Entry,
        _: Rest,
        _: usize,
    ) -> Decision {
        Decision::NoRule
    }
}

impl<C, First: Rule<C>, Others: Rules<C>> Rules<C> for (First, Others) {
    #[inline]
    fn first<R: RuleVisitor>(
        reader: &R,
        context: Option<&C>,
        entry: &'static Entry,
        rest: Rest,
        index: usize,
    ) -> Decision {
        let description = || entry.rules.get(index).copied().flatten();
        if First::holds(reader, context, rest) && reader.rule(description()) {
            return Decision::Rule(index);
        }
        Others::first(reader, context, entry, rest.behind(First::TAKES), index + 1)
    }
}

impl<M: InFile, R: HasContext<M::Context, At>, At> Decide<R, (At,)> for FileSegment<M> {
    #[inline]
    fn decide(contexts: &R, _: &Salts) -> Decision {
        let entry = Self::ENTRY;
        let listed = |list, at: Option<usize>| {
            let keys = &M::File::keys()[at?];
            contexts.listed::<M::Context, At>(list, keys)
        };
        if let Some(kind) = listed(List::Included, entry.included) {
            return Decision::Included(kind);
        }
        if let Some(kind) = listed(List::Excluded, entry.excluded) {
            return Decision::Excluded(kind);
        }
        let rest = Rest {
            values: entry.values,
            caches: &M::File::caches()[entry.caches..],
        };
        M::Rules::first(contexts, contexts.context(), entry, rest, 0)
    }
}

impl<M: InFile> LooksAt<M::Context, 0> for FileSegment<M> {}

impl<M: InFile> Segment for FileSegment<M> {
    const ABOUT: About = Self::ENTRY.about;

    type Decided = Here<(SingleContext,)>;

    type Listing = M::Listing;

    fn declared() -> Registered<Definition> {
        let (definition, place) = Self::ABOUT.declared::<Self>();
        // The name of the segment as the program writes it.
        let path = std::any::type_name::<M>();
        let path = path.strip_suffix(SUFFIX).unwrap_or(path);
        (definition, RegisteredAt { path, ..place })
    }
}

/// What follows the name of a segment in that of its `M`.
const SUFFIX: &str = "__InFile";
