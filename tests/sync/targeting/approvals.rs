//! Changes that somebody has to approve first.

use segments_emulator::Emulator;
use segments_model::Targeting;
use segments_model::targeting::DraftTargeting;
use segments_runtime::sync::{Action, Approvals, ItemError, Outcome, RequestError, SyncConfig};
use serde_json::{Value as Json, json};

use crate::support::{builder, config};
use crate::world::{
    asking, declared, draft, emulator, listed, outcome, send, served, sync, targeting,
};

const REQUESTS: &str = "/api/v2/approval-requests";

/// Makes an environment want approvals for a kind of resource.
async fn guard(emulator: &Emulator, kind: &str) {
    let settings = json!({"environmentKey": "production", "resourceKind": kind, "required": true});
    let path = format!("{REQUESTS}/projects/default/settings");
    send(emulator, "PATCH", &path, &settings).await;
}

async fn guarded() -> Emulator {
    let emulator = emulator().await;
    guard(&emulator, "aiconfig").await;
    emulator
}

async fn guarded_flag() -> (Emulator, Targeting) {
    let emulator = Emulator::start().await.unwrap();
    let flag = json!({"key": "checkout", "name": "Checkout"});
    send(&emulator, "POST", "/api/v2/flags/default", &flag).await;
    guard(&emulator, "flag").await;
    let targeting = declared(&DraftTargeting {
        kind: segments_model::ResourceKind::Flag,
        key: "checkout".to_owned(),
        variations: ["true", "false"].map(str::to_owned).into(),
        rules: Some(vec![asking("beta", "true")]),
        ..DraftTargeting::default()
    });
    (emulator, targeting)
}

fn requesting(emulator: &Emulator) -> SyncConfig {
    let config = builder(emulator).approvals(Approvals::Request);
    config.build().unwrap()
}

fn assistant() -> Targeting {
    declared(&draft(vec![asking("beta", "careful")]))
}

/// Syncs, and gives the status and the service's words of the refusal.
async fn refused(emulator: &Emulator, targeting: Targeting) -> (u16, String) {
    let result = sync(&config(emulator), &[listed("beta")], &[targeting]).await;
    let Outcome::Failed(ItemError::Request(failed)) = outcome(&result) else {
        panic!("{result:?}");
    };
    let RequestError::ApprovalRequired(refusal) = &failed.error else {
        panic!("{failed}");
    };
    let said = result.as_ref().unwrap_err().to_string();
    assert!(said.contains("the change needs an approval"), "{said}");
    (refusal.status, refusal.message.clone().unwrap_or_default())
}

#[tokio::test]
async fn a_change_that_wants_an_approval_says_so_and_claims_nothing() {
    let emulator = guarded().await;
    let (status, said) = refused(&emulator, assistant()).await;
    assert_eq!((status, said.as_str()), (403, "approval is required"));
    // Somebody else's rules may be approved first, so the mark of an owner waits.
    assert_eq!(targeting(&emulator).await["tags"], json!([]));
    assert_eq!(served(&emulator).await.1, "disabled");
}

/// API documentation, *patchFeatureFlag*.
#[tokio::test]
async fn a_flag_that_wants_an_approval_answers_405() {
    let (emulator, targeting) = guarded_flag().await;
    let (status, said) = refused(&emulator, targeting).await;
    assert_eq!((status, said.as_str()), (405, "approval is required"));
}

