//! A member and a non-member of a segment: constructed from the values of the rules, and evaluated by the
//! interpreter before they are shown.

use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::{AttributeRef, Clause, Definition, Operator, Value, date};
use serde_json::{Map, Value as Json, json};

/// A member and a non-member, as JSON, as far as they are found.
pub(super) fn of(definition: &Definition, all: &CompiledSegments) -> [Option<String>; 2] {
    let key = definition.key.as_str();
    let is = |context: &Json| {
        let context = ContextInstance::from_json(&context.to_string()).ok()?;
        all.get(key)?.contains(&context)
    };
    let listed = definition.included().lists().find_map(|(kind, keys)| {
        let key = keys.first()?;
        Some(json!({ "kind": kind.as_str(), "key": key }))
    });
    let by_rule = definition
        .rules()
        .iter()
        .filter_map(|rule| matching(&rule.clauses));
    let mut members = listed.into_iter().chain(by_rule);
    let member = members.find(|context| is(context) == Some(true));
    let kinds = definition.kinds();
    let kind = kinds.first().map_or("user", |kind| kind.as_str());
    let others = ["someone", "someone-else"].map(|key| json!({ "kind": kind, "key": key }));
    let other = others
        .into_iter()
        .find(|context| is(context) == Some(false));
    [member, other].map(|context| context.map(|context| context.to_string()))
}

/// A context of one kind for which clauses hold; none where they ask for more than that.
fn matching(clauses: &[Clause]) -> Option<Json> {
    let kind = clauses.iter().find_map(Clause::compared_kind)?;
    let mut context = Map::new();
    context.insert("kind".to_owned(), kind.as_str().into());
    context.insert("key".to_owned(), "sample".into());
    for clause in clauses {
        if clause.compared_kind() != Some(kind) {
            return None;
        }
        let value = fitting(clause)?;
        insert(&mut context, &clause.attribute, value);
    }
    Some(Json::Object(context))
}

fn insert(context: &mut Map<String, Json>, attribute: &AttributeRef, value: Json) {
    let mut path: Vec<String> = attribute.path().map(std::borrow::Cow::into_owned).collect();
    let Some(last) = path.pop() else { return };
    let mut at = context;
    for name in path {
        let inside = at.entry(name).or_insert_with(|| Json::Object(Map::new()));
        let Json::Object(object) = inside else { return };
        at = object;
    }
    at.insert(last, value);
}

/// A value for which a clause holds.
fn fitting(clause: &Clause) -> Option<Json> {
    let value = clause.values.first()?;
    if clause.negate {
        return Some(match value {
            Value::Bool(flag) => (!flag).into(),
            Value::Number(_) => json!(-1),
            Value::String(_) => "another".into(),
        });
    }
    let text = value.as_str();
    let number = match value {
        Value::Number(number) => serde_json::to_value(number).ok()?.as_f64(),
        _ => None,
    };
    Some(match clause.operator {
        Operator::StartsWith => format!("{}sample", text?).into(),
        Operator::EndsWith => format!("sample{}", text?).into(),
        Operator::Contains => format!("a{}b", text?).into(),
        Operator::LessThan => json!(number? - 1.0),
        Operator::GreaterThan => json!(number? + 1.0),
        Operator::Before | Operator::After => {
            let milliseconds = match text {
                Some(text) => date::parse(text).ok()?,
                None => serde_json::to_value(value).ok()?.as_i64()?,
            };
            let day = 86_400_000;
            let earlier = clause.operator == Operator::Before;
            let moved = if earlier {
                milliseconds - day
            } else {
                milliseconds + day
            };
            date::format(moved).into()
        }
        Operator::SemVerGreaterThan => "999.0.0".into(),
        Operator::SemVerLessThan => "0.0.0".into(),
        Operator::Matches => text?.trim_matches(['^', '$']).to_owned().into(),
        _ => serde_json::to_value(value).ok()?,
    })
}
