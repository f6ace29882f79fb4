//! Everything that a sync can send, and every answer that the emulator can give.

use segments_emulator::Emulator;
use segments_model::experiment::DraftExperiment;
use segments_model::metric::DraftMetric;
use segments_model::targeting::{
    DraftServe, DraftSplit, DraftTarget, DraftTargeting, DraftTargetingRule,
};
use segments_model::{
    AttributeRef, Clause, ContextKind, Definition, Experiment, ExperimentKey, Metric, Operator,
    ResourceKind, Rollout, SegmentKey, Targeting, Weight,
};
use segments_runtime::sync::{
    self, Approvals, BigSegment, Definitions, Members, Report, SyncConfig, SyncError, plan,
    sync_definitions,
};
use serde_json::{Value as Json, json};

use crate::exchange::Exchange;
use crate::support::{
    builder, clause, lists, rule, segment, tagged, users, with_rules, with_targets,
};
use crate::wire::Wire;

const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";

/// A flag and an AI Config of two variations each.
async fn emulator() -> Emulator {
    let emulator = Emulator::start().await.unwrap();
    let world = json!({"projects": {"default": {
        "flags": [{"key": "checkout", "name": "Checkout"}],
        "aiConfigs": [{"key": "assistant", "name": "Assistant", "variations": [
            {"key": "fast", "name": "Fast", "messages": [], "model": {"modelName": "m"}},
            {"key": "careful", "name": "Careful", "messages": [], "model": {"modelName": "m"}}]}]}}});
    emulator.fill(&world.to_string()).unwrap();
    emulator
}

fn percent(percent: u32, by: &str) -> Rollout {
    Rollout {
        weight: Weight::from_thousandths(percent * 1000).unwrap(),
        kind: ContextKind::USER,
        by: AttributeRef::parse(by).unwrap(),
    }
}

/// One of two, by the form that is wanted.
fn pick<T>(second: bool, one: T, other: T) -> T {
    if second { other } else { one }
}

/// The segments, in a first and in a second form that changes everything.
fn segments(second: bool) -> Vec<Definition> {
    let mail = clause(
        "user",
        "email",
        Operator::EndsWith,
        [pick(second, "@x.io", "@y.io")],
    );
    let plan = clause(
        "org",
        "plan",
        Operator::In,
        pick(second, vec!["pro", "team"], vec!["pro", "max"]),
    );
    let asking = Clause::segment_match([SegmentKey::parse("staff").unwrap()]);
    let mut described = rule(vec![mail, plan]);
    described.description = Some(pick(second, "by mail", "by post").to_owned());
    let mut share = rule(vec![asking]);
    share.rollout = Some(percent(pick(second, 10, 20), pick(second, "key", "email")));
    let mut by_mail = rule(vec![clause("user", "plan", Operator::In, ["free"])]);
    by_mail.rollout = Some(percent(5, "email"));
    let mut staff = tagged(
        segment("staff", pick(second, "Staff", "All staff")),
        &[pick(second, "one", "two")],
    );
    staff.description = Some(pick(second, "Who works here", "Who works there").to_owned());
    let staff = with_targets(
        staff,
        users(&[pick(second, "u-1", "u-7")]),
        segments_model::Targets::Exactly(lists("org", &["o-1"])),
    );
    let staff = with_rules(staff, vec![described]);
    let mut all = vec![
        staff,
        with_rules(segment("beta", "Beta"), vec![share, by_mail]),
    ];
    if !second {
        all.push(segment("gone", "Gone"));
    }
    all
}