/// What happens from the first request to the sync that finds nothing to do.
async fn approve(emulator: &Emulator, targeting: Targeting, resource: &str) {
    let (config, segments, targetings) = (requesting(emulator), [listed("beta")], [targeting]);
    let pending = async || {
        let report = sync(&config, &segments, &targetings).await.unwrap();
        match &report.targetings[0].outcome {
            Outcome::AwaitingApproval { approval } => approval.clone(),
            _ => panic!("{report}"),
        }
    };
    let approval = pending().await;
    assert_eq!(pending().await, approval, "it is asked for once");
    let path = format!("{REQUESTS}/{approval}");
    let open = send(emulator, "GET", &path, &Json::Null).await;
    assert_eq!(open["resourceId"], resource);
    let review = json!({"kind": "approve"});
    send(emulator, "POST", &format!("{path}/reviews"), &review).await;
    let applied = send(emulator, "POST", &format!("{path}/apply"), &json!({})).await;
    assert_eq!(applied["status"], "completed");
    // Nothing is left but to say whose it is, which nobody has to approve.
    let adopted = sync(&config, &segments, &targetings).await.unwrap();
    let Outcome::Applied(Action::Adopt { changes }) = &adopted.targetings[0].outcome else {
        panic!("{adopted}");
    };
    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
    let marks = "add tags targeted-by.shop.in.production, targeted.rules.";
    assert!(
        changes.len() == 1 && changes[0].starts_with(marks),
        "{changes:?}"
    );
    let again = sync(&config, &segments, &targetings).await.unwrap();
    assert_eq!(again.writes(), 0, "{again}");
}

#[tokio::test]
async fn an_approval_for_an_ai_config_is_asked_for_once_and_then_its_rules_are_there() {
    let emulator = guarded().await;
    let resource = "proj/default:env/production:aiconfig/assistant";
    approve(&emulator, assistant(), resource).await;
    let rule = ("[\"beta\"]".to_owned(), "careful".to_owned());
    assert_eq!(served(&emulator).await, (vec![rule], "fast".to_owned()));
}

#[tokio::test]
async fn an_approval_for_a_flag_is_asked_for_once_and_then_its_rules_are_there() {
    let (emulator, targeting) = guarded_flag().await;
    let resource = "proj/default:env/production:flag/checkout";
    approve(&emulator, targeting, resource).await;
    let path = "/api/v2/flags/default/checkout";
    let flag = send(&emulator, "GET", path, &Json::Null).await;
    let rules = flag["environments"]["production"]["rules"]
        .as_array()
        .unwrap();
    assert_eq!(rules.len(), 1);
}

/// What `cargo segments plan` shows and `apply --when-approved` does.
async fn review(emulator: &Emulator, targeting: Targeting, what: &str, needs: &str) {
    use segments_runtime::sync::{
        Definitions, Review, apply_approved, approval_requests, needs_approval, plan,
    };
    let (config, segments, targetings) = (requesting(emulator), [listed("beta")], [targeting]);
    let declared = Definitions {
        segments: &segments,
        targetings: &targetings,
        ..Definitions::default()
    };
    assert_eq!(needs_approval(&config).await.unwrap().to_string(), needs);
    let shown = plan(&config, declared).await.unwrap();
    assert_eq!(approval_requests(&config, &shown).await.unwrap(), []);
    shown.apply(&config).await.unwrap();
    let shown = plan(&config, declared).await.unwrap();
    let requests = approval_requests(&config, &shown).await.unwrap();
    let [request] = &requests[..] else {
        panic!("{requests:?}");
    };
    assert_eq!(
        (request.what.as_str(), request.review),
        (what, Review::Pending)
    );
    assert!(apply_approved(&config, request).await.is_err());
    let path = format!("{REQUESTS}/{}/reviews", request.id);
    send(emulator, "POST", &path, &json!({"kind": "approve"})).await;
    let requests = approval_requests(&config, &shown).await.unwrap();
    assert_eq!(requests[0].review, Review::Approved);
    apply_approved(&config, &requests[0]).await.unwrap();
    // Nothing but the mark is left, and nothing waits any more.
    let shown = plan(&config, declared).await.unwrap();
    assert_eq!(approval_requests(&config, &shown).await.unwrap(), []);
    shown.apply(&config).await.unwrap().in_sync().unwrap();
}

#[tokio::test]
async fn what_waits_for_an_approval_is_known_and_carried_out_when_it_is_given() {
    let emulator = guarded().await;
    review(&emulator, assistant(), "ai-config/assistant", "AI Configs").await;
    let (emulator, targeting) = guarded_flag().await;
    review(&emulator, targeting, "flag/checkout", "flags").await;
}
