//! Clauses that are joined or negated by a method, like booleans: `A.and(B)`, `A.or(B)`, `A.not()`.

use quote::ToTokens;
use syn::{Error, ExprMethodCall};

use super::led::corrected;
use crate::mistake::{Instead, Mistake};
use crate::segment::clause::parse;

pub(in super::super) fn chained(call: &ExprMethodCall, negate: bool) -> Option<Mistake> {
    let receiver = call.receiver.to_token_stream();
    if parse(receiver.clone()).is_err() {
        return None;
    }
    let argument = call.args.first().map(ToTokens::to_token_stream);
    let at = call.method.span();
    let clause = |problem: &str, clause: String| {
        let message = format!("{problem}; write `{clause}`");
        Some(Mistake::said(Error::new(at, message)).instead(Instead::Clause(clause)))
    };
    match (&call.method.to_string()[..], argument) {
        ("not" | "negate" | "negated" | "invert", None) => {
            clause("a clause is negated by `!`", corrected(&receiver, !negate))
        }
        ("and" | "and_then" | "also" | "with" | "but", Some(second)) if !negate => {
            let both = [&receiver, &second].map(|part| corrected(part, false));
            clause("clauses are joined by commas", both.join(", "))
        }
        ("or" | "or_else", Some(second)) if !negate => {
            let rules =
                [&receiver, &second].map(|part| format!("rule({})", corrected(part, false)));
            let rules = rules.join(", ");
            let message = format!("a rule has no `{}`; write `{rules}`", call.method);
            Some(Mistake::said(Error::new(at, message)).instead(Instead::Rules(rules)))
        }
        _ => None,
    }
}
