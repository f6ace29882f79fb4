//! A change of the lists of a segment: the target list of each context, and whether the change is
//! possible.

use std::collections::BTreeSet;
use std::time::SystemTime;

use segments_model::{ContextKind, Definition, Expiry, MAX_TARGETS, SegmentKey, date};

use super::error::ListError;
use super::list_undo::ListUndo;
use super::look::{Look, Managed};
use super::place::{Moves, Place, Stay, Turn};
use super::preview::ListPreview;
use crate::sync::change::TargetList;
use crate::sync::config::SyncConfig;
use crate::sync::runtime;

/// The change of contexts on the lists of a segment.
///
/// Example: [`ListChange`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListEdit {
    /// Includes the contexts, and removes them from the excluded list.
    Include,
    /// Excludes the contexts, and removes them from the included list.
    Exclude,
    /// Removes the contexts from both lists.
    Remove,
}

/// A change of the lists of one segment, which has to exist. Nothing is sent until it is
/// [previewed](Self::preview) or [applied](Self::apply); applying it twice has the same effect as once.
///
/// Lists that a declaration manages are refused, because the next sync would undo the change: according
/// to the [definition](Self::declared), or else to the tags of the segment. Big segments are changed in
/// the same way, except that their contexts cannot expire.
///
/// ```
/// use segments_emulator::Emulator;
/// use segments_runtime::model::{ContextKind, SegmentKey};
/// use segments_runtime::sync::{ListChange, ListEdit, SyncConfig};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// emulator.import("default", "production", r#"[{"key": "beta"}]"#)?;
/// let config = SyncConfig::builder()
///     .base_uri(emulator.base_uri())
///     .token(emulator.access_token())
///     .build()?;
///
/// let keys = ["user-1".to_owned(), "user-2".to_owned()];
/// let change = ListChange::new(&config, SegmentKey::parse("beta")?, ListEdit::Include, ContextKind::USER, keys);
/// assert_eq!(change.preview().await?.to_string(), "include 2 contexts of kind user");
/// change.apply().await?;
/// assert!(change.preview().await?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ListChange {
    config: SyncConfig,
    segment: SegmentKey,
    edit: ListEdit,
    kind: ContextKind,
    keys: BTreeSet<String>,
    until: Option<i64>,
    most: Option<usize>,
    declared: Option<Box<Definition>>,
}

/// Keys of members are nobody's business.
impl std::fmt::Debug for ListChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ListChange")
            .field("segment", &self.segment)
            .field("edit", &self.edit)
            .field("kind", &self.kind)
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

