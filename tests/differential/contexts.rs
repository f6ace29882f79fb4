//! Contexts to ask about: random ones, and for every clause those at its boundaries.

use fastrand::Rng;
use segments_model::{date, version};
use serde_json::{Map, Value as Json, json};

use crate::world::{KEYS, KINDS, World, any_value, clause_value, list, mutated, pick};

/// Contexts that some clause of the world is about: below its values, at them, above them, without
/// the attribute, with null, with arrays, with another type.
pub(crate) fn boundary(rng: &mut Rng, world: &World) -> Vec<Json> {
    let mut contexts = Vec::new();
    for clause in world.clauses() {
        let kind = clause["contextKind"].as_str().unwrap_or("user");
        let attribute = clause["attribute"].as_str().unwrap_or_default();
        let mut values: Vec<Json> = list(&clause["values"]).iter().flat_map(around).collect();
        // What the operator compares with elsewhere lies near what it compares with here.
        let op = clause["op"].as_str().unwrap_or_default();
        values.extend((0..6).map(|_| clause_value(rng, op, &[])));
        let other = any_value(rng, 2);
        let shapes = shapes(&values).into_iter().chain([json!([other]), other]);
        for value in shapes {
            let mut context = single(rng);
            set(&mut context, attribute, value);
            contexts.push(of_kind(context, kind, rng));
        }
        contexts.push(of_kind(single(rng), kind, rng));
        contexts.push(of_kind(single(rng), "other", rng));
    }
    contexts
}

/// Users with an attribute `a` that is below this value of a clause, at it, above it, of another
/// type, in an array, null, and absent.
pub(crate) fn around_value(value: &Json) -> impl Iterator<Item = Json> {
    let others = [
        json!(true),
        json!(0),
        json!(""),
        json!("1"),
        json!({"x": value}),
    ];
    let user = json!({"kind": "user", "key": "u"});
    let users = shapes(&around(value)).into_iter().chain(others).map({
        let user = user.clone();
        move |value| {
            let mut user = user.clone();
            user["a"] = value;
            user
        }
    });
    users.chain([user])
}

/// Each value alone, the first in an array, all of them in one, none of them, and nothing.
fn shapes(values: &[Json]) -> Vec<Json> {
    let odd = [
        Json::Null,
        json!([]),
        json!([null]),
        json!([values.first()]),
        json!(values),
        json!([values]),
    ];
    values.iter().cloned().chain(odd).collect()
}

pub(crate) fn random(rng: &mut Rng) -> Json {
    let context = single(rng);
    let kind = *pick(rng, &KINDS);
    of_kind(context, kind, rng)
}

/// A value, and its neighbours on either side and in other types.
fn around(value: &Json) -> Vec<Json> {
    let mut values = vec![value.clone()];
    match value {
        Json::Number(number) => {
            if let Some(number) = number.as_f64() {
                values.extend([json!(number.next_down()), json!(number.next_up())]);
                values.extend([json!(number - 1.0), json!(number + 1.0)]);
            }
            values.push(json!(number.to_string()));
        }
        Json::String(text) => {
            values.push(json!(format!("{text}a")));
            values.push(json!(format!("a{text}")));
            values.push(json!(format!("{text}.0")));
            values.push(json!(text.to_uppercase()));
            values.extend(text.parse::<f64>().ok().map(|number| json!(number)));
            values.extend(date::parse(text).into_iter().flat_map(moments));
            values.extend(version::read(text).iter().flat_map(versions));
            let mut shorter = text.chars();
            shorter.next_back();
            values.push(json!(shorter.as_str()));
        }
        Json::Bool(value) => values.push(json!(!value)),
        _ => {}
    }
    values
}

