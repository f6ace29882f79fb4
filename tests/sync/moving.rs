//! Somebody edits the service between any two requests of a plan and its apply: what was shown is
//! done, or nothing is and it is told what moved; and nobody's edit is lost that was not shown.

use std::collections::BTreeMap;

use crate::support::{
    clause, config, is_thorough, rule, segment, tagged, users, with_rules, with_targets,
};
use crate::world::{asking, declared, draft, one, send};
use segments_emulator::{Emulator, Fault};
use segments_model::targeting::DraftTargeting;
use segments_model::{Definition, Operator, Targeting};
use segments_runtime::sync::{Definitions, Outcome, Report, SyncConfig, plan};
use serde_json::{Value as Json, json};

const SEGMENTS: &str = "/api/v2/segments/default/production";
const FLAG: &str = "/api/v2/flags/default/new-page";
const ASSISTANT: &str = "/api/v2/projects/default/ai-configs/assistant/targeting";
const MARK: &str = "by-hand";

/// What a program of this version declares.
fn segments(version: u32) -> Vec<Definition> {
    let domain = format!("@v{version}.io");
    let email = |domain: &str| {
        let domain = domain.to_owned();
        rule(vec![clause("user", "email", Operator::EndsWith, [domain])])
    };
    let plan = rule(vec![clause("user", "plan", Operator::In, ["pro"])]);
    let member = format!("user-{version}");
    let name = format!("Staff of version {version}");
    let staff = tagged(
        segment("staff", &name),
        &[if version == 1 { "one" } else { "two" }],
    );
    let staff = with_targets(staff, users(&[&member]), users(&[]));
    let staff = with_rules(staff, vec![email(&domain), plan]);
    let staff = Definition {
        description: Some(format!("As version {version} wants it")),
        ..staff
    };
    let mut all = vec![staff];
    if version == 2 {
        let fresh = with_targets(segment("fresh", "Fresh"), users(&["u"]), users(&[]));
        all.push(with_rules(fresh, vec![email("@fresh.io")]));
    }
    all
}

fn targetings(version: u32) -> Vec<Targeting> {
    let (serve, fallthrough) = if version == 1 {
        ("fast", "fast")
    } else {
        ("careful", "careful")
    };
    let assistant = DraftTargeting {
        fallthrough: Some(one(fallthrough)),
        ..draft(vec![asking("staff", serve)])
    };
    let flag = DraftTargeting {
        kind: segments_model::ResourceKind::Flag,
        key: "new-page".to_owned(),
        variations: ["old", "new"].map(str::to_owned).into(),
        rules: Some(vec![asking("staff", "new")]),
        fallthrough: Some(one(if version == 1 { "old" } else { "new" })),
        ..DraftTargeting::default()
    };
    vec![declared(&assistant), declared(&flag)]
}

/// An account in which version 1 is in force.
async fn account() -> (Emulator, SyncConfig) {
    let emulator = crate::world::emulator().await;
    let flag = json!({"key": "new-page", "name": "New page", "variations": [
        {"value": "old"}, {"value": "new"}, {"value": MARK}]});
    send(&emulator, "POST", "/api/v2/flags/default", &flag).await;
    let config = config(&emulator);
    crate::world::sync(&config, &segments(1), &targetings(1))
        .await
        .unwrap();
    emulator.clear_requests();
    (emulator, config)
}

/// Something that a person does.
struct Edit {
    name: &'static str,
    /// What is edited, as reports call it.
    what: &'static str,
    method: &'static str,
    path: String,
    body: Json,
    /// What the same person does right after, if anything: method, path and body.
    then: Option<(&'static str, String, Json)>,
    /// Whether what is edited, if it is there, shows that the edit is.
    shows: fn(Option<&Json>) -> bool,
    /// What a plan says that undoes it.
    undone: &'static str,
    /// Whether an instruction of the service may undo it unseen, for no version guards it.
    unguarded: bool,
    /// Whether others may fail for it, too.
    spreads: bool,
}

impl Edit {
    /// An edit that shows, and that plans undo, by its mark.
    fn new(
        name: &'static str,
        what: &'static str,
        method: &'static str,
        path: impl Into<String>,
        body: Json,
    ) -> Self {
        Self {
            name,
            what,
            method,
            path: path.into(),
            body,
            then: None,
            shows: marked,
            undone: MARK,
            unguarded: false,
            spreads: false,
        }
    }

