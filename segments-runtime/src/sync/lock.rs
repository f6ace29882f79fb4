//! A lock between applies. LaunchDarkly documents no locks, but it refuses to create a segment that
//! exists, so a segment is the lock. It contains nobody, and no rule references it.

use segments_model::SegmentKey;
use segments_model::wire::CreateSegment;

use super::client::connect;
use super::config::SyncConfig;
use super::error::SyncError;
use super::reader::Reader;
use super::runtime;
use super::writer::Writer;

/// The segment that is the lock of its environment.
const KEY: SegmentKey = SegmentKey::from_static("segments-apply-lock");

/// A held lock. [`unlock`](Self::unlock) releases it; otherwise it stays until somebody deletes the
/// segment.
#[derive(Debug)]
#[must_use = "it is held until it is given back"]
pub struct Lock {
    config: SyncConfig,
    /// Distinguishes this lock from those of all other processes.
    mark: String,
}

/// The reason why the lock was not acquired.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another apply holds the lock.
    #[error(
        "`{scope}` is locked ({by}); wait for that apply, or delete the segment `{KEY}` there if that apply has ended"
    )]
    Held {
        /// The project and the environment.
        scope: String,
        /// The message of the other process.
        by: String,
    },
    /// The service could not be reached, or refused.
    #[error(transparent)]
    Sync(#[from] SyncError),
}

/// Excludes other applies that lock from an environment. `by` names the holder, for those who find the
/// environment locked.
///
/// ```no_run
/// # async fn deploy() -> Result<(), Box<dyn std::error::Error>> {
/// let config = segments_runtime::SyncConfig::from_env()?;
/// let lock = segments_runtime::sync::lock(&config, "deploy 12").await?;
/// let report = segments_runtime::sync(&config).await;
/// lock.unlock().await?;
/// report?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`LockError::Held`] if another apply holds the lock, and every error of creating a segment.
pub async fn lock(config: &SyncConfig, by: &str) -> Result<Lock, LockError> {
    let mark = format!("{by}, {:016x}", fastrand::u64(..));
    runtime::needed(async {
        let reader = Reader::new(connect(config)?, config);
        let writer = Writer { reader };
        let failed = |error| SyncError::Read {
            scope: config.scope(),
            error: Box::new(error),
        };
        let segment = CreateSegment {
            key: KEY.to_string(),
            name: "Lock of cargo segments apply".to_owned(),
            description: Some(mark.clone()),
            tags: Vec::new(),
            unbounded: false,
            unbounded_context_kind: None,
        };
        let Err(error) = writer.create(&segment).await else {
            return Ok(None);
        };
        // An answer that was lost may have been a yes.
        match writer.reader.segment(&KEY).await.map_err(failed)? {
            Some(found) if found.description.as_ref() == Some(&mark) => Ok(None),
            Some(found) => Ok(Some(found.description.unwrap_or_default())),
            None => Err(failed(error)),
        }
    })
    .await
    .map_err(LockError::Sync)
    .and_then(|held: Option<String>| match held {
        None => Ok(Lock {
            config: config.clone(),
            mark,
        }),
        Some(by) => Err(LockError::Held {
            scope: config.scope(),
            by: by
                .rsplit_once(", ")
                .map_or(by.clone(), |(by, _)| by.to_owned()),
        }),
    })
}

impl Lock {
    /// Releases the lock, if it is still held by this apply.
    ///
    /// # Errors
    ///
    /// If the segment could not be deleted; then the environment stays locked.
    pub async fn unlock(self) -> Result<(), SyncError> {
        let Self { config, mark } = self;
        runtime::needed(async {
            let reader = Reader::new(connect(&config)?, &config);
            let writer = Writer { reader };
            let failed = |error| SyncError::Read {
                scope: config.scope(),
                error: Box::new(error),
            };
            let found = writer.reader.segment(&KEY).await.map_err(failed)?;
            if found.is_some_and(|found| found.description == Some(mark)) {
                writer.delete(&KEY).await.map_err(failed)?;
            }
            Ok(())
        })
        .await
    }
}
