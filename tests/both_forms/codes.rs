//! What a file is told, Rust is told: each code with the way in which Rust gets it, or why it cannot arise.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use segments_model::{Code, Severity};

/// How Rust code gets a finding.
enum Rust {
    /// At compile time, as this case of `tests/ui` shows.
    Says(&'static str),
    /// At compile time, by the check that runs over a file as well; a case would be very long.
    Checked,
    /// When the program reads its registry: `tests/registry.rs`, `tests/registry_conflict.rs` and `tests/assertions.rs`.
    Registry,
    /// Not at all, for this reason.
    Cannot(&'static str),
}

use Rust::{Cannot, Checked, Registry, Says};

const NO_FILE: Rust = Cannot("there is no file");
const TESTED: Rust = Cannot("an example in Rust is a test, which fails");

const ROWS: &[(Code, Rust)] = &[
    (
        Code::DraftIncomplete,
        Cannot("what could not be read is an error of its own"),
    ),
    (Code::KeyInvalid, Says("segment/key_with_space")),
    (Code::NameEmpty, Says("segment/name_empty")),
    (Code::TagInvalid, Says("segment/tag_with_space")),
    (Code::TagDuplicate, Says("segment/tag_twice")),
    (Code::KindInvalid, Says("context/kind_with_space")),
    (Code::KindDuplicate, Says("segment/include_kind_twice")),
    (Code::KindCase, Says("context/kind_in_upper_case")),
    (Code::TargetEmpty, Says("segment/include_empty_key")),
    (Code::TargetDuplicate, Says("segment/include_key_twice")),
    (Code::ExpiryInvalid, Says("segment/include_until_no_day")),
    (
        Code::ExpiryConflict,
        Says("segment/include_until_two_dates"),
    ),
    (
        Code::ExpiryPassed,
        Cannot("what a program says does not depend on the day on which it is built; a plan warns"),
    ),
    (
        Code::TargetOverlap,
        Says("segment/include_and_exclude_overlap"),
    ),
    (Code::TargetsTooMany, Checked),
    (Code::TargetsNearLimit, Checked),
    (Code::SegmentEmpty, Says("segment/segment_empty")),
    (
        Code::NobodyContradicted,
        Says("segment/nobody_contradicted"),
    ),
    (Code::BigWithRules, Says("segment/big_with_rules")),
    (Code::RuleWithoutClauses, Says("segment/rule_empty")),
    (
        Code::EveryoneContradicted,
        Says("segment/everyone_contradicted"),
    ),
    (Code::RulesTooMany, Checked),
    (Code::RulesNearLimit, Checked),
    (Code::ValuesTooMany, Checked),
    (Code::ValuesNearLimit, Checked),
    (Code::PercentInvalid, Says("segment/percent_above_hundred")),
    (Code::PercentNone, Says("segment/percent_zero")),
    (Code::PercentAll, Says("segment/percent_hundred")),
    (
        Code::SplitKindUnclear,
        Says("segment/share_of_several_kinds"),
    ),
    (
        Code::SplitKindOptional,
        Says("segment/share_of_another_kind"),
    ),
    (Code::ByWithoutPercent, Says("segment/by_without_percent")),
    (
        Code::AttributeInvalid,
        Cannot("a path is made of names of fields"),
    ),
    (
        Code::AttributeReserved,
        Says("context/attribute_named_kind"),
    ),
    (Code::AttributeConflict, Says("context/name_is_a_number")),
    (Code::SerdeIgnored, Says("context/with_serde")),
    (
        Code::OperatorMisfit,
        Says("segment/operator_of_text_on_number"),
    ),
    (Code::ValuesMissing, Says("segment/clause_without_values")),
    (Code::ValueType, Says("segment/number_for_text")),
    (Code::ValueEmpty, Says("segment/value_empty_text")),
    (Code::ValueDuplicate, Says("segment/value_twice")),
    (Code::ValueCovered, Says("segment/value_covered")),
    (Code::ValueAmbiguous, Says("segment/version_with_hyphen")),
    (Code::ValueOutOfRange, Says("segment/number_out_of_range")),
    (Code::TextWildcard, Says("segment/text_with_wildcard")),
    (Code::TextInvisible, Says("segment/text_with_space")),
    (Code::TextList, Says("segment/text_is_a_list")),
    (Code::ContainsInList, Registry),
    (Code::PatternInvalid, Says("segment/pattern_with_flag")),
    (
        Code::PatternLineBreaks,
        Says("segment/pattern_with_line_anchors"),
    ),
    (
        Code::PatternAmbiguous,
        Says("segment/pattern_with_class_by_letter"),
    ),
    (Code::PatternDelimited, Says("segment/pattern_with_slashes")),
    (Code::PatternLiteral, Says("segment/pattern_only_a_text")),
    (Code::VersionInvalid, Says("segment/version_with_v")),
    (Code::DateInvalid, Says("segment/date_without_time")),
    (Code::DateSeconds, Says("segment/date_in_seconds")),
    (Code::DateAsText, Cannot("`is` of a date takes no text")),
    (Code::SegmentKeyInvalid, Says("segment/member_of_a_string")),
    (
        Code::EnvironmentMisspelt,
        Says("segment/environment_misspelt"),
    ),
    (Code::FileUnreadable, NO_FILE),
    (Code::FileEncoding, NO_FILE),
    (Code::FileEmpty, NO_FILE),
    (Code::TomlSyntax, NO_FILE),
    (Code::TomlType, NO_FILE),
    (Code::KeyDuplicate, Says("segment/key_twice")),
    (Code::KeyUnknown, Says("segment/argument_unknown")),
    (Code::KeyMissing, Says("segment/big_without_kind")),
    (
        Code::KeyIgnored,
        Cannot("`member_of!` takes segments and nothing else"),
    ),
    (Code::AllowInvalid, Says("segment/allow_unknown")),
    (Code::TypeUnknown, Says("context/field_type")),
    (Code::KindUnknown, Says("segment/context_unknown")),
    (Code::AttributeUnknown, Says("segment/attribute_misspelt")),
    (Code::OperatorUnknown, Says("segment/operator_unknown")),
    (Code::NumberInvalid, Says("segment/number_beyond_floats")),
    (Code::ValuesMixed, Cannot("an array has values of one type")),
    (Code::ValueNotListed, Says("segment/variant_unknown")),
    (Code::SegmentUnknown, Says("segment/member_of_unknown")),
    (
        Code::ExampleInvalid,
        Cannot("an example is a value of a type"),
    ),
    (Code::ExampleContradicted, TESTED),
    (Code::ExampleUndecided, TESTED),
    (Code::SegmentCycle, Says("segment/cycle")),
    (Code::MovedFrom, Registry),
    (Code::SegmentIdentical, Registry),
    (
        Code::RuleNeverMatches,
        Says("segment/rule_never_matches_numbers"),
    ),
    (Code::RuleCovered, Says("segment/rule_covered")),
    (Code::ClauseCovered, Says("segment/clause_covered")),
    (Code::PercentOneSided, Registry),
    (Code::ExcludedUnneeded, Registry),
    (Code::AudienceEmpty, Registry),
    (Code::AudienceEverybody, Registry),
    (Code::AssertionFails, Registry),
    (Code::AssertionUnproved, Registry),
    (Code::NameCollision, NO_FILE),
    (Code::IncludeUnsupported, NO_FILE),
    (Code::TargetingEmpty, Says("ai_config/empty")),
    (
        Code::VariationInvalid,
        Says("ai_config/variation_key_invalid"),
    ),
    (Code::VariationDuplicate, Says("ai_config/variation_twice")),
    (Code::VariationUnknown, Says("ai_config/variation_unknown")),
    (
        Code::VariationsMissing,
        Says("ai_config/without_variations"),
    ),
    (Code::SplitSum, Says("ai_config/split_sum")),
    (Code::SplitDuplicate, Says("ai_config/split_twice")),
    (Code::PolicyDescription, Registry),
    (Code::PolicyOwner, Registry),
    (Code::PolicyReview, Registry),
    (Code::PolicyPrivate, Registry),
    (Code::PolicyKeys, Registry),
    (Code::PolicyNames, Registry),
    (
        Code::PolicyFirstStep,
        Cannot("with what a rule begins a plan tells"),
    ),
    (Code::WordUnknown, Checked),
    (Code::MetricUnit, Checked),
    (Code::MetricUnknown, Checked),
    (Code::MetricDuplicate, Checked),
    (Code::MetricMisfit, Checked),
    (Code::ExperimentTarget, Checked),
    (Code::ExperimentRule, Checked),
    (Code::ExperimentRuleTaken, Checked),
    (Code::ExperimentBaseline, Checked),
    (Code::ExperimentTreatments, Checked),
    (Code::StyleKey, Says("segment/key_in_upper_case")),
    (Code::StyleDescription, Says("segment/description_missing")),
    (Code::StyleClauses, Checked),
];

#[test]
fn rust_gets_each_code_or_cannot_need_it() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: String| fs::read_to_string(here.join(name)).unwrap_or_default();
    let registry = ["registry.rs", "registry_conflict.rs", "assertions.rs"];
    let registry: String = registry.into_iter().map(|name| read(name.into())).collect();
    let codes: BTreeSet<Code> = ROWS.iter().map(|(code, _)| *code).collect();
    assert_eq!(ROWS.len(), codes.len(), "a code has two rows");
    for code in Code::ALL {
        assert!(codes.contains(code), "{code} has no row");
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
                let by_rustc = *code == Code::KindCase;
                let warns = code.severity() == Severity::Warning && !by_rustc;
                assert!(
                    !warns || said.contains(&name),
                    "{code}: ui/{case}.stderr says {said}"
                );
            }
            Registry => {
                let variant = format!("Code::{code:?}");
                assert!(
                    registry.contains(&variant),
                    "{code} is in no test of the registry"
                );
            }
            Checked => {}
            Cannot(reason) => assert!(!reason.is_empty(), "{code}"),
        }
    }
}
