//! Words and signs between clauses: `A and B`, `A || B`.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Error, Expr};

use super::led::corrected;
use super::word::word;
use crate::meta::source;
use crate::mistake::{Instead, Mistake};
use crate::segment::clause::attribute::context;
use crate::segment::clause::methods::is_method;

/// The word between two clauses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

/// `A and B`, `A || B`: clauses are joined by commas, and rules say "or".
pub(super) fn joined(tokens: &[TokenTree], negate: bool) -> Option<Mistake> {
    let mut joints: Vec<(usize, usize, Joint)> = Vec::new();
    let mut between = false;
    let mut at = 0;
    while at < tokens.len() {
        let sign = |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
        let (joint, length) = match word(&tokens[at]).as_deref() {
            Some("between") => {
                between = true;
                (None, 1)
            }
            Some("and") if between => {
                between = false;
                (None, 1)
            }
            Some("and") => (Some(Joint::And), 1),
            Some("or") => (Some(Joint::Or), 1),
            _ if sign(at, '&') && sign(at + 1, '&') => (Some(Joint::And), 2),
            _ if sign(at, '|') && sign(at + 1, '|') => (Some(Joint::Or), 2),
            _ if sign(at, '&') && at > 0 => (Some(Joint::And), 1),
            _ if sign(at, '|') && at > 0 => (Some(Joint::Or), 1),
            _ => (None, 1),
        };
        // A closure begins with `|`.
        if let Some(joint) = joint.filter(|_| at > 0 && at + length < tokens.len()) {
            joints.push((at, length, joint));
        }
        at += length;
    }
    let (first, length, _) = *joints.first()?;
    if matches!(&tokens[0], TokenTree::Punct(punct) if punct.as_char() == '|') {
        return None;
    }
    let sign: String = tokens[first..first + length]
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut parts: Vec<Vec<String>> = vec![Vec::new()];
    let mut begin = 0;
    let ends = joints
        .iter()
        .copied()
        .chain([(tokens.len(), 0, Joint::And)]);
    let mut same: Vec<TokenStream> = Vec::new();
    for (at, length, joint) in ends {
        let part: TokenStream = tokens[begin..at].iter().cloned().collect();
        let last = parts.last_mut()?;
        last.push(corrected(&part, negate));
        same.push(part);
        // Negated, each says the other.
        if (joint == Joint::Or) != negate && at < tokens.len() {
            parts.push(Vec::new());
        }
        begin = at + length;
    }
    let span = tokens[first].span();
    let rules: Vec<String> = parts.iter().map(|clauses| clauses.join(", ")).collect();
    Some(match &rules[..] {
        [clauses] => {
            let message =
                format!("clauses are joined by commas, and all have to match; write `{clauses}`");
            Mistake::said(Error::new(span, message)).instead(Instead::Clause(clauses.clone()))
        }
        rules => {
            if let Some(clause) = (!negate).then(|| one_list(&same)).flatten() {
                let message = format!("one of several values is enough; write `{clause}`");
                return Some(
                    Mistake::said(Error::new(span, message)).instead(Instead::Clause(clause)),
                );
            }
            let several: Vec<String> = rules.iter().map(|rule| format!("rule({rule})")).collect();
            let message = format!("a rule has no `{sign}`; write `{}`", several.join(", "));
            Mistake::said(Error::new(span, message)).instead(Instead::Rules(several.join(", ")))
        }
    })
}

/// Comparisons of one attribute by one operator, as one clause with a list.
fn one_list(parts: &[TokenStream]) -> Option<String> {
    let mut first: Option<(String, String)> = None;
    let mut list = Vec::new();
    for part in parts {
        let Ok(Expr::MethodCall(call)) = syn::parse2::<Expr>(part.clone()) else {
            return None;
        };
        let method = call.method.to_string();
        let method = if method == "is" {
            "is_any_of".to_owned()
        } else {
            method
        };
        if !is_method(&method) || context(&call.receiver).is_none() {
            return None;
        }
        let this = (source(&call.receiver), method);
        if *first.get_or_insert_with(|| this.clone()) != this {
            return None;
        }
        match call.args.first()? {
            Expr::Array(array) => list.extend(array.elems.iter().map(source)),
            Expr::Lit(literal) => list.push(source(literal)),
            Expr::Path(path) => list.push(source(path)),
            _ => return None,
        }
    }
    let (attribute, method) = first?;
    Some(format!("{attribute}.{method}([{}])", list.join(", ")))
}
