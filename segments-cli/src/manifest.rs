//! `[package.metadata.segments]` of the manifest in the current folder: settings that a project
//! shares.
//!
//! ```toml
//! [package.metadata.segments]
//! project = "shop"
//! environments = ["staging", "production"]
//! owner = "checkout"
//! files = ["audiences/segments.toml"]
//! ```

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::Failure;

/// What the manifest sets. Flags and the environment come before it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Settings {
    pub(crate) project: Option<String>,
    pub(crate) environments: Vec<String>,
    pub(crate) base_uri: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Manifest {
    package: Section,
    workspace: Section,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Section {
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    segments: Option<Settings>,
}

/// Reads the manifest of the current folder, if there is one.
pub(crate) fn settings() -> Result<Settings, Failure> {
    let path = Path::new("Cargo.toml");
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text).map_err(|source| Failure::Manifest {
            path: path.to_owned(),
            source: Box::new(source),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Settings::default()),
        Err(source) => Err(Failure::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

fn parse(text: &str) -> Result<Settings, toml::de::Error> {
    let manifest: Manifest = toml::from_str(text)?;
    let of_package = manifest.package.metadata.segments;
    let settings = of_package.or(manifest.workspace.metadata.segments);
    Ok(settings.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_those_of_the_package_or_else_of_the_workspace() {
        let workspace = "[workspace.metadata.segments]\nproject = \"one\"\n";
        assert_eq!(parse(workspace).unwrap().project.as_deref(), Some("one"));
        let both = format!(
            "{workspace}[package]\nname = \"x\"\n[package.metadata.segments]\nproject = \"two\"\n"
        );
        assert_eq!(parse(&both).unwrap().project.as_deref(), Some("two"));
        assert_eq!(
            parse("[package]\nname = \"x\"\n").unwrap(),
            Settings::default()
        );
    }

    #[test]
    fn a_misspelt_setting_is_an_error() {
        let error = parse("[package.metadata.segments]\nprojekt = \"one\"\n").unwrap_err();
        assert!(error.to_string().contains("projekt"), "{error}");
    }
}
