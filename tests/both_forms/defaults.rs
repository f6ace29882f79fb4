//! What holds where nothing is said: the same in both forms, and in the table of the guide.

use std::fs;
use std::path::Path;

use segments_model::{Definition, file};
use segments_runtime::{Segment, Targeted, ai_config, segment};

use crate::{DECLARED, Device, User, read};

/// The page with the table.
const PAGE: &str = "../docs/guide/toml.md";

/// A segment of which a part is left out.
struct Row {
    part: &'static str,
    meaning: &'static str,
    key: &'static str,
    definition: fn() -> Definition,
    toml: &'static str,
    /// The same with the part written out.
    said: &'static str,
}

macro_rules! rows {
    ($($name:ident $key:literal $part:literal $meaning:literal [$($arguments:tt)*] $toml:literal $said:literal;)*) => {
        $(#[segment($($arguments)*)] struct $name;)*

        const ROWS: &[Row] = &[$(Row {
            part: $part, meaning: $meaning, key: $key, definition: <$name as Segment>::definition,
            toml: $toml, said: $said,
        }),*];
    };
}

rows! {
    PowerUsers "power-users" "`name`" "the words of the key; in Rust, of the type"
        [description = "d", nobody()]
        "description = 'd'\nnobody = true"
        "name = 'Power users'\ndescription = 'd'\nnobody = true";
    OnlyRules "only-rules" "`tags`, `included`, `excluded`, `rules`" "not managed: existing values stay"
        [description = "d", include(User = ["a"])]
        "description = 'd'\nincluded = { user = ['a'] }"
        "description = 'd'\nincluded = { user = ['a'] }\nnobody = false";
    Plain "plain" "`negate`, `everyone`, `nobody`" "`false`"
        [description = "d", rule(User::BETA.is(true))]
        "description = 'd'\nrules = [{ clauses = [{ attribute = 'beta', op = 'in', values = [true] }] }]"
        "description = 'd'\nnobody = false\nrules = [{ everyone = false, clauses = [{ attribute = 'beta', op = 'in', values = [true], negate = false }] }]";
    OfUsers "of-users" "`context` of a clause" "`user`; in Rust, the type determines it"
        [description = "d", rule(User::BETA.is(true))]
        "description = 'd'\nrules = [{ clauses = [{ attribute = 'beta', op = 'in', values = [true] }] }]"
        "description = 'd'\nrules = [{ clauses = [{ context = 'user', attribute = 'beta', op = 'in', values = [true] }] }]";
    Tenth "tenth" "`bucket_by`" "`key`"
        [description = "d", rule(percent = 10, User::BETA.is(true))]
        "description = 'd'\nrules = [{ percent = 10, clauses = [{ attribute = 'beta', op = 'in', values = [true] }] }]"
        "description = 'd'\nrules = [{ percent = 10, bucket_by = 'key', clauses = [{ attribute = 'beta', op = 'in', values = [true] }] }]";
    TenthOfDevices "tenth-of-devices" "`bucket_context`" "the only kind that the clauses test; required if there are several, or none"
        [description = "d", rule(percent = 10, Device::MODEL.is("x"))]
        "description = 'd'\nrules = [{ percent = 10, clauses = [{ context = 'device', attribute = 'model', op = 'in', values = ['x'] }] }]"
        "description = 'd'\nrules = [{ percent = 10, bucket_context = 'device', clauses = [{ context = 'device', attribute = 'model', op = 'in', values = ['x'] }] }]";
    Elsewhere "elsewhere" "a key in `environments`" "as in the base"
        [description = "d", nobody(), environment("staging")]
        "description = 'd'\nnobody = true\nenvironments.staging = {}"
        "description = 'd'\nnobody = true\nenvironments.staging = { name = 'Elsewhere', description = 'd', nobody = true }";
}

#[test]
fn what_is_left_out_means_the_same_in_both_forms() {
    for row in ROWS {
        let definition = (row.definition)();
        assert_eq!(read(row.key, row.toml), definition, "{}", row.part);
        assert_eq!(
            read(row.key, row.said),
            definition,
            "{} written out",
            row.part
        );
    }
}

/// Served by halves, of the only kind that the rule looks at.
#[ai_config(variations(fast, slow), rule(Device::MODEL.is("x") => percent(fast = 50, slow = 50)), fallthrough = fast)]
struct Halves;

#[test]
fn a_split_is_one_of_the_only_kind_as_well() {
    let toml = |more: &str| {
        format!(
            "{DECLARED}[ai_configs.halves]\nvariations = ['fast', 'slow']\nfallthrough = 'fast'\n\
             rules = [{{ clauses = [{{ context = 'device', attribute = 'model', op = 'in', values = ['x'] }}], serve = {{ fast = 50, slow = 50 }}{more} }}]\n"
        )
    };
    for more in ["", ", bucket_context = 'device'", ", bucket_by = 'key'"] {
        let report = file::read("segments.toml", toml(more).as_bytes());
        assert!(report.diagnostics().is_empty(), "{report}");
        let file = report.into_file().unwrap();
        assert_eq!(file.targetings[0].targeting, Halves::targeting(), "{more}");
    }
}

/// `UPDATE=1` writes the table.
#[test]
fn the_guide_has_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page
        .split_once("<!-- defaults -->\n")
        .expect("where the table begins");
    let (shown, after) = rest
        .split_once("<!-- end of defaults -->")
        .expect("where it ends");
    let rows = ROWS
        .iter()
        .map(|row| format!("| {} | {} |\n", row.part, row.meaning));
    let table: String = ["| left out | means |\n|---|---|\n".to_owned()]
        .into_iter()
        .chain(rows)
        .collect();
    if std::env::var_os("UPDATE").is_some() {
        let page = format!("{before}<!-- defaults -->\n{table}<!-- end of defaults -->{after}");
        fs::write(&path, page).unwrap();
        return;
    }
    assert_eq!(shown, table, "UPDATE=1 writes it");
}
