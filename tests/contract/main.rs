//! The contract with LaunchDarkly, held against both sides: every request that runtime and command line
//! can send, and every answer that the emulator gives.
//!
//! `contract.json` says in a notation of its own what the service's documentation says of each operation:
//! the parameters, the body, and the answer. A member whose name ends in `?` can be missing. Requests have
//! no members but those, since the service ignores what it does not know; answers may have more.

#[path = "../support/mod.rs"]
mod support;

mod builders;
mod exchange;
mod schema;
mod wire;
mod world;

use exchange::Exchange;
use schema::Contract;

fn mismatches(contract: &Contract, exchanges: &[Exchange]) -> Vec<String> {
    let mut found: Vec<String> = exchanges
        .iter()
        .flat_map(|exchange| contract.check(exchange))
        .collect();
    found.sort();
    found.dedup();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sync_sends_and_gets_is_in_the_contract() {
    let contract = Contract::read();
    let exchanges = Box::pin(world::syncs()).await;
    let found = mismatches(&contract, &exchanges);
    assert!(found.is_empty(), "{}", found.join("\n"));
    let asked = contract.operations(&exchanges);
    for builder in builders::all() {
        // Prompts are read by programs with the feature `ai`: `tests/ai/tests/prompts.rs` asks for them.
        if builder.name == "ai_config" {
            continue;
        }
        for operation in &builder.operations {
            assert!(
                contract.all().any(|known| known == operation),
                "`{}` builds {operation}, which is not in contract.json",
                builder.name
            );
            assert!(
                asked.contains(operation),
                "`{}` builds {operation}, and nothing here asks it",
                builder.name
            );
        }
    }
}

/// Whoever builds a request elsewhere would go around the contract.
#[test]
fn requests_are_built_in_one_place_and_by_the_probe() {
    let builders = builders::all();
    assert!(builders.len() > 20, "{builders:?}");
    for builder in builders {
        assert!(
            !builder.operations.is_empty(),
            "the documentation of `{}` names no *operation*",
            builder.name
        );
    }
    assert_eq!(builders::files(), ["segments-cli/src/probe/account.rs"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_emulator_answers_is_in_the_contract() {
    let contract = Contract::read();
    let exchanges = world::answers().await;
    let found = mismatches(&contract, &exchanges);
    assert!(found.is_empty(), "{}", found.join("\n"));
    let asked = contract.operations(&exchanges);
    let missing: Vec<_> = contract
        .all()
        .filter(|name| !asked.contains(*name))
        .collect();
    assert!(missing.is_empty(), "nothing asks {missing:?}");
}

/// Nobody shall take what is left out for an error of theirs.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_emulator_leaves_out_is_told_as_such() {
    let contract = Contract::read();
    for exchange in world::left_out(&contract.left_out).await {
        let Exchange {
            method,
            path,
            status,
            answered,
            ..
        } = exchange;
        assert_eq!(status, 501, "{method} {path}: {answered}");
        assert_eq!(answered["code"], "not_implemented", "{method} {path}");
    }
}

/// A check that cannot fail is none.
#[test]
fn a_mismatch_is_found() {
    let contract = Contract::read();
    let exchange = |method: &str, path: &str, sent: &str, status: u16, answered: &str| Exchange {
        method: method.to_owned(),
        path: format!("/api/v2{path}"),
        query: Vec::new(),
        content_type: match method {
            "PATCH" => "application/json; domain-model=launchdarkly.semanticpatch".to_owned(),
            _ => "application/json".to_owned(),
        },
        sent: serde_json::from_str(sent).unwrap(),
        status,
        answered: serde_json::from_str(answered).unwrap(),
    };
    let found = |exchange| contract.check(&exchange).join("\n");
    let kinds = r#"{"items": [], "_links": {}}"#;
    assert_eq!(
        found(exchange(
            "GET",
            "/projects/p/context-kinds",
            "null",
            200,
            kinds
        )),
        ""
    );
    for (exchange, expected) in [
        (
            exchange("GET", "/nothing", "null", 200, "null"),
            "no operation",
        ),
        (
            exchange("GET", "/projects/p/context-kinds", "null", 200, "{}"),
            "items is missing",
        ),
        (
            exchange(
                "GET",
                "/projects/p/context-kinds",
                "null",
                200,
                r#"{"items": 1, "_links": {}}"#,
            ),
            "items is no list",
        ),
        (
            exchange("GET", "/projects/p/context-kinds", "null", 404, "{}"),
            "code is missing",
        ),
        (
            exchange(
                "PUT",
                "/projects/p/context-kinds/k",
                r#"{"name": "K", "title": "K"}"#,
                200,
                "{}",
            ),
            "title is not in the contract",
        ),
        (
            exchange(
                "PATCH",
                "/segments/p/e/s",
                r#"{"environmentKey": "e", "instructions": [{"kind": "removeRule"}]}"#,
                404,
                r#"{"code": "not_found", "message": "m"}"#,
            ),
            "removeRule: ruleId is missing",
        ),
        (
            exchange(
                "PATCH",
                "/segments/p/e/s",
                r#"{"environmentKey": "e", "instructions": [{"kind": "turnFlagOn"}]}"#,
                404,
                r#"{"code": "not_found", "message": "m"}"#,
            ),
            "turnFlagOn is no instruction",
        ),
    ] {
        let words = found(exchange);
        assert!(words.contains(expected), "{words}");
    }
}
