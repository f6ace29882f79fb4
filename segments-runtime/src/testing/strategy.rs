//! `proptest` strategies for contexts.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use proptest::string::string_regex;
use segments_model::{
    AttributeRef, Clause, ContextKind, Definition, Operator, Targets, Value, version,
};
use serde_json::{Map, Value as Json};

use super::boundaries::moment;
use super::make::{Make, Shape};
use crate::{Context, registry};

/// Returns a [proptest](https://docs.rs/proptest) strategy for contexts of a type. It prefers values from
/// the rules and lists of the program's segments, and their neighbors, so that rules are matched, and
/// narrowly missed. Without segments, and for attributes that no segment tests, it generates arbitrary
/// values.
///
/// ```standalone_crate
/// use proptest::prelude::*;
/// use segments_runtime::testing::contexts;
/// use segments_runtime::{Context, segment};
///
/// #[derive(Debug, Context)]
/// #[context(kind = "user", rename_all = "camelCase")]
/// struct User { #[context(key)] id: String, plan: Option<String>, account_age: u32 }
///
/// /// Those who have paid for a month.
/// #[segment(rule(User::PLAN.is("pro"), User::ACCOUNT_AGE.gt(30)))]
/// struct Settled;
///
/// proptest! {
///     # #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
///     fn whoever_is_settled_pays(user in contexts::<User>()) {
///         prop_assert!(!Settled::contains(&user) || user.plan.is_some());
///     }
/// }
/// # fn main() {
/// # whoever_is_settled_pays();
/// # use proptest::strategy::ValueTree;
/// # let mut runner = proptest::test_runner::TestRunner::deterministic();
/// # let users: Vec<_> = (0..200).map(|_| contexts::<User>().new_tree(&mut runner).unwrap().current()).collect();
/// # assert!(users.iter().any(|user| Settled::contains(user)));
/// # assert!(users.iter().any(|user| !Settled::contains(user) && user.account_age == 30));
/// # }
/// ```
///
/// Failing contexts are shrunk, attribute by attribute.
///
/// # Panics
///
/// If the segments of the program do not fit together, as in [`registry::definitions`].
pub fn contexts<C: Context + Make + std::fmt::Debug>() -> impl Strategy<Value = C> {
    contexts_near(&definitions())
}

/// Returns a strategy that prefers values from these definitions.
///
/// Example: [`contexts`].
pub fn contexts_near<C: Context + Make + std::fmt::Debug>(
    definitions: &[Definition],
) -> impl Strategy<Value = C> + use<C> {
    json_of::<C>(definitions).prop_map(|json| {
        C::read(Some(&json)).expect("whatever has the shape of a type can be read")
    })
}

fn definitions() -> Vec<Definition> {
    match registry::definitions() {
        Ok(definitions) => definitions,
        Err(error) => panic!("cannot generate contexts for the segments of this program: {error}"),
    }
}

fn json_of<C: Context + Make>(definitions: &[Definition]) -> BoxedStrategy<Json> {
    let near = Near::of(definitions, &C::KIND);
    near.values(&mut Vec::new(), &C::shape())
}

/// The types that segments compare the attributes of a kind with.
struct Near(BTreeMap<AttributeRef, Vec<(Operator, Value)>>);

impl Near {
    fn of(definitions: &[Definition], kind: &ContextKind) -> Self {
        let mut near: BTreeMap<AttributeRef, Vec<(Operator, Value)>> = BTreeMap::new();
        for environment in Definition::environments_of(definitions) {
            for definition in definitions {
                let definition = definition.in_environment(environment);
                let rules = definition.rules().iter();
                let clauses = rules.flat_map(|rule| &rule.clauses);
                let of_kind = |clause: &&Clause| clause.compared_kind() == Some(kind);
                for clause in clauses.filter(of_kind) {
                    let values = clause.values.iter().cloned();
                    let known = near.entry(clause.attribute.clone()).or_default();
                    known.extend(values.map(|value| (clause.operator, value)));
                }
                let lists = [definition.included(), definition.excluded()].into_iter();
                let lists = lists.flat_map(Targets::lists);
                for (_, keys) in lists.filter(|(of, _)| *of == kind) {
                    let known = near.entry(AttributeRef::KEY).or_default();
                    let keys = keys.iter().cloned().map(Value::from);
                    known.extend(keys.map(|key| (Operator::In, key)));
                }
            }
        }
        Self(near)
    }

