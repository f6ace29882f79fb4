//! Segments of the service as a Rust module: a struct for each kind of context, and a type for each
//! segment. What Rust cannot say is left out, and so is what asks it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write;

use segments_model::file::{self, SegmentsFile};
use segments_model::{
    AttributeRef, AttributeType, Audience, Clause, Definition, Operand, Operator, Rule, Targets,
    Value, wire,
};

use super::attributes::Attributes;
use super::{Imported, LeftOut, toml};

/// What has to be there for a clause to be written.
type Said = Result<String, String>;

pub(super) fn definitions<'a>(
    segments: &'a [wire::Segment],
    attributes: &Attributes<'_>,
) -> Imported<'a> {
    let as_toml = toml::definitions(segments, attributes);
    let mut left_out = as_toml.left_out;
    let report = file::read("", as_toml.text.as_bytes());
    let file = report.readable_part();
    let mut names = Names::default();
    let contexts = Contexts::new(file, &mut names);
    let types: BTreeMap<&str, String> = file
        .segments
        .iter()
        .map(|one| one.definition.key.as_str())
        .map(|key| (key, names.take(&pascal(key), "Segment")))
        .collect();
    let mut writer = Writer {
        contexts: &contexts,
        types,
    };
    // Whoever asks what is left out is left out, too.
    let items = loop {
        let mut items = Vec::new();
        let before = left_out.len();
        for one in &as_toml.written {
            let Some(declared) = file
                .segments
                .iter()
                .find(|it| it.definition.key == *one.key)
            else {
                continue;
            };
            if left_out.iter().any(|it| it.segment.key == one.key) {
                continue;
            }
            match writer.segment(&declared.definition) {
                Ok(item) => items.push((*one, item)),
                Err(reason) => left_out.push(LeftOut {
                    segment: one,
                    reason,
                }),
            }
        }
        for it in &left_out[before..] {
            writer.types.remove(it.segment.key.as_str());
        }
        if left_out.len() == before {
            break items;
        }
    };
    left_out.sort_by(|left, right| left.segment.key.cmp(&right.segment.key));
    let body: String = items.iter().map(|(_, item)| item.as_str()).collect();
    let structs = contexts.to_string();
    Imported {
        text: format!("{}{structs}{body}", header(&structs)),
        written: items.into_iter().map(|(segment, _)| segment).collect(),
        left_out,
    }
}

fn header(structs: &str) -> String {
    let used = [
        ("Attributes", "derive(Attributes)"),
        ("Timestamp", "Timestamp"),
    ]
    .into_iter()
    .filter(|(_, sign)| structs.contains(sign))
    .map(|(name, _)| name);
    let mut names: Vec<&str> = used.chain(["segment"]).collect();
    if structs.contains("derive(Context)") {
        names.push("Context");
    }
    names.sort_unstable_by_key(|name| (name.starts_with(char::is_lowercase), *name));
    let names = match names.as_slice() {
        [one] => (*one).to_owned(),
        several => format!("{{{}}}", several.join(", ")),
    };
    format!(
        "//! Imported from LaunchDarkly by `cargo segments import`. What a segment leaves out (lists, rules,\n//! tags, a description) is not managed: whatever is there stays.\n\nuse segments_runtime::{names};\n"
    )
}

/// Names that are taken.
#[derive(Debug, Default)]
struct Names(HashSet<String>);

impl Names {
    fn take(&mut self, wanted: &str, suffix: &str) -> String {
        // What stands for itself in Rust or in the imports of the file.
        const TAKEN: [&str; 10] = [
            "Self",
            "Attributes",
            "Context",
            "Timestamp",
            "String",
            "Option",
            "Vec",
            "Some",
            "None",
            "",
        ];
        let mut name = wanted.to_owned();
        if TAKEN.contains(&wanted) || wanted.starts_with(|c: char| c.is_ascii_digit()) {
            name = format!("{suffix}{wanted}");
        }
        let base = name.clone();
        let mut number = 1;
        while !self.0.insert(name.clone()) {
            number += 1;
            name = format!("{base}{suffix}{number}");
        }
        name
    }
}