fn targetings(second: bool) -> Vec<Targeting> {
    let pick = |one: &str, other: &str| pick(second, one, other).to_owned();
    let draft = |kind: ResourceKind, key: &str, one: &str, other: &str| DraftTargeting {
        kind,
        key: key.to_owned(),
        variations: vec![one.to_owned(), other.to_owned()],
        targets: Some(vec![DraftTarget {
            variation: Some(pick(one, other)),
            keys: vec!["u-3".to_owned()],
            ..DraftTarget::default()
        }]),
        rules: Some(vec![DraftTargetingRule {
            when: segments_model::draft::DraftRule {
                clauses: vec![segments_model::draft::DraftClause {
                    operator: Some(Operator::SegmentMatch),
                    values: vec![Some(pick("beta", "staff").into())],
                    ..segments_model::draft::DraftClause::default()
                }],
                ..segments_model::draft::DraftRule::default()
            },
            serve: Some(DraftServe::Split(DraftSplit {
                shares: vec![(one.to_owned(), 60.0), (other.to_owned(), 40.0)],
                by: Some(segments_model::draft::DraftBy {
                    kind: Some("user".into()),
                    context: None,
                    attribute: Some("key".into()),
                }),
            })),
        }]),
        fallthrough: Some(DraftServe::Variation(pick(one, other))),
        ..DraftTargeting::default()
    };
    [
        draft(ResourceKind::AiConfig, "assistant", "fast", "careful"),
        draft(ResourceKind::Flag, "checkout", "true", "false"),
    ]
    .map(|draft| draft.parse().unwrap().0)
    .into()
}

fn metrics(second: bool) -> Vec<Metric> {
    let draft = |key: &str, kind: &str| DraftMetric {
        key: key.to_owned(),
        kind: Some(kind.to_owned()),
        ..DraftMetric::default()
    };
    let mut all = vec![
        DraftMetric {
            description: Some(pick(second, "D", "E").to_owned()),
            tags: Some(vec![pick(second, "one", "two").to_owned()]),
            ..draft("resolved", pick(second, "occurrence", "count"))
        },
        DraftMetric {
            unit: Some(pick(second, "USD", "EUR").to_owned()),
            success: Some(pick(second, "higher", "lower").to_owned()),
            event: Some(pick(second, "paid", "bought").to_owned()),
            ..draft("total", "numeric")
        },
    ];
    if !second {
        all.push(draft("spare", "count"));
    }
    all.iter().map(|draft| draft.parse().unwrap().0).collect()
}

fn experiments_of(second: bool) -> Vec<Experiment> {
    let draft = DraftExperiment {
        key: "careful-answers".into(),
        name: Some(pick(second, "N", "M").to_owned()),
        description: Some(pick(second, "D", "E").to_owned()),
        tags: Some(vec![pick(second, "one", "two").to_owned()]),
        hypothesis: Some("h".into()),
        on: "ai-config/assistant".into(),
        rule: Some(pick(second, "beta", "staff").to_owned()),
        primary: Some("resolved".into()),
        secondary: vec!["total".into()],
        baseline: Some("fast".into()),
        split: vec![("fast".into(), 50.0), ("careful".into(), 50.0)],
        traffic: pick(second, 80.0, 100.0),
        ..DraftExperiment::default()
    };
    vec![draft.parse().unwrap().0]
}

async fn sync_all(config: &SyncConfig, second: bool) -> Result<Report, SyncError> {
    let (segments, targetings) = (segments(second), targetings(second));
    // Metrics are of the project: one program with a revision and one without would not agree.
    let measures = config.environment().as_str() == "production";
    let (metrics, experiments) = if measures {
        (metrics(second), experiments_of(second))
    } else {
        (Vec::new(), Vec::new())
    };
    let declared = Definitions {
        segments: &segments,
        targetings: &targetings,
        metrics: &metrics,
        experiments: &experiments,
    };
    sync_definitions(config, declared).await
}

