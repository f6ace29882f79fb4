//! What a variation carries, as types: without a network, on a client that stands in for LaunchDarkly's.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use launchdarkly_server_sdk::{Context as SdkContext, Detail, EvalError, Reason};
use segments_runtime::ai::{
    AiClient, Data, Feedback, FlagClient, Instead, Mismatch, Role, Score, Success, Tokens,
};
use segments_runtime::{Context, ai_config};
use serde::Deserialize;
use serde_json::{Value as Json, json};

#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
struct User {
    #[context(key)]
    id: String,
    plan: String,
    account_age: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Tone {
    Plain,
    VeryFriendly,
}

/// The assistant on the support page.
#[ai_config(
    variations(fast, careful),
    params(temperature: f64 = 0.7, max_tokens: Option<u32>, seed: u64, custom(tone: Tone = Tone::Plain)),
    variables(name: &str, orders: u32),
    rule(User::ACCOUNT_AGE.gt(30) => careful),
    fallthrough = fast,
)]
struct SupportAssistant;

/// Plans trips.
#[ai_config(
    variations(planner),
    mode = agent,
    variables(topic: &str),
    fallback(model = "small", provider = "openai", instructions = "Plan {{topic}} for {{ldctx.key}}."),
)]
struct TripAgent;

/// Judges answers.
#[ai_config(
    variations(strict),
    mode = judge,
    fallback(model = "small", metric = "$ld:ai:judge:relevance", system = "Judge."),
)]
struct Relevance;

/// Serves one value, and writes down what is tracked.
struct Fake {
    served: Result<Json, EvalError>,
    events: Mutex<Vec<(String, f64, Json)>>,
}

impl FlagClient for Fake {
    fn variation(&self, _: &str, _: &SdkContext) -> Detail<Json> {
        match &self.served {
            Ok(value) => Detail {
                value: Some(value.clone()),
                variation_index: Some(0),
                reason: Reason::Fallthrough {
                    in_experiment: false,
                },
            },
            Err(error) => Detail {
                value: Some(Json::Null),
                variation_index: None,
                reason: Reason::Error { error: *error },
            },
        }
    }

    fn track(&self, event: &str, _: SdkContext, value: f64, data: &Data<'_>) {
        let data = serde_json::to_value(data).unwrap();
        let mut events = self.events.lock().unwrap();
        events.push((event.to_owned(), value, data));
    }
}

impl Fake {
    /// The events, but for those that say which SDK asks.
    fn events(&self) -> Vec<(String, f64, Json)> {
        let events = self.events.lock().unwrap();
        events[1..].to_vec()
    }
}

fn serving(value: Json) -> (Arc<Fake>, AiClient) {
    with(Ok(value))
}

fn with(served: Result<Json, EvalError>) -> (Arc<Fake>, AiClient) {
    let fake = Arc::new(Fake {
        served,
        events: Mutex::default(),
    });
    (fake.clone(), AiClient::new(fake))
}

fn user() -> User {
    User {
        id: "u-1".into(),
        plan: "pro".into(),
        account_age: 42,
    }
}

fn served() -> Json {
    json!({
        "_ldMeta": {"enabled": true, "variationKey": "careful", "version": 7, "mode": "completion"},
        "model": {
            "name": "gpt-4o",
            "parameters": {"temperature": 0.2, "max_tokens": 500.0, "seed": 9},
            "custom": {"tone": "very-friendly"},
        },
        "provider": {"name": "openai"},
        "messages": [
            {"role": "system", "content": "Help {{name}} on {{ldctx.plan}} after {{ldctx.accountAge}} days."},
            {"role": "user", "content": "{{#orders}}{{.}} orders{{/orders}}"},
        ],
        "tools": {"get-order": {"name": "get-order", "type": "function", "parameters": {"type": "object"}}},
        "judgeConfiguration": {"judges": [{"key": "relevance", "samplingRate": 0.5}]},
    })
}

