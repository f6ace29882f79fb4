//! Every block of code is of a kind that is tested, here or where a comment says.

use std::fs;

use segments_model::{AttributeType, OPERATORS, file};

use crate::page::{blocks, pages};
use crate::{cases, root};

/// A file is right, unless its fence says `toml,wrong`: then the next block is what is said of it.
/// Part of a manifest is marked `toml,manifest`, part of a file `toml,part`. The page of diagnostics
/// has a test of its own. A `toml,recipe` begins with what the page says first, in `toml,begin`, and nothing at all
/// is said of it.
#[test]
fn files_are_read() {
    let mut read = 0;
    for (path, page) in pages() {
        if path.ends_with("docs/diagnostics.md") {
            continue;
        }
        let blocks = blocks(&page);
        let begin = blocks.iter().find(|block| block.info == "toml,begin");
        let begin = begin.map_or("", |block| block.code);
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
                "toml,recipe" => {
                    // Keys of the file stand in front of its tables.
                    let (keys, tables) = block.code.split_at(block.code.find('[').unwrap());
                    let (keys, tables) = if keys.contains('=') {
                        block.code.split_at(block.code.find("\n\n").unwrap())
                    } else {
                        (keys, tables)
                    };
                    let whole = format!("{keys}\n{begin}\n{tables}");
                    let report = file::read("segments.toml", whole.as_bytes());
                    assert!(report.diagnostics().is_empty(), "{place}\n{report}");
                }
                "toml,begin" => {}
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

/// The program of the page includes this file.
#[test]
fn the_file_of_the_whole_application_is_the_one_that_is_shown() {
    let page = fs::read_to_string(root().join("docs/guide/whole-application.md")).unwrap();
    let shown = blocks(&page)
        .into_iter()
        .find(|block| block.info == "toml")
        .unwrap();
    let file = fs::read_to_string(root().join("examples/audiences.toml")).unwrap();
    assert_eq!(shown.code, file);
}

/// Output that is shown, by its page and first line, and who compares it.
const SHOWN: &[(&str, &str, &str)] = &[
    (
        "README.md",
        "== What an edit would mean",
        "examples/tests/shown.rs",
    ),
    (
        "docs/reference/ai-configs.md",
        "== What a sync would do",
        "examples/tests/shown.rs",
    ),
    (
        "docs/reference/ai.md",
        "== Sync",
        "examples/ai-service/tests/shown.rs",
    ),
    (
        "docs/guide/first-segment.md",
        "created settled-staff",
        "examples/tests/shown.rs",
    ),
];

/// What the compiler says of the cases of `tests/ui`.
fn compile_errors() -> String {
    cases("stderr").concat()
}

/// The pages whose Rust is compiled and run as documentation.
fn compiled_pages() -> String {
    let sources = [
        "examples/src/lib.rs",
        "segments-runtime/src/lib.rs",
        "segments-cli/src/lib.rs",
    ];
    let sources = sources.map(|source| fs::read_to_string(root().join(source)).unwrap());
    let included = sources
        .iter()
        .flat_map(|source| source.split("include_str!(\"../../").skip(1));
    included
        .map(|rest| rest.split('"').next().unwrap().to_owned() + "\n")
        .collect()
}

/// No code without a test: each kind of block has one, here or where the comment says.
#[test]
fn every_block_is_of_a_kind_that_is_tested() {
    let refused = fs::read_to_string(root().join("tests/ui/segment/readme.rs")).unwrap();
    let (compiled, errors) = (compiled_pages(), compile_errors());
    let programs = fs::read_dir(root().join("examples/testcontainers")).unwrap();
    let programs = programs.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let programs: Vec<String> = programs.collect();
    for (path, page) in pages() {
        if path.ends_with("docs/diagnostics.md") {
            continue;
        }
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
        let blocks = blocks(&page);
        for (index, block) in blocks.iter().enumerate() {
            let (kind, rest) = block.info.split_once(',').unwrap_or((block.info, ""));
            let known = match kind {
                // What does not compile is part of a file that is compared with what the compiler says.
                "rust" if rest.contains("ignore") => refused.contains(block.code),
                "rust" => compiled.lines().any(|compiled| compiled == name),
                // `commands.rs` looks at what they name, and the tests of `cargo segments` run those of
                // `docs/reference/cli.md`.
                "console" | "sh" => true,
                // Compared with what is said of the file before it.
                "text" if index > 0 && blocks[index - 1].info == "toml,wrong" => true,
                // What a tool answers, which `tests/cli/mcp.rs` of the command line compares.
                "text" if index > 0 && blocks[index - 1].info == "json,call" => true,
                "text" if block.code.starts_with("error") => errors.contains(block.code),
                "text" => {
                    name == "docs/architecture.md"
                        || SHOWN.iter().any(|(page, start, _)| {
                            *page == name && block.code.lines().next() == Some(start)
                        })
                }
                "toml" => ["", "wrong", "manifest", "part", "begin", "recipe"].contains(&rest),
                "json" => serde_json::from_str::<serde_json::Value>(block.code).is_ok(),
                "yaml" => serde_saphyr::from_str::<serde_json::Value>(block.code).is_ok(),
                // Whole programs, which `tests/cli/image.rs` of the command line reads.
                "python" | "js" => programs.iter().any(|program| program == block.code),
                _ => false,
            };
            assert!(known, "{name}:{}: ```{}", block.line, block.info);
        }
    }
    for (page, _, by) in SHOWN {
        let test = fs::read_to_string(root().join(by)).unwrap();
        assert!(test.contains(page), "{by} does not speak of {page}");
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
        return;
    }
    assert_eq!(page[start..end], table, "UPDATE=1 accepts the table");
}
