//! The structure of a file, even if it is half typed: for editors.
//!
//! [`read`](super::read) returns the meaning of a file and its mistakes. An [`Outline`] returns the names
//! that are declared and used, with their places, and follows a text while it is typed.
//!
//! ```
//! use segments_model::file::{Outline, Slot};
//!
//! let text = "[segments.staff]\nrules = [{ clauses = [{ attribute = \"email\", op = ";
//! let cursor = Outline::new(text).cursor(text, text.len());
//! assert!(matches!(cursor.slot, Slot::Operator { of: Some(of) } if of.name() == "email"));
//! ```

mod part;
mod slot;
mod tree;
mod walk;

use std::ops::Range;
use std::sync::Arc;

pub use part::PartOf;
pub use slot::{KeyOf, Keys, Role, Slot, Symbol};
pub use tree::unquoted;

use super::shape;
use super::span::Span;
use walk::{Visitor, Walk};

/// The names of a file, with their places.
///
/// A text is divided at the headers of tables. After a change, only the changed parts are read again.
#[derive(Debug, Default)]
pub struct Outline {
    /// In the order of the text, without gaps.
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    start: usize,
    len: usize,
    /// Names, with places from the start of the block.
    names: Vec<(Span, Symbol, Role)>,
    /// Headers with their contents, with places from the start of the block.
    sections: Vec<Section>,
}

/// The meaning of a position in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    /// The meaning.
    pub slot: Slot,
    /// The word at the position, with its quotes.
    pub word: Option<Range<usize>>,
    /// The other keys of the table, or the other elements of the array.
    pub beside: Vec<Arc<str>>,
}

/// A header, with its contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// From the header to the next one.
    pub span: Range<usize>,
    /// The header itself.
    pub head: Range<usize>,
    /// The words of the header, each with its place.
    pub path: Vec<(String, Range<usize>)>,
    /// Whether it adds a table to an array.
    pub is_element: bool,
    /// The values of several lines: tables and arrays.
    pub folds: Vec<Range<usize>>,
}

impl Outline {
    /// Reads a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let blocks = divide(text, 0);
        Self { blocks }
    }

    /// Reads a text again after `replaced` was exchanged for `inserted` bytes.
    pub fn edit(&mut self, text: &str, replaced: &Range<usize>, inserted: usize) {
        // A string of several lines may go on anywhere.
        if self.blocks.is_empty() || has_long_strings(text) || self.blocks.len() == 1 {
            *self = Self::new(text);
            return;
        }
        let at = |offset: usize| {
            let after = self.blocks.partition_point(|block| block.start <= offset);
            after.saturating_sub(1)
        };
        // A block whose first line changes may be part of the one before it.
        let first = at(replaced.start).saturating_sub(1);
        let last = at(replaced.end);
        let (start, end) = (self.blocks[first].start, self.blocks[last].end());
        let moved = |offset: usize| offset + inserted - replaced.len();
        let again = divide(&text[start..moved(end)], start);
        for block in &mut self.blocks[last + 1..] {
            block.start = moved(block.start);
        }
        self.blocks.splice(first..=last, again);
    }

    /// Iterates over all names, in the order of the text.
    pub fn names(&self) -> impl Iterator<Item = (Range<usize>, &Symbol, Role)> {
        self.blocks.iter().flat_map(|block| {
            block.names.iter().map(|(span, symbol, role)| {
                let span = block.start + span.start..block.start + span.end;
                (span, symbol, *role)
            })
        })
    }

    /// Returns the meaning of a position.
    #[must_use]
    pub fn cursor(&self, text: &str, offset: usize) -> Cursor {
        let block = self.blocks.iter().rfind(|block| block.start <= offset);
        let (start, end) = block.map_or((0, 0), |block| (block.start, block.end()));
        let mut at = At {
            offset: offset - start,
            found: Cursor {
                slot: Slot::Unknown,
                word: None,
                beside: Vec::new(),
            },
        };
        walk(text.get(start..end).unwrap_or_default(), &mut at);
        let word = at.found.word.as_mut();
        if let Some(word) = word {
            *word = start + word.start..start + word.end;
        }
        at.found
    }

    /// Returns every word of a part of the text, with its meaning.
    #[must_use]
    pub fn words(&self, text: &str, part: &Range<usize>) -> Vec<(Range<usize>, Slot)> {
        let mut all = Vec::new();
        for block in self.touching(part) {
            let mut words = Words(Vec::new());
            walk(
                text.get(block.start..block.end()).unwrap_or_default(),
                &mut words,
            );
            let moved = words.0.into_iter().map(|(span, slot)| {
                let span = block.start + span.start..block.start + span.end;
                (span, slot)
            });
            all.extend(moved);
        }
        all
    }

    /// Returns the headers of the text, with their contents.
    #[must_use]
    pub fn sections(&self) -> Vec<Section> {
        self.blocks.iter().flat_map(Block::sections).collect()
    }

    /// Returns the sections around a part of the text.
    #[must_use]
    pub fn sections_in(&self, part: &Range<usize>) -> Vec<Section> {
        self.touching(part).flat_map(Block::sections).collect()
    }

    /// Returns the position of the first header, or the end of the text.
    #[must_use]
    pub fn first_header(&self) -> usize {
        let Some(first) = self.blocks.first() else {
            return 0;
        };
        let header = first.sections.first();
        header.map_or(first.end(), |section| first.start + section.span.start)
    }

    fn touching(&self, part: &Range<usize>) -> impl Iterator<Item = &Block> {
        let part = part.clone();
        self.blocks
            .iter()
            .filter(move |block| block.start < part.end && part.start < block.end())
    }
}

