//! What the files of a crate import from each other, by `use` or by a path in their code.
//!
//! A path leads to the file that defines what it names, through every re-export on the way. Code of tests does not
//! count. `mod` does not either: a module that only declares and re-exports others imports nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, ItemUse, UseTree, Visibility};

/// The files that each file imports, each with the names that it imports. Paths begin in `src`.
pub(crate) type Imports = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

/// Reads what the files below the folder `src` of a crate import.
pub(crate) fn imports(src: &Path) -> Imports {
    let mut sources = Sources {
        src,
        modules: Vec::new(),
        exported: HashMap::new(),
    };
    sources.file(PathBuf::from("lib.rs"), None);
    let mut imports = Imports::new();
    for (at, module) in sources.modules.iter().enumerate() {
        let imported = imports.entry(module.file.clone()).or_default();
        for Mention { path, is_called } in &module.mentions {
            for file in sources.resolve(at, path, *is_called, &mut Vec::new()) {
                if file != module.file {
                    let names = imported.entry(file).or_default();
                    names.insert(path.join("::"));
                }
            }
        }
    }
    imports
}

/// A path in code.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Mention {
    path: Vec<String>,
    /// Whether it is called, so that its last name is not that of a module.
    is_called: bool,
}

/// What a name in a module means.
enum Meaning {
    /// An item of the module.
    Item,
    /// A module in it.
    Module(usize),
    /// What this path means there.
    Import(Vec<String>),
}

struct Module {
    file: PathBuf,
    parent: Option<usize>,
    names: HashMap<String, Vec<Meaning>>,
    /// The paths before `::*`.
    globs: Vec<Vec<String>>,
    mentions: BTreeSet<Mention>,
    /// Whether a macro makes items, of which only the macro knows the names.
    has_made_items: bool,
}

struct Sources<'s> {
    src: &'s Path,
    /// The first is the root of the crate.
    modules: Vec<Module>,
    /// The files of macros that are exported: these have their names in the root.
    exported: HashMap<String, PathBuf>,
}