/// Everything that a sync sends, from nothing to the deletion of what is no longer declared.
pub(crate) async fn syncs() -> Vec<Exchange> {
    let emulator = emulator().await;
    let wire = Wire::to(emulator.address()).await;
    let over = |builder: sync::SyncConfigBuilder| builder.base_uri(&wire.base_uri);
    let config = over(builder(&emulator)).build().unwrap();
    sync_all(&config, false).await.unwrap();
    let numbered = over(builder(&emulator))
        .revision(1)
        .environment("test")
        .build()
        .unwrap();
    sync_all(&numbered, false).await.unwrap();
    let pruning = over(builder(&emulator))
        .prune(true)
        .prune_grace(std::time::Duration::ZERO);
    sync_all(&pruning.build().unwrap(), true).await.unwrap();
    let key = ExperimentKey::from_static("careful-answers");
    sync::start_experiment(&config, &key, Some("r"))
        .await
        .unwrap();
    sync::stop_experiment(&config, &key, None, Some("r"))
        .await
        .unwrap();
    // What was shown is guarded by versions.
    let (segments, targetings) = (segments(false), targetings(false));
    let declared = Definitions {
        segments: &segments,
        targetings: &targetings,
        ..Definitions::default()
    };
    plan(&config, declared)
        .await
        .unwrap()
        .apply(&config)
        .await
        .unwrap();
    for_a_while(&config).await;
    let other = (self::segments(true), self::targetings(true));
    let other = Definitions {
        segments: &other.0,
        targetings: &other.1,
        ..Definitions::default()
    };
    let due = plan(&config, other).await.unwrap();
    sync::drift(&config, due.settled()).await.unwrap();
    for kind in ["segment", "flag", "aiconfig"] {
        let settings =
            json!({"environmentKey": "production", "resourceKind": kind, "required": true});
        let path = "/api/v2/approval-requests/projects/default/settings";
        direct(&emulator, "PATCH", path, &settings).await;
    }
    let asking = over(builder(&emulator)).approvals(Approvals::Request);
    // What has no instruction cannot be asked for.
    let asked = sync_all(&asking.build().unwrap(), true).await;
    asked.unwrap_err();
    sync::environments(&config).await.unwrap();
    let context = json!({"kind": "user", "key": "u-1", "plan": "pro"});
    sync::memberships(&config, &context).await.unwrap();
    sync::attribute_values(&config, "plan").await.unwrap();
    let mut exchanges = wire.exchanges();
    exchanges.extend(Box::pin(surroundings()).await);
    exchanges
}

/// Two contexts on a list that is left to people, until a moment at which the service takes them off.
async fn for_a_while(config: &SyncConfig) {
    let keys = ["u-8", "u-9"].map(str::to_owned);
    let tomorrow = std::time::SystemTime::now() + std::time::Duration::from_hours(24);
    let change = |edit| {
        let beta = SegmentKey::parse("beta").unwrap();
        sync::ListChange::new(config, beta, edit, ContextKind::USER, keys.clone())
    };
    change(sync::ListEdit::Include)
        .until(tomorrow)
        .apply()
        .await
        .unwrap();
    // For good, and not so after all.
    let for_good = change(sync::ListEdit::Include);
    let (_, undo) = for_good.apply_with_undo().await.unwrap();
    undo.apply(config).await.unwrap();
    change(sync::ListEdit::Remove).apply().await.unwrap();
}

/// What a sync asks about and carries out besides: approvals, big segments, experiments.
async fn surroundings() -> Vec<Exchange> {
    let emulator = emulator().await;
    let wire = Wire::to(emulator.address()).await;
    let over = || builder(&emulator).base_uri(&wire.base_uri);
    let config = over().build().unwrap();
    sync_all(&config, false).await.unwrap();
    big(&config).await;
    experiment(&emulator, &config).await;
    let asking = over().approvals(Approvals::Request).build().unwrap();
    approved(&emulator, &asking).await;
    wire.exchanges()
}

/// The first segment with other members, for a change that has instructions.
fn other_members() -> Vec<Definition> {
    let mut declared = segments(false);
    if let segments_model::Audience::Standard { included, .. } = &mut declared[0].audience {
        *included = users(&["u-9"]);
    }
    declared
}

/// What somebody approves is carried out.
async fn approved(emulator: &Emulator, asking: &SyncConfig) {
    let requests = "/api/v2/approval-requests";
    let required =
        json!({"environmentKey": "production", "resourceKind": "segment", "required": true});
    let settings = format!("{requests}/projects/default/settings");
    direct(emulator, "PATCH", &settings, &required).await;
    assert!(sync::needs_approval(asking).await.unwrap().segments);
    let declared = other_members();
    let declared = Definitions {
        segments: &declared,
        targetings: &[],
        ..Definitions::default()
    };
    sync_definitions(asking, declared).await.unwrap();
    let open = direct(emulator, "GET", requests, &Json::Null).await;
    for request in open["items"].as_array().unwrap() {
        let path = format!("{requests}/{}/reviews", request["_id"].as_str().unwrap());
        direct(emulator, "POST", &path, &json!({"kind": "approve"})).await;
    }
    let planned = plan(asking, declared).await.unwrap();
    let found = sync::approval_requests(asking, &planned).await.unwrap();
    assert!(!found.is_empty(), "nothing was asked for");
    for request in &found {
        sync::apply_approved(asking, request).await.unwrap();
    }
}

