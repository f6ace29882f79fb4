//! Commands of this program, run as a person would run them: what an agent sees is what people see, and a command
//! that takes too long, or panics, ends alone.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, Command};

use super::answer::{Answer, LONGEST};
use crate::arguments::{Connection, Mcp};
use crate::failure::Failure;
use crate::output::Text;
use crate::status::Status;

/// A command with what an agent says of it. Nothing that an agent writes is an option.
#[derive(Default)]
pub(super) struct Line {
    pub(super) command: &'static str,
    /// Each with its value, as `--context=-`.
    pub(super) options: Vec<String>,
    pub(super) operands: Vec<String>,
    /// Standard input. What an agent says goes there where it can, since everybody on the machine sees arguments.
    pub(super) input: String,
}

pub(super) struct Commands {
    program: PathBuf,
    files: Vec<PathBuf>,
    connection: Connection,
}

impl Commands {
    pub(super) fn new(arguments: &Mcp) -> Result<Self, Failure> {
        Ok(Self {
            program: std::env::current_exe().map_err(Failure::Start)?,
            files: arguments.files.files.clone(),
            connection: arguments.connection.clone(),
        })
    }

    /// Runs a command to its end. It is killed when nobody waits for it any more.
    pub(super) async fn run(&self, line: Line) -> Answer {
        match self.ended(line).await {
            Ok(answer) => answer,
            Err(error) => Answer::failed(format_args!("cannot run the command: {error}")),
        }
    }

    async fn ended(&self, line: Line) -> io::Result<Answer> {
        let mut command = Command::new(&self.program);
        command.arg(line.command).args(&line.options);
        for file in &self.files {
            command.arg("--file").arg(file);
        }
        self.connect(&mut command);
        if !line.operands.is_empty() {
            command.arg("--").args(&line.operands);
        }
        let mut child = command
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let ((), data, messages) = tokio::try_join!(
            write(stdin, &line.input),
            beginning(stdout),
            beginning(stderr)
        )?;
        let status = child.wait().await?;
        // That it found something, or that a rollout is left alone, is an answer.
        let answers = [Status::Done, Status::NotRight, Status::Busy];
        let is_answer = answers
            .iter()
            .any(|answer| status.code() == Some(*answer as i32));
        Ok(Answer::of_command(
            (&Text::drawn(data.text), data.more),
            (&Text::drawn(messages.text), messages.more),
            !is_answer,
        ))
    }

    /// The address goes by the environment, since a password may be in it.
    fn connect(&self, command: &mut Command) {
        let Connection {
            project,
            environments,
            base_uri,
            token_file,
            timeout,
        } = &self.connection;
        if let Some(project) = project {
            command.env("LAUNCHDARKLY_PROJECT", project);
        }
        if !environments.is_empty() {
            command.env("LAUNCHDARKLY_ENVIRONMENT", environments.join(","));
        }
        if let Some(address) = base_uri {
            command.env("LAUNCHDARKLY_BASE_URI", &address.0);
        }
        if let Some(file) = token_file {
            command.arg("--token-file").arg(file);
        }
        command.args(["--timeout", &timeout.to_string()]);
    }
}

/// Hands a command its input. One that does not read it to the end says why.
async fn write(stdin: Option<ChildStdin>, input: &str) -> io::Result<()> {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    Ok(())
}

/// The beginning of a stream, and how many lines it had behind that.
#[derive(Default)]
struct Beginning {
    text: String,
    more: usize,
}

/// Reads a stream to its end, in memory that does not grow with it.
async fn beginning(stream: Option<impl AsyncRead + Unpin>) -> io::Result<Beginning> {
    let Some(mut stream) = stream else {
        return Ok(Beginning::default());
    };
    let (mut kept, mut more, mut part) = (Vec::new(), 0, vec![0; 16 << 10]);
    loop {
        let length = stream.read(&mut part).await?;
        if length == 0 {
            break;
        }
        let (keep, pass) = part[..length].split_at(length.min(LONGEST - kept.len()));
        kept.extend_from_slice(keep);
        more += pass.split(|byte| *byte == b'\n').count() - 1;
    }
    let text = String::from_utf8_lossy(&kept).into_owned();
    Ok(Beginning { text, more })
}
