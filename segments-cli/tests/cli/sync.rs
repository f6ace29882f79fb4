//! `plan`, `apply` and `verify`.

use segments_emulator::{Emulator, Fault, Role, Token};
use serde_json::{Value as Json, json};

use crate::import::send;
use crate::support::{Folder, TWO};

fn emulator() -> Emulator {
    Emulator::builder().start_blocking().unwrap()
}

fn writes(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    requests.iter().filter(|request| request.is_write()).count()
}

#[test]
fn plan_apply_edit_plan_apply_verify() {
    let (folder, emulator) = (Folder::new("story"), emulator());
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "verify").with(1);
    assert_eq!(
        folder.run_at(&emulator, "plan").with(0).data,
        "+ staff
    include 1 context of kind user
    add rule: user email ends with \"@company.com\"
+ testers
    add rule: 10% by user key of is in segment `staff`
default/production: 2 to create (project: default, environment: default)
"
    );
    assert_eq!(writes(&emulator), 0);

    let ended = folder.run_at(&emulator, "apply --yes").with(0);
    assert!(
        ended
            .messages
            .ends_with("default/production: 2 created (project: default, environment: default)\n"),
        "{ended:?}"
    );
    let ended = folder.run_at(&emulator, "plan").with(0);
    assert_eq!(
        ended.data,
        "default/production: 2 unchanged (project: default, environment: default)\n"
    );
    folder.run_at(&emulator, "verify").with(0);

    folder.write(
        "segments.toml",
        &TWO.replace("@company.com", "@company.org"),
    );
    let ended = folder.run_at(&emulator, "plan").with(0);
    assert_eq!(
        ended.data,
        "~ staff
    rule 1 (user email ends with \"@company.com\"): user email ends with \"@company.com\" → user email ends with \"@company.org\"
    wider: also lets in, for example, `{\"kind\":\"user\",\"key\":\"a\",\"email\":\"@company.org\"}`
    narrower: no longer lets in, for example, `{\"kind\":\"user\",\"key\":\"a\",\"email\":\"@company.com\"}`
reaches segment testers
    wider: also lets in, for example, `{\"kind\":\"user\",\"key\":\"a\",\"email\":\"@company.org\"}`, in the first 10% of `testers`
    narrower: no longer lets in, for example, `{\"kind\":\"user\",\"key\":\"a\",\"email\":\"@company.com\"}`, in the first 10% of `testers`
default/production: 1 to update, 1 unchanged (project: default, environment: default)
"
    );
    emulator.clear_requests();
    folder.run_at(&emulator, "apply --yes").with(0);
    assert_eq!(writes(&emulator), 1);
    folder.run_at(&emulator, "verify").with(0);
}

#[test]
fn plans_and_reports_name_no_members_and_no_token() {
    let (folder, emulator) = (Folder::new("secrets"), emulator());
    folder.write("segments.toml", TWO);
    for words in [
        "plan -v",
        "plan --json --out plan.json",
        "apply -v --json --yes",
        "verify -v --json",
    ] {
        let ended = folder.run_at(&emulator, words).with(0);
        for text in [&ended.data, &ended.messages] {
            assert!(!text.contains("user-123"), "{words}: {text}");
            assert!(!text.contains(emulator.access_token()), "{words}: {text}");
        }
    }
    let plan = std::fs::read_to_string(folder.path("plan.json")).unwrap();
    assert!(!plan.contains("user-123") && !plan.contains(emulator.access_token()));
}

