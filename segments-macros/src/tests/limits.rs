//! The service's size limits: an error beyond them, a warning from four fifths on.

use std::fmt::Write;

use super::spans::errors;
use super::tokens;
use crate::segment::segment;

/// The findings in a segment: the messages of its errors, and all of its output for the names of
/// warnings.
fn expand(arguments: &str) -> (Vec<(String, String)>, String) {
    let output = segment(
        tokens(arguments),
        tokens("/// Colleagues.\npub struct Staff;"),
    );
    (errors(output.clone()), output.to_string())
}

fn list<T: std::fmt::Display>(count: usize, element: impl Fn(usize) -> T) -> String {
    (0..count).fold(String::new(), |mut text, at| {
        let _ = write!(text, "{}, ", element(at));
        text
    })
}

fn check(most: usize, warning: &str, what: &str, arguments: impl Fn(usize) -> String) {
    // A debug build takes seconds for each of them.
    if std::env::var_os("SEGMENTS_THOROUGH").is_some() {
        let near = most / 5 * 4;
        let (errors, output) = expand(&arguments(near));
        assert!(errors.is_empty(), "{errors:?}");
        assert!(!output.contains(warning), "{near} {what}");

        let (errors, output) = expand(&arguments(near + 1));
        assert!(errors.is_empty(), "{errors:?}");
        assert!(output.contains(warning), "{} {what}", near + 1);
    }

    let (errors, output) = expand(&arguments(most + 1));
    let [(at, message)] = &errors[..] else {
        panic!("{errors:?}");
    };
    assert_eq!(at, "Staff");
    assert!(
        message.starts_with(&format!("{} {what} are more than the {most}", most + 1)),
        "{message}"
    );
    assert!(!output.contains(warning));
}

#[test]
fn listed_contexts() {
    check(15_000, "targets_near_limit", "listed contexts", |count| {
        let (included, excluded) = (
            list(count - 7, |at| format!("\"u-{at}\"")),
            list(7, |at| format!("\"x-{at}\"")),
        );
        format!("include(User = [{included}]), exclude(User = [{excluded}])")
    });
}

#[test]
fn rules() {
    check(5_000, "rules_near_limit", "rules", |count| {
        list(count, |at| format!("rule(User::AGE.is({at}))"))
    });
}

#[test]
fn values_in_clauses() {
    check(50_000, "values_near_limit", "values in clauses", |count| {
        let values = list(count - 1, |at| at);
        format!("rule(User::AGE.is_any_of([{values}])), rule(User::AGE.gt(1))")
    });
}
