//! The functions that build requests, as their source tells them. The documentation of each names the
//! operation of the service, in asterisks, so that one that is added cannot be forgotten here.

use std::fs;
use std::path::{Path, PathBuf};

/// A function that builds requests.
#[derive(Debug)]
pub(crate) struct Builder {
    pub(crate) name: String,
    /// The operations that it can be.
    pub(crate) operations: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every function of the request builder.
pub(crate) fn all() -> Vec<Builder> {
    let folder = root().join(FOLDER);
    let files = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    files
        .flat_map(|file| of(&fs::read_to_string(file).unwrap()))
        .collect()
}

/// Where they are.
pub(crate) const FOLDER: &str = "segments-runtime/src/sync/request/";

/// Asked with an SDK key and not of the REST API, so that there is no operation.
const OF_SDKS: &str = "sdk_data";

fn of(source: &str) -> Vec<Builder> {
    let mut builders = Vec::new();
    let (mut documentation, mut signature) = (String::new(), String::new());
    for line in source.lines() {
        let line = line.trim();
        if let Some(text) = line.strip_prefix("///") {
            documentation.push_str(text);
        } else if line.starts_with("#[") {
        } else if line.starts_with("pub(crate) fn") || !signature.is_empty() {
            signature.push_str(line);
            if line.ends_with('{') {
                if signature.ends_with("-> Request {") && name(&signature) != OF_SDKS {
                    builders.push(Builder {
                        name: name(&signature),
                        operations: operations(&documentation),
                    });
                }
                signature.clear();
                documentation.clear();
            }
        } else {
            documentation.clear();
        }
    }
    builders
}

fn name(signature: &str) -> String {
    let rest = signature.trim_start_matches("pub(crate) fn ");
    rest.split(['(', '<']).next().unwrap().to_owned()
}

/// The words between asterisks; more than one at a time are the title of a page.
fn operations(documentation: &str) -> Vec<String> {
    let words = documentation.split('*').skip(1).step_by(2);
    let words = words.filter(|it| !it.contains(char::is_whitespace));
    words.map(str::to_owned).collect()
}

/// The files in which requests are made, but for those of the request builder.
pub(crate) fn files() -> Vec<String> {
    let mut found = Vec::new();
    for sources in ["segments-cli/src", "segments-runtime/src"] {
        walk(&root().join(sources), &mut found);
    }
    found.sort();
    found
}

fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            // The value itself, or the one that a question of the probe is.
            let makes = |it: &str| it == "RawRequest {" || it.starts_with("Request::read(");
            if source.lines().any(|line| makes(line.trim())) {
                let name = path.strip_prefix(root()).unwrap();
                let name = name.to_str().unwrap().replace('\\', "/");
                if !name.starts_with(FOLDER) {
                    found.push(name);
                }
            }
        }
    }
}