#[test]
fn a_plan_in_a_file_is_applied_exactly_or_not_at_all() {
    let (folder, emulator) = (Folder::new("saved"), emulator());
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "plan --out plan.json").with(0);

    // Another member: the plan reads the same and is another one.
    folder.write("segments.toml", &TWO.replace("user-123", "user-124"));
    let ended = folder.run_at(&emulator, "apply plan.json --yes").with(5);
    assert!(ended.messages.contains("out of date"), "{ended:?}");
    assert_eq!(writes(&emulator), 0);

    folder.write("segments.toml", TWO);
    let ended = folder
        .run_at(&emulator, "apply plan.json --yes -e test")
        .with(2);
    assert!(ended.messages.contains("default/production"), "{ended:?}");
    folder.run_at(&emulator, "apply plan.json --yes").with(0);
    assert_eq!(emulator.segments("default", "production").len(), 2);
    folder.run_at(&emulator, "apply plan.json --yes").with(5);
}

#[test]
fn nothing_is_written_without_a_yes() {
    let (folder, emulator) = (Folder::new("question"), emulator());
    folder.write("segments.toml", TWO);
    let ended = folder.run_at(&emulator, "apply").with(5);
    assert!(ended.messages.contains("--yes"), "{ended:?}");
    assert_eq!(writes(&emulator), 0);
}

#[test]
fn quiet_leaves_data_and_what_went_wrong_and_verbose_says_more() {
    let (folder, emulator) = (Folder::new("quiet"), emulator());
    folder.write("segments.toml", TWO);
    let ended = folder.run_at(&emulator, "plan --quiet").with(0);
    assert!(
        ended
            .data
            .ends_with("2 to create (project: default, environment: default)\n"),
        "{ended:?}"
    );
    assert_eq!(ended.messages, "");
    let ended = folder.run_at(&emulator, "apply --quiet").with(5);
    assert!(
        ended
            .messages
            .starts_with("error: cannot ask for confirmation")
    );
    let ended = folder.run_at(&emulator, "apply --quiet --yes").with(0);
    assert_eq!((ended.data.as_str(), ended.messages.as_str()), ("", ""));
    let ended = folder.run_at(&emulator, "check --quiet").with(0);
    assert_eq!((ended.data.as_str(), ended.messages.as_str()), ("", ""));

    folder.write("segments.toml", &TWO.replace("company", "firm"));
    let told = folder.run_at(&emulator, "apply --yes").with(0).messages;
    assert!(!told.contains("updated staff\n"), "{told}");
    folder.write("segments.toml", TWO);
    let told = folder.run_at(&emulator, "apply --yes --verbose").with(0);
    for text in [
        "2 segments for default/production, owned by segments-as-code\n",
        "updated staff\n",
        " requests, 1 of them writes, ",
    ] {
        assert!(told.messages.contains(text), "{text}: {told:?}");
    }
    folder.run_at(&emulator, "plan --quiet --verbose").with(2);
}

#[test]
fn definitions_with_errors_reach_nobody() {
    let (folder, emulator) = (Folder::new("wrong"), emulator());
    folder.write("segments.toml", &TWO.replace("endsWith", "endsWit"));
    for words in ["plan", "apply --yes", "verify"] {
        let ended = folder.run_at(&emulator, words).with(1);
        assert!(
            ended.messages.contains("did you mean `endsWith`"),
            "{ended:?}"
        );
    }
    assert!(emulator.requests().is_empty());
}

#[test]
fn several_environments_get_a_plan_each() {
    let (folder, emulator) = (Folder::new("environments"), emulator());
    folder.write("segments.toml", TWO);
    let ended = folder
        .run_at(&emulator, "plan --json -e test -e production")
        .with(0);
    let plans: Vec<Json> = ended
        .data
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(plans.len(), 2);
    assert_eq!(plans[0]["environment"], "test");
    assert_eq!(plans[1]["environment"], "production");
    folder.run_at(&emulator, "apply --yes -e test").with(0);
    assert_eq!(emulator.segments("default", "test").len(), 2);
    assert_eq!(emulator.segments("default", "production").len(), 0);
}

