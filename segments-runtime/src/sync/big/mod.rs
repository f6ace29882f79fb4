//! Members of big segments: lists that are too long to declare or to hold in memory.

mod form;
mod members;

use segments_model::{MAX_PATCH_TARGETS, SegmentKey};
use serde::Deserialize;
use thiserror::Error;

pub use members::Members;

use form::Form;

use super::change::TargetList;
use super::client::Client;
use super::config::{ConfigError, SyncConfig};
use super::failed::FailedRequest;
use super::progress::ImportStatus;
use super::progress::ProgressEvent;
use super::request::MemberChange;
use super::request::Scope;
use super::request_error::{Effect, RequestError};
use super::runtime::{self, NoRuntime};

/// The members of one big segment, which has to exist: a sync creates segments that are declared with
/// `big`.
///
/// Every call has the whole deadline of the configuration, so set a deadline that is long enough for the
/// list.
///
/// ```no_run
/// use std::time::Duration;
/// use segments_runtime::model::SegmentKey;
/// use segments_runtime::sync::{BigSegment, Members, SyncConfig};
///
/// # async fn nightly() -> Result<(), Box<dyn std::error::Error>> {
/// let config = SyncConfig::builder().from_env().deadline(Duration::from_secs(600)).build()?;
/// let customers = BigSegment::new(&config, SegmentKey::parse("paying-customers")?);
/// customers.replace_from(Members::csv_file("customers.csv")).await?;
/// customers.add(["c-1001".to_owned()]).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct BigSegment {
    config: SyncConfig,
    scope: Scope,
    key: SegmentKey,
}

/// An import that the service has accepted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Import {
    /// Its identifier, for [`BigSegment::follow`].
    pub id: String,
    /// The status.
    pub status: ImportStatus,
}

