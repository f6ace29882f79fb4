//! Clauses in the words of other languages: `X == 3`, `X not in [..]`, `A or B`, `X.len() > 3`.
//!
//! What is read here is only read to say what to write: the answer has the author's own attribute and values.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use segments_model::foreign::{self, Meaning, Relation};
use segments_model::{AttributeType, Operator, Value};
use syn::{Error, Expr, Lit, UnOp};

use super::super::by_type::{Answers, ByType};
use super::super::{context, named, parse, qualify, values};
use super::{Instead, Mistake};
use crate::meta::source;

/// What an attribute is compared with.
struct Operands {
    /// As they are written, with what they are if they are literals.
    each: Vec<(String, Option<Value>)>,
    /// Whether they stand in a list.
    list: bool,
}

impl Operands {
    fn of(expressions: &[Expr]) -> Self {
        let (expressions, list): (Vec<&Expr>, bool) = match expressions {
            [Expr::Array(array)] => (array.elems.iter().collect(), true),
            [Expr::Tuple(tuple)] => (tuple.elems.iter().collect(), true),
            [Expr::Paren(paren)] => return Self::of(std::slice::from_ref(&paren.expr)),
            [Expr::Reference(reference)] => return Self::of(std::slice::from_ref(&reference.expr)),
            [one] => (vec![one], false),
            several => (several.iter().collect(), true),
        };
        let literal = |expression: &Expr| {
            values::values(expression)
                .into_iter()
                .next()
                .and_then(|(value, _)| value)
        };
        Self {
            each: expressions
                .into_iter()
                .map(|expression| (source(expression), literal(expression)))
                .collect(),
            list,
        }
    }

    fn first(&self) -> Option<&Value> {
        self.each.first().and_then(|(_, value)| value.as_ref())
    }

    fn text(&self) -> Option<&str> {
        self.first().and_then(Value::as_str)
    }

    /// As an attribute of this type takes them.
    fn on(&self, attribute_type: AttributeType, operator: Operator) -> String {
        let each = self.each.iter().map(|(written, value)| {
            let moment = attribute_type == AttributeType::Date && operator != Operator::In;
            let text = value.as_ref().and_then(Value::as_str);
            let converted = match (value, text) {
                // `before` takes text, with a time.
                (_, Some(text)) if moment => {
                    foreign::date_with_time(text).map(|text| format!("\"{text}\""))
                }
                (Some(value), _) if !moment => foreign::converted(value, attribute_type),
                _ => None,
            };
            converted.unwrap_or_else(|| written.clone())
        });
        let each: Vec<String> = each.collect();
        if self.list {
            format!("[{}]", each.join(", "))
        } else {
            each.join(", ")
        }
    }
}

/// What is done to an attribute before it is compared.
enum Subject {
    /// Nothing that LaunchDarkly would have to do.
    Plain,
    /// Its length is taken.
    Length,
    /// Case is taken away.
    AnyCase,
}

/// The attribute inside of calls such as `.len()`, `.to_lowercase()` and `len(..)`.
fn subject(expression: &Expr) -> Option<(&Expr, Subject)> {
    let inside = |name: &str, inner| {
        let (attribute, subject) = self::subject(inner)?;
        Some((
            attribute,
            match name {
                "len" | "length" | "size" | "count" | "char_length" | "LEN" => Subject::Length,
                "to_lowercase" | "to_uppercase" | "lower" | "upper" | "LOWER" | "UPPER"
                | "to_ascii_lowercase" | "to_ascii_uppercase" | "casefold" | "toLowerCase"
                | "toUpperCase" | "lowercase" => Subject::AnyCase,
                _ => subject,
            },
        ))
    };
    match expression {
        Expr::MethodCall(call) if !super::is_method(&call.method.to_string()) => {
            inside(&call.method.to_string(), &call.receiver)
        }
        Expr::Call(call) if call.args.len() == 1 => {
            let Expr::Path(function) = &*call.func else {
                return None;
            };
            inside(&function.path.get_ident()?.to_string(), call.args.first()?)
        }
        Expr::Paren(paren) => subject(&paren.expr),
        Expr::Reference(reference) => subject(&reference.expr),
        attribute if context(attribute).is_some() => Some((attribute, Subject::Plain)),
        _ => None,
    }
}

