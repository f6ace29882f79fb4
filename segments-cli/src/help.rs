//! The structure of `--help`: the options in a useful order, and two examples for each command.

use clap::{Command, CommandFactory};

use crate::arguments::Arguments;

/// A command: the options that only it has, the most used first, and its examples with what each does.
struct Help {
    command: &'static str,
    own: &'static [&'static str],
    examples: [(&'static str, &'static str); 2],
}

/// The options of what puts contexts on a list.
const LISTED: &[&str] = &[
    "users",
    "contexts",
    "users_from",
    "until",
    "at_most",
    "save_undo",
    "yes",
];

const HELP: &[Help] = &[
    Help {
        command: "new",
        own: &[],
        examples: [
            ("cargo segments new", "writes segments.toml"),
            (
                "cargo segments new audiences/eu.toml",
                "writes another file",
            ),
        ],
    },
    Help {
        command: "import",
        own: &["keys", "tags", "targetings", "language", "owner"],
        examples: [
            (
                "cargo segments import",
                "writes the production segments to segments.toml",
            ),
            (
                "cargo segments import src/audiences.rs --tag beta",
                "writes some of them as Rust",
            ),
        ],
    },
    Help {
        command: "check",
        own: &["watch", "deny", "format"],
        examples: [
            ("cargo segments check", "checks segments.toml"),
            (
                "cargo segments check --deny warnings --format github",
                "checks it in GitHub Actions",
            ),
        ],
    },
    Help {
        command: "plan",
        own: &["out", "json", "detailed_exitcode"],
        examples: [
            (
                "cargo segments plan --environment staging",
                "shows what apply would change there",
            ),
            (
                "cargo segments plan --out plan.json",
                "keeps the plan for apply",
            ),
        ],
    },
    Help {
        command: "apply",
        own: &[
            "yes",
            "replan",
            "keep_going",
            "lock",
            "save_deleted",
            "json",
        ],
        examples: [
            (
                "cargo segments apply --environment staging",
                "shows the plan, asks, and applies it",
            ),
            (
                "cargo segments apply plan.json --yes",
                "applies exactly a saved plan",
            ),
        ],
    },
    Help {
        command: "verify",
        own: &["json"],
        examples: [
            (
                "cargo segments verify",
                "fails if production differs from the definitions",
            ),
            (
                "cargo segments verify --environment all",
                "checks each environment of the project",
            ),
        ],
    },
    Help {
        command: "show",
        own: &["format"],
        examples: [
            (
                "cargo segments show staff",
                "shows a segment, and everything that references it",
            ),
            (
                "cargo segments show plan.json --format markdown > plan.md",
                "writes a saved plan for a reviewer",
            ),
        ],
    },
    Help {
        command: "list",
        own: &["owner", "tags", "json"],
        examples: [
            (
                "cargo segments list",
                "lists the segments of production, with owners and sizes",
            ),
            (
                "cargo segments list --owner growth --environment staging",
                "lists those of one owner in another environment",
            ),
        ],
    },
    Help {
        command: "rename",
        own: &["yes", "owner", "revision", "save_deleted"],
        examples: [
            (
                "cargo segments rename staff employees",
                "shows the steps, asks, and changes segments.toml and LaunchDarkly",
            ),
            (
                "cargo segments rename staff employees --environment all --yes",
                "does so in every environment without asking",
            ),
        ],
    },
    Help {
        command: "retire",
        own: &["yes", "owner", "save_deleted", "comment"],
        examples: [
            (
                "cargo segments retire beta",
                "shows what uses a segment, and deletes it if nothing does",
            ),
            (
                "cargo segments retire beta testers --environment staging --yes",
                "deletes two segments of another environment without asking",
            ),
        ],
    },
    Help {
        command: "watch",
        own: &[
            "every",
            "once",
            "listen",
            "no_listen",
            "otlp",
            "webhook_file",
            "owner",
        ],
        examples: [
            (
                "cargo segments watch --every 5m",
                "serves metrics of production at http://127.0.0.1:9464/metrics",
            ),
            (
                "cargo segments watch --environment all --webhook-file webhook",
                "also posts differences to a webhook, in words",
            ),
        ],
    },
    Help {
        command: "accept",
        own: &[],
        examples: [
            (
                "cargo segments accept staff",
                "writes manual changes of a segment into the file",
            ),
            (
                "cargo segments accept staff testers --environment staging",
                "accepts two segments of another environment",
            ),
        ],
    },
    Help {
        command: "fill",
        own: &["add"],
        examples: [
            (
                "cargo segments fill paying-customers customers.csv",
                "makes these the only members",
            ),
            (
                "cargo segments fill paying-customers new.csv --add",
                "adds members to the existing ones",
            ),
        ],
    },
    Help {
        command: "diff",
        own: &["deny"],
        examples: [
            (
                "cargo segments diff HEAD",
                "shows whom an edit of segments.toml lets in and leaves out",
            ),
            (
                "cargo segments diff production staging",
                "shows how the segments of two environments differ",
            ),
        ],
    },
    Help {
        command: "eval",
        own: &["context", "at", "live", "format"],
        examples: [
            (
                "cargo segments eval --context user:user-1",
                "shows the segments of a user by key",
            ),
            (
                "cargo segments eval staff --context '{\"kind\":\"user\",\"key\":\"u-1\",\"email\":\"a@x.com\"}'",
                "explains why a context is in a segment, or not",
            ),
        ],
    },
    Help {
        command: "count",
        own: &["contexts_as", "live", "history", "format"],
        examples: [
            (
                "cargo segments count users.ndjson",
                "counts the members of each segment",
            ),
            (
                "cargo segments count users.csv --history counts.ndjson",
                "charts how the counts grew",
            ),
        ],
    },
    Help {
        command: "include",
        own: LISTED,
        examples: [
            (
                "cargo segments include beta --user user-1 --until 2027-01-31",
                "shows what would change, asks, and includes a user for a while",
            ),
            (
                "cargo segments include beta --context device:d-1 --yes",
                "includes a device without asking",
            ),
        ],
    },
    Help {
        command: "exclude",
        own: LISTED,
        examples: [
            (
                "cargo segments exclude beta --user user-1",
                "keeps a user out, regardless of the rules",
            ),
            (
                "cargo segments exclude beta --users-from keys.txt --environment staging",
                "keeps out the users of a file",
            ),
        ],
    },
    Help {
        command: "remove",
        own: &[
            "users",
            "contexts",
            "users_from",
            "at_most",
            "save_undo",
            "yes",
        ],
        examples: [
            (
                "cargo segments remove beta --user user-1",
                "removes a user from both lists",
            ),
            (
                "cargo segments remove beta --users-from - --yes",
                "reads the keys from standard input",
            ),
        ],
    },
    Help {
        command: "undo",
        own: &["yes"],
        examples: [
            (
                "cargo segments undo undo.json",
                "shows what `include beta --user user-1 --save-undo undo.json` changed, asks, and takes it back",
            ),
            (
                "cargo segments undo undo.json --yes",
                "does so without asking",
            ),
        ],
    },
    Help {
        command: "pull",
        own: &["members", "protocol"],
        examples: [
            (
                "cargo segments pull",
                "saves production to segments.snapshot.json, without keys of members",
            ),
            (
                "cargo segments pull staging.json --members --environment staging",
                "saves another environment, with the keys of members",
            ),
        ],
    },
    Help {
        command: "impact",
        own: &["before", "max_moves", "contexts_as", "format"],
        examples: [
            (
                "cargo segments impact seen.ndjson",
                "shows who would move if segments.toml were applied",
            ),
            (
                "cargo segments impact seen.csv --before production.json --max-moves 5%",
                "fails if that is more than one in twenty",
            ),
        ],
    },
    Help {
        command: "experiment",
        own: &["winner", "reason", "yes"],
        examples: [
            (
                "cargo segments experiment start careful-answers",
                "starts serving its treatments",
            ),
            (
                "cargo segments experiment stop careful-answers --winner careful",
                "serves everybody the winner",
            ),
        ],
    },
    Help {
        command: "fmt",
        own: &["check"],
        examples: [
            ("cargo segments fmt", "formats segments.toml"),
            ("cargo segments fmt --check", "fails if it is not formatted"),
        ],
    },
    Help {
        command: "doc",
        own: &["out"],
        examples: [
            ("cargo segments doc", "writes segments.html"),
            ("cargo segments doc --out -", "prints the page"),
        ],
    },
    Help {
        command: "emulate",
        own: &[
            "port",
            "data",
            "fill",
            "environments",
            "address",
            "token_file",
            "hosts",
            "seed",
            "json",
            "health_check",
        ],
        examples: [
            (
                "cargo segments emulate",
                "prints the variables that point clients to it",
            ),
            (
                "cargo segments emulate --port 8030 --data emulator.json",
                "keeps its state in a file",
            ),
        ],
    },
    Help {
        command: "probe",
        own: &["rate", "out"],
        examples: [
            (
                "cargo segments probe --project made-for-this",
                "tests the live service for each inferred behavior",
            ),
            (
                "cargo segments probe --project made-for-this --rate 2",
                "sends at most two requests a second",
            ),
        ],
    },
    Help {
        command: "lsp",
        own: &["history"],
        examples: [
            ("cargo segments lsp", "runs the server for an editor"),
            (
                "cargo segments lsp --history history.ndjson",
                "shows sizes of segments in the editor, too",
            ),
        ],
    },
    Help {
        command: "mcp",
        own: &["root"],
        examples: [
            ("cargo segments mcp", "is what an agent's client runs"),
            (
                "cargo segments mcp --root /home/me/shop --file segments.toml",
                "works in that folder, wherever the client starts it",
            ),
        ],
    },
    Help {
        command: "schema",
        own: &[],
        examples: [
            (
                "cargo segments schema > segments.schema.json",
                "writes the schema for editors",
            ),
            ("cargo segments schema | jq .title", "prints a part of it"),
        ],
    },
    Help {
        command: "completions",
        own: &[],
        examples: [
            (
                "cargo segments completions bash > ~/.local/share/bash-completion/completions/cargo-segments",
                "for bash",
            ),
            (
                "cargo segments completions fish > ~/.config/fish/completions/cargo-segments.fish",
                "for fish",
            ),
        ],
    },
    Help {
        command: "man",
        own: &[],
        examples: [
            ("cargo segments man | man -l -", "shows the manual page"),
            ("cargo segments man > cargo-segments.1", "writes it"),
        ],
    },
];