#[test]
fn all_is_every_environment_of_the_project() {
    let (folder, emulator) = (Folder::new("all"), emulator());
    folder.write("segments.toml", TWO);
    let ended = folder.run_at(&emulator, "plan --json -e all").with(0);
    let mut planned: Vec<Json> = ended
        .data
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap()["environment"].clone())
        .collect();
    planned.sort_by_key(Json::to_string);
    assert_eq!(planned, ["production", "test"]);
    let ended = folder.run_at(&emulator, "apply --yes -e all").with(0);
    for environment in ["production", "test"] {
        let told = format!(
            "default/{environment}: 2 created (project: default, environment: --environment)\n"
        );
        assert!(ended.messages.contains(&told), "{ended:?}");
        assert_eq!(emulator.segments("default", environment).len(), 2);
    }
    folder.run_at(&emulator, "verify -e all").with(0);

    // One that differs is enough, and the others are told all the same.
    folder.write("segments.toml", &TWO.replace("10.0", "20.0"));
    folder.run_at(&emulator, "apply --yes -e test").with(0);
    let ended = folder
        .run_at(&emulator, "verify -e test,production")
        .with(1);
    let said = format!("{}{}", ended.data, ended.messages);
    assert!(said.contains("default/test: 2 unchanged"), "{ended:?}");
    assert!(said.contains("default/production"), "{ended:?}");
}

#[test]
fn the_manifest_says_where_launchdarkly_is_and_flags_and_variables_come_before_it() {
    let folder = Folder::new("settings");
    let emulator = Emulator::builder()
        .environment("shop", "staging")
        .environment("shop", "eu")
        .environment("other", "staging")
        .start_blocking()
        .unwrap();
    folder.write("audiences.toml", TWO);
    let manifest = format!(
        "[package]\nname = \"x\"\n[package.metadata.segments]\nproject = \"shop\"\nenvironments = [\"staging\", \"eu\"]\n\
         owner = \"checkout\"\nfiles = [\"audiences.toml\"]\nbase-uri = \"{}\"\n",
        emulator.base_uri()
    );
    folder.write("Cargo.toml", &manifest);
    let run = |words: &str, variables: &[(&str, &str)]| {
        let mut command = folder.command(words);
        let output = command
            .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{words}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run("apply --yes", &[]);
    for environment in ["staging", "eu"] {
        let segments = emulator.segments("shop", environment);
        assert_eq!(segments.len(), 2);
        for segment in segments {
            let owner = "managed-by.checkout".to_owned();
            assert!(segment.tags.contains(&owner), "{:?}", segment.tags);
        }
    }
    let planned = |words: &str, variables: &[(&str, &str)]| {
        let plans = run(&format!("plan --json {words}"), variables);
        let plans = plans.lines().map(|line| {
            let plan: Json = serde_json::from_str(line).unwrap();
            let text = |name: &str| plan[name].as_str().unwrap().to_owned();
            format!("{}/{}", text("project"), text("environment"))
        });
        plans.collect::<Vec<_>>()
    };
    let variables = [
        ("LAUNCHDARKLY_PROJECT", "other"),
        ("LAUNCHDARKLY_ENVIRONMENT", "staging"),
    ];
    assert_eq!(planned("", &[]), ["shop/staging", "shop/eu"]);
    assert_eq!(planned("", &variables), ["other/staging"]);
    assert_eq!(planned("--project shop -e eu", &variables), ["shop/eu"]);
    // A variable that is set to nothing is not set.
    let nothing = variables.map(|(name, _)| (name, ""));
    assert_eq!(planned("", &nothing), ["shop/staging", "shop/eu"]);
}

#[test]
fn a_plan_in_a_file_is_not_applied_once_the_service_has_moved() {
    let (folder, emulator) = (Folder::new("saved-moved"), emulator());
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes").with(0);
    folder.write("segments.toml", &TWO.replace("10.0", "20.0"));
    folder.run_at(&emulator, "plan --out plan.json").with(0);

    // Somebody else's change of a segment that the plan changes.
    let elsewhere = Folder::new("saved-moved-elsewhere");
    elsewhere.write("segments.toml", &TWO.replace("10.0", "30.0"));
    elsewhere.run_at(&emulator, "apply --yes").with(0);
    let moved = emulator.segments("default", "production");
    emulator.clear_requests();
    let ended = folder.run_at(&emulator, "apply plan.json --yes").with(5);
    let told = "out of date: default/production: rules of `testers` changed (version 2, now 3)";
    assert!(ended.messages.contains(told), "{ended:?}");
    assert!(ended.messages.contains("nothing was applied"), "{ended:?}");
    assert_eq!(writes(&emulator), 0);
    assert_eq!(emulator.segments("default", "production"), moved);
}

#[test]
fn pruning_needs_an_owner_and_takes_only_what_is_owned() {
    let (folder, emulator) = (Folder::new("prune"), emulator());
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes --owner shop").with(0);
    let rest = TWO.split("[segments.testers]").next().unwrap();
    folder.write("segments.toml", rest);
    let ended = folder.run_at(&emulator, "plan --prune").with(3);
    assert!(ended.messages.contains("pass `--owner`"), "{ended:?}");
    let ended = folder
        .run_at(&emulator, "plan --prune --owner other --adopt skip")
        .with(0);
    assert!(!ended.data.contains("- testers"), "{ended:?}");
    let ended = folder
        .run_at(&emulator, "plan --prune --owner shop")
        .with(0);
    assert!(ended.data.contains("- testers"), "{ended:?}");
    folder
        .run_at(&emulator, "apply --yes --prune --owner shop")
        .with(0);
    assert_eq!(emulator.segments("default", "production").len(), 1);
}

#[test]
fn a_segment_that_cannot_be_settled_is_exit_code_4() {
    let folder = Folder::new("partly");
    let emulator = Emulator::builder()
        .token(Token::new("ci", "api-read-only", Role::Reader))
        .start_blocking()
        .unwrap();
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "plan").with(0);
    let ended = folder.run_at(&emulator, "apply --yes").with(4);
    assert!(ended.messages.contains("give it a role"), "{ended:?}");
}

