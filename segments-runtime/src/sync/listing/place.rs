//! The lists that contain a context, and until when.

use std::collections::BTreeMap;

use segments_model::ContextKind;
use segments_model::wire::{ContextTargets, Segment};
use serde::{Deserialize, Serialize};

use crate::sync::change::TargetList;
use crate::sync::clock::Clock;

/// Where a context stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Place {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) included: Option<Stay>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) excluded: Option<Stay>,
}

/// How long a context stays on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Stay {
    ForGood,
    /// Until then, in milliseconds since 1970.
    Until(i64),
}

impl Place {
    pub(super) const fn on(self, list: TargetList) -> Option<Stay> {
        match list {
            TargetList::Included => self.included,
            TargetList::Excluded => self.excluded,
        }
    }

    pub(super) fn set(&mut self, list: TargetList, stay: Option<Stay>) {
        match list {
            TargetList::Included => self.included = stay,
            TargetList::Excluded => self.excluded = stay,
        }
    }

    /// The place now of a context that was given this one: the service has taken off who had to go.
    pub(super) fn by_now(self, clock: &Clock) -> Self {
        let still = |stay: Option<Stay>| stay.filter(|stay| !stay.is_over(clock));
        Self {
            included: still(self.included),
            excluded: still(self.excluded),
        }
    }
}

impl Stay {
    pub(super) fn until(self) -> Option<i64> {
        match self {
            Self::ForGood => None,
            Self::Until(moment) => Some(moment),
        }
    }

    pub(super) fn is_over(self, clock: &Clock) -> bool {
        let moment = self.until();
        moment.is_some_and(|moment| {
            clock
                .until(u64::try_from(moment).unwrap_or_default())
                .is_zero()
        })
    }
}

/// Where a context stood, and where it is to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Turn {
    pub(super) before: Place,
    pub(super) after: Place,
}

/// The contexts of one kind that are to stand somewhere else, by key.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Moves(BTreeMap<String, Turn>);

impl Moves {
    /// Takes what differs.
    pub(super) fn new(turns: impl IntoIterator<Item = (String, Turn)>) -> Self {
        let turns = turns.into_iter();
        Self(
            turns
                .filter(|(_, turn)| turn.before != turn.after)
                .collect(),
        )
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Turn)> {
        self.0.iter()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// The contexts that join a list.
    pub(super) fn joining(&self, list: TargetList) -> Vec<String> {
        self.those(|turn| turn.before.on(list).is_none() && turn.after.on(list).is_some())
    }

    /// The contexts that leave a list.
    pub(super) fn leaving(&self, list: TargetList) -> Vec<String> {
        self.those(|turn| turn.before.on(list).is_some() && turn.after.on(list).is_none())
    }

    /// The contexts that join a list for a while only.
    pub(super) fn visiting(&self, list: TargetList) -> Vec<String> {
        self.those(|turn| {
            let stay = turn.after.on(list);
            turn.before.on(list).is_none() && stay.and_then(Stay::until).is_some()
        })
    }

    fn those(&self, are: impl Fn(&Turn) -> bool) -> Vec<String> {
        let those = self.0.iter().filter(|(_, turn)| are(turn));
        those.map(|(key, _)| key.clone()).collect()
    }
}

/// Both lists.
pub(super) const LISTS: [TargetList; 2] = [TargetList::Included, TargetList::Excluded];

/// The keys of a kind on a list of the service. Users may stand in either place.
pub(super) fn keys_of<'s>(
    segment: &'s Segment,
    list: TargetList,
    kind: &ContextKind,
) -> impl Iterator<Item = &'s String> {
    let (users, others): (&[String], &[ContextTargets]) = match list {
        TargetList::Included => (&segment.included, &segment.included_contexts),
        TargetList::Excluded => (&segment.excluded, &segment.excluded_contexts),
    };
    let users = if *kind == ContextKind::USER {
        users
    } else {
        &[]
    };
    let of_kind = others
        .iter()
        .filter(move |other| other.context_kind == kind.as_str());
    let of_kind: Vec<&String> = of_kind.flat_map(|other| &other.values).collect();
    users.iter().chain(of_kind)
}
