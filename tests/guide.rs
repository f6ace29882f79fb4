//! The guide says what is so: its files are read, its table is the operator table, its links lead
//! somewhere, and every page is in the book.

use std::fs;
use std::path::{Path, PathBuf};

use segments_model::{AttributeType, OPERATORS, file};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// The pages of the guide and of the examples, and those at the top.
fn pages() -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, deep: bool, pages: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && deep {
                collect(&path, deep, pages);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    let mut pages = Vec::new();
    collect(&root(), false, &mut pages);
    collect(&root().join("docs"), true, &mut pages);
    collect(&root().join("examples"), true, &mut pages);
    pages.sort();
    pages
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

struct Block<'a> {
    /// What stands behind the fence.
    info: &'a str,
    code: &'a str,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(start) = page[at..].find("\n```").map(|found| at + found + 1) {
        let code = start + page[start..].find('\n').unwrap() + 1;
        let end = code + page[code..].find("```").expect("every block ends");
        blocks.push(Block {
            info: page[start + 3..code].trim(),
            code: &page[code..end],
            line: page[..start].lines().count() + 1,
        });
        at = end + 2;
    }
    blocks
}

/// A file is right, unless its fence says `toml,wrong`: then the next block is what is said of it.
/// Part of a manifest is marked `toml,manifest`, part of a file `toml,part`.
#[test]
fn files_are_read() {
    let mut read = 0;
    for (path, page) in pages() {
        let blocks = blocks(&page);
        for (index, block) in blocks.iter().enumerate() {
            let place = format!("{}:{}", path.display(), block.line);
            let report = file::read("segments.toml", block.code.as_bytes());
            match block.info {
                "toml" => assert!(!report.has_errors(), "{place}\n{report}"),
                "toml,wrong" => {
                    let said = blocks
                        .get(index + 1)
                        .expect("what is said of it")
                        .code
                        .trim();
                    let report = report.to_string();
                    assert!(report.contains(said), "{place}\n{report}");
                }
                "toml,manifest" | "toml,part" => {
                    block
                        .code
                        .parse::<toml::Table>()
                        .unwrap_or_else(|error| panic!("{place}: {error}"));
                }
                _ => continue,
            }
            read += 1;
        }
    }
    assert!(read >= 2, "{read}");
}

/// No code without a test: each kind of block has one, here or where the comment says.
#[test]
fn every_block_is_of_a_kind_that_is_tested() {
    let refused = fs::read_to_string(root().join("tests/ui/readme.rs")).unwrap();
    for (path, page) in pages() {
        for block in blocks(&page) {
            let (kind, rest) = block.info.split_once(',').unwrap_or((block.info, ""));
            let known = match kind {
                // `examples/src/lib.rs` and the crates' own documentation compile them; what does not
                // compile is part of a file that is compared with what the compiler says.
                "rust" => !rest.contains("ignore") || refused.contains(block.code),
                // Commands for a person, and output: the tests beside the programs compare what matters.
                "console" | "text" | "sh" => true,
                "toml" => ["", "wrong", "manifest", "part"].contains(&rest),
                "json" => serde_json::from_str::<serde_json::Value>(block.code).is_ok(),
                _ => false,
            };
            assert!(
                known,
                "{}:{}: ```{}",
                path.display(),
                block.line,
                block.info
            );
        }
    }
}

#[test]
fn the_operator_table_is_the_operator_table() {
    let path = root().join("docs/guide/rules.md");
    let page = fs::read_to_string(&path).unwrap();
    let start = page.find("|---|---|---|---|---|\n").unwrap() + "|---|---|---|---|---|\n".len();
    let end = page.find("<!-- end -->").unwrap();
    let mut table = String::new();
    for row in OPERATORS {
        let methods: Vec<_> = row
            .methods
            .iter()
            .map(|method| format!("`{method}`"))
            .collect();
        let types: Vec<_> = row.types.iter().copied().map(AttributeType::name).collect();
        let types = if types.is_empty() {
            "none: the whole context".to_owned()
        } else {
            types.join(", ")
        };
        table += &format!(
            "| `{}` | {} | {types} | {} | {}; {} |\n",
            row.wire,
            methods.join(", "),
            row.operand,
            row.phrase,
            row.negated_phrase
        );
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, [&page[..start], &table, &page[end..]].concat()).unwrap();
    }
    assert_eq!(page[start..end], table, "UPDATE=1 accepts the table");
}

#[test]
fn links_lead_somewhere() {
    for (path, page) in pages() {
        for link in page.split("](").skip(1) {
            let link = link.split([')', ' ']).next().unwrap();
            let file = link.split('#').next().unwrap();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            let target = path.parent().unwrap().join(file);
            assert!(target.exists(), "{} links to {link}", path.display());
        }
    }
}

#[test]
fn every_page_is_in_the_book() {
    let docs = root().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    for (path, _) in pages() {
        if let Ok(page) = path.strip_prefix(&docs)
            && page != Path::new("SUMMARY.md")
        {
            let page = page.display();
            assert!(summary.contains(&format!("({page})")), "{page} is missing");
        }
    }
}

/// `SECURITY.md` names the test that shows each row; a test that is gone, or has another name, shows
/// nothing.
#[test]
fn the_tests_that_security_names_exist() {
    fn functions(path: &Path, into: &mut String) {
        if path.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                functions(&entry.unwrap().path(), into);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&fs::read_to_string(path).unwrap());
        }
    }
    let security = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let mut sources = String::new();
    for folder in ["tests", "segments-cli", "segments-emulator/tests"] {
        functions(&root().join(folder), &mut sources);
    }
    let named = security.split('`').skip(1).step_by(2);
    let tests: Vec<_> = named
        .filter(|name| {
            name.matches('_').count() >= 3
                && name
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        })
        .collect();
    assert!(tests.len() > 15, "{tests:?}");
    for test in tests {
        assert!(
            sources.contains(&format!("fn {test}()")),
            "there is no test {test}"
        );
    }
}