#[test]
fn a_service_that_cannot_be_reached_is_exit_code_3() {
    let folder = Folder::new("unreachable");
    folder.write("segments.toml", TWO);
    let ended = folder.run("plan").with(3);
    assert!(
        ended.messages.contains("LAUNCHDARKLY_ACCESS_TOKEN"),
        "{ended:?}"
    );
    let mut command = folder.command("plan --timeout 1 --base-uri http://127.0.0.1:9");
    let output = command
        .env("LAUNCHDARKLY_ACCESS_TOKEN", "api-1")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn a_token_may_come_from_standard_input_or_from_a_file_that_is_only_ours() {
    let (folder, emulator) = (Folder::new("token"), emulator());
    folder.write("segments.toml", TWO);
    let words = format!("plan --token-file - --base-uri {}", emulator.base_uri());
    folder
        .run_with_input(&words, emulator.access_token())
        .with(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        folder.write("token", emulator.access_token());
        let words = words.replace("--token-file -", "--token-file token");
        let allow = |mode| {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(folder.path("token"), mode).unwrap();
        };
        allow(0o644);
        let ended = folder.run(&words).with(3);
        assert!(ended.messages.contains("chmod 600"), "{ended:?}");
        allow(0o600);
        folder.run(&words).with(0);
    }
}

/// Somebody adds a rule to `staff` right before it is written.
fn meanwhile(emulator: &Emulator) {
    let rule = json!({"kind": "addRule", "clauses": [
        {"contextKind": "user", "attribute": "email", "op": "in", "values": ["by-hand"], "negate": false}]});
    let body = json!({"environmentKey": "production", "instructions": [rule]});
    let path = "/api/v2/segments/default/production/staff";
    emulator.inject_fault(Fault::meanwhile("PATCH", path, body).on("PATCH", "/production/staff"));
}

#[test]
fn what_somebody_changes_since_the_plan_is_left_alone_and_told() {
    let (folder, emulator) = (Folder::new("moved"), emulator());
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes").with(0);
    let changed = TWO
        .replace("@company.com", "@company.org")
        .replace("10.0", "20.0");
    folder.write("segments.toml", &changed);
    let rules = |key| {
        emulator
            .segment("default", "production", key)
            .unwrap()
            .rules
    };

    meanwhile(&emulator);
    let ended = folder.run_at(&emulator, "apply --yes").with(6);
    let told =
        "not done staff: somebody changed rules since the plan (version 2, now 3); plan again";
    assert!(ended.messages.contains(told), "{ended:?}");
    assert_eq!(
        (rules("staff").len(), rules("testers")[0].weight),
        (2, Some(20_000))
    );

    // It is planned and shown anew, and then done, if that is wanted.
    let again = changed.replace("@company.org", "@company.net");
    folder.write("segments.toml", &again);
    meanwhile(&emulator);
    let ended = folder.run_at(&emulator, "apply --yes --replan").with(0);
    assert!(
        ended.messages.contains(told.split(':').next().unwrap()),
        "{ended:?}"
    );
    assert_eq!(rules("staff").len(), 1);
    folder.run_at(&emulator, "verify").with(0);
}

#[test]
fn a_plan_in_a_file_carries_its_settings_and_is_for_one_address() {
    let (folder, emulator) = (Folder::new("saved-settings"), emulator());
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes --owner shop").with(0);
    folder.write(
        "segments.toml",
        TWO.split("[segments.testers]").next().unwrap(),
    );
    // Without a name it is somebody else's.
    let ended = folder.run_at(&emulator, "plan").with(1);
    assert!(!ended.data.contains("testers"), "{ended:?}");
    let ended = folder.run_at(&emulator, "plan --owner shop").with(0);
    assert!(
        ended
            .data
            .contains("left testers as it is: it is no longer declared"),
        "{ended:?}"
    );
    let ended = folder
        .run_at(&emulator, "plan --owner shop --prune --out plan.json")
        .with(0);
    assert!(
        ended
            .data
            .contains("remove rule 1: 10% by user key of is in segment `staff`"),
        "{ended:?}"
    );
    let plan = std::fs::read_to_string(folder.path("plan.json")).unwrap();

    // Another address, another owner, another plan.
    let elsewhere = Emulator::builder().start_blocking().unwrap();
    let ended = folder.run_at(&elsewhere, "apply plan.json --yes").with(2);
    assert!(ended.messages.contains("address"), "{ended:?}");
    assert_eq!(writes(&elsewhere), 0);
    folder
        .run_at(&emulator, "apply plan.json --yes --owner billing")
        .with(2);
    // What it shows is what it does.
    let mut altered: Json = serde_json::from_str(&plan).unwrap();
    altered["plans"][0]["plan"]["segments"] = json!([]);
    folder.write("altered.json", &altered.to_string());
    let ended = folder.run_at(&emulator, "apply altered.json --yes").with(5);
    assert!(
        ended.messages.contains("was edited after it was made"),
        "{ended:?}"
    );
    assert_eq!(emulator.segments("default", "production").len(), 2);

    folder.run_at(&emulator, "apply plan.json --yes").with(0);
    assert_eq!(emulator.segments("default", "production").len(), 1);
    let kept = folder.path("segments.deleted/default/production/testers.2.json");
    let kept: Json = serde_json::from_str(&std::fs::read_to_string(kept).unwrap()).unwrap();
    assert_eq!(
        (&kept["key"], kept["rules"][0]["weight"].as_i64()),
        (&json!("testers"), Some(10_000))
    );
}

#[test]
fn a_plan_in_a_file_notices_what_was_deleted_meanwhile() {
    let (folder, emulator) = (Folder::new("saved-deleted"), emulator());
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes --owner shop").with(0);
    let one = TWO.split("[segments.testers]").next().unwrap();
    folder.write(
        "segments.toml",
        &one.replace("@company.com", "@company.org"),
    );
    folder
        .run_at(&emulator, "plan --owner shop --out plan.json")
        .with(0);
    let elsewhere = Folder::new("saved-deleted-elsewhere");
    elsewhere.write("segments.toml", one);
    elsewhere
        .run_at(&emulator, "apply --yes --owner shop --prune")
        .with(0);
    let ended = folder.run_at(&emulator, "apply plan.json --yes").with(5);
    assert!(
        ended.messages.contains("`testers` was deleted"),
        "{ended:?}"
    );
}

#[test]
fn a_detailed_exit_code_tells_whether_something_is_due() {
    let (folder, emulator) = (Folder::new("detailed"), emulator());
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "plan --detailed-exitcode").with(2);
    folder.run_at(&emulator, "apply --yes").with(0);
    folder.run_at(&emulator, "plan --detailed-exitcode").with(0);
}

