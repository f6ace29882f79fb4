//! `check`: finds mistakes in the definitions.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use segments_model::algebra::KnownAttributes;
use segments_model::diagnostic::{self, Diagnostic, Source};
use segments_model::file::SegmentsFile;
use segments_model::{Severity, diagnostic::Location, relations, visible_lines};
use segments_runtime::prompt::Prompts;
use segments_runtime::registry;
use segments_runtime::sync::check_prompts;
use serde_json::{Value as Json, json};

use crate::DefinitionsSource;
use crate::arguments::{Check, CheckFormat, Connection, Deny, Files};
use crate::counted::counted;
use crate::definitions::{self, ReadFile};
use crate::failure::Failure;
use crate::interruptible;
use crate::output::{Output, Text};
use crate::progress::Watch;
use crate::status::Status;

pub(crate) fn check(
    arguments: Check,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let mut files = arguments.paths;
    files.extend(arguments.files.files);
    if matches!(declared, DefinitionsSource::InProgram { .. }) && files.is_empty() {
        // What single attributes show, the compiler has said; programs read the usual form.
        let (segments, warnings) = (registry::definitions()?.len(), registry::check()?);
        report(&[], arguments.format, output)?;
        for warning in &warnings {
            output.message(warning);
        }
        let checked = counted(segments, "segment");
        output.message(match warnings.len() {
            0 => format!("checked {checked} of this program: nothing is wrong"),
            count => format!(
                "checked {checked} of this program: {}",
                counted(count, "warning")
            ),
        });
        let prompts = if arguments.live {
            prompts(&arguments.connection, output)?
        } else {
            0
        };
        let denied = arguments.deny == Some(Deny::Warnings) && !warnings.is_empty();
        return Ok(if denied || prompts > 0 {
            Status::NotRight
        } else {
            Status::Done
        });
    }
    if arguments.live {
        return Err(Failure::NoPrompts);
    }
    let paths = Files { files }.or_usual()?;
    #[cfg(feature = "lsp")]
    if arguments.fix {
        fix(&paths, output)?;
    }
    if !arguments.watch {
        let read = definitions::read(&paths);
        let status = once(&read, arguments.format, arguments.deny, output)?;
        if arguments.advice {
            advise(&read, output);
        }
        return Ok(status);
    }
    loop {
        let seen = watched(&paths);
        let read = definitions::read(&paths);
        once(&read, arguments.format, arguments.deny, output)?;
        output.message("watching; Ctrl-C stops");
        while watched(&paths) == seen {
            std::thread::sleep(PAUSE);
        }
    }
}

/// Says what prompts in LaunchDarkly ask for and this program does not provide, and how much that is.
fn prompts(connection: &Connection, output: Output) -> Result<usize, Failure> {
    let watch = Watch::new(output);
    let config = connection.config(&watch)?;
    let found = interruptible::run(&watch, async { Ok(check_prompts(&config).await?) })?;
    for finding in &found {
        output.message(visible_lines(&finding.to_string()));
    }
    let declared = counted(Prompts::registered().keys().count(), "AI Config");
    output.message(match found.len() {
        0 => format!("checked the prompts of {declared} in LaunchDarkly: nothing is wrong"),
        count => format!(
            "checked the prompts of {declared} in LaunchDarkly: {}",
            counted(count, "mistake")
        ),
    });
    Ok(found.len())
}