    /// The values of a shape that stands at a path.
    fn values(&self, path: &mut Vec<&'static str>, shape: &Shape) -> BoxedStrategy<Json> {
        match shape {
            Shape::Optional(inner) => {
                let inner = self.values(path, inner);
                prop_oneof![1 => Just(Json::Null), 4 => inner].boxed()
            }
            Shape::Many(inner, length) => {
                let inner = self.values(path, inner);
                let lengths = length.map_or(0..=3, |length| length..=length);
                let many = proptest::collection::vec(inner, lengths);
                many.prop_map(Json::Array).boxed()
            }
            Shape::OneOrMany(inner) => {
                let one = self.values(path, inner);
                let many = proptest::collection::vec(one.clone(), 0..=3);
                prop_oneof![one, many.prop_map(Json::Array)].boxed()
            }
            Shape::Object(members) => {
                let members: Vec<_> = members
                    .iter()
                    .map(|(name, shape)| {
                        path.push(name);
                        let values = self.values(path, shape);
                        path.pop();
                        (Just((*name).to_owned()), values)
                    })
                    .collect();
                let object = |members: Vec<(String, Json)>| {
                    Json::Object(members.into_iter().collect::<Map<String, Json>>())
                };
                members.prop_map(object).boxed()
            }
            plain => self.plain(path, plain),
        }
    }

