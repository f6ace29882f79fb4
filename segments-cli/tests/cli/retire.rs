//! `retire`: the deletion of a segment that is named.

use segments_emulator::{Emulator, Fault};
use serde_json::Value as Json;

use crate::support::Folder;

/// `beta` is asked by `alpha`, which nothing asks; `staff` is asked by everything, and `press` is nobody's.
const WORLD: &str = r#"{"projects": {"default": {
    "environments": {
        "production": {"segments": [
            {"key": "alpha", "name": "Alpha", "tags": ["managed-by.shop"], "rules": [{"clauses": [
                {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["beta"]}]}]},
            {"key": "beta", "name": "Beta", "tags": ["managed-by.shop"], "included": ["canary-5d8e-1"]},
            {"key": "staff", "name": "Staff", "tags": ["managed-by.shop"]},
            {"key": "asking", "name": "Asking", "tags": ["managed-by.growth"], "rules": [{"clauses": [
                {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]},
            {"key": "press", "name": "Press"}]},
        "test": {"segments": [{"key": "beta", "name": "Beta"}]}},
    "flags": [{"key": "new-page", "name": "New page", "instructions": {"production": [{"kind": "turnFlagOn"},
        {"kind": "addRule", "variation": 0, "clauses": [
            {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]}}],
    "aiConfigs": [{"key": "assistant", "name": "Assistant",
        "variations": [{"key": "fast", "name": "Fast"}, {"key": "careful", "name": "Careful"}],
        "instructions": {"production": [{"kind": "addRule", "variation": 2, "clauses": [
            {"attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"]}]}]}}]
}}}"#;

fn filled() -> Emulator {
    let emulator = Emulator::builder().start_blocking().unwrap();
    emulator.fill(WORLD).unwrap();
    emulator
}

fn exists(emulator: &Emulator, key: &str) -> bool {
    emulator.segment("default", "production", key).is_some()
}

#[test]
fn what_nothing_uses_goes_after_what_asks_it_and_is_kept() {
    let (folder, emulator) = (Folder::of_members("retire"), filled());
    let alone = folder
        .run_at(&emulator, "retire beta --owner shop --yes")
        .with(5);
    assert!(
        alone
            .messages
            .ends_with("error: cannot retire `beta` of default/production: used by segment alpha; nothing was deleted\n"),
        "{alone:?}"
    );
    emulator.clear_requests();
    let done = folder
        .run_at(&emulator, "retire beta alpha --owner shop --yes")
        .with(0);
    assert_eq!(
        done.messages,
        "- beta in default/production\n    used by segment alpha\n    stays in test\n\
         - alpha in default/production\n    used by nothing\n\
         default/production: 2 deleted (project: default, environment: default)\n"
    );
    let writes = emulator.requests();
    // Who uses what is looked up for both at once: to tell, to plan, and right before they go. A list of which
    // nothing may be missed takes two requests, and the plan looks for AI Configs that are no longer declared.
    let lists = writes.iter().filter(|it| it.path.ends_with("/ai-configs"));
    assert_eq!(lists.count(), 3 * 2 + 1);
    let deleted: Vec<&str> = writes
        .iter()
        .filter(|it| it.method == "DELETE")
        .map(|it| it.path.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(deleted, ["alpha", "beta"]);
    assert!(emulator.segment("default", "test", "beta").is_some());
    let kept = folder.path("segments.deleted/default/production/beta.1.json");
    let kept: Json = serde_json::from_str(&std::fs::read_to_string(kept).unwrap()).unwrap();
    assert_eq!(kept["included"][0], "canary-5d8e-1");
}

#[test]
fn what_is_used_or_declared_or_not_ours_stays_and_the_reason_is_told() {
    let (folder, emulator) = (Folder::new("retire-not"), filled());
    let run = |words: &str, code| folder.run_at(&emulator, words).with(code).messages;
    let used = run("retire staff beta alpha --owner shop --yes", 5);
    assert!(
        used.contains("    used by flag new-page, AI Config assistant, segment asking\n"),
        "{used}"
    );
    assert!(
        used.contains(
            "error: cannot retire `staff` of default/production: used by flag new-page; used by "
        ),
        "{used}"
    );
    for (words, code, error) in [
        ("retire sta:ff --yes", 2, "segment key"),
        (
            "retire stuff --yes",
            3,
            "there is no segment `stuff` in default/production; did you mean `staff`?",
        ),
        ("retire press --yes", 5, "it has no owner; adopt it first"),
        (
            "retire asking --owner shop --yes",
            5,
            "it belongs to `growth`; if that is you, pass `--owner growth`",
        ),
        (
            "retire alpha --owner shop",
            5,
            "cannot ask for confirmation",
        ),
    ] {
        let said = run(words, code);
        assert!(said.contains(error), "{words}: {said}");
    }
    folder.write(
        "segments.toml",
        "owner = \"shop\"\n\n[segments.alpha]\ndescription = \"Few\"\nincluded = { user = [\"u-1\"] }\n",
    );
    let declared = run("retire alpha --yes", 5);
    assert!(
        declared.contains("`alpha` is declared, so the next apply would create it again"),
        "{declared}"
    );
    // What may use it and cannot be read keeps it.
    folder.write("segments.toml", "owner = \"shop\"\n");
    emulator.inject_fault(Fault::status(403).on("GET", "ai-configs").always());
    let unknown = run("retire alpha --yes", 5);
    assert!(
        unknown.contains("it is unknown whether AI Configs use it"),
        "{unknown}"
    );
    assert!(
        ["alpha", "beta", "staff", "press", "asking"]
            .iter()
            .all(|key| exists(&emulator, key))
    );
    assert!(emulator.requests().iter().all(|it| it.method != "DELETE"));
}

#[test]
fn a_metric_that_is_pruned_is_kept_in_a_file() {
    const METRICS: &str =
        "owner = 'shop'\n\n[metrics.resolved]\nkind = 'count'\n\n[metrics.spare]\nkind = 'count'\n";
    let folder = Folder::of_members("retire-metric");
    let emulator = Emulator::builder().start_blocking().unwrap();
    folder.write("segments.toml", METRICS);
    folder.run_at(&emulator, "apply --yes").with(0);
    emulator.advance(std::time::Duration::from_hours(2));
    let left = METRICS.split("\n[metrics.spare]").next().unwrap();
    folder.write("segments.toml", left);
    let planned = folder.run_at(&emulator, "plan").with(0);
    assert!(
        planned.data.contains("left metric spare as it is"),
        "{planned:?}"
    );
    let done = folder.run_at(&emulator, "apply --prune --yes").with(0);
    assert!(done.messages.contains("1 deleted"), "{done:?}");
    let kept = folder.path("segments.deleted/default/production/metrics/spare.1.json");
    let kept: Json = serde_json::from_str(&std::fs::read_to_string(kept).unwrap()).unwrap();
    assert_eq!(kept["eventKey"], "spare");
    // The last one that is removed from the file is told, too.
    folder.write(
        "segments.toml",
        "owner = 'shop'\n\n[segments.staff]\nincluded = { user = ['u'] }\n",
    );
    let planned = folder.run_at(&emulator, "plan").with(0);
    assert!(
        planned.data.contains("left metric resolved as it is"),
        "{planned:?}"
    );
}