/// A comparison in other words: `problem` says what is wrong with it.
struct Foreign<'a> {
    problem: String,
    at: Span,
    attribute: &'a Expr,
    subject: Subject,
    negate: bool,
    operands: Operands,
}

impl Foreign<'_> {
    fn said(&self, clause: String) -> Mistake {
        let message = format!("{}; write `{clause}`", self.problem);
        Mistake::said(Error::new(self.at, message)).instead(Instead::Clause(clause))
    }

    fn not(&self, negate: bool) -> &'static str {
        if negate == self.negate { "" } else { "!" }
    }

    fn name(&self) -> String {
        source(self.attribute)
    }

    /// A clause of an operator.
    fn clause(&self, operator: Operator, negate: bool, operands: &str) -> String {
        let count = if self.operands.list { 2 } else { 1 };
        let method = operator.row().method(count).unwrap_or_default();
        format!("{}{}.{method}({operands})", self.not(negate), self.name())
    }

    fn meaning(self, meaning: Meaning) -> Mistake {
        match (meaning, &self.subject) {
            (Meaning::Comparison { relation, negate }, Subject::Plain) => {
                let negate = self.negate ^ negate;
                Foreign { negate, ..self }.relation(relation)
            }
            (Meaning::Comparison { relation, negate }, Subject::Length) => {
                let length = self.operands.first().and_then(|value| match value {
                    Value::Number(number) => number
                        .as_integer()
                        .and_then(|length| u32::try_from(length).ok()),
                    _ => None,
                });
                let pattern = length.and_then(|length| foreign::of_length(relation, length));
                let pattern = pattern.unwrap_or_else(|| "^.{4,}".to_owned());
                let problem = "LaunchDarkly has no operator for a length".to_owned();
                let clause = format!("{}{}.matches(\"{pattern}\")", self.not(negate), self.name());
                Foreign { problem, ..self }.said(clause)
            }
            (Meaning::Comparison { relation, negate }, Subject::AnyCase) => {
                let negate = self.negate ^ negate;
                Foreign { negate, ..self }.any_case(relation)
            }
            (Meaning::IgnoringCase(relation), _) => self.any_case(relation),
            (Meaning::Boolean(value), _) => {
                let clause = format!("{}{}.is({value})", self.not(false), self.name());
                self.said(clause)
            }
            (Meaning::Between, _) => self.between(),
            (Meaning::Present, _) => self.present(),
            (Meaning::Absent, _) if self.negate => Foreign {
                negate: false,
                ..self
            }
            .present(),
            (Meaning::Absent, _) => {
                let name = self.name();
                let last = name.rsplit([':', '.']).next().unwrap_or_default();
                let segment = format!(
                    "Has{}",
                    crate::case::Case::Pascal.apply(&last.to_lowercase())
                );
                let message = format!(
                    "{}: a clause matches only contexts that have the attribute; declare a segment `{segment}` of those that have it, and write `!member_of!({segment})`",
                    self.problem
                );
                Mistake::said(Error::new(self.at, message))
            }
        }
    }

    /// Texts are compared as they are.
    fn any_case(self, relation: Relation) -> Mistake {
        let problem = "case counts in every comparison".to_owned();
        let Some(text) = self.operands.text() else {
            let message =
                format!("{problem}; compare with `matches`, and write both cases, as in `[aA]`");
            return Mistake::said(Error::new(self.at, message));
        };
        let pattern = Value::from(foreign::ignoring_case(relation, text));
        let clause = format!("{}{}.matches({pattern})", self.not(false), self.name());
        Foreign { problem, ..self }.said(clause)
    }

    fn relation(self, relation: Relation) -> Mistake {
        if relation == Relation::MemberOf {
            let segments: Vec<&str> = self
                .operands
                .each
                .iter()
                .map(|(written, _)| &written[..])
                .collect();
            let clause = format!("{}member_of!({})", self.not(false), segments.join(", "));
            return self.said(clause);
        }
        let render = |attribute_type| {
            let (operator, negate) = relation.on(attribute_type)?;
            let operands = self.operands.on(attribute_type, operator);
            Some(self.clause(operator, negate, &operands))
        };
        match certain(relation, &self.operands).and_then(render) {
            Some(clause) => self.said(clause),
            None => self.by_type(&render, relation == Relation::Equal),
        }
    }

    /// An answer for each type.
    fn by_type(&self, render: &dyn Fn(AttributeType) -> Option<String>, is_equal: bool) -> Mistake {
        let problem = &self.problem;
        let answer = |attribute_type, what: &str| match render(attribute_type) {
            Some(clause) => format!("{problem}; write `{clause}`"),
            None => {
                let names = foreign::fitting(attribute_type, |row| row.methods);
                format!(
                    "{problem}; {what} is compared with {}",
                    foreign::any_of(&names)
                )
            }
        };
        let mut answers = Answers {
            bool: answer(AttributeType::Bool, "a boolean"),
            text: answer(AttributeType::String, "a string"),
            number: answer(AttributeType::Number, "a number"),
            date: answer(AttributeType::Date, "a date"),
            version: answer(AttributeType::Version, "a version"),
            one_of: format!("{problem}; an enum is compared with `is` or `is_any_of`"),
            variant: None,
        };
        if let (true, Some(text)) = (is_equal, self.operands.text()) {
            let before = format!("{problem}; write `{}{}.is(", self.not(false), self.name());
            answers.variant = Some([text.to_owned(), before, ")`".to_owned()]);
        }
        let likely = match self.operands.first() {
            Some(Value::Number(_)) => AttributeType::Number,
            Some(Value::Bool(_)) => AttributeType::Bool,
            _ => AttributeType::String,
        };
        let guess = render(likely).or_else(|| render(AttributeType::Number));
        by_type(self.attribute, self.at, answers, guess)
    }

    fn present(self) -> Mistake {
        let (problem, name, not) = (&self.problem, self.name(), self.not(false));
        let write = |clause: &str| format!("{problem}; write `{not}{name}.{clause}`");
        let other = if not.is_empty() { "!" } else { "" };
        let answers = Answers {
            bool: write("is_any_of([true, false])"),
            text: write("matches(\".\")"),
            number: format!("{problem}; write `{other}{name}.is(0)`, for every number but 0"),
            date: write("after(\"1970-01-01T00:00:00Z\")"),
            version: format!("{problem}; write `{other}{name}.lt(\"0.0.0\")`"),
            one_of: format!("{problem}; write `{not}{name}.is_any_of([...])` with every variant"),
            variant: None,
        };
        by_type(
            self.attribute,
            self.at,
            answers,
            Some(format!("{not}{name}.matches(\".\")")),
        )
    }

    /// Two limits are two clauses.
    fn between(self) -> Mistake {
        let limit = |at: usize| Operands {
            each: self.operands.each.get(at).cloned().into_iter().collect(),
            list: false,
        };
        let (least, most) = (limit(0), limit(1));
        let render = |attribute_type| {
            let one = |relation: Relation, operands: &Operands| {
                let (operator, negate) = relation.on(attribute_type)?;
                let method = operator.row().method(1)?;
                let not = if negate { "!" } else { "" };
                let operands = operands.on(attribute_type, operator);
                Some(format!("{not}{}.{method}({operands})", self.name()))
            };
            let (from, to) = (
                one(Relation::AtLeast, &least)?,
                one(Relation::AtMost, &most)?,
            );
            Some(format!("{from}, {to}"))
        };
        match certain(Relation::Less, &least).and_then(render) {
            Some(clause) => self.said(clause),
            None => self.by_type(&render, false),
        }
    }
}