#[test]
fn environments_that_a_file_or_a_manifest_lists_are_a_fence() {
    let (folder, emulator) = (Folder::new("fence"), emulator());
    folder.write(
        "segments.toml",
        &format!("environments = [\"test\"]\n{TWO}"),
    );
    for words in [
        "apply --yes",
        "apply --yes -e production",
        "plan -e test -e production",
        "verify",
        "accept staff",
        "include staff --user u-1 --yes",
        "fill everybody members.csv",
    ] {
        let ended = folder.run_at(&emulator, words).with(2);
        assert!(
            ended
                .messages
                .contains("`production` is not one of the environments"),
            "{ended:?}"
        );
    }
    folder.run_at(&emulator, "apply --yes -e all").with(0);
    assert_eq!(emulator.segments("default", "test").len(), 2);
    assert_eq!(emulator.segments("default", "production").len(), 0);

    // What two files have in common is nothing, and not everything.
    folder.write("more.toml", "environments = [\"production\"]\n");
    let ended = folder.run_at(
        &emulator,
        "apply --yes --file segments.toml --file more.toml",
    );
    let said = ended.with(2).messages;
    assert!(said.contains("no environment in common"), "{said}");

    // The nearest manifest upwards counts, and so does the file beside it.
    std::fs::create_dir(folder.path("src")).unwrap();
    for files in ["files = [\"segments.toml\"]\n", ""] {
        let settings = format!("[package.metadata.segments]\nenvironments = [\"test\"]\n{files}");
        folder.write(
            "Cargo.toml",
            &format!("[package]\nname = \"x\"\n{settings}"),
        );
        let mut command = folder.command("plan");
        command
            .current_dir(folder.path("src"))
            .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
            .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            "default/test: 2 unchanged (project: default, environment: Cargo.toml)\n"
        );
    }
}

