//! A clause as LaunchDarkly's JSON has it: `{ "attribute": "email", "op": "endsWith", "values": ["@x.com"] }`.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use segments_model::foreign;
use syn::Error;

use super::led::corrected;
use crate::case::Case;
use crate::meta::{source, split};
use crate::mistake::{Instead, Mistake};

/// A clause that is written with keys.
#[derive(Default)]
struct Object {
    context: Option<String>,
    attribute: Option<String>,
    operator: Option<String>,
    values: Option<TokenStream>,
    negate: bool,
    at: Option<Span>,
}

/// A table in braces.
pub(super) fn object(tokens: &[TokenTree]) -> Option<Mistake> {
    let [TokenTree::Group(group)] = tokens else {
        return None;
    };
    if group.delimiter() != Delimiter::Brace {
        return None;
    }
    let pieces: Vec<_> = split(group.stream()).into_iter().collect();
    let clause = of_pieces(&pieces).or_else(|| json_logic(&pieces))?;
    let message = format!("a clause is a comparison; write `{clause}`");
    Some(Mistake::said(Error::new(group.span_open(), message)).instead(Instead::Clause(clause)))
}

/// `{"ends_with": [{"var": "email"}, "@x.com"]}`, as flagd has it.
fn json_logic(pieces: &[TokenStream]) -> Option<String> {
    let [piece] = pieces else {
        return None;
    };
    let tokens: Vec<TokenTree> = piece.clone().into_iter().collect();
    let [name, TokenTree::Punct(_), TokenTree::Group(list)] = &tokens[..] else {
        return None;
    };
    let operands = split(list.stream());
    let (variable, values) = operands.split_first()?;
    let attribute = literals(variable.clone()).into_iter().nth(1)?;
    let mut object = Object {
        attribute: Some(attribute.rsplit('.').next()?.to_owned()),
        operator: Some(name.to_string().trim_matches('"').to_owned()),
        ..Object::default()
    };
    // `sem_ver` has the operator among its values.
    let values = match values {
        [operator, value] => {
            object.operator = Some(literals(operator.clone()).into_iter().next()?);
            value
        }
        [value] => value,
        _ => return None,
    };
    object.values = Some(values.clone());
    object.clause()
}

/// The strings in tokens, in brackets as well.
fn literals(tokens: TokenStream) -> Vec<String> {
    let each = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => literals(group.stream()),
        TokenTree::Literal(literal) => vec![literal.to_string().trim_matches('"').to_owned()],
        _ => Vec::new(),
    });
    each.flatten().collect()
}

/// The keys of a clause between commas, as a comparison.
pub(crate) fn of_pieces(pieces: &[TokenStream]) -> Option<String> {
    let mut object = Object::default();
    for piece in pieces {
        object.read(piece);
    }
    object.clause()
}

impl Object {
    fn read(&mut self, piece: &TokenStream) {
        let tokens: Vec<TokenTree> = piece.clone().into_iter().collect();
        let [name, TokenTree::Punct(sign), value @ ..] = &tokens[..] else {
            return;
        };
        if !":=".contains(sign.as_char()) || value.is_empty() {
            return;
        }
        let name = name.to_string().trim_matches('"').to_owned();
        let keys = ["attribute", "op", "values", "negate", "context"];
        let known = keys.iter().any(|key| **key == name);
        let key = if known {
            Some(&name[..])
        } else {
            foreign::key(&name, |key| keys.contains(&key))
        };
        let value: TokenStream = value.iter().cloned().collect();
        let text = || source(&value).trim_matches('"').to_owned();
        match key {
            Some("attribute") => self.attribute = Some(text()),
            Some("op") => self.operator = Some(text()),
            Some("context") => self.context = Some(text()),
            Some("negate") => self.negate = text() == "true",
            Some("values") => self.values = Some(value.clone()),
            _ => return,
        }
        self.at
            .get_or_insert_with(|| tokens.first().map_or_else(Span::call_site, TokenTree::span));
    }

    /// The comparison in our words, if attribute and operator are there.
    fn clause(self) -> Option<String> {
        let context = self.context.as_deref().unwrap_or("user");
        let context = Case::Pascal.apply(&context.replace('-', "_"));
        let attribute = self.attribute?;
        let mut path = attribute
            .trim_start_matches('/')
            .split('/')
            .map(|name| Case::Snake.apply(&name.replace('-', "_")));
        let first = path.next()?.to_uppercase();
        let inside: String = path.map(|name| format!(".{name}")).collect();
        let values = self
            .values
            .map_or_else(String::new, |values| source(&values));
        let operator = self.operator?;
        let text = format!("{context}::{first}{inside} {operator} {values}");
        // In words, it is a comparison of another language.
        let tokens: TokenStream = text.parse().ok()?;
        let clause = corrected(&tokens, self.negate);
        // A list of one is a value.
        let clause = match (clause.find("(["), clause.ends_with("])")) {
            (Some(open), true) if !clause[open..].contains(',') => {
                let (method, value) = (&clause[..open], &clause[open + 2..clause.len() - 2]);
                format!("{}({value})", method.replace(".is_any_of", ".is"))
            }
            _ => clause,
        };
        clause.contains('(').then_some(clause)
    }
}
