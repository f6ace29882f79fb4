//! Assertions about audiences, proved with all segments of a program.

use segments_model::algebra::{Assertion, Domains, prove};
use segments_model::{Definition, Severity};

use super::findings::Findings;
use super::problem::{Problem, Warning};
use super::registered::Registered;

/// The registration of an assertion.
#[doc(hidden)]
#[derive(Debug)]
pub struct AssertionDeclaration(pub fn() -> Registered<Assertion>);

inventory::collect!(AssertionDeclaration);

macro_rules! assertions {
    ($d:tt $($(#[$docs:meta])* $name:ident $claim:ident;)*) => {$(
        $(#[$docs])*
        #[macro_export]
        macro_rules! $name {
            ($d($d arguments:tt)*) => {
                $crate::__private_0_1::assertion!($claim [$crate] $d($d arguments)*);
            };
        }
    )*};
}

assertions! { $
    /// Asserts that no context is in two of some audiences: segments, put together with `&`, `|` and `!`.
    ///
    /// It is proved, for every context that there can be, when the program reads its [registry](crate::registry):
    /// by [`registry::check`](fn@crate::registry::check) in a test, by `cargo segments check` and by a sync, which
    /// are refused with a context that proves the contrary.
    ///
    /// ```standalone_crate
    /// use segments_runtime::{Context, assert_covers, assert_disjoint, assert_nobody, assert_subset, registry, segment};
    ///
    /// #[derive(Context)]
    /// #[context(kind = "user")]
    /// struct User { #[context(key)] id: String, plan: String }
    ///
    /// /// Those who pay.
    /// #[segment(include(), exclude(), rule(User::PLAN.is_any_of(["pro", "team"])))]
    /// struct Paying;
    ///
    /// /// Those who do not.
    /// #[segment(include(), exclude(), rule(User::PLAN.starts_with("f")))]
    /// struct Free;
    ///
    /// /// Teams.
    /// #[segment(include(), exclude(), rule(User::PLAN.is("team")))]
    /// struct Teams;
    ///
    /// assert_disjoint!(Paying, Free);
    /// assert_subset!(Teams, Paying & !Free);
    /// assert_covers!(Paying | Free; Paying, Free);
    /// assert_nobody!(Teams & Free);
    ///
    /// # fn main() {
    /// assert!(registry::check().is_ok());
    /// # }
    /// ```
    assert_disjoint disjoint;
    /// Asserts that every context of the first audience is in the second.
    ///
    /// Example and when it is proved: [`assert_disjoint!`](crate::assert_disjoint).
    assert_subset subset;
    /// Asserts that every context of the first audience is in one of the others: `assert_covers!(All; Free, Paid)`.
    ///
    /// Example and when it is proved: [`assert_disjoint!`](crate::assert_disjoint).
    assert_covers covers;
    /// Asserts that audiences have the same members.
    ///
    /// Example and when it is proved: [`assert_disjoint!`](crate::assert_disjoint).
    assert_equal equal;
    /// Asserts that an audience has no members.
    ///
    /// Example and when it is proved: [`assert_disjoint!`](crate::assert_disjoint).
    assert_nobody nobody;
}

/// Proves all assertions of a program, in each environment.
pub(super) fn check(definitions: &[&Definition], domains: Domains<'_>, findings: &mut Findings) {
    let declared = inventory::iter::<AssertionDeclaration>.into_iter();
    let mut declared: Vec<Registered<Assertion>> =
        declared.map(|AssertionDeclaration(make)| make()).collect();
    declared.sort_by_key(|(_, place)| *place);
    let assertions: Vec<&Assertion> = declared.iter().map(|(assertion, _)| assertion).collect();
    for (at, finding) in prove(&assertions, definitions, domains) {
        let place = declared[at].1;
        if finding.code.severity() == Severity::Error {
            findings
                .problems
                .push(Problem::Assertion { place, finding });
        } else {
            findings.warnings.push(Warning { place, finding });
        }
    }
}