impl Block {
    fn end(&self) -> usize {
        self.start + self.len
    }

    fn sections(&self) -> impl Iterator<Item = Section> {
        self.sections
            .iter()
            .map(|section| section.moved(self.start))
    }
}

impl Section {
    /// The section of a tree, if it has a header.
    fn new(section: &tree::Section, text: &str) -> Option<Self> {
        let head = section.head.as_ref()?;
        let values = section
            .entries
            .iter()
            .filter_map(|entry| entry.value.as_ref());
        let mut folds = Vec::new();
        for value in values {
            fold(value, text, &mut folds);
        }
        let word = |span: &Span| (unquoted(&text[span.clone()]).into_owned(), span.clone());
        Some(Self {
            span: section.span.clone(),
            head: head.span.clone(),
            path: head.keys.words.iter().map(word).collect(),
            is_element: head.is_element,
            folds,
        })
    }

    fn moved(&self, start: usize) -> Self {
        let moved = |span: &Span| start + span.start..start + span.end;
        let word = |(word, span): &(String, Span)| (word.clone(), moved(span));
        Self {
            span: moved(&self.span),
            head: moved(&self.head),
            path: self.path.iter().map(word).collect(),
            is_element: self.is_element,
            folds: self.folds.iter().map(moved).collect(),
        }
    }
}

/// Tables and arrays of several lines.
fn fold(node: &tree::Node, text: &str, folds: &mut Vec<Range<usize>>) {
    let (tree::Node::Array(brackets, _) | tree::Node::Table(brackets, _)) = node else {
        return;
    };
    let whole = &brackets.whole;
    if !text[whole.clone()].contains('\n') {
        return;
    }
    folds.push(whole.clone());
    match node {
        tree::Node::Array(_, elements) => {
            for element in elements {
                fold(element, text, folds);
            }
        }
        tree::Node::Table(_, entries) => {
            for value in entries.iter().filter_map(|entry| entry.value.as_ref()) {
                fold(value, text, folds);
            }
        }
        tree::Node::Missing(_) | tree::Node::Scalar(_) => {}
    }
}

fn has_long_strings(text: &str) -> bool {
    text.contains("\"\"\"") || text.contains("'''")
}

/// Divides a text before each line that can only be a header of one of our tables.
fn divide(text: &str, start: usize) -> Vec<Block> {
    let mut starts = vec![0];
    if !has_long_strings(text) {
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            if at > 0 && is_header(line) {
                starts.push(at);
            }
            at += line.len();
        }
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let blocks = starts.iter().zip(ends).map(|(from, to)| {
        let inside = &text[*from..to];
        let sections = tree::sections(inside);
        let mut names = Names(Vec::new());
        walk_sections(&sections, inside, &mut names);
        Block {
            start: start + from,
            len: to - from,
            names: names.0,
            sections: sections
                .iter()
                .filter_map(|it| Section::new(it, inside))
                .collect(),
        }
    });
    blocks.collect()
}

fn is_header(line: &str) -> bool {
    let Some(inside) = line.trim_start().strip_prefix('[') else {
        return false;
    };
    let inside = inside.strip_prefix('[').unwrap_or(inside).trim_start();
    let end = inside.find(|found: char| !found.is_ascii_alphanumeric() && found != '_');
    let first = &inside[..end.unwrap_or(inside.len())];
    shape::FILE.key(first).is_some()
}

fn walk(text: &str, visitor: &mut impl Visitor) {
    walk_sections(&tree::sections(text), text, visitor);
}

fn walk_sections(sections: &[tree::Section], text: &str, visitor: &mut impl Visitor) {
    let mut walk = Walk::new(text, visitor);
    for section in sections {
        walk.section(section);
    }
}

struct Names(Vec<(Span, Symbol, Role)>);

impl Visitor for Names {
    fn word(&mut self, span: Span, slot: Slot) {
        if let Slot::Name { symbol, role } = slot {
            self.0.push((span, symbol, role));
        }
    }

    fn gap(&mut self, _: &Span, _: impl FnOnce() -> Vec<Arc<str>>, _: impl FnOnce() -> Slot) {}
}

struct Words(Vec<(Span, Slot)>);

impl Visitor for Words {
    fn word(&mut self, span: Span, slot: Slot) {
        self.0.push((span, slot));
    }

    fn gap(&mut self, _: &Span, _: impl FnOnce() -> Vec<Arc<str>>, _: impl FnOnce() -> Slot) {}
}

struct At {
    offset: usize,
    found: Cursor,
}

impl Visitor for At {
    fn word(&mut self, span: Span, slot: Slot) {
        if span.start <= self.offset && self.offset <= span.end {
            self.found.slot = slot;
            self.found.word = Some(span);
        }
    }

    fn gap(
        &mut self,
        span: &Span,
        beside: impl FnOnce() -> Vec<Arc<str>>,
        slot: impl FnOnce() -> Slot,
    ) {
        if span.start <= self.offset && self.offset <= span.end {
            self.found = Cursor {
                slot: slot(),
                word: None,
                beside: beside(),
            };
        }
    }
}

#[cfg(test)]
mod tests;
