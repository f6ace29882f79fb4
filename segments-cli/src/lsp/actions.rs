//! Code actions at a position: every suggestion of a message, and alternatives.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use gen_lsp_types as lsp;
use segments_model::diagnostic::{Diagnostic, Edit, Suggestion};
use segments_model::file::{self, PartOf, Role, Slot, Symbol, unquoted};
use segments_model::{AttributeType, Code, Operator, Severity};

use super::diagnostics;
use super::document::Document;
use super::place::Place;
use super::rename;
use super::workspace::Workspace;
use crate::spelling::{key_text, text};

pub(super) const KINDS: [&str; 3] = ["quickfix", "refactor.rewrite", "source.fixAll"];

/// Of a larger text only a part is read again to see whether a fix helps.
const PROVED: usize = 32 << 10;

/// How many fixes are proved for one answer.
const MOST_PROVED: usize = 50;

/// Something to do about a diagnostic.
struct Fix {
    title: String,
    edits: Vec<Edit>,
    /// Whether it is what the message says.
    is_advice: bool,
}

impl Fix {
    fn new(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            title: title.into(),
            edits,
            is_advice: false,
        }
    }
}

pub(super) fn all(
    workspace: &Workspace,
    path: &Path,
    document: &Document,
    part: &Range<usize>,
    only: Option<&[lsp::CodeActionKind]>,
) -> Vec<lsp::CodeAction> {
    let wanted = |kind: &lsp::CodeActionKind| {
        let kind = name_of(kind);
        only.is_none_or(|only| {
            only.iter().map(name_of).any(|of| {
                of.is_empty()
                    || kind == of
                    || kind
                        .strip_prefix(&of)
                        .is_some_and(|rest| rest.starts_with('.'))
            })
        })
    };
    let found = document.diagnostics();
    let mut actions = Vec::new();
    if wanted(&lsp::CodeActionKind::QuickFix) {
        let here = found
            .iter()
            .filter(|found| found.span.start <= part.end && part.start <= found.span.end);
        for found in here {
            let told = diagnostics::one(document, found);
            actions.extend(renamed(workspace, path, document, found, &told));
            for fix in fixes(document, found) {
                actions.push(lsp::CodeAction {
                    diagnostics: Some(vec![told.clone()]),
                    is_preferred: fix.is_advice.then_some(true),
                    ..action(
                        document,
                        fix.title,
                        lsp::CodeActionKind::QuickFix,
                        &fix.edits,
                    )
                });
            }
        }
    }
    if wanted(&lsp::CodeActionKind::RefactorRewrite)
        && let Some(edit) = split_rule(document, part)
    {
        let title = "Split this rule into one for each value".to_owned();
        actions.push(action(
            document,
            title,
            lsp::CodeActionKind::RefactorRewrite,
            &[edit],
        ));
    }
    if wanted(&lsp::CodeActionKind::SourceFixAll) {
        let edits = fix_all(document, &found);
        if !edits.is_empty() {
            let title = "Apply all fixes".to_owned();
            actions.push(action(
                document,
                title,
                lsp::CodeActionKind::SourceFixAll,
                &edits,
            ));
        }
    }
    actions
}