/// The reason why members were not changed.
#[derive(Error)]
#[non_exhaustive]
pub enum MembersError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The list cannot be read; nothing was changed.
    #[error("cannot read the list of members: {0}")]
    Source(#[from] std::io::Error),
    /// There is no Tokio runtime, or it lacks a timer or a network driver.
    #[error(
        "cannot reach LaunchDarkly without a Tokio runtime: {0}; call it from one that is built with `enable_all`"
    )]
    Runtime(#[source] std::io::Error),
    /// A request failed. An import that could not be sent changed nothing.
    #[error(transparent)]
    Request(#[from] FailedRequest),
    /// Some keys were sent before a request failed. Adding and removing are idempotent, so you may repeat
    /// the whole call.
    #[error("{error}; {done} keys were changed before, so repeat the whole call")]
    Partly {
        /// How many keys were done.
        done: usize,
        /// Why the next ones were not.
        #[source]
        error: FailedRequest,
    },
    /// The import was sent, and its result is unknown.
    #[error("import {import} was sent, and following it failed: {error}; continue with `follow`")]
    Unfollowed {
        /// The import's identifier.
        import: String,
        /// Why it could not be followed to its end.
        #[source]
        error: FailedRequest,
    },
    /// The service stopped the import. The list is unchanged.
    #[error("LaunchDarkly stopped import {import}; the list is unchanged, so import it again")]
    Stopped {
        /// The import's identifier.
        import: String,
    },
}

segments_model::readable_debug! {
    enum MembersError {
        Config(error),
        Source(error),
        Runtime(error),
        Request(error),
        Partly { done, error },
        Unfollowed { import, error },
        Stopped { import },
    }
}

impl From<NoRuntime> for MembersError {
    fn from(NoRuntime(error): NoRuntime) -> Self {
        MembersError::Runtime(error)
    }
}

/// The treatment of members that are not in the imported file.
#[derive(Debug, Clone, Copy)]
enum Mode {
    Replace,
    Merge,
}

impl BigSegment {
    /// Creates a handle to the members of the segment with this key in the configured environment. Sends
    /// nothing.
    pub fn new(config: &SyncConfig, key: SegmentKey) -> Self {
        Self {
            scope: Scope {
                project: config.project.clone(),
                environment: config.environment.clone(),
            },
            config: config.clone(),
            key,
        }
    }

    /// Replaces all members by these, once all of them have arrived: the service activates a list as a
    /// whole. Follows the import to its end.
    ///
    /// An interrupted upload is restarted if the [`Members`] can be read again.
    ///
    /// # Errors
    ///
    /// After [`MembersError::Unfollowed`] the list is being imported, and [`follow`](Self::follow)
    /// continues. After all other errors the list is unchanged.
    pub async fn replace_from(&self, members: Members) -> Result<Import, MembersError> {
        runtime::needed(self.import(members, Mode::Replace)).await
    }

    /// Adds these members to the existing ones, as one import.
    ///
    /// # Errors
    ///
    /// As [`replace_from`](Self::replace_from).
    pub async fn merge_from(&self, members: Members) -> Result<Import, MembersError> {
        runtime::needed(self.import(members, Mode::Merge)).await
    }

    /// Follows an import until it takes effect or waits for an approval.
    ///
    /// # Errors
    ///
    /// If the import was stopped, or cannot be followed.
    pub async fn follow(&self, import: &str) -> Result<Import, MembersError> {
        runtime::needed(async {
            let client = Client::new(&self.config)?;
            self.follow_with(&client, import).await
        })
        .await
    }

    /// Adds contexts, 1,500 with each request.
    ///
    /// # Errors
    ///
    /// If a request fails; [`MembersError::Partly`] if earlier requests succeeded.
    pub async fn add(&self, keys: impl IntoIterator<Item = String>) -> Result<usize, MembersError> {
        let adding = self.change(keys, |keys| MemberChange {
            add: keys,
            remove: &[],
        });
        runtime::needed(adding).await
    }

    /// Removes contexts, 1,500 with each request.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    pub async fn remove(
        &self,
        keys: impl IntoIterator<Item = String>,
    ) -> Result<usize, MembersError> {
        let removing = self.change(keys, |keys| MemberChange {
            add: &[],
            remove: keys,
        });
        runtime::needed(removing).await
    }

    async fn change(
        &self,
        keys: impl IntoIterator<Item = String>,
        change: impl for<'a> Fn(&'a [String]) -> MemberChange<'a>,
    ) -> Result<usize, MembersError> {
        let client = Client::new(&self.config)?;
        let mut keys = keys.into_iter();
        let mut done = 0;
        loop {
            let chunk: Vec<String> = keys.by_ref().take(MAX_PATCH_TARGETS).collect();
            if chunk.is_empty() {
                return Ok(done);
            }
            let request =
                self.scope
                    .change_members(&self.key, TargetList::Included, &change(&chunk));
            match client.done(&request).await {
                Ok(()) => done += chunk.len(),
                Err(error) if done == 0 => return Err(error.into()),
                Err(error) => return Err(MembersError::Partly { done, error }),
            }
        }
    }

    async fn import(&self, mut members: Members, mode: Mode) -> Result<Import, MembersError> {
        let client = Client::new(&self.config)?;
        let mode = match mode {
            Mode::Replace => "replace",
            Mode::Merge => "merge",
        };
        let request = self.scope.import(&self.key);
        let mut attempt = 0;
        let mut failed = None;
        loop {
            let Some(file) = members.open().await? else {
                let used_up = || std::io::Error::other("the members were read before");
                return Err(failed.map_or_else(|| used_up().into(), MembersError::Request));
            };
            let progress = &self.config.options.progress;
            let form = Form::new(mode, members::watched(file, progress.clone()));
            let sent = client.upload(&request, &form.content_type, form.body);
            let error = match sent.await {
                Ok(location) => {
                    let id = location.as_deref().and_then(|path| path.rsplit('/').next());
                    let id = id
                        .filter(|id| !id.is_empty())
                        .unwrap_or_default()
                        .to_owned();
                    return self.follow_with(&client, &id).await;
                }
                Err(error) => error,
            };
            attempt += 1;
            let again = attempt < self.config.options.retry.attempts
                && match error.error.effect() {
                    Effect::None | Effect::Unknown => true,
                    // Another import of this segment is running.
                    Effect::Refused => matches!(error.error, RequestError::Conflict(_)),
                };
            if !again || client.pause(attempt).await.is_err() {
                return Err(error.into());
            }
            failed = Some(error);
        }
    }

    async fn follow_with(&self, client: &Client, id: &str) -> Result<Import, MembersError> {
        let unfollowed = |error| MembersError::Unfollowed {
            import: id.to_owned(),
            error,
        };
        let mut looks = 0;
        loop {
            let request = self.scope.get_import(&self.key, id);
            let import: Import = client.json(&request).await.map_err(unfollowed)?;
            self.config.options.progress.tell(ProgressEvent::Importing {
                import: &import.id,
                status: import.status,
            });
            match import.status {
                ImportStatus::Complete | ImportStatus::PendingApproval => return Ok(import),
                ImportStatus::Stopped => {
                    return Err(MembersError::Stopped { import: import.id });
                }
                ImportStatus::Preparing
                | ImportStatus::Ready
                | ImportStatus::InProgress
                | ImportStatus::Other => {}
            }
            looks += 1;
            if client.pause(looks).await.is_err() {
                let error = RequestError::Deadline(self.config.options.deadline);
                return Err(unfollowed(FailedRequest::answered(&request, error)));
            }
        }
    }
}
