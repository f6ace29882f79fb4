//! The effect of a change on the variations that an AI Config or a flag serves.

use std::fmt;

use super::budget::Solution;
use super::formula::{Formula, Index};
use super::shares::ends;
use super::{Algebra, Witness};
use crate::{AttributeRef, ContextKind, Rollout, Serve, Split, Targeting, VariationKey, Weight};

/// The change of the served variations.
///
/// Example: [`Algebra::serving_change`].
#[derive(Debug, Clone, PartialEq)]
pub struct ServingChange {
    /// Contexts that are served another variation: one for each pair of variations, up to a limit.
    pub moves: Vec<Move>,
    /// Whether it is proved that no context moves between any other pair of variations.
    pub is_proved: bool,
}

/// A context that is served another variation than before.
///
/// Example: [`Algebra::serving_change`].
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The previous variation.
    pub from: VariationKey,
    /// The new variation.
    pub to: VariationKey,
    /// The context.
    pub witness: Box<Witness>,
}

impl ServingChange {
    /// An unknown change.
    pub const UNKNOWN: Self = Self {
        moves: Vec::new(),
        is_proved: false,
    };

    /// Returns whether it is proved that every context is served the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.moves.is_empty() && self.is_proved
    }
}

/// `careful` instead of `fast` to, for example, `{...}`.
impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, witness } = self;
        write!(f, "`{to}` instead of `{from}` to, for example, {witness}")
    }
}

/// The number of moves to report.
const MOST_MOVES: usize = 3;
/// As many pairs of variations are looked at.
const MOST_PAIRS: usize = 200;

/// The served variation, and its audience; undeclared ones have no variation.
type Served = Vec<(Option<VariationKey>, Index)>;

impl Algebra<'_> {
    /// Returns the change of the variations that an AI Config or a flag serves since
    /// [earlier](Self::with_earlier): by its own rules and by those of the referenced segments.
    /// Undeclared parts are assumed to be unchanged.
    ///
    /// ```
    /// use segments_model::algebra::{Algebra, Domain};
    /// use segments_model::targeting::{DraftServe, DraftTargeting, DraftTargetingRule};
    /// use segments_model::{Definition, Operator, clause, draft};
    ///
    /// let staff = |domain: &'static str| {
    ///     let rule = clause("user", "email").ends_with([domain]);
    ///     Definition::builder("staff").rule(rule).build().unwrap()
    /// };
    /// let (before, now) = (staff("@a.example"), staff("a.example"));
    /// let asks = draft::DraftClause {
    ///     operator: Some(Operator::SegmentMatch), values: vec![Some("staff".into())], ..Default::default()
    /// };
    /// let when = draft::DraftRule { clauses: vec![asks], ..Default::default() };
    /// let draft = DraftTargeting {
    ///     key: "assistant".into(),
    ///     variations: vec!["fast".into(), "careful".into()],
    ///     rules: Some(vec![DraftTargetingRule { when, serve: Some(DraftServe::Variation("careful".into())) }]),
    ///     fallthrough: Some(DraftServe::Variation("fast".into())),
    ///     ..DraftTargeting::default()
    /// };
    /// let (assistant, _) = draft.parse().unwrap();
    /// let algebra = Algebra::new([&now], &|_, _| Domain::UNKNOWN).with_earlier([&before]);
    /// let change = algebra.serving_change(&assistant, &assistant);
    /// assert_eq!(
    ///     change.moves[0].to_string(),
    ///     r#"`careful` instead of `fast` to, for example, `{"kind":"user","key":"u","email":"a.example"}`"#
    /// );
    /// ```
    #[must_use]
    pub fn serving_change(&self, now: &Targeting, earlier: &Targeting) -> ServingChange {
        let mut formula = Formula::new(&self.worlds, self.domains);
        if self.as_declared {
            formula.as_declared();
        }
        let before = formula.served(usize::from(self.worlds.len() > 1), earlier);
        let after = formula.served(0, now);
        let (Some(before), Some(after)) = (before, after) else {
            return ServingChange::UNKNOWN;
        };
        let asked = now.references().into_iter().chain(earlier.references());
        let mut change = ServingChange {
            moves: Vec::new(),
            is_proved: !self.changes_later(asked),
        };
        let pairs = before
            .iter()
            .flat_map(|from| after.iter().map(move |to| (from, to)));
        let pairs = pairs.filter(|((from, _), (to, _))| from != to);
        for (number, ((from, was), (to, is))) in pairs.enumerate() {
            if change.moves.len() == MOST_MOVES || number == MOST_PAIRS {
                change.is_proved = false;
                break;
            }
            let witness = match self.solve(&mut formula, &[(*was, true), (*is, true)]) {
                Solution::None => continue,
                Solution::Unknown => None,
                Solution::Found(witness) => Some(witness),
            };
            match (from, to, witness) {
                (Some(from), Some(to), Some(witness))
                    if self.confirms_move(&witness, (earlier, from), (now, to)) =>
                {
                    change.moves.push(Move {
                        from: from.clone(),
                        to: to.clone(),
                        witness: Box::new(witness),
                    });
                }
                // What is not declared may serve the same.
                _ => change.is_proved = false,
            }
        }
        change
    }

    #[cfg(feature = "eval")]
    fn confirms_move(
        &self,
        witness: &Witness,
        (earlier, from): (&Targeting, &VariationKey),
        (now, to): (&Targeting, &VariationKey),
    ) -> bool {
        let Some(before) = self.worlds.last() else {
            return false;
        };
        let served = |world, targeting| super::confirm::served(world, witness, targeting);
        served(before, earlier).as_ref() == Some(from)
            && served(&self.worlds[0], now).as_ref() == Some(to)
    }

    /// There is no interpreter to confirm it.
    #[cfg(not(feature = "eval"))]
    #[allow(clippy::unused_self, reason = "with an interpreter it is used")]
    fn confirms_move(
        &self,
        _witness: &Witness,
        _before: (&Targeting, &VariationKey),
        _now: (&Targeting, &VariationKey),
    ) -> bool {
        true
    }
}

