//! `docs/diagnostics.md` has each code of the model, with code that gets it and code that gets nothing.

use std::collections::BTreeSet;
use std::fs;

use segments_model::diagnostic::sarif;
use segments_model::file::{self, Beside};
use segments_model::{Code, Expiry, Severity};

use crate::page::{Block, blocks};
use crate::{cases, root};

const PAGE: &str = "docs/diagnostics.md";

/// What only the compiler says, as it says it: every case of the compile errors.
struct Compiler {
    /// Rust and TOML that are refused.
    refused: String,
    said: String,
    /// TOML that is included by a test.
    included: String,
}

impl Compiler {
    fn new() -> Self {
        Self {
            refused: cases("rs").join("\n") + &cases("toml").join("\n"),
            said: cases("stderr").join("\n"),
            included: fs::read_to_string(root().join("tests/toml/mended.toml")).unwrap(),
        }
    }
}

/// A line with `{1..100}` is a hundred lines.
fn expanded(code: &str) -> String {
    let lines = code.lines().flat_map(|line| {
        let numbered = line.split_once("{1..").and_then(|(before, rest)| {
            let (last, after) = rest.split_once('}')?;
            Some((before, last.parse::<u32>().ok()?, after))
        });
        match numbered {
            None => vec![format!("{line}\n")],
            Some((before, last, after)) => (1..=last)
                .map(|number| format!("{before}{number}{after}\n"))
                .collect(),
        }
    });
    lines.collect()
}

/// The file that a block stands for.
fn whole(block: Block<'_>, begin: &str) -> Vec<u8> {
    let (before, code) = if block.info.ends_with("alone") {
        ("", block.code)
    } else {
        (begin, block.code)
    };
    let text = format!("{before}\n{}", expanded(code));
    if block.info.ends_with("latin1") {
        return text
            .chars()
            .map(|letter| u8::try_from(letter).unwrap())
            .collect();
    }
    text.into_bytes()
}

/// The codes that a file gets, and what is said of it.
fn found(text: &[u8]) -> (BTreeSet<Code>, String) {
    let day = Expiry::parse("2026-01-01").unwrap().milliseconds();
    let report = file::read_beside("segments.toml", text, &Beside::default().at(day));
    let codes = report.diagnostics().iter().map(|found| found.code);
    let said = report.diagnostics().iter().map(|found| {
        let (severity, code) = (found.severity(), found.code);
        format!("{severity}[{code}]: {}\n", found.message)
    });
    (codes.collect(), said.collect())
}

/// What is wrong with what the page says of one code. The page gets the messages as they should be.
fn entry(code: Code, page: &mut String, begin: &str, compiler: &Compiler) -> Vec<String> {
    let shown = page.clone();
    let blocks = blocks(&shown);
    let (mut wrong, mut right) = (0, 0);
    let mut faults = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let said = |index: usize| blocks.get(index + 1).map_or("", |said| said.code);
        let mut fault =
            |what: &str| faults.push(format!("{code}: {what}\n```{}\n{}", block.info, block.code));
        let mut words = block.info.split(',');
        match (words.next(), words.next(), words.next()) {
            (Some("toml"), Some("wrong"), _) => {
                wrong += 1;
                let (codes, message) = found(&whole(*block, begin));
                if codes != BTreeSet::from([code]) {
                    fault(&format!("this gets {message}"));
                } else if said(index) != message {
                    *page = page.replacen(said(index), &message, 1);
                    fault(&format!("UPDATE=1 accepts {message}"));
                }
            }
            (Some("toml"), Some("right"), _) => {
                right += 1;
                let (codes, message) = found(&whole(*block, begin));
                if !codes.is_empty() {
                    fault(&format!("this gets {message}"));
                }
            }
            (Some("toml"), Some("include"), Some("wrong"))
            | (Some("rust"), Some("ignore"), None) => {
                wrong += 1;
                if !compiler.refused.contains(block.code) {
                    fault("no case of `tests/ui` has this");
                } else if !compiler.said.contains(said(index).trim()) {
                    fault("the compiler says something else");
                }
            }
            (Some("toml"), Some("include"), Some("right")) => {
                right += 1;
                if !compiler.included.contains(block.code) {
                    fault("`tests/toml/mended.toml` has something else");
                }
            }
            // Compiled and run with the guide's other Rust.
            (Some("rust"), None | Some("standalone_crate"), None) => right += 1,
            (Some("text"), None, None) => {}
            _ => fault("no test knows what this is"),
        }
    }
    // A draft is no code that somebody writes: one program shows both sides of it. With what a rule begins is
    // wrong beside LaunchDarkly only.
    let has_none = [Code::DraftIncomplete, Code::PolicyFirstStep];
    if wrong == 0 && !has_none.contains(&code) {
        faults.push(format!("{code} has no wrong code"));
    }
    if right == 0 {
        faults.push(format!("{code} has no right code"));
    }
    faults
}

#[test]
fn every_code_has_wrong_and_right_code() {
    let path = root().join(PAGE);
    let mut page = fs::read_to_string(&path).unwrap();
    let begin = blocks(&page);
    let begin = begin.iter().find(|block| block.info == "toml,begin");
    let begin = begin.expect("how the files begin").code.to_owned();
    let compiler = Compiler::new();
    let (errors, warnings) = page.split_once("\n## Warnings\n").expect("two parts");
    let parts = [errors.to_owned(), warnings.to_owned()];
    let mut faults = Vec::new();
    for code in Code::ALL {
        let part = &parts[usize::from(code.severity() == Severity::Warning)];
        let Some((_, rest)) = part.split_once(&format!("\n### `{code}`\n")) else {
            faults.push(format!("{PAGE} has no `{code}`"));
            continue;
        };
        let shown = rest.split("\n##").next().unwrap();
        let explained = shown.trim_start().replace('\n', " ");
        if !explained.starts_with(code.meaning()) {
            faults.push(format!("`{code}` means: {}", code.meaning()));
        }
        let mut should = shown.to_owned();
        faults.extend(entry(*code, &mut should, &begin, &compiler));
        page = page.replace(shown, &should);
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, page).unwrap();
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn the_page_has_no_code_that_is_gone() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let known: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    let shown = page.lines().filter_map(|line| line.strip_prefix("### `"));
    let shown: Vec<&str> = shown.map(|name| name.trim_end_matches('`')).collect();
    assert_eq!(shown.len(), known.len());
    assert!(shown.iter().all(|name| known.contains(name)), "{shown:?}");
}

/// Code review shows the page of a finding beside it.
#[test]
fn sarif_leads_to_the_page() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let anchors = crate::page::anchors(&page);
    let log = sarif(std::iter::empty::<(_, [_; 0])>());
    let rules = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    assert_eq!(rules.len(), Code::ALL.len());
    for rule in rules {
        let address = rule["helpUri"].as_str().unwrap();
        let (file, anchor) = address.split_once('#').unwrap();
        let repository = env!("CARGO_PKG_REPOSITORY");
        assert_eq!(file, format!("{repository}/blob/main/{PAGE}"));
        assert_eq!(rule["id"], anchor);
        assert!(anchors.iter().any(|known| known == anchor), "{address}");
    }
}
