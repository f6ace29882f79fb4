//! Starts `cargo segments lsp` for files of TOML. The server leaves alone what declares no segments.

use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct Segments;

impl zed::Extension for Segments {
    fn new() -> Self {
        Self
    }

    fn language_server_command(
        &mut self,
        _server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Command> {
        let command = worktree.which("cargo-segments").ok_or(
            "`cargo-segments` is not on the path; install it with `cargo install --locked cargo-segments`",
        )?;
        Ok(Command {
            command,
            args: vec!["lsp".to_owned()],
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(Segments);
