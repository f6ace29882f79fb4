//! Numbers that nobody means, in segments and in contexts. `segments-runtime/src/sync/extremes.rs` has
//! those of answers, headers and configurations.

use proptest::prelude::*;
use proptest::sample::select;
use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::{OPERATORS, Weight, date};

const NUMBERS: [&str; 18] = [
    "0",
    "-0.0",
    "-1",
    "100000",
    "100001",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e308",
    "-1e308",
    "5e-324",
    "253402300800000",
    "\"99999999999999999999.0.0\"",
    "\"9999-12-31T23:59:60.999999999999999999999-23:59\"",
    "\"0000-01-01T00:00:00+23:59\"",
];

fn number() -> impl Strategy<Value = &'static str> {
    select(NUMBERS.as_slice())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn segments_and_contexts_of_any_number_are_decided(
        operator in select(OPERATORS.iter().map(|row| row.wire).collect::<Vec<_>>()),
        value in number(),
        weight in number(),
        version in number(),
        seen in number(),
    ) {
        let segment = format!(
            r#"{{"key":"a","salt":"s","version":{version},"rules":[
                {{"weight":{weight},"rolloutContextKind":"user","bucketBy":"n","clauses":[
                    {{"attribute":"n","op":"{operator}","values":[{value}],"contextKind":"user"}}]}}]}}"#
        );
        let context = format!(r#"{{"kind":"user","key":"u","n":{seen}}}"#);
        // Numbers beyond what fits are refused by the type of their field.
        if let Ok(segments) = CompiledSegments::from_json(&segment) {
            let context = ContextInstance::from_json(&context).unwrap();
            let decided = segments.membership("a", &context);
            prop_assert!(!decided.to_string().is_empty());
            prop_assert!(!segments.explain("a", &context).unwrap().to_string().is_empty());
        }
    }

    #[test]
    fn dates_and_shares_of_any_number_are_read_or_refused(
        milliseconds in select(vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX]),
        percent in select(vec![f64::MIN, -1.0, -0.0, 1e-300, 99.9995, 100.0, 1e300, f64::NAN, f64::INFINITY]),
        digits in "[0-9]{0,40}",
    ) {
        prop_assert!(!date::format(milliseconds).is_empty());
        let _ = Weight::from_percent(percent);
        for text in [
            format!("2024-01-01T00:00:00.{digits}Z"),
            format!("{digits}-01-01T00:00:00Z"),
            format!("2024-01-01T00:00:00+{digits}:00"),
        ] {
            let _ = date::parse(&text);
        }
    }
}