    fn fault(&self) -> Fault {
        let fault = Fault::meanwhile(self.method, &self.path, self.body.clone());
        match &self.then {
            Some((method, path, body)) => fault.and_then(*method, path, body.clone()),
            None => fault,
        }
    }
}

/// Everything that there is, by what reports call it.
type State = BTreeMap<&'static str, Json>;

async fn state(emulator: &Emulator) -> State {
    let mut state = State::new();
    for key in ["staff", "fresh"] {
        let segment = emulator.segment("default", "production", key);
        state.extend(segment.map(|segment| (key, serde_json::to_value(segment).unwrap())));
    }
    for (what, path) in [("flag new-page", FLAG), ("AI Config assistant", ASSISTANT)] {
        let request = reqwest::Client::new()
            .get(format!("{}{path}", emulator.base_uri()))
            .header("Authorization", emulator.access_token())
            .header("LD-API-Version", "beta");
        let answer = request.send().await.unwrap();
        if answer.status().is_success() {
            let text = answer.text().await.unwrap();
            state.insert(what, serde_json::from_str(&text).unwrap());
        }
    }
    state
}

fn marked(part: Option<&Json>) -> bool {
    part.is_some_and(|part| part.to_string().contains(MARK))
}

/// A part of what is served.
fn here<'s>(resource: Option<&'s Json>, part: &str) -> Option<&'s Json> {
    resource?["environments"]["production"].get(part)
}

/// A condition that nobody else has.
fn clauses() -> Json {
    json!([{"contextKind": "user", "attribute": "email", "op": "in", "values": [MARK], "negate": false}])
}

fn instruct(instruction: &Json) -> Json {
    json!({"environmentKey": "production", "instructions": [instruction]})
}

/// Every kind of edit of everything.
fn edits(state: &State) -> Vec<Edit> {
    let mut edits = edits_of_segments();
    edits.extend(edits_of_whole_segments());
    edits.extend(edits_of_the_environment());
    let flag = &state["flag new-page"];
    edits.extend(edits_of_the_whole("flag new-page", FLAG, FLAG, flag));
    edits.extend(edits_of_what_is_served(
        "flag new-page",
        FLAG,
        FLAG,
        flag,
        2,
    ));
    let assistant = &state["AI Config assistant"];
    let whole = ASSISTANT.strip_suffix("/targeting").unwrap();
    edits.extend(edits_of_the_whole(
        "AI Config assistant",
        ASSISTANT,
        whole,
        assistant,
    ));
    edits.extend(edits_of_what_is_served(
        "AI Config assistant",
        ASSISTANT,
        whole,
        assistant,
        0,
    ));
    edits
}

fn edits_of_segments() -> Vec<Edit> {
    let edit = |name, key: &'static str, body| {
        Edit::new(name, key, "PATCH", format!("{SEGMENTS}/{key}"), body)
    };
    let add_rule = || instruct(&json!({"kind": "addRule", "clauses": clauses()}));
    let include = || {
        instruct(&json!({"kind": "addIncludedTargets", "contextKind": "user", "values": [MARK]}))
    };
    vec![
        edit(
            "a name",
            "staff",
            instruct(&json!({"kind": "updateName", "value": MARK})),
        ),
        edit("a rule", "staff", add_rule()),
        Edit {
            undone: "no longer include 2 contexts",
            ..edit("a member", "staff", include())
        },
        edit(
            "a tag",
            "staff",
            instruct(&json!({"kind": "addTags", "values": [MARK]})),
        ),
        edit(
            "a description",
            "staff",
            json!([{"op": "replace", "path": "/description", "value": MARK}]),
        ),
        edit(
            "an owner",
            "staff",
            instruct(&json!({"kind": "addTags", "values": ["managed-by.by-hand"]})),
        ),
        edit("a rule of the new one", "fresh", add_rule()),
        edit("a member of the new one", "fresh", include()),
    ]
}

