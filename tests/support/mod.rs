//! What the tests of syncing share.
#![allow(dead_code, reason = "no test uses all of it")]

mod thorough;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use segments_emulator::{Emulator, RecordedRequest};
use segments_model::{
    AttributeRef, Audience, Clause, ContextKeys, ContextKind, Definition, Lifecycle, Operator,
    Rule, SegmentKey, Tag, Targets, Value, wire,
};
use segments_runtime::sync::{SyncConfig, SyncConfigBuilder};
use serde_json::{Value as Json, json};

pub(crate) use thorough::is_thorough;

/// As many repetitions as a test of chance or of load makes: all of them under `SEGMENTS_THOROUGH`, which
/// `.ci/thorough` sets, else a tenth.
pub(crate) fn repetitions(all: u64) -> u64 {
    if is_thorough() { all } else { all.div_ceil(10) }
}

/// A program called `shop` that syncs with this emulator, in patience.
pub(crate) fn config(emulator: &Emulator) -> SyncConfig {
    builder(emulator).build().unwrap()
}

/// The same, to be changed.
pub(crate) fn builder(emulator: &Emulator) -> SyncConfigBuilder {
    SyncConfig::builder()
        .token(emulator.access_token())
        .base_uri(emulator.base_uri())
        .program("shop", "1.2.3")
        .deadline(Duration::from_mins(2))
}

/// What the emulator was asked to change.
pub(crate) fn writes(emulator: &Emulator) -> Vec<RecordedRequest> {
    let mut requests = emulator.requests();
    requests.retain(RecordedRequest::is_write);
    requests
}

/// A definition with nothing but a key and a name.
pub(crate) fn segment(key: &str, name: &str) -> Definition {
    Definition {
        key: SegmentKey::parse(key).unwrap(),
        name: name.to_owned(),
        description: None,
        tags: None,
        audience: Audience::Standard {
            included: Targets::Unmanaged,
            excluded: Targets::Unmanaged,
            rules: None,
        },
        unmanaged: [].into(),
        absent: false,
        lifecycle: Lifecycle::default(),
        environments: [].into(),
    }
}

pub(crate) fn tagged(mut definition: Definition, tags: &[&str]) -> Definition {
    definition.tags = Some(tags.iter().map(|tag| Tag::parse(*tag).unwrap()).collect());
    definition
}

pub(crate) fn users(keys: &[&str]) -> Targets {
    Targets::Exactly(lists("user", keys))
}

pub(crate) fn lists(kind: &str, keys: &[&str]) -> BTreeMap<ContextKind, ContextKeys> {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    BTreeMap::from([(ContextKind::parse(kind).unwrap(), keys)])
}

pub(crate) fn with_targets(
    mut definition: Definition,
    include: Targets,
    exclude: Targets,
) -> Definition {
    if let Audience::Standard {
        included, excluded, ..
    } = &mut definition.audience
    {
        *included = include;
        *excluded = exclude;
    }
    definition
}

pub(crate) fn with_rules(mut definition: Definition, new: Vec<Rule>) -> Definition {
    if let Audience::Standard { rules, .. } = &mut definition.audience {
        *rules = Some(new);
    }
    definition
}

pub(crate) fn rule(clauses: Vec<Clause>) -> Rule {
    Rule {
        clauses,
        ..Rule::default()
    }
}

pub(crate) fn clause<V: Into<Value>>(
    kind: &str,
    attribute: &str,
    operator: Operator,
    values: impl IntoIterator<Item = V>,
) -> Clause {
    Clause {
        kind: ContextKind::parse(kind).unwrap(),
        attribute: AttributeRef::parse(attribute).unwrap(),
        operator,
        values: values.into_iter().map(Into::into).collect(),
        negate: false,
    }
}

/// The five segments of the quickstart.
pub(crate) fn five() -> Vec<Definition> {
    use Operator::{Before, EndsWith, GreaterThan, In, SemVerGreaterThan};
    let date = segments_model::Number::try_from(1_704_067_200_000_i64).unwrap();
    vec![
        with_rules(
            with_targets(
                tagged(
                    segment("beta-testers", "Beta Testers"),
                    &["beta", "testing"],
                ),
                users(&["user-123", "user-456", "user-789"]),
                users(&["user-999"]),
            ),
            vec![rule(vec![clause("user", "beta_opted_in", In, [true])])],
        ),
        Definition {
            description: Some("Users testing new AI features".to_owned()),
            ..with_rules(
                tagged(
                    segment("ai-beta-testers", "AI Beta Testers"),
                    &["beta", "ai-configs", "testing"],
                ),
                vec![rule(vec![
                    clause("user", "beta_tester", In, [true]),
                    clause("user", "accountAge", GreaterThan, [30]),
                ])],
            )
        },
        with_rules(
            tagged(
                segment("enterprise-customers", "Enterprise Customers"),
                &["enterprise", "premium", "ai-configs"],
            ),
            vec![
                rule(vec![clause(
                    "organization",
                    "plan",
                    In,
                    ["enterprise", "enterprise-plus"],
                )]),
                rule(vec![clause("organization", "mrr", GreaterThan, [10_000])]),
                rule(vec![clause("organization", "customContract", In, [true])]),
            ],
        ),
        with_rules(
            tagged(
                segment("eu-power-users", "EU Power Users"),
                &["regional", "eu", "power-users"],
            ),
            vec![rule(vec![
                clause("user", "region", In, ["eu-west", "eu-central", "eu-north"]),
                clause("user", "monthlyUsage", GreaterThan, [1000]),
            ])],
        ),
        with_rules(
            segment("established-staff", "Established Staff"),
            vec![rule(vec![
                clause("user", "email", EndsWith, ["@company.com"]),
                clause("user", "accountCreated", Before, [date]),
                clause("device", "version", SemVerGreaterThan, ["2.0.0"]),
            ])],
        ),
    ]
}

