//! Rust that includes a file: the macro calls that name it, and uses of the names that they make.
//!
//! Rust is read as words, not understood. So a name is looked for only in packages that include the file and in those
//! that depend on them, and one that a package declares itself is left alone.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use segments_model::file::Symbol;
use segments_model::rust_name;

/// How many entries of folders are looked at.
const MOST_ENTRIES: usize = 50_000;

/// A larger file is written by a program.
const LARGEST: u64 = 1 << 20;

/// The Rust of the folders that are open.
#[derive(Debug, Default)]
pub(crate) struct Crates {
    /// The text of each manifest, by the folder of its package.
    packages: BTreeMap<PathBuf, toml::Table>,
    sources: BTreeMap<PathBuf, Source>,
    includes: Vec<Include>,
}

/// A Rust file.
#[derive(Debug)]
struct Source {
    text: Arc<str>,
    tokens: OnceCell<Vec<Token>>,
}

impl Source {
    fn new(text: impl Into<Arc<str>>) -> Self {
        Self {
            text: text.into(),
            tokens: OnceCell::new(),
        }
    }

    /// The words and strings, without comments. Most files are asked for none.
    fn tokens(&self) -> &[Token] {
        self.tokens.get_or_init(|| tokens(&self.text))
    }
}

/// A call of `include_segments!`.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "lsp"),
    allow(dead_code, reason = "editors ask where the calls are")
)]
pub(crate) struct Include {
    /// The Rust file.
    pub(crate) file: PathBuf,
    /// The folder of its package.
    pub(crate) package: PathBuf,
    /// The literal that names the file.
    span: Range<usize>,
    /// The file, without links.
    named: PathBuf,
}

/// A place in a Rust file.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) file: PathBuf,
    pub(crate) span: Range<usize>,
    /// Where it is, for people: `src/main.rs:12`.
    pub(crate) shown: String,
    /// The whole file.
    pub(crate) text: Arc<str>,
}

impl Use {
    /// What stands there.
    pub(crate) fn written(&self) -> &str {
        &self.text[self.span.clone()]
    }
}

/// The word that stands for a new name where one stands for the old name.
pub(crate) fn renamed(used: &Use, old: &Symbol, new: &Symbol) -> Option<String> {
    let (old, new) = (made_of(old), made_of(new));
    let raw = used.written().starts_with("r#");
    let name = used.written().trim_start_matches("r#");
    let at = old.iter().position(|made| made.name == name)?;
    let name = &new.get(at)?.name;
    Some(if raw {
        format!("r#{name}")
    } else {
        name.clone()
    })
}

/// Places that are left to a person, in words.
pub(crate) fn left(places: &[String]) -> Option<String> {
    if places.is_empty() {
        return None;
    }
    let shown: Vec<&str> = places.iter().take(8).map(String::as_str).collect();
    let more = places.len() - shown.len();
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Some(format!(
        "left places that may mean something else; rename them by hand: {}{more}",
        shown.join(", ")
    ))
}

/// Uses of what a macro makes of a name.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) uses: Vec<Use>,
    /// Places with the same word that may mean something else.
    pub(crate) doubtful: Vec<Use>,
}

/// What a macro makes of a name, and how it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    /// The type that the name belongs to: `User` of `User::EMAIL`.
    of: Option<String>,
    pub(crate) name: String,
    /// Whether it is a word of its own, and no part of a longer one such as `CheckoutVariation`.
    is_type: bool,
}

/// The names that a macro makes of a name of the file.
pub(crate) fn made_of(symbol: &Symbol) -> Vec<Made> {
    let of_type = |name: String| Made {
        of: None,
        name,
        is_type: true,
    };
    let inside = |of: String, name: String| Made {
        of: Some(of),
        name,
        is_type: false,
    };
    match symbol {
        Symbol::Segment(key) => vec![of_type(rust_name::of_type(key))],
        Symbol::Kind(kind) => vec![of_type(rust_name::of_type(kind))],
        Symbol::Attribute { kind, attribute } => {
            vec![inside(
                rust_name::of_type(kind),
                rust_name::of_constant(attribute),
            )]
        }
        Symbol::Targeting { key, .. } => {
            vec![
                of_type(rust_name::of_type(key)),
                of_type(rust_name::of_variations(key)),
            ]
        }
        Symbol::Variation { targeting, key, .. } => {
            vec![inside(
                rust_name::of_variations(targeting),
                rust_name::of_variant(key),
            )]
        }
        Symbol::Environment(_) => Vec::new(),
    }
}

