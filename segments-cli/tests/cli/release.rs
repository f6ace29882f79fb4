//! Releases: what `packaging/archive` makes of a binary is what the installer, cargo-binstall, Homebrew,
//! the action and the hooks of pre-commit look for.

use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

use crate::downloads::Downloads;
use crate::support::{Ended, Folder, TWO};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A build that every machine takes for its own where `SEGMENTS_TARGET` says so.
const TARGET: &str = "x86_64-unknown-linux-musl";

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// Whether the programs are there. If not, says which test is not run.
fn programs(test: &str, names: &[&str]) -> bool {
    let missing = names.iter().find(|name| {
        let found = Command::new(name).arg("--version").output();
        found.is_err()
    });
    if let Some(name) = missing {
        let _ = writeln!(std::io::stderr(), "not run: {test} needs {name}");
    }
    missing.is_none()
}

fn executable(folder: &Folder, name: &str, text: &str) -> PathBuf {
    folder.write(name, text);
    let path = folder.path(name);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A folder that a server of releases serves.
struct Release {
    folder: Folder,
    downloads: Downloads,
}

impl Release {
    /// A release with a program in place of the binary that says its name.
    fn new(test: &str) -> Self {
        let folder = Folder::new(test);
        let binary = executable(
            &folder,
            "cargo-segments",
            "#!/bin/sh\necho released \"$@\"\n",
        );
        let release = Self {
            downloads: Downloads::of(folder.path("served")),
            folder,
        };
        release.pack(TARGET, &binary);
        release
    }

    /// Where the archives are.
    fn assets(&self) -> PathBuf {
        let path = format!("served/releases/download/v{VERSION}");
        self.folder.path(&path)
    }

    fn pack(&self, target: &str, binary: &Path) {
        let mut archive = Command::new("bash");
        archive.arg(root().join("packaging/archive")).arg(target);
        archive.arg(binary).arg(self.assets());
        let ended = Ended::from(archive.output().unwrap()).with(0);
        assert!(ended.data.trim().ends_with(".tar.gz"), "{ended:?}");
    }

    fn archive(&self, target: &str) -> PathBuf {
        let name = format!("cargo-segments-v{VERSION}-{target}.tar.gz");
        self.assets().join(name)
    }

    /// A script of `packaging/`, led to this release and away from what is installed here.
    fn script(&self, shell: &str, name: &str) -> Command {
        let mut script = Command::new(shell);
        script.arg(root().join("packaging").join(name));
        script
            .env("SEGMENTS_REPOSITORY", self.downloads.uri())
            .env("SEGMENTS_TARGET", TARGET)
            .env("SEGMENTS_INSTALL_DIR", self.folder.path("bin"))
            .env("HOME", self.folder.path(""))
            .env("PATH", self.path());
        for name in ["SEGMENTS_VERSION", "http_proxy", "all_proxy", "ALL_PROXY"] {
            script.env_remove(name);
        }
        script
    }

    /// The usual programs, with a cargo that only says what it was asked.
    fn path(&self) -> String {
        let said = self.folder.path("compiled");
        let cargo = format!("#!/bin/sh\necho \"$PWD $*\" >'{}'\n", said.display());
        std::fs::create_dir_all(self.folder.path("path")).unwrap();
        executable(&self.folder, "path/cargo", &cargo);
        format!(
            "{}:/usr/local/bin:/usr/bin:/bin",
            self.folder.path("path").display()
        )
    }

    fn installed(&self) -> Option<String> {
        let output = Command::new(self.folder.path("bin/cargo-segments")).output();
        output.ok().map(|output| Ended::from(output).with(0).data)
    }
}

fn run(mut command: Command) -> Ended {
    command.output().unwrap().into()
}

#[test]
fn the_installer_installs_what_a_release_has() {
    if !programs("the installer", &["bash", "curl", "tar", "sha256sum"]) {
        return;
    }
    let release = Release::new("release-install");
    let ended = run(release.script("sh", "install.sh")).with(0);
    let path = release.folder.path("bin");
    assert_eq!(
        ended.messages,
        format!(
            "installed cargo-segments {VERSION} in {0}\nadd {0} to PATH, so that `cargo segments` is found\n",
            path.display()
        )
    );
    assert_eq!(release.installed().as_deref(), Some("released\n"));
    // Again, over what is there.
    run(release.script("sh", "install.sh")).with(0);

    // A release or a build that does not exist is something else than one that is wrong.
    for (name, value) in [
        ("SEGMENTS_VERSION", "9.9.9"),
        ("SEGMENTS_TARGET", "vax-dec-vms"),
    ] {
        let mut script = release.script("sh", "install.sh");
        script.env(name, value);
        let ended = run(script).with(3);
        assert!(
            ended.messages.contains("compile it: cargo install"),
            "{ended:?}"
        );
    }
    let mut script = release.script("sh", "install.sh");
    script.env("SEGMENTS_REPOSITORY", "http://127.0.0.1.example.com");
    let ended = run(script).with(1);
    assert!(ended.messages.contains("is not https"), "{ended:?}");
}

#[test]
fn an_archive_that_is_not_the_releases_is_not_installed() {
    if !programs(
        "the installer's checksum",
        &["bash", "curl", "tar", "sha256sum"],
    ) {
        return;
    }
    let release = Release::new("release-tampered");
    let archive = release.archive(TARGET);
    let mut bytes = std::fs::read(&archive).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&archive, &bytes).unwrap();
    let ended = run(release.script("sh", "install.sh")).with(1);
    assert!(
        ended.messages.contains("nothing was installed"),
        "{ended:?}"
    );
    assert_eq!(release.installed(), None);
    // An empty checksum is none.
    let checksum = format!("{}.sha256", archive.display());
    std::fs::write(checksum, "").unwrap();
    run(release.script("sh", "install.sh")).with(1);
    assert_eq!(release.installed(), None);
}