/// The members of a big segment.
async fn big(config: &SyncConfig) {
    let mut many = segment("many", "Many");
    many.audience = segments_model::Audience::Big {
        kind: ContextKind::USER,
    };
    let declared = Definitions {
        segments: &[many],
        targetings: &[],
        ..Definitions::default()
    };
    sync_definitions(config, declared).await.unwrap();
    let many = BigSegment::new(config, SegmentKey::parse("many").unwrap());
    let members = Members::keys(|| (0..9).map(|number| format!("u-{number}")));
    many.replace_from(members).await.unwrap();
    many.add(["u-10".to_owned()]).await.unwrap();
    // On the other list, and back.
    let (many, edit) = (SegmentKey::parse("many").unwrap(), sync::ListEdit::Exclude);
    let key = ["u-10".to_owned()];
    let change = sync::ListChange::new(config, many, edit, ContextKind::USER, key);
    let (_, undo) = change.apply_with_undo().await.unwrap();
    undo.apply(config).await.unwrap();
}

/// A plan names the experiments that a change of a segment would spoil.
async fn experiment(emulator: &Emulator, config: &SyncConfig) {
    let asking = json!([{"kind": "addRule", "variation": 0, "clauses": [{"contextKind": "user",
        "attribute": "segmentMatch", "op": "segmentMatch", "values": ["staff"], "negate": false}]}]);
    let path = "/api/v2/flags/default/checkout";
    let flag = direct(emulator, "PATCH", path, &patch(&asking)).await;
    let rules = flag["environments"]["production"]["rules"]
        .as_array()
        .unwrap();
    let rule = rules.last().unwrap()["_id"].clone();
    let treatment = |at: usize| {
        json!({"name": "t", "baseline": at == 0, "allocationPercent": "50",
        "parameters": [{"flagKey": "checkout", "variationId": flag["variations"][at]["_id"]}]})
    };
    let path = "/api/v2/projects/default/environments/production/experiments";
    let new = json!({"key": "speed", "name": "Speed", "iteration": {"hypothesis": "h", "metrics": [],
        "treatments": [treatment(0), treatment(1)],
        "flags": {"checkout": {"ruleId": rule, "flagConfigVersion": 1}}}});
    direct(emulator, "POST", path, &new).await;
    let start = json!({"instructions": [{"kind": "startIteration"}]});
    direct(emulator, "PATCH", &format!("{path}/speed"), &start).await;
    let declared = other_members();
    let declared = Definitions {
        segments: &declared,
        targetings: &[],
        ..Definitions::default()
    };
    let planned = plan(config, declared).await.unwrap();
    assert!(planned.to_string().contains("speed"), "{planned}");
}

async fn direct(emulator: &Emulator, method: &str, path: &str, body: &Json) -> Json {
    send(
        emulator.base_uri(),
        emulator.access_token(),
        method,
        path,
        body,
    )
    .await
}

async fn send(base_uri: &str, token: &str, method: &str, path: &str, body: &Json) -> Json {
    let semantic =
        body.get("instructions").is_some() && method == "PATCH" && !path.contains("settings");
    let content_type = if semantic {
        SEMANTIC
    } else {
        "application/json"
    };
    let request = crate::support::client()
        .request(method.parse().unwrap(), format!("{base_uri}{path}"))
        .header("Authorization", token)
        .header("LD-API-Version", "beta")
        .header("Content-Type", content_type);
    let request = if body.is_null() {
        request
    } else {
        request.body(body.to_string())
    };
    let answer = request.send().await.unwrap();
    answer.json().await.unwrap_or_default()
}