const VARIABLES: SupportAssistantVariables<'static> = SupportAssistantVariables {
    name: "Ann <a@x.io>",
    orders: 3,
};

#[test]
fn a_variation_is_read_into_types() {
    let (_, client) = serving(served());
    let config = SupportAssistant::config(&client, &user(), &VARIABLES);
    assert_eq!(config.problems(), []);
    assert!(config.enabled);
    assert_eq!(config.variation, Some(SupportAssistantVariation::Careful));
    assert_eq!(config.provider.as_deref(), Some("openai"));
    let model = config.model.as_ref().unwrap();
    assert_eq!(model.name, "gpt-4o");
    assert!((model.parameters.temperature - 0.2).abs() < f64::EPSILON);
    assert_eq!(model.parameters.max_tokens, Some(500));
    assert_eq!(model.parameters.seed, 9);
    assert_eq!(model.custom.tone, Tone::VeryFriendly);
    assert_eq!(config.messages()[0].role, Role::System);
    assert_eq!(
        config.messages()[0].content,
        "Help Ann &lt;a@x.io&gt; on pro after 42 days."
    );
    assert_eq!(config.messages()[1].content, "3 orders");
    assert_eq!(config.tools[0].name, "get-order");
    assert_eq!(config.judges[0].key, "relevance");
    assert!(!format!("{config:?}").contains("u-1"));
}

/// What is served, changed at one place; nothing takes a value away.
fn changed(pointer: &str, value: Option<Json>) -> Json {
    let mut served = served();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = served.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    served
}

#[test]
fn what_does_not_fit_is_reported_and_replaced() {
    let told = |value: Json| {
        let (_, client) = serving(value);
        let config = SupportAssistant::config(&client, &user(), &VARIABLES);
        let problems: Vec<String> = config.problems().iter().map(ToString::to_string).collect();
        (config, problems.join("\n"))
    };
    let careful = "AI Config `support-assistant`, variation `careful`: ";

    // One value has a default of its own.
    let (config, problem) = told(changed("/model/parameters/temperature", Some(json!("hot"))));
    assert_eq!(
        problem,
        format!(
            "{careful}`model.parameters.temperature` does not fit, invalid type: string \"hot\", expected f64; its default is used"
        )
    );
    assert!((config.model.unwrap().parameters.temperature - 0.7).abs() < f64::EPSILON);
    let (config, problem) = told(changed("/model/parameters/max_tokens", Some(json!(-5))));
    assert!(
        problem.contains("`model.parameters.max_tokens` does not fit"),
        "{problem}"
    );
    assert!(problem.ends_with("its default is used"), "{problem}");
    assert_eq!(config.model.unwrap().parameters.max_tokens, None);
    let (config, problem) = told(changed("/model/custom/tone", Some(json!("rude"))));
    assert!(
        problem.contains("`model.custom.tone` does not fit, unknown variant `rude`"),
        "{problem}"
    );
    assert_eq!(config.model.unwrap().custom.tone, Tone::Plain);

    // One has none, so the whole configuration is replaced.
    let (config, problem) = told(changed("/model/parameters/seed", None));
    assert_eq!(
        problem,
        format!(
            "{careful}`model.parameters.seed` is missing; serve it, or declare a default with `=`. The fallback is used"
        )
    );
    assert!(!config.enabled && config.variation.is_none() && config.model.is_none());
    let (config, problem) = told(changed("/model/parameters/seed", Some(json!("x"))));
    assert!(problem.ends_with("the fallback is used"), "{problem}");
    assert!(!config.enabled);

    // A parameter that nobody knows is used by nobody, and the rest is.
    let (config, problem) = told(changed("/model/parameters/top_p", Some(json!(1))));
    assert_eq!(
        problem,
        format!(
            "{careful}the program does not declare `model.parameters.top_p`, so it is ignored; add it to `params(...)`"
        )
    );
    assert!(config.enabled);

    // A template that does not close.
    let messages = json!([{"role": "user", "content": "a\n{{#orders}}"}]);
    let (config, problem) = told(changed("/messages", Some(messages)));
    assert_eq!(
        problem,
        format!(
            "{careful}`messages[0].content` cannot be filled in: the section `orders` does not close; write `{{{{/orders}}}}`. The fallback is used"
        )
    );
    assert!(!config.enabled);
    let messages = json!([{"role": "user", "content": "a {{name"}, {"role": "user"}]);
    let (_, problem) = told(changed("/messages", Some(messages)));
    assert!(
        problem.contains("`messages[1].content` does not fit, expected a string"),
        "{problem}"
    );

    // A variation that the program does not know is used, without a name.
    let (config, problem) = told(changed("/_ldMeta/variationKey", Some(json!("bold"))));
    assert!(problem.starts_with("AI Config `support-assistant`, variation `bold`: the program does not declare this variation"));
    assert!(config.enabled && config.variation.is_none() && config.model.is_some());

    // Another mode.
    let (config, problem) = told(changed("/_ldMeta/mode", Some(json!("agent"))));
    assert!(problem.contains("write `mode = agent`"), "{problem}");
    assert!(!config.enabled);

    for value in [json!([]), json!("x"), json!(1), json!(null), json!(true)] {
        let (config, problem) = told(value);
        assert!(
            problem.contains("`value` does not fit, expected an object"),
            "{problem}"
        );
        assert!(!config.enabled);
    }
}

