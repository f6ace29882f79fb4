//! A segment and its twin in a file: random segments, written both ways, get the same findings and become
//! the same requests, in each environment. The macro's part runs up to its draft, whose names are then
//! resolved as rustc does.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use proptest::prelude::*;
use segments_model::draft::DraftKind;
use segments_model::{
    Code, Definition, Draft, EnvironmentKey, Environments, OPERATORS, Operand, Operator, Value,
    file, wire,
};

use crate::errors::Errors;
use crate::meta::source;
use crate::segment::clause::Meaning;
use crate::segment::{self, parse};

/// An attribute in Rust and in a file, with values of it in both forms.
struct Attribute {
    rust: &'static str,
    kind: &'static str,
    file: &'static str,
    /// The values it is compared with, which determine its operators.
    operands: &'static [Operand],
    values: &'static [(&'static str, &'static str)],
}

const TEXTS: &[Operand] = &[Operand::Scalar, Operand::Text, Operand::Pattern];
const NUMBERS: &[Operand] = &[Operand::Scalar, Operand::Number];

const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        rust: "User::EMAIL",
        kind: "user",
        file: "email",
        operands: TEXTS,
        values: &[
            ("\"a\"", "'a'"),
            ("\"[ab]+\"", "'[ab]+'"),
            ("\"*@x\"", "'*@x'"),
            ("\"^a$\"", "'^a$'"),
            ("\"x \"", "'x '"),
        ],
    },
    Attribute {
        rust: "User::AGE",
        kind: "user",
        file: "age",
        operands: NUMBERS,
        values: &[("3", "3"), ("-1.5", "-1.5"), ("30", "30")],
    },
    Attribute {
        rust: "User::BETA",
        kind: "user",
        file: "beta",
        operands: &[Operand::Scalar],
        values: &[("true", "true"), ("false", "false")],
    },
    Attribute {
        rust: "User::VERSION",
        kind: "user",
        file: "version",
        operands: &[Operand::Version],
        values: &[
            ("\"2.0.0\"", "'2.0.0'"),
            ("\"1.0.202302104298\"", "'1.0.202302104298'"),
        ],
    },
    Attribute {
        rust: "User::CREATED",
        kind: "user",
        file: "created",
        operands: &[Operand::Date],
        values: &[
            ("\"2024-05-03T00:00:00Z\"", "'2024-05-03T00:00:00Z'"),
            ("1714694400", "1714694400"),
        ],
    },
    Attribute {
        rust: "Device::MODEL",
        kind: "device",
        file: "model",
        operands: TEXTS,
        values: &[("\"x\"", "'x'"), ("\"y\"", "'y'")],
    },
    Attribute {
        rust: "Device::SIZE",
        kind: "device",
        file: "size",
        operands: NUMBERS,
        values: &[("7", "7"), ("8", "8")],
    },
];

impl Attribute {
    /// The methods of the operators that fit, with their names in a file.
    fn operators(&self) -> Vec<(&'static str, &'static str)> {
        let fitting = OPERATORS.iter().filter(|row| {
            // `is` on a version cannot be a list of texts that are none.
            self.operands.contains(&row.operand) && row.operator != Operator::SemVerEqual
        });
        fitting.map(|row| (row.methods[0], row.wire)).collect()
    }
}

const HEAD: &str = "external_segments = ['staff', 'testers']\n[contexts.user.attributes]\nemail = 'string'\nage = 'number'\nbeta = 'bool'\nversion = 'semver'\ncreated = 'date'\n[contexts.device.attributes]\nmodel = 'string'\nsize = 'number'\n";

/// The attribute with this name in Rust; the key of a context is one as well.
fn named(rust: &str) -> (&'static str, &'static str) {
    match rust {
        "User::ID" => ("user", "key"),
        "Device::ID" => ("device", "key"),
        rust => {
            let found = ATTRIBUTES.iter().find(|attribute| attribute.rust == rust);
            found
                .map(|found| (found.kind, found.file))
                .expect("an attribute of the table")
        }
    }
}

