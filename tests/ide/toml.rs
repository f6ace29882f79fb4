//! What a person sees who edits a `segments.toml`: the schema that its first line names, as a TOML
//! language server reads it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use segments_model::file;

use crate::server::{Server, position};

/// The environment variable that names the binary.
pub const BINARY: &str = "SEGMENTS_TAPLO";

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

/// Asks everything; the number of failures and of questions. `None` if there is no server.
pub fn ask_all() -> Option<(usize, usize)> {
    let binary = std::env::var_os(BINARY).map_or_else(|| PathBuf::from("taplo"), PathBuf::from);
    let version = Command::new(&binary).arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    println!("ide: {version}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ide/toml");
    fs::create_dir_all(&folder).expect("the folder of tests can be written");
    let schema = file::json_schema().to_string();
    fs::write(folder.join("segments.schema.json"), schema).expect("it can be written");

    let (mut failed, mut asked) = (0, 0);
    let mut tell = |name: &str, answer: Result<(), String>| {
        asked += 1;
        match answer {
            Ok(()) => println!("ok      {name}"),
            Err(why) => {
                failed += 1;
                println!("FAILED  {name}\n        {why}");
            }
        }
    };
    for (kind, right) in [("good", true), ("refused", false)] {
        for (name, text) in fixtures(kind) {
            let answer = check(&binary, &folder, &text, right);
            tell(&format!("{kind}/{name}"), answer);
        }
    }
    for edit in EDITED {
        tell(edit.name, ask(&binary, &folder, edit));
    }
    Some((failed, asked))
}

/// The files that the reader takes, or that a schema can refuse.
fn fixtures(kind: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("toml")
        .join(kind);
    let files = fs::read_dir(&folder).expect("the fixtures are there");
    let mut files: Vec<_> = files
        .map(|file| {
            let path = file.expect("it can be listed").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            (name, fs::read_to_string(path).expect("it can be read"))
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

/// Whether the checker says what the reader says.
fn check(binary: &Path, folder: &Path, text: &str, right: bool) -> Result<(), String> {
    let path = folder.join("checked.toml");
    fs::write(&path, with_schema(text)).map_err(|error| error.to_string())?;
    let output = Command::new(binary)
        .current_dir(folder)
        .args(["check", "checked.toml"])
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() == right {
        Ok(())
    } else {
        Err(format!(
            "it is {}: {said}",
            if right { "refused" } else { "accepted" }
        ))
    }
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
