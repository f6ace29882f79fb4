//! Undoing a change of lists.

use segments_model::{ContextKind, EnvironmentKey, ProjectKey, SegmentKey};

use super::apply::Stopped;
use super::error::ListError;
use super::list_undo::ListUndo;
use super::look::{Look, Managed};
use super::place::{LISTS, Moves, Turn};
use super::preview::ListPreview;
use crate::sync::config::SyncConfig;
use crate::sync::runtime;

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
