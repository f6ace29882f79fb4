//! One question for each inferred row of `docs/service-behaviour.md`: those with a switch of the
//! emulator, and those that a sync relies on.

use std::time::Duration;

use segments_emulator::Behavior;
use segments_runtime::sync::{Method, RawAnswer};
use serde_json::{Value as Json, json};
use tokio::time::Instant;

use super::account::{Account, ENVIRONMENT, JSON, SEMANTIC, expect, request};

/// The longest lag that is waited for.
const LONGEST_LAG: Duration = Duration::from_secs(10);

/// Generates the list of questions, each with the name of its switch, if there is one.
macro_rules! questions {
    ($($question:ident => $name:literal),* $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Question { $($question),* }

        impl Question {
            pub(super) const ALL: &'static [Self] = &[$(Self::$question),*];

            /// The name of the row.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$question => $name),* }
            }
        }
    };
}

questions! {
    EmptyUnauthorized => "emptyUnauthorized",
    BetaHeader => "requireBetaHeader",
    UnknownVersions => "refuseUnknownVersions",
    EnvironmentKey => "requireEnvironmentKey",
    UnknownSegments => "refuseUnknownSegments",
    Cycles => "refuseCycles",
    UnknownOperators => "refuseUnknownOperators",
    UnknownKinds => "refuseUnknownKinds",
    DeleteInUse => "refuseDeleteInUse",
    RunningEdits => "refuseRunningEdits",
    Overlap => "allowOverlapInJsonPatch",
    FailedTest => "failedTestConflicts",
    DryRun => "dryRunBumpsVersion",
    RequestedChanges => "tryRequestedChanges",
    KindLag => "contextKindLagMs",
    TakenKey => "an existing key is 409 key_exists",
    AbsentRule => "removing an absent rule is not an error",
    NoEffect => "a patch without effect keeps the version",
    NewRuleShare => "addRule takes weight",
    NewRuleBucketBy => "addRule takes bucketBy",
    OtherEnvironment => "another environmentKey is refused",
    ChangedKey => "a change of the key is refused",
    UsersAmongContexts => "users are never in includedContexts",
    NewestFirst => "the newest segment comes first",
    InvalidFilter => "an invalid filter is refused",
    Flags => "the answer for a segment has _flags",
    Count => "a list has totalCount",
    NextLinks => "nextLinks",
    // Last, because it takes more segments than the others made.
    PageLimit => "pageLimit",
}

impl Question {
    /// Returns whether the emulator has a switch for it.
    pub(super) fn is_switch(self) -> bool {
        !self.name().contains(' ')
    }

    /// The expected behavior of the service.
    pub(super) fn taken(self) -> Json {
        if self.is_switch() {
            let switches = serde_json::to_value(Behavior::default()).unwrap_or_default();
            return switches[self.name()].clone();
        }
        json!(true)
    }

