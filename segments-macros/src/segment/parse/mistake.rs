//! Suggestions for tokens that are not arguments of `segment`.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use segments_model::{foreign, or_list};
use syn::ext::IdentExt;

use crate::key::Key;
use crate::meta::{Argument, ArgumentValue, leftover, source, split};
use crate::mistake::Instead;
use crate::segment::clause;
use crate::segment::keys;

/// A key of the attribute that was written in a rule.
pub(super) fn key_of_segment(name: &str) -> Option<String> {
    keys::names(keys::SEGMENT)
        .any(|key| key == name)
        .then(|| format!("`{name}` is a key of `segment`; write it beside `rule(...)`"))
}

/// `attribute = "email", op = "in", values = ["a"]`: a clause as LaunchDarkly's JSON has it.
pub(super) fn clause_by_keys(pieces: &[TokenStream]) -> Option<(Span, String)> {
    let names = ["attribute", "op", "operator"];
    let first = pieces.iter().find_map(|piece| {
        let name = piece.clone().into_iter().next()?;
        let text = name.to_string().trim_matches('"').to_owned();
        names.contains(&&text[..]).then_some(name)
    })?;
    let clause = clause::of_pieces(pieces)?;
    Some((
        first.span(),
        format!("a clause is a comparison; write `{clause}`"),
    ))
}

/// `description: "..."` where `=` belongs.
pub(super) fn key_with_colon(piece: &TokenStream, table: &'static [Key]) -> Option<(Span, String)> {
    let tokens: Vec<TokenTree> = piece.clone().into_iter().collect();
    let [TokenTree::Ident(word), TokenTree::Punct(colon), value @ ..] = &tokens[..] else {
        return None;
    };
    let key = table.iter().find(|key| *word == key.name)?;
    let is_colon = colon.as_char() == ':' && colon.spacing() == Spacing::Alone;
    if !is_colon || key.form.ends_with(')') {
        return None;
    }
    let value: TokenStream = value.iter().cloned().collect();
    let written = match &source(&value)[..] {
        "" => key.form.to_owned(),
        value => format!("{word} = {value}"),
    };
    Some((
        word.span(),
        format!("`{word}` is followed by `=`; write `{written}`"),
    ))
}

/// The replacement for a key of LaunchDarkly's rules that does not exist here.
pub(super) fn instead_of_rule_key(argument: &Argument) -> Option<String> {
    let ArgumentValue::Equals(value) = &argument.value else {
        return None;
    };
    match &argument.name.unraw().to_string().to_lowercase()[..] {
        // In thousandths.
        "weight" => {
            let weight: f64 = source(value).replace('_', "").parse().ok()?;
            let percent = weight / 1000.0;
            (weight > 100.0).then(|| format!("; write `percent = {percent}`"))
        }
        "negate" | "negated" | "not" | "invert" => Some("; write `!` before the clause".to_owned()),
        _ => None,
    }
}

/// `percentage(25)`: a key of LaunchDarkly's rules with its value in parentheses.
pub(super) fn rule_key_that_is_called(argument: &Argument) -> Option<String> {
    let ArgumentValue::List(tokens) = &argument.value else {
        return None;
    };
    let is_literal = syn::parse2::<syn::Lit>(tokens.clone()).is_ok();
    let name = argument.name.unraw().to_string();
    let key = foreign::key(&name, |key| matches!(key, "percent" | "description"))?;
    is_literal.then(|| format!("{key} = {}", source(tokens)))
}

/// An argument under the key that it was meant to have: with the author's own value, if it has the right shape.
pub(crate) fn renamed(key: &Key, argument: &Argument) -> String {
    let takes_list = key.form.ends_with(')');
    let takes_value = key.form.contains(" = ") && !takes_list;
    match &argument.value {
        ArgumentValue::Equals(tokens) if takes_value && !tokens.is_empty() => {
            format!("{} = {}", key.name, source(tokens))
        }
        ArgumentValue::List(tokens) if takes_list && !tokens.is_empty() => {
            format!("{}({})", key.name, source(tokens))
        }
        _ => key.form.to_owned(),
    }
}