/// `eu-power.users` as `EuPowerUsers`.
fn pascal(key: &str) -> String {
    let mut name = String::new();
    for word in key.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// `accountAge` as `account_age`.
fn snake(attribute: &str) -> String {
    let mut name = String::new();
    let mut lower = false;
    for c in attribute.chars() {
        if c.is_ascii_uppercase() && lower {
            name.push('_');
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        name.push(if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        });
    }
    if name.trim_matches('_').is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, "attribute_");
    }
    name
}

/// Words that no field can be called without `r#`, and those that no field can be called at all.
fn field(name: &str) -> String {
    const STRICT: [&str; 49] = [
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do",
        "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
        "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
        "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe",
        "unsized", "use", "virtual", "where", "while", "yield", "union",
    ];
    match name {
        "crate" | "self" | "super" => format!("{name}_"),
        name if STRICT.contains(&name) => format!("r#{name}"),
        name => name.to_owned(),
    }
}

/// The structs of all kinds.
struct Contexts {
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
    fn new(file: &SegmentsFile, names: &mut Names) -> Self {
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
impl std::fmt::Display for Contexts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        for (kind, object) in &self.kinds {
            let head = format!("#[context(kind = {kind:?})]\n");
            object.write(&mut text, "Context", &head);
        }
        f.write_str(&text)
    }
}

struct Writer<'a> {
    contexts: &'a Contexts,
    /// The types of the segments that can be written, by key.
    types: BTreeMap<&'a str, String>,
}