    /// The consequence for a sync if the service behaves differently; `None` if there is none.
    pub(super) fn follows(self) -> Option<&'static str> {
        Some(match self {
            Self::FailedTest => {
                "sync detects others' changes by a refused `test`; if the service refuses none, set no `revision` and apply from one place only"
            }
            Self::UnknownKinds => {
                "keep `context_kinds(ContextKinds::Create)`, which is the default; `Ignore` fails here"
            }
            Self::RunningEdits => {
                "leave `override_running` off: a write ends the experiment or rollout without asking"
            }
            Self::TakenKey => "replicas that start together may fail; apply from one place only",
            Self::AbsentRule => {
                "a sync that races another may fail once; use `sync::spawn`, which retries"
            }
            Self::NewRuleShare => {
                "a new percentage rule may let in everyone for a moment; create it in LaunchDarkly first"
            }
            Self::UsersAmongContexts => {
                "declare users with `include(User = [...])` only, and verify"
            }
            Self::Flags | Self::Count => {
                "leave `prune` off: nothing proves that a segment is unused"
            }
            _ => return None,
        })
    }

    /// Asks. The error says why the answer is not known.
    pub(super) async fn ask(self, account: &Account) -> Result<Json, String> {
        match self {
            Self::EmptyUnauthorized => empty_unauthorized(account).await,
            Self::BetaHeader => beta_header(account).await,
            Self::UnknownVersions => unknown_versions(account).await,
            Self::EnvironmentKey => environment_key(account).await,
            Self::UnknownSegments => {
                let rule = asking("segments-probe-nobody");
                refuses(account, rule).await
            }
            Self::Cycles => cycles(account).await,
            Self::UnknownOperators => refuses(account, rule("isOdd", "user")).await,
            Self::UnknownKinds => refuses(account, rule("in", "segments-probe-nobody")).await,
            Self::DeleteInUse => delete_in_use(account).await,
            Self::RunningEdits => running_edits(account).await,
            Self::Overlap => overlap(account).await,
            Self::FailedTest => failed_test(account).await,
            Self::DryRun => dry_run(account).await,
            Self::RequestedChanges => requested_changes(account).await,
            Self::KindLag => kind_lag(account).await,
            Self::TakenKey => taken_key(account).await,
            Self::AbsentRule => {
                let key = account.segment().await?;
                let absent =
                    json!({"kind": "removeRule", "ruleId": "00000000-0000-0000-0000-000000000000"});
                let answer = account.instruct(&key, absent).await?;
                Ok(json!(answer.status == 200))
            }
            Self::NoEffect => no_effect(account).await,
            Self::NewRuleShare => {
                let rule =
                    new_rule(account, json!({"weight": 0, "rolloutContextKind": "user"})).await?;
                Ok(json!(rule["weight"] == 0))
            }
            Self::NewRuleBucketBy => {
                let share = json!({"weight": 0, "rolloutContextKind": "user", "bucketBy": "email"});
                let rule = new_rule(account, share).await?;
                Ok(json!(rule["bucketBy"] == "email"))
            }
            Self::OtherEnvironment => {
                let key = account.segment().await?;
                let body =
                    json!({"environmentKey": "segments-probe-other", "instructions": [renamed()]});
                let answer = account
                    .of_segment(Method::PATCH, &key, Some((SEMANTIC, body)))
                    .await?;
                refused(&answer)
            }
            Self::ChangedKey => {
                let key = account.segment().await?;
                let change = json!([{"op": "replace", "path": "/key", "value": "probe-other"}]);
                refused(&account.patch(&key, change).await?)
            }
            Self::UsersAmongContexts => users_among_contexts(account).await,
            Self::NewestFirst => newest_first(account).await,
            Self::InvalidFilter => {
                let query = [("filter", "tags anyOf".to_owned())];
                refused(&get(account, &account.list(), &query).await?)
            }
            Self::Flags => {
                let key = account.segment().await?;
                let answer = account.of_segment(Method::GET, &key, None).await?;
                expect(&answer, 200)?;
                Ok(json!(answer.body["_flags"].is_array()))
            }
            Self::Count => {
                let answer = get(account, &account.list(), &[]).await?;
                expect(&answer, 200)?;
                Ok(json!(answer.body["totalCount"].is_number()))
            }
            Self::NextLinks => next_links(account).await,
            Self::PageLimit => page_limit(account).await,
        }
    }
}

