//! What takes changes of lists back, kept in a file.

use std::path::Path;

use segments_runtime::sync::ListUndo;

use crate::failure::Failure;
use crate::file;
use crate::output::Output;

/// What takes back what was done, as it is done.
pub(super) struct Kept<'p> {
    path: Option<&'p Path>,
    undos: Vec<ListUndo>,
    /// Whether a change was begun of which the end is not known.
    is_begun: bool,
}

impl<'p> Kept<'p> {
    /// Makes the file, if one is named: what cannot be kept is not done.
    pub(super) fn new(path: Option<&'p Path>) -> Result<Self, Failure> {
        if let Some(path) = path {
            file::create_private(path, "[]\n")?;
        }
        Ok(Self {
            path,
            undos: Vec::new(),
            is_begun: false,
        })
    }

    /// A change begins: the file stays until its end is known.
    pub(super) fn begin(&mut self) {
        self.is_begun = true;
    }

    /// A change has come to its end.
    pub(super) fn end(&mut self) {
        self.is_begun = false;
    }

    pub(super) fn extend(
        &mut self,
        undos: impl IntoIterator<Item = ListUndo>,
    ) -> Result<(), Failure> {
        self.undos
            .extend(undos.into_iter().filter(|undo| !undo.is_empty()));
        let Some(path) = self.path else {
            return Ok(());
        };
        let text = serde_json::to_string(&self.undos).expect("our own types have a JSON form");
        file::replace_private(path, &format!("{text}\n"))
    }

    pub(super) fn tell(&self, output: Output) {
        if let Some(path) = self.path {
            output.message(format_args!(
                "`cargo segments undo {}` takes it back",
                path.display()
            ));
        }
    }
}

/// A file of nothing to take back is none. One of a change that may have taken effect stays.
impl Drop for Kept<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.path
            && self.undos.is_empty()
            && !self.is_begun
        {
            let _ = std::fs::remove_file(path);
        }
    }
}
