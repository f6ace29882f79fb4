//! Marks of an unfinished merge.

use super::kind::Kind;
use super::scanner::{Before, Scanner};
use crate::diagnostic::Edit;

const MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

impl Scanner<'_> {
    /// A side of a merge that was never finished: the first side is kept.
    pub(super) fn merge(&mut self) -> bool {
        let marker = |line: &str| {
            let found = MARKERS.iter().find(|marker| line.starts_with(**marker))?;
            // `=======` alone, the others with a name.
            let rest = &line[found.len()..];
            (rest.is_empty() || rest.starts_with(' ')).then_some(*found)
        };
        let Some(first) = marker(self.line()) else {
            return false;
        };
        let start = self.at;
        let mut edits = Vec::new();
        let mut theirs = first != MARKERS[0];
        let mut at = start;
        loop {
            let line = self.text[at..]
                .split_inclusive('\n')
                .next()
                .unwrap_or_default();
            let plain = line.trim_end_matches(['\n', '\r']);
            let found = marker(plain);
            match found {
                Some(found) if found == MARKERS[0] => theirs = false,
                Some(_) => theirs = true,
                None => {}
            }
            if found.is_some() || theirs {
                edits.push(Edit::new(at..at + plain.len(), ""));
            }
            at += line.len();
            if found == Some(MARKERS[3]) || at >= self.text.len() {
                break;
            }
        }
        // A lone marker swallows nothing.
        let lone = !self.text[start..at]
            .lines()
            .any(|line| marker(line) == Some(MARKERS[3]));
        if lone {
            at = start + self.line().len();
            edits = vec![Edit::new(start..at, "")];
        }
        let place = start..start + first.len();
        // Each merge is one of its own.
        self.statement += 2;
        self.add(
            Kind::Merge,
            place,
            "this merge conflict is not resolved; keep one of the two sides, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`"
                .to_owned(),
            edits,
        );
        // What is kept is read like the rest.
        self.at = if lone { at } else { start + self.line().len() };
        if !lone {
            self.kept(at);
        }
        true
    }

    /// Reads what is kept of a merge, and goes on behind it.
    fn kept(&mut self, end: usize) {
        let text = &self.text[..end];
        while self.at < end {
            let line = self.text[self.at..].split('\n').next().unwrap_or_default();
            if self.text[..self.at].ends_with('\n')
                && MARKERS[1..].iter().any(|marker| line.starts_with(marker))
            {
                break;
            }
            self.step();
        }
        self.at = end.min(text.len());
        if self.open.is_empty() {
            self.before = Before::Start;
        }
    }
}