/// Segments come and go.
fn edits_of_whole_segments() -> Vec<Edit> {
    let make = |key| json!({"key": key, "name": MARK});
    let staff = format!("{SEGMENTS}/staff");
    let deletion = |name| Edit {
        spreads: true,
        ..Edit::new(name, "staff", "DELETE", &staff, Json::Null)
    };
    vec![
        Edit::new("the new one", "fresh", "POST", SEGMENTS, make("fresh")),
        Edit {
            shows: |it| it.is_none(),
            undone: "+ staff",
            ..deletion("a deletion")
        },
        // Another segment of the same key, of which the first versions come again.
        Edit {
            undone: "adopt staff",
            then: Some(("POST", SEGMENTS.to_owned(), make("staff"))),
            ..deletion("a deletion and a creation")
        },
    ]
}

/// What changes the terms on which everything is written, and no part of it.
fn edits_of_the_environment() -> Vec<Edit> {
    let edit = |name, path, body| Edit {
        shows: |_| true,
        undone: "",
        spreads: true,
        ..Edit::new(name, "staff", "PATCH", path, body)
    };
    let settings = "/api/v2/approval-requests/projects/default/settings";
    let required =
        |kind| json!({"environmentKey": "production", "resourceKind": kind, "required": true});
    let environment = "/api/v2/projects/default/environments/production";
    let critical = json!([{"op": "replace", "path": "/critical", "value": true}]);
    vec![
        edit("approvals of segments", settings, required("segment")),
        edit("approvals of flags", settings, required("flag")),
        edit("approvals of AI Configs", settings, required("aiconfig")),
        Edit {
            spreads: false,
            ..edit("a critical environment", environment, critical)
        },
    ]
}

/// Edits of one AI Config or flag, whose variation at `place` nobody declares. `whole` is where it has its tags.
fn edits_of_what_is_served(
    what: &'static str,
    path: &str,
    whole: &str,
    served: &Json,
    place: usize,
) -> Vec<Edit> {
    let variation = &served["variations"][place]["_id"];
    let rule = &served["environments"]["production"]["rules"][0]["_id"];
    let is_flag = path == whole;
    let edit = |name, instruction: Json, shows: fn(Option<&Json>) -> bool, undone| Edit {
        shows,
        undone,
        ..Edit::new(name, what, "PATCH", path, instruct(&instruction))
    };
    // What a rule or everybody else is served becomes another by an instruction that names no version.
    let unguarded = |edit: Edit| Edit {
        unguarded: true,
        ..edit
    };
    let other = if is_flag { MARK } else { "disabled" };
    let tag = |name, tag: &str, shows| {
        let tags = served["tags"].as_array().into_iter().flatten().cloned();
        let tags: Vec<Json> = tags.chain([json!(tag)]).collect();
        let body = if is_flag {
            json!([{"op": "replace", "path": "/tags", "value": tags}])
        } else {
            json!({"tags": tags})
        };
        Edit {
            path: whole.to_owned(),
            body,
            ..edit(name, Json::Null, shows, MARK)
        }
    };
    vec![
        edit(
            "a rule",
            json!({"kind": "addRule", "variationId": variation, "clauses": clauses()}),
            |it| marked(here(it, "rules")),
            MARK,
        ),
        edit(
            "a clause of a rule",
            json!({"kind": "addClauses", "ruleId": rule, "clauses": clauses()}),
            |it| marked(here(it, "rules")),
            MARK,
        ),
        edit(
            "a description of a rule",
            json!({"kind": "updateRuleDescription", "ruleId": rule, "description": MARK}),
            |it| marked(here(it, "rules")),
            MARK,
        ),
        edit(
            "a rule that goes",
            json!({"kind": "removeRule", "ruleId": rule}),
            |it| here(it, "rules") == Some(&json!([])),
            "add rule",
        ),
        unguarded(edit(
            "what a rule serves",
            json!({"kind": "updateRuleVariationOrRollout", "ruleId": rule, "variationId": variation}),
            |it| {
                let variation = here(it, "rules").map(|rules| &rules[0]["variation"]);
                // The flag's is the third, and the AI Config's the first.
                variation.is_some_and(|it| *it == 2 || *it == 0)
            },
            other,
        )),
        unguarded(edit(
            "what everybody else is served",
            json!({"kind": "updateFallthroughVariationOrRollout", "variationId": variation}),
            |it| {
                let variation = here(it, "fallthrough").map(|it| &it["variation"]);
                variation.is_some_and(|it| *it == 2 || *it == 0)
            },
            other,
        )),
        edit(
            "a listed context",
            json!({"kind": "addTargets", "variationId": variation, "contextKind": "user", "values": [MARK]}),
            |it| marked(here(it, "targets")) || marked(here(it, "contextTargets")),
            MARK,
        ),
        tag("a tag", MARK, marked),
        tag("an owner", "targeted-by.by-hand.in.production", marked),
    ]
}

