//! Asks a reader of the configured environment.

use super::client::connect;
use super::config::SyncConfig;
use super::error::SyncError;
use super::failed::FailedRequest;
use super::reader::Reader;
use super::runtime;

/// Asks a reader of the configured environment.
pub(super) async fn ask<T>(
    config: &SyncConfig,
    question: impl AsyncFnOnce(&Reader) -> Result<T, FailedRequest>,
) -> Result<T, SyncError> {
    runtime::needed(async {
        let reader = Reader::new(connect(config)?, config);
        match question(&reader).await {
            Ok(answer) => Ok(answer),
            Err(failed) => Err(SyncError::Read {
                scope: config.scope(),
                error: Box::new(Box::pin(reader.place(failed)).await),
            }),
        }
    })
    .await
}