/// Sends a request in words, and gives the body of the answer.
trait Ask: AsyncFn(&str, &str, Json) -> Json {}
impl<T: AsyncFn(&str, &str, Json) -> Json> Ask for T {}

/// Every operation once, in an order in which each has something to be about.
pub(crate) async fn answers() -> Vec<Exchange> {
    let emulator = emulator().await;
    let wire = Wire::to(emulator.address()).await;
    let ask = async |method: &str, path: &str, body: Json| {
        let path = format!("/api/v2{path}");
        send(
            &wire.base_uri,
            emulator.access_token(),
            method,
            &path,
            &body,
        )
        .await
    };
    segments_and_contexts(&ask).await;
    imports(&wire.base_uri, emulator.access_token()).await;
    projects(&ask).await;
    ai_configs(&ask).await;
    flags(&ask).await;
    experiments(&ask).await;
    approvals(&ask).await;
    let log = ask("GET", "/auditlog?limit=2", Json::Null).await;
    let entry = log["items"][0]["_id"].as_str().unwrap();
    ask("GET", &format!("/auditlog/{entry}"), Json::Null).await;
    ask("DELETE", "/segments/default/production/beta", Json::Null).await;
    ask("DELETE", "/projects/other", Json::Null).await;
    wire.exchanges()
}

/// Each operation of a list, about things that are there.
pub(crate) async fn left_out(operations: &[String]) -> Vec<Exchange> {
    let emulator = emulator().await;
    let wire = Wire::to(emulator.address()).await;
    for operation in operations {
        let (method, path) = operation.split_once(' ').unwrap();
        let parts = path.split('/').map(|part| match part {
            "{projectKey}" => "default",
            "{environmentKey}" => "production",
            "{featureFlagKey}" | "{flagKey}" => "checkout",
            "{configKey}" => "assistant",
            name if name.starts_with('{') => "some",
            word => word,
        });
        let path = format!("/api/v2{}", parts.collect::<Vec<_>>().join("/"));
        let body = match method {
            "GET" | "DELETE" => Json::Null,
            _ => json!({}),
        };
        send(
            &wire.base_uri,
            emulator.access_token(),
            method,
            &path,
            &body,
        )
        .await;
    }
    wire.exchanges()
}

fn patch(instructions: &Json) -> Json {
    json!({"environmentKey": "production", "comment": "c", "instructions": instructions})
}

async fn segments_and_contexts(ask: &impl Ask) {
    let all = "/segments/default/production";
    let beta = json!({"key": "beta", "name": "Beta", "tags": ["t"]});
    ask("POST", all, beta.clone()).await;
    ask("POST", all, beta).await;
    let many =
        json!({"key": "many", "name": "Many", "unbounded": true, "unboundedContextKind": "user"});
    ask("POST", all, many).await;
    let clause = json!({"contextKind": "user", "attribute": "email", "op": "in", "values": ["a"], "negate": false});
    let rule = json!({"kind": "addRule", "clauses": [clause], "weight": 1000, "rolloutContextKind": "user"});
    ask(
        "PATCH",
        "/segments/default/production/beta",
        patch(&json!([rule])),
    )
    .await;
    let describe =
        json!({"comment": "c", "patch": [{"op": "replace", "path": "/description", "value": "d"}]});
    ask("PATCH", "/segments/default/production/beta", describe).await;
    ask("GET", all, Json::Null).await;
    ask("GET", "/segments/default/production/beta", Json::Null).await;
    ask("GET", "/segments/default/production/nothing", Json::Null).await;
    let add = json!({"included": {"add": ["u-1"]}});
    ask("POST", "/segments/default/production/many/contexts", add).await;
    ask(
        "GET",
        "/segments/default/production/many/contexts/u-1",
        Json::Null,
    )
    .await;
    let add = json!({"included": {"add": ["u-2"]}});
    ask("POST", "/segments/default/production/many/users", add).await;
    ask(
        "GET",
        "/segments/default/production/many/users/u-2",
        Json::Null,
    )
    .await;
    let here = "/projects/default/environments/production";
    let context = json!({"kind": "user", "key": "u-1", "plan": "pro"});
    ask(
        "POST",
        &format!("{here}/segments/evaluate"),
        context.clone(),
    )
    .await;
    ask("POST", &format!("{here}/flags/evaluate"), context).await;
    ask("GET", &format!("{here}/context-attributes"), Json::Null).await;
    ask(
        "GET",
        &format!("{here}/context-attributes/plan"),
        Json::Null,
    )
    .await;
    let wanted = json!({"filter": "user.plan equals pro", "sort": "-ts", "limit": 1});
    ask("POST", &format!("{here}/contexts/search"), wanted).await;
    ask("GET", &format!("{here}/contexts/user/u-1"), Json::Null).await;
    let instances = format!("{here}/context-instances");
    let wanted = json!({"filter": "kinds contains [\"user\"]"});
    let found = ask("POST", &format!("{instances}/search"), wanted).await;
    let one = format!("{instances}/{}", found["items"][0]["id"].as_str().unwrap());
    ask("GET", &one, Json::Null).await;
    ask("DELETE", &one, Json::Null).await;
    let included = json!({"targetType": "included"});
    expiring(ask, "/segments/default/beta", &included).await;
    for of in ["segments/default/beta", "flags/default/checkout"] {
        for form in ["expiring-targets", "expiring-user-targets"] {
            let path = format!("/{of}/{form}/production");
            ask("GET", &path, Json::Null).await;
        }
    }
    let kind = json!({"name": "Organization"});
    ask("PUT", "/projects/default/context-kinds/org", kind).await;
    ask("GET", "/projects/default/context-kinds", Json::Null).await;
}