impl Crates {
    /// Reads the Rust of folders.
    pub(crate) fn find(roots: &[PathBuf]) -> Self {
        let mut crates = Self::default();
        let mut entries = 0;
        for root in roots {
            crates.folder(root, &mut entries);
        }
        crates.includes = crates
            .sources
            .iter()
            .flat_map(|(file, source)| crates.calls(file, source))
            .collect();
        crates
    }

    fn folder(&mut self, folder: &Path, entries: &mut usize) {
        let Ok(listed) = std::fs::read_dir(folder) else {
            return;
        };
        for entry in listed.flatten() {
            *entries += 1;
            if *entries > MOST_ENTRIES {
                return;
            }
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            // What lies elsewhere is not edited by way of a link.
            if metadata.is_symlink() {
                continue;
            }
            if metadata.is_dir() {
                if !name.starts_with('.') && name != "target" && name != "node_modules" {
                    self.folder(&path, entries);
                }
            } else if metadata.len() <= LARGEST {
                if name == "Cargo.toml" {
                    let read = std::fs::read_to_string(&path).ok();
                    let manifest = read.and_then(|text| text.parse::<toml::Table>().ok());
                    self.packages
                        .extend(manifest.map(|manifest| (folder.to_owned(), manifest)));
                } else if name.ends_with(".rs")
                    && let Ok(text) = std::fs::read_to_string(&path)
                {
                    self.sources.insert(path, Source::new(text));
                }
            }
        }
    }

    /// The package of a Rust file.
    fn package(&self, file: &Path) -> Option<&PathBuf> {
        let mut folders = file.ancestors().skip(1);
        let (folder, _) = folders.find_map(|folder| self.packages.get_key_value(folder))?;
        Some(folder)
    }

    fn calls(&self, file: &Path, source: &Source) -> Vec<Include> {
        let text = &*source.text;
        if !text.contains("include_segments!") {
            return Vec::new();
        }
        let Some(package) = self.package(file) else {
            return Vec::new();
        };
        let mut calls = Vec::new();
        let tokens = source.tokens();
        for (index, token) in tokens.iter().enumerate() {
            let is_call = &text[token.span.clone()] == "include_segments"
                && text[token.span.end..].starts_with('!');
            if !is_call {
                continue;
            }
            let Some(string) = tokens[index..].iter().find(|token| token.is_string) else {
                continue;
            };
            let path = literal(text, string);
            if let Ok(named) = std::fs::canonicalize(package.join(path)) {
                calls.push(Include {
                    file: file.to_owned(),
                    package: package.clone(),
                    span: string.span.clone(),
                    named,
                });
            }
        }
        calls
    }

    /// The calls that include a file.
    #[cfg(feature = "lsp")]
    pub(crate) fn including<'c>(&'c self, file: &'c Path) -> impl Iterator<Item = &'c Include> {
        self.includes.iter().filter(move |call| call.named == file)
    }

    /// The calls that make something of a name of a file.
    #[cfg(feature = "lsp")]
    pub(crate) fn made(&self, file: &Path, symbol: &Symbol) -> Vec<Use> {
        if made_of(symbol).is_empty() {
            return Vec::new();
        }
        let calls = self.including(file);
        calls
            .map(|call| self.place(&call.file, call.span.clone()))
            .collect()
    }

    /// Where a segment is declared by `#[segment(...)]`: the literal of its key, else the name of the type that its
    /// key is made of.
    pub(crate) fn declaring(&self, key: &str) -> Vec<Use> {
        let sources = self.sources.iter();
        let sources = sources.filter(|(_, source)| source.text.contains("segment"));
        let places = sources.flat_map(|(file, source)| {
            declarations(source, key)
                .into_iter()
                .map(move |span| (file, span))
        });
        places.map(|(file, span)| self.place(file, span)).collect()
    }

