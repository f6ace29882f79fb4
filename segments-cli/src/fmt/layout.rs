//! The usual order and layout.
//!
//! The order of tables is context kinds, then segments, each with its rules and examples right below it;
//! segments, rules and attributes keep the order of the author. The keys of a table are in the order of
//! the documentation, followed by unknown keys. Arrays take one line if they fit, and one line for each
//! value otherwise; several clauses always take a line each. Comments move with the line below or before
//! them.

use std::mem;

use toml_edit::{DocumentMut, Item, Table};

use super::order::{rank, usual};
use super::space::{above, behind, has_gap, text};
use super::value::lay_out;

/// Formats a file. Returns why it cannot: it is not TOML.
pub(crate) fn layout(source: &str) -> Result<String, String> {
    let unix = source
        .strip_prefix('\u{feff}')
        .unwrap_or(source)
        .replace("\r\n", "\n");
    let mut document: DocumentMut = unix.parse().map_err(|error: toml_edit::TomlError| {
        format!(
            "{}; run `cargo segments check` for details",
            error.message()
        )
    })?;
    let trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    let mut order = Order::default();
    order.table(document.as_table_mut(), &mut Vec::new());
    let end = above(&trailing, false);
    let separated = !end.is_empty() && (has_gap(&trailing) || order.placed > 0);
    document.set_trailing(if separated { format!("\n{end}") } else { end });
    let laid_out = document.to_string().trim_end().to_owned() + "\n";
    // A layout says the same. That this is so is seen to here and not only in tests, because a file
    // that says something else would target other people.
    if says(&laid_out) == says(&unix) && comments(&laid_out) == comments(&unix) {
        Ok(laid_out)
    } else {
        Err(
            "internal error: formatting would change the file's meaning; please report this"
                .to_owned(),
        )
    }
}

fn says(source: &str) -> Option<toml::Table> {
    source.parse().ok()
}

/// How many comments there are, or what looks like it; the same before and after.
fn comments(source: &str) -> usize {
    source.matches('#').count()
}

/// Gives out places in the file.
#[derive(Debug, Default)]
struct Order {
    placed: isize,
    /// Whether something stands above already.
    begun: bool,
}

impl Order {
    /// Lays out a table and everything in it. The path leaves out places in arrays.
    fn table(&mut self, table: &mut Table, path: &mut Vec<String>) {
        if !path.is_empty() && !table.is_dotted() {
            table.set_position(Some(self.placed));
            self.placed += 1;
            if !table.is_implicit() {
                let decor = table.decor_mut();
                let prefix = above(&text(decor.prefix()), mem::replace(&mut self.begun, true));
                decor.set_prefix(prefix);
                let suffix = behind(&text(decor.suffix()));
                decor.set_suffix(suffix);
            }
        }
        let usual = usual(path);
        table.sort_values_by(|left, _, right, _| {
            rank(&usual, left.get()).cmp(&rank(&usual, right.get()))
        });
        self.values(table, path);
        let mut keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
        keys.sort_by_key(|key| rank(&usual, key));
        for key in keys {
            path.push(key);
            let last = path.last().map(String::as_str).unwrap_or_default();
            match table.get_mut(last) {
                Some(Item::Table(inner)) if !inner.is_dotted() => self.table(inner, path),
                Some(Item::ArrayOfTables(array)) => {
                    for inner in array.iter_mut() {
                        self.table(inner, path);
                    }
                }
                _ => {}
            }
            path.pop();
        }
    }

