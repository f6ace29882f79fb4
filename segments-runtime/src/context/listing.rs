//! Contexts that list the segments that contain them, so that LaunchDarkly can slice results by segment.

use serde_json::{Map, Value as Json};

use super::Context;
use super::parts::{ContextPart, Contexts, HasContext, SingleContext};
use crate::membership::visitor::RuleVisitor;

/// The attribute, if nobody says otherwise.
pub(crate) const ATTRIBUTE: &str = "segments";

/// As many segments are listed; more are left out, in the order of their keys.
#[cfg(feature = "launchdarkly-sdk")]
pub(crate) const MOST: usize = 100;

/// A context that lists the segments that contain it, made by [`Context::with_segments`].
///
/// ```standalone_crate
/// # #[cfg(feature = "launchdarkly-sdk")]
/// # mod example {
/// use segments_runtime::{Context, sdk, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: String }
///
/// /// Those who pay.
/// #[segment(rule(User::PLAN.is("pro")))]
/// struct Paying;
///
/// # pub fn main() {
/// let user = User { id: "u-1".into(), plan: "pro".into() };
/// let context = sdk::context(user.with_segments()).unwrap();
/// let json = serde_json::to_value(&context).unwrap();
/// assert!(json["segments"].as_array().unwrap().contains(&"paying".into()));
/// # }
/// # }
/// # fn main() {
/// # #[cfg(feature = "launchdarkly-sdk")]
/// # example::main();
/// # }
/// ```
#[derive(Debug)]
pub struct WithSegments<'a, K> {
    context: &'a K,
    attribute: &'static str,
}

impl<'a, K: Context> WithSegments<'a, K> {
    pub(super) fn new(context: &'a K) -> Self {
        Self {
            context,
            attribute: K::SEGMENTS.unwrap_or(ATTRIBUTE),
        }
    }

    /// Lists the segments in an attribute of another name.
    #[must_use]
    pub fn named(self, attribute: &'static str) -> Self {
        Self { attribute, ..self }
    }
}

impl<K> Clone for WithSegments<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for WithSegments<'_, K> {}

impl<K: Context> Contexts for WithSegments<'_, K> {
    fn collect(&self, contexts: &mut Vec<(String, Map<String, Json>)>) {
        Contexts::collect(&self.context, contexts);
    }

    fn listing(&self, listing: &mut Vec<(String, &'static str)>) {
        listing.push((K::KIND.into(), self.attribute));
    }
}

impl<K> RuleVisitor for WithSegments<'_, K> {}

#[diagnostic::do_not_recommend]
impl<K> HasContext<K, SingleContext> for WithSegments<'_, K> {
    #[inline]
    fn context(&self) -> Option<&K> {
        Some(self.context)
    }
}

impl<K> ContextPart<K> for WithSegments<'_, K> {
    fn part(&self) -> Option<&K> {
        Some(self.context)
    }
}
