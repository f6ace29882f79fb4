//! What a person sees who edits a `segments.toml`: the schema that its first line names, as a TOML
//! language server reads it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use segments_model::file;

use crate::server::{Server, position};

/// The environment variable that names the binary of Taplo.
pub const TAPLO: &str = "SEGMENTS_TAPLO";

/// The environment variable that names the binary of Tombi.
pub const TOMBI: &str = "SEGMENTS_TOMBI";

/// What is asked while a file is edited. `|` is where the cursor stands. Taplo completes nothing inside
/// inline arrays; there it explains and marks.
const EDITED: &[Edit] = &[
    Edit {
        name: "keys of a segment are completed",
        text: "|",
        wanted: Wanted::Completion(&["nobody", "included", "rules", "tags"]),
    },
    Edit {
        name: "keys of a rule are completed",
        text: "[[segments.edited.rules]]\n|",
        wanted: Wanted::Completion(&["clauses", "percent", "description"]),
    },
    Edit {
        name: "values are completed",
        text: "nobody = true|",
        wanted: Wanted::Completion(&["true", "false"]),
    },
    Edit {
        name: "a key is explained",
        text: "nobo|dy = true",
        wanted: Wanted::Hover("States that the segment is empty on purpose."),
    },
    Edit {
        name: "an operator is explained",
        text: "rules = [{ clauses = [{ attribute = \"email\", op = \"ends|With\", values = [\"x\"] }] }]",
        wanted: Wanted::Hover("ends with"),
    },
    Edit {
        name: "a warning is explained",
        text: "nobody = true\nallow = [\"style-k|ey\"]",
        wanted: Wanted::Hover("lower case with hyphens"),
    },
    Edit {
        name: "an unknown operator is marked",
        text: "rules = [{ clauses = [{ attribute = \"email\", op = \"endWith\", values = [\"x\"] }] }]",
        wanted: Wanted::Mark("endWith"),
    },
    Edit {
        name: "an unknown key is marked",
        text: "nobdy = true\nnobody = true",
        wanted: Wanted::Mark("nobdy"),
    },
];

struct Edit {
    name: &'static str,
    text: &'static str,
    wanted: Wanted,
}

enum Wanted {
    /// These may be typed here.
    Completion(&'static [&'static str]),
    /// What is shown has this in it.
    Hover(&'static str),
    /// Something is said to be wrong, with this in it.
    Mark(&'static str),
}

/// How many answers are wrong, and how many were asked for.
#[derive(Default)]
pub struct Asked {
    pub failed: usize,
    pub asked: usize,
}

impl Asked {
    fn tell(&mut self, name: &str, answer: Result<(), String>) {
        self.asked += 1;
        match answer {
            Ok(()) => println!("ok      {name}"),
            Err(why) => {
                self.failed += 1;
                println!("FAILED  {name}\n        {why}");
            }
        }
    }
}

/// A program that checks TOML against the schema that its first line names.
struct Checker {
    binary: PathBuf,
    arguments: &'static [&'static str],
    folder: PathBuf,
}

impl Checker {
    /// The one that the variable names, or that is on the path; `None` if it does not run.
    fn find(variable: &str, usual: &str, arguments: &'static [&'static str]) -> Option<Self> {
        let binary = std::env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from);
        let version = Command::new(&binary).arg("--version").output().ok()?;
        let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
        println!("ide: {version}");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("ide")
            .join(usual);
        fs::create_dir_all(&folder).expect("the folder of tests can be written");
        let schema = file::json_schema().to_string();
        fs::write(folder.join("segments.schema.json"), schema).expect("it can be written");
        Some(Self {
            binary,
            arguments,
            folder,
        })
    }

    /// Checks all files that are right, and all that a schema can refuse.
    fn check_all(&self, asked: &mut Asked) {
        for (kind, right) in [("good", true), ("refused", false)] {
            for (name, text) in fixtures(&format!("toml/{kind}")) {
                asked.tell(&format!("{kind}/{name}"), self.check(&text, right));
            }
        }
        for (name, text) in fixtures("../examples") {
            asked.tell(&format!("examples/{name}"), self.check(&text, true));
        }
    }

    /// Whether the checker says what the reader says. It has no warnings about what is right.
    fn check(&self, text: &str, right: bool) -> Result<(), String> {
        let path = self.folder.join("checked.toml");
        fs::write(&path, with_schema(text)).map_err(|error| error.to_string())?;
        let output = Command::new(&self.binary)
            .current_dir(&self.folder)
            .args(self.arguments)
            .arg("checked.toml")
            .output()
            .map_err(|error| error.to_string())?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        match (output.status.success(), right) {
            (true, true) if said.contains("Warning") => Err(format!("it is warned of: {said}")),
            (accepted, right) if accepted == right => Ok(()),
            (false, _) => Err(format!("it is refused: {said}")),
            (true, _) => Err(format!("it is accepted: {said}")),
        }
    }
}

