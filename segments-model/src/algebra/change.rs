//! The effect of a change: the contexts that join and leave an audience.

use std::collections::BTreeSet;
use std::fmt;

use super::{Algebra, Answer, Expression, Witness};
use crate::{Definition, Expiry};

/// The change of a segment's audience.
#[derive(Debug, Clone, PartialEq)]
pub struct AudienceChange {
    /// Contexts that become members.
    pub joins: Answer,
    /// Contexts that stop being members.
    pub leaves: Answer,
}

/// The effect on an audience, as one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Proved: the same contexts are members.
    Same,
    /// Contexts join, and it is proved that none leaves.
    Wider,
    /// Contexts leave, and it is proved that none joins.
    Narrower,
    /// Contexts join, and others leave.
    Both,
    /// Unknown.
    Unknown,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "same audience",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Both => "wider and narrower",
            Self::Unknown => "unknown",
        })
    }
}

impl AudienceChange {
    /// Returns the effect as one word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        use Answer::{Example, Nobody, Unknown};
        match (&self.joins, &self.leaves) {
            (Nobody, Nobody) => Verdict::Same,
            (Example(_), Nobody) => Verdict::Wider,
            (Nobody, Example(_)) => Verdict::Narrower,
            (Example(_), Example(_)) => Verdict::Both,
            (Unknown, _) | (_, Unknown) => Verdict::Unknown,
        }
    }

    /// Returns whether a context may join: one does, or it could not be proved that none does.
    #[must_use]
    pub fn may_widen(&self) -> bool {
        self.joins != Answer::Nobody
    }

    /// Returns whether a context may leave: one does, or it could not be proved that none does.
    #[must_use]
    pub fn may_narrow(&self) -> bool {
        self.leaves != Answer::Nobody
    }
}

/// One line for each side: who joins, and who leaves.
impl fmt::Display for AudienceChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joins = side(
            &self.joins,
            "also lets in, for example,",
            "whether it lets anybody else in",
        );
        let leaves = side(
            &self.leaves,
            "no longer lets in, for example,",
            "whether it leaves anybody out",
        );
        let lines: Vec<String> = [joins, leaves].into_iter().flatten().collect();
        f.write_str(&lines.join("\n"))
    }
}

fn side(answer: &Answer, example: &str, unknown: &str) -> Option<String> {
    match answer {
        Answer::Nobody => None,
        Answer::Example(witness) => Some(said(witness, example)),
        Answer::Unknown => Some(format!("cannot tell {unknown}")),
    }
}

fn said(witness: &Witness, example: &str) -> String {
    format!("{example} {witness}")
}

impl Algebra<'_> {
    /// Returns the change of a segment's audience since [earlier](Self::with_earlier). Before it was
    /// declared, and after it is no longer declared, it has no members.
    ///
    /// ```
    /// use segments_model::algebra::{Algebra, Domain, Verdict};
    /// use segments_model::{Draft, Operator, draft};
    ///
    /// let segment = |plans: &[&'static str]| {
    ///     let clause = draft::DraftClause {
    ///         kind: Some("user".into()), attribute: Some("plan".into()), operator: Some(Operator::In),
    ///         values: plans.iter().map(|plan| Some((*plan).into())).collect(), ..Default::default()
    ///     };
    ///     let rules = Some(vec![draft::DraftRule { clauses: vec![clause], ..Default::default() }]);
    ///     Draft { key: "paying".into(), name: "Paying".into(), rules, ..Draft::default() }.parse().unwrap().0
    /// };
    /// let (before, now) = (segment(&["pro"]), segment(&["pro", "team"]));
    /// let algebra = Algebra::new([&now], &|_, _| Domain::UNKNOWN).with_earlier([&before]);
    /// let change = algebra.change("paying");
    /// assert_eq!(change.verdict(), Verdict::Wider);
    /// assert_eq!(change.to_string(), r#"also lets in, for example, `{"kind":"user","key":"u","plan":"team"}`"#);
    /// ```
    #[must_use]
    pub fn change(&self, key: &str) -> AudienceChange {
        let declared = self.worlds[0].contains(key);
        let now = if declared {
            Expression::segment(key)
        } else {
            Expression::Any(Vec::new())
        };
        let declared_earlier = self.worlds.get(1).is_some_and(|world| world.contains(key));
        let earlier = if declared_earlier {
            Expression::earlier(key)
        } else {
            Expression::Any(Vec::new())
        };
        // Whom people put on the lists of one that comes or goes says nothing about the change.
        let whole = self.as_declared || !(declared && declared_earlier);
        let later = self.later(key);
        AudienceChange {
            joins: or_later(
                self.answer(&(now.clone() & !earlier.clone()), whole),
                later.joins,
            ),
            leaves: or_later(self.answer(&(earlier & !now), whole), later.leaves),
        }
    }
}

