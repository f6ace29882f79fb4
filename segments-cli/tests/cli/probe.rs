//! `probe`: finds what the service does, and leaves nothing behind.

use std::process::{Child, Command, Stdio};

use segments_emulator::{Behavior, Emulator, Fault};
use serde_json::{Value as Json, json};

use crate::exchange::Exchange;
use crate::schema::Contract;
use crate::support::{Ended, Folder};

const PROBE: &str = "probe --project probed --rate 1000";

fn emulator(behavior: Behavior) -> Emulator {
    Emulator::builder()
        .behavior(behavior)
        .start_blocking()
        .unwrap()
}

/// The rows that differ: those whose third column is not the second.
fn differing(ended: &Ended) -> Vec<String> {
    let lines = ended.data.lines().skip(1);
    let rows = lines.filter_map(|line| {
        let mut columns = line
            .split("  ")
            .map(str::trim)
            .filter(|part| !part.is_empty());
        Some((columns.next()?, columns.next()?, columns.next()?))
    });
    let differing = rows.filter(|(_, taken, said)| taken != said);
    differing.map(|(name, ..)| name.to_owned()).collect()
}

#[test]
fn what_is_as_taken_differs_in_nothing() {
    let (folder, emulator) = (Folder::new("probe"), emulator(Behavior::default()));
    let ended = folder.run_at(&emulator, PROBE).with(0);
    assert_eq!(differing(&ended), [""; 0], "{}", ended.data);
    assert!(
        ended
            .data
            .contains("29 rows tested, 0 different, 0 unknown"),
        "{}",
        ended.data
    );
    let kept = std::fs::read_to_string(folder.path("service-behaviour.json")).unwrap();
    assert_eq!(Behavior::from_json(&kept).unwrap(), Behavior::default());
    assert!(
        emulator.sdk_key("probed", "probe").is_none(),
        "the project is deleted"
    );
}

/// Each switch turned alone: the probe finds it, and nothing else.
#[test]
fn each_switch_is_found_alone() {
    let default = serde_json::to_value(Behavior::default()).unwrap();
    let switches = default.as_object().unwrap();
    assert!(switches.len() >= 17);
    let folder = Folder::new("probe-switches");
    for (switch, value) in switches {
        let turned = match value {
            Json::Bool(on) => json!(!on),
            _ if switch == "pageLimit" => json!(30),
            _ => json!(120),
        };
        let mut behavior = default.clone();
        behavior[switch] = turned.clone();
        let behavior: Behavior = serde_json::from_value(behavior).unwrap();
        let emulator = emulator(behavior.clone());
        let ended = folder.run_at(&emulator, PROBE);
        assert_eq!(differing(&ended), [switch.as_str()], "{ended:?}");
        let relied = [
            "failedTestConflicts",
            "refuseUnknownKinds",
            "refuseRunningEdits",
        ];
        let expected = i32::from(relied.contains(&switch.as_str()));
        let ended = ended.with(expected);
        if expected == 1 {
            assert!(ended.messages.contains(&format!("{switch}: ")), "{ended:?}");
        }
        let kept = std::fs::read_to_string(folder.path("service-behaviour.json")).unwrap();
        let kept = Behavior::from_json(&kept).unwrap();
        if switch == "contextKindLagMs" {
            assert!(kept.context_kind_lag_ms >= 100, "{kept:?}");
        } else {
            assert_eq!(kept, behavior);
        }
    }
}

#[test]
fn a_project_of_somebody_else_is_refused_and_untouched() {
    let (folder, emulator) = (Folder::new("probe-foreign"), emulator(Behavior::default()));
    let ended = folder.run_at(&emulator, "probe --project default").with(5);
    assert!(
        ended
            .messages
            .contains("project `default` is not the probe's"),
        "{ended:?}"
    );
    // One that the probe made, and in which somebody made something since.
    let world = json!({"projects": {"probed": {
        "environments": {"probe": {"segments": [{"key": "mine", "name": "Mine"}]}}}}});
    emulator.fill(&world.to_string()).unwrap();
    folder.run_at(&emulator, PROBE).with(5);
    let requests = emulator.requests();
    let wrote = requests
        .iter()
        .any(|it| it.is_write() && !it.path.starts_with("/_emulator"));
    assert!(!wrote, "{requests:?}");
    assert!(emulator.segment("probed", "probe", "mine").is_some());
}

/// A probe that is slow enough to be interrupted.
fn started(folder: &Folder, emulator: &Emulator) -> Child {
    let mut command = folder.command("probe --project probed --rate 20");
    command
        .env("LAUNCHDARKLY_ACCESS_TOKEN", emulator.access_token())
        .env("LAUNCHDARKLY_BASE_URI", emulator.base_uri())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn what_a_killed_run_left_is_deleted_by_the_next() {
    let (folder, emulator) = (Folder::new("probe-killed"), emulator(Behavior::default()));
    let mut running = started(&folder, &emulator);
    while emulator.segments("probed", "probe").len() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(running.try_wait().unwrap().is_none());
    }
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(emulator.sdk_key("probed", "probe").is_some());
    folder.run_at(&emulator, PROBE).with(0);
    assert!(emulator.sdk_key("probed", "probe").is_none());
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_nothing_behind() {
    let (folder, emulator) = (
        Folder::new("probe-interrupted"),
        emulator(Behavior::default()),
    );
    let mut running = started(&folder, &emulator);
    while emulator.segments("probed", "probe").is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(running.try_wait().unwrap().is_none());
    }
    let killed = Command::new("kill")
        .args(["-INT", &running.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert!(emulator.sdk_key("probed", "probe").is_none());
}

#[test]
fn a_question_that_cannot_be_asked_is_not_known() {
    let (folder, emulator) = (Folder::new("probe-unknown"), emulator(Behavior::default()));
    emulator.inject_fault(Fault::status(500).on_method("PUT").times(1));
    let ended = folder.run_at(&emulator, PROBE).with(0);
    assert!(ended.data.contains("contextKindLagMs"), "{}", ended.data);
    assert!(ended.data.contains("not known: 500"), "{}", ended.data);
    assert!(
        ended.data.contains("0 different, 1 unknown"),
        "{}",
        ended.data
    );
}

/// What the probe sends is in the contract as well, but for what it asks about.
#[test]
fn questions_keep_the_contract_where_they_are_not_about_it() {
    let (folder, emulator) = (Folder::new("probe-contract"), emulator(Behavior::default()));
    folder.run_at(&emulator, PROBE).with(0);
    let contract = Contract::read();
    let mut found: Vec<String> = emulator
        .requests()
        .into_iter()
        .flat_map(|sent| {
            contract.check_request(&Exchange {
                method: sent.method,
                path: sent.path,
                query: sent.query,
                content_type: sent.content_type.unwrap_or_default(),
                sent: sent.body.unwrap_or_default(),
                status: sent.status.unwrap_or_default(),
                answered: Json::Null,
            })
        })
        .collect();
    found.sort();
    found.dedup();
    assert_eq!(found, QUESTIONED);
}

/// What the probe sends beside the contract: whether the rule of a segment takes the attribute of a
/// percentage, and the rollout of LaunchDarkly's published skills, to see what it does to an edit.
const QUESTIONED: [&str; 2] = [
    "addRule: bucketBy is not in the contract",
    "updateFallthroughVariationOrRollout: progressiveRolloutConfig is not in the contract",
];