/// The command line, with its help.
pub(crate) fn command() -> Command {
    HELP.iter().fold(Arguments::command(), |command, help| {
        command.mut_subcommand(help.command, |command| described(command, help))
    })
}

fn described(command: Command, help: &Help) -> Command {
    let mut command = command.after_help(examples(help));
    for (order, option) in help.own.iter().enumerate() {
        // Options behind those of a group would be shown among them.
        command = command.mut_arg(option, |option| {
            option.help_heading(None::<&str>).display_order(order)
        });
    }
    command
}

/// Each example with what it does, on a line or on two.
fn examples(help: &Help) -> String {
    let width = help
        .examples
        .iter()
        .map(|(example, _)| example.len())
        .max()
        .unwrap_or(0);
    let line = |(example, does): &(&str, &str)| {
        if width > 60 {
            format!("  {example}\n      {does}\n")
        } else {
            format!("  {example:width$}  {does}\n")
        }
    };
    let lines: String = help.examples.iter().map(line).collect();
    format!("Examples:\n{}", lines.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_examples_that_are_understood() {
        let command = command();
        for subcommand in command.get_subcommands() {
            let name = subcommand.get_name();
            let help = HELP.iter().find(|help| help.command == name);
            let help = help.unwrap_or_else(|| panic!("`{name}` has no examples"));
            for (example, _) in help.examples {
                let words = example.split([';', '|', '>']).next().unwrap_or_default();
                // The only quotes are those around a context.
                let words: Vec<&str> = words
                    .split_whitespace()
                    .skip(1)
                    .map(|word| word.trim_matches('\''))
                    .collect();
                if let Err(error) = self::command().try_get_matches_from(words) {
                    panic!("{example}: {error}");
                }
            }
        }
    }

    #[test]
    fn options_of_one_command_are_in_no_group() {
        let command = command();
        for help in HELP {
            let subcommand = command
                .find_subcommand(help.command)
                .expect("it is a command");
            for option in subcommand
                .get_arguments()
                .filter(|option| help.own.contains(&option.get_id().as_str()))
            {
                assert_eq!(
                    option.get_help_heading(),
                    None,
                    "{} {}",
                    help.command,
                    option.get_id()
                );
            }
        }
    }
}