/// The type that the values tell, where they tell one.
fn certain(relation: Relation, operands: &Operands) -> Option<AttributeType> {
    let ordered = matches!(
        relation,
        Relation::Less | Relation::AtMost | Relation::Greater | Relation::AtLeast
    );
    match (relation, operands.first()) {
        (Relation::Equal, None) => Some(AttributeType::Any),
        (Relation::Equal, Some(Value::Bool(_))) => Some(AttributeType::Bool),
        (_, Some(Value::String(text))) if ordered => match foreign::type_of_text(text) {
            AttributeType::String => None,
            known => Some(known),
        },
        _ if ordered || relation == Relation::Equal => None,
        _ => Some(AttributeType::String),
    }
}

/// Asks rustc for the type of an attribute.
pub(super) fn by_type(
    attribute: &Expr,
    span: Span,
    answers: Answers,
    guess: Option<String>,
) -> Mistake {
    let mut printed = attribute.clone();
    qualify(&mut printed);
    match named(&printed) {
        Some(attribute) => Mistake::ByType(Box::new(ByType {
            attribute,
            span,
            answers,
            guess,
        })),
        None => Mistake::said(Error::new(span, answers.text)),
    }
}

/// A comparison whose operator is a word that means something elsewhere.
pub(super) fn comparison(
    problem: String,
    at: Span,
    left: &Expr,
    meaning: Meaning,
    operands: &[Expr],
    negate: bool,
) -> Option<Mistake> {
    let (attribute, subject) = subject(left)?;
    let foreign = Foreign {
        problem,
        at,
        attribute,
        subject,
        negate,
        operands: Operands::of(operands),
    };
    Some(foreign.meaning(meaning))
}