async fn projects(ask: &impl Ask) {
    let renamed = json!([{"op": "replace", "path": "/name", "value": "Another"}]);
    ask("GET", "/caller-identity", Json::Null).await;
    ask(
        "POST",
        "/projects",
        json!({"key": "other", "name": "Other"}),
    )
    .await;
    ask("GET", "/projects", Json::Null).await;
    ask("GET", "/projects/other", Json::Null).await;
    ask("PATCH", "/projects/other", renamed.clone()).await;
    let dev = json!({"key": "dev", "name": "Dev", "color": "417505"});
    ask("POST", "/projects/other/environments", dev).await;
    ask("GET", "/projects/other/environments", Json::Null).await;
    ask("GET", "/projects/other/environments/dev", Json::Null).await;
    ask("PATCH", "/projects/other/environments/dev", renamed).await;
    ask("DELETE", "/projects/other/environments/dev", Json::Null).await;
}

async fn ai_configs(ask: &impl Ask) {
    let all = "/projects/default/ai-configs";
    let agent =
        json!({"key": "agent", "name": "Agent", "mode": "agent", "description": "d", "tags": []});
    ask("POST", all, agent).await;
    let one =
        json!({"key": "one", "name": "One", "instructions": "i", "model": {"modelName": "m"}});
    ask("POST", &format!("{all}/agent/variations"), one).await;
    let variation = format!("{all}/agent/variations/one");
    ask("GET", &variation, Json::Null).await;
    ask("PATCH", &variation, json!({"name": "First"})).await;
    ask("DELETE", &variation, Json::Null).await;
    ask("GET", all, Json::Null).await;
    ask("GET", &format!("{all}/agent"), Json::Null).await;
    ask("PATCH", &format!("{all}/agent"), json!({"tags": ["t"]})).await;
    let targeting = format!("{all}/assistant/targeting");
    let shown = ask("GET", &targeting, Json::Null).await;
    let id = shown["variations"][1]["_id"].clone();
    let serve = json!([{"kind": "updateFallthroughVariationOrRollout", "variationId": id}]);
    ask("PATCH", &targeting, patch(&serve)).await;
    ask("DELETE", &format!("{all}/agent"), Json::Null).await;
}