async fn get(
    account: &Account,
    path: &[&str],
    query: &[(&'static str, String)],
) -> Result<RawAnswer, String> {
    account
        .get(path, query)
        .await
        .map_err(|error| error.to_string())
}

/// Whether it was refused, and not for another reason.
fn refused(answer: &RawAnswer) -> Result<Json, String> {
    match answer.status {
        200..=299 => Ok(json!(false)),
        400 | 409 | 422 => Ok(json!(true)),
        status => Err(format!("the status is {status}")),
    }
}

fn renamed() -> Json {
    json!({"kind": "updateName", "value": "Another name"})
}

fn rule(operator: &str, kind: &str) -> Json {
    json!({"kind": "addRule", "clauses": [{"contextKind": kind, "attribute": "email", "op": operator,
        "values": ["a"], "negate": false}]})
}

fn asking(key: &str) -> Json {
    json!({"kind": "addRule", "clauses": [{"contextKind": "user", "attribute": "segmentMatch",
        "op": "segmentMatch", "values": [key], "negate": false}]})
}

/// Whether a new segment does not take a rule.
async fn refuses(account: &Account, rule: Json) -> Result<Json, String> {
    let key = account.segment().await?;
    refused(&account.instruct(&key, rule).await?)
}

/// The rule of a new segment, with this beside its clause.
async fn new_rule(account: &Account, with: Json) -> Result<Json, String> {
    let key = account.segment().await?;
    let mut add = rule("in", "user");
    for (name, value) in with.as_object().into_iter().flatten() {
        add[name.as_str()] = value.clone();
    }
    let answer = account.instruct(&key, add).await?;
    expect(&answer, 200)?;
    Ok(answer.body["rules"][0].clone())
}

async fn version(account: &Account, key: &str) -> Result<u64, String> {
    let answer = account.of_segment(Method::GET, key, None).await?;
    expect(&answer, 200)?;
    let version = answer.body["version"].as_u64();
    version.ok_or_else(|| "the segment has no version".to_owned())
}

async fn empty_unauthorized(account: &Account) -> Result<Json, String> {
    let mut stranger = request(Method::GET, &["projects"]);
    stranger.stranger = true;
    let answer = account
        .send(&stranger)
        .await
        .map_err(|error| error.to_string())?;
    expect(&answer, 401)?;
    Ok(json!(answer.is_empty))
}

async fn beta_header(account: &Account) -> Result<Json, String> {
    let path = [
        "approval-requests",
        "projects",
        account.project.as_str(),
        "settings",
    ];
    let answer = get(account, &path, &[]).await?;
    Ok(json!(match answer.status {
        200 => false,
        403 => true,
        status => return Err(format!("the status is {status}")),
    }))
}

async fn unknown_versions(account: &Account) -> Result<Json, String> {
    let path = account.list();
    let mut request = request(Method::GET, &path);
    request.version = "20010101";
    let answer = account
        .send(&request)
        .await
        .map_err(|error| error.to_string())?;
    refused(&answer)
}

async fn environment_key(account: &Account) -> Result<Json, String> {
    let key = account.segment().await?;
    let body = json!({"instructions": [renamed()]});
    let answer = account
        .of_segment(Method::PATCH, &key, Some((SEMANTIC, body)))
        .await?;
    refused(&answer)
}

async fn cycles(account: &Account) -> Result<Json, String> {
    let (one, other) = (account.segment().await?, account.segment().await?);
    expect(&account.instruct(&one, asking(&other)).await?, 200)?;
    refused(&account.instruct(&other, asking(&one)).await?)
}

async fn delete_in_use(account: &Account) -> Result<Json, String> {
    let (asked, user) = (account.segment().await?, account.segment().await?);
    expect(&account.instruct(&user, asking(&asked)).await?, 200)?;
    refused(&account.of_segment(Method::DELETE, &asked, None).await?)
}

async fn running_edits(account: &Account) -> Result<Json, String> {
    let key = "probe-running";
    account.flag(key).await?;
    let path = ["flags", account.project.as_str(), key];
    let change = async |serve: Json| {
        let mut instruction = serve;
        instruction["kind"] = json!("updateFallthroughVariationOrRollout");
        let instructions = json!([{"kind": "turnFlagOn"}, instruction]);
        let body = json!({"environmentKey": ENVIRONMENT, "instructions": instructions});
        let answer = account
            .call(Method::PATCH, &path, Some((SEMANTIC, body)))
            .await;
        answer.map_err(|error| error.to_string())
    };
    let rollout = json!({"progressiveRolloutConfig": {"contextKind": "user", "controlVariation": 1,
        "endVariation": 0, "steps": [{"rolloutWeight": 1000, "duration": {"quantity": 4, "unit": "hour"}}]}});
    let begun = change(rollout).await?;
    expect(&begun, 200)?;
    let shown = &begun.body["environments"][ENVIRONMENT]["fallthrough"];
    if shown["rollout"]["experimentAllocation"].is_null()
        && shown["progressiveRolloutConfig"].is_null()
    {
        return Err("no request can begin a rollout".to_owned());
    }
    let id = begun.body["variations"][1]["_id"].clone();
    refused(&change(json!({"variationId": id})).await?)
}

async fn overlap(account: &Account) -> Result<Json, String> {
    let key = account.segment().await?;
    let both = json!([{"op": "replace", "path": "/included", "value": ["probe-user"]},
        {"op": "replace", "path": "/excluded", "value": ["probe-user"]}]);
    let answer = account.patch(&key, both).await?;
    Ok(json!(refused(&answer)? == json!(false)))
}

async fn failed_test(account: &Account) -> Result<Json, String> {
    let key = account.segment().await?;
    let patch = json!([{"op": "test", "path": "/version", "value": 1000},
        {"op": "replace", "path": "/name", "value": "Another name"}]);
    Ok(match account.patch(&key, patch).await?.status {
        409 => json!(true),
        400 | 422 => json!(false),
        200 => json!("not tested"),
        status => return Err(format!("the status is {status}")),
    })
}

async fn dry_run(account: &Account) -> Result<Json, String> {
    let key = account.segment().await?;
    let before = version(account, &key).await?;
    let path = [
        "segments",
        account.project.as_str(),
        ENVIRONMENT,
        key.as_str(),
    ];
    let mut request = request(Method::PATCH, &path);
    request.query = vec![("dryRun", "true".to_owned())];
    request.content_type = SEMANTIC;
    request.body = Some(json!({"environmentKey": ENVIRONMENT, "instructions": [renamed()]}));
    let answer = account
        .send(&request)
        .await
        .map_err(|error| error.to_string())?;
    expect(&answer, 200)?;
    Ok(json!(answer.body["version"].as_u64() > Some(before)))
}

async fn requested_changes(account: &Account) -> Result<Json, String> {
    let key = account.segment().await?;
    let (project, environment) = (&account.project, ENVIRONMENT);
    let body = json!({"resourceId": format!("proj/{project}:env/{environment}:segment/{key}"),
        "description": "A question of segments-as-code", "instructions": [
            {"kind": "updateRuleDescription", "ruleId": "00000000-0000-0000-0000-000000000000", "description": "d"}]});
    let answer = account
        .call(Method::POST, &["approval-requests"], Some((JSON, body)))
        .await;
    let answer = answer.map_err(|error| error.to_string())?;
    if let Some(id) = answer.body["_id"].as_str() {
        let gone = account
            .call(Method::DELETE, &["approval-requests", id], None)
            .await;
        expect(&gone.map_err(|error| error.to_string())?, 204)?;
    }
    refused(&answer)
}

async fn kind_lag(account: &Account) -> Result<Json, String> {
    let (kinds, kind) = (
        ["projects", account.project.as_str(), "context-kinds"],
        "segments-probe",
    );
    let put = [&kinds[..], &[kind]].concat();
    let made = account
        .call(Method::PUT, &put, Some((JSON, json!({"name": kind}))))
        .await;
    expect(&made.map_err(|error| error.to_string())?, 200)?;
    let started = Instant::now();
    let mut asked = 0;
    loop {
        let answer = get(account, &kinds, &[]).await?;
        expect(&answer, 200)?;
        asked += 1;
        let items = answer.body["items"].as_array().into_iter().flatten();
        let lag = started.elapsed();
        if items.into_iter().any(|it| it["key"] == kind) {
            let lag = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
            return Ok(json!(if asked == 1 { 0 } else { lag }));
        }
        if lag > LONGEST_LAG {
            return Err("a new context kind is not listed after 10 s".to_owned());
        }
    }
}

async fn taken_key(account: &Account) -> Result<Json, String> {
    let key = account.segment().await?;
    let answer = account.create(&key).await?;
    Ok(json!(
        answer.status == 409 && answer.body["code"] == "key_exists"
    ))
}

async fn no_effect(account: &Account) -> Result<Json, String> {
    let key = account.segment().await?;
    let before = version(account, &key).await?;
    let same =
        json!({"kind": "removeIncludedTargets", "contextKind": "user", "values": ["nobody"]});
    expect(&account.instruct(&key, same).await?, 200)?;
    Ok(json!(version(account, &key).await? == before))
}

async fn users_among_contexts(account: &Account) -> Result<Json, String> {
    let key = account.segment().await?;
    let add =
        json!({"kind": "addIncludedTargets", "contextKind": "user", "values": ["probe-user"]});
    let answer = account.instruct(&key, add).await?;
    expect(&answer, 200)?;
    Ok(json!(answer.body["included"] == json!(["probe-user"])))
}

async fn newest_first(account: &Account) -> Result<Json, String> {
    let newest = account.segment().await?;
    let answer = get(account, &account.list(), &[("limit", "1".to_owned())]).await?;
    expect(&answer, 200)?;
    Ok(json!(answer.body["items"][0]["key"] == newest.as_str()))
}

async fn next_links(account: &Account) -> Result<Json, String> {
    account.segment().await?;
    account.segment().await?;
    let answer = get(account, &account.list(), &[("limit", "1".to_owned())]).await?;
    expect(&answer, 200)?;
    Ok(json!(answer.body["_links"]["next"].is_object()))
}

/// How many segments come at once of more than a page is taken to have.
async fn page_limit(account: &Account) -> Result<Json, String> {
    let most = Behavior::default().page_limit + 1;
    let all = [("limit", most.to_string())];
    let there = get(account, &account.list(), &all).await?;
    let count = there.body["totalCount"].as_u64().unwrap_or(0);
    let missing = most.saturating_sub(usize::try_from(count).unwrap_or(most));
    for _ in 0..missing {
        account.segment().await?;
    }
    let answer = get(account, &account.list(), &all).await?;
    expect(&answer, 200)?;
    let items = answer.body["items"].as_array().map_or(0, Vec::len);
    Ok(json!(items))
}
