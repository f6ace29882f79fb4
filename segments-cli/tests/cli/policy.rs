//! `[policy]`: what a file asks of its segments, and of a plan.

use segments_emulator::Emulator;

use crate::support::Folder;

const FILE: &str = r#"[policy]
first_step = 20
severity = { owner = "warning", review = "off" }

[contexts.user.attributes]
plan = "string"

[segments.beta]
description = "Early"

[[segments.beta.rules]]
percent = 50
clauses = [{ attribute = "plan", op = "in", values = ["pro"] }]
"#;

#[test]
fn a_rule_begins_with_at_most_what_the_policy_allows() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let folder = Folder::new("policy-step");
    folder.write("segments.toml", FILE);
    let finding = "error[policy-first-step]: a rule of `beta` begins with 50%, but the policy allows 20%; begin with a smaller percentage";
    let planned = folder.run_at(&emulator, "plan").with(1);
    assert!(planned.data.contains(finding), "{planned:?}");
    let applied = folder.run_at(&emulator, "apply --yes").with(5);
    assert!(
        applied.messages.ends_with(
            "error: a rule begins with more than the policy allows; nothing was applied\n"
        ),
        "{applied:?}"
    );
    assert!(emulator.requests().iter().all(|it| !it.is_write()));
    // One that began small may grow.
    folder.write(
        "segments.toml",
        &FILE.replace("percent = 50", "percent = 20"),
    );
    folder.run_at(&emulator, "apply --yes").with(0);
    folder.write("segments.toml", FILE);
    folder.run_at(&emulator, "apply --yes").with(0);
    // A rename carries out what is declared by then, too.
    let more = "\n[[segments.beta.rules]]\npercent = 60\nclauses = [{ attribute = \"plan\", op = \"in\", values = [\"team\"] }]\n";
    folder.write("segments.toml", &format!("{FILE}{more}"));
    let renamed = folder.run_at(&emulator, "rename beta early --yes").with(5);
    assert!(
        renamed.messages.contains(
            "error[policy-first-step]: a rule of `early` begins with 60%, but the policy allows 20%"
        ),
        "{renamed:?}"
    );
    assert!(emulator.segment("default", "production", "early").is_none());
    // How bad it is, the file says.
    let warns = FILE
        .replace("owner =", "first_step = \"warning\", owner =")
        .replace(
            "plan\", op = \"in\", values = [\"pro\"]",
            "plan\", op = \"startsWith\", values = [\"p\"]",
        );
    folder.write(
        "segments.toml",
        &warns.replace("segments.beta", "segments.gamma"),
    );
    let planned = folder.run_at(&emulator, "plan").with(0);
    assert!(
        planned.data.contains("warning[policy-first-step]"),
        "{planned:?}"
    );
}

#[test]
fn a_finding_is_as_bad_as_the_file_says() {
    let folder = Folder::new("policy-severity");
    folder.write("segments.toml", FILE);
    let warned = folder.run("check").with(0);
    assert!(
        warned.messages.contains("warning[policy-owner]"),
        "{warned:?}"
    );
    assert!(!warned.messages.contains("policy-review"), "{warned:?}");
    folder.run("check --deny warnings").with(1);
    folder.write(
        "segments.toml",
        &FILE.replace("owner = \"warning\"", "owner = \"error\""),
    );
    let failed = folder.run("check").with(1);
    assert!(
        failed.messages.contains("error[policy-owner]"),
        "{failed:?}"
    );
    // Nothing is planned with what the policy refuses.
    let emulator = Emulator::builder().start_blocking().unwrap();
    folder.run_at(&emulator, "plan").with(1);
    assert!(emulator.requests().is_empty());
    for (wrong, error) in [
        (
            "owner = \"warn\"",
            "`warn` is not a severity; write \"error\", \"warning\" or \"off\"",
        ),
        (
            "ower = \"off\"",
            "`ower` is not a key of the severities of the policy",
        ),
    ] {
        folder.write("segments.toml", &FILE.replace("owner = \"warning\"", wrong));
        let failed = folder.run("check").with(1);
        assert!(failed.messages.contains(error), "{failed:?}");
    }
}