    /// Where a text is exactly a key, whatever it stands for, in the packages that have to do with some files: those
    /// in which they are, those that include them, and those that depend on these.
    pub(crate) fn texts(&self, files: &[PathBuf], key: &str) -> Vec<Use> {
        let own = files.iter().filter_map(|file| self.package(file));
        let packages: BTreeSet<&PathBuf> = self.packages_of(files).into_iter().chain(own).collect();
        let is_near = |file: &Path| self.package(file).is_some_and(|it| packages.contains(it));
        let sources = self.sources.iter();
        let sources = sources.filter(|(file, source)| source.text.contains(key) && is_near(file));
        let places = sources.flat_map(|(file, source)| {
            let tokens = source.tokens().iter();
            let texts =
                tokens.filter(|token| token.is_string && literal(&source.text, token) == key);
            texts.map(move |token| (file, token.span.clone()))
        });
        places.map(|(file, span)| self.place(file, span)).collect()
    }

    fn place(&self, file: &Path, span: Range<usize>) -> Use {
        let source = self.sources.get(file);
        let text = source
            .map(|source| Arc::clone(&source.text))
            .unwrap_or_default();
        let line = text[..span.start].matches('\n').count() + 1;
        let package = self.package(file).and_then(|package| package.parent());
        let shown = package
            .and_then(|folder| file.strip_prefix(folder).ok())
            .unwrap_or(file);
        Use {
            file: file.to_owned(),
            shown: format!("{}:{line}", shown.display()),
            span,
            text,
        }
    }

    /// The packages that include one of some files, and those that depend on them.
    fn packages_of(&self, files: &[PathBuf]) -> BTreeSet<&PathBuf> {
        let including = self
            .includes
            .iter()
            .filter(|call| files.contains(&call.named));
        let including: BTreeSet<&PathBuf> = including
            .filter_map(|call| Some(self.packages.get_key_value(&call.package)?.0))
            .collect();
        let names: Vec<&str> = including
            .iter()
            .filter_map(|package| {
                self.packages[*package]
                    .get("package")?
                    .get("name")?
                    .as_str()
            })
            .collect();
        let depends = |manifest: &toml::Table| {
            let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
            let mut dependencies = tables
                .iter()
                .filter_map(|table| manifest.get(*table)?.as_table())
                .flatten();
            dependencies.any(|(name, dependency)| {
                let package = dependency.get("package").and_then(toml::Value::as_str);
                names.contains(&package.unwrap_or(name))
            })
        };
        let dependents = self
            .packages
            .iter()
            .filter(|(_, manifest)| depends(manifest));
        including
            .iter()
            .copied()
            .chain(dependents.map(|(folder, _)| folder))
            .collect()
    }

    /// Where Rust uses what macros make of a name of some files.
    pub(crate) fn uses(&self, files: &[PathBuf], symbol: &Symbol) -> Found {
        let packages = self.packages_of(files);
        let mut found = Found::default();
        for made in made_of(symbol) {
            for package in &packages {
                let sources = self
                    .sources
                    .iter()
                    .filter(|(file, _)| self.package(file) == Some(*package));
                let mut uses = Vec::new();
                let mut declared = false;
                for (file, source) in sources {
                    let (there, declares) = occurrences(source, &made);
                    declared |= declares;
                    uses.extend(there.into_iter().map(|span| self.place(file, span)));
                }
                // What the package declares itself is not what the macro makes.
                if declared {
                    found.doubtful.extend(uses);
                } else {
                    found.uses.extend(uses);
                }
            }
        }
        if let Symbol::Attribute { attribute, .. } = symbol {
            found
                .doubtful
                .extend(self.setters(&packages, &rust_name::of_field(attribute)));
        }
        found
    }

