//! What is proved about the rules of a segment, and how much work that may be.

use crate::algebra::{Budget, Domains, Formula, Index, Solution, World, search};

/// The steps that are left for all segments. Once they are used up, nothing more is concluded.
pub(super) struct Effort(Budget);

impl Default for Effort {
    fn default() -> Self {
        Self(Budget::new(10_000_000))
    }
}

/// The steps of one segment.
const OF_SEGMENT: u64 = 50_000;

/// So many clauses are listed in the time of a step.
const LISTED: usize = 16;

/// How many excluded keys of a segment are looked at, and values of a clause.
pub(super) const MOST_SINGLE: usize = 100;

/// What is asked about the rules of one segment.
pub(super) struct Proof<'p, 'a> {
    pub(super) formula: Formula<'a>,
    budget: Budget,
    effort: &'p mut Effort,
}

impl<'a> Proof<'_, 'a> {
    pub(super) fn new<'p>(
        worlds: &'a [World<'a>],
        domains: Domains<'a>,
        effort: &'p mut Effort,
    ) -> Proof<'p, 'a> {
        Proof {
            formula: Formula::leaving_open(worlds, domains),
            budget: Budget::new(OF_SEGMENT.min(effort.0.left())),
            effort,
        }
    }

    /// Returns whether nothing more can be proved of this segment. Even to list what would be asked takes long where a
    /// rule has thousands of clauses.
    pub(super) fn is_over(&self) -> bool {
        self.budget.left() == 0
    }

    /// Returns whether it is proved that no context fulfils all of these.
    pub(super) fn nobody(&mut self, goals: &[(Index, bool)]) -> bool {
        let before = self.budget.left();
        // To list them was work, too: of a rule of thousands of clauses it is most of it.
        let listed = self.budget.spend(goals.len() / LISTED);
        let found = match listed {
            Ok(()) => search(&mut self.formula, goals, &mut self.budget),
            Err(_) => Solution::Unknown,
        };
        let spent = before - self.budget.left();
        // It is at most what is left.
        self.effort
            .0
            .spend(usize::try_from(spent).unwrap_or(usize::MAX))
            .ok();
        found == Solution::None
    }

    /// As few as possible of goals that nobody fulfils, by their places.
    pub(super) fn fewest(
        &mut self,
        goals: &[(Index, bool)],
        always: &[(Index, bool)],
    ) -> Vec<usize> {
        let mut kept: Vec<usize> = (0..goals.len()).collect();
        for leave_out in (0..goals.len()).rev() {
            if self.is_over() {
                break;
            }
            let fewer: Vec<usize> = kept.iter().copied().filter(|at| *at != leave_out).collect();
            let all = fewer
                .iter()
                .map(|at| goals[*at])
                .chain(always.iter().copied());
            if self.nobody(&all.collect::<Vec<_>>()) {
                kept = fewer;
            }
        }
        kept
    }
}