fn name_of(kind: &lsp::CodeActionKind) -> String {
    let json = serde_json::to_value(kind).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

fn action(
    document: &Document,
    title: String,
    kind: lsp::CodeActionKind,
    edits: &[Edit],
) -> lsp::CodeAction {
    let edits = edits.iter().map(|edit| document.edit_of(edit)).collect();
    let changes = HashMap::from([(document.uri.clone(), edits)]);
    lsp::CodeAction {
        title,
        kind: Some(kind),
        edit: Some(lsp::WorkspaceEdit {
            changes: Some(changes),
            ..lsp::WorkspaceEdit::default()
        }),
        ..lsp::CodeAction::default()
    }
}

/// The advice in the message of a diagnostic.
fn advice(message: &str) -> Option<&str> {
    message.rsplit_once("; ").map(|(_, advice)| advice)
}

fn title(advice: &str) -> String {
    let advice = advice.trim_end_matches('?');
    let advice = advice
        .strip_prefix("did you mean ")
        .map_or_else(|| advice.to_owned(), |it| format!("write {it}"));
    let mut letters = advice.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

fn fixes(document: &Document, found: &Diagnostic) -> Vec<Fix> {
    let mut fixes = Vec::new();
    fixes.extend(suggested(document, found));
    fixes.extend(declared(document, found));
    if found.severity() == Severity::Warning {
        fixes.extend(allowed(document, found));
    }
    fixes
}

/// The change that a message says in words.
fn suggested(document: &Document, found: &Diagnostic) -> Option<Fix> {
    let advice = advice(&found.message);
    let as_advice = |title: String, edits: Vec<Edit>| Fix {
        title,
        edits,
        is_advice: true,
    };
    if let Some(Suggestion { edits }) = &found.suggestion {
        let title = advice.map_or_else(|| format!("Fix: {}", found.message), title);
        return Some(as_advice(title, edits.clone()));
    }
    let advice = advice?;
    let candidates = [
        written(document, found, advice),
        left_out(document, found, advice),
    ];
    let mut proved = candidates
        .into_iter()
        .flatten()
        .filter(|edit| helps(document, found, edit));
    let edit = proved.next()?;
    Some(as_advice(title(advice), vec![edit]))
}

/// `write ...`: the value is exchanged for what stands between the quotes of the message.
fn written(document: &Document, found: &Diagnostic, advice: &str) -> Option<Edit> {
    let quoted = advice
        .split_once("write `")
        .or_else(|| advice.split_once("did you mean `"))?
        .1;
    let end = quoted.rfind('`')?;
    let instead = quoted[..end].split("` without").next()?;
    let raw = document.text.get(found.span.clone())?;
    let quote = raw
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''));
    let replacement = match quote {
        // A list of several values stands in the place of one.
        Some(_) if instead.starts_with(['[', '"']) => instead.trim_matches(['[', ']']).to_owned(),
        Some(quote) => text(instead, Some(quote)),
        None => instead.to_owned(),
    };
    Some(Edit::new(found.span.clone(), replacement))
}

/// `leave it out`: the value, the key or the rule goes. Where a message names several ways, or a part of a value, nothing
/// does by itself.
fn left_out(document: &Document, found: &Diagnostic, advice: &str) -> Option<Edit> {
    let goes = ["leave it out", "remove the second", "write it once"].contains(&advice);
    if !goes && !diagnostics::changes_nothing(found.code) {
        return None;
    }
    let part = document.outline.part(&document.text, &found.span)?;
    Some(Edit::new(part.removal(&document.text), ""))
}

/// Returns whether a change takes a diagnostic away and brings no error. Of a large file only what the change is about
/// is read: contexts, and the tables of the segment.
fn helps(document: &Document, found: &Diagnostic, edit: &Edit) -> bool {
    let Some((text, edit)) = around(document, edit) else {
        return false;
    };
    let changed = Suggestion { edits: vec![edit] }.apply(&text);
    let count = |text: &str| {
        let report = file::read(&document.shown, text.as_bytes());
        let all = report.diagnostics().iter();
        let same = all.clone().filter(|other| other.code == found.code).count();
        let errors = all.filter(|other| other.severity() == Severity::Error);
        (same, errors.count())
    };
    let ((same_before, errors_before), (same, errors)) = (count(&text), count(&changed));
    same < same_before && errors <= errors_before
}

