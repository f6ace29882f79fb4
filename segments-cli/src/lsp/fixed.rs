//! Texts with the suggestions of messages applied, if there is a single fix.

use gen_lsp_types as lsp;
use segments_model::algebra::{KnownAttributes, Verdict};
use segments_model::diagnostic::{Edit, Suggestion};
use segments_model::file::{Report, SegmentsFile};
use segments_model::{AttributeRef, ContextKind, Definition, Targeting, relations};

use super::actions::each_fix;
use super::document::Document;
use super::position::Encoding;
use crate::definitions::read_texts;

/// How often texts are looked at again: a fix may show what else can be left out.
const ROUNDS: usize = 20;

/// Texts that belong together, each with all of its fixes and how many there are; in front stands the name that a
/// text is shown by. Of texts without errors every audience stays the same, in each environment, which is proved; a
/// fix of which it is not is left out.
pub(crate) fn fixed(mut texts: Vec<(String, String)>) -> Vec<(String, usize)> {
    let mut counts = vec![0; texts.len()];
    let mut read = reports(&texts);
    for _ in 0..ROUNDS {
        let mut changed = false;
        for at in 0..texts.len() {
            if let Some(fixed) = fixed_once(&texts, &read, at) {
                texts[at].1 = fixed.text;
                counts[at] += fixed.count;
                read = fixed.reports;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let texts = texts.into_iter().map(|(_, text)| text);
    texts.zip(counts).collect()
}

/// One of the texts with fixes.
struct Fixed {
    text: String,
    /// How many there are.
    count: usize,
    /// The reports of all texts, of which this is one.
    reports: Vec<Report>,
}

/// One of the texts with its fixes; none if nothing changes.
fn fixed_once(texts: &[(String, String)], read: &[Report], at: usize) -> Option<Fixed> {
    let (shown, text) = &texts[at];
    let uri = lsp::Uri("file:///segments.toml".into());
    let document = Document::new(uri, shown.clone(), text, Encoding::Utf8);
    let fixes = each_fix(&document, read[at].diagnostics());
    if fixes.is_empty() {
        return None;
    }
    let before = right(read);
    let count = fixes.len();
    let all = std::iter::once((fixes.concat(), count));
    let each = fixes.iter().cloned().map(|edits| (edits, 1));
    let written = all.chain(each).find_map(|(edits, count)| {
        let fixed = apply(text, edits);
        let mut after = texts.to_vec();
        after[at].1.clone_from(&fixed);
        let reports = reports(&after);
        keeps(before.as_deref(), &reports).then_some(Fixed {
            text: fixed,
            count,
            reports,
        })
    });
    written.filter(|fixed| fixed.text != *text)
}

fn apply(text: &str, edits: Vec<Edit>) -> String {
    Suggestion { edits }.apply(text)
}

fn reports(texts: &[(String, String)]) -> Vec<Report> {
    let read = read_texts(texts).into_iter();
    read.map(|file| file.report).collect()
}

/// The files, if none of them has an error.
fn right(reports: &[Report]) -> Option<Vec<&SegmentsFile>> {
    reports.iter().map(Report::file).collect()
}

/// Returns whether every audience is the same as before. Of a text with errors there are no audiences.
fn keeps(before: Option<&[&SegmentsFile]>, reports: &[Report]) -> bool {
    let Some(before) = before else {
        return true;
    };
    let Some(after) = right(reports) else {
        return false;
    };
    let kinds =
        |files: &[&SegmentsFile]| files.iter().map(|file| file.contexts.len()).sum::<usize>();
    // What is served is compared as it is written.
    if served(before) != served(&after) || kinds(before) != kinds(&after) {
        return false;
    }
    let known = before.iter().flat_map(|file| file.known_attributes());
    let known: KnownAttributes = known.collect();
    let domains = |kind: &ContextKind, attribute: &AttributeRef| known.domain(kind, attribute);
    let (was, is) = (definitions(before), definitions(&after));
    let changes = relations::changes(&was, &is, &domains);
    changes
        .iter()
        .all(|it| it.change.verdict() == Verdict::Same)
}

fn definitions<'f>(files: &[&'f SegmentsFile]) -> Vec<&'f Definition> {
    let segments = files.iter().flat_map(|file| &file.segments);
    segments.map(|it| &it.definition).collect()
}

fn served<'f>(files: &[&'f SegmentsFile]) -> Vec<&'f Targeting> {
    let targetings = files.iter().flat_map(|file| &file.targetings);
    targetings.map(|it| &it.targeting).collect()
}
