//! Rust names for the service's names.

use std::collections::{HashMap, HashSet};

/// Names that are taken.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// The last number behind each name that several things would have.
    numbers: HashMap<String, usize>,
}

impl Names {
    pub(super) fn take(&mut self, wanted: &str, suffix: &str) -> String {
        // What stands for itself in Rust or in the imports of the file.
        const TAKEN: [&str; 11] = [
            "Self",
            "Attributes",
            "Context",
            "OneOrMany",
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
        while !self.taken.insert(name.clone()) {
            let number = self.numbers.entry(base.clone()).or_insert(1);
            *number += 1;
            name = format!("{base}{suffix}{number}");
        }
        name
    }
}

/// `eu-power.users` as `EuPowerUsers`.
pub(super) fn pascal(key: &str) -> String {
    let mut name = String::new();
    for word in key.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// `accountAge` as `account_age`.
pub(super) fn snake(attribute: &str) -> String {
    let mut name = String::new();
    let mut lower = false;
    for c in attribute.chars() {
        if c.is_ascii_uppercase() && lower {
            name.push('_');
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.ends_with('_') {
            // Two in a row are no snake case to rustc.
            name.push('_');
        }
    }
    if name.trim_matches('_').is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, "attribute_");
    }
    name
}

/// Words that no field can be called without `r#`, and those that no field can be called at all.
pub(super) fn field(name: &str) -> String {
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
