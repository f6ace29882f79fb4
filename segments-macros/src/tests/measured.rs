//! Mistakes in metrics and experiments: each is one error, at its token, that says what to write.

use super::spans::errors;
use super::tokens;
use crate::measured::{derive_metric, experiment};

/// The errors of a metric with these arguments.
fn metric(arguments: &str) -> Vec<(String, String)> {
    let text = format!("#[metric({arguments})] struct CheckoutTotal;");
    errors(derive_metric(tokens(&text)))
}

const RIGHT: &str = "on = Assistant, rule = Testers, metrics(primary = Resolved, Total), baseline = fast, \
    split(fast = 50, careful = 50), by = User, traffic = 80";

/// The errors of an experiment in which something else is written.
fn instead(right: &str, wrong: &str) -> Vec<(String, String)> {
    assert!(RIGHT.contains(right), "{right}");
    let arguments = tokens(&RIGHT.replacen(right, wrong, 1));
    errors(experiment(arguments, tokens("struct CarefulAnswers;")))
}

#[track_caller]
fn one(found: &[(String, String)], at: &str, message: &str, of: &str) {
    let [(token, said)] = found else {
        panic!("{of}: {found:?}");
    };
    assert_eq!(token, at, "{of}: {said}");
    assert!(said.contains(message), "{of}: {said}");
}

#[test]
fn each_mistake_of_a_metric_is_told_at_its_token() {
    for right in [
        "kind = count, by = User",
        "kind = occurrence, success = lower, by = User, tags = [\"shop\"], event = \"bought\"",
        "kind = numeric, unit = \"USD\", success = higher, by = User, key = \"total\", name = \"Total\"",
    ] {
        assert!(metric(right).is_empty(), "{right}: {:?}", metric(right));
    }
    for (arguments, at, message) in [
        ("kind = counts, by = User", "counts", "did you mean `count`"),
        (
            "kind = \"count\", by = User",
            "\"count\"",
            "write `kind = count`",
        ),
        ("by = User", "CheckoutTotal", "a metric needs a kind"),
        (
            "kind = numeric, success = higher, by = User",
            "numeric",
            "unit = \"USD\"",
        ),
        (
            "kind = numeric, unit = \"USD\", by = User",
            "numeric",
            "success = higher",
        ),
        (
            "kind = numeric, unit = \" \", success = higher, by = User",
            "\" \"",
            "the unit is empty",
        ),
        (
            "kind = count, unit = \"USD\", by = User",
            "\"USD\"",
            "remove `unit`",
        ),
        (
            "kind = count, success = up, by = User",
            "up",
            "use `higher` or `lower`",
        ),
        ("kind = count", "CheckoutTotal", "write `by = User`"),
        (
            "kind = count, by = User, key = \"check out\"",
            "\"check out\"",
            "write `check-out`",
        ),
        (
            "kind = count, by = User, event = \"\"",
            "\"\"",
            "remove `event`",
        ),
        (
            "kind = count, by = User, tags = [\"my shop\"]",
            "\"my shop\"",
            "write `my-shop`",
        ),
        (
            "kind = count, by = User, name = \" \"",
            "\" \"",
            "the name is empty",
        ),
        (
            "kind = count, by = User, unlt = \"USD\"",
            "unlt",
            "did you mean `unit`",
        ),
        (
            "kind = count, kind = count, by = User",
            "kind",
            "written twice",
        ),
        (
            "kind = count, by = User, 7",
            "7",
            "not an argument of `metric`",
        ),
    ] {
        one(&metric(arguments), at, message, arguments);
    }
    let fields = tokens("#[metric(kind = count, by = User)] struct Total { value: f64 }");
    one(
        &errors(derive_metric(fields)),
        "Total",
        "write `struct Total;`",
        "fields",
    );
}

#[test]
fn each_mistake_of_an_experiment_is_told_at_its_token() {
    assert!(instead("80", "80").is_empty(), "{:?}", instead("80", "80"));
    for (right, wrong, at, message) in [
        ("careful = 50", "careful = 40", "split", "10 % are missing"),
        ("careful = 50", "careful = 60", "split", "remove 10 %"),
        (
            "fast = 50, careful = 50",
            "fast = 100",
            "split",
            "at least two treatments",
        ),
        ("careful = 50", "fast = 50", "fast", "add them up"),
        (
            "careful = 50",
            "careful = \"half\"",
            "\"half\"",
            "a number from 0 to 100",
        ),
        ("careful = 50", "careful", "careful", "write `careful = 50`"),
        (
            "baseline = fast",
            "baseline = slow",
            "slow",
            "not one of the treatments",
        ),
        (
            "baseline = fast",
            "baseline = \"fast\"",
            "\"fast\"",
            "write `baseline = fast`",
        ),
        (
            "baseline = fast, ",
            "",
            "CarefulAnswers",
            "write `baseline = fast`",
        ),
        (
            "primary = Resolved, Total",
            "Resolved",
            "metrics",
            "there is no primary metric",
        ),
        (
            "primary = Resolved, Total",
            "primary = Resolved, primary = Total",
            "primary",
            "there is only one primary metric",
        ),
        (
            "primary = Resolved, Total",
            "primary = Resolved, Resolved",
            "Resolved",
            "named twice",
        ),
        ("Total", "\"total\"", "\"total\"", "this is not a metric"),
        (
            "metrics(primary = Resolved, Total)",
            "metrics = Resolved",
            "metrics",
            "takes a list",
        ),
        ("traffic = 80", "traffic = 0", "0", "lets nobody take part"),
        ("traffic = 80", "traffic = 120", "120", "120"),
        (
            "traffic = 80",
            "trafic = 80",
            "trafic",
            "did you mean `traffic`",
        ),
        (
            "on = Assistant, ",
            "",
            "CarefulAnswers",
            "write `on = SupportAssistant`",
        ),
        ("by = User, ", "", "CarefulAnswers", "write `by = User`"),
    ] {
        one(&instead(right, wrong), at, message, wrong);
    }
    let item = tokens("enum CarefulAnswers {}");
    one(
        &errors(experiment(tokens(RIGHT), item)),
        "enum",
        "needs a unit struct",
        "an enum",
    );
}
