//! What a file is told, Rust is told: the way in which Rust gets a code, or why it cannot arise.
//!
//! A check of a draft runs over both forms, so only what is found before there is a draft has to have a row.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use segments_model::{Code, Severity};

/// How Rust code gets a finding.
enum Rust {
    /// At compile time, as this case of `tests/ui` shows.
    Says(&'static str),
    /// When the program reads its registry: `tests/registry.rs`, `tests/registry_conflict.rs` and `tests/assertions.rs`.
    Registry,
    /// Not at all, for this reason.
    Cannot(&'static str),
}

use Rust::{Cannot, Registry, Says};

const NO_FILE: Rust = Cannot("there is no file");
const TESTED: Rust = Cannot("an example in Rust is a test, which fails");

const ROWS: &[(Code, Rust)] = &[
    (
        Code::DRAFT_INCOMPLETE,
        Cannot("what could not be read is an error of its own"),
    ),
    (Code::KEY_INVALID, Says("segment/key_with_space")),
    (Code::NAME_EMPTY, Says("segment/name_empty")),
    (Code::TAG_INVALID, Says("segment/tag_with_space")),
    (Code::TAG_DUPLICATE, Says("segment/tag_twice")),
    (Code::KIND_INVALID, Says("context/kind_with_space")),
    (Code::KIND_DUPLICATE, Says("segment/include_kind_twice")),
    (Code::KIND_CASE, Says("context/kind_in_upper_case")),
    (Code::TARGET_EMPTY, Says("segment/include_empty_key")),
    (Code::TARGET_DUPLICATE, Says("segment/include_key_twice")),
    (Code::EXPIRY_INVALID, Says("segment/include_until_no_day")),
    (
        Code::EXPIRY_CONFLICT,
        Says("segment/include_until_two_dates"),
    ),
    (
        Code::EXPIRY_PASSED,
        Cannot("what a program says does not depend on the day on which it is built; a plan warns"),
    ),
    (
        Code::TARGET_OVERLAP,
        Says("segment/include_and_exclude_overlap"),
    ),
    (Code::SEGMENT_EMPTY, Says("segment/segment_empty")),
    (
        Code::NOBODY_CONTRADICTED,
        Says("segment/nobody_contradicted"),
    ),
    (Code::BIG_WITH_RULES, Says("segment/big_with_rules")),
    (Code::RULE_WITHOUT_CLAUSES, Says("segment/rule_empty")),
    (
        Code::EVERYONE_CONTRADICTED,
        Says("segment/everyone_contradicted"),
    ),
    (Code::PERCENT_INVALID, Says("segment/percent_above_hundred")),
    (Code::PERCENT_NONE, Says("segment/percent_zero")),
    (Code::PERCENT_ALL, Says("segment/percent_hundred")),
    (
        Code::SPLIT_KIND_UNCLEAR,
        Says("segment/share_of_several_kinds"),
    ),
    (
        Code::SPLIT_KIND_OPTIONAL,
        Says("segment/share_of_another_kind"),
    ),
    (Code::BY_WITHOUT_PERCENT, Says("segment/by_without_percent")),
    (
        Code::ATTRIBUTE_INVALID,
        Cannot("a path is made of names of fields"),
    ),
    (
        Code::ATTRIBUTE_RESERVED,
        Says("context/attribute_named_kind"),
    ),
    (Code::ATTRIBUTE_CONFLICT, Says("context/name_is_a_number")),
    (Code::SERDE_IGNORED, Says("context/with_serde")),
    (
        Code::OPERATOR_MISFIT,
        Says("segment/operator_of_text_on_number"),
    ),
    (Code::VALUES_MISSING, Says("segment/clause_without_values")),
    (Code::VALUE_TYPE, Says("segment/number_for_text")),
    (Code::VALUE_EMPTY, Says("segment/value_empty_text")),
    (Code::VALUE_DUPLICATE, Says("segment/value_twice")),
    (Code::VALUE_COVERED, Says("segment/value_covered")),
    (Code::VALUE_AMBIGUOUS, Says("segment/version_with_hyphen")),
    (
        Code::VALUE_OUT_OF_RANGE,
        Says("segment/number_out_of_range"),
    ),
    (Code::TEXT_WILDCARD, Says("segment/text_with_wildcard")),
    (Code::TEXT_INVISIBLE, Says("segment/text_with_space")),
    (Code::TEXT_LIST, Says("segment/text_is_a_list")),
    (Code::CONTAINS_IN_LIST, Registry),
    (Code::PATTERN_INVALID, Says("segment/pattern_with_flag")),
    (
        Code::PATTERN_LINE_BREAKS,
        Says("segment/pattern_with_line_anchors"),
    ),
    (
        Code::PATTERN_AMBIGUOUS,
        Says("segment/pattern_with_class_by_letter"),
    ),
    (
        Code::PATTERN_DELIMITED,
        Says("segment/pattern_with_slashes"),
    ),
    (Code::PATTERN_LITERAL, Says("segment/pattern_only_a_text")),
    (Code::VERSION_INVALID, Says("segment/version_with_v")),
    (Code::DATE_INVALID, Says("segment/date_without_time")),
    (Code::DATE_SECONDS, Says("segment/date_in_seconds")),
    (Code::DATE_AS_TEXT, Cannot("`is` of a date takes no text")),
    (
        Code::SEGMENT_KEY_INVALID,
        Says("segment/member_of_a_string"),
    ),
    (
        Code::ENVIRONMENT_MISSPELT,
        Says("segment/environment_misspelt"),
    ),
    (Code::FILE_UNREADABLE, NO_FILE),
    (Code::FILE_ENCODING, NO_FILE),
    (Code::FILE_EMPTY, NO_FILE),
    (Code::TOML_SYNTAX, NO_FILE),
    (Code::TOML_TYPE, NO_FILE),
    (Code::KEY_DUPLICATE, Says("segment/key_twice")),
    (Code::KEY_UNKNOWN, Says("segment/argument_unknown")),
    (Code::KEY_MISSING, Says("segment/big_without_kind")),
    (
        Code::KEY_IGNORED,
        Cannot("`member_of!` takes segments and nothing else"),
    ),
    (Code::ALLOW_INVALID, Says("segment/allow_unknown")),
    (Code::TYPE_UNKNOWN, Says("context/field_type")),
    (Code::KIND_UNKNOWN, Says("segment/context_unknown")),
    (Code::ATTRIBUTE_UNKNOWN, Says("segment/attribute_misspelt")),
    (Code::OPERATOR_UNKNOWN, Says("segment/operator_unknown")),
    (Code::NUMBER_INVALID, Says("segment/number_beyond_floats")),
    (
        Code::VALUES_MIXED,
        Cannot("an array has values of one type"),
    ),
    (Code::VALUE_NOT_LISTED, Says("segment/variant_unknown")),
    (Code::SEGMENT_UNKNOWN, Says("segment/member_of_unknown")),
    (
        Code::EXAMPLE_INVALID,
        Cannot("an example is a value of a type"),
    ),
    (Code::EXAMPLE_CONTRADICTED, TESTED),
    (Code::EXAMPLE_UNDECIDED, TESTED),
    (Code::SEGMENT_CYCLE, Says("segment/cycle")),
    (Code::MOVED_FROM, Registry),
    (Code::SEGMENT_IDENTICAL, Registry),
    (
        Code::RULE_NEVER_MATCHES,
        Says("segment/rule_never_matches_numbers"),
    ),
    (Code::RULE_COVERED, Says("segment/rule_covered")),
    (Code::CLAUSE_COVERED, Says("segment/clause_covered")),
    (Code::PERCENT_ONE_SIDED, Registry),
    (Code::EXCLUDED_UNNEEDED, Registry),
    (Code::AUDIENCE_EMPTY, Registry),
    (Code::AUDIENCE_EVERYBODY, Registry),
    (Code::ASSERTION_FAILS, Registry),
    (Code::ASSERTION_UNPROVED, Registry),
    (Code::NAME_COLLISION, NO_FILE),
    (Code::INCLUDE_UNSUPPORTED, NO_FILE),
    (Code::TARGETING_EMPTY, Says("ai_config/empty")),
    (
        Code::VARIATION_INVALID,
        Says("ai_config/variation_key_invalid"),
    ),
    (Code::VARIATION_DUPLICATE, Says("ai_config/variation_twice")),
    (Code::VARIATION_UNKNOWN, Says("ai_config/variation_unknown")),
    (
        Code::VARIATIONS_MISSING,
        Says("ai_config/without_variations"),
    ),
    (Code::SPLIT_SUM, Says("ai_config/split_sum")),
    (Code::SPLIT_DUPLICATE, Says("ai_config/split_twice")),
    (Code::POLICY_DESCRIPTION, Registry),
    (Code::POLICY_OWNER, Registry),
    (Code::POLICY_REVIEW, Registry),
    (Code::POLICY_PRIVATE, Registry),
    (Code::POLICY_KEYS, Registry),
    (Code::POLICY_NAMES, Registry),
    (
        Code::POLICY_FIRST_STEP,
        Cannot("with what a rule begins a plan tells"),
    ),
    (Code::STYLE_KEY, Says("segment/key_in_upper_case")),
    (Code::STYLE_DESCRIPTION, Says("segment/description_missing")),
];

#[test]
fn rust_gets_each_code_or_cannot_need_it() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: String| fs::read_to_string(here.join(name)).unwrap_or_default();
    let registry = ["registry.rs", "registry_conflict.rs", "assertions.rs"];
    let registry: String = registry.into_iter().map(|name| read(name.into())).collect();
    let codes: BTreeSet<Code> = ROWS.iter().map(|(code, _)| *code).collect();
    assert_eq!(ROWS.len(), codes.len(), "a code has two rows");
    for folder in ["file", "rust"] {
        let folder = here.join("../segments-model/src/check").join(folder);
        let files = fs::read_dir(folder).unwrap();
        let files = files.map(|file| file.unwrap().path());
        for file in files.filter(|file| !file.ends_with("mod.rs")) {
            let name = file.file_stem().unwrap().to_str().unwrap();
            let has_row = codes
                .iter()
                .any(|code| code.name().replace('-', "_") == name);
            assert!(has_row, "{name} has no row");
        }
    }
    for (code, rust) in ROWS {
        match rust {
            Says(case) => {
                let said = read(format!("ui/{case}.stderr"));
                assert!(
                    said.starts_with("error"),
                    "{code}: ui/{case}.stderr says {said:?}"
                );
                // A warning shows its name; one that only the compiler gives is an error of its own.
                let name = code.name().replace('-', "_");
                let by_rustc = *code == Code::KIND_CASE;
                let warns = code.severity() == Severity::Warning && !by_rustc;
                assert!(
                    !warns || said.contains(&name),
                    "{code}: ui/{case}.stderr says {said}"
                );
            }
            Registry => {
                let variant = format!("Code::{}", code.name().to_uppercase().replace('-', "_"));
                assert!(
                    registry.contains(&variant),
                    "{code} is in no test of the registry"
                );
            }
            Cannot(reason) => assert!(!reason.is_empty(), "{code}"),
        }
    }
}
