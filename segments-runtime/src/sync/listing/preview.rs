//! The effect of a change of lists, in words.

use std::collections::BTreeSet;
use std::fmt;

use segments_model::{ContextKind, date};
use serde::Serialize;

use super::place::{LISTS, Moves, Stay, Turn};
use crate::sync::change::TargetList;

/// The effect of a change of the lists of a segment. `Display` describes it in words; keys are counted.
///
/// Example: [`ListChange`](super::ListChange).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ListPreview {
    /// The kind of the contexts.
    pub kind: ContextKind,
    /// The number of contexts to include.
    pub include: usize,
    /// The number of contexts to exclude.
    pub exclude: usize,
    /// The number of contexts to remove from the included list.
    pub no_longer_include: usize,
    /// The number of contexts to remove from the excluded list.
    pub no_longer_exclude: usize,
    /// The number of contexts that get another expiry, including those that join a list.
    pub expire: usize,
    /// The number of contexts that lose their expiry.
    pub stay: usize,
    /// The expiry, in RFC 3339, if all contexts have the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whether the numbers are upper bounds: members of a big segment are not looked up beyond a limit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_most: bool,
}

impl ListPreview {
    pub(super) fn new(kind: &ContextKind, moves: &Moves, at_most: bool) -> Self {
        let on_some_list = |turns: &dyn Fn(&Turn, TargetList) -> bool| {
            let lists = |turn: &Turn| LISTS.iter().any(|list| turns(turn, *list));
            moves.iter().filter(|(_, turn)| lists(turn)).count()
        };
        let expires = |turn: &Turn, list: TargetList| {
            let after = turn.after.on(list);
            after != turn.before.on(list) && after.and_then(Stay::until).is_some()
        };
        let moments = moves.iter().flat_map(|(_, turn)| {
            let lists = LISTS.into_iter().filter(|list| expires(turn, *list));
            lists.filter_map(|list| turn.after.on(list)?.until())
        });
        let moments: BTreeSet<i64> = moments.collect();
        Self {
            kind: kind.clone(),
            include: moves.joining(TargetList::Included).len(),
            exclude: moves.joining(TargetList::Excluded).len(),
            no_longer_include: moves.leaving(TargetList::Included).len(),
            no_longer_exclude: moves.leaving(TargetList::Excluded).len(),
            expire: on_some_list(&expires),
            stay: on_some_list(&|turn, list| {
                let before = turn.before.on(list);
                turn.after.on(list) == Some(Stay::ForGood)
                    && before.is_some_and(|before| before != Stay::ForGood)
            }),
            until: match &Vec::from_iter(moments)[..] {
                [one] => Some(date::format(*one)),
                _ => None,
            },
            at_most,
        }
    }

    /// Returns whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            kind: _,
            include,
            exclude,
            no_longer_include,
            no_longer_exclude,
            expire,
            stay,
            until: _,
            at_most: _,
        } = self;
        let counts = [
            include,
            exclude,
            no_longer_include,
            no_longer_exclude,
            expire,
            stay,
        ];
        counts.into_iter().all(|count| *count == 0)
    }

    /// `2 contexts of kind user`.
    fn contexts(&self, count: usize) -> String {
        let up_to = if self.at_most { "up to " } else { "" };
        let s = if count == 1 { "" } else { "s" };
        format!("{up_to}{count} context{s} of kind {}", self.kind)
    }
}

impl fmt::Display for ListPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing to change");
        }
        let moved = [
            ("include", self.include),
            ("exclude", self.exclude),
            ("no longer include", self.no_longer_include),
            ("no longer exclude", self.no_longer_exclude),
        ];
        let moved = moved.into_iter().filter(|(_, count)| *count > 0);
        let mut parts: Vec<String> = moved
            .map(|(does, count)| format!("{does} {}", self.contexts(count)))
            .collect();
        let joining = self.include + self.exclude > 0;
        match &self.until {
            Some(until) if joining => parts.push(format!("until {until}")),
            Some(until) if self.expire > 0 => {
                let contexts = self.contexts(self.expire);
                parts.push(format!("set the expiry of {contexts} to {until}"));
            }
            None if self.expire > 0 => {
                parts.push(format!(
                    "set the expiries of {}",
                    self.contexts(self.expire)
                ));
            }
            _ => {}
        }
        if self.stay > 0 {
            parts.push(format!("remove the expiry of {}", self.contexts(self.stay)));
        }
        f.write_str(&parts.join(", "))
    }
}