impl<'a> Formula<'a> {
    /// The formulas for the variation that a context is served: listed contexts come first, then the
    /// first rule that matches, then the fallthrough. `None` if it cannot be determined.
    fn served(&mut self, world: usize, targeting: &'a Targeting) -> Option<Served> {
        let mut served = Served::new();
        // None of those that came before.
        let mut left = Self::constant(true);
        for target in targeting.targets.iter().flatten() {
            let keys = self.keys(&target.kind, &target.keys);
            let here = self.all(vec![left, keys]);
            self.serve(&mut served, Some(&target.variation), here);
            let others = self.not(keys);
            left = self.all(vec![left, others]);
        }
        for rule in targeting.rules() {
            let clauses = rule.clauses.iter();
            let clauses = clauses.map(|clause| self.clause(world, clause)).collect();
            let holds = self.all(clauses);
            let here = self.all(vec![left, holds]);
            self.by(&mut served, targeting, &rule.serve, here)?;
            let fails = self.not(holds);
            left = self.all(vec![left, fails]);
        }
        // Rules of other people stay behind those that are declared, and so does what everybody else is served.
        let others = targeting.rules.is_some() && targeting.others == crate::Unlisted::Keep;
        match &targeting.fallthrough {
            Some(serve) if !others => self.by(&mut served, targeting, serve, left)?,
            _ => self.serve(&mut served, None, left),
        }
        Some(served)
    }

    fn serve(&mut self, served: &mut Served, variation: Option<&VariationKey>, here: Index) {
        let known = served
            .iter_mut()
            .find(|(known, _)| known.as_ref() == variation);
        match known {
            Some((_, whom)) => {
                let before = *whom;
                let both = self.any(vec![before, here]);
                if let Some((_, whom)) = served.iter_mut().find(|(it, _)| it.as_ref() == variation)
                {
                    *whom = both;
                }
            }
            None => served.push((variation.cloned(), here)),
        }
    }

    /// Those who get here are served one variation, or one of several.
    fn by(
        &mut self,
        served: &mut Served,
        targeting: &Targeting,
        serve: &Serve,
        here: Index,
    ) -> Option<()> {
        let split = match serve {
            Serve::Variation(variation) => {
                self.serve(served, Some(variation), here);
                return Some(());
            }
            Serve::Split(split) => split,
        };
        let path = targeting.resource.path();
        let mut below = Self::constant(false);
        for (variation, to) in ends(targeting, split)? {
            let taken = self.share(&path, &rollout(split, to));
            let not_before = self.not(below);
            let within = self.all(vec![here, not_before, taken]);
            self.serve(served, Some(variation), within);
            below = taken;
        }
        Some(())
    }
}

fn rollout(split: &Split, weight: Weight) -> Rollout {
    let (kind, by): (ContextKind, AttributeRef) = (split.kind.clone(), split.by.clone());
    Rollout { weight, kind, by }
}