    /// Values of a shape that has nothing in it: near ones three times of four, if there are any.
    fn plain(&self, path: &[&'static str], shape: &Shape) -> BoxedStrategy<Json> {
        let reference = AttributeRef::from_path(path.iter().copied()).ok();
        let known = reference.and_then(|reference| self.0.get(&reference));
        let known = known.map(Vec::as_slice).unwrap_or_default();
        let any = any_of(shape);
        let mut near: Vec<Json> = known
            .iter()
            .flat_map(|(operator, value)| beside(shape, *operator, value))
            .collect();
        let mut seen = Vec::new();
        near.retain(|value| {
            let is_new = !seen.contains(value);
            seen.extend(is_new.then(|| value.clone()));
            is_new
        });
        let mut all = vec![(1, any)];
        if !near.is_empty() {
            // Of few names, any is near.
            let weight = if matches!(shape, Shape::OneOf(_)) {
                1
            } else {
                3
            };
            all.push((weight, select(near).boxed()));
        }
        let is_text = matches!(shape, Shape::Text | Shape::Key);
        let patterns = known.iter().filter_map(|(operator, value)| {
            let pattern = value
                .as_str()
                .filter(|_| is_text && *operator == Operator::Matches)?;
            // Proptest makes whole texts, and knows no ends of them.
            let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
            let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
            // A pattern that proptest cannot read matches by chance only.
            let texts = string_regex(pattern).ok()?;
            let texts = texts.prop_filter("keys are not empty", |text| !text.is_empty());
            Some((3, texts.prop_map(Json::from).boxed()))
        });
        all.extend(patterns);
        Union::new_weighted(all).boxed()
    }
}

/// Any values of a shape that has nothing in it.
fn any_of(shape: &Shape) -> BoxedStrategy<Json> {
    // From the first year that dates have four digits in to the last.
    const DATES: std::ops::Range<i64> = -62_135_596_800_000..253_402_300_800_000;
    match shape {
        Shape::Bool => any::<bool>().prop_map(Json::from).boxed(),
        Shape::Whole(least, most) => {
            let (least, most) = (*least, *most);
            // Small ones are what people have.
            let small = least.max(-10)..=most.min(100);
            prop_oneof![3 => small, 1 => least..=most]
                .prop_filter_map("JSON has 64 bits", number)
                .boxed()
        }
        Shape::Float => any::<f64>()
            .prop_filter("JSON has no other numbers", |number| number.is_finite())
            .prop_map(Json::from)
            .boxed(),
        Shape::Float32 => any::<f32>()
            .prop_filter("JSON has no other numbers", |number| number.is_finite())
            .prop_map(|number| Json::from(f64::from(number)))
            .boxed(),
        Shape::Date => DATES.prop_map(Json::from).boxed(),
        Shape::Version => {
            let pre = prop_oneof![4 => Just(String::new()), 1 => "-(alpha|rc\\.[1-9])"];
            (0..5_u64, 0..12_u64, 0..12_u64, pre)
                .prop_map(|(major, minor, patch, pre)| {
                    Json::from(format!("{major}.{minor}.{patch}{pre}"))
                })
                .boxed()
        }
        Shape::OneOf(names) => select(*names).prop_map(Json::from).boxed(),
        Shape::Key => prop_oneof![3 => "[a-z]{1,3}-[0-9]{1,4}", 1 => "[^\u{0}-\u{1f}]{1,8}"]
            .prop_map(Json::from)
            .boxed(),
        _ => prop_oneof![3 => "[a-z0-9@. -]{0,12}", 1 => any::<String>()]
            .prop_map(Json::from)
            .boxed(),
    }
}

fn number(number: i128) -> Option<Json> {
    let signed = i64::try_from(number).map(Json::from);
    let unsigned = || u64::try_from(number).map(Json::from);
    signed.or_else(|_| unsigned()).ok()
}

/// A value that a clause compares with, and those beside it, as far as the shape has them.
fn beside(shape: &Shape, operator: Operator, value: &Value) -> Vec<Json> {
    match shape {
        Shape::Whole(least, most) => {
            let Value::Number(number) = value else {
                return Vec::new();
            };
            #[allow(
                clippy::cast_possible_truncation,
                reason = "a number beyond the type is cut to the end of what it holds"
            )]
            let whole = number.get().floor() as i128;
            let beside = [whole - 1, whole, whole + 1].into_iter();
            let held = beside.filter(|number| (least..=most).contains(&number));
            held.filter_map(self::number).collect()
        }
        Shape::Float | Shape::Float32 => {
            let Value::Number(number) = value else {
                return Vec::new();
            };
            let number = number.get();
            let beside = [number - 1.0, number, number + 1.0];
            beside
                .into_iter()
                .filter(|number| number.is_finite() && number.abs() < f64::from(f32::MAX))
                .map(Json::from)
                .collect()
        }
        Shape::Date => {
            let beside = moment(value).into_iter().flat_map(|at| {
                let before = at.checked_sub(1);
                [before, Some(at), at.checked_add(1)]
            });
            beside.flatten().map(Json::from).collect()
        }
        Shape::Version => {
            let Some(known) = value.as_str().and_then(version::read) else {
                return Vec::new();
            };
            let patch = |patch| semver::Version::new(known.major, known.minor, patch);
            let before = known.patch.checked_sub(1).map(patch);
            let after = known.patch.checked_add(1).map(patch);
            let all = [before, Some(known.clone()), after].into_iter().flatten();
            all.map(|version| Json::from(version.to_string())).collect()
        }
        Shape::OneOf(names) => match value.as_str().filter(|name| names.contains(name)) {
            Some(name) => vec![Json::from(name)],
            None => Vec::new(),
        },
        Shape::Text | Shape::Key => {
            let Some(text) = value.as_str() else {
                return Vec::new();
            };
            let texts = match operator {
                // Made by the pattern.
                Operator::Matches => Vec::new(),
                Operator::StartsWith => {
                    vec![text.to_owned(), format!("{text}a"), format!("a{text}")]
                }
                Operator::EndsWith => vec![text.to_owned(), format!("a{text}"), format!("{text}a")],
                Operator::Contains => vec![text.to_owned(), format!("a{text}a")],
                _ => vec![text.to_owned(), format!("{text}a")],
            };
            let texts = texts.into_iter().filter(|text| !text.is_empty());
            texts.map(Json::from).collect()
        }
        _ => Vec::new(),
    }
}
