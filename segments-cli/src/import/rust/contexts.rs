//! A struct for each kind of context, and for each object inside one.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::{self, Write};

use segments_model::file::SegmentsFile;
use segments_model::{AttributeRef, AttributeType, Audience, ContextKind, Definition, Operator};

use super::names::{Names, field, pascal, snake};

/// The structs of all kinds.
pub(super) struct Contexts {
    kinds: BTreeMap<String, Object>,
}

/// A struct: of a kind, or of an object inside one.
struct Object {
    name: String,
    members: BTreeMap<String, Member>,
}

struct Member {
    field: String,
    holds: Holds,
}

enum Holds {
    Value(AttributeType),
    Object(Object),
}

impl Contexts {
    pub(super) fn new(file: &SegmentsFile, names: &mut Names) -> Self {
        let mut kinds: BTreeMap<String, Object> = BTreeMap::new();
        let mut all: BTreeSet<String> = file.contexts.keys().map(ToString::to_string).collect();
        for one in &file.segments {
            all.extend(mentioned(&one.definition));
        }
        for kind in all {
            let name = names.take(&pascal(&kind), "Kind");
            let members = BTreeMap::new();
            kinds.insert(kind, Object { name, members });
        }
        for (kind, schema) in &file.contexts {
            let Some(object) = kinds.get_mut(kind.as_str()) else {
                continue;
            };
            for (reference, attribute) in &schema.attributes {
                object.add(&steps(reference), attribute.attribute_type, names);
            }
        }
        // What exists without being declared is a field only where it is tested.
        for clause in file
            .segments
            .iter()
            .flat_map(|one| one.definition.rules())
            .flat_map(|rule| &rule.clauses)
        {
            let attribute_type = match clause.attribute.as_str() {
                "name" => AttributeType::String,
                "anonymous" => AttributeType::Bool,
                _ => continue,
            };
            if let Some(object) = kinds.get_mut(clause.kind.as_str()) {
                object.add(&steps(&clause.attribute), attribute_type, names);
            }
        }
        Self { kinds }
    }

    /// The name of a kind's struct.
    pub(super) fn name(&self, kind: &ContextKind) -> &str {
        &self.kinds[kind.as_str()].name
    }

    /// The constant of an attribute, `User::EMAIL`, and what it holds; or why there is none.
    pub(super) fn constant(
        &self,
        kind: &ContextKind,
        attribute: &AttributeRef,
    ) -> Result<(String, AttributeType), String> {
        let object = &self.kinds[kind.as_str()];
        let found = if *attribute == AttributeRef::KEY {
            Some(("KEY".to_owned(), AttributeType::String))
        } else {
            object.way(&steps(attribute))
        };
        let (way, attribute_type) = found.ok_or_else(|| {
            format!(
                "`{attribute}` of kind `{kind}` is no field of a struct in Rust; import to TOML"
            )
        })?;
        Ok((format!("{}::{way}", object.name), attribute_type))
    }
}

fn steps(reference: &AttributeRef) -> Vec<String> {
    reference.path().map(Into::into).collect()
}

fn mentioned(definition: &Definition) -> BTreeSet<String> {
    let lists = definition
        .included()
        .lists()
        .chain(definition.excluded().lists());
    let mut kinds: BTreeSet<String> = lists.map(|(kind, _)| kind.to_string()).collect();
    for rule in definition.rules() {
        let tested = rule
            .clauses
            .iter()
            .filter(|one| one.operator != Operator::SegmentMatch);
        kinds.extend(tested.map(|clause| clause.kind.to_string()));
        kinds.extend(rule.rollout.iter().map(|rollout| rollout.kind.to_string()));
    }
    if let Audience::Big { kind } = &definition.audience {
        kinds.insert(kind.to_string());
    }
    kinds
}

impl Object {
    /// Adds an attribute. One that is a value and an object at once stays what it was first; what
    /// leads elsewhere is then not found.
    fn add(&mut self, path: &[String], attribute_type: AttributeType, names: &mut Names) {
        let [first, rest @ ..] = path else { return };
        if !self.members.contains_key(first) {
            let taken: HashSet<&str> = self
                .members
                .values()
                .map(|member| member.field.as_str())
                .collect();
            let mut name = snake(first);
            while name == "key" || taken.contains(field(&name).as_str()) {
                name.push('_');
            }
            let holds = if rest.is_empty() {
                Holds::Value(attribute_type)
            } else {
                let name = names.take(&format!("{}{}", self.name, pascal(first)), "Object");
                Holds::Object(Object {
                    name,
                    members: BTreeMap::new(),
                })
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
            object.add(rest, attribute_type, names);
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
                Holds::Value(attribute_type) if depth + 1 == path.len() => {
                    return Some((way, *attribute_type));
                }
                Holds::Value(_) => return None,
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
                Holds::Object(object) => object.name.as_str(),
                Holds::Value(AttributeType::Bool) => "bool",
                Holds::Value(AttributeType::Number) => "f64",
                Holds::Value(AttributeType::Date) => "Timestamp",
                Holds::Value(AttributeType::Version) => "semver::Version",
                // No clause tests what may be anything, so it only has to be sent.
                Holds::Value(_) => "String",
            };
            let _ = writeln!(text, "    pub {}: Option<{holds}>,", member.field);
        }
        text.push_str("}\n");
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
