//! A struct for each kind of context, and for each object inside one.

use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Write};

use segments_model::{AttributeRef, AttributeType, ContextKind, Definition};

use super::super::attributes::{Attributes, built_in, of_few};
use super::names::{Names, field, pascal, snake};

/// The structs of all kinds.
pub(super) struct Contexts {
    kinds: BTreeMap<String, Object>,
}

/// A struct: of a kind, or of an object inside one.
struct Object {
    name: String,
    members: BTreeMap<String, Member>,
    /// The names of its fields.
    fields: HashSet<String>,
}

struct Member {
    field: String,
    holds: Holds,
}

/// The known number of values of an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arity {
    One,
    Unknown,
}

enum Holds {
    /// Values of a type: one, or nobody knows how many.
    Value(AttributeType, Arity),
    Object(Object),
}

impl Contexts {
    /// Makes structs with the types that most segments agree on, and says why the others cannot be
    /// written with them, by the places of their definitions.
    pub(super) fn new(
        attributes: &Attributes,
        definitions: &[&Definition],
        names: &mut Names,
    ) -> (Self, BTreeMap<usize, String>) {
        let mut kinds: BTreeMap<String, Object> = BTreeMap::new();
        let mut misfits = BTreeMap::new();
        for (kind, declared) in attributes.declared() {
            let mut object = Object::new(names.take(&pascal(kind), "Kind"));
            let few = of_few(&declared);
            for (reference, attribute) in declared {
                if few.contains(reference) {
                    continue;
                }
                let (attribute_type, segments) = attribute.of_most();
                for segment in segments {
                    misfits.entry(segment).or_insert_with(|| format!(
                        "most segments compare `{reference}` with values of type {attribute_type}, but this one does not; import to TOML"
                    ));
                }
                object.add(&steps(reference), (attribute_type, Arity::Unknown), names);
            }
            kinds.insert(kind.to_owned(), object);
        }
        // What exists without being declared is a field only where it is used.
        let rules = definitions.iter().flat_map(|definition| definition.rules());
        let used = rules.flat_map(|rule| {
            let clauses = rule.clauses.iter().map(|one| (&one.kind, &one.attribute));
            clauses.chain(rule.rollout.iter().map(|one| (&one.kind, &one.by)))
        });
        for (kind, reference) in used {
            if let ("name" | "anonymous", Some(of), Some(object)) = (
                reference.as_str(),
                built_in(reference),
                kinds.get_mut(kind.as_str()),
            ) {
                object.add(&steps(reference), (of, Arity::One), names);
            }
        }
        (Self { kinds }, misfits)
    }

    /// The name of a kind's struct.
    pub(super) fn name(&self, kind: &ContextKind) -> &str {
        &self.kinds[kind.as_str()].name
    }

    /// The constant of an attribute, `User::EMAIL`, and its type; or why there is none.
    pub(super) fn constant(
        &self,
        kind: &ContextKind,
        attribute: &AttributeRef,
    ) -> Result<(String, AttributeType), String> {
        let object = &self.kinds[kind.as_str()];
        let found = match attribute.as_str() {
            "key" => Some(("KEY".to_owned(), AttributeType::String)),
            "kind" => Some(("KIND".to_owned(), AttributeType::String)),
            _ => object.way(&steps(attribute)),
        };
        let (way, attribute_type) = found.ok_or_else(|| {
            format!(
                "`{attribute}` of kind `{kind}` is a value for some segments and an object for others, which no Rust type can be; import to TOML"
            )
        })?;
        Ok((format!("{}::{way}", object.name), attribute_type))
    }
}

fn steps(reference: &AttributeRef) -> Vec<String> {
    reference.path().map(Into::into).collect()
}

impl Object {
    fn new(name: String) -> Self {
        Self {
            name,
            members: BTreeMap::new(),
            fields: HashSet::new(),
        }
    }

    /// Adds an attribute. One that is a value and an object at once stays what it was first; what
    /// leads elsewhere is then not found.
    fn add(&mut self, path: &[String], value: (AttributeType, Arity), names: &mut Names) {
        let [first, rest @ ..] = path else { return };
        if !self.members.contains_key(first) {
            let mut name = snake(first);
            while name == "key" || self.fields.contains(&field(&name)) {
                name.push('_');
            }
            self.fields.insert(field(&name));
            let holds = if rest.is_empty() {
                Holds::Value(value.0, value.1)
            } else {
                let name = names.take(&format!("{}{}", self.name, pascal(first)), "Object");
                Holds::Object(Object::new(name))
            };
            let member = Member {
                field: field(&name),
                holds,
            };
            self.members.insert(first.clone(), member);
        }
        if let Some(Member {
            holds: Holds::Object(object),
            ..
        }) = self.members.get_mut(first)
        {
            object.add(rest, value, names);
        }
    }

    /// The way to an attribute from a type: `ADDRESS.city`; and what it holds.
    fn way(&self, path: &[String]) -> Option<(String, AttributeType)> {
        let mut object = self;
        let mut way = String::new();
        for (depth, step) in path.iter().enumerate() {
            let member = object.members.get(step)?;
            if depth == 0 {
                way.push_str(&member.field.trim_start_matches("r#").to_uppercase());
            } else {
                let _ = write!(way, ".{}", member.field);
            }
            match &member.holds {
                Holds::Value(attribute_type, _) if depth + 1 == path.len() => {
                    return Some((way, *attribute_type));
                }
                Holds::Value(..) => return None,
                Holds::Object(inner) => object = inner,
            }
        }
        None
    }

    fn write(&self, text: &mut String, derive: &str, head: &str) {
        for member in self.members.values() {
            if let Holds::Object(object) = &member.holds {
                object.write(text, "Attributes", "");
            }
        }
        let _ = write!(
            text,
            "\n#[derive({derive})]\n{head}pub struct {} {{\n",
            self.name
        );
        if derive == "Context" {
            text.push_str("    #[context(key)]\n    pub key: String,\n");
        }
        for (name, member) in &self.members {
            if *name != member.field {
                let helper = derive.to_lowercase();
                let _ = writeln!(text, "    #[{helper}(name = {name:?})]");
            }
            let holds = match &member.holds {
                Holds::Object(object) => object.name.clone(),
                Holds::Value(of, Arity::One) => rust_type(*of).to_owned(),
                Holds::Value(of, Arity::Unknown) => format!("OneOrMany<{}>", rust_type(*of)),
            };
            let _ = writeln!(text, "    pub {}: Option<{holds}>,", member.field);
        }
        text.push_str("}\n");
    }
}

fn rust_type(attribute_type: AttributeType) -> &'static str {
    match attribute_type {
        AttributeType::Bool => "bool",
        AttributeType::Number => "f64",
        AttributeType::Date => "Timestamp",
        AttributeType::Version => "semver::Version",
        // No clause tests what may be anything, so it only has to be sent.
        AttributeType::String | AttributeType::Any => "String",
    }
}

/// As Rust.
impl fmt::Display for Contexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for (kind, object) in &self.kinds {
            let head = format!("#[context(kind = {kind:?})]\n");
            object.write(&mut text, "Context", &head);
        }
        f.write_str(&text)
    }
}
