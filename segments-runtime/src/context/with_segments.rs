//! A context, and the attribute in which it lists the segments that contain it.

/// The attribute, if nobody says otherwise.
pub(crate) const ATTRIBUTE: &str = "segments";

/// As many segments are listed; more are left out, in the order of their keys.
#[cfg(feature = "launchdarkly-sdk")]
pub(crate) const MOST: usize = 100;

/// A context that lists the segments that contain it, made by [`Context::with_segments`](crate::Context::with_segments).
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
    pub(crate) context: &'a K,
    pub(super) attribute: &'static str,
}

impl<'a, K> WithSegments<'a, K> {
    pub(super) fn new(context: &'a K, attribute: Option<&'static str>) -> Self {
        Self {
            context,
            attribute: attribute.unwrap_or(ATTRIBUTE),
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
