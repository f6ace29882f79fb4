//! Contexts at the boundaries of a segment.

use std::borrow::Cow;
use std::fmt;

use segments_model::algebra::{Algebra, Answer, Domains, Expression, Witness};
use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::{
    Audience, Clause, Definition, Environments, Lifecycle, Membership, Number, Operand, Operator,
    Rule, SegmentKey, Targets, Value, date, version,
};
use serde_json::{Map, Value as Json, json};

use crate::clock::now;
use crate::registry::checks;
use crate::{Contexts, Environment, Segment};

/// How many values of a clause have bounds of their own. Of a longer list the first and the last are taken.
const VALUES: usize = 8;

/// A context at a boundary of a segment, with as few attributes as possible. It can be used everywhere
/// that takes [`Contexts`].
///
/// Example: [`Boundaries`].
#[derive(Debug, Clone)]
pub struct Boundary {
    at: String,
    context: Json,
    membership: Membership,
    #[cfg(feature = "proptest")]
    asked: (SegmentKey, CompiledSegments),
}

impl Boundary {
    /// Returns whether the context is a member according to this program's declaration; `None` if a
    /// percentage decides.
    #[must_use]
    pub fn is_member(&self) -> Option<bool> {
        self.membership.known()
    }

    /// Returns whether the context is a member, with the deciding list or rule.
    #[must_use]
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// Converts the context to a type; `None` if it has no context of that kind, or would not be at this
    /// boundary with the other attributes that the type requires.
    #[cfg(feature = "proptest")]
    #[must_use]
    pub fn context<C: crate::Context + super::Make>(&self) -> Option<C> {
        let mut contexts = self.by_kind();
        let (_, context) = contexts
            .iter_mut()
            .find(|(kind, _)| *kind == C::KIND.as_str())?;
        let mut filled = Json::Object(std::mem::take(context));
        fill(&mut filled, &C::shape());
        let typed = C::read(Some(&filled))?;
        if let Json::Object(filled) = filled {
            *context = filled;
        }
        let (key, segments) = &self.asked;
        let instance = multi(contexts).to_instance();
        (segments.membership(key.as_str(), &instance).known() == self.is_member()).then_some(typed)
    }

    /// The contexts by kind.
    fn by_kind(&self) -> Vec<(String, Map<String, Json>)> {
        let Json::Object(mut context) = self.context.clone() else {
            return Vec::new();
        };
        match context.remove("kind") {
            Some(Json::String(kind)) if kind == "multi" => {
                let kinds = context.into_iter();
                kinds
                    .filter_map(|(kind, context)| match context {
                        Json::Object(context) => Some((kind, context)),
                        _ => None,
                    })
                    .collect()
            }
            Some(Json::String(kind)) => vec![(kind, context)],
            _ => Vec::new(),
        }
    }
}

/// Contexts by kind that are asked about.
#[cfg(feature = "proptest")]
fn multi(contexts: Vec<(String, Map<String, Json>)>) -> impl Contexts {
    struct Multi(Vec<(String, Map<String, Json>)>);
    impl Contexts for Multi {
        fn collect(&self, contexts: &mut Vec<(String, Map<String, Json>)>) {
            contexts.extend(self.0.iter().cloned());
        }
    }
    Multi(contexts)
}