#[test]
fn what_is_switched_off_lacks_nothing() {
    let (_, client) = serving(json!({"_ldMeta": {"enabled": false}}));
    let config = SupportAssistant::config(&client, &user(), &VARIABLES);
    assert!(!config.enabled && config.model.is_none());
    assert_eq!(config.problems(), []);
    let config = TripAgent::config(&client, &user(), &TripAgentVariables { topic: "Rome" });
    assert!(!config.enabled && config.instructions().is_none());
    assert_eq!(config.problems(), []);
}

#[test]
fn a_client_that_serves_nothing_leads_to_the_fallback() {
    for (error, why) in [
        (
            EvalError::ClientNotReady,
            "LaunchDarkly's client is offline or not initialized",
        ),
        (
            EvalError::FlagNotFound,
            "LaunchDarkly has no AI Config of this key",
        ),
    ] {
        let (fake, client) = with(Err(error));
        let config = TripAgent::config(&client, &user(), &TripAgentVariables { topic: "Rome" });
        let [problem] = config.problems() else {
            panic!("{config:?}")
        };
        assert_eq!(
            problem.to_string(),
            format!(
                "AI Config `trip-agent`: nothing was served, because {why}; the fallback is used"
            )
        );
        assert!(config.enabled);
        assert_eq!(config.instructions(), Some("Plan Rome for u-1."));
        assert_eq!(config.model.as_ref().unwrap().name, "small");
        // A run of it is about no variation.
        let _ = config.track().finish(Success::default());
        let (_, _, data) = fake.events().pop().unwrap();
        assert_eq!(data["version"], 1);
        assert!(data.get("variationKey").is_none());
    }
}

#[test]
fn contexts_that_the_sdk_refuses_lead_to_the_fallback() {
    let (fake, client) = serving(served());
    let nobody = User {
        id: String::new(),
        ..user()
    };
    let config = TripAgent::config(&client, &nobody, &TripAgentVariables { topic: "Rome" });
    let [problem] = config.problems() else {
        panic!("{config:?}")
    };
    assert!(
        matches!(problem.what, Mismatch::Context { .. }),
        "{problem}"
    );
    assert!(config.enabled);
    let before = fake.events().len();
    let _ = config.track().finish(Success::default());
    assert_eq!(fake.events().len(), before, "nothing is told about nobody");
}

