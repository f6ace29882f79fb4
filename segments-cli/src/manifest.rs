//! `[package.metadata.segments]` of the nearest manifest, in the current folder or above: settings that a
//! project shares.
//!
//! ```toml
//! [package.metadata.segments]
//! project = "shop"
//! environments = ["staging", "production"]
//! owner = "checkout"
//! files = ["audiences/segments.toml"]
//! ```

use std::path::{Path, PathBuf};

use segments_model::file::QuotableFile;
use serde::Deserialize;

use crate::failure::Failure;
use crate::file;
use crate::invalid_settings::InvalidSettings;
use crate::matching::matching;

/// The settings of the manifest. Flags and the environment take precedence.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Settings {
    pub(crate) project: Option<String>,
    pub(crate) environments: Vec<String>,
    pub(crate) base_uri: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) revision: Option<u64>,
    pub(crate) files: Vec<PathBuf>,
    /// Where the manifest is.
    #[serde(skip)]
    pub(crate) folder: PathBuf,
}

/// Stricter than any reader of addresses, so that none can see another host in it than we do.
fn is_known(address: &str) -> bool {
    let (secure, rest) = match (
        address.strip_prefix("https://"),
        address.strip_prefix("http://"),
    ) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return false,
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !rest.ends_with(']') => (host, port),
        _ => (rest, "0"),
    };
    let ours = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    let theirs = [".launchdarkly.com", ".launchdarkly.us"];
    let named = host
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'));
    let theirs = secure && named && theirs.iter().any(|domain| host.ends_with(domain));
    (ours || theirs) && port.parse::<u16>().is_ok()
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

/// Reads the nearest manifest with settings, in the current folder or above. Files that it names are
/// found from where it is.
pub(crate) fn settings() -> Result<Settings, Failure> {
    let mut folder = PathBuf::new();
    // Where the current folder cannot be told, what is above it cannot either.
    let depth = std::env::current_dir().map_or(1, |path| path.components().count());
    for _ in 0..depth {
        if let Some(mut settings) = read(&folder.join("Cargo.toml"))? {
            settings.files = quotable(&folder, &settings.files)?;
            settings.folder = folder;
            return Ok(settings);
        }
        folder.push("..");
    }
    Ok(Settings::default())
}

/// The settings of one manifest, if it is there and has any.
fn read(path: &Path) -> Result<Option<Settings>, Failure> {
    let Some(text) = file::read_if_any(path)? else {
        return Ok(None);
    };
    parse(&text).map_err(|source| Failure::Manifest {
        path: path.to_owned(),
        source,
    })
}

/// The files that a manifest in this folder names, none of which leaves the package or its workspace.
/// Whoever opens a pull request can write a manifest, and what is wrong with a file is shown with its
/// lines.
fn quotable(folder: &Path, files: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let workspace = workspace(folder);
    let mut found = Vec::new();
    for path in files {
        found.extend(named(&workspace, folder, path)?);
    }
    Ok(found)
}

/// The files that one entry of a manifest in this folder stands for, all of them somewhere below `top`.
pub(crate) fn named(top: &Path, folder: &Path, path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let below = |path: &Path| {
        QuotableFile::path_below(top, folder, path).map_err(|reason| Failure::ManifestFile {
            path: path.to_owned(),
            reason,
        })
    };
    let files = matching(&below(path)?)?.into_iter();
    // A pattern may fit a link that leads elsewhere.
    let files = files.map(|file| below(file.strip_prefix(folder).unwrap_or(&file)));
    files.collect()
}

/// The folder of the workspace that a package's folder is in, else the package's folder.
pub(crate) fn workspace(package: &Path) -> PathBuf {
    let here = Path::new(".").join(package);
    let Ok(folder) = std::fs::canonicalize(&here) else {
        return here;
    };
    let has_workspace = |folder: &&Path| {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml"));
        let manifest = manifest
            .ok()
            .and_then(|text| text.parse::<toml::Table>().ok());
        manifest.is_some_and(|manifest| manifest.contains_key("workspace"))
    };
    let found = folder.ancestors().find(has_workspace);
    found.map_or(here, Path::to_owned)
}

pub(crate) fn parse(text: &str) -> Result<Option<Settings>, InvalidSettings> {
    let manifest: Manifest =
        toml::from_str(text).map_err(|error| InvalidSettings::toml(text, &error))?;
    let of_package = manifest.package.metadata.segments;
    let settings = of_package.or(manifest.workspace.metadata.segments);
    match settings
        .as_ref()
        .and_then(|settings| settings.base_uri.as_deref())
    {
        Some(address) if !is_known(address) => Err(InvalidSettings::BaseUri),
        _ => Ok(settings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_those_of_the_package_or_else_of_the_workspace() {
        let workspace = "[workspace.metadata.segments]\nproject = \"one\"\n";
        let project = |text: &str| parse(text).unwrap().unwrap().project;
        assert_eq!(project(workspace).as_deref(), Some("one"));
        let both = format!(
            "{workspace}[package]\nname = \"x\"\n[package.metadata.segments]\nproject = \"two\"\n"
        );
        assert_eq!(project(&both).as_deref(), Some("two"));
        assert_eq!(parse("[package]\nname = \"x\"\n").unwrap(), None);
    }

    #[test]
    fn a_misspelt_setting_is_an_error() {
        let error = parse("[package.metadata.segments]\nprojekt = \"one\"\n").unwrap_err();
        assert!(error.to_string().contains("projekt"), "{error}");
    }

    /// A pull request cannot lead the token of continuous integration elsewhere.
    #[test]
    fn a_manifest_leads_to_launchdarkly_or_to_this_machine() {
        let read = |address: &str| {
            parse(&format!(
                "[package.metadata.segments]\nbase-uri = '{address}'\n"
            ))
        };
        for good in [
            "https://app.launchdarkly.com",
            "https://app.eu.launchdarkly.com/",
            "https://app.launchdarkly.us:443",
            "http://127.0.0.1:8030",
            "http://localhost:8030/",
            "http://[::1]:8030",
            "http://[::1]",
        ] {
            let base_uri = read(good).unwrap().unwrap().base_uri;
            assert_eq!(base_uri.as_deref(), Some(good));
        }
        for bad in [
            "https://evil.example",
            "https://evil.example/.launchdarkly.com",
            "https://evil.example\\.launchdarkly.com",
            "https://evil.example?.launchdarkly.com",
            "https://evil.example#.launchdarkly.com",
            "https://app.launchdarkly.com@evil.example",
            "https://app.launchdarkly.com:x@evil.example",
            "https://app.launchdarkly.com:443:1",
            "https://evillaunchdarkly.com",
            "https://launchdarkly.com.evil.example",
            "http://app.launchdarkly.com",
            "http://localhost@evil.example",
            "http://localhost.evil.example",
            "https://evil.example\t.launchdarkly.com",
            "file:///etc/passwd",
            "",
        ] {
            let error = read(bad).unwrap_err();
            assert!(error.to_string().contains("--base-uri"), "{bad}: {error}");
        }
    }

    #[test]
    fn a_mistyped_address_does_not_repeat_its_password() {
        let section = "[package.metadata.segments]\n";
        for line in [
            "base-uri = 'https://me:canary-5d8e@x'",
            "base_uri = 'https://me:canary-5d8e@x'",
            "base-uri = ['https://me:canary-5d8e@x']",
            "base-uri = 'https://me:canary-5d8e@x",
        ] {
            let error = parse(&format!("{section}{line}\n")).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("canary-5d8e"), "{line}: {shown}");
        }
    }
}
