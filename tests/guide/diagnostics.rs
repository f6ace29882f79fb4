//! `docs/diagnostics.md` is written from the comments of the codes: each has code that gets it, what is said of it, and
//! code that gets nothing.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use segments_model::diagnostic::sarif;
use segments_model::file::{self, Beside};
use segments_model::{Code, Expiry, Severity};

use crate::codes::{DECLARED, Declared};
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

/// What is wrong with the comment of a code, and the comment with what is said of its code.
fn entry(declared: &Declared, begin: &str, compiler: &Compiler) -> (Vec<String>, String) {
    let Declared { name, comment, .. } = declared;
    let mut should = comment.clone();
    let blocks = blocks(comment);
    let (mut wrong, mut right) = (0, 0);
    let mut faults = Vec::new();
    // From behind, so that what is said anew moves no block that is still to come.
    for (index, block) in blocks.iter().enumerate().rev() {
        let said = blocks.get(index + 1).filter(|said| said.info == "text");
        let mut fault =
            |what: &str| faults.push(format!("{name}: {what}\n```{}\n{}", block.info, block.code));
        let mut words = block.info.split(',');
        match (words.next(), words.next(), words.next()) {
            (Some("toml"), Some("wrong"), _) => {
                wrong += 1;
                let (codes, message) = found(&whole(*block, begin));
                let codes: Vec<&str> = codes.iter().map(|code| code.name()).collect();
                match said {
                    _ if codes != [name] => fault(&format!("this gets {message}")),
                    None => fault("below it, a block of `text` says what it gets"),
                    Some(said) if said.code != message => {
                        should.replace_range(said.at..said.at + said.code.len(), &message);
                        if !is_update() {
                            fault(&format!("UPDATE=1 accepts {message}"));
                        }
                    }
                    Some(_) => {}
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
                } else if !said.is_some_and(|said| compiler.said.contains(said.code.trim())) {
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
    let has_none = [Code::DRAFT_INCOMPLETE, Code::POLICY_FIRST_STEP];
    if wrong == 0 && !has_none.iter().any(|code| code.name() == name) {
        faults.push(format!("{name} has no wrong code"));
    }
    if right == 0 {
        faults.push(format!("{name} has no right code"));
    }
    let meaning = comment.lines().next().unwrap_or_default();
    if !meaning.ends_with('.') {
        faults.push(format!("the meaning of `{name}` is no sentence: {meaning}"));
    }
    faults.reverse();
    (faults, should)
}

/// What is wrong with the comments, and the page as it should be.
static SHOULD: LazyLock<(Vec<String>, String)> = LazyLock::new(|| {
    let mut page = include_str!("diagnostics.md").to_owned();
    let begin = blocks(&page);
    let begin = begin.iter().find(|block| block.info == "toml,begin");
    let begin = begin.expect("how the files begin").code.to_owned();
    let compiler = Compiler::new();
    let mut faults = Vec::new();
    for (severity, heading) in [(Severity::Error, "Errors"), (Severity::Warning, "Warnings")] {
        page += &format!("\n## {heading}\n");
        let codes = DECLARED.iter().filter(|code| code.severity == severity);
        let mut codes: Vec<&Declared> = codes.collect();
        codes.sort_by_key(|code| &code.name);
        for code in codes {
            let (wrong, should) = entry(code, &begin, &compiler);
            faults.extend(wrong);
            if should != code.comment && is_update() {
                code.write(&should);
            }
            page += &format!("\n### `{}`\n\n{should}", code.name);
        }
    }
    (faults, page)
});

fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

#[test]
fn every_code_has_wrong_and_right_code() {
    let (faults, _) = &*SHOULD;
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn the_page_is_written_from_the_checks() {
    let (_, page) = &*SHOULD;
    let path = root().join(PAGE);
    if is_update() {
        fs::write(&path, page).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == *page,
        "{PAGE} is not what the files of the checks say; `UPDATE=1 cargo test -p segments-tests --test guide` writes it"
    );
}

/// Code review shows the page of a finding beside it.
#[test]
fn sarif_leads_to_the_page() {
    let (_, page) = &*SHOULD;
    let anchors = crate::page::anchors(page);
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