impl Release {
    /// Runs what the action runs for a reference; whether the binary was downloaded, and what cargo was
    /// asked.
    fn for_action(&self, reference: &str, code: i32) -> (bool, Option<String>) {
        let (path, compiled) = (
            self.folder.path("github-path"),
            self.folder.path("compiled"),
        );
        let runner = self.folder.path("runner");
        let _ = std::fs::remove_dir_all(&runner);
        let _ = std::fs::remove_file(&compiled);
        std::fs::create_dir_all(&runner).unwrap();
        std::fs::write(&path, "").unwrap();
        let mut script = self.script("bash", "for-action");
        script
            .arg(reference)
            .env("RUNNER_TEMP", &runner)
            .env("GITHUB_PATH", &path);
        run(script).with(code);
        let installed = runner.join("cargo-segments");
        let downloaded = installed.join("cargo-segments").is_file();
        let added = std::fs::read_to_string(&path).unwrap();
        let expected = if downloaded {
            format!("{}\n", installed.display())
        } else {
            String::new()
        };
        assert_eq!(added, expected);
        (downloaded, std::fs::read_to_string(compiled).ok())
    }
}

#[test]
fn the_action_downloads_its_own_release_and_compiles_anything_else() {
    if !programs(
        "the action's download",
        &["bash", "curl", "tar", "sha256sum", "git"],
    ) {
        return;
    }
    let release = Release::new("release-action");
    let compiled = format!(
        "{} install --locked --all-features --path segments-cli\n",
        root().display()
    );
    let tag = format!("v{VERSION}");
    assert_eq!(release.for_action(&tag, 0), (true, None));
    for other in ["main", "v9.9.9", ""] {
        assert_eq!(
            release.for_action(other, 0),
            (false, Some(compiled.clone()))
        );
    }

    // The commit of the tag is the release, too; another commit is not.
    let (of_tag, other) = ("a".repeat(40), "b".repeat(40));
    std::fs::create_dir_all(release.folder.path("served/info")).unwrap();
    let references = format!("{of_tag}\trefs/tags/{tag}\n{other}\trefs/heads/main\n");
    release.folder.write("served/info/refs", &references);
    let remote = release.downloads.uri();
    let mut git = Command::new("git");
    git.args(["ls-remote", &remote]);
    if run(git).code == 0 {
        assert_eq!(release.for_action(&of_tag, 0), (true, None));
    } else {
        let _ = writeln!(
            std::io::stderr(),
            "not run: the action by commit needs git over http"
        );
    }
    assert_eq!(
        release.for_action(&other, 0),
        (false, Some(compiled.clone()))
    );

    // No binary for this machine: it is compiled. A binary that is not the release's: it is not used, and
    // nothing hides that.
    let archive = release.archive(TARGET);
    std::fs::write(&archive, "something else").unwrap();
    assert_eq!(release.for_action(&tag, 1), (false, None));
    std::fs::remove_file(&archive).unwrap();
    assert_eq!(release.for_action(&tag, 0), (false, Some(compiled)));
}

