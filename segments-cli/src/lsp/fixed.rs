//! A text with what messages say to write, where that is one thing.

use std::collections::BTreeSet;

use gen_lsp_types as lsp;
use segments_model::algebra::{Algebra, Domain, Verdict};
use segments_model::diagnostic::{Edit, Suggestion};
use segments_model::file::{self, SegmentsFile};
use segments_model::{AttributeRef, ContextKind, Definition};

use super::actions::each_fix;
use super::document::Document;
use super::position::Encoding;

/// How often a text is looked at again: a fix may show what else can be left out.
const ROUNDS: usize = 20;

/// The text with all fixes, and how many there are. Of a text without errors every audience stays the same, in each
/// environment, which is proved; a fix of which it is not is left out.
pub(crate) fn fixed(shown: &str, text: &str) -> (String, usize) {
    let mut text = text.to_owned();
    let mut count = 0;
    for _ in 0..ROUNDS {
        let uri = lsp::Uri("file:///segments.toml".into());
        let document = Document::new(uri, shown.to_owned(), &text, Encoding::Utf8);
        let report = file::read(shown, text.as_bytes());
        let fixes = each_fix(&document, report.diagnostics());
        let before = report.into_file().ok();
        let all = apply(&text, fixes.concat());
        let written = if keeps(before.as_ref(), shown, &all) {
            Some((all, fixes.len()))
        } else {
            let each = fixes.into_iter().map(|edits| apply(&text, edits));
            let mut kept = each.filter(|text| keeps(before.as_ref(), shown, text));
            kept.next().map(|text| (text, 1))
        };
        match written {
            Some((fixed, more)) if fixed != text => {
                text = fixed;
                count += more;
            }
            _ => break,
        }
    }
    (text, count)
}

fn apply(text: &str, edits: Vec<Edit>) -> String {
    Suggestion { edits }.apply(text)
}

/// Returns whether every audience is the same as before. Of a text with errors there are no audiences.
fn keeps(before: Option<&SegmentsFile>, shown: &str, text: &str) -> bool {
    let Some(before) = before else {
        return true;
    };
    let Ok(after) = file::read(shown, text.as_bytes()).into_file() else {
        return false;
    };
    let definitions = |file: &SegmentsFile| -> Vec<Definition> {
        file.segments
            .iter()
            .map(|it| it.definition.clone())
            .collect()
    };
    let (was, is) = (definitions(before), definitions(&after));
    let serves = |file: &SegmentsFile| -> Vec<_> {
        file.targetings
            .iter()
            .map(|it| it.targeting.clone())
            .collect()
    };
    // What is served is compared as it is written.
    if serves(before) != serves(&after) || before.contexts.len() != after.contexts.len() {
        return false;
    }
    let domains =
        |kind: &ContextKind, attribute: &AttributeRef| -> Domain { before.domain(kind, attribute) };
    let keys: BTreeSet<&str> = was.iter().chain(&is).map(|it| it.key.as_str()).collect();
    Definition::environments_of(was.iter().chain(&is))
        .into_iter()
        .all(|environment| {
            let there = |all: &[Definition]| -> Vec<Definition> {
                all.iter()
                    .map(|it| it.in_environment(environment).into_owned())
                    .collect()
            };
            let (was, is) = (there(&was), there(&is));
            let algebra = Algebra::new(&is, &domains).with_earlier(&was);
            keys.iter()
                .all(|key| algebra.change(key).verdict() == Verdict::Same)
        })
}