#[test]
fn a_megabyte_of_messages_is_read() {
    let messages: Vec<Json> = (0..1000)
        .map(|_| json!({"role": "user", "content": "{{name}}".repeat(128)}))
        .collect();
    let (_, client) = serving(changed("/messages", Some(json!(messages))));
    let config = SupportAssistant::config(&client, &user(), &VARIABLES);
    assert_eq!(config.problems(), []);
    assert_eq!(config.messages().len(), 1000);
    // Sections that repeat each other end in an error, and soon.
    let bomb = "{{#ldctx.list}}".repeat(60) + &"{{/ldctx.list}}".repeat(60);
    let config = {
        let (_, client) = serving(changed(
            "/messages",
            Some(json!([{"role": "user", "content": bomb}])),
        ));
        let context: SdkContext = serde_json::from_value(
            json!({"kind": "user", "key": "u-1", "list": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}),
        )
        .unwrap();
        client.config::<SupportAssistant>(context, &VARIABLES)
    };
    let [problem] = config.problems() else {
        panic!("{config:?}")
    };
    assert!(
        problem.to_string().contains("becomes too long"),
        "{problem}"
    );
    let deep = "{{#name}}".repeat(100_000);
    let (_, client) = serving(changed(
        "/messages",
        Some(json!([{"role": "user", "content": deep}])),
    ));
    let config = SupportAssistant::config(&client, &user(), &VARIABLES);
    assert!(
        config.problems()[0]
            .to_string()
            .contains("nested more than 64 deep")
    );
}

#[test]
fn a_run_is_told_once() {
    let (fake, client) = serving(served());
    let config = SupportAssistant::config(&client, &user(), &VARIABLES);
    let mut run = config.track();
    let id = run.id().to_owned();
    run.first_token();
    run.tool_call("get-order");
    let mut told = run.finish(Success {
        tokens: Some(Tokens::new(10, 20)),
        duration: Some(Duration::from_micros(1_234_567)),
        time_to_first_token: Some(Duration::from_millis(56)),
        tools: vec!["a".into(), "b".into()],
    });
    assert!(told.feedback(Feedback::Positive));
    assert!(!told.feedback(Feedback::Negative));
    let data = json!({
        "runId": id, "configKey": "support-assistant", "version": 7, "modelName": "gpt-4o",
        "providerName": "openai", "variationKey": "careful",
    });
    let with = |tool: &str| {
        let mut data = data.clone();
        data["toolKey"] = tool.into();
        data
    };
    let expected = [
        (
            "$ld:ai:usage:completion-config",
            1.0,
            json!("support-assistant"),
        ),
        ("$ld:ai:tool_call", 1.0, with("get-order")),
        ("$ld:ai:tokens:ttf", 56.0, data.clone()),
        ("$ld:ai:duration:total", 1234.0, data.clone()),
        ("$ld:ai:generation:success", 1.0, data.clone()),
        ("$ld:ai:tokens:total", 30.0, data.clone()),
        ("$ld:ai:tokens:input", 10.0, data.clone()),
        ("$ld:ai:tokens:output", 20.0, data.clone()),
        ("$ld:ai:tool_call", 1.0, with("a")),
        ("$ld:ai:tool_call", 1.0, with("b")),
        ("$ld:ai:feedback:user:positive", 1.0, data.clone()),
    ]
    .map(|(event, value, data)| (event.to_owned(), value, data));
    assert_eq!(fake.events(), expected);
    let info = &fake.events.lock().unwrap()[0];
    assert_eq!(info.0, "$ld:ai:sdk:info");
    assert_eq!(info.2["aiSdkLanguage"], "rust");
}

