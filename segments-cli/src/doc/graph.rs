//! A drawing of references between segments: a segment is left of those that it references.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use segments_model::Definition;

const BOX: (usize, usize) = (180, 26);
const STEP: (usize, usize) = (260, 38);
const MARGIN: usize = 8;

/// Letters that a box has room for.
const LETTERS: usize = 25;

/// The segments that ask or are asked, each with its place.
pub(super) struct Graph<'a> {
    /// Column and row.
    places: BTreeMap<&'a str, (usize, usize)>,
    edges: Vec<(&'a str, &'a str)>,
}

impl<'a> Graph<'a> {
    pub(super) fn of(definitions: &'a [Definition]) -> Self {
        let edges: Vec<(&str, &str)> = definitions
            .iter()
            .flat_map(|one| {
                one.references()
                    .into_iter()
                    .map(|asked| (one.key.as_str(), asked))
            })
            .collect();
        let columns = columns(&edges);
        let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
        let places = columns.into_iter().map(|(key, column)| {
            let row = rows.entry(column).or_default();
            *row += 1;
            (key, (column, *row - 1))
        });
        Self {
            places: places.collect(),
            edges,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }

    pub(super) fn svg(&self, declared: &BTreeSet<&str>) -> Markup {
        let extent = |of: fn(&(usize, usize)) -> usize| self.places.values().map(of).max();
        let columns = extent(|place| place.0).unwrap_or_default();
        let rows = extent(|place| place.1).unwrap_or_default();
        let width = columns * STEP.0 + BOX.0 + 2 * MARGIN;
        let height = rows * STEP.1 + BOX.1 + 2 * MARGIN;
        html! {
            svg width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } role="img" {
                title { "References between segments" }
                defs {
                    marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto" {
                        path d="M0 0L8 4L0 8z" {}
                    }
                }
                @for (from, to) in &self.edges {
                    path.edge d=(self.curve(from, to)) marker-end="url(#arrow)" {}
                }
                @for (key, place) in &self.places {
                    (node(key, corner(*place), declared.contains(key)))
                }
            }
        }
    }

    fn curve(&self, from: &str, to: &str) -> String {
        let (from, to) = (corner(self.places[from]), corner(self.places[to]));
        let (x1, y1) = (from.0 + BOX.0, from.1 + BOX.1 / 2);
        let (x2, y2) = (to.0, to.1 + BOX.1 / 2);
        let bend = (STEP.0 - BOX.0) / 2;
        format!(
            "M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}",
            x1 + bend,
            x2.saturating_sub(bend)
        )
    }
}

/// The column of each segment: a segment is to the right of all that reference it. A segment gets its
/// place once all that reference it have theirs, so that every edge is visited once. Definitions have no
/// circles; a segment in one would stay in the first column.
fn columns<'a>(edges: &[(&'a str, &'a str)]) -> BTreeMap<&'a str, usize> {
    let mut columns = BTreeMap::new();
    let mut asked: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    for (from, to) in edges {
        columns.extend([(*from, 0), (*to, 0)]);
        asked.entry(from).or_default().push(to);
        *waiting.entry(to).or_default() += 1;
    }
    let mut placed: Vec<&str> = columns.keys().copied().collect();
    placed.retain(|key| !waiting.contains_key(key));
    while let Some(from) = placed.pop() {
        let behind = columns[from] + 1;
        for to in asked.get(from).into_iter().flatten() {
            let column = columns.entry(*to).or_default();
            *column = behind.max(*column);
            let waiting = waiting.entry(*to).or_default();
            *waiting -= 1;
            if *waiting == 0 {
                placed.push(to);
            }
        }
    }
    columns
}

/// The upper left corner of a place.
fn corner((column, row): (usize, usize)) -> (usize, usize) {
    (MARGIN + column * STEP.0, MARGIN + row * STEP.1)
}

fn node(key: &str, (x, y): (usize, usize), declared: bool) -> Markup {
    let shown: String = if key.chars().count() > LETTERS {
        key.chars().take(LETTERS - 1).chain(['…']).collect()
    } else {
        key.to_owned()
    };
    let class = if declared { "node" } else { "node elsewhere" };
    let drawn = html! {
        g class=(class) {
            title { (key) }
            rect x=(x) y=(y) width=(BOX.0) height=(BOX.1) rx="5" {}
            text x=(x + 9) y=(y + 17) { (shown) }
        }
    };
    html! {
        @if declared { a href={ "#" (key) } { (drawn) } } @else { (drawn) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_stands_left_of_whom_it_asks() {
        let text = r#"
            [segments.a]
            rules = [{ clauses = [{ op = "segmentMatch", values = ["b", "c"] }] }]
            [segments.b]
            rules = [{ clauses = [{ op = "segmentMatch", values = ["c"] }] }]
            [segments.c]
            nobody = true
            [segments.alone]
            nobody = true
        "#;
        let file = segments_model::file::read("x", text.as_bytes())
            .into_file()
            .unwrap();
        let definitions: Vec<_> = file
            .segments
            .into_iter()
            .map(|one| one.definition)
            .collect();
        let graph = Graph::of(&definitions);
        let expected = [("a", (0, 0)), ("b", (1, 0)), ("c", (2, 0))];
        assert_eq!(graph.places, BTreeMap::from(expected));
        assert_eq!(graph.edges.len(), 3);
    }

    #[test]
    fn everybody_in_a_long_chain_gets_a_place_of_its_own() {
        let keys: Vec<String> = (0..10_000).map(|n| format!("s{n}")).collect();
        let edges = keys.windows(2);
        let edges: Vec<_> = edges.map(|of| (of[0].as_str(), of[1].as_str())).collect();
        let columns = columns(&edges);
        assert!(
            keys.iter()
                .zip(0..)
                .all(|(key, at)| columns[key.as_str()] == at)
        );
    }
}