#[test]
fn the_environments_are_done_in_the_order_given_and_a_failure_stops_those_after_it() {
    let (folder, emulator) = (Folder::new("order"), emulator());
    folder.write("segments.toml", TWO);
    emulator.inject_fault(
        Fault::status(400)
            .on("POST", "/default/production")
            .always(),
    );
    let words = "apply --yes -e production -e test";
    let ended = folder.run_at(&emulator, words).with(4);
    assert!(
        ended.messages.contains("default/test was not begun"),
        "{ended:?}"
    );
    assert_eq!(emulator.segments("default", "test").len(), 0);
    folder
        .run_at(&emulator, &format!("{words} --keep-going"))
        .with(4);
    assert_eq!(emulator.segments("default", "test").len(), 2);
}

#[test]
fn the_owner_of_a_file_and_its_revision_count() {
    let (folder, emulator) = (Folder::new("header"), emulator());
    folder.write("segments.toml", &format!("owner = \"growth\"\n{TWO}"));
    folder.run_at(&emulator, "apply --yes --revision 7").with(0);
    let tags = emulator
        .segment("default", "production", "staff")
        .unwrap()
        .tags;
    assert!(tags.contains(&"managed-by.growth".to_owned()), "{tags:?}");
    assert!(tags.iter().any(|tag| tag.starts_with("rev.7.")), "{tags:?}");
    folder.write(
        "segments.toml",
        &format!("owner = \"growth\"\n{}", TWO.replace("10.0", "20.0")),
    );
    for (words, told) in [
        ("", "2 superseded"),
        ("--revision 6", "2 superseded"),
        ("--revision 7", "in conflict"),
    ] {
        let planned = folder.run_at(&emulator, &format!("plan {words}"));
        assert!(planned.data.contains(told), "{planned:?}");
    }
    folder.run_at(&emulator, "apply --yes --revision 8").with(0);
}