/// Writes what messages say to write.
#[cfg(feature = "lsp")]
fn fix(paths: &[PathBuf], output: Output) -> Result<(), Failure> {
    let texts = paths
        .iter()
        .map(|path| Ok((path.display().to_string(), crate::file::read(path)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    for (path, (fixed, count)) in paths.iter().zip(crate::lsp::fixed(texts)) {
        if count == 0 {
            continue;
        }
        crate::file::replace(path, &fixed)?;
        let fixes = if count == 1 { "fix" } else { "fixes" };
        output.message(format_args!(
            "wrote {count} {fixes} to `{}`",
            path.display()
        ));
    }
    Ok(())
}

/// Tells of segments that are the same or inside each other.
fn advise(read: &[ReadFile], output: Output) {
    let files = || read.iter().map(|file| file.report.readable_part());
    let segments = files().flat_map(|file| &file.segments);
    let segments: Vec<_> = segments.map(|it| &it.definition).collect();
    let known: KnownAttributes = files().flat_map(SegmentsFile::known_attributes).collect();
    let domains = |kind: &_, attribute: &_| known.domain(kind, attribute);
    for advice in relations::advice(&segments, &domains) {
        output.message(format_args!("advice: {advice}"));
    }
}

/// How often files are looked at. Asking is cheap, and works for files that editors replace and for
/// folders that other machines write, which notices of the operating system do not.
const PAUSE: Duration = Duration::from_millis(200);

/// The properties that change when a file does.
fn watched(paths: &[PathBuf]) -> Vec<Option<(SystemTime, u64)>> {
    let look = |path: &PathBuf| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    paths.iter().map(look).collect()
}

fn once(
    read: &[ReadFile],
    format: CheckFormat,
    deny: Option<Deny>,
    output: Output,
) -> Result<Status, Failure> {
    report(read, format, output)?;
    let count = |severity| read.iter().map(|file| file.count(severity)).sum::<usize>();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    output.message(summary(read));
    let wrong = errors > 0 || (deny == Some(Deny::Warnings) && warnings > 0);
    Ok(if wrong {
        Status::NotRight
    } else {
        Status::Done
    })
}

/// What was found, counted.
pub(crate) fn summary(read: &[ReadFile]) -> String {
    let count = |severity| read.iter().map(|file| file.count(severity)).sum::<usize>();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let segments: usize = read
        .iter()
        .map(|file| file.report.readable_part().segments.len())
        .sum();
    match (errors, warnings) {
        (0, 0) => format!("checked {}: nothing is wrong", counted(segments, "segment")),
        (0, _) => format!(
            "checked {}: {}",
            counted(segments, "segment"),
            counted(warnings, "warning")
        ),
        _ => format!(
            "{}, {}",
            counted(errors, "error"),
            counted(warnings, "warning")
        ),
    }
}

/// Says what was found, in the form that is wanted.
fn report(read: &[ReadFile], format: CheckFormat, output: Output) -> Result<(), Failure> {
    match format {
        CheckFormat::Human => {
            for file in read.iter().filter(|file| file.diagnostics().count() > 0) {
                let drawn = file.human();
                // Errors have to be known even if nothing else is to be said.
                let drawn = Text::lines([drawn, Text::default()]);
                if file.count(Severity::Error) > 0 {
                    output.always(drawn);
                } else {
                    output.message(drawn);
                }
            }
        }
        CheckFormat::Json => output.json(&findings(read))?,
        CheckFormat::Sarif => {
            let files = read
                .iter()
                .map(|file| (file.report.source(), file.diagnostics()));
            output.json(&diagnostic::sarif(files))?;
        }
        CheckFormat::Github => {
            let workspace = std::env::var_os("GITHUB_WORKSPACE");
            for file in read {
                let source = file.report.source();
                let path = in_workspace(source.path(), workspace.as_deref());
                for found in file.diagnostics() {
                    output.command(&github(found, source, &path))?;
                }
            }
        }
    }
    Ok(())
}

/// The form that scripts rely on.
fn findings(read: &[ReadFile]) -> Json {
    let findings: Vec<Json> = read
        .iter()
        .flat_map(|file| {
            let source = file.report.source();
            file.diagnostics()
                .map(|found| diagnostic::json(found, source))
        })
        .collect();
    json!({ "findings": findings })
}

/// GitHub looks for files from the root of the repository, wherever the command is run.
fn in_workspace(path: &str, workspace: Option<&OsStr>) -> String {
    let below = || {
        let absolute = std::path::absolute(path).ok()?;
        let below = absolute.strip_prefix(workspace?).ok()?;
        Some(below.display().to_string())
    };
    below().unwrap_or_else(|| path.to_owned())
}

/// A workflow command of GitHub Actions, which becomes an annotation.
fn github(found: &Diagnostic, source: &Source, path: &str) -> String {
    let level = match found.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let Location { line, column } = source.location(found.span.start);
    let end = source.location(found.span.end);
    let mut command = format!("::{level} file={}", property(path));
    let _ = write!(command, ",line={line},endLine={}", end.line);
    // GitHub ignores columns of annotations over several lines.
    if end.line == line {
        let _ = write!(command, ",col={column},endColumn={}", end.column);
    }
    let _ = write!(
        command,
        ",title={}::{}",
        found.code.name(),
        escaped(&found.message)
    );
    command
}

/// As GitHub's documentation of workflow commands says. In an annotation, too, `##[` is a command.
fn escaped(text: &str) -> String {
    let text = visible_lines(&text.replace('\r', "\n")).replace("##[", "#\\u{23}[");
    text.replace('%', "%25").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use segments_model::Code;

    #[test]
    fn annotations_keep_line_breaks_and_commas_apart() {
        let source = Source::new("a,b.toml", "one\ntwo = 1\n");
        let found = Diagnostic::new(Code::TOML_TYPE, 10..11, "50%\nwrong");
        assert_eq!(
            github(&found, &source, source.path()),
            "::error file=a%2Cb.toml,line=2,endLine=2,col=7,endColumn=8,title=toml-type::50%25%0Awrong"
        );
    }
}