/// The replacement for a word of another language; `None` for other words.
pub(crate) fn alias<'k>(
    argument: &Argument,
    known: impl Iterator<Item = &'k Key>,
) -> Option<String> {
    let name = argument.name.unraw().to_string();
    let known: Vec<&Key> = known.collect();
    let key = foreign::key(&name, |key| known.iter().any(|known| known.name == key))?;
    let key = known.into_iter().find(|known| known.name == key)?;
    Some(format!("; write `{}`", renamed(key, argument)))
}

/// An expiry beside no list.
pub(crate) fn key_of_list(argument: &Argument) -> Option<String> {
    let name = argument.name.unraw().to_string();
    let until = keys::LIST.iter().find(|key| key.name == "until")?;
    if name != until.name && foreign::key(&name, |key| key == until.name).is_none() {
        return None;
    }
    Some(format!(
        ": only listed contexts expire; write it beside them, as in `include(User = [\"user-123\"], {})`",
        renamed(until, argument)
    ))
}

/// A key that the attribute does not have.
pub(super) fn unknown_key(argument: &Argument) -> String {
    let name = &argument.name.unraw().to_string()[..];
    match keys::RULE.iter().find(|key| key.name == name) {
        Some(key) if key.form.ends_with(')') => {
            format!("`{name}` is a key of `rule`; write `rule({})`", key.form)
        }
        Some(key) => format!(
            "`{name}` is a key of `rule`; write `rule({}, ...)`",
            renamed(key, argument)
        ),
        None => format!(
            "`{name}` is not a key of `segment`{}",
            instead_of_segment_key(argument)
                .or_else(|| alias(argument, keys::SEGMENT.iter()))
                .or_else(|| key_of_list(argument))
                .unwrap_or_else(|| or_list(name, keys::names(keys::SEGMENT)))
        ),
    }
}

/// The replacement for words that other languages put around rules.
fn instead_of_segment_key(argument: &Argument) -> Option<String> {
    let name = argument.name.unraw().to_string().to_lowercase();
    match (&name[..], &argument.value) {
        ("any" | "or" | "any_of" | "either" | "rules", ArgumentValue::List(tokens))
            if tokens.to_string().starts_with("rule") =>
        {
            let rules = source(tokens);
            Some(format!(
                ", and one matching rule is enough; write `{rules}`"
            ))
        }
        ("else" | "otherwise" | "default" | "fallthrough", _) => Some(format!(
            ", and contexts that match no rule are not in the segment; remove `{name}`"
        )),
        ("kind" | "context_kind" | "contextkind" | "context", _) => Some(format!(
            ", because the types in rules and lists determine the kind; remove `{name}`"
        )),
        ("rules" | "rule" | "clauses" | "conditions", ArgumentValue::Equals(tokens)) => {
            let rules = each_a_rule(tokens)?;
            Some(format!("; write `{rules}`"))
        }
        _ => None,
    }
}

/// `[A, B]` or `A` as rules.
pub(super) fn each_a_rule(tokens: &TokenStream) -> Option<String> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let clauses = match &trees[..] {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            split(group.stream())
        }
        _ => vec![tokens.clone()],
    };
    let rules: Option<Vec<String>> = clauses.iter().map(rules).collect();
    rules
        .filter(|rules| !rules.is_empty())
        .map(|rules| rules.join(", "))
}

