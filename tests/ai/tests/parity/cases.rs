//! Random AI Configs, contexts, variables and runs.

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

/// One AI Config, and who asks for it.
pub(crate) struct Case {
    pub(crate) key: String,
    pub(crate) mode: &'static str,
    /// As they are made through the REST API.
    pub(crate) variations: Vec<Json>,
    pub(crate) context: Json,
    pub(crate) variables: Map<String, Json>,
    pub(crate) run: Json,
}

/// Names in templates; some stand for nothing. None is that of a method of Python's own types, such as `count`, which
/// the official SDK finds in every text.
const NAMES: [&str; 18] = [
    "name",
    "total",
    "price",
    "yes",
    "no",
    "nothing",
    "empty",
    "list",
    "list.0",
    "items",
    "deep.x",
    "missing",
    "ldctx.key",
    "ldctx.plan",
    "ldctx.age",
    "ldctx.user.plan",
    "ldctx.address.city",
    "ldctx.tags",
];

/// The tools that the project has.
pub(crate) const TOOLS: [&str; 3] = ["get-order", "search", "refund"];

fn pick<'a, T>(rng: &mut Rng, all: &'a [T]) -> &'a T {
    &all[rng.usize(..all.len())]
}

fn template(rng: &mut Rng, depth: usize) -> String {
    let mut text = String::new();
    for _ in 0..rng.usize(1..5) {
        let name = *pick(rng, &NAMES);
        match rng.u8(..14) {
            0..=3 => {
                text += *pick::<&str>(
                    rng,
                    &[
                        "Hi ",
                        "<b>",
                        "\n",
                        " & ",
                        "it's \"so\"",
                        "é 🦀",
                        "} {",
                        "\r\n",
                    ],
                );
            }
            4..=7 => text += &format!("{{{{{name}}}}}"),
            8 => text += &format!("{{{{{{{name}}}}}}}"),
            9 => text += &format!("{{{{& {name} }}}}"),
            10 => {
                text += *pick::<&str>(
                    rng,
                    &[
                        "{{! a remark }}",
                        "\n{{! alone }}\n",
                        "{{> part}}",
                        "{{=<% %>=}}<%name%><%={{ }}=%>",
                    ],
                );
            }
            11 if depth < 2 && rng.u8(..10) == 0 => {
                text += *pick::<&str>(rng, &["{{", "{{#name}}", "{{/name}}", "{{}}", "{{name"]);
            }
            _ if depth < 2 => {
                let sign = pick(rng, &['#', '^']);
                // An object as a whole is printed in another order of its members.
                let inside = if rng.bool() && *sign == '#' && name == "list" {
                    "{{.}},".to_owned()
                } else {
                    template(rng, depth + 1)
                };
                text += &format!("{{{{{sign}{name}}}}}{inside}{{{{/{name}}}}}");
            }
            _ => {}
        }
    }
    text
}

fn value(rng: &mut Rng) -> Json {
    match rng.u8(..8) {
        0 => json!(rng.f64() * 10.0),
        1 => json!(rng.u32(..5000)),
        2 => json!(rng.bool()),
        3 => json!("text"),
        4 => json!(["a", 1]),
        5 => json!({"inner": rng.i32(-5..5)}),
        6 => Json::Null,
        _ => json!(rng.u8(..3)),
    }
}

fn variation(rng: &mut Rng, mode: &str, name: &str) -> Json {
    let mut parameters = Map::new();
    for name in ["temperature", "max_tokens", "top_p", "stop"] {
        if rng.bool() {
            parameters.insert(name.to_owned(), value(rng));
        }
    }
    let mut model = json!({"name": *pick(rng, &["gpt-4o", "claude", "<model>"])});
    if rng.bool() {
        model["parameters"] = Json::Object(parameters);
    }
    if rng.bool() {
        model["custom"] = json!({"tone": "plain"});
    }
    let mut variation = json!({"key": name, "name": name, "model": model});
    if rng.u8(..4) > 0 {
        variation["provider"] = json!({"name": *pick(rng, &["openai", "bedrock", "anthropic"])});
    }
    if mode == "agent" {
        if rng.u8(..8) > 0 {
            variation["instructions"] = template(rng, 0).into();
        }
    } else if rng.u8(..8) > 0 {
        let mut texts: Vec<String> = (0..rng.usize(..4)).map(|_| template(rng, 0)).collect();
        if mode == "judge" && rng.bool() {
            texts.push("{{message_history}} {{name}} {{response_to_evaluate}}".to_owned());
        }
        let roles = ["system", "user", "assistant", "developer"];
        let messages = texts.into_iter();
        let messages = messages.map(|text| json!({"role": *pick(rng, &roles), "content": text}));
        variation["messages"] = messages.collect();
    }
    if rng.bool() {
        let tools: Vec<&str> = TOOLS.into_iter().filter(|_| rng.bool()).collect();
        variation["toolKeys"] = json!(tools);
    }
    if mode != "judge" && rng.bool() {
        let judge = json!({"judgeConfigKey": "judge", "samplingRate": rng.u8(..11) / 10});
        variation["judgeConfiguration"] = json!({"judges": [judge]});
    }
    variation
}

