//! What a plan says of who joins, who leaves and who is served another variation: proved, with a context for each.

use segments_emulator::Emulator;

use crate::support::Folder;

const HEAD: &str = r#"
allow = ["style-description", "pattern-line-breaks"]

[contexts.user.attributes]
plan = "string"
beta = "bool"
"#;

const PAYING: &str = r#"
[segments.paying]
included.user = ["canary-5d8e-1"]
excluded = {}
rules = [{ clauses = [{ attribute = "plan", op = "in", values = ["pro"] }] }]
"#;

const BETA: &str = r#"
[segments.beta]
excluded = {}
rules = [{ clauses = [
  { attribute = "beta", op = "in", values = [true] },
  { op = "segmentMatch", values = ["paying"] },
] }]
"#;

const FLAG: &str = r#"
[flags.new-page]
variations = ["on", "off"]
rules = [{ serve = "on", clauses = [{ op = "segmentMatch", values = ["beta"] }] }]
fallthrough = "off"
"#;

/// A flag that nobody targets yet.
const WORLD: &str = r#"{"projects": {"default": {"flags": [
    {"key": "new-page", "name": "New page", "variations": [{"value": "on"}, {"value": "off"}]}]}}}"#;

/// An environment with a segment, one that references it, and a flag that asks that one, as declared.
fn settled(test: &str) -> (Folder, Emulator) {
    let (folder, emulator) = (
        Folder::of_members(test),
        Emulator::builder().start_blocking().unwrap(),
    );
    emulator.fill(WORLD).unwrap();
    folder.write("segments.toml", &format!("{HEAD}{PAYING}{BETA}{FLAG}"));
    folder
        .run_at(&emulator, "apply --yes --adopt always")
        .with(0);
    (folder, emulator)
}

fn edit(folder: &Folder, from: &str, to: &str) {
    let text = std::fs::read_to_string(folder.path("segments.toml")).unwrap();
    assert!(text.contains(from), "{from}");
    folder.write("segments.toml", &text.replace(from, to));
}