impl Writer<'_> {
    fn segment(&self, definition: &Definition) -> Said {
        let Definition {
            key,
            name,
            description,
            tags,
            audience,
            // An import is of one environment.
            environments: _,
        } = definition;
        let mut text = String::from("\n");
        let mut lines = vec![
            format!("key = {:?}", key.as_str()),
            format!("name = {name:?}"),
        ];
        match description {
            Some(line) if is_line(line) => {
                let _ = writeln!(text, "/// {line}");
            }
            Some(other) => lines.push(format!("description = {other:?}")),
            None => {}
        }
        if let Some(tags) = tags {
            let tags: Vec<String> = tags
                .iter()
                .map(|tag| format!("{:?}", tag.as_str()))
                .collect();
            lines.push(format!("tags = [{}]", tags.join(", ")));
        }
        match audience {
            Audience::Big { kind } => {
                lines.push("big".to_owned());
                lines.push(format!("of = {}", self.kind(kind.as_str())));
            }
            Audience::Standard {
                included,
                excluded,
                rules,
            } => {
                lines.extend(self.targets("include", included));
                lines.extend(self.targets("exclude", excluded));
                for rule in rules.iter().flatten() {
                    lines.push(self.rule(rule)?);
                }
                if included.is_empty()
                    && excluded.is_empty()
                    && rules.as_ref().is_some_and(Vec::is_empty)
                {
                    lines.push("nobody()".to_owned());
                }
            }
        }
        let name = &self.types[key.as_str()];
        let _ = write!(
            text,
            "#[segment(\n    {},\n)]\npub struct {name};\n",
            lines.join(",\n    ")
        );
        Ok(text)
    }

    fn kind(&self, kind: &str) -> &str {
        &self.contexts.kinds[kind].name
    }

    fn targets(&self, word: &str, targets: &Targets) -> Option<String> {
        let lists = targets
            .lists()
            .filter(|(_, keys)| !keys.is_empty())
            .map(|(kind, keys)| {
                let keys: Vec<String> = keys.iter().map(|key| format!("{key:?}")).collect();
                format!("{} = [{}]", self.kind(kind.as_str()), keys.join(", "))
            });
        let lists: Vec<String> = lists.collect();
        (!lists.is_empty()).then(|| format!("{word}({})", lists.join(", ")))
    }

    fn rule(&self, rule: &Rule) -> Said {
        let mut parts = Vec::new();
        if let Some(description) = &rule.description {
            parts.push(format!("description = {description:?}"));
        }
        if let Some(rollout) = &rule.rollout {
            parts.push(format!("percent = {:?}", rollout.weight.percent()));
            let (way, _) = self.way(rollout.kind.as_str(), &rollout.by)?;
            parts.push(format!("by = {way}"));
        }
        if rule.clauses.is_empty() {
            parts.push("everyone()".to_owned());
        }
        for clause in &rule.clauses {
            parts.push(self.clause(clause)?);
        }
        Ok(if parts.len() > 1 {
            format!("rule(\n        {},\n    )", parts.join(",\n        "))
        } else {
            format!("rule({})", parts.concat())
        })
    }

    /// The constant of an attribute: `User::EMAIL`.
    fn way(&self, kind: &str, attribute: &AttributeRef) -> Result<(String, AttributeType), String> {
        let object = &self.contexts.kinds[kind];
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

    fn clause(&self, clause: &Clause) -> Said {
        let not = if clause.negate { "!" } else { "" };
        if clause.operator == Operator::SegmentMatch {
            let names = clause.segments().map(|key| {
                let name = self.types.get(key).cloned();
                name.ok_or_else(|| format!("it asks segment `{key}`, which is not imported"))
            });
            let names: Vec<String> = names.collect::<Result<_, _>>()?;
            return Ok(format!("{not}member_of!({})", names.join(", ")));
        }
        let (way, attribute_type) = self.way(clause.kind.as_str(), &clause.attribute)?;
        let operator = clause.operator;
        if attribute_type == AttributeType::Any {
            return Err(format!(
                "`{}` is compared with values of several types, which no Rust type is; import to TOML",
                clause.attribute
            ));
        }
        if attribute_type == AttributeType::Version && operator.row().operand != Operand::Version {
            return Err(format!(
                "`{operator}` compares versions as text, which Rust cannot; import to TOML"
            ));
        }
        let values = values(clause, attribute_type)?;
        let method = match (operator.row().methods, values.len()) {
            ([_, several], 2..) => several,
            ([method, ..], _) => method,
            ([], _) => {
                return Err(format!(
                    "`{operator}` has no method in Rust; import to TOML"
                ));
            }
        };
        let values = match values.as_slice() {
            [value] => value.clone(),
            values => format!("[{}]", values.join(", ")),
        };
        Ok(format!("{not}{way}.{method}({values})"))
    }
}

/// The values of a clause, all of one Rust type.
fn values(clause: &Clause, attribute_type: AttributeType) -> Result<Vec<String>, String> {
    let mut types = clause.values.iter().map(Value::type_name);
    let first = types.next();
    if types.any(|other| Some(other) != first) {
        return Err(format!(
            "the values of `{}` mix types, and a Rust array has one; import to TOML",
            clause.attribute
        ));
    }
    let date = attribute_type == AttributeType::Date;
    // Small whole numbers are written as such, if all are.
    let whole = |value: &Value| match value {
        Value::Number(number) => number.as_integer().and_then(|it| i32::try_from(it).ok()),
        _ => None,
    };
    let all_whole = clause.values.iter().all(|value| whole(value).is_some());
    let one = |value: &Value| match value {
        Value::Bool(value) => Ok(value.to_string()),
        Value::String(text) if date && clause.operator == Operator::In => Err(format!(
            "`in` compares the date {text:?} as text, which Rust cannot; import to TOML"
        )),
        Value::String(text) => Ok(format!("{text:?}")),
        Value::Number(number) => match number.as_integer() {
            Some(moment) if date => Ok(moment.to_string()),
            None if date => Err(format!("{number} is not a whole number of milliseconds")),
            Some(small) if all_whole => Ok(small.to_string()),
            _ => Ok(format!("{:?}", number.get())),
        },
    };
    clause.values.iter().map(one).collect()
}

/// Whether a description can be a line of documentation and comes back as it was.
fn is_line(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}
