//! Contexts of LaunchDarkly's own SDK (feature `launchdarkly-sdk`).
//!
//! An application gives the SDK the contexts that it declares, with private attributes marked as private:
//!
//! ```
//! use segments_runtime::{Context, sdk};
//!
//! #[derive(Context)]
//! #[context(kind = "user")]
//! struct User { #[context(key)] id: String, plan: String, #[context(private)] email: String }
//!
//! let user = User { id: "u-1".into(), plan: "pro".into(), email: "ann@x.io".into() };
//! let context = sdk::context(&user)?;
//! // client.bool_variation(&context, "new-checkout", false)
//! assert_eq!(
//!     serde_json::to_value(&context).unwrap(),
//!     serde_json::json!({
//!         "kind": "user", "key": "u-1", "plan": "pro", "email": "ann@x.io",
//!         "_meta": {"privateAttributes": ["email"]}
//!     })
//! );
//! # Ok::<(), sdk::NoContext>(())
//! ```
//!
//! Private attributes take part in evaluation, but the SDK does not send them.
//!
//! In the other direction, a program that has only the SDK's context can evaluate segments with it:
//!
//! ```standalone_crate
//! use segments_runtime::sdk::ContextBuilder;
//! use segments_runtime::{Context, all_segments, segment};
//!
//! #[derive(Context)]
//! #[context(kind = "user")]
//! struct User { #[context(key)] id: String, plan: String }
//!
//! /// Those who pay.
//! #[segment(rule(User::PLAN.is("pro")))]
//! struct Customers;
//!
//! let context = ContextBuilder::new("u-1").set_string("plan", "pro").build()?;
//! assert_eq!(all_segments(&context)?.holding().collect::<Vec<_>>(), ["customers"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use launchdarkly_server_sdk_evaluation::AttributeValue;
pub use launchdarkly_server_sdk_evaluation::{Context, ContextBuilder, MultiContextBuilder};
use segments_model::evaluate::ContextInstance;
use serde_json::{Map, Value as Json};
use thiserror::Error;

use crate::Contexts;
use crate::context::with_segments::MOST;
use crate::membership::all_segments::held;

/// The reason why the SDK does not accept contexts.
#[derive(Error)]
#[error("LaunchDarkly's SDK does not accept the context: {text}")]
pub struct NoContext {
    text: String,
}

segments_model::readable_debug! {
    struct NoContext { text }
}

/// The SDK's context for one or several of ours: a reference, or a tuple of them as in `contains`.
///
/// # Errors
///
/// When there is none at all, when two are of the same kind, or when a key is empty.
#[allow(
    clippy::needless_pass_by_value,
    reason = "asked as `contains` is, with a reference or a tuple of them"
)]
pub fn context(contexts: impl Contexts) -> Result<Context, NoContext> {
    let (mut all, mut listing) = (Vec::new(), Vec::new());
    contexts.collect(&mut all);
    contexts.listing(&mut listing);
    if !listing.is_empty() {
        let held = held(&contexts).map_err(|error| failed(&error))?;
        list_segments(&mut all, listing, held);
    }
    let each = all.into_iter().map(|(kind, context)| single(kind, context));
    let mut each: Vec<Context> = each.collect::<Result<_, _>>()?;
    match &each[..] {
        [_] => Ok(each.remove(0)),
        _ => MultiContextBuilder::of(each)
            .build()
            .map_err(|error| failed(&error)),
    }
}

fn failed(error: &dyn std::fmt::Display) -> NoContext {
    NoContext {
        text: error.to_string(),
    }
}

