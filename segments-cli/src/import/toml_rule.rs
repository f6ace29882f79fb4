//! The rules of segments and of what is served, as TOML.

use segments_model::{AttributeRef, Clause, Operator, Rule, Value, Weight};
use toml_edit::{Array, InlineTable, Table, Value as TomlValue, value};

/// One rule.
pub(crate) fn rule(rule: &Rule) -> Table {
    let mut table = Table::new();
    if let Some(description) = &rule.description {
        table.insert("description", value(description));
    }
    if rule.clauses.is_empty() {
        table.insert("everyone", value(true));
    } else {
        let clauses: Array = rule.clauses.iter().map(clause).collect();
        table.insert("clauses", value(clauses));
    }
    if let Some(rollout) = &rule.rollout {
        table.insert("percent", value(percent(rollout.weight)));
        if rollout.by != AttributeRef::KEY {
            table.insert("bucket_by", value(rollout.by.as_str()));
        }
        table.insert("bucket_context", value(rollout.kind.as_str()));
    }
    table
}

/// A share. A whole number is written as one.
pub(super) fn percent(weight: Weight) -> TomlValue {
    let percent = weight.percent();
    if percent.fract() == 0.0 {
        #[allow(clippy::cast_possible_truncation, reason = "at most 100")]
        return (percent as i64).into();
    }
    percent.into()
}

fn clause(clause: &Clause) -> InlineTable {
    let mut table = InlineTable::new();
    if clause.operator != Operator::SegmentMatch {
        if let Some(kind) = clause
            .compared_kind()
            .filter(|kind| kind.as_str() != "user")
        {
            table.insert("context", kind.as_str().into());
        }
        table.insert("attribute", clause.attribute.as_str().into());
    }
    table.insert("op", clause.operator.wire().into());
    let values: Array = clause.values.iter().map(scalar).collect();
    table.insert("values", values.into());
    if clause.negate {
        table.insert("negate", true.into());
    }
    table
}

pub(super) fn scalar(found: &Value) -> TomlValue {
    match found {
        Value::Bool(found) => (*found).into(),
        Value::String(text) => text.as_ref().into(),
        Value::Number(number) => match number.as_integer() {
            Some(whole) => whole.into(),
            None => number.get().into(),
        },
    }
}

pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Array {
    texts.into_iter().collect()
}