/// Looks names up in what the macro has read.
fn resolved(written: &parse::Written) -> Draft {
    let mut draft = written.source.draft.clone();
    let kind = |path: &str| if path == "Device" { "device" } else { "user" };
    for targets in [&mut draft.included, &mut draft.excluded]
        .into_iter()
        .flatten()
    {
        for list in &mut targets.lists {
            list.kind = DraftKind::Name(kind(&list.kind.to_string()).to_owned());
        }
    }
    for (draft, written) in draft.rules.iter_mut().flatten().zip(&written.rules) {
        if let (Some(draft), Some(by)) = (&mut draft.by, &written.by) {
            let name = source(&by.attribute).replace(['<', '>', ' '], "");
            let (kind, attribute) = named(&name);
            (draft.kind, draft.attribute) = (Some(kind.into()), Some(attribute.into()));
        }
        for (draft, written) in draft.clauses.iter_mut().zip(&written.clauses) {
            match &written.meaning {
                Meaning::Comparison { attribute, .. } => {
                    let (kind, attribute) = named(attribute);
                    (draft.kind, draft.attribute) = (Some(kind.into()), Some(attribute.into()));
                }
                Meaning::MemberOf { segments, .. } => {
                    let keys = segments.iter().map(|path| source(path).to_lowercase());
                    draft.values = keys.map(Value::from).map(Some).collect();
                }
                Meaning::HasKind { contexts, .. } => {
                    let kinds = contexts.iter().map(|path| source(path).to_lowercase());
                    draft.values = kinds.map(Value::from).map(Some).collect();
                }
            }
        }
    }
    draft
}

/// A rule, in both forms.
#[derive(Debug, Clone)]
struct Both(String, String);

fn clause() -> impl Strategy<Value = Both> {
    let attribute = (
        0..ATTRIBUTES.len(),
        any::<prop::sample::Index>(),
        prop::collection::vec(any::<prop::sample::Index>(), 1..3),
        any::<bool>(),
    );
    let comparison = attribute.prop_map(|(at, operator, values, negate)| {
        let attribute = &ATTRIBUTES[at];
        let operators = attribute.operators();
        let (method, wire) = operators[operator.index(operators.len())];
        let values: Vec<_> = values.iter().map(|at| attribute.values[at.index(attribute.values.len())]).collect();
        let rust: Vec<&str> = values.iter().map(|(rust, _)| *rust).collect();
        let toml: Vec<&str> = values.iter().map(|(_, toml)| *toml).collect();
        let (method, rust) = match (&rust[..], method) {
            ([one], method) => (method, (*one).to_owned()),
            (several, "is") => ("is_any_of", format!("[{}]", several.join(", "))),
            (several, method) => (method, format!("[{}]", several.join(", "))),
        };
        let not = if negate { "!" } else { "" };
        let Attribute { rust: name, kind, file, .. } = attribute;
        let context = if *kind == "user" { String::new() } else { format!("context = '{kind}', ") };
        Both(
            format!("{not}{name}.{method}({rust})"),
            format!("{{ {context}attribute = '{file}', op = '{wire}', values = [{}], negate = {negate} }}", toml.join(", ")),
        )
    });
    let references = any::<bool>().prop_map(|negate| {
        let not = if negate { "!" } else { "" };
        Both(
            format!("{not}member_of!(Staff, Testers)"),
            format!("{{ op = 'segmentMatch', values = ['staff', 'testers'], negate = {negate} }}"),
        )
    });
    let has_kind = any::<bool>().prop_map(|negate| {
        let not = if negate { "!" } else { "" };
        Both(
            format!("{not}has_kind!(User, Device)"),
            format!("{{ attribute = 'kind', op = 'in', values = ['user', 'device'], negate = {negate} }}"),
        )
    });
    prop_oneof![6 => comparison, 1 => references, 1 => has_kind]
}