/// Asks Taplo everything. `None` if there is none.
pub fn ask_taplo() -> Option<Asked> {
    let taplo = Checker::find(TAPLO, "taplo", &["check"])?;
    let mut asked = Asked::default();
    taplo.check_all(&mut asked);
    let help = Command::new(&taplo.binary).args(["lsp", "--help"]).output();
    if !help.is_ok_and(|help| help.status.success()) {
        println!(
            "ide: NOT RUN: {} questions while typing, because this taplo is built without its language server",
            EDITED.len()
        );
        return Some(asked);
    }
    for edit in EDITED {
        asked.tell(edit.name, ask(&taplo.binary, &taplo.folder, edit));
    }
    Some(asked)
}

/// Has Tombi check the files. `None` if there is none.
pub fn ask_tombi() -> Option<Asked> {
    let tombi = Checker::find(TOMBI, "tombi", &["lint", "--offline"])?;
    let mut asked = Asked::default();
    tombi.check_all(&mut asked);
    Some(asked)
}

/// The files of a folder that end in `.toml`, without manifests.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let paths = fs::read_dir(&folder).expect("the fixtures are there");
    let paths = paths.map(|file| file.expect("it can be listed").path());
    let name = |path: &Path| path.file_name().unwrap_or_default().display().to_string();
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|it| it == "toml"))
        .filter(|path| name(path) != "Cargo.toml")
        .map(|path| {
            (
                name(&path),
                fs::read_to_string(&path).expect("it can be read"),
            )
        })
        .collect();
    files.sort();
    files
}

/// With the line that names the schema first, as the guide shows it.
fn with_schema(text: &str) -> String {
    let rest = text.lines().filter(|line| !line.starts_with("#:schema"));
    let rest: Vec<&str> = rest.collect();
    format!("#:schema ./segments.schema.json\n{}\n", rest.join("\n"))
}

fn ask(binary: &Path, folder: &Path, edit: &Edit) -> Result<(), String> {
    let head =
        "contexts.user.attributes.email = \"string\"\n[segments.edited]\ndescription = \"d\"\n";
    let text = with_schema(&format!("{head}{}", edit.text));
    let cursor = text.find('|');
    let text = text.replace('|', "");
    fs::write(folder.join("edited.toml"), &text).map_err(|error| error.to_string())?;
    let mut command = Command::new(binary);
    command.args(["lsp", "stdio"]);
    let mut server = Server::open(command, folder, "edited.toml", "toml")?;
    let at = position(&text, cursor.unwrap_or_default());
    if let Wanted::Mark(part) = edit.wanted {
        return server.published(part);
    }
    // It answers before it has read the schema.
    let mut answer = Ok(());
    for _ in 0..40 {
        answer = match edit.wanted {
            Wanted::Completion(words) => {
                let offered = server.completions(&at)?;
                let mut missing = words
                    .iter()
                    .filter(|word| !offered.iter().any(|it| it == *word));
                let missing = missing.next();
                missing.map_or(Ok(()), |word| {
                    Err(format!("`{word}` is not among {offered:?}"))
                })
            }
            Wanted::Hover(part) | Wanted::Mark(part) => {
                let shown = server.hover(&at)?;
                let has = shown.contains(part);
                has.then_some(())
                    .ok_or_else(|| format!("`{part}` is not in {shown:?}"))
            }
        };
        if answer.is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    answer
}
