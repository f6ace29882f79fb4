//! A real terminal, drawn by tmux: what a person sees and types.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use segments_emulator::Emulator;

use crate::support::Folder;

/// How long a screen may take to show what is waited for, on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// What says that the command has ended, before its exit code.
const ENDED: &str = "[ended with ";

/// Runs the command, says how it ended, and stays, so that the screen does. Ctrl-C is for the
/// command, and not for this.
const SHELL: &str = r#"trap : INT; "$@"; echo "[ended with $?]"; read _"#;

/// One terminal with one command in it.
pub(crate) struct Terminal {
    /// The socket of a tmux server of its own.
    socket: PathBuf,
}

impl Terminal {
    /// Whether there is tmux. If not, says which test is not run.
    pub(crate) fn can_be_opened(test: &str) -> bool {
        let found = Command::new("tmux").arg("-V").output().is_ok();
        if !found {
            // Past the capture of the test's output: who reads the results has to know.
            let _ = writeln!(std::io::stderr(), "not run: {test} needs tmux");
        }
        found
    }

    /// Runs `cargo segments` against the emulator.
    pub(crate) fn run_at(folder: &Folder, emulator: &Emulator, words: &str) -> Self {
        let mut command = folder.command(words);
        command
            .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
            .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token());
        Self::run(&command)
    }

    /// Runs a command. Its environment gets there through tmux's own, not through its arguments.
    pub(crate) fn run(command: &Command) -> Self {
        static OPENED: AtomicU32 = AtomicU32::new(0);
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        // Not in the test's folder: a socket's path may not be long.
        let name = format!("segments-{}-{number}", std::process::id());
        let socket = std::env::temp_dir().join(name);
        let terminal = Self { socket };
        let mut tmux = terminal.tmux(&[]);
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TMUX"] {
            tmux.env_remove(name);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => tmux.env(name, value),
                None => tmux.env_remove(name),
            };
        }
        tmux.args(["new-session", "-d", "-x", "100", "-y", "50"]);
        tmux.arg("-c").arg(command.get_current_dir().unwrap());
        tmux.args(["--", "sh", "-c", SHELL, "sh"]);
        tmux.arg(command.get_program()).args(command.get_args());
        assert!(tmux.status().unwrap().success(), "tmux does not start");
        terminal
    }

    fn tmux(&self, words: &[&str]) -> Command {
        let mut tmux = Command::new("tmux");
        // UTF-8 whatever the locale, and nobody's own settings.
        tmux.args(["-u", "-f", "/dev/null", "-S"]).arg(&self.socket);
        tmux.args(words);
        tmux
    }

    fn ask(&self, words: &[&str]) -> String {
        let output = self.tmux(words).output().unwrap();
        assert!(output.status.success(), "tmux {words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the command left on the screen, and what has gone off it, without spaces at the ends.
    pub(crate) fn screen(&self) -> String {
        let screen = self.ask(&["capture-pane", "-p", "-J", "-S", "-"]);
        let lines = screen.lines().map(str::trim_end);
        lines.map(|line| line.to_owned() + "\n").collect()
    }

    /// The same of a command that has ended, without what was said of its end.
    #[track_caller]
    pub(crate) fn left(&self) -> String {
        self.exit_code();
        self.screen().split(ENDED).next().unwrap().to_owned()
    }

    /// The same with the sequences that make colours.
    pub(crate) fn colours(&self) -> String {
        self.ask(&["capture-pane", "-p", "-e", "-J", "-S", "-"])
    }

    /// Types a line.
    pub(crate) fn enter(&self, line: &str) {
        self.ask(&["send-keys", "-l", line]);
        self.ask(&["send-keys", "Enter"]);
    }

    pub(crate) fn ctrl_c(&self) {
        self.ask(&["send-keys", "C-c"]);
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait(text, || self.screen().contains(text));
    }

    /// Waits until the command has ended, and takes its exit code.
    #[track_caller]
    pub(crate) fn exit_code(&self) -> i32 {
        let code = || {
            let screen = self.screen();
            let (_, code) = screen.split_once(ENDED)?;
            code.split_once(']')?.0.parse().ok()
        };
        self.wait("the end of the command", || code().is_some());
        code().unwrap()
    }

    /// Waits until something is there, which `what` names.
    #[track_caller]
    pub(crate) fn wait(&self, what: &str, is_there: impl Fn() -> bool) {
        let began = Instant::now();
        while !is_there() {
            assert!(
                began.elapsed() < PATIENCE,
                "the screen never showed {what}:\n{}",
                self.screen()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.tmux(&["kill-server"]).output();
        let _ = std::fs::remove_file(&self.socket);
    }
}
