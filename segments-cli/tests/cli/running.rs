//! What LaunchDarkly runs by itself: told, left alone, and written over only if that is said.

use std::process::Command;

use segments_emulator::{Behavior, Emulator};
use serde_json::json;

use crate::support::Folder;

/// A flag whose default rule LaunchDarkly rolls out by itself, and whose rule asks a segment.
fn emulator(rollout_on: &str) -> Emulator {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let progressive = json!({"controlVariation": 0, "endVariation": 1,
        "steps": [{"rolloutWeight": 10_000, "duration": {"quantity": 1, "unit": "day"}}]});
    let asking = json!({"kind": "addRule", "clauses": [{"attribute": "segmentMatch", "op": "segmentMatch",
        "values": ["beta"], "contextKind": "user", "negate": false}]});
    let (mut rule, mut fallthrough) = (
        asking,
        json!({"kind": "updateFallthroughVariationOrRollout", "variation": 0}),
    );
    match rollout_on {
        "rule" => rule["progressiveRolloutConfig"] = progressive,
        _ => {
            rule["variation"] = json!(1);
            fallthrough["progressiveRolloutConfig"] = progressive;
        }
    }
    let world = json!({"projects": {"default": {
        "environments": {"production": {"segments": [
            {"key": "beta", "name": "beta", "tags": ["managed-by.segments-as-code"], "included": ["u-1"]}]}},
        "flags": [{"key": "checkout", "name": "Checkout", "instructions": {"production": [
            {"kind": "turnFlagOn"}, rule, fallthrough]}}]}}});
    emulator.fill(&world.to_string()).unwrap();
    emulator.clear_requests();
    emulator
}

fn writes(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    requests.iter().filter(|request| request.is_write()).count()
}

const BETA: &str = "[segments.beta]\nname = \"beta\"\nincluded = { user = [\"u-1\"] }\n";
const CHECKOUT: &str =
    "[flags.checkout]\nvariations = [\"true\", \"false\"]\nfallthrough = \"true\"\n";

#[test]
fn what_runs_is_left_alone_and_has_an_exit_code_of_its_own() {
    let (folder, emulator) = (Folder::new("running"), emulator("fallthrough"));
    folder.write("segments.toml", &format!("{BETA}{CHECKOUT}"));
    let sentence = "left flag checkout alone: a progressive rollout runs on the default rule of `checkout`; end it, or leave this rule undeclared";
    let planned = folder.run_at(&emulator, "plan").with(9);
    assert!(planned.data.contains(sentence), "{planned:?}");
    assert!(planned.data.contains("1 busy"), "{planned:?}");
    let verified = folder.run_at(&emulator, "verify").with(9);
    assert!(verified.data.contains(sentence), "{verified:?}");
    let applied = folder.run_at(&emulator, "apply --yes").with(9);
    assert!(applied.messages.contains(sentence), "{applied:?}");
    assert_eq!(writes(&emulator), 0);

    let planned = folder
        .run_at(&emulator, "plan --override-running --adopt always")
        .with(0);
    assert!(
        planned
            .data
            .contains("instead of a progressive rollout, which ends"),
        "{planned:?}"
    );
    folder
        .run_at(&emulator, "apply --yes --override-running --adopt always")
        .with(4);
    emulator.set_behavior(Behavior {
        refuse_running_edits: false,
        ..Behavior::default()
    });
    folder
        .run_at(&emulator, "apply --yes --override-running --adopt always")
        .with(0);
    folder.run_at(&emulator, "verify").with(0);
}

#[test]
fn a_saved_plan_overrides_what_it_was_made_to_override() {
    let (folder, emulator) = (Folder::new("running-saved"), emulator("fallthrough"));
    folder.write("segments.toml", CHECKOUT);
    emulator.set_behavior(Behavior {
        refuse_running_edits: false,
        ..Behavior::default()
    });
    folder.run_at(&emulator, "plan --out kept.json").with(9);
    folder
        .run_at(&emulator, "apply kept.json --yes --override-running")
        .with(2);
    folder
        .run_at(
            &emulator,
            "plan --override-running --adopt always --out kept.json",
        )
        .with(0);
    folder.run_at(&emulator, "apply kept.json --yes").with(0);
}

