//! References between segments, as data that constants can walk: a cycle among them is a compile error.
//!
//! Each segment with references has a static, and statics may refer to each other in a cycle. A constant
//! walks them and reports a cycle in one sentence; rustc's own error about a constant that needs itself
//! has fifty lines.

use crate::macro_support::message::{Message, order};

/// The references of a segment.
#[derive(Debug)]
pub struct References {
    /// The module and the key, which tell segments apart.
    place: &'static str,
    key: &'static str,
    to: &'static [&'static References],
}

/// How many segments a walk goes through at most.
const MOST: usize = 1024;

/// Places for them, of which the most are free.
const PLACES: usize = 4096;

/// Every type that is not a segment with references. A segment with references has its own constant of
/// this name, which takes precedence.
pub trait WithoutReferences {
    /// The absence of references.
    const __REFERENCES: NoReferences = NoReferences;
}

impl<T: ?Sized> WithoutReferences for T {}

/// No references.
#[derive(Debug, Clone, Copy)]
pub struct NoReferences;

impl NoReferences {
    /// Returns the empty list.
    #[must_use]
    pub const fn get(self) -> &'static References {
        References::NONE
    }
}

impl References {
    /// The references of a segment without references.
    pub const NONE: &'static Self = &Self::new("", "", &[]);

    /// Creates the references of a segment with a key.
    #[must_use]
    pub const fn new(
        place: &'static str,
        key: &'static str,
        to: &'static [&'static References],
    ) -> Self {
        Self { place, key, to }
    }
}

/// The segments on a way, each with the next of its references.
struct Way {
    steps: [(&'static References, usize); MOST],
    length: usize,
}

/// The segments that were seen.
struct Seen {
    /// One more than the place in `all`; 0 is free.
    places: [u16; PLACES],
    all: [&'static References; MOST],
    count: usize,
}

impl Seen {
    /// Adds a segment; says whether it is new.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "smaller than the number of places"
    )]
    const fn add(&mut self, one: &'static References) -> bool {
        let mut place = hash(one.place) % PLACES;
        while self.places[place] != 0 {
            let known = self.all[self.places[place] as usize - 1];
            if order(known.place, one.place) == 0 {
                return false;
            }
            place = (place + 1) % PLACES;
        }
        assert!(
            self.count < MOST,
            "more than 1024 segments reference each other"
        );
        self.all[self.count] = one;
        self.count += 1;
        self.places[place] = self.count as u16;
        true
    }
}

/// FNV-1a.
#[allow(clippy::cast_possible_truncation, reason = "any part of a hash is one")]
const fn hash(text: &str) -> usize {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let (bytes, mut at) = (text.as_bytes(), 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    (hash >> 16) as usize
}

/// The way from a segment back to itself, if there is one, and all that it reaches.
const fn way(from: &'static References, goal: &str) -> (Option<Way>, Seen) {
    let mut way = Way {
        steps: [(from, 0); MOST],
        length: 1,
    };
    let mut seen = Seen {
        places: [0; PLACES],
        all: [from; MOST],
        count: 0,
    };
    while way.length > 0 {
        let (here, next) = way.steps[way.length - 1];
        if next == here.to.len() {
            way.length -= 1;
            continue;
        }
        way.steps[way.length - 1].1 += 1;
        let next = here.to[next];
        if order(next.place, goal) == 0 {
            return (Some(way), seen);
        }
        if !next.to.is_empty() && seen.add(next) {
            way.steps[way.length] = (next, 0);
            way.length += 1;
        }
    }
    (None, seen)
}

/// Compiles unless the first reference of a cycle is this one. Only the segment of a cycle whose key
/// comes first reports the cycle. The caller is the place of the error.
#[track_caller]
pub const fn refuse_cycle(of: &'static References, reference: usize) {
    let (found, seen) = way(of, of.place);
    let Some(way) = found else { return };
    if way.steps[0].1 != reference + 1 {
        return;
    }
    let mut at = 0;
    while at < seen.count {
        let other = seen.all[at];
        if order(other.place, of.place) < 0 && self::way(other, of.place).0.is_some() {
            return;
        }
        at += 1;
    }
    let mut message = Message::new();
    message.push("segment references form a cycle: ");
    let mut at = 0;
    while at < way.length && at < 16 {
        message.push("`");
        message.push(way.steps[at].0.key);
        message.push("` references ");
        at += 1;
    }
    message.push("`");
    message.push(of.key);
    message.push("`; remove one of the references");
    message.refuse();
}