async fn flags(ask: &impl Ask) {
    let new = json!({"key": "other", "name": "Other", "tags": []});
    ask("POST", "/flags/default", new).await;
    ask("GET", "/flags/default", Json::Null).await;
    ask("GET", "/flags/default/other", Json::Null).await;
    let on = patch(&json!([{"kind": "turnFlagOn"}]));
    ask("PATCH", "/flags/default/other", on).await;
    let checkout = ask("GET", "/flags/default/checkout", Json::Null).await;
    let variation = checkout["variations"][0]["_id"].clone();
    let needed = json!([
        {"kind": "addPrerequisite", "key": "checkout", "variationId": variation},
        {"kind": "updatePrerequisite", "key": "checkout", "variationId": variation},
        {"kind": "removePrerequisite", "key": "checkout"},
        {"kind": "replacePrerequisites", "prerequisites": [{"key": "checkout", "variationId": variation}]}]);
    ask("PATCH", "/flags/default/other", patch(&needed)).await;
    ask("GET", "/flags/default/checkout/dependent-flags", Json::Null).await;
    ask(
        "GET",
        "/flags/default/production/checkout/dependent-flags",
        Json::Null,
    )
    .await;
    expiring(
        ask,
        "/flags/default/checkout",
        &json!({"variationId": variation}),
    )
    .await;
    ask("GET", "/flag-statuses/default/production", Json::Null).await;
    ask("GET", "/flag-statuses/default/production/other", Json::Null).await;
    ask("DELETE", "/flags/default/other", Json::Null).await;
}

/// A target is listed, and goes by itself one day.
async fn expiring(ask: &impl Ask, of: &str, place: &Json) {
    let flag = place.get("variationId").is_some();
    let mut list = json!({"kind": if flag { "addTargets" } else { "addIncludedTargets" },
        "contextKind": "user", "values": ["u-1"]});
    let target = |kind: &str, key: &str| {
        let mut instruction = place.clone();
        instruction["kind"] = json!(kind);
        instruction[key] = json!("u-1");
        if key == "contextKey" {
            instruction["contextKind"] = json!("user");
        }
        if !kind.starts_with("remove") {
            instruction["value"] = json!(4_102_444_800_000_i64);
        }
        instruction
    };
    if flag {
        list["variationId"] = place["variationId"].clone();
    }
    let one = if flag {
        of.to_owned()
    } else {
        of.replace("/default/", "/default/production/")
    };
    ask("PATCH", &one, patch(&json!([list]))).await;
    let body = json!({"comment": "c", "instructions": [target("addExpiringTarget", "contextKey"),
        target("updateExpiringTarget", "contextKey"), target("removeExpiringTarget", "contextKey")]});
    ask("PATCH", &format!("{of}/expiring-targets/production"), body).await;
    let body = json!({"instructions": [target("addExpireUserTargetDate", "userKey"),
        target("removeExpireUserTargetDate", "userKey")]});
    ask(
        "PATCH",
        &format!("{of}/expiring-user-targets/production"),
        body,
    )
    .await;
}

/// A form, which is no JSON, and where it leads.
async fn imports(base_uri: &str, token: &str) {
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\nu-1\r\n\
        --b\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\nmerge\r\n--b--\r\n";
    let answer = crate::support::client()
        .post(format!(
            "{base_uri}/api/v2/segments/default/production/many/imports"
        ))
        .header("Authorization", token)
        .header("Content-Type", "multipart/form-data; boundary=b")
        .body(form)
        .send()
        .await
        .unwrap();
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    send(base_uri, token, "GET", &location, &Json::Null).await;
    let many = format!("{base_uri}/api/v2/segments/default/production/many");
    let export = crate::support::client()
        .post(format!("{many}/exports"))
        .header("Authorization", token)
        .send()
        .await
        .unwrap();
    let location = export.headers()["location"].to_str().unwrap().to_owned();
    send(base_uri, token, "GET", &location, &Json::Null).await;
}

async fn experiments(ask: &impl Ask) {
    let flag = ask("GET", "/flags/default/checkout", Json::Null).await;
    let treatment = |at: usize| {
        json!({"name": "t", "baseline": at == 0, "allocationPercent": "50",
        "parameters": [{"flagKey": "checkout", "variationId": flag["variations"][at]["_id"]}]})
    };
    let path = "/projects/default/environments/production/experiments";
    let new = json!({"key": "speed", "name": "Speed", "iteration": {"hypothesis": "h", "metrics": [],
        "treatments": [treatment(0), treatment(1)], "flags": {"checkout": {"ruleId": "fallthrough", "flagConfigVersion": 1}}}});
    ask("POST", path, new).await;
    let one = format!("{path}/speed");
    measured(ask, &one, &treatment, path).await;
    ask(
        "PATCH",
        &one,
        json!({"instructions": [{"kind": "startIteration"}]}),
    )
    .await;
    ask(
        "GET",
        &format!("{path}?filter=flagKey:checkout"),
        Json::Null,
    )
    .await;
    ask("GET", &one, Json::Null).await;
    ask("GET", "/flags/default/checkout", Json::Null).await;
}