/// The part of a text that decides about a change, and the change in it.
fn around(document: &Document, edit: &Edit) -> Option<(String, Edit)> {
    let source = &document.text;
    if source.len() <= PROVED {
        return Some((source.clone(), edit.clone()));
    }
    let outline = &document.outline;
    let place = edit.span.start..edit.span.end.max(edit.span.start + 1);
    let here = outline.sections_in(&place);
    let here = here
        .iter()
        .find(|section| section.span.contains(&place.start))?;
    let name = |section: &file::Section| -> Vec<String> {
        section
            .path
            .iter()
            .take(2)
            .map(|(word, _)| word.clone())
            .collect()
    };
    let here = name(here);
    let declared = outline.names().filter(|(_, symbol, role)| {
        let is_same = here.get(1).is_some_and(|it| it == symbol.name());
        *role == Role::Declares && (is_same || matches!(symbol, Symbol::Kind(_)))
    });
    let above = 0..outline.first_header();
    let mut spans: Vec<Range<usize>> = std::iter::once(above).collect();
    for (place, ..) in declared {
        let sections = outline.sections_in(&place).into_iter();
        let wanted = sections.filter(|section| {
            let of_contexts = section
                .path
                .first()
                .is_some_and(|(word, _)| word == "contexts");
            of_contexts || name(section) == here
        });
        spans.extend(wanted.map(|section| section.span));
    }
    spans.sort_by_key(|span| span.start);
    spans.dedup();
    let mut text = String::new();
    let mut moved = None;
    for span in spans {
        if span.start <= edit.span.start && edit.span.end <= span.end {
            let start = text.len() + edit.span.start - span.start;
            let span = start..start + edit.span.len();
            moved = Some(Edit::new(span, edit.replacement.clone()));
        }
        text.push_str(&source[span]);
    }
    Some((text, moved?))
}

/// A key of another style is another name, wherever it stands.
fn renamed(
    workspace: &Workspace,
    path: &Path,
    document: &Document,
    found: &Diagnostic,
    told: &lsp::Diagnostic,
) -> Option<lsp::CodeAction> {
    if found.code != Code::STYLE_KEY {
        return None;
    }
    let name = found.message.rsplit_once("write `")?.1.strip_suffix('`')?;
    let place = Place {
        workspace,
        path: path.to_owned(),
        document,
        offset: found.span.start,
        cursor: document.outline.cursor(&document.text, found.span.start),
    };
    let edit = rename::rename(&place, name).ok()?.edit;
    Some(lsp::CodeAction {
        title: format!("Rename to `{name}` everywhere"),
        kind: Some(lsp::CodeActionKind::QuickFix),
        diagnostics: Some(vec![told.clone()]),
        is_preferred: Some(true),
        edit: Some(edit),
        ..lsp::CodeAction::default()
    })
}

/// Declares what is used.
fn declared(document: &Document, found: &Diagnostic) -> Vec<Fix> {
    let slot = document
        .outline
        .cursor(&document.text, found.span.start)
        .slot;
    match (found.code, slot) {
        (Code::ATTRIBUTE_UNKNOWN, Slot::Name { symbol, .. }) => {
            declare_attribute(document, &symbol, found)
                .into_iter()
                .collect()
        }
        (
            Code::KIND_UNKNOWN,
            Slot::Name {
                symbol: Symbol::Kind(kind),
                ..
            },
        ) => {
            let header = format!("[contexts.{}.attributes]", key_text(&kind, None));
            let fix = Fix::new(
                format!("Declare {}", Symbol::Kind(kind)),
                vec![new_table(document, &header, "")],
            );
            vec![fix]
        }
        (
            Code::SEGMENT_UNKNOWN,
            Slot::Name {
                symbol: Symbol::Segment(key),
                ..
            },
        ) => {
            let header = format!("[segments.{}]", key_text(&key, None));
            let end = document.text.len();
            let gap = if document.text.ends_with('\n') {
                "\n"
            } else {
                "\n\n"
            };
            let declared = Edit::new(
                end..end,
                format!("{gap}{header}\ndescription = \"\"\nnobody = true\n"),
            );
            vec![
                Fix::new(format!("Declare segment `{key}`"), vec![declared]),
                Fix::new(
                    format!("List `{key}` in `external_segments`"),
                    vec![listed(document, None, "external_segments", &key)],
                ),
            ]
        }
        (
            Code::VARIATION_UNKNOWN,
            Slot::Name {
                symbol:
                    Symbol::Variation {
                        resource,
                        targeting,
                        key,
                    },
                ..
            },
        ) => {
            let table = [resource.table(), &targeting];
            let edit = listed(document, Some(table), "variations", &key);
            vec![Fix::new(format!("Declare variation `{key}`"), vec![edit])]
        }
        _ => Vec::new(),
    }
}

