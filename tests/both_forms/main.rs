//! What the attributes can say, a file can say: each row is a segment, an AI Config or a flag written
//! both ways, and both give the same definition.

mod codes;
mod defaults;
mod targetings;

use std::collections::BTreeSet;
use std::fs;

use segments_model::{Definition, OPERATORS, file};
use segments_runtime::{
    AttributeValue, Attributes, Context, Environment, Segment, Timestamp, segment,
};

#[derive(Context, Default)]
#[context(kind = "user", rename_all = "camelCase")]
struct User {
    #[context(key)]
    id: String,
    beta: bool,
    account_age: f64,
    email: Option<String>,
    plan: Plan,
    version: Option<semver::Version>,
    created: Option<Timestamp>,
    groups: Vec<String>,
    address: Address,
}

#[derive(AttributeValue, Default)]
enum Plan {
    #[default]
    Free,
    #[allow(dead_code, reason = "nobody has it")]
    EnterprisePlus,
}

#[derive(Attributes, Default)]
struct Address {
    city: String,
}

#[derive(Context)]
#[context(kind = "device")]
struct Device {
    #[context(key)]
    id: String,
    model: String,
}

fn user() -> User {
    User {
        id: "u".to_owned(),
        ..User::default()
    }
}

fn device(model: &str) -> Device {
    let (id, model) = ("d".to_owned(), model.to_owned());
    Device { id, model }
}

#[derive(Environment)]
enum Stage {
    Production,
    Staging,
}

/// What the file declares of the structs above, and the segment that rows ask.
const DECLARED: &str = r#"
external_segments = ["asked", "asked-too"]
[contexts.user.attributes]
beta = "bool"
accountAge = "number"
email = "string"
plan = { type = "string", one_of = ["free", "enterprise-plus"] }
version = "semver"
created = "date"
groups = { type = "string", many = true }
"/address/city" = "string"
[contexts.device.attributes]
model = "string"
"#;

/// Asked by others.
#[segment(nobody())]
struct Asked;

/// Asked by others.
#[segment(nobody())]
struct AskedToo;

struct Row {
    key: &'static str,
    definition: fn() -> Definition,
    /// The arguments of the attribute.
    rust: &'static str,
    /// The table of the file.
    toml: &'static str,
}

