//! What the tests share.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use segments_emulator::Emulator;
use serde_json::Value as Json;

/// A folder of one test's own.
pub(crate) struct Folder(PathBuf, Kept);

/// What becomes of a folder after its test.
#[derive(PartialEq)]
enum Kept {
    Yes,
    No,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.1 == Kept::No {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

impl Folder {
    /// A folder for keys of members, of which nothing stays.
    pub(crate) fn of_members(test: &str) -> Self {
        let mut folder = Self::new(test);
        folder.1 = Kept::No;
        folder
    }

    pub(crate) fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path, Kept::Yes)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// `cargo segments` in this folder, with nothing of LaunchDarkly in its environment.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-segments"));
        command.current_dir(&self.0).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("LAUNCHDARKLY_") {
                command.env_remove(name);
            }
        }
        command.args(words.split_whitespace());
        command
    }

    pub(crate) fn run(&self, words: &str) -> Ended {
        Ended::of(&mut self.command(words))
    }

    pub(crate) fn run_with_input(&self, words: &str, input: &str) -> Ended {
        let mut command = self.command(words);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        Ended::from(child.wait_with_output().unwrap())
    }

    /// The same, talking to the emulator.
    pub(crate) fn run_at(&self, emulator: &Emulator, words: &str) -> Ended {
        let mut command = self.command(words);
        command
            .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
            .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token());
        Ended::of(&mut command)
    }
}

/// What a process left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) data: String,
    pub(crate) messages: String,
}

impl From<std::process::Output> for Ended {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            data: String::from_utf8(output.stdout).unwrap(),
            messages: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    fn of(command: &mut Command) -> Self {
        command.output().unwrap().into()
    }

    #[track_caller]
    pub(crate) fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.data).unwrap()
    }
}

/// Two segments, one of which asks the other.
pub(crate) const TWO: &str = r#"
[contexts.user.attributes]
email = "string"

[segments.staff]
name = "Staff"
description = "People who work here"
included = { user = ["user-123"] }
rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]

[segments.testers]
name = "Testers"
description = "A tenth of the staff"
allow = ["split-kind-optional"]

[[segments.testers.rules]]
percent = 10.0
bucket_context = "user"
clauses = [{ op = "segmentMatch", values = ["staff"] }]
"#;