/// The word between two clauses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

/// Tokens that are more than one expression, or none: words between clauses, and between an attribute and values.
pub(super) fn tokens(tokens: &TokenStream, negate: bool) -> Option<Mistake> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    joined(&tokens, negate)
        .or_else(|| led(&tokens, negate))
        .or_else(|| infix(&tokens, negate))
}

fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(word) => Some(word.to_string().trim_start_matches("r#").to_lowercase()),
        _ => None,
    }
}

/// `not X`, `if X`, `unless X`.
fn led(tokens: &[TokenTree], negate: bool) -> Option<Mistake> {
    let (first, rest) = tokens.split_first()?;
    if rest.is_empty() || matches!(rest, [TokenTree::Group(_)]) {
        return None;
    }
    // `not::found` is a path.
    if matches!(&rest[0], TokenTree::Punct(punct) if punct.as_char() != '!') {
        return None;
    }
    let turned = match &word(first)?[..] {
        "not" | "unless" => true,
        "if" | "when" | "where" => false,
        _ => return None,
    };
    let inner = corrected(&rest.iter().cloned().collect(), turned ^ negate);
    let message = if turned {
        format!("`{first}` is written `!`; write `{inner}`")
    } else {
        format!("a clause has no `{first}`; write `{inner}`")
    };
    Some(Mistake::said(Error::new(first.span(), message)).instead(Instead::Clause(inner)))
}

/// A clause as it should be written, negated or not; as it is written if nothing better is known.
fn corrected(tokens: &TokenStream, negate: bool) -> String {
    let written = source(tokens);
    let turn = |clause: &str| match (negate, clause.strip_prefix('!')) {
        (false, _) => clause.to_owned(),
        (true, Some(rest)) => rest.to_owned(),
        (true, None) => format!("!{clause}"),
    };
    match parse(tokens.clone()) {
        Ok(_) => turn(&written),
        Err(mistake) => match mistake.into_instead() {
            Some(Instead::Clause(clause)) => turn(&clause),
            _ => turn(&written),
        },
    }
}

