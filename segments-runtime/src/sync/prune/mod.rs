//! Decides which segments that are no longer declared may be deleted.
//!
//! A deletion cannot be undone. So a segment is deleted only if everything that could speak against the
//! deletion is *known* not to apply: every answer that is missing, incomplete or contradicts another one
//! keeps the segment and is reported. The plan is a forecast; the checks are repeated right before the
//! deletion.

mod census;
mod order;

use std::time::{Duration, SystemTime};

use segments_model::wire;

use super::config::SyncConfig;
use super::ownership::{self, Claim, Claimant};
use super::report::Keep;
use super::revision::Revision;

pub(crate) use census::{Census, User};
pub(crate) use order::{Orphan, Verdict, order};

/// The settings for pruning.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    claimant: Claimant,
    revision: Option<u64>,
    grace: Duration,
    now: SystemTime,
    /// Whether even a protected segment may be deleted.
    protected: bool,
}

impl Terms {
    pub(crate) fn of(config: &SyncConfig, claimant: &Claimant) -> Self {
        Self {
            claimant: claimant.clone(),
            revision: config.options.revision,
            grace: config.options.prune_grace,
            now: config.options.clock.now(),
            protected: false,
        }
    }

    /// The settings for a segment whose place another one takes: it may be of any age, and protected if
    /// the other one is, too.
    pub(crate) fn of_move(self, protected: bool) -> Self {
        Self {
            grace: Duration::ZERO,
            protected,
            ..self
        }
    }

    /// The reasons not to delete a segment, from the service's response for it. `released` lists the
    /// flags that stop using it before.
    pub(crate) fn against(
        &self,
        segment: &wire::Segment,
        released: impl Fn(&str) -> bool,
    ) -> Vec<Keep> {
        let mut keep = self.against_marks(&segment.tags, segment.creation_date);
        match &segment.flags {
            None => keep.push(Keep::Unknown {
                what: "flags",
                why: "the response for the segment does not list its flags".to_owned(),
            }),
            Some(flags) => {
                let using = flags.iter().filter(|flag| !released(&flag.key));
                keep.extend(using.map(|flag| Keep::UsedBy {
                    what: format!("flag {}", flag.key),
                }));
            }
        }
        keep
    }

    /// The reasons in its tags and its age not to delete a resource.
    pub(crate) fn against_marks(&self, tags: &[String], creation_date: i64) -> Vec<Keep> {
        let is_protected = ownership::is_protected(tags) && !self.protected;
        let protected = is_protected.then_some(Keep::Protected);
        let reasons = [
            protected,
            self.owners(tags),
            self.revisions(tags),
            self.age(creation_date),
        ];
        reasons.into_iter().flatten().collect()
    }

    fn owners(&self, tags: &[String]) -> Option<Keep> {
        match self.claimant.claim(ownership::owners(tags)) {
            Claim::Ours => None,
            Claim::Nobodys => Some(Keep::Unowned),
            Claim::Theirs(owners) => Some(Keep::OwnedBy { owners }),
        }
    }

    fn revisions(&self, tags: &[String]) -> Option<Keep> {
        let marked = ownership::revisions(tags);
        let newest = marked.iter().map(|Revision { number, .. }| *number).max()?;
        match self.revision {
            Some(ours) if newest < ours => None,
            Some(ours) if newest == ours => Some(Keep::SameRevision { revision: newest }),
            _ => Some(Keep::Newer { revision: newest }),
        }
    }

    fn age(&self, creation_date: i64) -> Option<Keep> {
        if self.grace.is_zero() {
            return None;
        }
        let made = u64::try_from(creation_date).ok();
        let Some(made) = made.filter(|milliseconds| *milliseconds > 0) else {
            return Some(Keep::OfUnknownAge);
        };
        let made = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(made));
        // A segment from the future is one of now, told by another clock.
        let age = made.and_then(|made| self.now.duration_since(made).ok());
        let old = age.is_some_and(|age| age >= self.grace);
        (!old).then_some(Keep::Young { grace: self.grace })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::config::AtMost;
    use crate::sync::ownership::Owner;
    use serde_json::{Value as Json, json};

    fn terms(revision: Option<u64>, grace: u64) -> Terms {
        let owner = Owner::parse("shop").unwrap();
        Terms {
            claimant: Claimant {
                owner,
                formerly: Vec::new(),
            },
            revision,
            grace: Duration::from_secs(grace),
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(10_000),
            protected: false,
        }
    }

    #[allow(clippy::needless_pass_by_value, reason = "reads better with `json!`")]
    fn against(terms: &Terms, change: Json) -> Vec<Keep> {
        let mut segment = json!({"key": "s", "version": 1, "tags": ["managed-by.shop"],
            "creationDate": 1_000_000, "_flags": []});
        for (name, value) in change.as_object().unwrap() {
            segment[name] = value.clone();
        }
        terms.against(&serde_json::from_value(segment).unwrap(), |_| false)
    }

    #[test]
    fn only_what_is_proved_goes() {
        let usual = terms(None, 60);
        assert!(against(&usual, json!({})).is_empty());
        for change in [
            json!({"tags": []}),
            json!({"tags": ["managed-by.billing"]}),
            json!({"tags": ["managed-by.shop", "managed-by.billing"]}),
            json!({"tags": ["managed-by.shop", "rev.1"]}),
            json!({"tags": ["managed-by.shop", "protected-segment"]}),
            json!({"creationDate": 9_990_000}),
            json!({"creationDate": 11_000_000}),
            json!({"creationDate": 0}),
            json!({"creationDate": -1}),
            json!({"_flags": null}),
            json!({"_flags": [{"key": "f"}]}),
        ] {
            assert_eq!(against(&usual, change.clone()).len(), 1, "{change}");
        }
    }

    #[test]
    fn nothing_of_the_same_or_a_newer_revision_goes() {
        let seven = terms(Some(7), 0);
        let marked = |tag: &str| against(&seven, json!({"tags": ["managed-by.shop", tag]}));
        assert!(marked("rev.6.abcdef").is_empty());
        assert!(marked("plain").is_empty());
        assert_eq!(marked("rev.7"), [Keep::SameRevision { revision: 7 }]);
        assert_eq!(marked("rev.8.abcdef"), [Keep::Newer { revision: 8 }]);
    }

    #[test]
    fn a_share_of_little_is_a_few() {
        let fifth = AtMost::Percent(20);
        for (owned, allowed) in [(0, 2), (5, 2), (10, 2), (15, 3), (100, 20)] {
            assert_eq!(fifth.of(owned), allowed, "{owned}");
        }
        assert_eq!(AtMost::Percent(100).of(usize::MAX), usize::MAX / 100);
        assert_eq!(AtMost::Count(0).of(100), 0);
    }
}