    /// Calls of methods that may set an attribute.
    fn setters(&self, packages: &BTreeSet<&PathBuf>, name: &str) -> Vec<Use> {
        let mut calls = Vec::new();
        for (file, source) in &self.sources {
            if !self
                .package(file)
                .is_some_and(|package| packages.contains(package))
            {
                continue;
            }
            let text = &*source.text;
            let called = source.tokens().iter().filter(|token| {
                let before = text[..token.span.start].ends_with('.');
                before
                    && &text[token.span.clone()] == name
                    && text[token.span.end..].starts_with('(')
            });
            calls.extend(called.map(|token| self.place(file, token.span.clone())));
        }
        calls
    }
}

/// What a string says, as far as it says it without escapes.
fn literal<'t>(text: &'t str, token: &Token) -> &'t str {
    let written = &text[token.span.clone()];
    written
        .trim_matches(|c| matches!(c, 'r' | 'b' | '#'))
        .trim_matches('"')
}

/// The places at which `#[segment(...)]` declares a segment with a key.
fn declarations(source: &Source, key: &str) -> Vec<Range<usize>> {
    let (text, tokens) = (&*source.text, source.tokens());
    let word = |at: usize| tokens.get(at).map(|token| &text[token.span.clone()]);
    let mut places = Vec::new();
    for begin in 0..tokens.len() {
        let before = text[..tokens[begin].span.start].trim_end();
        let is_attribute = before.ends_with("#[") || before.ends_with("segments_runtime::");
        if word(begin) != Some("segment") || !is_attribute {
            continue;
        }
        let Some(item) = (begin..tokens.len()).find(|at| word(*at) == Some("struct")) else {
            continue;
        };
        // `key = "..."`, and not `key = User::KEY` or the name of an attribute.
        let written = (begin..item).find(|at| {
            let after = text[tokens[*at].span.end..].trim_start();
            word(*at) == Some("key")
                && after.starts_with('=')
                && tokens.get(*at + 1).is_some_and(|token| token.is_string)
        });
        let (at, is_it) = match written {
            Some(at) => (at + 1, literal(text, &tokens[at + 1]) == key),
            None => (
                item + 1,
                word(item + 1) == Some(rust_name::of_type(key).as_str()),
            ),
        };
        if is_it {
            places.push(tokens[at].span.clone());
        }
    }
    places
}

/// The places of a name in Rust, and whether something of that name is declared there.
fn occurrences(source: &Source, made: &Made) -> (Vec<Range<usize>>, bool) {
    let (text, tokens) = (&*source.text, source.tokens());
    let mut places = Vec::new();
    let mut declared = false;
    for (index, token) in tokens.iter().enumerate() {
        let word = &text[token.span.clone()];
        let name = word.strip_prefix("r#").unwrap_or(word);
        if token.is_string || name != made.name {
            if made.of.as_deref() == Some(name) && !token.is_string {
                declared |= declares(text, tokens, index);
            }
            continue;
        }
        let before = text[..token.span.start].trim_end();
        match &made.of {
            None if declares(text, tokens, index) => declared = true,
            // A field or a method.
            None if before.ends_with('.') && !before.ends_with("..") => {}
            None => places.push(token.span.clone()),
            Some(of) => {
                let path = before.strip_suffix("::").map(str::trim_end);
                if path.is_some_and(|path| ends_with_word(path, of)) {
                    places.push(token.span.clone());
                }
            }
        }
    }
    (places, declared)
}

fn ends_with_word(text: &str, word: &str) -> bool {
    let rest = text.strip_suffix(word);
    rest.is_some_and(|rest| {
        !rest.ends_with(|before: char| before.is_alphanumeric() || before == '_')
    })
}

/// Returns whether a word is the name of an item that is declared here.
fn declares(text: &str, tokens: &[Token], index: usize) -> bool {
    let before = index
        .checked_sub(1)
        .map(|before| &text[tokens[before].span.clone()]);
    matches!(
        before,
        Some("struct" | "enum" | "union" | "trait" | "type" | "mod" | "as")
    )
}

/// A word or a string of Rust.
#[derive(Debug)]
struct Token {
    span: Range<usize>,
    is_string: bool,
}