impl Algebra<'_> {
    /// What changed expiries do to an audience, its own and those of what it references. Whether a rule turns what
    /// comes of a reference around is not looked into.
    fn later(&self, key: &str) -> Later {
        let own = self.own_later(key);
        let others = self.referenced([key]).into_iter();
        let mut others = others.filter(|other| *other != key);
        if others.any(|other| self.own_later(other).is_any()) {
            return Later {
                joins: true,
                leaves: true,
            };
        }
        own
    }

    /// Returns whether changed expiries of segments, or of those that they reference, may change who is in them.
    pub(super) fn changes_later<'k>(&'k self, keys: impl IntoIterator<Item = &'k str>) -> bool {
        let mut reached = self.referenced(keys).into_iter();
        reached.any(|key| self.own_later(key).is_any())
    }

    fn own_later(&self, key: &str) -> Later {
        let definition = |world: usize| Some(self.worlds.get(world)?.get(key)?.0);
        match (definition(1), definition(0)) {
            (Some(before), Some(now)) => Later::of(before, now),
            _ => Later::default(),
        }
    }

    /// Segments, and those that they reference now or did earlier, to any depth.
    fn referenced<'k>(&'k self, keys: impl IntoIterator<Item = &'k str>) -> BTreeSet<&'k str> {
        let mut open: Vec<&str> = keys.into_iter().collect();
        let mut reached = BTreeSet::new();
        while let Some(key) = open.pop() {
            if reached.insert(key) {
                let known = self.worlds.iter().filter_map(|world| world.get(key));
                open.extend(known.flat_map(|(definition, _)| definition.references()));
            }
        }
        reached
    }
}

/// Whether contexts stay on lists for longer than before, or not for as long. What is proved holds before the first
/// expiry has come; whether a rule has those contexts after it, nobody looks into.
#[derive(Default)]
struct Later {
    joins: bool,
    leaves: bool,
}

impl Later {
    fn is_any(&self) -> bool {
        self.joins || self.leaves
    }

    fn of(before: &Definition, now: &Definition) -> Self {
        let mut later = Self::default();
        if !before.expires() && !now.expires() {
            return later;
        }
        let lists = [
            (before.included(), now.included(), true),
            (before.excluded(), now.excluded(), false),
        ];
        for (before, now, is_included) in lists {
            for (kind, keys) in now.lists() {
                let mut lists = before.lists();
                let known = lists.find(|(of, _)| *of == kind).map(|(_, keys)| keys);
                for key in keys
                    .iter()
                    .filter(|key| known.is_some_and(|it| it.contains(*key)))
                {
                    let ends = |until: Option<Expiry>| until.map_or(i64::MAX, Expiry::milliseconds);
                    let (from, to) = (known.and_then(|it| it.until(key)), keys.until(key));
                    let (longer, shorter) = (ends(to) > ends(from), ends(to) < ends(from));
                    later.joins |= if is_included { longer } else { shorter };
                    later.leaves |= if is_included { shorter } else { longer };
                }
            }
        }
        later
    }
}

/// That nobody does is only known for now, if somebody may later.
fn or_later(answer: Answer, later: bool) -> Answer {
    match answer {
        Answer::Nobody if later => Answer::Unknown,
        answer => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algebra::Domain;
    use crate::{clause, member_of};

    /// A segment that lists a context until a day.
    fn listed(day: &str) -> Definition {
        let until = Expiry::parse(day).unwrap();
        let rule = clause("user", "plan").is_any_of(["pro"]);
        let built = Definition::builder("listed").rule(rule);
        built
            .include_until("user", ["u".to_owned()], until)
            .build()
            .unwrap()
    }

    #[test]
    fn who_stays_for_longer_may_join_what_references_the_list() {
        let beta = Definition::builder("beta")
            .rule(member_of(["listed"]))
            .build()
            .unwrap();
        let other = Definition::builder("other")
            .rule(clause("user", "plan").is_any_of(["pro"]))
            .build()
            .unwrap();
        let (short, long) = (listed("2027-01-31"), listed("2027-02-28"));
        let algebra = Algebra::new([&long, &beta, &other], &|_, _| Domain::UNKNOWN)
            .with_earlier([&short, &beta, &other]);
        let verdicts = ["listed", "beta", "other"].map(|key| {
            let change = algebra.change(key);
            (change.may_widen(), change.may_narrow())
        });
        assert_eq!(verdicts, [(true, false), (true, true), (false, false)]);
        assert!(algebra.changes_later(["beta"]) && !algebra.changes_later(["other"]));
    }
}