fn rule() -> impl Strategy<Value = Both> {
    let by = prop_oneof![
        Just(("", "")),
        Just(("by = User::ID, ", "bucket_context = 'user', ")),
        Just((
            "by = Device::MODEL, ",
            "bucket_context = 'device', bucket_by = 'model', "
        )),
    ];
    let share = prop::option::of((
        prop_oneof![Just("25"), Just("0.001"), Just("100"), Just("33.3333")],
        by,
    ));
    (prop::collection::vec(clause(), 0..4), share).prop_map(|(clauses, share)| {
        let (rust, toml): (Vec<String>, Vec<String>) = clauses
            .into_iter()
            .map(|Both(rust, toml)| (rust, toml))
            .unzip();
        let (mut start, mut begin) = (String::new(), String::new());
        if let Some((percent, (by, bucket))) = share {
            start = format!("percent = {percent}, {by}");
            begin = format!("percent = {percent}, {bucket}");
        }
        if rust.is_empty() {
            return Both(
                format!("rule({start}everyone())"),
                format!("{{ {begin}everyone = true }}"),
            );
        }
        Both(
            format!("rule({start}{})", rust.join(", ")),
            format!("{{ {begin}clauses = [{}] }}", toml.join(", ")),
        )
    })
}

/// One part of a segment, or nothing.
fn part(choices: &'static [(&'static str, &'static str)]) -> impl Strategy<Value = Both> {
    let some =
        prop::sample::select(choices).prop_map(|(rust, toml)| Both(rust.into(), toml.into()));
    prop_oneof![Just(Both(String::new(), String::new())), some]
}

/// The parts of a segment besides its rules: those for people, its lists, and its owner.
fn beside() -> impl Strategy<Value = Vec<Both>> {
    let words = part(&[
        ("name = \"The name\"", "name = 'The name'"),
        ("name = \"n\"", "name = 'n'"),
    ]);
    let tags = part(&[
        ("unmanaged(tags)", "unmanaged = ['tags']"),
        ("tags = []", "tags = []"),
        ("tags = [\"b\", \"a\"]", "tags = ['b', 'a']"),
    ]);
    let included = part(&[
        (
            "include(User = [\"a\", \"b\"], Device = [\"d\"])",
            "included = { user = ['b', 'a'], device = ['d'] }",
        ),
        (
            "include(at_least, Device = [\"d\"])",
            "included_at_least = { device = ['d'] }",
        ),
        ("include()", "included = {}"),
    ]);
    let excluded = part(&[
        ("exclude(User = [\"c\"])", "excluded = { user = ['c'] }"),
        (
            "exclude(at_least, User = [\"c\", \"e\"])",
            "excluded_at_least = { user = ['c', 'e'] }",
        ),
        ("exclude()", "excluded = {}"),
    ]);
    (words, tags, included, excluded).prop_map(|(a, b, c, d)| vec![a, b, c, d])
}

/// The rules of a segment, which are many arguments in Rust and one key in a file.
fn rules() -> impl Strategy<Value = Both> {
    prop::collection::vec(rule(), 1..4).prop_map(|rules| {
        let (rust, toml): (Vec<_>, Vec<_>) = rules
            .into_iter()
            .map(|Both(rust, toml)| (rust, toml))
            .unzip();
        Both(rust.join(", "), format!("rules = [{}]", toml.join(", ")))
    })
}

/// A segment in one environment: all of it, or some parts.
fn environment() -> impl Strategy<Value = Both> {
    let absent = Just(vec![Both("absent".into(), "absent = true".into())]);
    let own = (beside(), prop::option::of(rules())).prop_map(|(mut parts, rules)| {
        parts.extend(rules);
        parts
    });
    prop_oneof![1 => absent, 8 => own].prop_map(|parts| {
        let (rust, toml) = together(parts, ", ");
        let comma = if rust.is_empty() { "" } else { ", " };
        Both(
            format!("environment(\"staging\"{comma}{rust})"),
            format!("environments.staging = {{ {toml} }}"),
        )
    })
}

/// A whole segment.
fn segment() -> impl Strategy<Value = Both> {
    let protect = part(&[
        ("protect", "protect = true"),
        ("never_wider", "never_wider = true"),
    ]);
    (beside(), rules(), protect, prop::option::of(environment())).prop_map(
        |(mut parts, rules, protect, environment)| {
            parts.extend([rules, protect]);
            parts.extend(environment);
            let toml = together(parts.clone(), "\n").1;
            Both(together(parts, ", ").0, toml)
        },
    )
}