/// `A and B`, `A || B`: clauses are joined by commas, and rules say "or".
fn joined(tokens: &[TokenTree], negate: bool) -> Option<Mistake> {
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
        if !super::is_method(&method) || context(&call.receiver).is_none() {
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

/// How many tokens name an attribute, with calls behind it.
fn length_of_subject(tokens: &[TokenTree]) -> usize {
    let is = |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let group = |at: usize| matches!(tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
    let mut at = 0;
    if group(at) {
        at += 1;
    } else if matches!(tokens.first(), Some(TokenTree::Ident(_))) {
        at += 1;
        if group(at) {
            // `len(X)`.
            at += 1;
        }
    } else {
        return 0;
    }
    loop {
        if is(at, ':') && is(at + 1, ':') && matches!(tokens.get(at + 2), Some(TokenTree::Ident(_)))
        {
            at += 3;
        } else if is(at, '.')
            && matches!(tokens.get(at + 1), Some(TokenTree::Ident(name)) if name != "in" && name != "match")
        {
            at += 2;
            at += usize::from(group(at));
        } else {
            return at;
        }
    }
}

/// `X in [..]`, `X is not y`, `X >= 3`, `X.in([..])`: words and signs between an attribute and values.
fn infix(tokens: &[TokenTree], negate: bool) -> Option<Mistake> {
    let is = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let bangs = tokens.iter().take_while(|token| is(token, '!')).count();
    let negate = negate ^ (bangs % 2 == 1);
    let tokens = &tokens[bangs..];
    let length = length_of_subject(tokens);
    let (left, rest) = tokens.split_at(length);
    let left: Expr = syn::parse2(left.iter().cloned().collect()).ok()?;
    subject(&left)?;
    let first = rest.first()?;
    // `X.is = "x"`: an operator that is not called.
    if let Expr::Field(field) = &left
        && let syn::Member::Named(method) = &field.member
        && let Some(meaning) = foreign::meaning(&method.to_string())
        && is(first, '=')
    {
        let operands: Vec<Expr> = operand(&rest[1..]).into_iter().collect();
        let problem = format!("`{method}` is called with its value");
        return comparison(
            problem,
            method.span(),
            &field.base,
            meaning,
            &operands,
            negate,
        );
    }
    // `.in([..])`: a word that Rust keeps for itself.
    if let [dot, TokenTree::Ident(method), TokenTree::Group(group)] = rest
        && is(dot, '.')
    {
        let meaning = foreign::meaning(&method.to_string())?;
        let operands = arguments(group.stream());
        let problem = format!("`{method}` is not an operator");
        return comparison(problem, method.span(), &left, meaning, &operands, negate);
    }
    let (operator, meaning, count) = (1..=rest.len().min(6)).rev().find_map(|count| {
        let words: Option<Vec<String>> = rest[..count].iter().map(word).collect();
        let text = match words {
            Some(words) => words.join(" "),
            None => signs(&rest[..count])?,
        };
        Some((text.clone(), foreign::meaning(&text)?, count))
    })?;
    let operands = &rest[count..];
    let problem = if operator.starts_with(char::is_alphabetic) {
        format!("`{operator}` is not an operator")
    } else {
        "operators are methods here".to_owned()
    };
    if operands.is_empty() && matches!(meaning, Meaning::Comparison { .. }) {
        return None;
    }
    let operands = match meaning {
        Meaning::Between => {
            let and = operands
                .iter()
                .position(|token| word(token).as_deref() == Some("and"))?;
            let (from, to) = (&operands[..and], &operands[and + 1..]);
            vec![operand(from)?, operand(to)?]
        }
        _ => operand(operands).into_iter().collect(),
    };
    // `X is null`, `X == None`.
    let nothing = match &operands[..] {
        [Expr::Path(path)] => path.path.get_ident().is_some_and(|name| {
            matches!(
                &name.to_string().to_lowercase()[..],
                "null" | "none" | "nil" | "undefined"
            )
        }),
        _ => false,
    };
    let meaning = match meaning {
        Meaning::Comparison { negate, .. } if nothing => {
            if negate {
                Meaning::Present
            } else {
                Meaning::Absent
            }
        }
        // `LIKE '%x'` has a sign for whatever stands there.
        Meaning::Comparison {
            relation: Relation::Contains,
            negate: turned,
        } if operator.ends_with("like") => {
            return like(problem, first.span(), &left, &operands, negate ^ turned);
        }
        meaning => meaning,
    };
    comparison(problem, first.span(), &left, meaning, &operands, negate)
}

/// SQL's `LIKE`.
fn like(
    problem: String,
    at: Span,
    left: &Expr,
    operands: &[Expr],
    negate: bool,
) -> Option<Mistake> {
    let [Expr::Lit(literal)] = operands else {
        return None;
    };
    let Lit::Str(text) = &literal.lit else {
        return None;
    };
    let text = text.value();
    let (front, back) = (text.starts_with('%'), text.ends_with('%'));
    let relation = match (front, back) {
        (true, true) => Relation::Contains,
        (true, false) => Relation::EndsWith,
        (false, true) => Relation::StartsWith,
        (false, false) => Relation::Equal,
    };
    let plain = Value::from(text.trim_matches('%').to_owned()).to_string();
    let plain: Expr = syn::parse_str(&plain).ok()?;
    let meaning = Meaning::Comparison {
        relation,
        negate: false,
    };
    comparison(problem, at, left, meaning, &[plain], negate)
}

/// Signs that stand together, such as `>=`.
fn signs(tokens: &[TokenTree]) -> Option<String> {
    let mut text = String::new();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Punct(sign) = token else {
            return None;
        };
        if index + 1 < tokens.len() && sign.spacing() != Spacing::Joint {
            return None;
        }
        text.push(sign.as_char());
    }
    Some(text)
}

/// What stands behind an operator: an expression, or something like `2.0.0` that was to be one.
fn operand(tokens: &[TokenTree]) -> Option<Expr> {
    let stream: TokenStream = tokens.iter().cloned().collect();
    if let Ok(expression) = syn::parse2::<Expr>(stream.clone()) {
        let plain = match &expression {
            Expr::Field(_) | Expr::Binary(_) => false,
            Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)),
            _ => true,
        };
        if plain {
            return Some(expression);
        }
    }
    // A version or a date without quotes.
    let text: String = source(&stream).replace(' ', "");
    let digits = text.starts_with(|first: char| first.is_ascii_digit());
    let text = if digits {
        Value::from(text).to_string()
    } else {
        text
    };
    syn::parse_str(&text).ok()
}