/// A moment in both forms, and the moments a millisecond and less away from it.
fn moments(millis: i64) -> impl Iterator<Item = Json> {
    let near = [millis - 1, millis, millis + 1].into_iter();
    near.flat_map(|millis| {
        let text = date::format(millis);
        let finer = text.replace(
            'Z',
            if text.contains('.') {
                "000001Z"
            } else {
                ".000000001Z"
            },
        );
        [json!(millis), json!(text), json!(finer)]
    })
}

/// A version as it is written out, its neighbours, a pre-release of it and a build of it.
fn versions(version: &semver::Version) -> impl Iterator<Item = Json> + use<> {
    let &semver::Version {
        major,
        minor,
        patch,
        ..
    } = version;
    let numbers = [
        (major, minor, patch),
        (major, minor, patch.saturating_sub(1)),
        (major, minor, patch.saturating_add(1)),
        (major, minor.saturating_add(1), patch),
        (major.saturating_sub(1), minor, patch),
    ];
    let written = numbers.into_iter().flat_map(|(major, minor, patch)| {
        ["", "-0", "-rc.1", "+build"].map(|rest| json!(format!("{major}.{minor}.{patch}{rest}")))
    });
    written.chain([json!(version.to_string())])
}

/// Attributes of one context, without its kind.
fn single(rng: &mut Rng) -> Json {
    let mut context = json!({"key": pick(rng, &KEYS[..4])});
    if rng.u8(..) < 4 {
        context["key"] = any_value(rng, 1);
    }
    for attribute in ["a", "b", "c", "email", "a/b", "~t", "/a"] {
        if rng.u8(..) < 80 {
            context[attribute] = any_value(rng, 2);
        }
    }
    if rng.u8(..) < 80 {
        context["o"] = json!({"x": any_value(rng, 1), "y": {"z": any_value(rng, 1)}});
    }
    if rng.u8(..) < 60 {
        context["name"] = json!(mutated(rng, "ab"));
    }
    if rng.u8(..) < 60 {
        context["anonymous"] = json!(rng.bool());
    }
    if rng.u8(..) < 10 {
        context["_meta"] = pick(
            rng,
            &[
                json!({"privateAttributes": ["a"], "secondary": "s"}),
                json!({"privateAttributes": [1]}),
                json!({"secondary": 1}),
                json!({}),
                json!(null),
                json!("meta"),
            ],
        )
        .clone();
    }
    context
}

/// Puts a value where a reference points.
fn set(context: &mut Json, reference: &str, value: Json) {
    let names: Vec<String> = match reference.strip_prefix('/') {
        Some(path) => path
            .split('/')
            .map(|name| name.replace("~1", "/").replace("~0", "~"))
            .collect(),
        None => vec![reference.to_owned()],
    };
    let (last, way) = names.split_last().expect("a split has a part");
    let mut place = context;
    for name in way {
        let next = &mut place[name];
        if !next.is_object() {
            *next = json!({});
        }
        place = next;
    }
    place[last] = value;
}

/// Alone, beside contexts of other kinds, or, for users, in the form without a kind.
fn of_kind(mut context: Json, kind: &str, rng: &mut Rng) -> Json {
    match rng.u8(..4) {
        0 => {
            let mut kinds = Map::from_iter([(kind.to_owned(), context)]);
            for other in KINDS {
                if !kinds.contains_key(other) && rng.bool() {
                    kinds.insert(other.to_owned(), single(rng));
                }
            }
            kinds.insert("kind".to_owned(), json!("multi"));
            kinds.into()
        }
        1 if kind == "user" => {
            let object = context.as_object_mut().expect("a context is an object");
            let attributes = ["a", "b", "c", "o", "a/b", "~t", "/a"];
            let mut custom: Map<String, Json> = attributes
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), object.get(name)?.clone())))
                .collect();
            for reserved in ["name", "key", "kind", "anonymous"] {
                custom.insert(reserved.to_owned(), json!("custom"));
            }
            object.insert("custom".to_owned(), custom.into());
            object.remove("kind");
            context
        }
        _ => {
            context["kind"] = json!(kind);
            context
        }
    }
}
