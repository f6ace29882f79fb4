//! Prompts in LaunchDarkly, held against the variables and contexts of this program.

use segments_runtime::sync::{SyncMode, check_prompts, sync};
use segments_runtime::{Context, ai_config};
use serde_json::json;

use crate::world::{config, emulator, post};

#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
struct User {
    #[context(key)]
    id: String,
    home_town: String,
}

/// The assistant on the support page.
#[ai_config(
    variations(fast),
    variables(name: &str),
    rule(User::HOME_TOWN.is("Bonn") => fast),
    fallthrough = fast,
)]
struct SupportAssistant;

/// Reads, and says nothing about who is served what.
#[ai_config(variations(v1), mode = agent, variables())]
struct OtherAgent;

#[tokio::test]
async fn a_verification_reads_prompts() {
    let message = |text: &str| json!({"role": "user", "content": text});
    let variation = json!({"key": "fast", "name": "fast", "messages": [
        message("Hi {{name}}{{#items}}{{inside}}{{/items}} from {{ldctx.homeTown}}, {{ldctx.key}}"),
        message("{{nam}} {{ldctx.hometown}}"), message("{{name"),
    ]});
    let emulator = emulator(variation, json!({"key": "long", "name": "Long"})).await;
    post(&emulator, "", json!({"key": "other-agent", "name": "B"})).await;
    sync(&config(&emulator, SyncMode::Apply)).await.unwrap();

    let verify = config(&emulator, SyncMode::Verify);
    let found = check_prompts(&verify).await.unwrap();
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    let expected = [
        "AI Config `other-agent`: the program declares the mode agent, and it is completion; write `mode = completion`",
        "AI Config `support-assistant`, variation `fast`, `messages[0].content`: the program has no variable `items`; use `name`",
        "AI Config `support-assistant`, variation `fast`, `messages[1].content`: the program has no variable `nam`; did you mean `name`?",
        "AI Config `support-assistant`, variation `fast`, `messages[1].content`: the program's contexts have no `ldctx.hometown`; did you mean `ldctx.homeTown`?",
        "AI Config `support-assistant`, variation `fast`, `messages[2].content`: the tag in line 1 does not close; write `}}`",
    ];
    assert_eq!(found, expected);

    let report = sync(&verify).await.unwrap();
    assert_eq!(report.prompts.len(), 5);
    assert!(report.to_string().contains(expected[2]), "{report}");
    let error = report.in_sync().unwrap_err().to_string();
    assert!(error.contains(expected[2]), "{error}");
}