#[test]
fn a_wider_change_is_caught_in_a_plan_with_its_witness() {
    let (folder, emulator) = settled("effects-wider");
    edit(&folder, r#"["pro"]"#, r#"["pro", "team"]"#);
    let plan = folder.run_at(&emulator, "plan").with(0);
    assert_eq!(
        plan.data,
        r#"~ paying
    rule 1 (user plan is "pro"): add to the values: user plan is "team"
    wider: also lets in, for example, `{"kind":"user","key":"a","plan":"team"}`
reaches segment beta
    wider: also lets in, for example, `{"kind":"user","key":"a","beta":true,"plan":"team"}`
reaches flag new-page
    serves `on` instead of `off` to, for example, `{"kind":"user","key":"a","beta":true,"plan":"team"}`
default/production: 1 to update, 2 unchanged (project: default, environment: default)
"#
    );
    let denied = folder.run_at(&emulator, "plan --deny wider").with(1);
    assert!(
        denied
            .messages
            .contains("2 changes, which `--deny` refuses"),
        "{denied:?}"
    );
    let denied = folder.run_at(&emulator, "apply --yes --deny wider").with(5);
    assert!(
        denied.messages.contains("nothing was applied"),
        "{denied:?}"
    );
    folder.run_at(&emulator, "plan --deny narrower").with(0);

    let markdown = folder.run_at(&emulator, "plan --format markdown").with(0);
    assert!(
        markdown
            .data
            .contains("| update | segment paying | **wider** |"),
        "{markdown:?}"
    );
    assert!(
        markdown
            .data
            .contains("| reached | flag new-page | **served otherwise** |"),
        "{markdown:?}"
    );

    folder.run_at(&emulator, "plan --out plan.json").with(0);
    let told = folder.run("diff plan.json").with(0);
    assert_eq!(
        told.data.lines().next().unwrap(),
        "segment `paying` in `default/production`: wider"
    );
    folder.run("diff plan.json --deny wider").with(1);
    folder.run("diff plan.json --deny narrower").with(0);

    emulator.clear_requests();
    folder.run_at(&emulator, "apply plan.json --yes").with(0);
    let comments: Vec<String> = emulator
        .requests()
        .iter()
        .filter_map(|request| {
            let body = request.body.as_ref()?;
            Some(body["comment"].as_str()?.to_owned())
        })
        .collect();
    assert!(
        comments.iter().any(|comment| comment.ends_with(
            r#"wider: also lets in, for example, `{"kind":"user","key":"a","plan":"team"}`"#
        )),
        "{comments:?}"
    );
}

#[test]
fn a_narrower_change_a_change_of_both_and_one_of_form_are_told() {
    let (folder, emulator) = settled("effects-others");
    edit(&folder, r#"["pro"]"#, r#"["team"]"#);
    let plan = folder.run_at(&emulator, "plan").with(0).data;
    assert!(
        plan.contains(
            "    wider: also lets in, for example, `{\"kind\":\"user\",\"key\":\"a\",\"plan\":\"team\"}`\n    narrower: no longer lets in, for example, `{\"kind\":\"user\",\"key\":\"a\",\"plan\":\"pro\"}`\n"
        ),
        "{plan}"
    );
    edit(
        &folder,
        r#"op = "in", values = ["team"]"#,
        r#"op = "matches", values = ["^p[r]o$"]"#,
    );
    let plan = folder.run_at(&emulator, "plan --deny any").with(0).data;
    assert!(
        plan.contains("    same audience: only its form changes\n"),
        "{plan}"
    );
    assert!(
        plan.contains(
            "only form changes: every audience stays the same, and everybody is served the same\n"
        ),
        "{plan}"
    );
    assert!(!plan.contains("reaches"), "{plan}");
}

/// Who is on a list is personal data.
#[test]
fn keys_on_lists_are_shown_to_nobody() {
    let (folder, emulator) = settled("effects-keys");
    edit(&folder, "canary-5d8e-1", "canary-5d8e-2");
    let mut texts = Vec::new();
    for words in [
        "plan",
        "plan --json --out plan.json",
        "plan --format markdown",
        "diff plan.json",
    ] {
        let ended = folder.run_at(&emulator, words).with(0);
        texts.extend([ended.data, ended.messages]);
    }
    texts.push(std::fs::read_to_string(folder.path("plan.json")).unwrap());
    for text in &texts {
        assert!(!text.contains("canary-5d8e"), "{text}");
    }
    assert!(
        texts[0].contains(r#"also lets in, for example, `{"kind":"user","key":"<a listed key>"}`"#),
        "{}",
        texts[0]
    );
}

#[test]
fn what_is_never_wider_is_refused_with_the_witness_also_through_others() {
    let (folder, emulator) = settled("effects-never-wider");
    edit(
        &folder,
        "[segments.beta]\n",
        "[segments.beta]\nnever_wider = true\n",
    );
    folder.run_at(&emulator, "apply --yes").with(0);
    edit(&folder, r#"["pro"]"#, r#"["pro", "team"]"#);
    let refused = folder.run_at(&emulator, "plan").with(1).data;
    assert!(
        refused.contains(
            r#"failed paying: segment `beta` is declared `never_wider` and would also let in, for example, `{"kind":"user","key":"a","beta":true,"plan":"team"}`; narrow the rules, or remove `never_wider` from `beta`"#
        ),
        "{refused}"
    );
    folder.write("old.toml", &format!("{HEAD}{PAYING}{BETA}"));
    let diff = folder.run("diff old.toml segments.toml").with(1);
    assert!(
        diff.messages
            .contains("segment `beta` is declared `never_wider`"),
        "{diff:?}"
    );

    edit(&folder, r#"["pro", "team"]"#, "[\"premium\"]");
    folder.run_at(&emulator, "plan").with(1);
    edit(&folder, "never_wider = true\n", "");
    folder.run_at(&emulator, "apply --yes").with(0);
}

#[test]
fn what_a_flag_serves_otherwise_is_told() {
    let (folder, emulator) = settled("effects-served");
    edit(&folder, "fallthrough = \"off\"", "fallthrough = \"on\"");
    let plan = folder.run_at(&emulator, "plan").with(0).data;
    assert!(
        plan.contains("    serves `on` instead of `off` to, for example, `{\"kind\":\"user\",\"key\":\"u\"}`\n"),
        "{plan}"
    );
    folder.run_at(&emulator, "plan --deny wider").with(0);
    folder.run_at(&emulator, "plan --deny any").with(1);
}
