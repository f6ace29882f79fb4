//! Sizes of segments above their headers: "12,400 members · asked by 3".

use std::collections::BTreeMap;
use std::path::PathBuf;

use gen_lsp_types as lsp;
use segments_model::file::{Role, Symbol};

use super::document::Document;
use super::facts;
use super::workspace::Workspace;
use crate::count::History;

/// How many members segments had when they were last counted.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    path: Option<PathBuf>,
    members: BTreeMap<String, u64>,
    contexts: u64,
}

impl Sizes {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self {
            path,
            ..Self::default()
        }
    }

    /// Reads the counts again. A count that cannot be read is ignored.
    pub(super) fn read(&mut self) {
        let history = self
            .path
            .as_deref()
            .and_then(|path| History::read(path).ok());
        let latest = history.and_then(History::into_latest);
        (self.members, self.contexts) = latest.unwrap_or_default();
    }

    /// "12,400 members".
    pub(super) fn of(&self, key: &str) -> Option<String> {
        let members = *self.members.get(key)?;
        let plural = if members == 1 { "" } else { "s" };
        Some(format!("{} member{plural}", grouped(members)))
    }

    /// "12,400 members of 100,000 contexts".
    pub(super) fn share(&self, key: &str) -> Option<String> {
        let members = self.of(key)?;
        Some(format!("{members} of {} contexts", grouped(self.contexts)))
    }
}

/// A number with commas between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(super) fn all(workspace: &Workspace, document: &Document, sizes: &Sizes) -> Vec<lsp::CodeLens> {
    let asked_by = facts::asked_by(workspace);
    let mut seen = std::collections::HashSet::new();
    let mut lenses = Vec::new();
    for (span, symbol, role) in document.outline.names() {
        let Symbol::Segment(key) = symbol else {
            continue;
        };
        if role != Role::Declares || !seen.insert(key.clone()) {
            continue;
        }
        let asked = asked_by
            .get(&**key)
            .map(|who| format!("asked by {}", who.len()));
        let parts: Vec<String> = sizes.of(key).into_iter().chain(asked).collect();
        if parts.is_empty() {
            continue;
        }
        lenses.push(lsp::CodeLens {
            range: document.range(&span),
            command: Some(lsp::Command {
                title: parts.join(" · "),
                // It says something, and does nothing.
                command: String::new(),
                ..lsp::Command::default()
            }),
            data: None,
        });
    }
    lenses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        let shown = [0, 999, 1000, 12_400, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "12,400", "1,234,567"]);
    }
}
