//! Values that a clause prepares once: compiled patterns, parsed versions and dates, hashed strings.

use std::sync::OnceLock;

use foldhash::HashSet;
use regex::Regex;
use segments_model::date::Moment;

/// The cache of one clause, filled at its first use. The macro creates one, as a static, for every clause
/// that prepares values; a clause without a cache prepares them each time.
#[derive(Debug)]
pub struct Cache(OnceLock<Prepared>);

#[derive(Debug)]
enum Prepared {
    Patterns(Box<[Regex]>),
    Versions(Box<[semver::Version]>),
    Dates(Box<[Moment]>),
    Texts(HashSet<&'static str>),
}

macro_rules! prepared {
    ($($(#[$docs:meta])* $name:ident -> $variant:ident($type:ty as $seen:ty);)*) => {
        impl Cache {
            $($(#[$docs])*
            #[inline]
            pub(crate) fn $name<R>(
                cache: Option<&Self>,
                make: impl FnOnce() -> $type,
                then: impl FnOnce(&$seen) -> R,
            ) -> R {
                let Some(cache) = cache else {
                    return then(&make());
                };
                match cache.0.get_or_init(|| Prepared::$variant(make())) {
                    Prepared::$variant(prepared) => then(prepared),
                    // The macro gives each clause a cache of its own, and a clause has one operator.
                    _ => unreachable!("two clauses share one cache"),
                }
            })*
        }
    };
}

prepared! {
    patterns -> Patterns(Box<[Regex]> as [Regex]);
    versions -> Versions(Box<[semver::Version]> as [semver::Version]);
    dates -> Dates(Box<[Moment]> as [Moment]);
    texts -> Texts(HashSet<&'static str> as HashSet<&'static str>);
}

impl Cache {
    /// Creates an empty cache.
    #[must_use]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }
}

/// The caches of all clauses of a segment.
#[derive(Debug)]
pub struct Caches<const N: usize>(pub [Cache; N]);

impl<const N: usize> Caches<N> {
    /// Creates empty caches.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "only the macro makes them")]
    pub const fn new() -> Self {
        Self([const { Cache::new() }; N])
    }
}

impl Default for Cache {
    fn default() -> Self {
        Self::new()
    }
}
