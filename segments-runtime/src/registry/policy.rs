//! A team's policy for the segments of a program, checked in a test.

use std::collections::HashSet;
use std::fmt;

use segments_model::policy::Policy;
use segments_model::{AttributeRef, ContextKind, Finding, Severity};

use super::checks::ContextDeclaration;
use super::declarable::with_places;
use super::owner::owner;
use super::problem::RegistryError;
use super::registered::RegisteredAt;
use super::segments::Declarations;

/// A requirement of a policy that a segment does not meet.
///
/// Example: [`assert_policy!`](crate::assert_policy).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyFinding {
    /// The declaration.
    pub place: RegisteredAt,
    /// The finding.
    pub finding: Finding,
    /// The severity that the policy sets.
    pub severity: Severity,
}

/// `error[policy-review]: the policy asks for a review date; …`, with the place in front.
impl fmt::Display for PolicyFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            finding,
            severity,
        } = self;
        let (code, message) = (finding.code, &finding.message);
        write!(f, "{place}: {severity}[{code}]: {message}")
    }
}

/// Checks all segments of this program against a policy. Leaves out warnings that a declaration allows.
///
/// Example: [`assert_policy!`](crate::assert_policy).
///
/// # Errors
///
/// If two segments have one key and differ.
pub fn policy(policy: &Policy) -> Result<Vec<PolicyFinding>, RegistryError> {
    let mut declared = Vec::new();
    for Declarations(add) in inventory::iter::<Declarations> {
        add(&mut declared);
    }
    let declared = with_places(declared)?;
    let mut private: HashSet<(ContextKind, AttributeRef)> = HashSet::new();
    for ContextDeclaration(make) in inventory::iter::<ContextDeclaration> {
        let ((kind, schema), _) = make();
        let own = schema.iter().filter(|attribute| attribute.private);
        private.extend(own.map(|attribute| (kind.clone(), attribute.reference.clone())));
    }
    let is_private = |kind: &ContextKind, attribute: &AttributeRef| {
        private.contains(&(kind.clone(), attribute.clone()))
    };
    // Several owners are a mistake of their own.
    let owner = owner().ok().flatten();
    let mut found = Vec::new();
    for (definition, place) in &declared {
        for (_, finding, severity) in policy.check(definition, owner, &is_private) {
            if severity == Severity::Warning && place.allows(finding.code) {
                continue;
            }
            found.push(PolicyFinding {
                place: *place,
                finding,
                severity,
            });
        }
    }
    Ok(found)
}

/// Asserts that all segments of the program meet a [`Policy`]. Warnings do not fail the assertion.
///
/// ```standalone_crate
/// use segments_runtime::model::Severity;
/// use segments_runtime::model::policy::Policy;
/// use segments_runtime::{Context, assert_policy, registry, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: String }
///
/// /// Those who pay.
/// #[segment(tags = ["review.2027-01-31"], rule(User::PLAN.is("pro")))]
/// struct Paying;
///
/// segments_runtime::owner!("growth");
///
/// # fn main() {
/// assert_policy!(Policy::default());
///
/// let strict = Policy::default().with("owner", Some(Severity::Error)).unwrap();
/// assert!(registry::policy(&strict).unwrap().is_empty());
/// # }
/// ```
#[macro_export]
macro_rules! assert_policy {
    ($policy:expr $(,)?) => {
        $crate::registry::__assert_policy(&$policy)
    };
}

#[doc(hidden)]
#[track_caller]
pub fn __assert_policy(asked: &Policy) {
    let found = match policy(asked) {
        Ok(found) => found,
        Err(error) => panic!("{error}"),
    };
    let errors = found.iter().filter(|it| it.severity == Severity::Error);
    let errors: Vec<String> = errors.map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}