/// Many segments of all shapes, as a version of a program declares them. Every third asks the one
/// before it.
pub(crate) fn catalog(count: usize, version: usize) -> Vec<Definition> {
    let key = |index: usize| format!("segment-{index:03}");
    let definition = |index: usize| {
        let tags = [
            "catalog",
            if index.is_multiple_of(2) {
                "even"
            } else {
                "odd"
            },
        ];
        let name = format!("Segment {index} of version {version}");
        let bound = u32::try_from(index * 10 + version).unwrap();
        let mut rules = vec![
            rule(vec![
                clause(
                    "user",
                    "plan",
                    Operator::In,
                    ["pro".to_owned(), format!("v{version}")],
                ),
                clause("user", "age", Operator::GreaterThan, [bound]),
            ]),
            rule(vec![clause("org", "region", Operator::StartsWith, ["eu"])]),
        ];
        if index % 3 == 2 {
            let asked = SegmentKey::parse(key(index - 1)).unwrap();
            rules.insert(version % 2, rule(vec![Clause::segment_match([asked])]));
        }
        let member = |n: usize| format!("member-{n}");
        let members: Vec<String> = (0..5).map(|n| member(n + version)).collect();
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let tagged = tagged(segment(&key(index), &name), &tags);
        let targeted = with_targets(tagged, users(&members), users(&[]));
        Definition {
            description: Some(format!("As version {version} wants it")),
            ..with_rules(targeted, rules)
        }
    };
    (0..count).map(definition).collect()
}

/// What is wrong with the segments of an environment, compared with what is declared: nothing, one
/// hopes. Told without the engine's own comparison.
pub(crate) fn differences(emulator: &Emulator, wanted: &[Definition]) -> Vec<String> {
    let found = emulator.segments("default", "production");
    let mut wrong = Vec::new();
    for definition in wanted {
        let key = definition.key.as_str();
        let copies: Vec<_> = found.iter().filter(|segment| segment.key == key).collect();
        match copies[..] {
            [segment] => {
                let (found, wanted) = (essence(segment), essence(&wire::Segment::from(definition)));
                if found != wanted {
                    wrong.push(format!("{key}: {found} instead of {wanted}"));
                }
            }
            _ => wrong.push(format!("{key}: {} of them", copies.len())),
        }
    }
    wrong
}

/// What people would call the same of a segment.
pub(crate) fn essence(segment: &wire::Segment) -> Json {
    let lists = |users: &[String], others: &[wire::ContextTargets]| {
        let mut lists: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        lists.insert("user".to_owned(), users.iter().cloned().collect());
        for list in others {
            let keys = lists.entry(list.context_kind.clone()).or_default();
            keys.extend(list.values.iter().cloned());
        }
        lists.retain(|_, keys| !keys.is_empty());
        lists
    };
    let clause = |clause: &wire::Clause| {
        let values: BTreeSet<String> = clause.values.iter().map(Json::to_string).collect();
        json!([
            clause.context_kind,
            clause.attribute,
            clause.op,
            clause.negate,
            values
        ])
        .to_string()
    };
    let rule = |rule: &wire::Rule| {
        let clauses: BTreeSet<String> = rule.clauses.iter().map(clause).collect();
        let share = rule.weight.map(|weight| {
            let by = rule.bucket_by.as_deref().unwrap_or("key");
            json!([weight, rule.rollout_context_kind, by])
        });
        json!([
            rule.description.as_deref().unwrap_or_default(),
            clauses,
            share
        ])
    };
    let marks = ["managed-by.", "manages.", "rev.", "protected-segment"];
    let is_mark = |tag: &str| marks.iter().any(|mark| tag.starts_with(mark));
    let tags: BTreeSet<_> = segment.tags.iter().filter(|tag| !is_mark(tag)).collect();
    json!({
        "name": segment.name,
        "description": segment.description.as_deref().unwrap_or_default(),
        "tags": tags,
        "included": lists(&segment.included, &segment.included_contexts),
        "excluded": lists(&segment.excluded, &segment.excluded_contexts),
        "rules": segment.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}

/// Somebody who asks by hand. One for all tests, since making one takes longer than asking; it keeps
/// no connection, because each test has a runtime of its own.
pub(crate) fn client() -> &'static reqwest::Client {
    static CLIENT: std::sync::LazyLock<reqwest::Client> = std::sync::LazyLock::new(|| {
        let builder = reqwest::Client::builder().pool_max_idle_per_host(0);
        builder.no_proxy().build().unwrap()
    });
    &CLIENT
}

/// Somebody's own request.
pub(crate) async fn by_hand(emulator: &Emulator, method: &str, key: &str, body: Json) {
    let base = format!("{}/api/v2/segments/default/production", emulator.base_uri());
    let url = if key.is_empty() {
        base
    } else {
        format!("{base}/{key}")
    };
    let semantic = body.get("instructions").is_some();
    let content_type = if semantic {
        "application/json; domain-model=launchdarkly.semanticpatch"
    } else {
        "application/json"
    };
    let answer = client()
        .request(method.parse().unwrap(), url)
        .header("Authorization", emulator.access_token())
        .header("Content-Type", content_type)
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert!(
        answer.status().is_success(),
        "{}",
        answer.text().await.unwrap()
    );
}

pub(crate) async fn instruct(emulator: &Emulator, key: &str, instructions: Json) {
    let body = json!({"environmentKey": "production", "instructions": instructions});
    by_hand(emulator, "PATCH", key, body).await;
}
