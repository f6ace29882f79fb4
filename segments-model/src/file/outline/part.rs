//! Removable parts of a text: an element of an array, a key with its value, a table with its header.

use std::ops::Range;

use super::super::span::Span;
use super::Outline;
use super::tree::{self, Entry, Node};

/// A removable part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartOf {
    /// An element of an array, or a key with its value in an inline table: separated by commas.
    Brackets(Range<usize>),
    /// A key with its value, on separate lines.
    Lines(Range<usize>),
    /// A header with everything below it.
    Section(Range<usize>),
}

impl PartOf {
    /// Returns the place of the part alone.
    #[must_use]
    pub fn span(&self) -> &Range<usize> {
        match self {
            PartOf::Brackets(span) | PartOf::Lines(span) | PartOf::Section(span) => span,
        }
    }

    /// Returns the text to remove with the part: its comma, or the rest of its lines.
    #[must_use]
    pub fn removal(&self, text: &str) -> Range<usize> {
        match self {
            PartOf::Section(span) => span.clone(),
            PartOf::Lines(span) => {
                let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
                let end = text[span.end..].find('\n');
                start..end.map_or(text.len(), |end| span.end + end + 1)
            }
            PartOf::Brackets(span) => {
                let (before, after) = (&text[..span.start], &text[span.end..]);
                if let Some(rest) = after.trim_start().strip_prefix(',') {
                    let next = rest.trim_start_matches([' ', '\t']);
                    return span.start..text.len() - next.len();
                }
                let start = before.trim_end();
                let start = start.strip_suffix(',').map_or(span.start, str::len);
                start..span.end
            }
        }
    }
}

impl Outline {
    /// Returns the smallest removable part around a position.
    #[must_use]
    pub fn part(&self, text: &str, place: &Range<usize>) -> Option<PartOf> {
        self.parts(text, place).pop()
    }

    /// Returns the removable parts around a position, from the largest to the smallest. The section is
    /// among them only for a position in a header.
    #[must_use]
    pub fn parts(&self, text: &str, place: &Range<usize>) -> Vec<PartOf> {
        let mut parts = Vec::new();
        let beyond = place.end.max(place.start + 1);
        let Some(block) = self.touching(&(place.start..beyond)).next() else {
            return parts;
        };
        let (start, end) = (block.start, block.end());
        let inside = text.get(start..end).unwrap_or_default();
        let place = place.start.saturating_sub(start)..place.end.saturating_sub(start);
        let moved = |span: Span| start + span.start..start + span.end;
        for section in tree::sections(inside) {
            let head = section.head.as_ref();
            if head.is_some_and(|head| covers(&head.span, &place)) {
                parts.push(PartOf::Section(moved(section.span)));
                return parts;
            }
            for entry in &section.entries {
                let Some(whole) = whole(entry).filter(|whole| covers(whole, &place)) else {
                    continue;
                };
                parts.push(PartOf::Lines(moved(whole)));
                if let Some(value) = &entry.value {
                    let mut spans = Vec::new();
                    inner(value, &place, &mut spans);
                    parts.extend(spans.into_iter().map(|span| PartOf::Brackets(moved(span))));
                }
                return parts;
            }
        }
        parts
    }
}

fn covers(span: &Span, place: &Span) -> bool {
    span.start <= place.start && place.end <= span.end
}

fn whole(entry: &Entry) -> Option<Span> {
    let first = entry.keys.words.first()?;
    let last = entry.keys.words.last()?;
    let end = match &entry.value {
        None => last.end,
        Some(value) => span_of(value).end,
    };
    Some(first.start..end)
}

fn span_of(node: &Node) -> Span {
    match node {
        Node::Missing(span) => span.start..span.start,
        Node::Scalar(span) => span.clone(),
        Node::Array(brackets, _) | Node::Table(brackets, _) => brackets.whole.clone(),
    }
}

/// The parts between brackets that a place is in, from the largest to the smallest.
fn inner(node: &Node, place: &Span, parts: &mut Vec<Span>) {
    match node {
        Node::Array(_, elements) => {
            let there = |element: &&Node| covers(&span_of(element), place);
            if let Some(element) = elements.iter().find(there) {
                parts.push(span_of(element));
                inner(element, place, parts);
            }
        }
        Node::Table(_, entries) => {
            for entry in entries {
                let Some(whole) = whole(entry).filter(|whole| covers(whole, place)) else {
                    continue;
                };
                parts.push(whole);
                if let Some(value) = &entry.value {
                    inner(value, place, parts);
                }
            }
        }
        Node::Missing(_) | Node::Scalar(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, part: &str) -> String {
        let at = text.find(part).unwrap();
        let outline = Outline::new(text);
        let found = outline.part(text, &(at..at + part.len())).unwrap();
        let mut text = text.to_owned();
        text.replace_range(found.removal(&text), "");
        text
    }

    #[test]
    fn parts_go_with_their_commas_and_lines() {
        for (text, part, expected) in [
            ("a = ['x', 'y']", "'x'", "a = ['y']"),
            ("a = ['x', 'y']", "'y'", "a = ['x']"),
            ("a = ['x']", "'x'", "a = []"),
            ("a = { b = 1, c = 2 }", "1", "a = { c = 2 }"),
            ("a = { b = 1, c = 2 }", "c", "a = { b = 1 }"),
            ("a = 1 # why\nb = 2\n", "1", "b = 2\n"),
            (
                "[segments.a]\nb = 1\n[segments.c]\n",
                "segments.a",
                "[segments.c]\n",
            ),
            (
                "a = [\n  { b = 1 },\n  { c = 1 },\n]",
                "{ b = 1 }",
                "a = [\n  \n  { c = 1 },\n]",
            ),
        ] {
            assert_eq!(without(text, part), expected, "{text}");
        }
    }
}