/// Edits of one AI Config or flag as a whole.
fn edits_of_the_whole(what: &'static str, path: &str, whole: &str, served: &Json) -> Vec<Edit> {
    let deletion = Edit {
        shows: |it| it.is_none(),
        undone: "there is no such",
        spreads: true,
        ..Edit::new("a deletion", what, "DELETE", whole, Json::Null)
    };
    // A variation gets another name, or another value where its value is what is declared.
    let variation = "a variation";
    if path != whole {
        let path = format!("{whole}/variations/careful");
        let renamed = Edit {
            shows: |it| marked(it.map(|it| &it["variations"])),
            undone: "",
            ..Edit::new(variation, what, "PATCH", path, json!({"name": MARK}))
        };
        return vec![deletion, renamed];
    }
    let id = &served["variations"][1]["_id"];
    let another = json!({"kind": "updateVariation", "variationId": id, "value": MARK});
    let another = Edit {
        shows: |it| it.is_some_and(|it| it["variations"][1]["value"] == MARK),
        undone: "there is no variation",
        ..Edit::new(variation, what, "PATCH", path, instruct(&another))
    };
    let archive = instruct(&json!({"kind": "archiveFlag"}));
    let archived = Edit {
        shows: |it| it.is_some_and(|it| it["archived"] == true),
        undone: "it is archived",
        ..Edit::new("an archiving", what, "PATCH", path, archive)
    };
    vec![deletion, another, archived]
}

fn outcome<'r>(report: &'r Report, what: &str) -> &'r Outcome {
    let mut settled = report.settled();
    let found = settled.find(|it| match it.resource {
        Some(resource) => resource.to_string() == what,
        None => it.key == what,
    });
    found.unwrap().outcome
}