impl Sources<'_> {
    fn file(&mut self, file: PathBuf, parent: Option<usize>) -> usize {
        let text = fs::read_to_string(self.src.join(&file)).unwrap();
        let items = syn::parse_file(&text).unwrap().items;
        self.module(file, parent, items)
    }

    fn module(&mut self, file: PathBuf, parent: Option<usize>, items: Vec<Item>) -> usize {
        let at = self.modules.len();
        self.modules.push(Module {
            file,
            parent,
            names: HashMap::new(),
            globs: Vec::new(),
            mentions: BTreeSet::new(),
            has_made_items: false,
        });
        for item in items {
            self.item(at, item);
        }
        at
    }

    fn item(&mut self, at: usize, item: Item) {
        let tokens = item.to_token_stream();
        let (attributes, name) = match item {
            Item::Mod(item) if !item.attrs.iter().any(is_of_tests) => {
                let name = item.ident.to_string();
                let file = self.modules[at].file.clone();
                let module = match item.content {
                    Some((_, items)) => self.module(file, Some(at), items),
                    None => self.file(self.below(&file, &name, &item.attrs), Some(at)),
                };
                self.modules[at].name(name, Meaning::Module(module));
                return;
            }
            Item::Use(item) if !item.attrs.iter().any(is_of_tests) => {
                self.modules[at].import(&item);
                return;
            }
            Item::Macro(item) => {
                let name = item.ident.map(|name| name.to_string());
                let module = &mut self.modules[at];
                module.has_made_items |= name.is_none();
                let exports = |it: &Attribute| it.path().is_ident("macro_export");
                if let (Some(name), true) = (&name, item.attrs.iter().any(exports)) {
                    self.exported.insert(name.clone(), module.file.clone());
                }
                (item.attrs, name)
            }
            Item::Const(item) => (item.attrs, Some(item.ident.to_string())),
            Item::Enum(item) => (item.attrs, Some(item.ident.to_string())),
            Item::Fn(item) => (item.attrs, Some(item.sig.ident.to_string())),
            Item::Static(item) => (item.attrs, Some(item.ident.to_string())),
            Item::Struct(item) => (item.attrs, Some(item.ident.to_string())),
            Item::Trait(item) => (item.attrs, Some(item.ident.to_string())),
            Item::Type(item) => (item.attrs, Some(item.ident.to_string())),
            Item::Impl(item) => (item.attrs, None),
            _ => return,
        };
        if attributes.iter().any(is_of_tests) {
            return;
        }
        if let Some(name) = name {
            self.modules[at].name(name, Meaning::Item);
        }
        self.modules[at].mention(tokens);
    }

    /// The file of a module that a file declares.
    fn below(&self, file: &Path, name: &str, attributes: &[Attribute]) -> PathBuf {
        let folder = match file.file_stem().and_then(|stem| stem.to_str()) {
            Some("lib" | "mod") => file.parent().unwrap().to_owned(),
            _ => file.with_extension(""),
        };
        if let Some(path) = attributes.iter().find(|it| it.path().is_ident("path")) {
            let path = path.meta.to_token_stream().to_string();
            return folder.join(path.split('"').nth(1).unwrap());
        }
        let file = folder.join(format!("{name}.rs"));
        if self.src.join(&file).exists() {
            return file;
        }
        folder.join(name).join("mod.rs")
    }

    /// The files that define what a path in a module means: none if that is a module or of another crate. `passed`
    /// are the imports on the way, of which two may lead to each other.
    fn resolve<'m>(
        &'m self,
        at: usize,
        path: &[String],
        is_called: bool,
        passed: &mut Vec<&'m [String]>,
    ) -> BTreeSet<PathBuf> {
        let (first, rest) = path.split_first().unwrap();
        match &**first {
            "crate" => self.inside(0, rest, is_called, passed),
            "self" => self.inside(at, rest, is_called, passed),
            "super" => {
                let parent = self.modules[at].parent.unwrap();
                if rest.first().is_some_and(|next| next == "super") {
                    self.resolve(parent, rest, is_called, passed)
                } else {
                    self.inside(parent, rest, is_called, passed)
                }
            }
            _ => self.named(at, path, is_called, passed),
        }
    }

    /// The same for a path behind a module's.
    fn inside<'m>(
        &'m self,
        at: usize,
        path: &[String],
        is_called: bool,
        passed: &mut Vec<&'m [String]>,
    ) -> BTreeSet<PathBuf> {
        let Some(name) = path.first() else {
            return BTreeSet::new();
        };
        let files = self.named(at, path, is_called, passed);
        let module = &self.modules[at];
        if !files.is_empty() || module.names.contains_key(name) {
            return files;
        }
        let exported = self.exported.get(name).filter(|_| at == 0);
        let made = Some(&module.file).filter(|_| module.has_made_items);
        exported.or(made).cloned().into_iter().collect()
    }

    /// The same for a path that begins with a name of the module.
    fn named<'m>(
        &'m self,
        at: usize,
        path: &[String],
        is_called: bool,
        passed: &mut Vec<&'m [String]>,
    ) -> BTreeSet<PathBuf> {
        let module = &self.modules[at];
        let (name, rest) = path.split_first().unwrap();
        let meanings = module.names.get(name).map_or(&[][..], Vec::as_slice);
        let is_module = |meaning: &&Meaning| matches!(meaning, Meaning::Module(_));
        // A module may have the name of a function.
        let wants_module =
            meanings.iter().any(|it| is_module(&it)) && !(rest.is_empty() && is_called);
        let mut files = BTreeSet::new();
        let mut imports = Vec::new();
        for meaning in meanings.iter().filter(|it| is_module(it) == wants_module) {
            match meaning {
                Meaning::Item => _ = files.insert(module.file.clone()),
                Meaning::Module(inner) => {
                    files.extend(self.inside(*inner, rest, is_called, passed));
                }
                Meaning::Import(import) => imports.push((import, rest)),
            }
        }
        if meanings.is_empty() {
            imports.extend(module.globs.iter().map(|glob| (glob, path)));
        }
        for (import, rest) in imports {
            if !passed.contains(&&import[..]) {
                passed.push(import);
                let whole = [import, rest].concat();
                files.extend(self.resolve(at, &whole, is_called, passed));
                passed.pop();
            }
        }
        files
    }
}