/// Parts in the order in which they are written, without those that say nothing.
fn together(parts: Vec<Both>, between: &str) -> (String, String) {
    let said = parts.into_iter().filter(|Both(rust, _)| !rust.is_empty());
    let (rust, toml): (Vec<_>, Vec<_>) = said.map(|Both(rust, toml)| (rust, toml)).unzip();
    (rust.join(between), toml.join(between))
}

/// The codes that need the types, which the macro leaves to rustc.
const RELATED: &[Code] = &[
    Code::RULE_NEVER_MATCHES,
    Code::RULE_COVERED,
    Code::CLAUSE_COVERED,
    Code::VALUE_COVERED,
    Code::PERCENT_ONE_SIDED,
    Code::EXCLUDED_UNNEEDED,
    Code::AUDIENCE_EMPTY,
    Code::AUDIENCE_EVERYBODY,
];

/// The findings of a segment, and its definitions in `production` and in `staging`.
type Twin = (BTreeSet<Code>, Option<[Definition; 2]>);

/// The macro's findings for a segment, and its definitions.
fn of_macro(arguments: &str) -> Twin {
    let tokens: TokenStream = arguments.parse().expect("tokens");
    let mut errors = Errors::default();
    let item = quote::quote!(
        /** d */
        struct Twin;
    );
    let written = segment::read(tokens, &item, &mut errors);
    assert_eq!(errors.len(), 0, "{arguments}");
    let there = written.environments.first().map(|there| &there.written);
    let all = || std::iter::once(&written).chain(there);
    let codes = all().flat_map(|written| segments_model::check::check(&written.source.draft));
    let codes = codes.filter(|found| !RELATED.contains(&found.code));
    let parsed = |written| Some(resolved(written).parse().ok()?.0);
    let everywhere = parsed(&written);
    let there = there.map_or_else(|| everywhere.clone(), parsed);
    let both = everywhere.zip(there).map(<[Definition; 2]>::from);
    (codes.map(|found| found.code).collect(), both)
}

/// A file's findings; checks that need its types, or other segments, are left to rustc and the registry.
fn of_file(segment: &str) -> Twin {
    let text = format!("{HEAD}[segments.twin]\ndescription = 'd'\n{segment}\n");
    let report = file::read("segments.toml", text.as_bytes());
    let codes = report.diagnostics().iter().map(|found| found.code);
    let codes = codes.filter(|code| !RELATED.contains(code)).collect();
    let mut segments = report.readable_part().segments.clone();
    let read = segments.pop().map(|read| read.definition);
    let both = read.map(|read| ["production", "staging"].map(|key| in_environment(&read, key)));
    (codes, both)
}

/// A segment as it is in one environment, and nowhere else.
fn in_environment(definition: &Definition, key: &'static str) -> Definition {
    let there = definition.in_environment(&EnvironmentKey::from_static(key));
    let mut there = there.into_owned();
    there.environments = Environments::default();
    there
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]
    #[test]
    fn twins_are_told_the_same_and_become_the_same(Both(rust, toml) in segment()) {
        let (said, twin) = of_macro(&rust);
        let (said_of_file, read) = of_file(&toml);
        prop_assert_eq!(&said, &said_of_file, "{} / {}", rust, toml);
        // A rule that never matches is an error of the file that needs the types.
        if let Some(read) = read {
            let twin = twin.expect("the file has one");
            prop_assert_eq!(&twin, &read, "{} / {}", &rust, &toml);
            let requests = |of: &[Definition; 2]| of.each_ref().map(wire::Segment::from);
            prop_assert_eq!(requests(&twin), requests(&read));
        }
    }
}

/// As many as `SEGMENTS_CASES` says; fewer in the usual run, which is a debug build.
fn cases() -> u32 {
    let cases = std::env::var("SEGMENTS_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(200)
}

#[test]
fn every_operator_of_the_table_has_a_twin() {
    for row in OPERATORS {
        let elsewhere = [Operator::SegmentMatch, Operator::SemVerEqual].contains(&row.operator);
        let mut attributes = ATTRIBUTES.iter().flat_map(Attribute::operators);
        assert!(
            elsewhere || attributes.any(|(_, wire)| wire == row.wire),
            "no attribute is compared with {}",
            row.wire
        );
    }
}