/// Gives an object the members that it has to have, with plain values.
#[cfg(feature = "proptest")]
fn fill(json: &mut Json, shape: &super::Shape) {
    use super::Shape;
    if json.is_null() {
        *json = match shape {
            Shape::Text | Shape::Key => json!("x"),
            Shape::Bool => json!(false),
            Shape::Whole(..) | Shape::Float | Shape::Float32 | Shape::Date => json!(0),
            Shape::Version => json!("0.0.0"),
            Shape::OneOf(names) => json!(names.first()),
            Shape::Optional(_) => Json::Null,
            Shape::Many(of, Some(length)) => {
                let mut one = Json::Null;
                fill(&mut one, of);
                Json::Array(vec![one; *length])
            }
            Shape::Many(_, None) | Shape::OneOrMany(_) => json!([]),
            Shape::Object(_) => json!({}),
        };
    }
    // A list of one value is written as the value.
    if matches!(shape, Shape::Many(..)) && !json.is_array() {
        *json = Json::Array(vec![json.take()]);
    }
    match (shape, json) {
        (Shape::Object(members), Json::Object(object)) => {
            for (name, shape) in members {
                fill(object.entry(*name).or_insert(Json::Null), shape);
            }
        }
        (Shape::Optional(of), json) if !json.is_null() => fill(json, of),
        (Shape::Date, json) => {
            if let Some(moment) = json.as_str().and_then(|text| date::parse(text).ok()) {
                *json = json!(moment);
            }
        }
        (Shape::Whole(..), json) => {
            if let Some(number) = json.as_f64().filter(|number| number.fract() == 0.0) {
                #[allow(clippy::cast_possible_truncation, reason = "it is whole")]
                let whole = number as i64;
                *json = json!(whole);
            }
        }
        _ => {}
    }
}

impl Contexts for &Boundary {
    fn collect(&self, contexts: &mut Vec<(String, Map<String, Json>)>) {
        contexts.extend(self.by_kind());
    }
}

/// Where the bound is, the context, and what decides: `rule 1: user accountAge is 30: {...}: no member`.
impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.at, self.context, self.membership)
    }
}

/// The boundaries of a segment, as contexts.
///
/// ```standalone_crate
/// use segments_runtime::testing::Boundaries;
/// use segments_runtime::{Context, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user", rename_all = "camelCase")]
/// struct User { #[context(key)] id: String, plan: String, account_age: u32 }
///
/// /// Those who have paid for a month.
/// #[segment(exclude(User = ["u-7"]), rule(User::PLAN.is("pro"), User::ACCOUNT_AGE.gt(30)))]
/// struct Settled;
///
/// # fn main() {
/// let bounds = Settled::boundaries();
/// let members: Vec<String> = bounds
///     .iter()
///     .filter(|bound| bound.is_member() == Some(true))
///     .map(ToString::to_string)
///     .collect();
/// assert_eq!(members, [
///     r#"rule 1: user plan is "pro": {"accountAge":31,"key":"u","kind":"user","plan":"pro"}: in the segment: rule 1 holds"#,
///     r#"rule 1: user accountAge is 31: {"accountAge":31,"key":"u","kind":"user","plan":"pro"}: in the segment: rule 1 holds"#,
/// ]);
/// // Others are one off, have no such attribute, or are excluded.
/// assert!(bounds.iter().any(|bound| bound.to_string().starts_with("rule 1: user accountAge is 30: ")));
/// assert!(bounds.iter().any(|bound| bound.to_string().starts_with("rule 1: no user plan: ")));
/// assert!(bounds.iter().any(|bound| bound.to_string().starts_with("excluded user: ")));
/// # }
/// ```
///
/// Each is constructed by a proof, and evaluated by the interpreter. A boundary that no context can reach
/// is left out.
pub trait Boundaries: Segment {
    /// Returns members and non-members at each boundary: for each rule, a context for each value of each
    /// clause that satisfies all other clauses, contexts with the neighboring values, and one without the
    /// attribute; and one context for each list.
    fn boundaries() -> Vec<Boundary> {
        let mut definitions = Vec::new();
        Self::collect(&mut definitions);
        boundaries(&Self::KEY, definitions)
    }

    /// Returns the boundaries in one environment.
    fn boundaries_in(environment: &impl Environment) -> Vec<Boundary> {
        let mut definitions = Vec::new();
        Self::collect(&mut definitions);
        let environment = environment.environment();
        for definition in &mut definitions {
            if let Cow::Owned(there) = definition.in_environment(&environment) {
                *definition = there;
            }
        }
        boundaries(&Self::KEY, definitions)
    }
}

