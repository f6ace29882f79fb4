//! Values printed like Python's `str`, as the official SDK for Python does.

use std::fmt::Write as _;

use crate::variable::Variable;

impl Variable<'_> {
    /// Prints it as Python's `str` does: a text as it is.
    pub(crate) fn print(self, out: &mut String) {
        match self {
            Variable::Text(text) => out.push_str(text),
            value => written(value, out),
        }
    }
}

/// Adds a value as it is written inside a list: a text in quotes.
fn written(value: Variable<'_>, out: &mut String) {
    let _ = match value {
        Variable::Null => out.write_str("None"),
        Variable::Bool(true) => out.write_str("True"),
        Variable::Bool(false) => out.write_str("False"),
        Variable::Integer(number) => write!(out, "{number}"),
        Variable::Unsigned(number) => write!(out, "{number}"),
        Variable::Float(number) => {
            float(number, out);
            Ok(())
        }
        Variable::Text(text) => {
            quoted(text, out);
            Ok(())
        }
        Variable::List(items) => {
            out.push('[');
            for place in 0..items.len() {
                if place > 0 {
                    out.push_str(", ");
                }
                written(items.item(place), out);
            }
            out.write_char(']')
        }
        Variable::Object(object) => {
            out.push('{');
            let mut first = true;
            object.each(&mut |name, value| {
                if !std::mem::take(&mut first) {
                    out.push_str(", ");
                }
                quoted(name, out);
                out.push_str(": ");
                written(value, out);
            });
            out.write_char('}')
        }
    };
}

/// The shortest digits that tell the number, which Rust and Python agree about, laid out as Python does.
fn float(number: f64, out: &mut String) {
    if !number.is_finite() {
        out.push_str(match number {
            _ if number.is_nan() => "nan",
            _ if number > 0.0 => "inf",
            _ => "-inf",
        });
        return;
    }
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..16).contains(&exponent) {
        let _ = write!(out, "{number:?}");
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "{digits}e{sign}{:02}", exponent.abs());
    }
}

fn quoted(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.push(quote);
    for c in text.chars() {
        let code = u32::from(c);
        let _ = match c {
            '\\' => out.write_str("\\\\"),
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            c if c == quote => write!(out, "\\{c}"),
            c if is_printable(c) => out.write_char(c),
            _ if code < 0x100 => write!(out, "\\x{code:02x}"),
            _ if code < 0x1_0000 => write!(out, "\\u{code:04x}"),
            _ => write!(out, "\\U{code:08x}"),
        };
    }
    out.push(quote);
}

fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    // Behind a letter, since a mark alone is escaped.
    let escaped: String = format!("a{c}").escape_debug().collect();
    !escaped.contains("\\u{")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::variable::AsVariable;

    #[test]
    fn values_are_printed_as_python_prints_them() {
        for (given, expected) in [
            (json!(true), "True"),
            (json!(null), "None"),
            (json!(0), "0"),
            (json!(-7), "-7"),
            (json!(1.0), "1.0"),
            (json!(0.1), "0.1"),
            (json!(1e15), "1000000000000000.0"),
            (json!(1e16), "1e+16"),
            (json!(1.5e-5), "1.5e-05"),
            (json!(0.0001), "0.0001"),
            (json!(-0.0), "-0.0"),
            (json!(1e100), "1e+100"),
            (json!("it's"), "it's"),
            (json!(["a", "it's", "\"'"]), r#"['a', "it's", '"\'']"#),
            (
                json!(["\n\t\\\u{7}é\u{a0}\u{200b}"]),
                r"['\n\t\\\x07é\xa0\u200b']",
            ),
            (json!({"a": [1, {"b": null}]}), "{'a': [1, {'b': None}]}"),
        ] {
            let mut out = String::new();
            given.as_variable().print(&mut out);
            assert_eq!(out, expected);
        }
    }
}
