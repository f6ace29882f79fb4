//! An edit that an agent proposes: what is wrong with the result, who joins and who leaves each audience, and the
//! difference that a person, or the agent's own editor, applies. Nothing is written.

use std::path::PathBuf;
use std::time::Duration;

use segments_model::{Severity, or_list};
use similar::TextDiff;

use super::project::Project;
use crate::check;
use crate::definitions::{Declarations, ReadFile, read_texts};
use crate::diff::Effects;
use crate::failure::Failure;
use crate::file;
use crate::output::{Output, Text};

/// A file as it should be.
pub(super) struct Proposal {
    pub(super) text: String,
    /// None if there is one file.
    pub(super) file: Option<String>,
}

/// The largest text, in bytes. Nobody reads the difference of a larger one.
const LARGEST: usize = 4 << 20;

/// After this long, a difference is as good as it has become.
const LONGEST: Duration = Duration::from_secs(5);

pub(super) fn answer(project: &Project, proposal: &Proposal) -> Result<Text, Failure> {
    if proposal.text.len() > LARGEST {
        return Err(Failure::NotProposed(format!(
            "the text is larger than {} MB; edit the file, and call `check`",
            LARGEST >> 20
        )));
    }
    let files = project.files()?;
    let place = place(project, &files, proposal.file.as_deref())?;
    let mut texts = Vec::new();
    for path in &files {
        let text = file::read_if_any(path)?;
        texts.push((project.shown(path), text.unwrap_or_default()));
    }
    let (shown, before) = texts[place].clone();
    let after = proposal.text.trim_start_matches('\u{feff}').to_owned();
    let was = read_texts(&texts);
    texts[place].1.clone_from(&after);
    let is = read_texts(&texts);
    let findings = is.iter().filter(|file| file.diagnostics().count() > 0);
    let findings = findings.map(|file| Text::lines([file.human(), Text::default()]));
    let parts = findings
        .chain([
            Text::from(check::summary(&is)),
            effect(&was, &is, project.output),
        ])
        .chain([Text::drawn(difference(&shown, &before, &after))]);
    Ok(Text::lines(parts))
}

/// The file that is meant, among those of the project.
fn place(project: &Project, files: &[PathBuf], named: Option<&str>) -> Result<usize, Failure> {
    if files.is_empty() {
        let says =
            "the definitions are declared in Rust; edit it, build the program, and call `check`";
        return Err(Failure::NotProposed(says.to_owned()));
    }
    let shown: Vec<String> = files.iter().map(|path| project.shown(path)).collect();
    let Some(named) = named else {
        return match &shown[..] {
            [_] => Ok(0),
            several => Err(Failure::NotProposed(format!(
                "there are several files of definitions; name one as `file`: {}",
                several.join(", ")
            ))),
        };
    };
    let is_it = |at: &usize| shown[*at] == named || files[*at].as_os_str() == named;
    (0..files.len()).find(is_it).ok_or_else(|| {
        let meant = or_list(named, shown.iter().map(String::as_str));
        Failure::NotProposed(format!("`{named}` is no file of definitions here{meant}"))
    })
}

/// What becomes of audiences, where both states can be read.
fn effect(was: &[ReadFile], is: &[ReadFile], output: Output) -> Text {
    let has_errors = |files: &[ReadFile]| files.iter().any(|file| file.count(Severity::Error) > 0);
    if has_errors(is) {
        return "who joins and who leaves is not known while there are errors".into();
    }
    if has_errors(was) {
        return "who joins and who leaves is not known: the definitions on disk have errors, which `check` shows".into();
    }
    // That files contradict each other is told beside the findings and the difference, and not instead of them.
    let (old, new) = match [was, is].map(|files| Declarations::of(files, output)) {
        [Ok(old), Ok(new)] => (old, new),
        [_, Err(failure)] => {
            return Text::from("who joins and who leaves is not known: ").then(failure.text());
        }
        [Err(failure), _] => {
            let says = "who joins and who leaves is not known: on disk, ";
            return Text::from(says).then(failure.text());
        }
    };
    let effects = Effects::between(&old, &new);
    let guarded = effects.guarded().map(|says| format!("error: {says}"));
    let lines = effects.lines().chain(guarded);
    let lines = lines.chain([effects.headline()]).map(Text::from);
    Text::lines(lines)
}

/// The difference as `git apply` takes it.
fn difference(shown: &str, before: &str, after: &str) -> String {
    if before == after {
        return format!("`{shown}` would stay as it is");
    }
    let [old, new] = match (before.is_empty(), shown.starts_with('/')) {
        (true, _) => ["/dev/null".to_owned(), format!("b/{shown}")],
        (false, false) => ["a", "b"].map(|side| format!("{side}/{shown}")),
        (false, true) => [shown.to_owned(), shown.to_owned()],
    };
    let lines = TextDiff::configure()
        .timeout(LONGEST)
        .diff_lines(before, after);
    let difference = lines.unified_diff().header(&old, &new).to_string();
    format!("\n{}", difference.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_lines_around_it() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let after = before.replace("5\n", "five\n");
        let expected = "\n--- a/f\n+++ b/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8";
        assert_eq!(difference("f", before, &after), expected);
        assert_eq!(difference("f", "a\n", "a\n"), "`f` would stay as it is");
        let new = difference("f", "", "a");
        assert!(
            new.starts_with("\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"),
            "{new}"
        );
    }
}
