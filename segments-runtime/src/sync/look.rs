//! Looking at an environment: what people have made there, and what the service says of it.

use std::collections::BTreeMap;

use segments_model::{EnvironmentKey, wire};
use serde::Deserialize;
use serde_json::Value as Json;

use super::config::SyncConfig;
use super::error::SyncError;
use super::failed::FailedRequest;
use super::reader::Reader;
use super::{connect, runtime};

/// What the service says of one segment and one context.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LiveMembership {
    /// The segment's key.
    pub key: String,
    /// Whether the context is in it.
    pub is_member: bool,
}

/// Values that the service has seen of attributes, by context kind.
pub type SeenValues = BTreeMap<String, Vec<Json>>;

/// Reads all segments of the environment as the service represents them, ordered by key: to import
/// what people have made, or to look at it.
///
/// ```no_run
/// use segments_runtime::sync::{self, SyncConfig};
///
/// # async fn look() -> Result<(), Box<dyn std::error::Error>> {
/// let config = SyncConfig::from_env()?;
/// for segment in sync::segments(&config).await? {
///     println!("{} has version {}", segment.key, segment.version);
/// }
/// let user = r#"{"kind": "user", "key": "u-1"}"#;
/// for found in sync::memberships(&config, &serde_json::from_str(user)?).await? {
///     println!("{}: {}", found.key, found.is_member);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When the environment cannot be read.
pub async fn segments(config: &SyncConfig) -> Result<Vec<wire::Segment>, SyncError> {
    let mut found: BTreeMap<String, wire::Segment> = BTreeMap::new();
    let options = &config.options;
    ask(config, async |reader| {
        let listing = reader.segments(options.concurrency, &options.progress, |segment| {
            // A list that changes while it is read may show a segment twice.
            let older = found
                .get(&segment.key)
                .is_some_and(|seen| seen.version > segment.version);
            if !older && !segment.deleted {
                found.insert(segment.key.clone(), segment);
            }
        });
        listing.await
    })
    .await?;
    Ok(found.into_values().collect())
}

/// Reads the keys of the project's environments, in the order of the service.
///
/// # Errors
///
/// When the project cannot be read.
pub async fn environments(config: &SyncConfig) -> Result<Vec<EnvironmentKey>, SyncError> {
    ask(config, async |reader| reader.environments().await).await
}

/// Asks the service which segments of the environment a context is in. The context is in the
/// service's JSON, of one kind or of several.
///
/// # Errors
///
/// When the service cannot be asked, or refuses the context.
pub async fn memberships(
    config: &SyncConfig,
    context: &Json,
) -> Result<Vec<LiveMembership>, SyncError> {
    ask(config, async |reader| reader.memberships(context).await).await
}

/// Reads what values the environment's contexts have had in an attribute, the most frequent first.
/// An attribute that no context has had has none.
///
/// # Errors
///
/// When the service cannot be asked.
pub async fn attribute_values(
    config: &SyncConfig,
    attribute: &str,
) -> Result<SeenValues, SyncError> {
    ask(config, async |reader| {
        reader.attribute_values(attribute).await
    })
    .await
}

/// Asks a reader of the configured environment.
async fn ask<T>(
    config: &SyncConfig,
    question: impl AsyncFnOnce(&Reader) -> Result<T, FailedRequest>,
) -> Result<T, SyncError> {
    runtime::needed(async {
        let reader = Reader::new(connect(config)?, config);
        question(&reader).await.map_err(|error| SyncError::Read {
            scope: config.scope(),
            error: Box::new(error),
        })
    })
    .await
}