#[test]
fn what_the_plan_refuses_is_told_once() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let folder = Folder::new("sync-refused-once");
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes --owner shop").with(0);
    let refusals = |words: &str| {
        let ended = folder.run_at(&emulator, words);
        ended.messages.matches("refused staff").count()
    };
    assert_eq!(refusals("apply --yes --owner billing"), 1);
    assert_eq!(refusals("apply --yes --quiet --owner billing"), 1);
}

/// What somebody does by hand, as in LaunchDarkly's own page.
pub(crate) fn by_hand(emulator: &Emulator, key: &str, instruction: &Json) {
    let body = json!({"environmentKey": "production", "instructions": [instruction]});
    let path = format!("/api/v2/segments/default/production/{key}");
    // Before a request that changes nothing.
    emulator.inject_fault(Fault::meanwhile("PATCH", &path, body));
    send(emulator, "GET", "", &Json::Null);
}

#[test]
fn who_changed_what_by_hand_is_told_apart_from_what_is_not_applied_yet() {
    let folder = Folder::new("who-changed-what");
    let emulator = emulator();
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes").with(0);

    // Nobody touched what the file changes.
    folder.write("segments.toml", &TWO.replace("@company.com", "@corp.com"));
    let planned = folder.run_at(&emulator, "plan").with(0);
    assert!(
        !planned.data.contains("changed in LaunchDarkly"),
        "{planned:?}"
    );
    let json = folder.run_at(&emulator, "plan --json").with(0).json();
    assert_eq!(
        json["drift"],
        json!([{"what": "staff", "by_hand": [], "more": 0}])
    );
    assert_eq!(
        json["sources"],
        json!({"project": "default", "environment": "default"})
    );

    // Somebody edits it, and another segment.
    folder.write("segments.toml", TWO);
    for key in ["staff", "testers"] {
        let name = json!({"kind": "updateName", "value": "By hand"});
        by_hand(&emulator, key, &name);
    }
    let told = "staff was changed in LaunchDarkly by Member Example (20";
    for words in ["plan", "verify", "plan --format markdown"] {
        let ended = folder.run_at(&emulator, words);
        assert!(ended.data.contains(told), "{words}: {ended:?}");
        assert!(
            ended
                .data
                .contains("testers was changed in LaunchDarkly by"),
            "{words}: {ended:?}"
        );
    }
    let json = folder.run_at(&emulator, "verify --json").with(1).json();
    assert_eq!(json["drift"][0]["by_hand"][0]["who"], "Member Example");

    // Once it is applied, nothing of that is told any more.
    folder.run_at(&emulator, "apply --yes").with(0);
    folder.write("segments.toml", &TWO.replace("@company.com", "@corp.com"));
    let planned = folder.run_at(&emulator, "plan").with(0);
    assert!(
        !planned.data.contains("changed in LaunchDarkly"),
        "{planned:?}"
    );
}