/// The targets that the workflow builds.
fn built() -> BTreeSet<String> {
    let workflow: Json = serde_saphyr::from_str(&text(".github/workflows/release.yml")).unwrap();
    let matrix = &workflow["jobs"]["build"]["strategy"]["matrix"]["include"];
    let targets = matrix.as_array().unwrap().iter();
    targets
        .map(|row| row["target"].as_str().unwrap().to_owned())
        .collect()
}

/// The words of a text that are targets.
fn targets(text: &str) -> BTreeSet<String> {
    let words = text.split(|end: char| !(end.is_ascii_alphanumeric() || "-_".contains(end)));
    let systems = [
        "-linux-gnu",
        "-linux-musl",
        "-apple-darwin",
        "-windows-msvc",
    ];
    let targets = words
        .filter(|word| word.starts_with("x86_64-") || word.starts_with("aarch64-"))
        .filter(|word| systems.iter().any(|system| word.ends_with(system)));
    targets.map(str::to_owned).collect()
}

#[test]
fn everything_that_downloads_looks_for_what_is_built() {
    let built = built();
    assert_eq!(built.len(), 7, "{built:?}");
    let installer = targets(&text("packaging/install.sh"));
    assert!(installer.is_subset(&built), "{installer:?}");
    let formula = targets(&text("packaging/homebrew"));
    assert!(
        formula.len() == 4 && formula.is_subset(&built),
        "{formula:?}"
    );
    assert_eq!(targets(&text("docs/guide/installing.md")), built);
    let image = text("packaging/emulator/Dockerfile");
    assert!(targets(&image).is_subset(&built));
    assert!(text("packaging/install.sh").contains(&format!("SEGMENTS_VERSION:-{VERSION}}}")));
    assert!(text("docs/guide/installing.md").contains(&format!("rev: v{VERSION}\n")));
}

/// As cargo-binstall fills in its templates.
fn filled(template: &str, target: &str) -> String {
    let manifest = manifest();
    let repository = root_manifest()["workspace"]["package"]["repository"].clone();
    let mut filled = template.to_owned();
    for (name, value) in [
        ("repo", repository.as_str().unwrap()),
        ("name", manifest["package"]["name"].as_str().unwrap()),
        ("version", VERSION),
        ("target", target),
        ("bin", "cargo-segments"),
        (
            "binary-ext",
            if target.contains("windows") {
                ".exe"
            } else {
                ""
            },
        ),
    ] {
        filled = filled.replace(&format!("{{ {name} }}"), value);
    }
    assert!(!filled.contains(['{', '}']), "{filled}");
    filled
}

fn manifest() -> toml::Table {
    text("segments-cli/Cargo.toml").parse().unwrap()
}

fn root_manifest() -> toml::Table {
    text("Cargo.toml").parse().unwrap()
}

