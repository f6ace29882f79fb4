//! Checks between declarations, which need all segments and contexts of a program.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use segments_model::algebra::Domain;
use segments_model::draft::Form;
use segments_model::relations::{relations, relations_in_environment};
use segments_model::{
    Arity, AttributeRef, Code, ContextKind, Definition, Draft, Finding, Place, Severity, check,
};

use super::findings::Findings;
use super::problem::{Problem, Warning};
use super::registered::{Registered, RegisteredAt};
use crate::AttributeSchema;

/// The registration of a context type.
#[derive(Debug)]
pub struct ContextDeclaration(pub fn() -> Registered<(ContextKind, &'static [AttributeSchema])>);

inventory::collect!(ContextDeclaration);

/// The attributes of a program's contexts.
type Schemas = BTreeMap<(ContextKind, AttributeRef), (&'static AttributeSchema, RegisteredAt)>;

/// Checks all segments of a program, and its contexts.
pub(crate) fn check(definitions: &[Registered<Definition>]) -> Findings {
    let mut findings = Findings::default();
    let schemas = contexts(&mut findings);
    for (definition, place) in definitions {
        alone(definition, *place, &schemas, &mut findings);
    }
    related(definitions, &schemas, &mut findings);
    findings
}

/// Kinds that differ only in case, and attributes of two types.
fn contexts(findings: &mut Findings) -> Schemas {
    let declared = inventory::iter::<ContextDeclaration>.into_iter();
    let mut declared: Vec<_> = declared.map(|ContextDeclaration(make)| make()).collect();
    declared.sort_by(|((left, _), at), ((right, _), other)| left.cmp(right).then(at.cmp(other)));
    let mut kinds: BTreeMap<String, ContextKind> = BTreeMap::new();
    let mut schemas = Schemas::new();
    for ((kind, schema), place) in declared {
        let folded = kind.as_str().to_ascii_lowercase();
        let known = kinds.entry(folded).or_insert_with(|| kind.clone());
        if *known != kind {
            let message =
                format!("`{kind}` and `{known}` are two kinds to LaunchDarkly; write one of them");
            let finding = Finding::new(Code::KIND_CASE, Place::Segment, message);
            findings.warnings.push(Warning { place, finding });
        }
        for attribute in schema {
            let key = (kind.clone(), attribute.reference.clone());
            match schemas.get(&key) {
                Some((known, first))
                    if known.attribute_type != attribute.attribute_type
                        || known.many != attribute.many =>
                {
                    findings.problems.push(Problem::AttributeConflict {
                        kind: kind.clone(),
                        attribute: attribute.reference.clone(),
                        types: [described(known), described(attribute)],
                        first: *first,
                        second: place,
                    });
                }
                Some(_) => {}
                None => {
                    schemas.insert(key, (attribute, place));
                }
            }
        }
    }
    schemas
}

fn described(attribute: &AttributeSchema) -> String {
    if attribute.many {
        format!("a list of {}", attribute.attribute_type)
    } else {
        format!("a {}", attribute.attribute_type)
    }
}

/// The checks of one segment, with the types of attributes and the values of constants, which its macro
/// did not know.
fn alone(definition: &Definition, place: RegisteredAt, schemas: &Schemas, findings: &mut Findings) {
    let environments = definition.environments.keys();
    let everywhere = environments.map(|environment| definition.in_environment(environment));
    let mut said: Vec<Finding> = Vec::new();
    for definition in std::iter::once(Cow::Borrowed(definition)).chain(everywhere) {
        let draft = with_types(&definition, schemas);
        for finding in check::check(&draft) {
            let warning = finding.code.severity() == Severity::Warning;
            if warning && !said.contains(&finding) && !place.allows(finding.code) {
                said.push(finding.clone());
                findings.warnings.push(Warning { place, finding });
            }
        }
    }
}

fn with_types(definition: &Definition, schemas: &Schemas) -> Draft {
    let mut draft = Draft::from(definition);
    draft.form = Form::Rust;
    let rules = draft.rules.iter_mut().flatten().zip(definition.rules());
    for (draft, rule) in rules {
        for (draft, clause) in draft.clauses.iter_mut().zip(&rule.clauses) {
            let key = (clause.kind.clone(), clause.attribute.clone());
            if let Some((schema, _)) = schemas.get(&key) {
                draft.attribute_type = Some(schema.attribute_type);
                draft.is_many = Some(schema.many);
            }
        }
    }
    draft
}

/// The facts about the attributes of the program's contexts.
pub(crate) fn domains() -> impl Fn(&ContextKind, &AttributeRef) -> Domain {
    let schemas = contexts(&mut Findings::default());
    move |kind, attribute| domain(&schemas, kind, attribute)
}

fn domain(schemas: &Schemas, kind: &ContextKind, attribute: &AttributeRef) -> Domain {
    let schema = schemas.get(&(kind.clone(), attribute.clone()));
    schema.map_or(Domain::UNKNOWN, |(schema, _)| {
        // A field of many values may be one that sends a single value as it is.
        let arity = if schema.many {
            Arity::Unknown
        } else {
            Arity::One
        };
        Domain::new(schema.attribute_type, arity)
    })
}

/// Checks the relations of segments, and assertions about them, in each environment.
fn related(definitions: &[Registered<Definition>], schemas: &Schemas, findings: &mut Findings) {
    let elsewhere: Vec<&Definition> = definitions.iter().map(|(it, _)| it).collect();
    let domains = |kind: &ContextKind, attribute: &AttributeRef| domain(schemas, kind, attribute);
    super::assertions::check(&elsewhere, &domains, findings);
    let mut said: HashMap<usize, Vec<Finding>> = HashMap::new();
    for environment in Definition::environments_of(elsewhere.iter().copied()) {
        let there = elsewhere.iter().map(|it| it.in_environment(environment));
        let there: Vec<Cow<'_, Definition>> = there.collect();
        let there: Vec<&Definition> = there.iter().map(Cow::as_ref).collect();
        let found = match environment {
            Some(_) => relations_in_environment(&elsewhere, &there, &domains),
            None => relations(&there, &domains),
        };
        for relation in found {
            let (definition, place) = &definitions[relation.segment];
            let finding = relation.finding;
            let said = said.entry(relation.segment).or_default();
            if place.allows(finding.code) || said.contains(&finding) {
                continue;
            }
            said.push(finding.clone());
            if finding.code.severity() == Severity::Warning {
                findings.warnings.push(Warning {
                    place: *place,
                    finding,
                });
            } else {
                findings.problems.push(Problem::Related {
                    key: definition.key.clone(),
                    place: *place,
                    finding,
                });
            }
        }
    }
}