/// Adds the keys of the segments that hold the contexts to those that list them.
fn list_segments(
    all: &mut [(String, Map<String, Json>)],
    listing: Vec<(String, &'static str)>,
    held: Vec<String>,
) {
    let held: Json = held.into_iter().take(MOST).collect();
    for (kind, attribute) in listing {
        let listed = all.iter_mut().find(|(found, _)| *found == kind);
        if let Some((_, context)) = listed {
            context.insert(attribute.to_owned(), held.clone());
        }
    }
}

/// One context, put together by the SDK's own builder, which spares a way through JSON text.
fn single(kind: String, mut context: Map<String, Json>) -> Result<Context, NoContext> {
    if context
        .get("_meta")
        .is_some_and(|meta| !meta["secondary"].is_null())
    {
        // The builder does not take what old SDKs put there.
        context.insert("kind".to_owned(), kind.into());
        return serde_json::from_value(context.into()).map_err(|error| failed(&error));
    }
    let mut builder = ContextBuilder::new("");
    builder.kind(kind);
    for (name, value) in context {
        match (name.as_str(), value) {
            ("_meta", value) => {
                let private = value["privateAttributes"].as_array().into_iter().flatten();
                for reference in private.filter_map(Json::as_str) {
                    builder.add_private_attribute(reference);
                }
            }
            // The builder copies what it is given by name, so the texts of most contexts go another way.
            ("key", Json::String(key)) => {
                builder.key(key);
            }
            ("name", Json::String(name)) => {
                builder.name(name);
            }
            (name @ ("" | "key" | "name" | "anonymous" | "kind"), value) => {
                if !builder.try_set_value(name, AttributeValue::from(&value)) {
                    return Err(failed(&format_args!("`{name}` cannot be {value}")));
                }
            }
            (name, value) => {
                builder.set_value(name, attribute(value));
            }
        }
    }
    builder.build().map_err(|error| failed(&error))
}

fn attribute(value: Json) -> AttributeValue {
    match value {
        Json::String(text) => AttributeValue::String(text),
        Json::Array(items) => AttributeValue::Array(items.into_iter().map(attribute).collect()),
        value => AttributeValue::from(&value),
    }
}

/// The contexts of the SDK are accepted, however they were built.
impl Contexts for &Context {
    fn collect(&self, contexts: &mut Vec<(String, Map<String, Json>)>) {
        let Ok(Json::Object(mut context)) = serde_json::to_value(self) else {
            return;
        };
        let Some(Json::String(kind)) = context.remove("kind") else {
            return;
        };
        if kind != "multi" {
            contexts.push((kind, context));
            return;
        }
        contexts.extend(
            context
                .into_iter()
                .filter_map(|(kind, context)| match context {
                    Json::Object(context) => Some((kind, context)),
                    _ => None,
                }),
        );
    }

    fn to_instance(&self) -> ContextInstance {
        ContextInstance::try_from(*self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_of_several_kinds_come_back_as_they_went() {
        let json = serde_json::json!({
            "kind": "multi", "user": {"key": "u-1", "a": [1.0]},
            "org": {"key": "o-1", "_meta": {"privateAttributes": ["/x/y"]}, "x": {"y": "z"}},
        });
        let context: Context = serde_json::from_value(json.clone()).unwrap();
        assert_eq!((&context).to_json(), json);
        assert_eq!(
            serde_json::to_value(super::context(&context).unwrap()).unwrap(),
            json
        );
        let kinds: Vec<_> = (&context)
            .to_instance()
            .kinds()
            .map(|(kind, key)| format!("{kind}:{key}"))
            .collect();
        assert_eq!(kinds, ["org:o-1", "user:u-1"]);
    }

    #[test]
    fn what_old_sdks_had_is_kept() {
        let json = serde_json::json!({"kind": "user", "key": "u-1", "_meta": {"secondary": "s"}});
        let old: Context = serde_json::from_value(json.clone()).unwrap();
        let kept = serde_json::to_value(super::context(&old).unwrap()).unwrap();
        assert_eq!(kept, json);
    }

    #[test]
    fn attributes_of_another_type_than_the_sdk_has_are_refused() {
        let context = |name: &str, value: Json| {
            let context =
                Map::from_iter([("key".to_owned(), "u-1".into()), (name.to_owned(), value)]);
            single("user".to_owned(), context).map_err(|error| error.to_string())
        };
        assert!(context("name", "Ann".into()).is_ok() && context("age", 4.into()).is_ok());
        for (name, value) in [
            ("name", 4.into()),
            ("anonymous", "yes".into()),
            ("", true.into()),
        ] {
            let error = context(name, value).unwrap_err();
            assert!(error.contains(&format!("`{name}` cannot be")), "{error}");
        }
    }

    #[test]
    fn what_the_sdk_refuses_is_an_error() {
        let error = context(()).unwrap_err().to_string();
        assert!(
            error.starts_with("LaunchDarkly's SDK does not accept the context"),
            "{error}"
        );
    }
}
