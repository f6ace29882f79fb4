//! A type for each segment, with `#[segment]` on it.

use std::collections::BTreeMap;
use std::fmt::Write;

use segments_model::{
    AttributeType, Audience, Clause, Definition, Expiry, Operand, Operator, Rule, Targets, Value,
};

use super::contexts::Contexts;

/// The text of a clause, or the reason why it cannot be written.
type Said = Result<String, String>;

pub(super) struct Writer<'a> {
    pub(super) contexts: &'a Contexts,
    /// The types of the segments that can be written, by key.
    pub(super) types: BTreeMap<&'a str, String>,
}

impl Writer<'_> {
    pub(super) fn segment(&self, definition: &Definition) -> Said {
        let Definition {
            key,
            name,
            description,
            tags,
            audience,
            // There is nobody yet who would say this.
            unmanaged: _,
            lifecycle: _,
            absent: _,
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
                lines.push(format!("of = {}", self.contexts.name(kind)));
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

    /// The lists of one word, which is written once for each expiry.
    fn targets(&self, word: &str, targets: &Targets) -> Vec<String> {
        let mut groups: BTreeMap<Option<Expiry>, Vec<String>> = BTreeMap::new();
        for (kind, keys) in targets.lists() {
            for (until, keys) in keys.by_expiry() {
                let keys: Vec<String> = keys.iter().map(|key| format!("{key:?}")).collect();
                let list = format!("{} = [{}]", self.contexts.name(kind), keys.join(", "));
                groups.entry(until).or_default().push(list);
            }
        }
        let groups = groups.into_iter().map(|(until, mut group)| {
            group.extend(until.map(|until| format!("until = \"{until}\"")));
            format!("{word}({})", group.join(", "))
        });
        groups.collect()
    }

    fn rule(&self, rule: &Rule) -> Said {
        let mut parts = Vec::new();
        if let Some(description) = &rule.description {
            parts.push(format!("description = {description:?}"));
        }
        if let Some(rollout) = &rule.rollout {
            parts.push(format!("percent = {:?}", rollout.weight.percent()));
            let (constant, _) = self.contexts.constant(&rollout.kind, &rollout.by)?;
            parts.push(format!("by = {constant}"));
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

    fn clause(&self, clause: &Clause) -> Said {
        let not = if clause.negate { "!" } else { "" };
        if clause.operator == Operator::SegmentMatch {
            let names = clause.segments().map(|key| {
                let name = self.types.get(key).cloned();
                name.ok_or_else(|| not_imported(key))
            });
            let names: Vec<String> = names.collect::<Result<_, _>>()?;
            return Ok(format!("{not}member_of!({})", names.join(", ")));
        }
        if clause.tests_kinds() {
            if clause.operator != Operator::In {
                return Err(format!(
                    "`{}` on `kind` compares names, which Rust cannot; import to TOML",
                    clause.operator
                ));
            }
            let kinds = clause.named_kinds();
            let names = kinds.map(|kind| self.contexts.name(&kind).to_owned());
            let names: Vec<String> = names.collect();
            return Ok(format!("{not}has_kind!({})", names.join(", ")));
        }
        let (constant, attribute_type) = self.contexts.constant(&clause.kind, &clause.attribute)?;
        let operator = clause.operator;
        if attribute_type == AttributeType::Any {
            return Err(format!(
                "`{}` is compared with values of several types, which no Rust type can be; import to TOML",
                clause.attribute
            ));
        }
        if attribute_type == AttributeType::Version && operator.row().operand != Operand::Version {
            return Err(format!(
                "`{operator}` compares versions as text, which Rust cannot; import to TOML"
            ));
        }
        let values = values(clause, attribute_type)?;
        let method = operator.row().method(values.len());
        let method =
            method.ok_or_else(|| format!("`{operator}` has no method in Rust; import to TOML"))?;
        let values = match values.as_slice() {
            [value] => value.clone(),
            values => format!("[{}]", values.join(", ")),
        };
        Ok(format!("{not}{constant}.{method}({values})"))
    }
}

/// The values of a clause, all of one Rust type.
fn values(clause: &Clause, attribute_type: AttributeType) -> Result<Vec<String>, String> {
    let mut types = clause.values.iter().map(Value::type_name);
    let first = types.next();
    if types.any(|other| Some(other) != first) {
        return Err(format!(
            "the values of `{}` mix types, but a Rust array has one type; import to TOML",
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

/// Returns whether a description can be a line of documentation and comes back as it was.
fn is_line(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && !text.chars().any(char::is_control)
}

/// Why a segment that refers to one which is not in the module cannot be in it.
pub(super) fn not_imported(key: &str) -> String {
    format!("it references segment `{key}`, which is not imported; import to TOML")
}
