//! The order in which segments are deleted: first those that reference others.

use std::collections::HashMap;

use segments_model::SegmentKey;

use crate::sync::report::Keep;

/// A segment that is no longer declared, as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Orphan {
    pub(crate) key: SegmentKey,
    /// The reasons not to delete it, regardless of the others.
    pub(crate) keep: Vec<Keep>,
    /// The others that ask it.
    pub(crate) asked_by: Vec<String>,
}

/// The outcome for one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes after so many others have gone, one after the other.
    Goes {
        depth: usize,
    },
    Stays(Vec<Keep>),
}

/// The outcome for each. A segment that stays keeps those that it references, and so on; segments that
/// reference each other in a circle stay, because none of them can be deleted first.
pub(crate) fn order(orphans: &[Orphan]) -> Vec<Verdict> {
    let places: HashMap<&str, usize> = orphans
        .iter()
        .enumerate()
        .map(|(place, orphan)| (orphan.key.as_str(), place))
        .collect();
    // How many that ask it have not gone yet, and whom it asks.
    let mut waiting: Vec<usize> = orphans.iter().map(|it| it.asked_by.len()).collect();
    let mut asks: Vec<Vec<usize>> = vec![Vec::new(); orphans.len()];
    for (place, orphan) in orphans.iter().enumerate() {
        for asking in &orphan.asked_by {
            if let Some(asking) = places.get(asking.as_str()) {
                asks[*asking].push(place);
            }
        }
    }
    let mut depths: Vec<Option<usize>> = vec![None; orphans.len()];
    let mut depth = 0;
    let may_go = |place: &usize| orphans[*place].keep.is_empty();
    let mut going: Vec<usize> = (0..orphans.len())
        .filter(|place| waiting[*place] == 0 && may_go(place))
        .collect();
    while !going.is_empty() {
        let mut next = Vec::new();
        for place in going {
            depths[place] = Some(depth);
            for asked in &asks[place] {
                waiting[*asked] -= 1;
                if waiting[*asked] == 0 && may_go(asked) {
                    next.push(*asked);
                }
            }
        }
        going = next;
        depth += 1;
    }
    let goes = |key: &str| {
        places
            .get(key)
            .is_some_and(|place| depths[*place].is_some())
    };
    let verdict = |(place, orphan): (usize, &Orphan)| {
        if let Some(depth) = depths[place] {
            return Verdict::Goes { depth };
        }
        let staying = orphan.asked_by.iter().filter(|asking| !goes(asking));
        let used = staying.map(|key| Keep::UsedBy {
            what: format!("segment {key}"),
        });
        Verdict::Stays(orphan.keep.iter().cloned().chain(used).collect())
    };
    orphans.iter().enumerate().map(verdict).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orphan(key: &'static str, asked_by: &[&str], stays: bool) -> Orphan {
        Orphan {
            key: SegmentKey::from_static(key),
            keep: if stays {
                vec![Keep::NothingDeclared]
            } else {
                Vec::new()
            },
            asked_by: asked_by.iter().map(ToString::to_string).collect(),
        }
    }

    fn used_by(key: &str) -> Keep {
        Keep::UsedBy {
            what: format!("segment {key}"),
        }
    }

    #[test]
    fn who_asks_goes_first() {
        let orphans = [
            orphan("c", &["a", "b"], false),
            orphan("b", &["a"], false),
            orphan("a", &[], false),
        ];
        let depths = [2, 1, 0].map(|depth| Verdict::Goes { depth });
        assert_eq!(order(&orphans), depths);
    }

    #[test]
    fn one_that_stays_keeps_all_that_it_asks() {
        let orphans = [
            orphan("a", &[], true),
            orphan("b", &["a"], false),
            orphan("c", &["b"], false),
            orphan("d", &[], false),
        ];
        let stays = |because| Verdict::Stays(vec![because]);
        assert_eq!(
            order(&orphans),
            [
                stays(Keep::NothingDeclared),
                stays(used_by("a")),
                stays(used_by("b")),
                Verdict::Goes { depth: 0 }
            ]
        );
    }

    #[test]
    fn a_circle_stays() {
        let orphans = [orphan("a", &["b"], false), orphan("b", &["a"], false)];
        assert_eq!(
            order(&orphans),
            [
                Verdict::Stays(vec![used_by("b")]),
                Verdict::Stays(vec![used_by("a")])
            ]
        );
        let itself = [orphan("a", &["a"], false)];
        assert_eq!(order(&itself), [Verdict::Stays(vec![used_by("a")])]);
    }
}
