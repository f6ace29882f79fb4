//! The packages of this repository, as cargo knows them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

pub struct Package {
    pub name: String,
    pub folder: PathBuf,
    pub published: bool,
    pub features: Vec<String>,
    /// Kind and name of what it builds.
    pub targets: Vec<(String, String)>,
    /// What it needs to be built, of this repository. Tests may need more.
    pub needs: Vec<String>,
}

pub fn packages() -> &'static [Package] {
    static PACKAGES: OnceLock<Vec<Package>> = OnceLock::new();
    PACKAGES.get_or_init(|| {
        let output = Command::new(env!("CARGO"))
            .args([
                "metadata",
                "--format-version",
                "1",
                "--no-deps",
                "--offline",
            ])
            .current_dir(crate::root())
            .output()
            .unwrap();
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        list(&metadata["packages"]).map(package).collect()
    })
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("a list").iter()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn package(package: &Value) -> Package {
    let target = |target: &Value| (text(&target["kind"][0]), text(&target["name"]));
    let needs = list(&package["dependencies"])
        .filter(|needed| needed["kind"].is_null() && needed["path"].is_string());
    Package {
        name: text(&package["name"]),
        folder: Path::new(&text(&package["manifest_path"]))
            .parent()
            .unwrap()
            .into(),
        // Where a package may be published to: nowhere is an empty list.
        published: package["publish"].is_null(),
        features: package["features"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect(),
        targets: list(&package["targets"]).map(target).collect(),
        needs: needs.map(|needed| text(&needed["name"])).collect(),
    }
}
