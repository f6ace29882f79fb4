//! Undoing a change of lists.

use std::collections::BTreeSet;
use std::fmt;

use segments_model::{ContextKind, EnvironmentKey, Part, ProjectKey, SegmentKey};
use serde::{Deserialize, Serialize};

use super::apply::Stopped;
use super::error::ListError;
use super::look::{Look, Managed};
use super::place::{LISTS, Moves, Turn};
use super::preview::ListPreview;
use crate::sync::config::SyncConfig;
use crate::sync::runtime;

/// The undo of a [`ListChange`](super::ListChange): puts each context back on its previous list, with its
/// previous expiry. It contains only the contexts that were changed. If somebody else changed one of them
/// since, nothing is undone. Undoing twice has the same effect as once.
///
/// It implements `Serialize` and `Deserialize`, so that an admin page can keep it between two requests.
/// The serialized form contains the keys of contexts, which are personal data; `Debug` counts them.
///
/// ```
/// use segments_emulator::Emulator;
/// use segments_runtime::model::{ContextKind, SegmentKey};
/// use segments_runtime::sync::{ListChange, ListEdit, SyncConfig};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// emulator.import("default", "production", r#"[{"key": "beta", "excluded": ["user-1"]}]"#)?;
/// let config = SyncConfig::builder()
///     .base_uri(emulator.base_uri())
///     .token(emulator.access_token())
///     .build()?;
///
/// let (beta, key) = (SegmentKey::parse("beta")?, ["user-1".to_owned()]);
/// let change = ListChange::new(&config, beta, ListEdit::Include, ContextKind::USER, key);
/// let (_, undo) = change.apply_with_undo().await?;
/// assert_eq!(emulator.segment("default", "production", "beta").unwrap().included, ["user-1"]);
///
/// undo.apply(&config).await?;
/// assert_eq!(emulator.segment("default", "production", "beta").unwrap().excluded, ["user-1"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ListUndo {
    project: ProjectKey,
    environment: EnvironmentKey,
    segment: SegmentKey,
    kind: ContextKind,
    contexts: Moves,
    /// The parts that declarations managed when the change was made. They allowed it.
    managed: BTreeSet<Part>,
}

/// Keys of members are nobody's business.
impl fmt::Debug for ListUndo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListUndo")
            .field("segment", &self.segment)
            .field("kind", &self.kind)
            .field("contexts", &self.contexts.iter().count())
            .finish_non_exhaustive()
    }
}

impl Stopped {
    /// The error, with what takes back what was done before.
    pub(super) fn with(self, undo: ListUndo) -> ListError {
        if self.is_partly_done {
            ListError::Partly {
                error: Box::new(self.error),
                undo: Box::new(undo),
            }
        } else {
            self.error
        }
    }
}

impl ListUndo {
    pub(super) fn new(look: &Look<'_>, kind: &ContextKind, contexts: Moves) -> Self {
        Self {
            project: look.config.project.clone(),
            environment: look.config.environment.clone(),
            segment: look.key.clone(),
            kind: kind.clone(),
            contexts,
            managed: look.managed(),
        }
    }

    /// Where the change was made, which is where it can be taken back.
    #[must_use]
    pub fn scope(&self) -> (&ProjectKey, &EnvironmentKey) {
        (&self.project, &self.environment)
    }

    /// The segment on whose lists the contexts are.
    #[must_use]
    pub fn segment(&self) -> &SegmentKey {
        &self.segment
    }

    /// Returns whether the change changed nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contexts.is_empty()
    }

    /// Reads the segment, and returns the changes that [`apply`](Self::apply) would make.
    ///
    /// # Errors
    ///
    /// If the change cannot be undone, or the segment cannot be read.
    pub async fn preview(&self, config: &SyncConfig) -> Result<ListPreview, ListError> {
        runtime::needed(async {
            let (_, moves) = self.look(config).await?;
            Ok(ListPreview::new(&self.kind, &moves, false))
        })
        .await
    }

    /// Undoes the change, and returns the changes.
    ///
    /// # Errors
    ///
    /// [`ListError::ChangedMeanwhile`] if somebody changed one of the contexts, and
    /// [`ListError::Declared`] if the list is now declared. In both cases nothing was sent.
    pub async fn apply(&self, config: &SyncConfig) -> Result<ListPreview, ListError> {
        runtime::needed(async {
            let (look, moves) = self.look(config).await?;
            let preview = ListPreview::new(&self.kind, &moves, false);
            let done = look.carry_out(&self.kind, &moves).await;
            let undo = || Self::new(&look, &self.kind, moves.clone());
            done.map_err(|stopped| stopped.with(undo()))?;
            Ok(preview)
        })
        .await
    }

    async fn look<'c>(&self, config: &'c SyncConfig) -> Result<(Look<'c>, Moves), ListError> {
        if (&config.project, &config.environment) != (&self.project, &self.environment) {
            return Err(ListError::OtherEnvironment {
                made: format!("{}/{}", self.project, self.environment),
                asked: config.scope(),
            });
        }
        let look = Look::at(config, &self.segment, &self.kind).await?;
        let keys: Vec<&String> = self.contexts.keys().collect();
        let places = look.places(&self.kind, keys.into_iter()).await?;
        let places = places.unwrap_or_default();
        let mut changed = 0;
        let clock = &config.options.clock;
        let back: Vec<(String, Turn)> = self
            .contexts
            .iter()
            .map(|(key, turn)| {
                let now = places.get(key).copied().unwrap_or_default();
                let (before, after) = (turn.before.by_now(clock), turn.after.by_now(clock));
                let mut back = now;
                let mut is_changed = false;
                for list in LISTS {
                    if now.on(list) == after.on(list) {
                        back.set(list, before.on(list));
                    } else if now.on(list) != before.on(list) {
                        is_changed = true;
                    }
                }
                changed += usize::from(is_changed);
                let turn = Turn {
                    before: now,
                    after: back,
                };
                (key.clone(), turn)
            })
            .collect();
        if changed > 0 {
            return Err(ListError::ChangedMeanwhile {
                segment: self.segment.clone(),
                contexts: changed,
            });
        }
        let moves = Moves::new(back);
        let parts = look.managed();
        let since = parts.difference(&self.managed).copied().collect();
        let managed = |list| Managed::among(&since, list);
        look.refuse_declared(&self.kind, &moves, managed)?;
        look.refuse_too_long(&moves)?;
        Ok((look, moves))
    }
}
