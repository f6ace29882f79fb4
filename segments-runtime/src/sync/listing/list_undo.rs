//! What takes a change of lists back.

use std::collections::BTreeSet;
use std::fmt;

use segments_model::{ContextKind, EnvironmentKey, Part, ProjectKey, SegmentKey};
use serde::{Deserialize, Serialize};

use super::place::Moves;

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
    pub(super) project: ProjectKey,
    pub(super) environment: EnvironmentKey,
    pub(super) segment: SegmentKey,
    pub(super) kind: ContextKind,
    pub(super) contexts: Moves,
    /// The parts that declarations managed when the change was made. They allowed it.
    pub(super) managed: BTreeSet<Part>,
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