impl<S: Segment> Boundaries for S {}

fn boundaries(key: &SegmentKey, mut definitions: Vec<Definition>) -> Vec<Boundary> {
    let now = now();
    for definition in &mut definitions {
        definition.expire_at(now);
    }
    definitions.sort_by(|left, right| left.key.cmp(&right.key));
    definitions.dedup_by(|left, right| left.key == right.key);
    let Some(definition) = definitions.iter().find(|it| it.key == *key).cloned() else {
        return Vec::new();
    };
    let domains = checks::domains();
    let search = Search {
        segments: CompiledSegments::from_definitions(&definitions),
        definition: &definition,
        definitions: &definitions,
        domains: &domains,
    };
    let mut found = search.listed();
    found.extend((0..definition.rules().len()).flat_map(|rule| search.of_rule(rule)));
    found
}

struct Search<'d> {
    definition: &'d Definition,
    definitions: &'d [Definition],
    segments: CompiledSegments,
    domains: Domains<'d>,
}

/// The conditions that put a context at a bound, and the bound.
struct Bound {
    clauses: Vec<Clause>,
    at: String,
}

impl Search<'_> {
    /// A context of each list.
    fn listed(&self) -> Vec<Boundary> {
        let lists = [
            ("included", self.definition.included()),
            ("excluded", self.definition.excluded()),
        ];
        let mut found = Vec::new();
        for (list, targets) in lists {
            for (kind, keys) in targets.lists() {
                if let Some(key) = keys.first() {
                    let context = json!({ "kind": kind.as_str(), "key": key });
                    found.extend(self.boundary(format!("{list} {kind}"), context));
                }
            }
        }
        found
    }

    fn of_rule(&self, index: usize) -> Vec<Boundary> {
        let rule = &self.definition.rules()[index];
        let mut bounds = Vec::new();
        for (at, clause) in rule.clauses.iter().enumerate() {
            let mut others = rule.clauses.clone();
            others.remove(at);
            for pins in pins(clause) {
                let at = match &pins[..] {
                    [] => format!("no {} {}", clause.kind, clause.attribute),
                    [pin] => pin.to_string(),
                    [first, ..] => first.to_string(),
                };
                let clauses = pins.into_iter().chain(others.iter().cloned());
                bounds.push(Bound {
                    clauses: clauses.collect(),
                    at,
                });
            }
        }
        let found = bounds.into_iter().filter_map(|bound| {
            let context = self.context_at(index, &bound.clauses)?;
            self.boundary(format!("rule {}: {}", index + 1, bound.at), context)
        });
        found.collect()
    }

    fn boundary(&self, at: String, context: Json) -> Option<Boundary> {
        let instance = ContextInstance::from_json(&context.to_string()).ok()?;
        let key = &self.definition.key;
        Some(Boundary {
            at,
            membership: self.segments.membership(key.as_str(), &instance),
            context,
            #[cfg(feature = "proptest")]
            asked: (key.clone(), self.segments.clone()),
        })
    }

    /// A context that fulfils these clauses: if there can be one, none that another rule lets in.
    fn context_at(&self, rule: usize, clauses: &[Clause]) -> Option<Json> {
        let mut others = self.definition.rules().to_vec();
        others.remove(rule);
        let at = probe(
            "at-the-bound",
            vec![Rule {
                clauses: clauses.to_vec(),
                ..Rule::default()
            }],
        );
        let others = probe("by-another-rule", others);
        let all = self.definitions.iter().chain([&at, &others]);
        let algebra = Algebra::new(all, self.domains).as_declared();
        let here = || Expression::segment(at.key.as_str());
        let alone = here() & !Expression::segment(others.key.as_str());
        let witness = example(&algebra, &alone).or_else(|| example(&algebra, &here()))?;
        serde_json::from_str(&witness.json()).ok()
    }
}