/// Metrics, and an iteration that measures one.
async fn measured(
    ask: &impl Ask,
    experiment: &str,
    treatment: &impl Fn(usize) -> Json,
    experiments: &str,
) {
    let metrics = "/metrics/default";
    let total = json!({"key": "total", "kind": "custom", "eventKey": "paid", "isNumeric": true, "unit": "USD",
        "successCriteria": "HigherThanBaseline", "tags": ["shop"], "analysisUnits": ["user"]});
    ask("POST", metrics, total).await;
    let click = json!({"key": "clicked", "kind": "click", "selector": "a", "urls": []});
    ask("POST", metrics, click).await;
    ask(
        "GET",
        &format!("{metrics}?expand=experimentCount"),
        Json::Null,
    )
    .await;
    let one = format!("{metrics}/total");
    let patch = json!([{"op": "replace", "path": "/name", "value": "Total"}]);
    ask("PATCH", &one, patch).await;
    let iteration = json!({"hypothesis": "h", "metrics": [{"key": "total"}],
        "primarySingleMetricKey": "total", "treatments": [treatment(0), treatment(1)],
        "flags": {"checkout": {"ruleId": "fallthrough", "flagConfigVersion": 1}}});
    ask("POST", &format!("{experiment}/iterations"), iteration).await;
    let expand = "expand=treatments,secondaryMetrics,draftIteration,previousIterations";
    ask("GET", &format!("{experiment}?{expand}"), Json::Null).await;
    let found = format!("{experiments}?filter=metricKey:total,status:not_started&{expand}");
    ask("GET", &found, Json::Null).await;
    let uses = "expand=experiments,experimentCount,metricGroups,metricGroupCount";
    ask("GET", &format!("{one}?{uses}"), Json::Null).await;
    ask("DELETE", &format!("{metrics}/clicked"), Json::Null).await;
    let fields = json!({"name": {"operation": "update", "value": "Fast"},
        "tags": {"operation": "add", "value": ["shop"]}});
    let update = json!({"instructions": [{"kind": "updateExperimentFields", "value": fields}]});
    ask("PATCH", experiment, update).await;
}

async fn approvals(ask: &impl Ask) {
    let requests = "/approval-requests";
    let settings = format!("{requests}/projects/default/settings");
    ask(
        "PATCH",
        &settings,
        json!({"environmentKey": "test", "resourceKind": "segment", "required": true}),
    )
    .await;
    ask("GET", &settings, Json::Null).await;
    let add = json!([{"kind": "addIncludedTargets", "contextKind": "user", "values": ["u-2"]}]);
    let new = json!({"resourceId": "proj/default:env/production:segment/beta", "description": "d", "instructions": add});
    let on = json!([{"kind": "turnFlagOn"}]);
    let flag = "/projects/default/flags/checkout/environments/production/approval-requests";
    for (path, new) in [
        (requests, new),
        (flag, json!({"description": "d", "instructions": on})),
    ] {
        let made = ask("POST", path, new).await;
        let one = format!("{path}/{}", made["_id"].as_str().unwrap());
        ask("GET", path, Json::Null).await;
        ask("GET", &one, Json::Null).await;
        let reword = json!({"instructions": [{"kind": "updateDescription", "value": "why"}]});
        ask("PATCH", &one, reword).await;
        ask(
            "POST",
            &format!("{one}/reviews"),
            json!({"kind": "approve"}),
        )
        .await;
        ask("POST", &format!("{one}/apply"), json!({"comment": "c"})).await;
        ask("DELETE", &one, Json::Null).await;
    }
}