fn context(rng: &mut Rng, number: usize) -> Json {
    let mut user = json!({"key": format!("u-{number}"), "plan": *pick(rng, &["pro", "free & easy", ""]), "age": rng.u8(18..99)});
    if rng.bool() {
        user["address"] = json!({"city": *pick(rng, &["Köln", "New \"York\""])});
    }
    if rng.bool() {
        user["tags"] = json!(["a", "b's", "c\"'"]);
    }
    if rng.bool() {
        user["score"] = json!(0.5);
    }
    if rng.u8(..4) == 0 {
        return json!({"kind": "multi", "user": user, "org": {"key": "o-1", "name": "Acme <Ltd>"}});
    }
    user["kind"] = "user".into();
    user
}

fn variables(rng: &mut Rng) -> Map<String, Json> {
    let lists = [
        json!([]),
        json!(["x", "y's"]),
        json!([1, 2, 0]),
        json!(["t", null, "z"]),
        json!([[1], ["a"]]),
    ];
    let all = json!({
        "name": *pick(rng, &["Ann", "<Bob> & \"Co\"", "", "O'Neil", "名前"]),
        "total": rng.i32(-3..4), "price": *pick(rng, &[0.5, 1.0, 1e16, 1.5e-7, 123_456.789, -0.0]),
        "yes": true, "no": false, "nothing": null, "empty": "", "list": pick(rng, &lists),
        "items": [{"name": "i1"}, {"name": "", "total": 7}], "deep": {"x": *pick(rng, &["1", ""])},
    });
    let Json::Object(all) = all else {
        unreachable!("it is one")
    };
    all.into_iter().filter(|_| rng.u8(..8) > 0).collect()
}

fn run(rng: &mut Rng) -> Json {
    let some = |rng: &mut Rng, value: Json| if rng.bool() { value } else { Json::Null };
    let (input, output) = (rng.u32(..900), rng.u32(..2) * 77);
    let tokens = json!({"total": input + output, "input": input, "output": output});
    let success = rng.u8(..4) > 0;
    let first = if success {
        json!(rng.u16(..))
    } else {
        Json::Null
    };
    let (feedback, judge) = (json!(rng.bool()), json!(f64::from(rng.u8(..11)) / 10.0));
    json!({
        "success": success, "duration": rng.u32(..100_000), "firstToken": some(rng, first), "tokens": some(rng, tokens),
        "tools": TOOLS.into_iter().filter(|_| rng.bool()).collect::<Vec<_>>(),
        "feedback": some(rng, feedback), "judge": some(rng, judge),
    })
}

impl Case {
    pub(crate) fn random(rng: &mut Rng, number: usize) -> Self {
        let mode = *pick(rng, &["completion", "completion", "agent", "judge"]);
        Self {
            key: format!("config-{number}"),
            mode,
            variations: ["first", "second"]
                .iter()
                .map(|name| variation(rng, mode, name))
                .collect(),
            context: context(rng, number),
            variables: variables(rng),
            run: run(rng),
        }
    }

    /// The case as a program in another language reads it.
    pub(crate) fn line(&self) -> String {
        let Self {
            key,
            mode,
            context,
            variables,
            run,
            ..
        } = self;
        let line = json!({"key": key, "mode": mode, "context": context, "variables": variables, "run": run});
        line.to_string() + "\n"
    }
}
