//! Two structs of one kind that do not agree, and a rule that never matches for a reason that only constants
//! have: errors of the registry, before anything is sent. The registry is the program's, so this program has
//! nothing else in it.
#![allow(dead_code, reason = "only declarations count here")]

use segments_model::Code;
use segments_runtime::{Context, registry, segment};

#[derive(Context)]
#[context(kind = "user")]
struct Shopper {
    #[context(key)]
    id: String,
    age: u32,
}

#[derive(Context)]
#[context(kind = "user")]
struct Subscriber {
    #[context(key)]
    id: String,
    age: String,
}

const LEAST: u32 = 30;
const MOST: u32 = 20;

/// Nobody, and the macro knows neither number.
#[segment(rule(Shopper::AGE.gt(LEAST), Shopper::AGE.lt(MOST)))]
struct Between;

/// Takes the place of a segment that is declared.
#[segment(moved_from = "between", rule(Shopper::AGE.gt(1)))]
struct Moved;

#[test]
fn the_registry_refuses_what_cannot_be_meant() {
    for error in [
        registry::definitions().unwrap_err(),
        registry::check().unwrap_err(),
    ] {
        let message = error.to_string();
        for part in [
            "error[attribute-conflict]: attribute `age` of kind `user` is a number in `registry_conflict::Shopper`",
            "and a string in `registry_conflict::Subscriber`",
            "segment `between`, declared by `registry_conflict::Between`",
            "error[rule-never-matches]: this rule never matches",
            "error[moved-from]: `between` is also declared",
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
        assert_eq!(error.problems.len(), 3, "{message}");
        let related = error.problems.iter().filter(|problem| {
            let registry::Problem::Related { finding, .. } = problem else {
                return false;
            };
            finding.code == Code::MOVED_FROM
        });
        assert_eq!(related.count(), 1);
    }
}