impl ListChange {
    /// Creates a change of contexts of one kind. Sends nothing.
    pub fn new(
        config: &SyncConfig,
        segment: SegmentKey,
        edit: ListEdit,
        kind: ContextKind,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            config: config.clone(),
            segment,
            edit,
            kind,
            keys: keys.into_iter().collect(),
            until: None,
            most: None,
            declared: None,
        }
    }

    /// Lists the contexts until this time, when the service removes them by itself (*expiring targets*).
    #[must_use]
    pub fn until(mut self, moment: SystemTime) -> Self {
        self.until = Some(Expiry::from(moment).milliseconds());
        self
    }

    /// Limits the number of contexts.
    #[must_use]
    pub fn at_most(self, contexts: usize) -> Self {
        Self {
            most: Some(contexts),
            ..self
        }
    }

    /// Uses this definition to decide which lists are managed. Without it, the tags of the segment
    /// decide.
    #[must_use]
    pub fn declared(self, definition: Definition) -> Self {
        Self {
            declared: Some(Box::new(definition)),
            ..self
        }
    }

    /// Reads the segment, and returns the changes that [`apply`](Self::apply) would make.
    ///
    /// # Errors
    ///
    /// If the change is not possible, or the segment cannot be read.
    pub async fn preview(&self) -> Result<ListPreview, ListError> {
        runtime::needed(async { Ok(self.look().await?.1.preview(&self.kind)) }).await
    }

    /// Makes the change, with as many contexts in each request as the service accepts, and returns the
    /// changes. Contexts that are already as requested are not sent.
    ///
    /// # Errors
    ///
    /// If the change is not possible, in which case nothing was sent, or if a request failed;
    /// [`ListError::Partly`] if others had taken effect before.
    pub async fn apply(&self) -> Result<ListPreview, ListError> {
        runtime::needed(async {
            let (look, due) = self.look().await?;
            let preview = due.preview(&self.kind);
            self.carry_out(&look, due.moves).await?;
            Ok(preview)
        })
        .await
    }

    /// Makes the change as [`apply`](Self::apply) does, and returns its undo. For a big segment this is
    /// possible for up to 1,500 contexts at once, each of which is looked up before.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    ///
    /// Example: [`ListUndo`].
    pub async fn apply_with_undo(&self) -> Result<(ListPreview, ListUndo), ListError> {
        runtime::needed(async {
            let (look, due) = self.look().await?;
            if due.is_assumed {
                return Err(ListError::Big {
                    segment: self.segment.clone(),
                    what: "undo covers at most 1500 contexts at once; change fewer at once",
                });
            }
            let preview = due.preview(&self.kind);
            let undo = self.carry_out(&look, due.moves).await?;
            Ok((preview, undo))
        })
        .await
    }

    async fn carry_out(&self, look: &Look<'_>, moves: Moves) -> Result<ListUndo, ListError> {
        let done = look.carry_out(&self.kind, &moves).await;
        let undo = ListUndo::new(look, &self.kind, moves);
        match done {
            Ok(()) => Ok(undo),
            Err(stopped) => Err(stopped.with(undo)),
        }
    }

    /// Everything that can be wrong before anything is read.
    fn check(&self) -> Result<(), ListError> {
        if self.keys.is_empty() {
            return Err(ListError::NoKeys);
        }
        if self.keys.iter().any(|key| key.trim().is_empty()) {
            return Err(ListError::EmptyKey);
        }
        if let Some(most) = self.most.filter(|most| self.keys.len() > *most) {
            let keys = self.keys.len();
            return Err(ListError::TooMany { keys, most });
        }
        if let Some(until) = self.until {
            if self.edit == ListEdit::Remove {
                return Err(ListError::NothingExpires);
            }
            if Stay::Until(until).is_over(&self.config.options.clock) {
                let until = date::format(until);
                return Err(ListError::Passed { until });
            }
        }
        Ok(())
    }

    /// Reads what is there, and finds what is due.
    async fn look(&self) -> Result<(Look<'_>, Due), ListError> {
        self.check()?;
        let look = Look::at(&self.config, &self.segment, &self.kind).await?;
        if look.is_big() && self.until.is_some() {
            return Err(ListError::Big {
                segment: self.segment.clone(),
                what: "contexts do not expire; remove the expiry",
            });
        }
        if self.edit != ListEdit::Remove && self.keys.len() > MAX_TARGETS && !look.is_big() {
            return Err(ListError::TooLong {
                segment: self.segment.clone(),
                total: self.keys.len(),
            });
        }
        let places = look.places(&self.kind, self.keys.iter()).await?;
        let is_assumed = places.is_none();
        let turns = self.keys.iter().map(|key| {
            let before = match &places {
                Some(places) => places.get(key).copied().unwrap_or_default(),
                None => self.farthest(),
            };
            let after = self.wanted();
            (key.clone(), Turn { before, after })
        });
        let moves = Moves::new(turns);
        match &self.declared {
            Some(definition) => {
                let definition = definition.in_environment(&self.config.environment);
                let managed = |list| Managed::by(&definition, list);
                look.refuse_declared(&self.kind, &moves, managed)?;
            }
            None => {
                let parts = look.managed();
                let managed = |list| Managed::among(&parts, list);
                look.refuse_declared(&self.kind, &moves, managed)?;
            }
        }
        look.refuse_too_long(&moves)?;
        Ok((look, Due { moves, is_assumed }))
    }

    /// Where the contexts are to stand.
    fn wanted(&self) -> Place {
        let stay = Some(self.until.map_or(Stay::ForGood, Stay::Until));
        let (included, excluded) = match self.edit {
            ListEdit::Include => (stay, None),
            ListEdit::Exclude => (None, stay),
            ListEdit::Remove => (None, None),
        };
        Place { included, excluded }
    }

    /// A place as far from the wanted one as can be: from there, everything has to be sent.
    fn farthest(&self) -> Place {
        let unless = |list| match self.wanted().on(list) {
            Some(_) => None,
            None => Some(Stay::ForGood),
        };
        Place {
            included: unless(TargetList::Included),
            excluded: unless(TargetList::Excluded),
        }
    }
}

/// The due changes.
struct Due {
    moves: Moves,
    /// Whether the positions of the contexts are unknown.
    is_assumed: bool,
}

impl Due {
    fn preview(&self, kind: &ContextKind) -> ListPreview {
        ListPreview::new(kind, &self.moves, self.is_assumed)
    }
}