/// Tokens between commas that do not have the shape of an argument.
pub(super) fn argument(piece: &TokenStream) -> (Span, String) {
    let tokens: Vec<TokenTree> = piece.clone().into_iter().collect();
    if let Some(found) = clause::placeholder(&tokens) {
        return found;
    }
    let start = tokens.first().map_or_else(Span::call_site, TokenTree::span);
    let known = |word: &str| keys::SEGMENT.iter().find(|key| key.name == word);
    let message = match &tokens[..] {
        [TokenTree::Ident(word), rest @ ..] => {
            let word = word.unraw().to_string();
            match (known(&word), rest) {
                _ if let Some((_, message)) = key_with_colon(piece, keys::SEGMENT) => message,
                // `rule => X`, `rule: X`.
                (Some(key), [TokenTree::Punct(punct), rest @ ..])
                    if key.name == "rule" && "=:".contains(punct.as_char()) =>
                {
                    let rest = rest.iter().skip_while(
                        |token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == '>'),
                    );
                    let rules = each_a_rule(&rest.cloned().collect());
                    let written = rules.unwrap_or_else(|| key.form.to_owned());
                    format!("`rule` needs parentheses; write `{written}`")
                }
                (Some(key), [TokenTree::Group(group), ..])
                    if group.delimiter() != Delimiter::Parenthesis =>
                {
                    let inside = source(&group.stream())
                        .replace(" :", " =")
                        .replace(": ", " = ");
                    let written = if key.form.ends_with(')') && !inside.is_empty() {
                        format!("{word}({})", inside.replace("= =", "="))
                    } else {
                        key.form.to_owned()
                    };
                    format!("`{word}` is not written with these brackets; write `{written}`")
                }
                (Some(_), [TokenTree::Group(_), rest @ ..]) if let Some(next) = rest.first() => {
                    return (next.span(), behind_argument(rest, next));
                }
                _ => clause(piece),
            }
        }
        [TokenTree::Literal(text), TokenTree::Punct(punct), ..] if punct.as_char() == '=' => {
            let word = text.to_string().trim_matches('"').to_owned();
            match known(&word) {
                Some(_) => {
                    let value: TokenStream = piece.clone().into_iter().skip(2).collect();
                    format!(
                        "keys are written without quotes; write `{word} = {}`",
                        source(&value)
                    )
                }
                None => clause(piece),
            }
        }
        // The first text is the key.
        [TokenTree::Literal(text)] if text.to_string().starts_with('"') => {
            format!("arguments of `segment` have names; write `key = {text}`")
        }
        [TokenTree::Punct(sign), TokenTree::Group(group), ..] if sign.as_char() == '#' => {
            let attribute = source(&group.stream());
            format!(
                "an attribute applies to the whole struct; write `#[{attribute}]` above `#[segment(...)]`"
            )
        }
        [TokenTree::Punct(sign), ..] if sign.as_char() == '#' => {
            "a comment begins with `//` in Rust; write `//` instead of `#`".to_owned()
        }
        [TokenTree::Punct(sign), ..] if is_merge_marker(piece) => {
            return (
                sign.span(),
                "this merge conflict is not resolved; keep one of the two sides, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`".to_owned(),
            );
        }
        _ => clause(piece),
    };
    (start, message)
}

/// The problem with tokens after an argument: the comma is missing, or they are not part of a segment.
fn behind_argument(tokens: &[TokenTree], next: &TokenTree) -> String {
    let rest: TokenStream = tokens.iter().cloned().collect();
    let is_key = |name: &str| {
        keys::names(keys::SEGMENT).any(|key| key == name)
            || foreign::key(name, |key| {
                keys::names(keys::SEGMENT).any(|known| known == key)
            })
            .is_some()
    };
    match next {
        TokenTree::Ident(word) if !is_key(&word.unraw().to_string()) && rules(&rest).is_none() => {
            format!(
                "`{word}` is not a key of `segment`; remove `{}`",
                source(&rest)
            )
        }
        next => leftover(next),
    }
}

fn is_merge_marker(piece: &TokenStream) -> bool {
    let mut signs = piece.clone().into_iter().take(7);
    signs.all(|token| matches!(token, TokenTree::Punct(sign) if "<=>|".contains(sign.as_char())))
}

/// A clause in place of a rule, or something unrecognizable.
fn clause(piece: &TokenStream) -> String {
    if let Some(rules) = rules(piece) {
        format!("a clause belongs in a rule; write `{rules}`")
    } else {
        format!(
            "this is not an argument of `segment`; write one such as `{}`",
            keys::SEGMENT[0].form
        )
    }
}

/// The rules of a clause that stands alone, put right if it is wrong in itself.
fn rules(piece: &TokenStream) -> Option<String> {
    let looks_like_one =
        piece.to_string().contains("::") || piece.to_string().contains("member_of");
    if !looks_like_one {
        return None;
    }
    match clause::parse(piece.clone()) {
        Ok(_) => Some(format!("rule({})", source(piece))),
        Err(mistake) => match mistake.into_instead()? {
            Instead::Clause(clause) => Some(format!("rule({clause})")),
            Instead::Rules(rules) => Some(rules),
        },
    }
}
