//! The membership of one context in every segment of a program.

use std::fmt;

use segments_model::{Membership, SegmentKey};
use serde::Serialize;

use segments_model::evaluate::CompiledSegments;

use crate::Environment;
use crate::context::contexts::Contexts;
use crate::registry::{self, RegistryError};

/// Which of the segments that are declared in this program hold these contexts.
///
/// Whatever kinds the contexts are of: a segment that looks at another kind says that it does not
/// hold them. Percentage rules are in doubt without the salts of their segments, which
/// [`registry::compiled`] takes.
///
/// # Errors
///
/// When the segments of the program do not make sense together, as in [`registry::definitions`].
///
/// ```standalone_crate
/// use segments_runtime::{Context, Segment, all_segments, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: String }
///
/// /// Those who pay.
/// #[segment(rule(User::PLAN.is("pro")))]
/// struct Customers;
///
/// /// Those who do not.
/// #[segment(rule(!member_of!(Customers)))]
/// struct Guests;
///
/// let user = User { id: "u-1".into(), plan: "pro".into() };
/// let segments = all_segments(&user)?;
/// assert_eq!(segments.holding().collect::<Vec<_>>(), ["customers"]);
/// assert_eq!(segments.get(&Guests::KEY).unwrap().known(), Some(false));
/// # Ok::<(), segments_runtime::registry::RegistryError>(())
/// ```
#[allow(
    clippy::needless_pass_by_value,
    reason = "asked as `contains` is, with a reference or a tuple of them"
)]
pub fn all_segments(contexts: impl Contexts) -> Result<Memberships, RegistryError> {
    Ok(holding(&registry::compiled()?, &contexts))
}

/// The same in one environment, whatever is [fixed](crate::in_environment) for the program.
///
/// # Errors
///
/// As [`all_segments`].
#[allow(
    clippy::needless_pass_by_value,
    reason = "asked as `contains_in` is, with a reference or a tuple of them"
)]
pub fn all_segments_in(
    environment: impl Environment,
    contexts: impl Contexts,
) -> Result<Memberships, RegistryError> {
    Ok(holding(&registry::compiled_in(&environment)?, &contexts))
}

/// The keys of the registered segments that hold the contexts, as far as the program can tell.
#[cfg(feature = "launchdarkly-sdk")]
pub(crate) fn held(contexts: &impl Contexts) -> Result<Vec<String>, RegistryError> {
    let memberships = holding(&registry::compiled()?, contexts);
    Ok(memberships.holding().map(ToString::to_string).collect())
}

fn holding(segments: &CompiledSegments, contexts: &impl Contexts) -> Memberships {
    let context = contexts.to_instance();
    let memberships = segments.memberships(&context);
    Memberships(
        memberships
            .map(|(key, membership)| {
                let key = SegmentKey::parse(key.to_owned());
                let key = key.expect("it is the key of a definition, which cannot be wrong");
                (key, membership)
            })
            .collect(),
    )
}

/// The memberships of one context in several segments, ordered by key.
///
/// `Display` prints a line for each segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Memberships(#[serde(serialize_with = "as_map")] Vec<(SegmentKey, Membership)>);

impl Memberships {
    /// Returns the segments that contain the context.
    pub fn holding(&self) -> impl Iterator<Item = &SegmentKey> {
        self.answered(Some(true))
    }

    /// Returns the segments whose membership is unknown.
    pub fn in_doubt(&self) -> impl Iterator<Item = &SegmentKey> {
        self.answered(None)
    }

    /// Returns the membership in one segment.
    #[must_use]
    pub fn get(&self, segment: &SegmentKey) -> Option<&Membership> {
        let place = self.0.binary_search_by(|(key, _)| key.cmp(segment)).ok()?;
        Some(&self.0[place].1)
    }

    /// Iterates over all segments with their memberships.
    pub fn iter(&self) -> impl Iterator<Item = (&SegmentKey, &Membership)> {
        self.0.iter().map(|(key, membership)| (key, membership))
    }

    fn answered(&self, answer: Option<bool>) -> impl Iterator<Item = &SegmentKey> {
        let fits = move |(_, membership): &(_, &Membership)| membership.known() == answer;
        self.iter().filter(fits).map(|(key, _)| key)
    }
}

fn as_map<S: serde::Serializer>(
    memberships: &[(SegmentKey, Membership)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        memberships
            .iter()
            .map(|(key, membership)| (key, membership)),
    )
}

impl fmt::Display for Memberships {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, membership)) in self.iter().enumerate() {
            f.write_str(if index > 0 { "\n" } else { "" })?;
            write!(f, "`{key}`: {membership}")?;
        }
        Ok(())
    }
}
