//! A position in a file, for answers.

use std::ops::Range;
use std::path::Path;

use gen_lsp_types as lsp;
use segments_model::file::{Cursor, Role, Slot, Symbol};

use super::document::Document;
use super::workspace::Workspace;

pub(super) struct Place<'w> {
    pub(super) workspace: &'w Workspace,
    pub(super) path: std::path::PathBuf,
    pub(super) document: &'w Document,
    pub(super) offset: usize,
    pub(super) cursor: Cursor,
}

impl<'w> Place<'w> {
    pub(super) fn find(
        workspace: &'w Workspace,
        at: &lsp::TextDocumentPositionParams,
    ) -> Option<Self> {
        let (path, document) = workspace.find(&at.text_document.uri)?;
        let offset = document.offset(at.position);
        Some(Self {
            workspace,
            path,
            document,
            offset,
            cursor: document.outline.cursor(&document.text, offset),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The name that stands here.
    pub(super) fn symbol(&self) -> Option<(&Symbol, Role, &Range<usize>)> {
        let word = self.cursor.word.as_ref()?;
        match &self.cursor.slot {
            Slot::Name { symbol, role } if !symbol.name().is_empty() => Some((symbol, *role, word)),
            _ => None,
        }
    }

    /// The word that stands here, as it is written.
    pub(super) fn word(&self) -> Option<&'w str> {
        let word = self.cursor.word.clone()?;
        self.document.text.get(word)
    }
}
