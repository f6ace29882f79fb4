//! Relations between the rules of one segment, and between the clauses of one rule.
//!
//! The reasons are the model's. Here attributes are compared as written, and a value that is not a
//! literal makes a clause equal only to itself. Only rustc knows whether an attribute holds one value or
//! many: if that matters, the output lets rustc decide.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use segments_model::algebra::Domain;
use segments_model::relations::{Relation, within};
use segments_model::{
    Arity, AttributeRef, AttributeType, Clause, Code, ContextKind, Operator, Place, Rollout, Rule,
    Severity, Value, Weight, version,
};

use super::clause::{self, Meaning};
use super::report::warn;
use super::written::{self, Written};
use crate::errors::Errors;
use crate::meta::{path, source};
use crate::place::spanned;

/// Says which rules never match, and which change nothing.
pub(super) fn check(written: &Written, errors: &mut Errors, warnings: &mut TokenStream) {
    if written.rules.len() < 2 && written.rules.iter().all(|rule| rule.clauses.len() < 2) {
        return;
    }
    let own: Vec<written::Rule<'_>> = written.rules().collect();
    let rules: Vec<Rule> = own.iter().enumerate().map(rule).collect();
    let say = |at: usize, clause: Option<usize>| say(&own[at].rust.clauses, clause);
    let certain = within(&rules, &|_, _| Domain::UNKNOWN, &say);
    for relation in &certain {
        let finding = &relation.finding;
        let place = *written.source.places.find(finding.place);
        match finding.code.severity() {
            Severity::Warning => warn(written, finding.code, place, &finding.message, warnings),
            Severity::Error => errors.at(place, &finding.message),
        }
    }
    let one = Domain::new(AttributeType::Any, Arity::One);
    let of_one_value = within(&rules, &|_, _| one.clone(), &say);
    let places: Vec<Place> = certain
        .iter()
        .map(|relation| relation.finding.place)
        .collect();
    for relation in of_one_value {
        let finding = &relation.finding;
        if finding.code == Code::RULE_NEVER_MATCHES && !places.contains(&finding.place) {
            warnings.extend(unless_many(written, &relation));
        }
    }
}

/// Two clauses that no single value fulfils: an error, unless the attribute holds many.
fn unless_many(written: &Written, relation: &Relation) -> Option<TokenStream> {
    let Place::Clause { rule, clause } = relation.finding.place else {
        return None;
    };
    let clauses = &written.rules.get(rule)?.clauses;
    let clause = clauses.get(clause)?;
    let attribute = clause.constant.as_ref()?;
    let looks_at_same = |other: &&clause::Clause| subject(other) == subject(clause);
    // Of versions it is only known here what they are as texts.
    let versions = clauses.iter().filter(looks_at_same).any(|clause| {
        let Meaning::Comparison { values, .. } = &clause.meaning else {
            return false;
        };
        let mut texts = values
            .iter()
            .filter_map(|(value, _)| value.as_ref()?.as_str());
        texts.any(|text| version::read(text).is_some())
    });
    let (private, message) = (written.runtime.private(), &relation.finding.message);
    let refuse = spanned(quote!(#private::refuse_contradiction), clause.span);
    Some(quote_spanned! {clause.span=>
        const _: () = #refuse(&#attribute, #versions, #message);
    })
}

fn subject(clause: &clause::Clause) -> Option<&str> {
    match &clause.meaning {
        Meaning::Comparison { attribute, .. } => Some(attribute),
        Meaning::MemberOf { .. } | Meaning::HasKind { .. } => None,
    }
}

fn rule((index, rule): (usize, &written::Rule<'_>)) -> Rule {
    let mut clauses: Vec<Clause> = rule.rust.clauses.iter().map(clause).collect();
    if rule.rust.broken {
        // Like no other rule.
        clauses.push(opaque(&format!("rule {index}"), false));
    }
    let rollout = rule.draft.percent.and_then(|percent| {
        let by = rule.rust.by.as_ref();
        let context = by.map(|by| &by.context).or_else(|| rule.rust.splits());
        let attribute = by.map_or_else(|| "key".to_owned(), |by| source(&by.attribute));
        Some(Rollout {
            weight: Weight::from_percent(percent).ok()?,
            kind: kind(&context.map(path).unwrap_or_default()),
            by: name(&attribute),
        })
    });
    Rule {
        description: None,
        clauses,
        rollout,
    }
}

fn clause(clause: &clause::Clause) -> Clause {
    let (context, attribute, values, negate) = match &clause.meaning {
        Meaning::MemberOf { segments, negate } => {
            let values = segments.iter().map(|segment| Value::from(path(segment)));
            return Clause {
                values: values.collect(),
                negate: *negate,
                ..Clause::segment_match([])
            };
        }
        Meaning::HasKind { negate, .. } => {
            return opaque(clause.written.trim_start_matches(['!', ' ', '(']), *negate);
        }
        Meaning::Comparison {
            context,
            attribute,
            values,
            negate,
            ..
        } => (context, attribute, values, *negate),
    };
    let known: Option<Vec<Value>> = values.iter().map(|(value, _)| value.clone()).collect();
    match (clause.operator(), known) {
        (Some(operator), Some(values)) if !values.is_empty() => Clause {
            kind: kind(&path(context)),
            attribute: name(attribute),
            operator,
            values,
            negate,
        },
        _ => opaque(clause.written.trim_start_matches(['!', ' ', '(']), negate),
    }
}

/// A clause that is equal to itself and to nothing else.
fn opaque(written: &str, negate: bool) -> Clause {
    Clause {
        kind: kind(""),
        attribute: name(written),
        operator: Operator::In,
        values: vec![Value::from(true)],
        negate,
    }
}

/// A kind for what is written: any will do, as long as it tells contexts apart.
fn kind(context: &str) -> ContextKind {
    let letter = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_string()
        } else {
            format!("-{:x}", u32::from(c))
        }
    };
    let name: String = context.chars().map(letter).collect();
    ContextKind::parse(format!("c.{name}")).unwrap_or_default()
}

/// An attribute of that name, which has no slash in front.
fn name(attribute: &str) -> AttributeRef {
    AttributeRef::from_path([attribute]).unwrap_or(AttributeRef::KEY)
}

/// A rule, or one of its clauses, as it is written.
fn say(clauses: &[clause::Clause], clause: Option<usize>) -> String {
    let written = |clause: &clause::Clause| format!("`{}`", clause.written);
    match clause {
        Some(clause) => clauses.get(clause).map(written).unwrap_or_default(),
        None if clauses.is_empty() => "everyone".to_owned(),
        None => {
            let clauses: Vec<String> = clauses.iter().map(written).collect();
            clauses.join(" and ")
        }
    }
}
