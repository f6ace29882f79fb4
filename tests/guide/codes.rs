//! The codes as the files of the checks declare them with `code!`, each with its comment.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use segments_model::{Code, Severity};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, ExprLit, Ident, Item, Lit, LitStr, Meta, Token};

use crate::root;

/// A code in the source.
pub struct Declared {
    /// The file, from the root of the repository.
    pub file: PathBuf,
    pub constant: String,
    pub severity: Severity,
    pub name: String,
    /// The comment, of which the first line is the meaning.
    pub comment: String,
}

/// The codes of all files, in the order of the files' paths.
pub static DECLARED: LazyLock<Vec<Declared>> = LazyLock::new(|| {
    let mut files = Vec::new();
    sources(Path::new("segments-model/src"), &mut files);
    files.sort();
    files.iter().flat_map(|file| of_file(file)).collect()
});

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        if root().join(&path).is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn of_file(file: &Path) -> Vec<Declared> {
    let text = fs::read_to_string(root().join(file)).unwrap();
    if !text.contains("code! {") {
        return Vec::new();
    }
    let items = syn::parse_file(&text).unwrap().items;
    let invoked = items.into_iter().filter_map(|item| match item {
        Item::Macro(item) if item.mac.path.is_ident("code") => Some(item.mac),
        _ => None,
    });
    let rows = invoked.flat_map(|invoked| {
        let rows = invoked.parse_body::<Rows>();
        rows.unwrap_or_else(|error| panic!("{}: {error}", file.display()))
            .0
    });
    let declared = rows.map(|row| Declared {
        file: file.to_owned(),
        constant: row.constant.to_string(),
        severity: match &*row.severity.to_string() {
            "Error" => Severity::Error,
            "Warning" => Severity::Warning,
            other => panic!("{}: `{other}` is no severity", file.display()),
        },
        name: row.name.value(),
        comment: comment(&row.attributes),
    });
    declared.collect()
}

/// What stands in the braces of `code!`.
struct Rows(Vec<Row>);

struct Row {
    attributes: Vec<Attribute>,
    constant: Ident,
    severity: Ident,
    name: LitStr,
}

impl Parse for Rows {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut rows = Vec::new();
        while !input.is_empty() {
            let attributes = input.call(Attribute::parse_outer)?;
            let constant = input.parse()?;
            input.parse::<Token![=]>()?;
            let severity = input.parse()?;
            let name = input.parse()?;
            input.parse::<Token![;]>()?;
            rows.push(Row {
                attributes,
                constant,
                severity,
                name,
            });
        }
        Ok(Self(rows))
    }
}

fn comment(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(line),
                ..
            }) => line.value(),
            _ => panic!("a line of a comment is a text"),
        },
        _ => panic!("a code has comments and no attributes"),
    });
    let lines = lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(&line)));
    lines.collect()
}

impl Declared {
    /// Writes another comment into the file.
    pub fn write(&self, comment: &str) {
        let path = root().join(&self.file);
        let text = fs::read_to_string(&path).unwrap();
        let row = format!("    {} = ", self.constant);
        let end = text.find(&row).expect("the row begins a line");
        let is_comment = |line: &&str| line.starts_with("    ///");
        let begin = text[..end].split_inclusive('\n').rev();
        let begin = end - begin.take_while(is_comment).map(str::len).sum::<usize>();
        let lines = comment
            .lines()
            .map(|line| format!("    /// {line}").trim_end().to_owned() + "\n");
        let comment: String = lines.collect();
        fs::write(path, format!("{}{comment}{}", &text[..begin], &text[end..])).unwrap();
    }
}

#[test]
fn every_code_is_in_a_table() {
    let known: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    for Declared { file, name, .. } in &*DECLARED {
        assert!(
            known.contains(&**name),
            "`{name}` is in no table; add `{}` to the `mod.rs` beside {}, below `mod` and in the table",
            file.file_stem().unwrap().display(),
            file.display()
        );
    }
    let mut names = BTreeSet::new();
    for Declared { file, name, .. } in &*DECLARED {
        let is_new = names.insert(name);
        assert!(is_new, "{} declares `{name}` again", file.display());
    }
    assert_eq!(known.len(), names.len());
}

/// Who looks for a code finds its file by its name.
#[test]
fn a_file_has_the_name_of_its_code() {
    let mut before: Option<&Declared> = None;
    for code in &*DECLARED {
        let constant = code.name.to_uppercase().replace('-', "_");
        let file = code.file.display();
        assert_eq!(code.constant, constant, "{file}");
        // Of two codes between which one comparison decides, the first.
        if before.is_none_or(|before| before.file != code.file) {
            let name = code.file.file_stem().unwrap().to_str().unwrap();
            assert_eq!(name, constant.to_lowercase(), "{file}");
            before = Some(code);
        }
    }
}

/// A file that only declares a code says which files find it; where the compiler finds it, which say it.
#[test]
fn the_files_that_find_a_code_name_it() {
    let mut named = 0;
    for code in &*DECLARED {
        let text = fs::read_to_string(root().join(&code.file)).unwrap();
        let first = text.lines().take_while(|line| line.starts_with("//!"));
        let first: String = first.collect();
        let is_source = |file: &&str| Path::new(file).extension().is_some_and(|it| it == "rs");
        for file in first.split('`').skip(1).step_by(2).filter(is_source) {
            let below = [root(), root().join("segments-model/src")];
            let path = below.map(|folder| folder.join(file));
            let path = path.iter().find(|path| path.exists());
            let path = path.unwrap_or_else(|| panic!("{}: {file}", code.file.display()));
            let finds = format!("Code::{}", code.constant);
            let text = fs::read_to_string(path).unwrap();
            assert!(
                text.contains(&finds) || first.starts_with("//! Said by"),
                "{file} does not find `{}`",
                code.name
            );
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}