/// Declares an attribute of the type that what compares it fits.
fn declare_attribute(document: &Document, symbol: &Symbol, found: &Diagnostic) -> Option<Fix> {
    let Symbol::Attribute { kind, attribute } = symbol else {
        return None;
    };
    let line = found.span.start..found.span.end + 1;
    let operator = document
        .outline
        .words(&document.text, &line)
        .into_iter()
        .find_map(|(_, slot)| match slot {
            Slot::Value {
                of: Some(of),
                operator,
            } if of == *symbol => operator,
            _ => None,
        });
    let types = operator.map(Operator::row).map(|row| row.types);
    let attribute_type = types
        .filter(|types| types.len() == 1)
        .and_then(<[_]>::first);
    let attribute_type = attribute_type.copied().unwrap_or(AttributeType::String);
    let entry = format!("{} = \"{attribute_type}\"\n", key_text(attribute, None));
    let kinds = document.outline.names().filter(|(_, symbol, role)| {
        *role == Role::Declares && matches!(symbol, Symbol::Kind(of) if of == kind)
    });
    let outline = &document.outline;
    let mut sections = kinds.flat_map(|(place, ..)| outline.sections_in(&place));
    let header = sections.find(|section| {
        let path: Vec<&str> = section.path.iter().map(|(word, _)| &word[..]).collect();
        path == ["contexts", kind, "attributes"]
    });
    let edit = match header {
        Some(section) => {
            let end = document.text[section.head.end..].find('\n');
            match end {
                Some(end) => {
                    let at = section.head.end + end + 1;
                    Edit::new(at..at, entry)
                }
                None => Edit::new(
                    document.text.len()..document.text.len(),
                    format!("\n{entry}"),
                ),
            }
        }
        None => {
            let header = format!("[contexts.{}.attributes]", key_text(kind, None));
            new_table(document, &header, &entry)
        }
    };
    Some(Fix::new(
        format!("Declare {symbol} of `{kind}`"),
        vec![edit],
    ))
}

/// A new table above all others.
fn new_table(document: &Document, header: &str, entries: &str) -> Edit {
    let at = document.outline.first_header();
    let gap = if at == 0 || document.text[..at].ends_with('\n') {
        ""
    } else {
        "\n"
    };
    Edit::new(at..at, format!("{gap}{header}\n{entries}\n"))
}

/// The section of a table that has a name, if it has a header of its own.
fn section_of(document: &Document, [table, name]: [&str; 2]) -> Option<file::Section> {
    let outline = &document.outline;
    let mut declared = outline
        .names()
        .filter(|(_, symbol, role)| *role == Role::Declares && symbol.name() == name);
    declared.find_map(|(place, ..)| {
        let mut sections = outline.sections_in(&place).into_iter();
        sections.find(|section| {
            let words = section.path.iter().map(|(word, _)| &word[..]);
            section.path.len() == 2 && words.eq([table, name])
        })
    })
}

/// A word more in an array of a table: of the file, or below a header.
fn listed(document: &Document, table: Option<[&str; 2]>, key: &str, word: &str) -> Edit {
    let source = &document.text;
    let word = text(word, None);
    let section = table.and_then(|table| section_of(document, table));
    let (from, to) = match &section {
        Some(section) => (section.head.end, section.span.end),
        None => (0, document.outline.first_header()),
    };
    let words = document.outline.words(source, &(from..to.max(from + 1)));
    let written = words.into_iter().find(|(span, slot)| {
        let inside = from <= span.start && span.end <= to;
        inside && matches!(slot, Slot::Key(_)) && unquoted(&source[span.clone()]) == key
    });
    if let Some((span, _)) = written
        && let Some(part) = document.outline.part(source, &span)
        && let Some(array) = part
            .span()
            .end
            .checked_sub(1)
            .filter(|end| source[*end..].starts_with(']'))
    {
        let inside = source[span.end..array].trim_end();
        let comma = if inside.ends_with(['[', ',']) {
            ""
        } else {
            ", "
        };
        let at = span.end + inside.len();
        return Edit::new(at..at, format!("{comma}{word}"));
    }
    let entry = format!("{key} = [{word}]\n");
    match section {
        Some(section) => {
            let line = source[section.head.end..].find('\n');
            let at = line.map_or(source.len(), |line| section.head.end + line + 1);
            let before = if line.is_none() { "\n" } else { "" };
            Edit::new(at..at, format!("{before}{entry}"))
        }
        // Behind the line that names the schema.
        None => {
            let at = if source.starts_with("#:") {
                source.find('\n').map_or(source.len(), |end| end + 1)
            } else {
                0
            };
            Edit::new(at..at, entry)
        }
    }
}