#[test]
fn binstall_finds_each_archive_and_the_binary_in_it() {
    if !programs("the archives", &["bash", "tar", "sha256sum"]) {
        return;
    }
    let release = Release::new("release-binstall");
    let manifest = manifest();
    let binstall = &manifest["package"]["metadata"]["binstall"];
    assert_eq!(binstall["pkg-fmt"].as_str(), Some("tgz"));
    let repository = filled("{ repo }", TARGET);
    for target in built() {
        let suffix = if target.contains("windows") {
            ".exe"
        } else {
            ""
        };
        let binary = format!("cargo-segments{suffix}");
        release.pack(
            &target,
            &executable(&release.folder, &binary, "#!/bin/sh\n"),
        );
        let address = filled(binstall["pkg-url"].as_str().unwrap(), &target);
        let path = address.strip_prefix(&repository).unwrap();
        let archive = release.folder.path(&format!("served{path}"));
        let mut tar = Command::new("tar");
        tar.arg("-tzf").arg(archive);
        let ended = run(tar);
        let inside = filled(binstall["bin-dir"].as_str().unwrap(), &target);
        let ended = ended.with(0);
        assert!(ended.data.lines().any(|line| line == inside), "{ended:?}");
    }
}

#[test]
fn the_formula_names_each_archive_with_its_checksum() {
    if !programs("the formula", &["bash", "tar", "sha256sum"]) {
        return;
    }
    let release = Release::new("release-homebrew");
    for target in built() {
        let stand_in = executable(
            &release.folder,
            "cargo-segments",
            &format!("#!/bin/sh\n# {target}\n"),
        );
        release.pack(&target, &stand_in);
    }
    let mut script = release.script("bash", "homebrew");
    script.arg(release.assets());
    let formula = run(script).with(0).data;
    for target in targets(&text("packaging/homebrew")) {
        let archive = release.archive(&target);
        let name = archive.file_name().unwrap().to_str().unwrap();
        let checksum = std::fs::read_to_string(format!("{}.sha256", archive.display())).unwrap();
        let checksum = checksum.split_whitespace().next().unwrap();
        let row = format!("/releases/download/v{VERSION}/{name}\"\n      sha256 \"{checksum}\"\n");
        assert!(formula.contains(&row), "{row}\n{formula}");
    }
    let ends = formula.lines().filter(|line| line.trim() == "end").count();
    let begins = |word: &str| {
        let lines = formula.lines().map(str::trim);
        lines
            .filter(|line| line.starts_with(word) || line.ends_with(word))
            .count()
    };
    assert_eq!(
        ends,
        begins("class ") + begins("def ") + begins(" do"),
        "{formula}"
    );
    // The commands that the formula runs are there.
    let commands = release.folder.run("completions bash").with(0);
    assert!(!commands.data.is_empty());
    release.folder.run("man").with(0);
}

#[test]
fn the_hooks_of_pre_commit_run() {
    if !programs("the hooks of pre-commit", &["bash"]) {
        return;
    }
    let hooks: Json = serde_saphyr::from_str(&text(".pre-commit-hooks.yaml")).unwrap();
    let folder = Folder::new("pre-commit");
    let binary = Path::new(env!("CARGO_BIN_EXE_cargo-segments"));
    let path = format!("{}:/usr/bin:/bin", binary.parent().unwrap().display());
    let run = |hook: &Json| -> Ended {
        let mut words = hook["entry"].as_str().unwrap().split(' ');
        let mut script = Command::new("bash");
        // `language: script` is a path in the repository of the hooks.
        assert_eq!(hook["language"], "script");
        script.arg(root().join(words.next().unwrap())).args(words);
        let arguments = hook["args"].as_array().cloned().unwrap_or_default();
        script.args(
            arguments
                .iter()
                .map(|word| word.as_str().unwrap().to_owned()),
        );
        if hook["pass_filenames"] != false {
            script.arg("segments.toml");
        }
        script.current_dir(folder.path("")).env("PATH", &path);
        script.output().unwrap().into()
    };
    let hooks = hooks.as_array().unwrap();
    let named: Vec<_> = hooks
        .iter()
        .map(|hook| hook["id"].as_str().unwrap())
        .collect();
    assert_eq!(named, ["segments-check", "segments-fmt"]);
    folder.write("segments.toml", &TWO.replace("endsWith", "endsWit"));
    run(&hooks[0]).with(1);
    folder.write("segments.toml", TWO);
    run(&hooks[0]).with(0);
    run(&hooks[1]).with(0);
    assert_ne!(
        std::fs::read_to_string(folder.path("segments.toml")).unwrap(),
        TWO
    );
    run(&hooks[0]).with(0);
}
