//! The keys of `#[ai_config(...)]` and `#[flag_targeting(...)]`.

use segments_model::ResourceKind;

use crate::key::Key;

/// The keys of the attributes.
pub(crate) const TARGETING: &[Key] = &[
    Key {
        name: "key",
        form: "key = \"support-assistant\"",
        meaning: "The key of the AI Config or flag; defaults to the type's name in kebab case.",
    },
    Key {
        name: "variations",
        form: "variations(fast, careful)",
        meaning: "The variations, by name; their keys are the names in kebab case, or the string after `=`. They become an enum.",
    },
    Key {
        name: "mode",
        form: "mode = agent",
        meaning: "The mode of the variations: `completion` (the default), `agent` or `judge`. For AI Configs, with the feature `ai`.",
    },
    Key {
        name: "params",
        form: "params(temperature: f64 = 0.7, max_tokens: Option<u32>, custom(tone: Tone))",
        meaning: "The types of the model's parameters and of custom values. A value that does not fit is reported, and its default, or the fallback, is used. For AI Configs, with the feature `ai`.",
    },
    Key {
        name: "variables",
        form: "variables(name: &str, orders: u32)",
        meaning: "The variables of prompts. For AI Configs, with the feature `ai`.",
    },
    Key {
        name: "fallback",
        form: "fallback(model = \"gpt-4o-mini\", provider = \"openai\", system = \"Help {{name}}.\")",
        meaning: "The configuration to use if LaunchDarkly serves none that fits; without it, the fallback is disabled. For AI Configs, with the feature `ai`.",
    },
    Key {
        name: "target",
        form: "target(User = [\"user-123\"] => careful)",
        meaning: "Contexts that are served a variation regardless of the rules; may be repeated. Without this, the lists in LaunchDarkly stay as they are.",
    },
    Key {
        name: "no_targets",
        form: "no_targets",
        meaning: "States that there are no targets.",
    },
    Key {
        name: "rule",
        form: "rule(member_of!(BetaTesters) => careful)",
        meaning: "A rule: clauses as in `#[segment]`, then `=>` and a variation, or `percent(fast = 50, careful = 50)`. The first rule that matches decides. Without any, the rules in LaunchDarkly stay as they are.",
    },
    Key {
        name: "no_rules",
        form: "no_rules",
        meaning: "States that there are no rules.",
    },
    Key {
        name: "fallthrough",
        form: "fallthrough = fast",
        meaning: "The fallthrough: a variation, or a split. Without this, it stays as it is in LaunchDarkly.",
    },
    Key {
        name: "at_least",
        form: "at_least",
        meaning: "Undeclared rules and targets stay, after the declared ones. `at_least = false` reverts this in an environment.",
    },
    Key {
        name: "environment",
        form: "environment(\"staging\", fallthrough = careful)",
        meaning: "The differences in one environment: keys set here override the base, key by key, and rules replace all rules. The environment is named by its key, or as a variant of an enum that derives `Environment`; then every variant has to be named.",
    },
    Key {
        name: "allow",
        form: "allow(value_duplicate)",
        meaning: "Silences warnings by name.",
    },
    Key {
        name: "crate",
        form: "crate = ::path::to::segments_runtime",
        meaning: "The path to `segments_runtime`, if it has another name.",
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

/// The attribute that declares a kind of resource.
pub(super) fn attribute(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::AiConfig => "ai_config",
        ResourceKind::Flag => "flag_targeting",
    }
}

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
