//! The contexts that move, for people and for a pull request. Contexts are identified by their lines.

use std::fmt::Write as _;

use segments_model::evaluate::{Example, Moved, Moves};
use segments_model::{or_list, visible};

use crate::counted::counted;
use crate::markup::escaped;
use crate::output::{BAD, CHANGED, GOOD, STRONG, Style, Text, styled};

/// Contexts that move the same way, in words.
struct Way<'m> {
    /// Such as "3 enter".
    says: String,
    style: Style,
    moved: &'m Moved,
}

/// The change of one segment, AI Config or flag.
struct Item<'m> {
    name: String,
    says: String,
    ways: Vec<Way<'m>>,
}

fn items(moves: &Moves) -> Vec<Item<'_>> {
    let segments = moves.segments.iter().map(|segment| {
        let ways = [
            ("enter", GOOD, &segment.enter),
            ("leave", BAD, &segment.leave),
        ];
        let ways = ways.into_iter().map(|(verb, style, moved)| Way {
            says: format!("{} {}", moved.count, verb_of(verb, moved.count)),
            style,
            moved,
        });
        let moved = segment.moved_from.iter();
        let moved: String = moved.map(|from| format!(", moved from {from}")).collect();
        Item {
            name: format!("segment {}{moved}", segment.segment),
            says: format!("{} before, {} after", segment.before, segment.after),
            ways: ways.chain([unknown(&segment.unknown)]).collect(),
        }
    });
    let flags = moves.flags.iter().map(|flag| {
        let ways = flag.served.iter().map(|served| Way {
            says: format!(
                "{} from {} to {}",
                served.moved.count, served.from, served.to
            ),
            style: CHANGED,
            moved: &served.moved,
        });
        Item {
            name: flag.resource.to_string(),
            says: match flag.moved() {
                0 => "serves everybody the same".to_owned(),
                1 => "serves 1 context something else".to_owned(),
                moved => format!("serves {moved} contexts something else"),
            },
            ways: ways.chain([unknown(&flag.unknown)]).collect(),
        }
    });
    segments.chain(flags).collect()
}

fn unknown(moved: &Moved) -> Way<'_> {
    Way {
        says: format!("unknown for {}", moved.count),
        style: CHANGED,
        moved,
    }
}

fn verb_of(verb: &str, count: u64) -> String {
    if count == 1 {
        format!("{verb}s")
    } else {
        verb.to_owned()
    }
}

/// "12 of 1000 contexts move (1.2%)".
fn headline(moves: &Moves) -> String {
    let contexts = counted(moves.contexts, "context");
    if moves.segments.is_empty() && moves.flags.is_empty() {
        return format!("{contexts}: nothing that affects them changes");
    }
    let tenths = moves.moved.saturating_mul(1000) / moves.contexts.max(1);
    let mut says = format!(
        "{} of {contexts} {} ({}.{}%)",
        moves.moved,
        verb_of("move", moves.moved),
        tenths / 10,
        tenths % 10
    );
    if moves.unknown > 0 {
        let _ = write!(says, ", and {} unknown", moves.unknown);
    }
    says
}

/// The problem with contexts of kinds that nothing tests.
fn unasked(moves: &Moves) -> Option<String> {
    if moves.unasked == 0 {
        return None;
    }
    let kinds: Vec<&str> = moves.unasked_kinds.iter().map(String::as_str).collect();
    let advice = match kinds[..] {
        [kind] => or_list(kind, moves.asked_kinds.iter().map(String::as_str)),
        _ => String::new(),
    };
    Some(format!(
        "{} {} of a kind that nothing tests: `{}`{advice}",
        counted(moves.unasked, "context"),
        if moves.unasked == 1 { "is" } else { "are" },
        kinds.join("`, `"),
    ))
}

/// A line of the text, with its style.
struct Line {
    style: Option<Style>,
    says: String,
    /// The rest of the line, without a style.
    rest: String,
}

fn lines(moves: &Moves) -> Vec<Line> {
    let line = |style, says: String, rest: String| Line { style, says, rest };
    let mut lines = Vec::new();
    for item in items(moves) {
        lines.push(line(Some(STRONG), item.name, format!(": {}", item.says)));
        for way in item.ways.into_iter().filter(|way| way.moved.count > 0) {
            lines.push(line(
                Some(way.style),
                format!("  {}", way.says),
                String::new(),
            ));
            for example in &way.moved.examples {
                let Example {
                    line: number,
                    before,
                    after,
                } = example;
                let says = format!("    line {number}: {after}; before: {before}");
                lines.push(line(None, says, String::new()));
            }
        }
    }
    if let Some(unasked) = unasked(moves) {
        lines.push(line(Some(CHANGED), unasked, String::new()));
    }
    lines.push(line(Some(STRONG), headline(moves), String::new()));
    lines
}

pub(super) fn human(moves: &Moves) -> Text {
    let lines = lines(moves).into_iter().map(|line| match line.style {
        Some(style) => styled(style, line.says).then(line.rest),
        None => line.says.into(),
    });
    Text::lines(lines)
}

/// The same without styles, each line with everything escaped that is not seen.
pub(super) fn plain(moves: &Moves) -> String {
    let lines = lines(moves).into_iter();
    let lines = lines.map(|line| visible(&format!("{}{}", line.says, line.rest)).into_owned());
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn markdown(moves: &Moves) -> String {
    let mut text = format!("## {}\n", escaped(&headline(moves)));
    if let Some(unasked) = unasked(moves) {
        let _ = writeln!(text, "\n- **warning**: {}", escaped(&unasked));
    }
    let items = items(moves);
    if items.is_empty() {
        return text;
    }
    text.push_str("\n| what | contexts | moves |\n|---|---|---|\n");
    for item in &items {
        let ways = item.ways.iter().filter(|way| way.moved.count > 0);
        let ways: Vec<String> = ways.map(|way| escaped(&way.says)).collect();
        let ways = if ways.is_empty() {
            "nobody".to_owned()
        } else {
            ways.join("<br>")
        };
        let _ = writeln!(
            text,
            "| {} | {} | {ways} |",
            escaped(&item.name),
            escaped(&item.says)
        );
    }
    let examples = items.iter().flat_map(|item| {
        let ways = item.ways.iter().filter(|way| way.moved.count > 0);
        ways.map(move |way| (item, way))
    });
    let mut rows = examples
        .flat_map(|(item, way)| way.moved.examples.iter().map(move |it| (item, way, it)))
        .peekable();
    if rows.peek().is_some() {
        text.push_str(
            "\n<details><summary>Examples, by their lines in the file of contexts</summary>\n\n",
        );
        text.push_str("| what | line | before | after |\n|---|---|---|---|\n");
        for (item, way, example) in rows {
            let _ = writeln!(
                text,
                "| {}, {} | {} | {} | {} |",
                escaped(&item.name),
                escaped(&way.says),
                example.line,
                escaped(&example.before),
                escaped(&example.after)
            );
        }
        text.push_str("\n</details>\n");
    }
    text
}