#[tokio::test]
async fn a_future_is_measured() {
    let (fake, client) = serving(served());
    let config = SupportAssistant::config(&client, &user(), &VARIABLES);
    let answer = json!({"usage": {"input_tokens": 3, "output_tokens": 4}});
    let (answer, _) = config
        .track()
        .of(async { Ok::<_, String>(answer) })
        .await
        .unwrap();
    assert_eq!(answer["usage"]["input_tokens"], 3);
    let failed = config
        .track()
        .of(async { Err::<Json, _>("overloaded".to_owned()) })
        .await;
    assert_eq!(failed.unwrap_err(), "overloaded");
    // One that is given up is not told.
    drop(config.track().of(async { Ok::<_, String>(Json::Null) }));
    let events: Vec<String> = fake.events().into_iter().map(|(event, ..)| event).collect();
    assert_eq!(
        events[1..],
        [
            "$ld:ai:duration:total",
            "$ld:ai:generation:success",
            "$ld:ai:tokens:total",
            "$ld:ai:tokens:input",
            "$ld:ai:tokens:output",
            "$ld:ai:duration:total",
            "$ld:ai:generation:error",
        ]
    );
}

#[test]
fn another_process_goes_on_with_a_run() {
    let (fake, client) = serving(served());
    let config = SupportAssistant::config(&client, &user(), &VARIABLES);
    let run = config.track();
    let (id, token) = (run.id().to_owned(), run.resumption_token());
    drop(run);
    let context: SdkContext =
        serde_json::from_value(json!({"kind": "user", "key": "u-1"})).unwrap();
    let mut told = client.resume(&token, context.clone()).unwrap();
    assert_eq!(told.id(), id);
    assert!(told.feedback(Feedback::Negative));
    let (event, _, data) = fake.events().pop().unwrap();
    assert_eq!(event, "$ld:ai:feedback:user:negative");
    assert_eq!(
        (&data["version"], &data["modelName"]),
        (&json!(7), &json!(""))
    );
    for wrong in ["", "%%%", "e30", &token[1..]] {
        let error = client
            .resume(wrong, context.clone())
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("this is not a resumption token"),
            "{error}"
        );
    }
}

#[test]
fn a_judge_is_read_and_told() {
    let mut value = served();
    value["_ldMeta"]["mode"] = "judge".into();
    value["_ldMeta"]["variationKey"] = "strict".into();
    value["evaluationMetricKey"] = "relevance-score".into();
    value["messages"] = json!([
        {"role": "system", "content": "Look at {{message_history}}."},
        {"role": "user", "content": "{{message_history}} and {{response_to_evaluate}}"},
    ]);
    let (fake, client) = serving(value);
    let judge = Relevance::config(&client, &user(), &());
    assert_eq!(judge.problems(), []);
    assert_eq!(judge.metric(), Some("relevance-score"));
    assert_eq!(
        judge.messages().len(),
        1,
        "what older judges say is left out"
    );
    assert_eq!(judge.messages()[0].content, "Look at {{message_history}}.");
    let result = judge
        .judged(&json!({"score": 0.85, "reasoning": "good"}))
        .unwrap();
    assert_eq!(result.score, Score::new(0.85).unwrap());
    for wrong in [
        json!({"score": 2, "reasoning": ""}),
        json!({"score": 1}),
        json!(null),
    ] {
        judge.judged(&wrong).unwrap_err();
    }
    let config = SupportAssistant::config(&client, &user(), &VARIABLES);
    let told = config.track().finish(Success::default());
    told.judged(&result);
    let (event, value, data) = fake.events().pop().unwrap();
    assert_eq!((&*event, value), ("relevance-score", 0.85));
    assert_eq!(data["judgeConfigKey"], "relevance");
}

#[test]
fn problems_say_what_is_used_instead() {
    let (_, client) = serving(changed("/model/parameters/seed", Some(json!(-1))));
    let config = SupportAssistant::config(&client, &user(), &VARIABLES);
    let Mismatch::Value { path, instead, .. } = &config.problems()[0].what else {
        panic!("{config:?}");
    };
    assert_eq!(
        (&**path, *instead),
        ("model.parameters.seed", Instead::Fallback)
    );
}
