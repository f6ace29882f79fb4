//! The files that are open or in open folders: edits take precedence over saved contents.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use gen_lsp_types as lsp;
use segments_model::file::{LARGEST, Outline, QuotableFile, Role, Symbol};

use super::document::Document;
use super::position::Encoding;
use super::uri;
use crate::manifest;

/// How many entries of folders are looked at for files that nobody opened.
const MOST_ENTRIES: usize = 20_000;

/// How deep folders are looked through.
const DEEPEST: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Workspace {
    pub(super) encoding: Encoding,
    /// The folders that are open, as the editor calls them.
    pub(super) roots: Vec<PathBuf>,
    /// By path without links.
    documents: BTreeMap<PathBuf, Document>,
    /// Files that a manifest names together.
    groups: Vec<Vec<PathBuf>>,
}

impl Workspace {
    pub(super) fn new(roots: Vec<PathBuf>, encoding: Encoding) -> Self {
        Self {
            encoding,
            roots,
            ..Self::default()
        }
    }

    /// Looks for files in the folders, and reads those that are not open. Gives the files that changed.
    pub(super) fn discover(&mut self) -> Vec<PathBuf> {
        let mut found = Found::default();
        for root in &self.roots {
            found.folder(root, root, 0);
        }
        let mut changed = Vec::new();
        let known: HashSet<PathBuf> = found.files.keys().cloned().collect();
        for (path, as_named) in found.files {
            let open = self
                .documents
                .get(&path)
                .is_some_and(|it| it.version.is_some());
            if open {
                continue;
            }
            let Some(text) = read(&path) else { continue };
            match self.documents.get_mut(&path) {
                Some(document) if document.text == text => continue,
                Some(document) => document.replace(&text),
                None => {
                    let uri = uri::of_path(&as_named);
                    self.insert(path.clone(), uri, &text);
                }
            }
            changed.push(path);
        }
        let gone = |path: &PathBuf, document: &Document| {
            document.version.is_none() && !known.contains(path)
        };
        self.documents
            .retain(|path, document| !gone(path, document));
        if self.groups != found.groups {
            self.groups = found.groups;
            changed.extend(self.groups.iter().flatten().cloned());
        }
        changed
    }

    fn insert(&mut self, path: PathBuf, uri: lsp::Uri, text: &str) -> &mut Document {
        let shown = self.shown(&path, &uri);
        let document = Document::new(uri, shown, text, self.encoding);
        self.documents.entry(path).insert_entry(document).into_mut()
    }

    /// The path from the folder that is open.
    fn shown(&self, path: &Path, uri: &lsp::Uri) -> String {
        let named = uri::path(uri).unwrap_or_else(|| path.to_owned());
        let below = self
            .roots
            .iter()
            .find_map(|root| named.strip_prefix(root).ok());
        below.unwrap_or(&named).display().to_string()
    }

    /// Takes a file that the editor has opened, regardless of the saved one. `None` if it is not a
    /// segments file.
    pub(super) fn open(&mut self, item: lsp::TextDocumentItem) -> Option<PathBuf> {
        let path = real(&item.uri);
        if !self.documents.contains_key(&path) && !is_of_segments(&path, &item.text) {
            return None;
        }
        let document = self.insert(path.clone(), item.uri, &item.text);
        document.version = Some(item.version);
        Some(path)
    }

    /// The saved file applies again; an unsaved one is gone. Returns the path if it still exists.
    pub(super) fn close(&mut self, uri: &lsp::Uri) -> Option<PathBuf> {
        let path = real(uri);
        let document = self.documents.get_mut(&path)?;
        document.version = None;
        match read(&path) {
            Some(text) => document.replace(&text),
            None => {
                self.documents.remove(&path);
            }
        }
        Some(path)
    }

    pub(super) fn get(&self, path: &Path) -> Option<&Document> {
        self.documents.get(path)
    }

    pub(super) fn get_mut(&mut self, path: &Path) -> Option<&mut Document> {
        self.documents.get_mut(path)
    }