/// Plans and applies while the edit comes before one request; says whether there were so many.
async fn one_position(which: usize, position: usize) -> bool {
    let (emulator, config) = account().await;
    // The service gives out other identifiers in each account.
    let edit = &edits(&state(&emulator).await)[which];
    emulator.clear_requests();
    let fault = edit.fault();
    emulator.inject_fault(fault.after(u32::try_from(position).unwrap()));
    let (segments, targetings) = (segments(2), targetings(2));
    let declared = Definitions {
        segments: &segments,
        targetings: &targetings,
        ..Definitions::default()
    };
    let planned = plan(&config, declared).await.unwrap();
    let shown = planned.to_string();
    let by_plan = emulator.requests().len();
    let report = match planned.apply(&config).await {
        Ok(report) => report,
        Err(error) => error.report().unwrap().clone(),
    };
    let requests = emulator.requests();
    if requests.len() <= position {
        return false;
    }
    // Who edits a segment that does not exist, or makes one that does, does nothing.
    let mut earlier = requests[..position].iter();
    let made = earlier.any(|it| it.method == "POST" && it.path == SEGMENTS);
    let came_to_something = edit.what != "fresh" || made == (edit.method == "PATCH");
    let at = format!(
        "{} of {} before request {position} of {by_plan} and more\n{shown}\n{report}",
        edit.name, edit.what
    );
    emulator.clear_faults();
    let state = state(&emulator).await;
    let kept = (edit.shows)(state.get(edit.what));
    let outcome = outcome(&report, edit.what);
    let safe = kept || !came_to_something || shown.contains(edit.undone);
    match outcome {
        Outcome::Applied(_) | Outcome::Unchanged => {
            // What was done is what is declared; an edit that is gone was shown to go.
            let writes = requests.iter().enumerate();
            let mut writes =
                writes.filter(|(_, it)| it.is_write() && it.path.starts_with(&edit.path));
            let before_writing = writes.any(|(place, _)| place >= position);
            let wrong = crate::support::differences(&emulator, &segments);
            let about = wrong.iter().filter(|wrong| wrong.starts_with(edit.what));
            assert!(about.count() == 0 || !before_writing, "{wrong:?} {at}");
            assert!(safe, "lost: {at}");
        }
        Outcome::Moved(moved) => {
            // An edit between the last look and an instruction that no version guards is told and not kept.
            assert!(safe || edit.unguarded, "lost and told: {at}");
            assert!(moved.from != moved.to, "{at}");
            assert!(report.to_string().contains("since the plan"), "{at}");
        }
        // The plan said so, or the service was asked once more.
        Outcome::Refused { .. } | Outcome::Failed(_) => assert!(safe, "lost: {at}"),
        other => panic!("{other:?} {at}"),
    }
    // Nobody else is in the way of the others.
    for settled in report.settled() {
        let about = settled
            .resource
            .map_or_else(|| settled.key.to_owned(), ToString::to_string);
        let fine = matches!(settled.outcome, Outcome::Applied(_) | Outcome::Unchanged);
        assert!(edit.spreads || fine || about == edit.what, "{about}: {at}");
    }
    // What could not be finished is not left behind without its rules, unless somebody went on with it.
    let fresh = emulator.segment("default", "production", "fresh");
    let whole = fresh.is_none_or(|it| !it.rules.is_empty());
    assert!(whole || edit.what == "fresh", "{at}");
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_edited_before_any_request_is_shown_or_told() {
    let (emulator, _) = account().await;
    let edits = edits(&state(&emulator).await).len();
    // Each request or each twentieth, from another one on for each edit.
    let step = if is_thorough() { 1 } else { 20 };
    let mut runs = tokio::task::JoinSet::new();
    for edit in 0..edits {
        runs.spawn(async move {
            let mut tried = 0;
            let mut position = edit % step;
            while Box::pin(one_position(edit, position)).await {
                tried += 1;
                position += step;
                assert!(position < 60, "edit {edit} has no end");
            }
            tried
        });
    }
    let mut positions = 0;
    while let Some(run) = runs.join_next().await {
        positions += run.unwrap();
    }
    assert!(positions > 300 / step, "{positions}");
}

/// An edit that the service refuses would show nothing above. Each fifth one, all under `SEGMENTS_THOROUGH`.
#[tokio::test]
async fn every_edit_is_one() {
    let (emulator, _) = account().await;
    let count = edits(&state(&emulator).await).len();
    let step = if is_thorough() { 1 } else { 5 };
    for which in (0..count).step_by(step) {
        let (emulator, _) = account().await;
        let edit = &edits(&state(&emulator).await)[which];
        if edit.what == "fresh" {
            continue;
        }
        emulator.inject_fault(edit.fault());
        // It comes before the first request of these.
        state(&emulator).await;
        let after = state(&emulator).await;
        let shows = (edit.shows)(after.get(edit.what));
        assert!(shows, "{} of {}", edit.name, edit.what);
    }
}

/// Two plans that were both said yes to: the second is not what would be done any more.
#[tokio::test]
async fn of_two_plans_of_one_moment_the_second_is_refused() {
    let (emulator, config) = account().await;
    let first = Definition {
        name: "First".to_owned(),
        ..segments(1).remove(0)
    };
    let second = Definition {
        name: "Second".to_owned(),
        ..segments(1).remove(0)
    };
    let first = plan(&config, &[first]).await.unwrap();
    let second = plan(&config, &[second]).await.unwrap();
    first.apply(&config).await.unwrap();
    let error = second.apply(&config).await.unwrap_err();
    let moved = "not done staff: somebody changed name since the plan (version ";
    assert!(error.to_string().contains(moved), "{error}");
    let staff = emulator.segment("default", "production", "staff").unwrap();
    assert_eq!(staff.name, "First");
}

/// A plan is for the place and the owner that it was made for.
#[tokio::test]
async fn a_plan_is_not_applied_elsewhere() {
    let (emulator, config) = account().await;
    let elsewhere = Emulator::start().await.unwrap();
    let others = [
        crate::support::config(&elsewhere),
        config.with_environment(segments_model::EnvironmentKey::from_static("test")),
        crate::support::builder(&emulator)
            .owner("billing")
            .build()
            .unwrap(),
        crate::support::builder(&emulator)
            .revision(7)
            .build()
            .unwrap(),
    ];
    let planned = plan(&config, &segments(2)).await.unwrap();
    emulator.clear_requests();
    for other in others {
        let error = planned.clone().apply(&other).await.unwrap_err();
        assert!(error.to_string().contains("make another plan"), "{error}");
    }
    assert!(emulator.requests().is_empty() && elsewhere.requests().is_empty());
}

/// A sync is shown to nobody beforehand, so it goes on until all is as declared, and reports whatever
/// it did on the way.
#[tokio::test]
async fn a_sync_reports_what_its_second_look_made_it_do() {
    let (emulator, config) = account().await;
    let before = state(&emulator).await;
    let edits = edits(&before);
    let rule = edits.iter().find(|edit| edit.name == "a rule").unwrap();
    let fault = Fault::meanwhile(rule.method, &rule.path, rule.body.clone());
    emulator.inject_fault(fault.on("PATCH", "/production/staff"));
    let tag = edits
        .iter()
        .find(|edit| edit.name == "a member of the new one");
    let tag = tag.map(|edit| edit.body.clone()).unwrap();
    let report = crate::world::sync(&config, &segments(2), &targetings(2))
        .await
        .unwrap();
    let said = report.to_string();
    assert!(
        said.contains("remove rule 3: user email is \"by-hand\""),
        "{said}"
    );
    assert!(crate::support::differences(&emulator, &segments(2)).is_empty());

    // What is not declared stays, whenever it comes.
    let unmanaged = [segment("fresh", "Renamed")];
    let path = format!("{SEGMENTS}/fresh");
    emulator.inject_fault(Fault::meanwhile("PATCH", &path, tag).on("PATCH", "/production/fresh"));
    crate::world::sync(&config, &unmanaged, &[]).await.unwrap();
    let fresh = emulator.segment("default", "production", "fresh").unwrap();
    assert_eq!(fresh.name, "Renamed");
    assert!(
        fresh.included.contains(&MARK.to_owned()),
        "{:?}",
        fresh.included
    );
}