#[test]
fn one_file_keeps_the_plans_of_several_environments() {
    let folder = Folder::new("plans-of-several");
    let emulator = emulator();
    folder.write("segments.toml", TWO);
    let both = "-e test -e production";
    folder
        .run_at(&emulator, &format!("plan {both} --out plan.json"))
        .with(0);
    let shown = folder.run("show plan.json").with(0).data;
    let (test, production) = (shown.find("default/test"), shown.find("default/production"));
    assert!(test.is_some() && test < production, "{shown}");
    folder
        .run_at(&emulator, "apply plan.json --yes -e test")
        .with(2);
    let applied = folder
        .run_at(&emulator, "apply plan.json --yes")
        .with(0)
        .messages;
    let (test, production) = (
        applied.find("default/test"),
        applied.find("default/production"),
    );
    assert!(test.is_some() && test < production, "{applied}");
    for environment in ["test", "production"] {
        assert!(emulator.segment("default", environment, "staff").is_some());
    }

    // One that is out of date keeps all of them from being applied.
    folder.write("segments.toml", &TWO.replace("@company.com", "@corp.com"));
    folder
        .run_at(&emulator, &format!("plan {both} --out plan.json"))
        .with(0);
    let name = json!({"kind": "updateName", "value": "By hand"});
    by_hand(&emulator, "staff", &name);
    let before = writes(&emulator);
    let stale = folder
        .run_at(&emulator, "apply plan.json --yes")
        .with(5)
        .messages;
    assert!(stale.contains("default/production: "), "{stale}");
    assert_eq!(writes(&emulator), before);
}

#[test]
fn a_lock_keeps_another_apply_out_and_is_given_back() {
    let folder = Folder::new("lock");
    let emulator = emulator();
    folder.write("segments.toml", TWO);
    folder.run_at(&emulator, "apply --yes --lock").with(0);
    let lock = || emulator.segment("default", "production", "segments-apply-lock");
    assert!(lock().is_none());

    // Somebody else holds it.
    let held = json!({"key": "segments-apply-lock", "name": "Lock", "description": "process 7 of shop, 12ab"});
    send(&emulator, "POST", "", &held);
    folder.write("segments.toml", &TWO.replace("@company.com", "@corp.com"));
    let before = writes(&emulator);
    let ended = folder.run_at(&emulator, "apply --yes --lock").with(5);
    assert!(
        ended
            .messages
            .contains("`default/production` is locked (process 7 of shop)"),
        "{ended:?}"
    );
    assert!(lock().is_some());
    assert_eq!(writes(&emulator), before + 1, "the attempt to make it");
    send(&emulator, "DELETE", "/segments-apply-lock", &Json::Null);

    // It is given back after a failure, and after a lost answer.
    emulator.inject_fault(Fault::reset_after().on("POST", "/default/production"));
    folder.run_at(&emulator, "apply --yes --lock").with(0);
    assert!(lock().is_none());
}

/// What is accepted from one environment is told of the others, if it changes what is declared for them.
#[test]
fn an_edit_that_is_accepted_for_more_than_its_environment_says_so() {
    let (folder, emulator) = (Folder::new("accept-elsewhere"), emulator());
    let include =
        |key| json!({"kind": "addIncludedTargets", "contextKind": "user", "values": [key]});
    for (own, told) in [
        (
            "{}",
            "`staff` is now also declared like this for `test`; use `environments.production`",
        ),
        ("{ included = { user = [\"t\"] } }", ""),
    ] {
        let text = format!(
            "[contexts.user]\n[segments.staff]\nincluded = {{ user = [\"a\"] }}\n\
             environments.production = {{}}\nenvironments.test = {own}\n"
        );
        folder.write("segments.toml", &text);
        folder.run_at(&emulator, "apply --yes").with(0);
        by_hand(&emulator, "staff", &include("b"));
        let said = folder.run_at(&emulator, "accept staff").with(0).messages;
        let tells = said.contains("is now also declared like this");
        assert!(
            tells != told.is_empty() && said.contains(told),
            "{own}: {said}"
        );
        folder.run_at(&emulator, "verify").with(0);
    }
}