/// Silences a warning, for what it is about or for the file.
fn allowed(document: &Document, found: &Diagnostic) -> Vec<Fix> {
    let code = found.code.name();
    let mut fixes = Vec::new();
    let before = document.outline.names().filter(|(span, symbol, role)| {
        let has_list = matches!(symbol, Symbol::Segment(_) | Symbol::Targeting { .. });
        has_list && *role == Role::Declares && span.start <= found.span.end
    });
    if let Some((_, symbol, _)) = before.last() {
        let table = match symbol {
            Symbol::Targeting { resource, .. } => resource.table(),
            _ => "segments",
        };
        if section_of(document, [table, symbol.name()]).is_some() {
            let edit = listed(document, Some([table, symbol.name()]), "allow", code);
            fixes.push(Fix::new(format!("Allow `{code}` for {symbol}"), vec![edit]));
        }
    }
    let edit = listed(document, None, "allow", code);
    fixes.push(Fix::new(format!("Allow `{code}` in this file"), vec![edit]));
    fixes
}

/// Every change that is the only advice, none of which touch each other.
fn fix_all(document: &Document, found: &[Diagnostic]) -> Vec<Edit> {
    each_fix(document, found).concat()
}

/// The fixes of several diagnostics that do not touch each other.
pub(super) fn each_fix(document: &Document, found: &[Diagnostic]) -> Vec<Vec<Edit>> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut fixes = Vec::new();
    let mut proved = 0;
    for found in found {
        proved += usize::from(found.suggestion.is_none());
        if proved > MOST_PROVED && found.suggestion.is_none() {
            continue;
        }
        let Some(fix) = suggested(document, found) else {
            continue;
        };
        let touches = |edit: &Edit| {
            edits
                .iter()
                .any(|known| edit.span.start <= known.span.end && known.span.start <= edit.span.end)
        };
        if !fix.edits.iter().any(touches) {
            edits.extend(fix.edits.iter().cloned());
            fixes.push(fix.edits);
        }
    }
    fixes
}

/// Makes one rule of each value of a clause: one match is enough either way.
fn split_rule(document: &Document, part: &Range<usize>) -> Option<Edit> {
    let source = &document.text;
    let parts = document.outline.parts(source, part);
    let values = parts
        .iter()
        .rposition(|part| source[part.span().clone()].starts_with("values"))?;
    let clause = &parts.get(values.checked_sub(1)?)?.span();
    if source[(*clause).clone()].contains("negate") {
        return None;
    }
    let clauses = values.checked_sub(2)?;
    if !source[parts[clauses].span().clone()].starts_with("clauses") {
        return None;
    }
    let PartOf::Brackets(rule) = parts.get(clauses.checked_sub(1)?)? else {
        return None;
    };
    let words = document.outline.words(source, rule);
    let inside = parts[values].span();
    let values: Vec<&Range<usize>> = words
        .iter()
        .filter(|(span, slot)| {
            let is_value = matches!(
                slot,
                Slot::Value { .. }
                    | Slot::Name {
                        role: Role::Uses,
                        ..
                    }
            );
            is_value && inside.start <= span.start && span.end <= inside.end
        })
        .map(|(span, _)| span)
        .collect();
    let [first, _, ..] = values[..] else {
        return None;
    };
    let last = values.last()?;
    let (before, after) = (
        &source[rule.start..first.start],
        &source[last.end..rule.end],
    );
    let rules: Vec<String> = values
        .iter()
        .map(|value| format!("{before}{}{after}", &source[(*value).clone()]))
        .collect();
    Some(Edit::new(rule.clone(), rules.join(", ")))
}