/// A context that depends on nothing that is not known here.
fn example(algebra: &Algebra<'_>, wanted: &Expression) -> Option<Box<Witness>> {
    match algebra.example(wanted) {
        Answer::Example(witness) if witness.assumptions().next().is_none() => Some(witness),
        Answer::Example(_) | Answer::Nobody | Answer::Unknown => None,
    }
}

/// A segment that has only rules.
fn probe(key: &'static str, rules: Vec<Rule>) -> Definition {
    Definition {
        key: SegmentKey::from_static(key),
        name: key.to_owned(),
        description: None,
        tags: None,
        audience: Audience::Standard {
            included: Targets::Exactly([].into()),
            excluded: Targets::Exactly([].into()),
            rules: Some(rules),
        },
        unmanaged: [].into(),
        absent: false,
        lifecycle: Lifecycle::default(),
        environments: Environments::default(),
    }
}

/// Replacements of a clause that put a context at one of its bounds: the clause itself, its negation,
/// each value and those beside it, and nothing.
fn pins(clause: &Clause) -> Vec<Vec<Clause>> {
    let with = |operator, value: Value| Clause {
        operator,
        values: vec![value],
        negate: false,
        ..clause.clone()
    };
    let is = |value: Value| vec![with(Operator::In, value)];
    let not = Clause {
        negate: !clause.negate,
        ..clause.clone()
    };
    let both = || vec![vec![clause.clone()], vec![not.clone()]];
    if clause.operator == Operator::SegmentMatch || clause.tests_kinds() {
        return both();
    }
    let values = few(&clause.values);
    let mut pins: Vec<Vec<Clause>> = match clause.operator.row().operand {
        Operand::Number => values
            .iter()
            .filter_map(|value| match value {
                Value::Number(number) => Some(number.get()),
                _ => None,
            })
            .flat_map(|number| [number - 1.0, number, number + 1.0])
            .filter_map(|number| Number::new(number).ok())
            .map(|number| is(Value::Number(number)))
            .collect(),
        Operand::Version => values
            .iter()
            .filter(|value| {
                value
                    .as_str()
                    .is_some_and(|text| version::parse(text).is_ok())
            })
            .flat_map(|value| {
                use Operator::{SemVerEqual, SemVerGreaterThan, SemVerLessThan};
                let beside = [SemVerLessThan, SemVerEqual, SemVerGreaterThan];
                beside.map(|operator| vec![with(operator, (*value).clone())])
            })
            .collect(),
        Operand::Date => values
            .iter()
            .filter_map(|value| moment(value))
            .flat_map(|moment| {
                let at = |moment| Value::from(date::format(moment));
                let before = |moment| with(Operator::Before, at(moment));
                let from = |moment| Clause {
                    negate: true,
                    ..before(moment)
                };
                [moment - 1, moment, moment + 1]
                    .map(|moment| vec![from(moment), before(moment + 1)])
            })
            .collect(),
        Operand::Text => values
            .iter()
            .filter_map(|value| value.as_str())
            .flat_map(|text| {
                [text.to_owned(), format!("a{text}"), format!("{text}a")]
                    .map(|text| is(Value::from(text)))
            })
            .collect(),
        _ if clause.operator == Operator::In => {
            let each = values.iter().map(|value| is((*value).clone()));
            each.chain([vec![Clause {
                negate: true,
                ..clause.clone()
            }]])
            .collect()
        }
        _ => both(),
    };
    pins.push(Vec::new());
    pins
}

/// The moment that a value of a clause on dates is, in milliseconds since 1970.
pub(super) fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => date::parse(text).ok(),
        #[allow(
            clippy::cast_possible_truncation,
            reason = "as SDKs read dates that are numbers"
        )]
        Value::Number(number) => Some(number.get() as i64),
        Value::Bool(_) => None,
    }
}

/// The values, or the first and the last of many.
fn few(values: &[Value]) -> Vec<&Value> {
    match values {
        [first, .., last] if values.len() > VALUES => vec![first, last],
        all => all.iter().collect(),
    }
}
