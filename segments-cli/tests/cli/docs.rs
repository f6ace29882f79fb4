//! What a page shows is what the commands print; here `docs/reference/cli.md`.

use std::fs::File;
use std::io::{Read, Seek};
use std::process::Command;

use segments_emulator::Emulator;

use crate::import::account_of_300;
use crate::support::Folder;

const PAGE: &str = include_str!("../../../docs/reference/cli.md");

/// A command and what is shown below it.
pub(crate) struct Step<'a> {
    pub(crate) command: &'a str,
    pub(crate) shown: String,
}

/// The blocks of commands, each below the title of its section.
pub(crate) fn consoles(page: &str) -> Vec<(&str, Vec<Step<'_>>)> {
    let mut consoles = Vec::new();
    for section in page.split("\n## ").skip(1) {
        let title = section.lines().next().unwrap();
        for block in section.split("\n```console\n").skip(1) {
            let block = block.split_once("```").expect("every block ends").0;
            let mut steps: Vec<Step> = Vec::new();
            for line in block.lines() {
                if let Some(command) = line.strip_prefix("$ ") {
                    steps.push(Step {
                        command,
                        shown: String::new(),
                    });
                } else {
                    let step = steps.last_mut().expect("a block begins with a command");
                    step.shown += line;
                    step.shown.push('\n');
                }
            }
            consoles.push((title, steps));
        }
    }
    consoles
}

/// Words as a shell makes them, as far as the page needs it.
fn words(command: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for (part, quoted) in command.split('\'').zip([false, true].into_iter().cycle()) {
        if quoted {
            words.push(part);
        } else {
            words.extend(part.split_whitespace());
        }
    }
    words
}

/// A folder with the service that its commands talk to.
pub(crate) struct Place {
    pub(crate) folder: Folder,
    pub(crate) emulator: Emulator,
}

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            folder: Folder::new(name),
            emulator: Emulator::builder().start_blocking().unwrap(),
        }
    }

    /// Somebody edits the file.
    fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.folder.path("segments.toml")).unwrap();
        assert!(text.contains(from), "{from}");
        self.folder.write("segments.toml", &text.replace(from, to));
    }

    /// The commands of a block print what is shown below them.
    pub(crate) fn prints(&self, section: &str, steps: &[Step<'_>]) {
        for Step { command, shown } in steps {
            let printed = self.shows(command);
            assert!(
                printed == *shown,
                "{section}: {command} printed:\n{printed}\nshown:\n{shown}"
            );
        }
    }

    /// What a terminal would show: both streams, in the order in which they are written.
    pub(crate) fn shows(&self, command: &str) -> String {
        let ["cargo", rest @ ..] = &words(command)[..] else {
            panic!("{command} is none of ours");
        };
        let path = self.folder.path("terminal");
        let mut terminal = File::options()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(path)
            .unwrap();
        let mut command: Command = self.folder.command("");
        command
            .args(rest)
            .env("LAUNCHDARKLY_BASE_URI", self.emulator.base_uri())
            .env("LAUNCHDARKLY_ACCESS_TOKEN", self.emulator.access_token())
            .stdout(terminal.try_clone().unwrap())
            .stderr(terminal.try_clone().unwrap())
            .status()
            .unwrap();
        let mut shown = String::new();
        terminal.rewind().unwrap();
        terminal.read_to_string(&mut shown).unwrap();
        std::fs::remove_file(self.folder.path("terminal")).unwrap();
        shown
    }
}

#[test]
fn the_page_shows_what_the_commands_print() {
    let (new, account) = (Place::new("docs-new"), Place::new("docs-account"));
    account_of_300(&account.emulator);
    let mut before = "";
    let mut shown = 0;
    for (section, steps) in consoles(PAGE) {
        let first = std::mem::replace(&mut before, section) != section;
        // What has happened before, as the text between the blocks tells it.
        let place = match (section, first) {
            ("From nothing to LaunchDarkly", true) => &new,
            ("From an account that has segments", true) => &account,
            ("From an account that has segments", false) => {
                account.edit("\"@7.com\"", "\"@7.org\"");
                &account
            }
            ("A change that somebody reviews", true) => {
                new.edit("[30]", "[90]");
                new.edit("accountAge = 31", "accountAge = 91");
                &new
            }
            ("Mistakes", true) => {
                new.edit("endsWith", "endsWit");
                &new
            }
            ("Who is in a segment", true) => {
                new.edit("endsWit", "endsWith");
                &new
            }
            ("Who is in a segment", false) => {
                let text = std::fs::read_to_string(new.folder.path("segments.toml")).unwrap();
                let assistant = toml_of("Who is in a segment");
                new.folder
                    .write("segments.toml", &format!("{text}\n{assistant}"));
                &new
            }
            // Questions are for a real terminal: `interactive.rs` compares what it shows.
            ("In a terminal", _) => continue,
            _ => panic!("say here what was before this block of `{section}`"),
        };
        place.prints(section, &steps);
        shown += steps.len();
    }
    assert!(shown > 10, "{shown}");
}

/// The part of a file that a section shows.
fn toml_of(title: &str) -> &'static str {
    let (_, section) = PAGE.split_once(&format!("\n## {title}\n")).unwrap();
    let (_, block) = section.split_once("\n```toml,part\n").unwrap();
    block.split_once("```").unwrap().0
}
