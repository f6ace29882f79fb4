//! Mistakes in the content of an AI Config's variations: one error each, at its token.

use segments_model::ResourceKind;

use super::spans::errors;
use super::tokens;
use crate::targeting::targeting;

/// Arguments, the token that the error stands at, and what it says.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "mode = agnet",
        "agnet",
        "`agnet` is not a mode; did you mean `agent`?",
    ),
    (
        "mode = \"judge\"",
        "\"judge\"",
        "a mode is a name; write `mode = judge`",
    ),
    ("mode", "mode", "`mode` needs a value; write `mode = agent`"),
    (
        "params(temperature)",
        "temperature",
        "a parameter needs a type; write `temperature: f64`",
    ),
    (
        "params(temperature = 0.7)",
        "temperature",
        "a parameter needs a type; write `temperature: f64 = 0.7`",
    ),
    (
        "params(\"max-tokens\": u32)",
        "\"max-tokens\"",
        "a parameter is a name with a type; write `max_tokens: f64`",
    ),
    (
        "params(seed: u64, seed: u32)",
        "seed",
        "`seed` is declared twice; declare it once",
    ),
    (
        "params()",
        "params",
        "there are no parameters; write `params(temperature: f64)`",
    ),
    (
        "params(stop: &str)",
        "&",
        "`stop` borrows from the served value, which does not live long enough; write `String`",
    ),
    (
        "params(rename_all = \"camel\", top_p: f64)",
        "\"camel\"",
        "`camel` is not a rule for names",
    ),
    (
        "custom(tone: String)",
        "custom",
        "custom values belong to the parameters; write `params(custom(...))`",
    ),
    (
        "params(custom(a: u8), custom(b: u8))",
        "custom",
        "`custom` is written twice; write it once",
    ),
    (
        "params(custom(a))",
        "a",
        "a custom value needs a type; write `a: String`",
    ),
    (
        "variables(name)",
        "name",
        "a variable needs a type; write `name: &str`",
    ),
    (
        "variables(name = 1)",
        "name",
        "a variable needs a type; write `name: &str`",
    ),
    (
        "variables(name: &str = \"you\")",
        "\"you\"",
        "a variable has no default; pass it where the configuration is requested",
    ),
    (
        "variables(ldctx: &str)",
        "ldctx",
        "`ldctx` is reserved for the contexts; rename the variable",
    ),
    (
        "mode = judge, variables(message_history: &str)",
        "message_history",
        "`message_history` is reserved for judges; rename the variable",
    ),
    (
        "mode = agent, mode = judge",
        "mode",
        "`mode` is written twice; write it once",
    ),
    (
        "fallback(system = \"Help.\")",
        "fallback",
        "the fallback names no model; write `model = \"...\"`",
    ),
    (
        "fallback(model = \"m\", modle = \"n\")",
        "modle",
        "`modle` is not a key of `fallback`; did you mean `model`?",
    ),
    (
        "fallback(model = \"m\", model = \"n\")",
        "model",
        "`model` is written twice; write it once",
    ),
    (
        "fallback(model = \"m\", instructions = \"Help.\")",
        "\"Help.\"",
        "a completion has messages and no instructions; write `system = \"...\"`",
    ),
    (
        "mode = agent, fallback(model = \"m\", system = \"Help.\")",
        "system",
        "an agent has instructions and no messages; write `instructions = \"...\"`",
    ),
    (
        "mode = judge, fallback(model = \"m\", system = \"Judge.\")",
        "fallback",
        "the fallback of a judge names no metric; write `metric = \"...\"`",
    ),
    (
        "fallback(model = \"m\", metric = \"score\")",
        "\"score\"",
        "a completion has no metric; leave `metric` out, or write `mode = judge`",
    ),
    (
        "variables(name: &str), fallback(model = \"m\", system = \"{{name\")",
        "\"{{name\"",
        "the tag in line 1 does not close; write `}}`",
    ),
    (
        "variables(name: &str), fallback(model = \"m\", user = \"{{#name}}\")",
        "\"{{#name}}\"",
        "the section `name` does not close; write `{{/name}}`",
    ),
    (
        "variables(name: &str), fallback(model = \"m\", user = \"{{nmae}}\")",
        "\"{{nmae}}\"",
        "no variable is named `nmae`; did you mean `name`?",
    ),
    (
        "fallback(model = \"m\", user = \"{{name}}\")",
        "\"{{name}}\"",
        "no variable is named `name`; write `variables(name: &str)`",
    ),
    (
        "params(temperature: f64), fallback(model = \"m\")",
        "temperature",
        "`temperature` has no value in the fallback; give it a default, as in `temperature: f64 = ...`, or make it an `Option`",
    ),
    (
        "fallthrough = fast, environment(\"staging\", mode = agent, fallthrough = careful)",
        "mode",
        "`mode` is the same in all environments; write it outside of `environment(...)`",
    ),
];

#[test]
fn each_mistake_is_one_error_at_its_token() {
    for (arguments, token, message) in MISTAKES {
        let arguments = format!("variations(fast, careful), {arguments}");
        let output = targeting(
            ResourceKind::AiConfig,
            tokens(&arguments),
            tokens("struct Assistant;"),
        );
        let said = errors(output);
        let said: Vec<_> = said
            .iter()
            .filter(|(_, said)| !said.starts_with("this targeting is empty"))
            .collect();
        let [(at, said)] = &said[..] else {
            panic!("{arguments}: {said:?}");
        };
        assert_eq!(at, token, "{arguments}: {said}");
        assert!(said.starts_with(message), "{arguments}: {said}");
    }
}

#[test]
fn a_flag_carries_nothing() {
    for key in [
        "mode = agent",
        "params(a: u8)",
        "variables(a: u8)",
        "fallback(model = \"m\")",
    ] {
        let arguments = format!("variations(on, off), fallthrough = on, {key}");
        let said = errors(targeting(
            ResourceKind::Flag,
            tokens(&arguments),
            tokens("struct Flag;"),
        ));
        let name = key.split([' ', '(']).next().unwrap();
        let message = format!("a flag has no `{name}`; use an AI Config, `#[ai_config(...)]`");
        assert_eq!(said, [(name.to_owned(), message)]);
    }
}