    /// Lays out the keys of a table that have values, those of dotted keys among them.
    fn values(&mut self, table: &mut Table, path: &mut Vec<String>) {
        let mut first = true;
        for (mut key, item) in table.iter_mut() {
            path.push(key.get().to_owned());
            match item {
                Item::Value(value) => {
                    let decor = key.leaf_decor_mut();
                    let lines = text(decor.prefix());
                    let gap = has_gap(&lines) && !first && self.begun;
                    decor.set_prefix(above(&lines, gap));
                    decor.set_suffix(" ");
                    let comment = behind(&text(value.decor().suffix()));
                    let used = key.display_repr().chars().count() + " = ".len();
                    lay_out(value, path, used, 0);
                    value.decor_mut().set_prefix(" ");
                    value.decor_mut().set_suffix(comment);
                    first = false;
                    self.begun = true;
                }
                Item::Table(inner) if inner.is_dotted() => {
                    self.values(inner, path);
                    first = false;
                }
                _ => {}
            }
            path.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_served_has_its_order_too() {
        let written = "\
[flags.b.environments.staging]
fallthrough = \"on\"
targets = [{ keys = [\"u\"], serve = \"on\" }]

[flags.b]
fallthrough = { off = 50, on = 50 }
variations = [\"on\", \"off\"]
[[flags.b.rules]]
serve = \"on\"
everyone = true
[segments.a]
environments.test = { rules = [], name = \"A\" }
nobody = true
";
        let expected = "\
[segments.a]
nobody = true
environments.test = { name = \"A\", rules = [] }

[flags.b]
variations = [\"on\", \"off\"]
fallthrough = { off = 50, on = 50 }

[[flags.b.rules]]
everyone = true
serve = \"on\"

[flags.b.environments.staging]
targets = [{ serve = \"on\", keys = [\"u\"] }]
fallthrough = \"on\"
";
        assert_eq!(layout(written).unwrap(), expected);
        assert_eq!(layout(expected).unwrap(), expected);
    }

    #[test]
    fn keys_tables_and_arrays_get_their_places_and_comments_stay() {
        let written = r#"# About this file.

allow=["style-key"]  # old keys


# Who is who.
[segments.staff]
tags = [ "a","b" ,]
# The name.
name="Staff"
[[segments.staff.examples]]
context = {user={key="u-1"}}
member=true
# Before the rule.
[[segments.staff.rules]]
clauses=[{op="in",attribute="plan",values=["pro"]},{values=[true],op="in",attribute="beta"}, # beta only
  # the end
]
[contexts.user.attributes]
plan="string"
# last words
"#;
        let expected = r#"# About this file.

allow = ["style-key"] # old keys

[contexts.user.attributes]
plan = "string"

# Who is who.
[segments.staff]
# The name.
name = "Staff"
tags = ["a", "b"]

# Before the rule.
[[segments.staff.rules]]
clauses = [
  { attribute = "plan", op = "in", values = ["pro"] },
  { attribute = "beta", op = "in", values = [true] }, # beta only
  # the end
]

[[segments.staff.examples]]
member = true
context = { user = { key = "u-1" } }

# last words
"#;
        let laid_out = layout(written).unwrap();
        assert_eq!(laid_out, expected);
        assert_eq!(layout(&laid_out).unwrap(), laid_out);
    }

    #[test]
    fn long_arrays_take_a_line_for_each_value() {
        let keys: Vec<String> = (0..12).map(|n| format!("\"user-{n:06}\"")).collect();
        let written = format!(
            "[segments.s]\nincluded = {{ user = [{}] }}\ntags = [{}]\n",
            keys.join(","),
            keys.join(",")
        );
        let laid_out = layout(&written).unwrap();
        assert!(
            laid_out.contains("tags = [\n  \"user-000000\",\n"),
            "{laid_out}"
        );
        assert!(
            laid_out.contains("included = { user = [\"user-000000\", "),
            "{laid_out}"
        );
        assert_eq!(layout(&laid_out).unwrap(), laid_out);
    }

    #[test]
    fn what_is_no_toml_is_refused_with_the_reason() {
        assert!(
            layout("[segments")
                .unwrap_err()
                .contains("cargo segments check")
        );
        assert_eq!(layout("").unwrap(), "\n");
    }

    /// Blank space and comments between lines.
    fn between() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop_oneof![
                Just(String::new()),
                Just("   ".to_owned()),
                "  # [a-z]{1,8}#?"
            ],
            0..3,
        )
        .prop_map(|lines| lines.iter().map(|line| format!("{line}\n")).collect())
    }

    fn value() -> impl Strategy<Value = String> {
        let plain = prop_oneof![
            "\"[a-z#]{0,9}\"",
            Just("true".to_owned()),
            (0..1000_u32).prop_map(|number| number.to_string()),
        ];
        plain.prop_recursive(3, 12, 4, |inner| {
            let list = prop::collection::vec((inner.clone(), between()), 0..5);
            let table = prop::collection::vec(inner, 0..4);
            prop_oneof![
                (list, between()).prop_map(|(values, end)| {
                    let values: String = values
                        .iter()
                        .map(|(value, between)| format!("\n{between}{value},"))
                        .collect();
                    format!("[{values}\n{end}]")
                }),
                table.prop_map(|values| {
                    let keys = ["values", "op", "attribute", "context"];
                    let pairs = keys
                        .iter()
                        .zip(values)
                        .map(|(key, value)| format!("{key}={value}"));
                    format!("{{{}}}", pairs.collect::<Vec<_>>().join(" , "))
                }),
            ]
        })
    }

    fn table() -> impl Strategy<Value = String> {
        let header = prop_oneof![
            Just("[segments.a]"),
            Just("[[segments.a.rules]]"),
            Just("[[segments.a.examples]]"),
            Just("[segments.\"b.c\"]"),
            Just("[contexts.user.attributes]"),
            Just("[contexts.user]"),
        ];
        let keys = ["allow", "name", "clauses", "member", "tags", "x.y"];
        let lines = prop::collection::vec((between(), value(), any::<bool>()), 0..5);
        (between(), header, lines).prop_map(move |(above, header, lines)| {
            let lines = keys
                .iter()
                .zip(lines)
                .map(|(key, (above, value, commented))| {
                    let comment = if commented { "# behind" } else { "" };
                    format!("{above}{key}={value}{comment}\n")
                });
            format!("{above}{header}\n{}", lines.collect::<String>())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn a_layout_keeps_comments_says_the_same_and_is_one_already(
            tables in prop::collection::vec(table(), 0..6),
            end in between(),
        ) {
            let written = tables.concat() + &end;
            // The same header twice is no TOML.
            prop_assume!(says(&written).is_some());
            let laid_out = layout(&written).map_err(|reason| TestCaseError::fail(format!("{reason}: {written}")))?;
            let sorted = |text: &str| {
                let mut found: Vec<String> = text
                    .lines()
                    .filter_map(|line| Some(line.rsplit_once("# ")?.1.trim().to_owned()))
                    .collect();
                found.sort();
                found
            };
            prop_assert_eq!(sorted(&laid_out), sorted(&written));
            prop_assert_eq!(layout(&laid_out).unwrap(), laid_out);
        }
    }
}
