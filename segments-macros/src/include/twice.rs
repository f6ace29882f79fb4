//! A second inclusion of a file beside its types: one error, instead of rustc's error for each name of
//! each type.

use std::fs;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use proc_macro2::TokenStream;
use syn::LitStr;

/// A call of the macro: which file it includes, and from where to where it stands.
struct Call {
    includes: String,
    source: PathBuf,
    start: (usize, usize),
    end: (usize, usize),
}

/// The calls in the crate that is compiled.
static CALLS: Mutex<Vec<Call>> = Mutex::new(Vec::new());

/// Returns whether the file was included before in the same module. Editors do not report positions, so
/// they get no errors.
pub(super) fn included_before(path: &LitStr) -> bool {
    let Some(call) = call(path.value()) else {
        return false;
    };
    let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    let before = calls.iter().any(|earlier| {
        let same_file = earlier.includes == call.includes && earlier.source == call.source;
        same_file && earlier.start < call.start && is_one_module(earlier, &call)
    });
    calls.push(call);
    before
}

fn call(includes: String) -> Option<Call> {
    if !proc_macro::is_available() {
        return None;
    }
    let span = proc_macro::Span::call_site();
    let (start, end) = (span.start(), span.end());
    Some(Call {
        includes,
        source: span.local_file()?,
        start: (start.line(), start.column()),
        end: (end.line(), end.column()),
    })
}

/// Returns whether what stands between two calls is whole items, so that both are in one module.
fn is_one_module(first: &Call, second: &Call) -> bool {
    let Ok(text) = fs::read_to_string(&first.source) else {
        return false;
    };
    let between = between(&text, first.end, second.start);
    between.is_some_and(|text| TokenStream::from_str(&text).is_ok())
}

/// The text between two places, each a line and a column from 1.
fn between(text: &str, from: (usize, usize), to: (usize, usize)) -> Option<String> {
    if from > to {
        return None;
    }
    let mut between = String::new();
    for (line, content) in (1..).zip(text.split_inclusive('\n')) {
        if line < from.0 || line > to.0 {
            continue;
        }
        let first = if line == from.0 { from.1 } else { 1 };
        let last = if line == to.0 { to.1 } else { usize::MAX };
        let letters = (1..).zip(content.chars());
        let inside = letters.filter(|(column, _)| (first..last).contains(column));
        between.extend(inside.map(|(_, letter)| letter));
    }
    Some(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_is_whole_in_one_module_only() {
        let text = "a!();\nfn f() {}\na!();\nmod m {\n    a!();\n}\n";
        let whole = |from, to| {
            let text = between(text, from, to).unwrap();
            TokenStream::from_str(&text).is_ok()
        };
        assert!(whole((1, 5), (3, 1)));
        assert!(!whole((1, 5), (5, 5)));
        assert_eq!(between(text, (1, 5), (2, 3)).unwrap(), ";\nfn");
        assert_eq!(between(text, (3, 1), (1, 1)), None);
    }
}
