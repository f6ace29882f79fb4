//! The workflows of continuous integration, as far as reading tells: they may do little, take no input
//! into their scripts, and run what exists.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::commands::fault;
use crate::metadata::packages;
use crate::root;

/// The workflows by the names of their files.
fn workflows() -> BTreeMap<String, Json> {
    let files = fs::read_dir(root().join(".github/workflows")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    paths.map(|path| (name(&path), yaml(&path))).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn yaml(path: &Path) -> Json {
    let text = fs::read_to_string(path).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn steps(workflow: &Json) -> impl Iterator<Item = &Json> {
    let jobs = workflow["jobs"].as_object().unwrap().values();
    jobs.flat_map(|job| job["steps"].as_array().unwrap())
}

fn scripts(workflow: &Json) -> impl Iterator<Item = &str> {
    steps(workflow).filter_map(|step| step["run"].as_str())
}

#[test]
fn workflows_may_only_read_unless_a_job_says_more() {
    for (name, workflow) in workflows() {
        assert_eq!(
            workflow["permissions"],
            serde_json::json!({"contents": "read"}),
            "{name}"
        );
        for (job, content) in workflow["jobs"].as_object().unwrap() {
            assert!(content["runs-on"].is_string(), "{name}: {job}");
        }
        // A pull request from anywhere must not reach secrets.
        assert!(workflow["on"]["pull_request_target"].is_null(), "{name}");
        if !workflow["on"]["pull_request"].is_null() || name == "ci.yml" {
            let text = workflow.to_string();
            assert!(!text.contains("secrets."), "{name}");
        }
    }
}

/// An expression inside of a script is replaced before the shell reads it, so that its value is code.
#[test]
fn scripts_take_values_from_variables_and_actions_have_versions() {
    for (name, workflow) in workflows() {
        for script in scripts(&workflow) {
            assert!(!script.contains("${{"), "{name}: {script}");
        }
        for step in steps(&workflow) {
            match (step["uses"].as_str(), step["run"].as_str()) {
                (Some(action), None) => {
                    let version = action.split_once('@').map(|(_, version)| version);
                    let version = version.unwrap_or_default();
                    assert!(version.starts_with('v'), "{name}: {action}");
                }
                (None, Some(_)) => {}
                _ => panic!("{name}: a step uses an action or runs a script: {step}"),
            }
        }
    }
}

#[test]
fn scripts_run_what_exists() {
    let mut checked = 0;
    for (name, workflow) in workflows() {
        for script in scripts(&workflow) {
            let lines = script.lines().map(str::trim);
            // Only what is of this repository: the rest is the machine's.
            let ours = ["cargo ", ".ci/", "packaging/", "tests/", "SEGMENTS_"];
            for line in lines.filter(|line| ours.iter().any(|start| line.starts_with(start))) {
                let command = line.split(" >").next().unwrap();
                checked += 1;
                if let Some(fault) = fault(command) {
                    panic!("{name}: `{command}`: {fault}");
                }
            }
        }
    }
    assert!(checked > 20, "{checked}");
}

/// What has to be looked at although `.ci/run` cannot, and where.
#[test]
fn each_habit_has_a_job() {
    let workflows = workflows();
    for (file, jobs) in [
        ("ci.yml", &["ci"][..]),
        (
            "checks.yml",
            &[
                "msrv",
                "minimal-versions",
                "thorough",
                "clients",
                "docs",
                "deny",
                "systems",
            ],
        ),
        ("weekly.yml", &["ide", "clients", "fuzz", "evaluator"]),
        ("upstream.yml", &["evaluator", "server-sdk", "python"]),
        (
            "release.yml",
            &["build", "release", "image", "crates", "homebrew"],
        ),
    ] {
        for job in jobs {
            assert!(workflows[file]["jobs"][job].is_object(), "{file}: {job}");
        }
    }
    assert!(scripts(&workflows["ci.yml"]).any(|script| script == ".ci/run"));
    for file in ["weekly.yml", "upstream.yml"] {
        assert!(
            workflows[file]["on"]["schedule"][0]["cron"].is_string(),
            "{file}"
        );
    }
}

/// The folders whose dependencies Dependabot looks after are those that have a lock of their own.
#[test]
fn dependabot_looks_after_each_lock() {
    let settings = yaml(&root().join(".github/dependabot.yml"));
    let cargo = &settings["updates"][0];
    assert_eq!(cargo["package-ecosystem"], "cargo");
    for folder in cargo["directories"].as_array().unwrap() {
        let folder = folder.as_str().unwrap().trim_start_matches('/');
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"), "{folder}");
    }
}

#[test]
fn forms_and_settings_can_be_read() {
    for form in fs::read_dir(root().join(".github/ISSUE_TEMPLATE")).unwrap() {
        let path = form.unwrap().path();
        let form = yaml(&path);
        if name(&path) == "config.yml" {
            continue;
        }
        assert!(form["name"].is_string() && form["description"].is_string());
        for part in form["body"].as_array().unwrap() {
            let kind = part["type"].as_str().unwrap();
            assert!(["markdown", "textarea", "input"].contains(&kind), "{kind}");
            assert!(kind == "markdown" || part["attributes"]["label"].is_string());
        }
    }
    let settings = fs::read_to_string(root().join("release.toml")).unwrap();
    let settings: toml::Table = settings.parse().unwrap();
    assert_eq!(settings["tag-name"].as_str(), Some("v{{version}}"));
    assert_eq!(settings["shared-version"].as_bool(), Some(true));
}

/// What a release replaces, so that no version is left behind.
#[test]
fn a_release_finds_what_it_replaces() {
    let manifest = fs::read_to_string(root().join("segments-cli/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let release = &manifest["package"]["metadata"]["release"];
    let replacements = release["pre-release-replacements"].as_array().unwrap();
    for replacement in replacements {
        let text = |key: &str| replacement[key].as_str().unwrap();
        let path = root().join("segments-cli").join(text("file"));
        let content = fs::read_to_string(&path).unwrap();
        let found = regex::Regex::new(text("search"))
            .unwrap()
            .find_iter(&content)
            .count();
        let expected = replacement["exactly"].as_integer().unwrap();
        assert_eq!(
            i64::try_from(found).unwrap(),
            expected,
            "{}",
            path.display()
        );
    }
    assert!(replacements.len() >= 5);
}

#[test]
fn each_published_crate_says_how_it_is_documented() {
    for package in packages().iter().filter(|package| package.published) {
        let manifest = fs::read_to_string(package.folder.join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let settings = &manifest["package"]["metadata"]["docs"]["rs"];
        assert_eq!(
            settings["all-features"].as_bool(),
            Some(true),
            "{}",
            package.name
        );
    }
}