    /// The file of an address, with its path without links.
    pub(super) fn find(&self, uri: &lsp::Uri) -> Option<(PathBuf, &Document)> {
        // Resolving links asks the disk; most addresses are known as they are.
        if let Some(path) = uri::path(uri)
            && let Some(document) = self.documents.get(&path)
        {
            return Some((path, document));
        }
        let path = real(uri);
        let document = self.documents.get(&path)?;
        Some((path, document))
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = (&PathBuf, &Document)> {
        self.documents.iter()
    }

    /// The files that belong together with one, which is among them.
    pub(super) fn together(&self, path: &Path) -> Vec<PathBuf> {
        let group = self
            .groups
            .iter()
            .find(|group| group.iter().any(|it| it == path));
        let group = group.map_or_else(|| vec![path.to_owned()], Clone::clone);
        group
            .into_iter()
            .filter(|path| self.documents.contains_key(path))
            .collect()
    }

    /// All places that name something, in all files.
    pub(super) fn places<'w>(
        &'w self,
        symbol: &'w Symbol,
    ) -> impl Iterator<Item = (&'w PathBuf, &'w Document, std::ops::Range<usize>, Role)> {
        self.documents.iter().flat_map(move |(path, document)| {
            let names = document.outline.names();
            names
                .filter(move |(_, named, _)| *named == symbol)
                .map(move |(span, _, role)| (path, document, span, role))
        })
    }
}

/// The path of an address without links, or the address itself if there is no file.
pub(super) fn real(uri: &lsp::Uri) -> PathBuf {
    let Some(path) = uri::path(uri) else {
        return PathBuf::from(&uri.0);
    };
    std::fs::canonicalize(&path).unwrap_or(path)
}

/// Reads a file that somebody made; none that cannot be read as text.
fn read(path: &Path) -> Option<String> {
    let bytes = QuotableFile::open(path)
        .and_then(|file| file.read(LARGEST))
        .ok()?;
    String::from_utf8(bytes).ok()
}

/// Returns whether a file of TOML declares segments or contexts, by its name or by what is in it.
fn is_of_segments(path: &Path, text: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name == "segments.toml" || name.ends_with(".segments.toml") {
        return true;
    }
    let declares = |(_, symbol, role): (_, &Symbol, Role)| {
        role == Role::Declares && matches!(symbol, Symbol::Segment(_) | Symbol::Kind(_))
    };
    name != "Cargo.toml" && Outline::new(text).names().any(declares)
}

/// The results of searching folders.
#[derive(Default)]
struct Found {
    entries: usize,
    /// Paths as the editor calls them, by path without links.
    files: BTreeMap<PathBuf, PathBuf>,
    groups: Vec<Vec<PathBuf>>,
}

impl Found {
    fn folder(&mut self, root: &Path, folder: &Path, depth: usize) {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return;
        };
        let mut names: BTreeSet<PathBuf> = BTreeSet::new();
        for entry in entries.flatten() {
            self.entries += 1;
            if self.entries > MOST_ENTRIES {
                return;
            }
            names.insert(entry.path());
        }
        for path in names {
            let name = path.file_name().unwrap_or_default();
            if name == "Cargo.toml" {
                self.manifest(root, folder, &path);
            } else if name == "segments.toml" {
                self.file(&path);
            } else if depth < DEEPEST && is_looked_through(name) && is_folder(&path) {
                self.folder(root, &path, depth + 1);
            }
        }
    }

    fn file(&mut self, path: &Path) -> Option<PathBuf> {
        let real = std::fs::canonicalize(path).ok()?;
        self.files
            .entry(real.clone())
            .or_insert_with(|| path.to_owned());
        Some(real)
    }

    /// The files that a manifest names belong together. One that cannot be read names none.
    fn manifest(&mut self, root: &Path, folder: &Path, path: &Path) {
        let Some(settings) = read(path).and_then(|text| manifest::parse(&text).ok().flatten())
        else {
            return;
        };
        let files = settings.files.iter();
        let files = files.flat_map(|file| manifest::named(root, folder, file).unwrap_or_default());
        let group: Vec<PathBuf> = files.filter_map(|path| self.file(&path)).collect();
        if group.len() > 1 {
            self.groups.push(group);
        }
    }
}

fn is_looked_through(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    !name.starts_with('.') && name != "target" && name != "node_modules"
}

/// Returns whether it is a folder itself, and no link to one: links may lead in circles.
fn is_folder(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|it| it.is_dir())
}