macro_rules! rows {
    ($($name:ident $key:literal [$($arguments:tt)*] $toml:literal;)*) => {
        $(#[segment(key = $key, $($arguments)*)] struct $name;)*

        const ROWS: &[Row] = &[$(Row {
            key: $key,
            definition: <$name as Segment>::definition,
            rust: stringify!(key = $key, $($arguments)*),
            toml: $toml,
        }),*];
    };
}

// A description in every row, or the house style warns.
rows! {
    Words "words" [name = "The name", description = "d", tags = ["b", "a"], nobody()]
        "name = 'The name'\ndescription = 'd'\ntags = ['a', 'b']\nnobody = true";
    Moved "moved" [description = "d", moved_from = "moved-before", nobody()]
        "description = 'd'\nmoved_from = 'moved-before'\nnobody = true";
    NoTags "no-tags" [description = "d", tags = [], nobody()]
        "description = 'd'\ntags = []\nnobody = true";
    Warned "Warned_Key" [name = "Warned Key", description = "d", nobody(), allow(style_key)]
        "description = 'd'\nnobody = true\nallow = ['style-key']";
    BigOne "big-one" [description = "d", big, of = Device]
        "description = 'd'\nbig = 'device'";
    ListsExactly "lists-exactly" [description = "d", include(User = ["a", "b"], Device = ["d"]), exclude(User = ["c"])]
        "description = 'd'\nincluded = { user = ['b', 'a'], device = ['d'] }\nexcluded = { user = ['c'] }";
    ListsAtLeast "lists-at-least" [description = "d", include(at_least, User = ["a"]), exclude(at_least, Device = ["d"])]
        "description = 'd'\nincluded_at_least = { user = ['a'] }\nexcluded_at_least = { device = ['d'] }";
    ListsUntil "lists-until" [description = "d", include(User = ["a"], until = "2099-01-31")]
        "description = 'd'\nincluded = [{ user = ['a'], until = '2099-01-31' }]";
    EveryoneIn "everyone-in" [description = "d", rule(description = "all", everyone())]
        "description = 'd'\nrules = [{ description = 'all', everyone = true }]";
    ShareOfAll "share-of-all" [description = "d", rule(percent = 12.5, by = User::ID, everyone()), allow(split_kind_optional)]
        "description = 'd'\nallow = ['split-kind-optional']\nrules = [{ percent = 12.5, bucket_context = 'user', everyone = true }]";
    ShareBy "share-by" [description = "d", rule(percent = 50, by = Device::MODEL, User::BETA.is(true)), allow(split_kind_optional)]
        "description = 'd'\nallow = ['split-kind-optional']\nrules = [{ percent = 50, bucket_context = 'device', bucket_by = 'model', clauses = [{ attribute = 'beta', op = 'in', values = [true] }] }]";
    ShareByKey "share-by-key" [description = "d", rule(percent = 0.001, by = Device::ID, User::BETA.is(true)), allow(split_kind_optional)]
        "description = 'd'\nallow = ['split-kind-optional']\nrules = [{ percent = 0.001, bucket_context = 'device', clauses = [{ attribute = 'beta', op = 'in', values = [true] }] }]";
    Several "several" [description = "d", rule(User::BETA.is(false)), rule(User::ACCOUNT_AGE.gt(-1.5), Device::MODEL.is("x"))]
        "description = 'd'\nrules = [{ clauses = [{ attribute = 'beta', op = 'in', values = [false] }] }, { clauses = [{ attribute = 'accountAge', op = 'greaterThan', values = [-1.5] }, { context = 'device', attribute = 'model', op = 'in', values = ['x'] }] }]";
    OfAnEnum "of-an-enum" [description = "d", rule(User::PLAN.is_any_of([Plan::Free, Plan::EnterprisePlus]))]
        "description = 'd'\nrules = [{ clauses = [{ attribute = 'plan', op = 'in', values = ['free', 'enterprise-plus'] }] }]";
    OfMany "of-many" [description = "d", rule(User::GROUPS.starts_with("a"), User::ID.is("u"), User::ADDRESS.city.is("Berlin"))]
        "description = 'd'\nrules = [{ clauses = [{ attribute = 'groups', op = 'startsWith', values = ['a'] }, { attribute = 'key', op = 'in', values = ['u'] }, { attribute = '/address/city', op = 'in', values = ['Berlin'] }] }]";
    Moments "moments" [description = "d", rule(User::CREATED.is(Timestamp::from_millis(1_714_694_400_000))), rule(!User::CREATED.before("2024-05-03T00:00:00Z"))]
        "description = 'd'\nrules = [{ clauses = [{ attribute = 'created', op = 'in', values = [1714694400000] }] }, { clauses = [{ attribute = 'created', op = 'before', values = ['2024-05-03T00:00:00Z'], negate = true }] }]";
    LargeNumbers "large-numbers" [description = "d", rule(User::ACCOUNT_AGE.is(9_007_199_254_740_992_i64)), rule(User::ACCOUNT_AGE.ge(0.1))]
        "description = 'd'\nrules = [{ clauses = [{ attribute = 'accountAge', op = 'in', values = [9007199254740992] }] }, { clauses = [{ attribute = 'accountAge', op = 'greaterThanOrEqual', values = [0.1] }] }]";
    ShareByNested "share-by-nested" [description = "d", rule(description = "a tenth", percent = 10, by = User::ADDRESS.city, User::BETA.is(true))]
        "description = 'd'\nrules = [{ description = 'a tenth', percent = 10, bucket_by = '/address/city', clauses = [{ attribute = 'beta', op = 'in', values = [true] }] }]";
    Shown "shown" [
        description = "d", rule(User::BETA.is(true), Device::MODEL.is("x")),
        member((User { beta: true, ..user() }, device("x"))), not_member((user(), device("x")))
    ]
        "description = 'd'\nrules = [{ clauses = [{ attribute = 'beta', op = 'in', values = [true] }, { context = 'device', attribute = 'model', op = 'in', values = ['x'] }] }]\nexamples = [{ member = true, context = { user = { key = 'u', beta = true }, device = { key = 'd', model = 'x' } } }, { member = false, context = { user = { key = 'u', beta = false }, device = { key = 'd', model = 'x' } } }]";
    InPlaces "in-places" [
        name = "n", description = "d", tags = ["a"], include(User = ["a"]), exclude(User = ["b"]), rule(User::BETA.is(true)),
        environment(
            "staging", name = "m", description = "e", tags = ["b"], include(at_least, Device = ["d"]), exclude(User = ["c"]),
            rule(description = "r", percent = 5, by = User::ID, User::EMAIL.ends_with("@x")), rule(!member_of!(Asked)),
        )
    ]
        "name = 'n'\ndescription = 'd'\ntags = ['a']\nincluded = { user = ['a'] }\nexcluded = { user = ['b'] }\nrules = [{ clauses = [{ attribute = 'beta', op = 'in', values = [true] }] }]\nenvironments.staging = { name = 'm', description = 'e', tags = ['b'], included_at_least = { device = ['d'] }, excluded = { user = ['c'] }, rules = [{ description = 'r', percent = 5, clauses = [{ attribute = 'email', op = 'endsWith', values = ['@x'] }] }, { clauses = [{ op = 'segmentMatch', values = ['asked'], negate = true }] }] }";
    ListedThere "listed-there" [
        description = "d", nobody(),
        environment("staging", include(User = ["a"]), exclude(at_least, User = ["b"]))
    ]
        "description = 'd'\nnobody = true\nenvironments.staging = { included = { user = ['a'] }, excluded_at_least = { user = ['b'] } }";
    InStages "in-stages" [
        description = "d", rule(User::BETA.is(true)),
        environment(Stage::Production), environment(Stage::Staging, nobody())
    ]
        "description = 'd'\nrules = [{ clauses = [{ attribute = 'beta', op = 'in', values = [true] }] }]\nenvironments = { production = {}, staging = { nobody = true } }";

    Kept "kept" [
        description = "d", protect, never_wider, unmanaged(include, tags), exclude(), rule(percent = 10, User::BETA.is(true)),
        environment("dev", absent), environment("staging", percent = 90, unmanaged(exclude)), environment("test", no_rules)
    ]
        "description = 'd'\nprotect = true\nnever_wider = true\nunmanaged = ['included', 'tags']\nexcluded = {}\nrules = [{ percent = 10, clauses = [{ attribute = 'beta', op = 'in', values = [true] }] }]\nenvironments.dev.absent = true\nenvironments.staging = { percent = 90, unmanaged = ['excluded'] }\nenvironments.test.rules = []";

    In "op-in" [name = "n", description = "d", rule(User::EMAIL.is("a"), !User::ACCOUNT_AGE.is_any_of([1, 2]))]
        "name = 'n'\ndescription = 'd'\nrules = [{ clauses = [{ attribute = 'email', op = 'in', values = ['a'] }, { attribute = 'accountAge', op = 'in', values = [1, 2], negate = true }] }]";
    StartsWith "op-starts" [name = "n", description = "d", rule(User::EMAIL.starts_with("a")), rule(!User::EMAIL.starts_with(["b", "c"]))]
        "name = 'n'\ndescription = 'd'\nrules = [{ clauses = [{ attribute = 'email', op = 'startsWith', values = ['a'] }] }, { clauses = [{ attribute = 'email', op = 'startsWith', values = ['b', 'c'], negate = true }] }]";
    EndsWith "op-ends" [name = "n", description = "d", rule(User::EMAIL.ends_with("a")), rule(!User::EMAIL.ends_with(["b", "c"]))]
        "name = 'n'\ndescription = 'd'\nrules = [{ clauses = [{ attribute = 'email', op = 'endsWith', values = ['a'] }] }, { clauses = [{ attribute = 'email', op = 'endsWith', values = ['b', 'c'], negate = true }] }]";
    Contains "op-contains" [name = "n", description = "d", rule(User::EMAIL.contains("a"), !User::EMAIL.contains(["b", "c"]))]
        "name = 'n'\ndescription = 'd'\nrules = [{ clauses = [{ attribute = 'email', op = 'contains', values = ['a'] }, { attribute = 'email', op = 'contains', values = ['b', 'c'], negate = true }] }]";
    Matches "op-matches" [name = "n", description = "d", allow(pattern_line_breaks), rule(User::EMAIL.matches("^a+$")), rule(!User::EMAIL.matches(["b+", "c+"]))]
        "name = 'n'\ndescription = 'd'\nallow = ['pattern-line-breaks']\nrules = [{ clauses = [{ attribute = 'email', op = 'matches', values = ['^a+$'] }] }, { clauses = [{ attribute = 'email', op = 'matches', values = ['b+', 'c+'], negate = true }] }]";
    LessThan "op-less" [name = "n", description = "d", allow(value_covered), rule(User::ACCOUNT_AGE.lt(10), !User::ACCOUNT_AGE.lt([1, 2]))]
        "name = 'n'\ndescription = 'd'\nallow = ['value-covered']\nrules = [{ clauses = [{ attribute = 'accountAge', op = 'lessThan', values = [10] }, { attribute = 'accountAge', op = 'lessThan', values = [1, 2], negate = true }] }]";
    AtMost "op-at-most" [name = "n", description = "d", allow(value_covered), rule(User::ACCOUNT_AGE.le(10), !User::ACCOUNT_AGE.le([1, 2]))]
        "name = 'n'\ndescription = 'd'\nallow = ['value-covered']\nrules = [{ clauses = [{ attribute = 'accountAge', op = 'lessThanOrEqual', values = [10] }, { attribute = 'accountAge', op = 'lessThanOrEqual', values = [1, 2], negate = true }] }]";
    GreaterThan "op-greater" [name = "n", description = "d", allow(value_covered), rule(User::ACCOUNT_AGE.gt(1), !User::ACCOUNT_AGE.gt([8, 9]))]
        "name = 'n'\ndescription = 'd'\nallow = ['value-covered']\nrules = [{ clauses = [{ attribute = 'accountAge', op = 'greaterThan', values = [1] }, { attribute = 'accountAge', op = 'greaterThan', values = [8, 9], negate = true }] }]";
    AtLeast "op-at-least" [name = "n", description = "d", allow(value_covered), rule(User::ACCOUNT_AGE.ge(1), !User::ACCOUNT_AGE.ge([8, 9]))]
        "name = 'n'\ndescription = 'd'\nallow = ['value-covered']\nrules = [{ clauses = [{ attribute = 'accountAge', op = 'greaterThanOrEqual', values = [1] }, { attribute = 'accountAge', op = 'greaterThanOrEqual', values = [8, 9], negate = true }] }]";
    Before "op-before" [name = "n", description = "d", allow(value_covered), rule(User::CREATED.before("2024-05-03T00:00:00Z"), !User::CREATED.before(["2020-05-03T00:00:00Z", "2021-05-03T00:00:00Z"]))]
        "name = 'n'\ndescription = 'd'\nallow = ['value-covered']\nrules = [{ clauses = [{ attribute = 'created', op = 'before', values = [2024-05-03T00:00:00Z] }, { attribute = 'created', op = 'before', values = ['2020-05-03T00:00:00Z', 2021-05-03T00:00:00Z], negate = true }] }]";
    After "op-after" [name = "n", description = "d", allow(value_covered), rule(User::CREATED.after(1_714_694_400_000_i64), !User::CREATED.after(["2030-05-03T00:00:00Z", "2031-05-03T00:00:00Z"]))]
        "name = 'n'\ndescription = 'd'\nallow = ['value-covered']\nrules = [{ clauses = [{ attribute = 'created', op = 'after', values = [1714694400000] }, { attribute = 'created', op = 'after', values = ['2030-05-03T00:00:00Z', 2031-05-03T00:00:00Z], negate = true }] }]";
    VersionIs "op-version" [name = "n", description = "d", rule(User::VERSION.is("1.0.0")), rule(!User::VERSION.is_any_of(["2.0.0", "3.0.0"]))]
        "name = 'n'\ndescription = 'd'\nrules = [{ clauses = [{ attribute = 'version', op = 'semVerEqual', values = ['1.0.0'] }] }, { clauses = [{ attribute = 'version', op = 'semVerEqual', values = ['2.0.0', '3.0.0'], negate = true }] }]";
    VersionLess "op-version-less" [name = "n", description = "d", allow(value_covered), rule(User::VERSION.lt("2.0.0"), !User::VERSION.lt(["1.0.0", "1.1.0"]))]
        "name = 'n'\ndescription = 'd'\nallow = ['value-covered']\nrules = [{ clauses = [{ attribute = 'version', op = 'semVerLessThan', values = ['2.0.0'] }, { attribute = 'version', op = 'semVerLessThan', values = ['1.0.0', '1.1.0'], negate = true }] }]";
    VersionGreater "op-version-greater" [name = "n", description = "d", allow(value_covered), rule(User::VERSION.gt("1.0.0"), !User::VERSION.gt(["2.0.0", "2.1.0"]))]
        "name = 'n'\ndescription = 'd'\nallow = ['value-covered']\nrules = [{ clauses = [{ attribute = 'version', op = 'semVerGreaterThan', values = ['1.0.0'] }, { attribute = 'version', op = 'semVerGreaterThan', values = ['2.0.0', '2.1.0'], negate = true }] }]";
    Asks "op-asks" [name = "n", description = "d", rule(member_of!(Asked)), rule(!member_of!(Asked, AskedToo))]
        "name = 'n'\ndescription = 'd'\nrules = [{ clauses = [{ op = 'segmentMatch', values = ['asked'] }] }, { clauses = [{ op = 'segmentMatch', values = ['asked', 'asked-too'], negate = true }] }]";
}

/// What a file of one segment gives.
fn read(key: &str, toml: &str) -> Definition {
    let text = format!("{DECLARED}[segments.{key}]\n{toml}\n");
    let report = file::read("segments.toml", text.as_bytes());
    assert!(report.diagnostics().is_empty(), "{key}: {report}");
    let file = report.into_file().unwrap();
    file.segments[0].definition.clone()
}

#[test]
fn each_segment_is_the_same_written_both_ways() {
    for row in ROWS {
        assert_eq!(read(row.key, row.toml), (row.definition)(), "{}", row.key);
    }
}

/// Without a word, key, name, description and lists are the same, too.
#[test]
fn what_is_left_out_is_the_same() {
    let described = read(
        "asked-too",
        "description = 'Asked by others.'\nnobody = true",
    );
    assert_eq!(AskedToo::definition(), described);
}

/// A row for each operator, plain and negated, with one value and with several.
#[test]
fn no_operator_is_left_out() {
    let definitions = ROWS.iter().map(|row| (row.definition)());
    let tested: BTreeSet<_> = definitions
        .flat_map(|definition| definition.rules().to_vec())
        .flat_map(|rule| rule.clauses)
        .flat_map(|clause| {
            let (operator, several) = (clause.operator.wire(), clause.values.len() > 1);
            [
                (operator, "negated", clause.negate),
                (operator, "several", several),
            ]
        })
        .collect();
    for row in OPERATORS {
        for (way, is) in [
            ("negated", false),
            ("negated", true),
            ("several", false),
            ("several", true),
        ] {
            assert!(
                tested.contains(&(row.wire, way, is)),
                "{} {way} {is}",
                row.wire
            );
        }
    }
}

/// Every key that the attribute has, in a row.
#[test]
fn no_key_of_the_attribute_is_left_out() {
    let table = "../segments-macros/src/segment/keys.rs";
    let table = fs::read_to_string(format!("{}/{table}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    // A row of the table is `"key" "key = ..."`.
    let rows = table
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" \""));
    let keys: BTreeSet<&str> = rows.map(|(key, _)| key).collect();
    assert!(keys.len() >= 18, "{keys:?}");
    let rows = ROWS.iter().flat_map(|row| row.rust.split(not_of_a_word));
    let words: BTreeSet<&str> = rows.collect();
    for key in keys.into_iter().filter(|key| *key != "crate") {
        assert!(words.contains(key), "{key}");
    }
}

fn not_of_a_word(c: char) -> bool {
    !c.is_alphanumeric() && c != '_'
}

/// Every key that a segment of a file has, in a row.
#[test]
fn no_key_of_the_file_is_left_out() {
    let schema = file::json_schema();
    let parts = ROWS.iter().flat_map(|row| row.toml.split('='));
    let written: BTreeSet<&str> = parts
        .filter_map(|before| before.trim_end().rsplit(not_of_a_word).next())
        .collect();
    for table in ["segment", "environment", "rule", "clause", "example"] {
        let properties = schema["definitions"][table]["properties"]
            .as_object()
            .unwrap();
        for key in properties.keys() {
            // `description` of an example is for people; no attribute has it.
            let shown = table == "example" && key == "description";
            assert!(shown || written.contains(key.as_str()), "{table}: {key}");
        }
    }
}