fn arguments(tokens: TokenStream) -> Vec<Expr> {
    let arguments = crate::meta::split(tokens).into_iter();
    arguments
        .filter_map(|argument| syn::parse2(argument).ok())
        .collect()
}

/// `any(A, B)`, `contains(X, "a")`: a call where a clause belongs.
pub(super) fn call(call: &syn::ExprCall, negate: bool) -> Option<Mistake> {
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let name = function.path.get_ident()?;
    let clauses: Vec<String> = call
        .args
        .iter()
        .map(|argument| corrected(&argument.to_token_stream(), false))
        .collect();
    let turned = || {
        clauses.iter().map(|clause| match clause.strip_prefix('!') {
            Some(rest) => rest.to_owned(),
            None => format!("!{clause}"),
        })
    };
    let rules = |clauses: &[String]| {
        let rules: Vec<String> = clauses
            .iter()
            .map(|clause| format!("rule({clause})"))
            .collect();
        rules.join(", ")
    };
    let (word, written) = match (&name.to_string().to_lowercase()[..], negate) {
        ("any" | "or" | "any_of" | "anyof" | "either", false) | ("nand", _) => {
            let rules = rules(&clauses);
            let message = format!("a rule has no `{name}`; write `{rules}`");
            return Some(
                Mistake::said(Error::new(name.span(), message)).instead(Instead::Rules(rules)),
            );
        }
        ("all" | "and" | "all_of" | "allof" | "both", true) => {
            let rules = rules(&turned().collect::<Vec<_>>());
            let message = format!("a rule has no `{name}`; write `{rules}`");
            return Some(
                Mistake::said(Error::new(name.span(), message)).instead(Instead::Rules(rules)),
            );
        }
        ("all" | "and" | "all_of" | "allof" | "both", false) => {
            ("clauses are joined by commas", clauses.join(", "))
        }
        ("none" | "not" | "none_of" | "neither" | "nor", false) | ("any" | "or", true) => (
            "a clause is negated by `!`",
            turned().collect::<Vec<_>>().join(", "),
        ),
        (_, negate) => {
            let meaning = foreign::meaning(&name.to_string())?;
            let mut arguments: Vec<Expr> = call.args.iter().cloned().collect();
            // The attribute may come second: `re_match("..", X)`.
            let at = arguments
                .iter()
                .position(|argument| subject(argument).is_some())?;
            let attribute = arguments.remove(at);
            let problem = format!("`{name}` is a method of the attribute here");
            return comparison(
                problem,
                name.span(),
                &attribute,
                meaning,
                &arguments,
                negate,
            );
        }
    };
    if clauses.is_empty() {
        return None;
    }
    let message = format!("{word}; write `{written}`");
    Some(Mistake::said(Error::new(name.span(), message)).instead(Instead::Clause(written)))
}

/// A method that is no operator, on an attribute or behind other calls.
pub(super) fn method(call: &syn::ExprMethodCall, negate: bool) -> Option<Mistake> {
    let name = call.method.to_string();
    let meaning = if super::is_method(&name) {
        let operator = Operator::of_method(&name).next()?;
        Meaning::Comparison {
            relation: Relation::of(operator),
            negate: false,
        }
    } else {
        foreign::meaning(&name)?
    };
    let operands: Vec<Expr> = call.args.iter().cloned().collect();
    let problem = if super::is_method(&name) {
        let inner = source(&call.receiver);
        let (_, done) = inner.rsplit_once('.')?;
        format!("LaunchDarkly compares attributes as they are, without `.{done}`")
    } else {
        format!("`{name}` is not an operator")
    };
    comparison(
        problem,
        call.method.span(),
        &call.receiver,
        meaning,
        &operands,
        negate,
    )
}
