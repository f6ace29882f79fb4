//! The keys of `#[ai_config(...)]` and `#[flag_targeting(...)]`.

use crate::segment::keys::Key;

/// The keys of the attributes.
pub(crate) const TARGETING: &[Key] = &[
    Key {
        name: "key",
        form: "key = \"support-assistant\"",
        meaning: "The key of the AI Config or flag. Left out, it is the type's name in kebab case.",
    },
    Key {
        name: "variations",
        form: "variations(fast, careful)",
        meaning: "The variations, by name; their keys are the names in kebab case, or the string after `=`. They become an enum.",
    },
    Key {
        name: "mode",
        form: "mode = agent",
        meaning: "What variations say to a model: `completion`, which is meant if it is left out, `agent` or `judge`. Of AI Configs, with the feature `ai`.",
    },
    Key {
        name: "params",
        form: "params(temperature: f64 = 0.7, max_tokens: Option<u32>, custom(tone: Tone))",
        meaning: "The types of the model's parameters and of custom values. One that does not fit is reported, and its default, or the fallback, is used. Of AI Configs, with the feature `ai`.",
    },
    Key {
        name: "variables",
        form: "variables(name: &str, orders: u32)",
        meaning: "What fills the placeholders of prompts. Of AI Configs, with the feature `ai`.",
    },
    Key {
        name: "fallback",
        form: "fallback(model = \"gpt-4o-mini\", provider = \"openai\", system = \"Help {{name}}.\")",
        meaning: "What is used if LaunchDarkly serves nothing that fits; without it, nothing is requested in that case. For AI Configs, with the feature `ai`.",
    },
    Key {
        name: "target",
        form: "target(User = [\"user-123\"] => careful)",
        meaning: "Contexts that are served a variation whatever the rules say; write several. Left out, the lists in LaunchDarkly stay as they are.",
    },
    Key {
        name: "no_targets",
        form: "no_targets",
        meaning: "States that no contexts are listed.",
    },
    Key {
        name: "rule",
        form: "rule(member_of!(BetaTesters) => careful)",
        meaning: "Who is served a variation: clauses as in `#[segment]`, then `=>` and a variation, or `percent(fast = 50, careful = 50)`. The first rule that matches decides. Without any, the rules in LaunchDarkly stay as they are.",
    },
    Key {
        name: "no_rules",
        form: "no_rules",
        meaning: "States that there are no rules.",
    },
    Key {
        name: "fallthrough",
        form: "fallthrough = fast",
        meaning: "What everybody else is served: a variation, or a split. Left out, it stays as it is in LaunchDarkly.",
    },
    Key {
        name: "at_least",
        form: "at_least",
        meaning: "Undeclared rules and targets stay, after the declared ones. `at_least = false` reverts this in an environment.",
    },
    Key {
        name: "environment",
        form: "environment(\"staging\", fallthrough = careful)",
        meaning: "Who is served what in one environment: what is written here replaces what is written outside, key by key; its rules replace all rules. The environment is named by its key, or as a variant of an enum that derives `Environment`, every variant of which has to be named then.",
    },
    Key {
        name: "allow",
        form: "allow(value_duplicate)",
        meaning: "Silences warnings by name.",
    },
    Key {
        name: "crate",
        form: "crate = ::path::to::segments_runtime",
        meaning: "Where `segments_runtime` is found, if it has another name.",
    },
];

/// The keys of the attributes that `environment(...)` takes, too.
pub(crate) const IN_ENVIRONMENT: &[&str] = &[
    "target",
    "no_targets",
    "rule",
    "no_rules",
    "fallthrough",
    "at_least",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_page_has_every_key() {
        let page = include_str!("targeting.md");
        for key in TARGETING {
            assert!(key.form.starts_with(key.name), "{}", key.form);
            assert!(page.contains(&format!("`{}", key.name)), "{}", key.name);
        }
    }
}
