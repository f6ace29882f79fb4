//! The official SDK's contexts.

use launchdarkly_server_sdk_evaluation::Context;

use super::context::{ContextInstance, InvalidContext, Single};
use crate::AttributeValue;

/// The official SDK's `Context`, which `launchdarkly-server-sdk` re-exports from the crate that
/// evaluates, version 2.
///
/// A number that JSON cannot carry is taken for absent.
///
/// ```
/// use launchdarkly_server_sdk_evaluation::ContextBuilder;
/// use segments_model::evaluate::ContextInstance;
///
/// let context = ContextBuilder::new("u-1").set_string("plan", "pro").build()?;
/// let context = ContextInstance::try_from(&context)?;
/// assert_eq!(context.key("user"), Some("u-1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl TryFrom<&Context> for ContextInstance {
    type Error = InvalidContext;

    fn try_from(context: &Context) -> Result<Self, InvalidContext> {
        let json = serde_json::to_value(context)?;
        // What the SDK has taken is a context: a user of the time before kinds, whose key may be
        // empty, now has a kind as all others have.
        Self::read(AttributeValue::from(json), Single::with_any_key)
    }
}
