//! The layout of values: on one line if they fit, or a line for each element.

use toml_edit::{Array, InlineTable, RawString, Value};

use super::order::{rank, usual};
use super::space::{behind, text};

/// How long a line may be.
const WIDTH: usize = 100;

const INDENT: usize = 2;

/// Lays out a value that begins at a column, on a line that is indented.
pub(super) fn lay_out(value: &mut Value, path: &mut Vec<String>, used: usize, indent: usize) {
    match value {
        Value::Array(array) => lay_out_array(array, path, used, indent),
        Value::InlineTable(table) => lay_out_inline(table, path, indent),
        _ => {}
    }
}

fn lay_out_inline(table: &mut InlineTable, path: &mut Vec<String>, indent: usize) {
    // TOML 1.1 allows lines and comments in there; whoever uses them has a layout in mind.
    let mut alone = table.clone();
    alone.decor_mut().clear();
    if alone.to_string().contains('\n') {
        return;
    }
    let usual = usual(path);
    table.sort_values_by(|left, _, right, _| {
        rank(&usual, left.get()).cmp(&rank(&usual, right.get()))
    });
    let count = table.iter().count();
    for (index, (mut key, value)) in table.iter_mut().enumerate() {
        key.leaf_decor_mut().set_prefix(" ");
        key.leaf_decor_mut().set_suffix(" ");
        path.push(key.get().to_owned());
        // It has no line breaks, and gets none; so it has no comments either.
        if let Value::Array(array) = &mut *value {
            on_one_line(array, path, indent);
        } else {
            lay_out(value, path, 0, indent);
        }
        path.pop();
        value.decor_mut().set_prefix(" ");
        value
            .decor_mut()
            .set_suffix(if index + 1 == count { " " } else { "" });
    }
    table.set_trailing_comma(false);
    table.set_trailing("");
}

/// Returns whether there is a comment between the values, at any depth.
fn has_comment(array: &Array) -> bool {
    let inside = |value: &Value| match value {
        Value::Array(inner) => has_comment(inner),
        Value::InlineTable(table) => table
            .iter()
            .any(|(_, value)| value.as_array().is_some_and(has_comment)),
        _ => false,
    };
    let around = |value: &Value| {
        let decor = value.decor();
        text(decor.prefix()).contains('#') || text(decor.suffix()).contains('#')
    };
    let end = array.trailing().as_str().unwrap_or_default();
    end.contains('#') || array.iter().any(|value| around(value) || inside(value))
}

fn lay_out_array(array: &mut Array, path: &mut Vec<String>, used: usize, indent: usize) {
    let before_comma = array
        .iter()
        .any(|value| text(value.decor().suffix()).contains('#'));
    let commented = has_comment(array);
    // A comment between a value and its comma has no place in any layout.
    if before_comma {
        return;
    }
    let tables = array.iter().filter(|value| value.is_inline_table()).count();
    if !commented && tables <= 1 {
        let mut line = array.clone();
        on_one_line(&mut line, path, indent);
        let mut alone = line.clone();
        alone.decor_mut().clear();
        let alone = alone.to_string();
        let length = indent + used + alone.chars().count();
        let breaks = alone.contains('\n');
        if length <= WIDTH && !breaks {
            *array = line;
            return;
        }
    }
    if array.is_empty() && !commented {
        on_one_line(array, path, indent);
        return;
    }
    let inner = indent + INDENT;
    for value in array.iter_mut() {
        lay_out(value, path, 0, inner);
        let lines = text(value.decor().prefix());
        value.decor_mut().set_prefix(between_values(&lines, inner));
        value.decor_mut().set_suffix("");
    }
    let lines = array.trailing().as_str().unwrap_or_default().to_owned();
    let end = between_values(&lines, inner);
    let end = end.strip_suffix(&" ".repeat(inner)).unwrap_or(&end);
    array.set_trailing(RawString::from(format!("{end}{}", " ".repeat(indent))));
    array.set_trailing_comma(!array.is_empty());
}

/// A comment on the line that ends here, comments on lines of their own, and the indent of the next
/// value.
fn between_values(raw: &str, indent: usize) -> String {
    let (same_line, below) = raw.split_once('\n').unwrap_or((raw, ""));
    let mut text = behind(same_line);
    text.push('\n');
    for line in below.lines().map(str::trim).filter(|line| !line.is_empty()) {
        text.push_str(&" ".repeat(indent));
        text.push_str(line);
        text.push('\n');
    }
    text + &" ".repeat(indent)
}

fn on_one_line(array: &mut Array, path: &mut Vec<String>, indent: usize) {
    for (index, value) in array.iter_mut().enumerate() {
        match value {
            Value::Array(array) => on_one_line(array, path, indent),
            Value::InlineTable(table) => lay_out_inline(table, path, indent),
            _ => {}
        }
        value
            .decor_mut()
            .set_prefix(if index == 0 { "" } else { " " });
        value.decor_mut().set_suffix("");
    }
    array.set_trailing("");
    array.set_trailing_comma(false);
}