/// The words and strings of a text, without comments.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let start = at;
        let end = |len: Option<usize>| len.map_or(text.len(), |len| start + len);
        if rest.starts_with("//") {
            at = end(rest.find('\n'));
        } else if rest.starts_with("/*") {
            at = end(block_comment(rest));
        } else if let Some(len) = raw_string(rest) {
            at = end(Some(len));
            tokens.push(Token {
                span: start..at,
                is_string: true,
            });
        } else if first == '"' {
            at = end(string(rest));
            tokens.push(Token {
                span: start..at,
                is_string: true,
            });
        } else if first == '\'' {
            at = end(Some(character(rest)));
        } else if first.is_alphabetic() || first == '_' {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let raw = if rest.starts_with("r#") { 2 } else { 0 };
            let len = rest[raw..].find(|c| !is_word(c)).map(|len| raw + len);
            at = end(len);
            tokens.push(Token {
                span: start..at,
                is_string: false,
            });
        } else {
            at += first.len_utf8();
        }
    }
    tokens
}

fn block_comment(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(next) = text[at..].find(['/', '*']) {
        at += next;
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += 1;
        }
    }
    None
}

/// The length of `r"..."`, with any number of `#`.
fn raw_string(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let inside = rest[hashes..].strip_prefix('"')?;
    let before = text.len() - inside.len();
    let close = format!("\"{}", "#".repeat(hashes));
    let len = inside
        .find(&close)
        .map_or(inside.len(), |at| at + close.len());
    Some(before + len)
}

/// The length of a string with escapes.
fn string(text: &str) -> Option<usize> {
    let mut escaped = false;
    let found = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    found.map(|(at, _)| at + 1)
}

/// The length of a character, or of the mark before a lifetime.
fn character(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let after = at + escaped.len_utf8();
            text[after..]
                .find('\'')
                .map_or(after, |end| after + end + 1)
        }
        (_, Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, symbol: &Symbol) -> (usize, bool) {
        let made = made_of(symbol);
        let (places, declared) = occurrences(&Source::new(text), &made[0]);
        (places.len(), declared)
    }

    #[test]
    fn words_are_found_where_they_are_code() {
        let staff = Symbol::Segment("staff".into());
        for (text, expected) in [
            ("Staff::contains(&user) || other::Staff {}", (2, false)),
            (
                "// Staff\n/* Staff /* Staff */ Staff */ \"Staff\" r#\"Staff \" Staff\"#",
                (0, false),
            ),
            ("'\"' Staff '\\'' Staff &'a Staff", (3, false)),
            ("Staffing MyStaff staff .Staff", (0, false)),
            ("struct Staff; Staff", (1, true)),
            ("use other::Thing as Staff;", (0, true)),
        ] {
            assert_eq!(found(text, &staff), expected, "{text}");
        }
    }

    #[test]
    fn what_is_inside_of_a_type_is_found_by_its_path() {
        let email = Symbol::Attribute {
            kind: "user".into(),
            attribute: "accountAge".into(),
        };
        let text = "User::ACCOUNT_AGE crate::User::ACCOUNT_AGE AdminUser::ACCOUNT_AGE ACCOUNT_AGE";
        assert_eq!(found(text, &email), (2, false));
        let variation = Symbol::Variation {
            resource: segments_model::ResourceKind::Flag,
            targeting: "new-checkout".into(),
            key: "fast-lane".into(),
        };
        assert_eq!(
            found("NewCheckoutVariation::FastLane FastLane", &variation),
            (1, false)
        );
    }

    #[test]
    fn declarations_are_found_by_a_key_that_is_written_or_made_of_a_name() {
        let text = r##"
            #[segment(rule(User::PLAN.is("staff")), description = "key")] struct Press;
            /// Those who work here.
            #[segment(key = "staff", include("a"))] #[derive(Debug)] pub struct Employees;
            #[segments_runtime::segment(everyone)] pub struct Staff;
            #[segment(key = r#"other"#, everyone)] pub struct Staff;
            #[other(segment)] struct Staff;
        "##;
        let source = Source::new(text);
        let found = declarations(&source, "staff");
        let words: Vec<&str> = found.into_iter().map(|span| &text[span]).collect();
        assert_eq!(words, ["\"staff\"", "Staff"]);
        assert_eq!(declarations(&source, "other").len(), 1);
    }
}