impl Module {
    fn name(&mut self, name: String, meaning: Meaning) {
        self.names.entry(name).or_default().push(meaning);
    }

    /// Takes the names of a `use`. One that re-exports mentions nothing by that.
    fn import(&mut self, item: &ItemUse) {
        let is_private = matches!(item.vis, Visibility::Inherited);
        if item.leading_colon.is_none() {
            self.import_tree(&item.tree, &mut Vec::new(), is_private);
        }
    }

    fn import_tree(&mut self, tree: &UseTree, before: &mut Vec<String>, is_private: bool) {
        let (name, known_as) = match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import_tree(&path.tree, before, is_private);
                before.pop();
                return;
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import_tree(tree, before, is_private);
                }
                return;
            }
            UseTree::Glob(_) => return self.globs.push(before.clone()),
            UseTree::Name(name) => (&name.ident, &name.ident),
            UseTree::Rename(rename) => (&rename.ident, &rename.rename),
        };
        let mut path = before.clone();
        if name != "self" {
            path.push(name.to_string());
        }
        let known_as = if known_as == "self" {
            path.last().unwrap().clone()
        } else {
            known_as.to_string()
        };
        if is_private {
            self.mentions.insert(Mention {
                path: path.clone(),
                is_called: false,
            });
        }
        self.name(known_as, Meaning::Import(path));
    }

    /// Takes the paths in code.
    fn mention(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let group = |at: usize| match tokens.get(at) {
            Some(TokenTree::Group(group)) => Some(group),
            _ => None,
        };
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Group(group) => self.mention(group.stream()),
                TokenTree::Punct(sign)
                    if sign.as_char() == '#'
                        && group(at).is_some_and(|it| says_tests(&it.stream().to_string())) =>
                {
                    at = behind_item(&tokens, at);
                }
                // `pub(in crate::sync)` names a place.
                TokenTree::Ident(word) if word == "pub" && group(at).is_some() => at += 1,
                TokenTree::Ident(word) if word == "use" => {
                    let end = behind_item(&tokens, at);
                    let item = tokens[at - 1..end].iter().cloned().collect();
                    if let Ok(item) = syn::parse2::<ItemUse>(item) {
                        self.import(&item);
                        at = end;
                    }
                }
                TokenTree::Ident(word) => {
                    // Not a field or a method, and not behind `<T as Trait>`.
                    let begins =
                        !ends_with(&tokens[..at - 1], ".") || ends_with(&tokens[..at - 1], "..");
                    let begins = begins && !ends_with(&tokens[..at - 1], "::");
                    let mut path = vec![word.to_string()];
                    while let Some(TokenTree::Ident(next)) = tokens.get(at + 2)
                        && ends_with(&tokens[..at + 2], "::")
                        && is_sign(&tokens[at], ':')
                    {
                        path.push(next.to_string());
                        at += 3;
                    }
                    let is_called =
                        group(at).is_some_and(|it| it.delimiter() == Delimiter::Parenthesis);
                    if begins {
                        self.mentions.insert(Mention { path, is_called });
                    }
                }
                _ => {}
            }
        }
    }
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn ends_with(tokens: &[TokenTree], signs: &str) -> bool {
    let from = tokens.len().checked_sub(signs.len());
    from.is_some_and(|from| {
        tokens[from..]
            .iter()
            .zip(signs.chars())
            .all(|(token, sign)| is_sign(token, sign))
    })
}

/// Where an item, a field or an arm ends that begins here.
fn behind_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_sign(token, ';') || is_sign(token, ','),
    };
    let end = tokens[from..].iter().position(ends);
    end.map_or(tokens.len(), |end| from + end + 1)
}

fn is_of_tests(attribute: &Attribute) -> bool {
    says_tests(&attribute.meta.to_token_stream().to_string())
}

fn says_tests(attribute: &str) -> bool {
    let attribute = attribute.replace(' ', "");
    let begins = ["cfg(test", "cfg(all(test", "cfg(doctest", "cfg(all(doctest"];
    begins.iter().any(|begin| attribute.starts_with(begin))
}
