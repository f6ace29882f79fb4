//! AI Configs and flags.

use segments_model::{Targeting, file};
use segments_runtime::{Targeted, ai_config, flag_targeting};

use crate::{Asked, AskedToo, DECLARED, Device, User};

macro_rules! rows {
    ($($attribute:ident $name:ident $key:literal [$($arguments:tt)*] $toml:literal;)*) => {
        $(#[$attribute(key = $key, $($arguments)*)] struct $name;)*

        const ROWS: &[(&str, &str, fn() -> Targeting, &str)] =
            &[$((stringify!($attribute), $key, <$name as Targeted>::targeting, $toml)),*];
    };
}

rows! {
    ai_config Lists "lists" [variations(fast, very_careful), target(User = ["b", "a"] => fast), target(Device = ["d"] => very_careful)]
        "variations = ['fast', 'very-careful']\ntargets = [{ serve = 'fast', keys = ['a', 'b'] }, { serve = 'very-careful', context = 'device', keys = ['d'] }]";
    ai_config Rules "rules" [variations(fast, careful), rule(description = "testers", User::BETA.is(true), !User::ACCOUNT_AGE.lt(30) => careful), rule(member_of!(Asked, AskedToo) => fast)]
        "variations = ['fast', 'careful']\nrules = [{ description = 'testers', clauses = [{ attribute = 'beta', op = 'in', values = [true] }, { attribute = 'accountAge', op = 'lessThan', values = [30], negate = true }], serve = 'careful' }, { clauses = [{ op = 'segmentMatch', values = ['asked', 'asked-too'] }], serve = 'fast' }]";
    ai_config Splits "splits" [variations(fast, careful), rule(Device::MODEL.is("x") => percent(fast = 12.5, careful = 87.5)), rule(everyone() => percent(fast = 50, careful = 50, by = Device::MODEL)), fallthrough = percent(careful = 99.999, fast = 0.001, by = User::EMAIL)]
        "variations = ['fast', 'careful']\nrules = [{ clauses = [{ context = 'device', attribute = 'model', op = 'in', values = ['x'] }], serve = { fast = 12.5, careful = 87.5 }, bucket_context = 'device' }, { everyone = true, serve = { fast = 50, careful = 50 }, bucket_context = 'device', bucket_by = 'model' }]\nfallthrough = { careful = 99.999, fast = 0.001 }\nbucket_context = 'user'\nbucket_by = 'email'";
    ai_config Nothing "nothing" [variations(fast), no_rules, no_targets, fallthrough = fast]
        "variations = ['fast']\nrules = []\ntargets = []\nfallthrough = 'fast'";
    ai_config AtLeast "at-least" [variations(fast), at_least, rule(everyone() => fast)]
        "variations = ['fast']\nat_least = true\nrules = [{ everyone = true, serve = 'fast' }]";
    flag_targeting Checkout "checkout" [variations(on = "true", off = "false"), fallthrough = off, allow(value_duplicate)]
        "variations = ['true', 'false']\nfallthrough = 'false'\nallow = ['value-duplicate']";
    flag_targeting Places "places" [
        variations(on = "true", off = "false"),
        target(User = ["u-1"] => on),
        rule(member_of!(Asked) => on),
        fallthrough = off,
        at_least,
        environment("staging", rule(User::BETA.is(true) => off), fallthrough = on, at_least = false),
        environment("test", no_rules, target(User = ["u-2"] => off)),
        environment("production"),
    ]
        "variations = ['true', 'false']\ntargets = [{ serve = 'true', keys = ['u-1'] }]\nrules = [{ clauses = [{ op = 'segmentMatch', values = ['asked'] }], serve = 'true' }]\nfallthrough = 'false'\nat_least = true\nenvironments.production = {}\nenvironments.staging = { rules = [{ clauses = [{ attribute = 'beta', op = 'in', values = [true] }], serve = 'false' }], fallthrough = 'true', at_least = false }\nenvironments.test = { rules = [], targets = [{ serve = 'false', keys = ['u-2'] }] }";
}

#[test]
fn each_targeting_is_the_same_written_both_ways() {
    for (attribute, key, targeting, toml) in ROWS {
        let table = if *attribute == "ai_config" {
            "ai_configs"
        } else {
            "flags"
        };
        let text = format!("{DECLARED}[{table}.{key}]\n{toml}\n");
        let report = file::read("segments.toml", text.as_bytes());
        assert!(report.diagnostics().is_empty(), "{key}: {report}");
        let file = report.into_file().unwrap();
        assert_eq!(file.targetings[0].targeting, targeting(), "{key}");
    }
}