#[test]
fn a_plan_that_spoils_a_rollout_warns_and_can_be_denied() {
    let (folder, emulator) = (Folder::new("running-warns"), emulator("rule"));
    folder.write("segments.toml", &BETA.replace("u-1", "u-2"));
    let warning = "warning: a progressive rollout runs on rule 1 of `checkout`, and changing segment `beta` changes who is in it";
    let planned = folder.run_at(&emulator, "plan").with(0);
    assert!(planned.data.contains(warning), "{planned:?}");
    folder.run_at(&emulator, "plan --deny warnings").with(1);
    let refused = folder
        .run_at(&emulator, "apply --yes --deny warnings")
        .with(5);
    assert!(
        refused.messages.contains("nothing was applied"),
        "{refused:?}"
    );
    assert_eq!(writes(&emulator), 0);
    let json = folder.run_at(&emulator, "plan --json").with(0).json();
    assert_eq!(json["warnings"][0]["running"], "progressive-rollout");
    folder.run_at(&emulator, "apply --yes").with(0);
}

/// What GitHub's comment is made of, and that the pipeline goes on.
#[test]
fn the_comment_of_the_pipeline_names_what_runs() {
    let (folder, emulator) = (Folder::new("running-pipeline"), emulator("fallthrough"));
    folder.write("segments.toml", &format!("{BETA}{CHECKOUT}"));
    let pipeline = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/ci-pipeline/pipeline.sh"
    );
    for command in ["check", "apply", "verify"] {
        let ended = Command::new("bash")
            .args([pipeline, command])
            .current_dir(folder.path(""))
            .env("CARGO_SEGMENTS", env!("CARGO_BIN_EXE_cargo-segments"))
            .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
            .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
            .env("SEGMENTS_DENY_WARNINGS", "false")
            .env("SEGMENTS_COMMENT", folder.path("comment.md"))
            .output()
            .unwrap();
        assert!(ended.status.success(), "{command}: {ended:?}");
    }
    let comment = std::fs::read_to_string(folder.path("comment.md")).unwrap();
    assert!(
        comment.contains("a progressive rollout runs on the default rule of"),
        "{comment}"
    );
    assert_eq!(writes(&emulator), 0);
}

#[test]
fn a_big_segment_is_filled_from_a_file() {
    let folder = Folder::new("fill");
    let emulator = segments_emulator::Emulator::builder()
        .start_blocking()
        .unwrap();
    let big = serde_json::json!({"key": "customers", "name": "Customers", "unbounded": true});
    crate::import::send(&emulator, "POST", "", &big);
    folder.write("customers.csv", "c-1\nc-2\nc-3\n");
    let filled = folder
        .run_at(&emulator, "fill customers customers.csv")
        .with(0);
    assert!(
        filled
            .messages
            .contains("the members in `customers.csv` are now those of `customers`"),
        "{filled:?}"
    );
    let member = |key: &str| {
        let path = format!("segments/default/production/customers/contexts/{key}");
        crate::import::rest(&emulator, "GET", &path, &serde_json::Value::Null)["included"].clone()
    };
    assert_eq!(member("c-2"), true);
    folder.write("new.csv", "c-4\n");
    folder
        .run_at(&emulator, "fill customers new.csv --add")
        .with(0);
    assert_eq!((member("c-2"), member("c-4")), (true.into(), true.into()));
    folder.run_at(&emulator, "fill customers new.csv").with(0);
    assert_ne!(member("c-2"), true);

    let missing = folder.run_at(&emulator, "fill nothing new.csv").with(3);
    assert!(
        missing.messages.contains("cannot fill `nothing`"),
        "{missing:?}"
    );
    let missing = folder
        .run_at(&emulator, "fill customers nothing.csv")
        .with(3);
    assert!(
        missing.messages.contains("cannot fill `customers`"),
        "{missing:?}"
    );
}
