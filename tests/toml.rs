//! `segments.toml` as a library reads it.

#[path = "support/thorough.rs"]
mod thorough;

use segments_model::file;

/// Large files are as large as they may be under `SEGMENTS_THOROUGH`, else a part of it: a debug build reads slowly.
fn size(thorough: usize, usual: usize) -> usize {
    if thorough::is_thorough() {
        thorough
    } else {
        usual
    }
}

/// Compares with a snapshot beside the input.
fn expect(name: &str, found: &str) {
    insta::with_settings!({
        snapshot_path => "toml",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, found);
    });
}

#[test]
fn twelve_mistakes_are_found_in_one_run() {
    let text = include_bytes!("toml/twelve-mistakes.toml");
    let report = file::read("twelve-mistakes.toml", text);
    expect("twelve-mistakes", &report.to_string());

    let places = report.diagnostics().iter().map(|found| {
        let place = report.source().location(found.span.start);
        (place.line, place.column, found.code.name())
    });
    let places: Vec<_> = places.collect();
    assert_eq!(
        places,
        [
            (2, 2, "key-unknown"),
            (6, 11, "type-unknown"),
            (13, 15, "toml-type"),
            (14, 14, "kind-unknown"),
            (16, 48, "operator-unknown"),
            (17, 49, "attribute-unknown"),
            (18, 96, "version-invalid"),
            (19, 58, "value-not-listed"),
            (19, 73, "key-unknown"),
            (20, 48, "segment-unknown"),
            (23, 11, "segment-empty"),
            (25, 1, "key-duplicate"),
        ]
    );

    // What the macro says of the same file, which the tests of compile errors hold it to.
    assert_eq!(
        &text[..],
        include_bytes!("ui/file/toml/twelve-mistakes.toml")
    );
    let said = include_str!("ui/file/mistakes.stderr").lines();
    let said = said.filter_map(|line| line.trim().strip_prefix("--> toml/twelve-mistakes.toml:"));
    let same = places
        .iter()
        .map(|(line, column, _)| format!("{line}:{column}"));
    assert!(same.eq(said));
}

/// What is found, and where: line, column and code.
fn found(text: impl AsRef<[u8]>) -> Vec<(usize, usize, &'static str)> {
    let report = file::read("segments.toml", text.as_ref());
    let place = |found: &segments_model::diagnostic::Diagnostic| {
        let place = report.source().location(found.span.start);
        (place.line, place.column, found.code.name())
    };
    // Whatever is found can be shown.
    assert!(report.to_string().len() < 10_000_000);
    report.diagnostics().iter().map(place).collect()
}

/// A file of one segment with one clause.
fn clause(attribute_type: &str, rest: &str) -> String {
    format!(
        "contexts.user.attributes.x = '{attribute_type}'\n[segments.s]\ndescription = 'd'\n[[segments.s.rules]]\nclauses = [{{ attribute = 'x', {rest} }}]\n"
    )
}

const GOOD: &str = "[segments.a]\ndescription = 'd'\nnobody = true\n";

#[test]
fn files_without_segments_say_so() {
    for empty in [
        "",
        "\n",
        "# nothing\n",
        "\u{feff}",
        "[contexts.user]\n",
        "[segments]\n",
    ] {
        assert_eq!(found(empty), [(1, 1, "file-empty")], "{empty:?}");
    }
}

#[test]
fn marks_and_line_ends_make_no_difference() {
    assert_eq!(found(GOOD), []);
    assert_eq!(found(format!("\u{feff}{GOOD}")), []);
    assert_eq!(found(GOOD.replace('\n', "\r\n")), []);
    let wrong = "\u{feff}x = 1\r\n\ty = 2\r\n";
    assert_eq!(found(wrong), [(1, 1, "key-unknown"), (2, 2, "key-unknown")]);
}

#[test]
fn what_is_no_text_says_so() {
    for (bytes, line, column) in [
        (&b"a = 1\nb = \"\xff\"\n"[..], 2, 6),
        (b"\xef\xbb\xbfab\xc3", 1, 3),
        (b"\xff\xfea\0", 1, 1),
        (b"\xfe\xff\0a", 1, 1),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\xb0\x91", 1, 13),
    ] {
        assert_eq!(found(bytes), [(line, column, "file-encoding")], "{bytes:?}");
    }
    assert!(
        found("a\0b = 1\n")
            .iter()
            .any(|found| found.2 == "toml-syntax")
    );
}

#[test]
fn large_and_deep_files_are_read_or_refused() {
    let deep = format!("{GOOD}x = {}1{}\n", "[".repeat(100), "]".repeat(100));
    assert!(found(&deep).iter().any(|found| found.2 == "toml-syntax"));
    let dotted = format!("{}x = 1\n", "a.".repeat(100));
    assert!(!found(&dotted).is_empty());

    let long = "x".repeat(size(1 << 20, 1 << 18));
    let described = format!("[segments.a]\ndescription = '{long}'\nnobody = true\n");
    assert_eq!(found(described), []);
    let value = |op: &str| {
        found(clause(
            "string",
            &format!("op = '{op}', values = ['^{long}']"),
        ))
    };
    assert_eq!(value("in"), []);
    assert_eq!(value("contains"), []);
    // What would take a megabyte of states is refused.
    assert_eq!(value("matches"), [(5, 57, "pattern-invalid")]);
    let key = format!("[segments.a]\ndescription = 'd'\nincluded = {{ user = ['{long}'] }}\n");
    assert_eq!(found(key), []);
    let unknown = format!("{GOOD}{long} = 1\n");
    assert_eq!(found(unknown), [(4, 1, "key-unknown")]);
    let segment = format!("[segments.{long}]\nnobody = true\ndescription = 'd'\n");
    assert_eq!(found(segment), [(1, 11, "key-invalid")]);

    let (small, large) = (size(1 << 14, 1 << 12), size((1 << 20) + 1, 1 << 15));
    let units = [
        "=\n", "[", "{", "a = [", "]\n", "a=b\n", "\"", "\u{1}", "[a]\n", "x\n", "'''", "a = {",
    ];
    let units = units.map(|unit| (unit, small)).into_iter();
    for (unit, size) in units.chain([("=\n", large), ("[", large)]) {
        let count = found(unit.repeat(size / unit.len() + 1)).len();
        assert!((1..=1000).contains(&count), "{unit:?}: {count}");
    }
}

/// Nothing that a segment has many of is looked up in all of the others.
#[test]
fn files_of_many_parts_are_read() {
    let segments: String = (0..size(10_000, 1_000))
        .map(|n| format!("[segments.s{n}]\ndescription = 'd'\nnobody = true\n"))
        .collect();
    assert_eq!(found(segments), []);

    let padded = format!(
        "{GOOD}{}",
        "# nothing to see here\n".repeat(size(10_000_000, 500_000) / 22)
    );
    assert_eq!(found(padded), []);

    let wrong = clause(
        "string",
        &format!("op = 'in', values = [{}]", "1,".repeat(49_000)),
    );
    let report = file::read("segments.toml", wrong.as_bytes());
    assert_eq!(report.diagnostics().len() + report.omitted(), 97_999 + 1);

    let (unknown, declared): (String, String) = (0..2_000)
        .map(|n| {
            let clause = format!("{{ attribute = 'attribut{n}', op = 'in', values = ['a'] }},");
            (clause, format!("attribute{n} = 'string'\n"))
        })
        .unzip();
    let unknown = format!(
        "[contexts.user.attributes]\n{declared}[segments.s]\nrules = [{{ clauses = [{unknown}] }}]\n"
    );
    assert_eq!(found(unknown).len(), 1000);
}

/// Segments that ask one another are followed without recursion, in every number of ways.
#[test]
fn long_and_dense_chains_end() {
    let asks = |n: usize, asked: &str| {
        let clause = format!("{{ op = 'segmentMatch', values = [{asked}] }}");
        format!(
            "[segments.s{n}]\ndescription = 'd'\nrules = [{{ clauses = [{clause}] }}, {{ clauses = [{clause}, {{ attribute = 'key', op = 'in', values = ['{n}'] }}] }}]\n"
        )
    };
    let last = "[segments.last]\nnobody = true\ndescription = 'd'\n";
    let example = "[[segments.s0.examples]]\nmember = true\ncontext.user.key = 'a'\n";
    for count in [60, size(900, 150)] {
        let mut chain: String = (1..count)
            .map(|n| asks(n - 1, &format!("'s{n}'")))
            .collect();
        chain += &asks(count - 1, "'last'");
        let found = found(chain + last + example);
        let about = "example-contradicted";
        assert!(found.iter().any(|found| found.2 == about), "{count}");
        assert!(
            found
                .iter()
                .all(|found| found.2 == about || found.2 == "rule-covered")
        );
    }
    let most = size(300, 60);
    let dense: String = (0..most)
        .map(|n| {
            let all: String = (0..most).map(|m| format!("'s{m}',")).collect();
            asks(n, &all)
        })
        .collect();
    assert!(found(dense).iter().any(|found| found.2 == "segment-cycle"));
}

#[test]
fn keys_of_every_script_are_read() {
    for name in [
        "größe",
        "年齢",
        "возраст",
        "عمر",
        "อายุ",
        "🙂",
        "a b",
        "a\"b",
    ] {
        let quoted = format!("\"{}\"", name.replace('"', "\\\""));
        let file = format!(
            "contexts.user.attributes.{quoted} = 'string'\n[segments.s]\ndescription = 'd'\nrules = [{{ clauses = [{{ attribute = {quoted}, op = 'in', values = ['x'] }}] }}]\n"
        );
        assert_eq!(found(file), [], "{name}");
    }
    assert_eq!(
        found("[segments.'ключ']\ndescription = 'd'\nnobody = true\n"),
        [(1, 11, "key-invalid")]
    );
}

/// `email` and `/email` are one attribute, and what is in an object is in no text.
#[test]
fn an_attribute_has_one_meaning() {
    for (attributes, expected) in [
        (
            "email = 'string'\n'/email' = 'number'",
            &[(3, 1, "key-duplicate")][..],
        ),
        (
            "'/address/city' = 'string'\naddress = 'string'",
            &[(2, 1, "key-duplicate")],
        ),
        (
            "'/a/b' = 'string'\n'/a/b/c' = 'string'",
            &[(3, 1, "key-duplicate")],
        ),
        ("'/name/first' = 'string'", &[(2, 1, "attribute-reserved")]),
        ("address = 'any'\n'/address/city' = 'string'", &[]),
        ("'/kind' = 'string'", &[(2, 1, "attribute-reserved")]),
        ("'/key' = 'string'", &[(2, 1, "attribute-reserved")]),
        ("'/anonymous' = 'string'", &[(2, 1, "attribute-reserved")]),
    ] {
        let file = format!("[contexts.user.attributes]\n{attributes}\n{GOOD}");
        assert_eq!(found(file), expected, "{attributes}");
    }
}

/// Nothing is concluded from how many values an attribute holds if nobody knows.
#[test]
fn an_unknown_arity_proves_nothing() {
    let both = "clauses = [{ attribute = 'groups', op = 'in', values = ['a'] }, { attribute = 'groups', op = 'in', values = ['b'] }]";
    let one_not_other = "clauses = [{ attribute = 'groups', op = 'in', values = ['a'], negate = true }] }, { clauses = [{ attribute = 'groups', op = 'in', values = ['b'] }]";
    for (many, rules, expected) in [
        ("false", both, &[(6, 0, "rule-never-matches")][..]),
        ("true", both, &[]),
        ("'unknown'", both, &[]),
        ("false", one_not_other, &[(6, 0, "rule-covered")]),
        ("'unknown'", one_not_other, &[]),
        ("'perhaps'", both, &[(2, 0, "toml-type")]),
        ("1", both, &[(2, 0, "toml-type")]),
    ] {
        let file = format!(
            "[contexts.user.attributes]\ngroups = {{ type = 'string', many = {many} }}\n\n[segments.s]\ndescription = 'S'\nrules = [{{ {rules} }}]\n"
        );
        let found: Vec<_> = found(&file);
        let lines: Vec<_> = found
            .iter()
            .map(|(line, _, code)| (*line, 0, *code))
            .collect();
        assert_eq!(lines, expected, "{many} {rules}");
    }
}

/// A clause on `kind` is about the whole context.
#[test]
fn kinds_are_tested_by_name() {
    for (clause, expected) in [
        (
            "attribute = 'kind', op = 'in', values = ['device']",
            &[][..],
        ),
        (
            "attribute = '/kind', op = 'in', values = ['user'], negate = true",
            &[],
        ),
        (
            "attribute = 'kind', op = 'startsWith', values = ['dev']",
            &[],
        ),
        (
            "attribute = 'kind', op = 'in', values = ['devise']",
            &["kind-unknown"],
        ),
        (
            "attribute = 'kind', op = 'in', values = ['multi']",
            &["kind-invalid"],
        ),
        (
            "attribute = 'kind', op = 'in', values = [1]",
            &["kind-invalid"],
        ),
        (
            "attribute = 'kind', op = 'lessThan', values = [1]",
            &["operator-misfit"],
        ),
        (
            "attribute = '/kind/x', op = 'in', values = ['a']",
            &["attribute-reserved"],
        ),
        (
            "context = 'device', attribute = 'kind', op = 'in', values = ['device']",
            &["key-ignored"],
        ),
    ] {
        let file = format!(
            "[contexts.device]\n\n[segments.s]\ndescription = 'S'\nrules = [{{ clauses = [{{ {clause} }}] }}]\n"
        );
        let codes: Vec<_> = found(&file).into_iter().map(|(_, _, code)| code).collect();
        assert_eq!(codes, expected, "{clause}");
    }
    // A context has several kinds at once, so these do not exclude each other.
    let two = "[contexts.device]\n\n[segments.s]\ndescription = 'S'\nrules = [{ clauses = [{ attribute = 'kind', op = 'in', values = ['device'] }, { attribute = 'kind', op = 'in', values = ['user'] }] }]\n";
    assert_eq!(found(two), []);
}

#[test]
fn numbers_are_exact_or_refused() {
    for good in [
        "9007199254740992",
        "-9_007_199_254_740_992",
        "0x1f",
        "0o17",
        "0b1",
        "1e3",
        "-0.0",
        "0.1",
    ] {
        assert_eq!(
            found(clause("number", &format!("op = 'in', values = [{good}]"))),
            [],
            "{good}"
        );
    }
    for bad in [
        "9007199254740993",
        "-9007199254740993",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "99999999999999999999999999999999999999999999999999",
    ] {
        let found = found(clause("number", &format!("op = 'in', values = [1, {bad}]")));
        assert_eq!(found, [(5, 55, "number-invalid")], "{bad}");
    }
    let huge = clause("number", "op = 'in', values = [1e308]");
    let said = file::read("segments.toml", huge.as_bytes()).to_string();
    assert!(said.contains("1e308 is beyond 2^53"), "{said}");
}

#[test]
fn toml_dates_are_dates_where_dates_are_compared() {
    for good in [
        "2024-05-03T00:00:00Z",
        "2024-05-03 00:00:00.5+01:00",
        "'2024-05-03T00:00:00Z'",
        "1714694400000",
    ] {
        let file = clause("date", &format!("op = 'before', values = [{good}]"));
        assert_eq!(found(file), [], "{good}");
        // `in` compares texts as texts, which no number equals.
        let file = clause("date", &format!("op = 'in', values = [{good}]"));
        let as_text = good != "1714694400000";
        let expected = as_text.then_some((5, 52, "date-as-text"));
        assert_eq!(
            found(file),
            expected.into_iter().collect::<Vec<_>>(),
            "{good}"
        );
    }
    for (bad, code) in [
        ("2024-05-03", "date-invalid"),
        ("07:32:00", "date-invalid"),
        ("2024-05-03T00:00:00", "date-invalid"),
        ("2024-13-03", "toml-syntax"),
        ("true", "value-type"),
        ("1714694400", "date-seconds"),
        ("0", "value-ambiguous"),
        ("'1970-01-01T01:00:00+01:00'", "value-ambiguous"),
        ("253402300799999", "value-ambiguous"),
    ] {
        let found = found(clause("date", &format!("op = 'before', values = [{bad}]")));
        assert_eq!(found, [(5, 56, code)], "{bad}");
    }
    // Whatever moment an SDK takes it for: `in` compares numbers.
    for good in ["0", "253402300799999"] {
        let found = found(clause("date", &format!("op = 'in', values = [{good}]")));
        assert_eq!(found, [], "{good}");
    }
    let found = found(clause(
        "string",
        "op = 'in', values = [2024-05-03T00:00:00Z]",
    ));
    assert_eq!(found, [(5, 52, "toml-type")]);
}

#[test]
fn what_is_missing_is_said_once() {
    let clauses = |clause: &str| {
        found(format!(
            "[segments.s]\ndescription = 'd'\n[[segments.s.rules]]\nclauses = [{clause}]\n"
        ))
    };
    assert_eq!(clauses(""), [(3, 1, "rule-without-clauses")]);
    assert_eq!(clauses("{}"), [(4, 12, "key-missing")]);
    assert_eq!(clauses("7"), [(4, 12, "toml-type")]);
    assert_eq!(
        clauses("{ op = 'in', values = ['x'] }"),
        [(4, 12, "key-missing")]
    );
    assert_eq!(
        clauses("{ attribute = 'key', op = 'in', values = [] }"),
        [(4, 53, "values-missing")]
    );
    assert_eq!(
        clauses("{ attribute = 'key', op = 'in', values = 'x' }"),
        [(4, 53, "toml-type")]
    );
    assert_eq!(
        clauses("{ attribute = 'key', op = 7, values = ['x'] }"),
        [(4, 38, "toml-type")]
    );
}

#[test]
fn a_broken_line_does_not_hide_the_rest() {
    let rest = "[segments.b]\ndescription = 'd'\nnobdy = true\n";
    let unknown = |line: usize| [(line + 2, 1, "key-unknown")];
    for (broken, lines, place) in [
        ("this is no TOML\n", 1, (1, 1)),
        ("allow = [\n  'style-key',\n", 2, (1, 9)),
        (
            "[segments.a]\nnobody = true\ndescription = \"d\ntags = ['x']\n",
            4,
            (3, 15),
        ),
        (
            "[segments.a]\nnobody = true\ndescription = 'd'\nrules = [{ clauses = [\n",
            4,
            (4, 9),
        ),
        ("]\n", 1, (1, 1)),
        ("[contexts.user\n", 1, (1, 1)),
    ] {
        let found = found(format!("{broken}{rest}"));
        assert!(
            found.contains(&(place.0, place.1, "toml-syntax")),
            "{broken}: {found:?}"
        );
        assert!(found.ends_with(&unknown(lines + 1)), "{broken}: {found:?}");
    }
}

#[test]
fn warnings_can_be_allowed() {
    let file = "[segments.Bad_Key]\nnobody = true\n";
    assert_eq!(
        found(file),
        [(1, 11, "style-key"), (1, 11, "style-description")]
    );
    assert_eq!(
        found(format!(
            "allow = ['style-key', 'style-description']\n{file}"
        )),
        []
    );
    assert_eq!(
        found(format!("{file}allow = ['style-description']\n")),
        [(1, 11, "style-key")]
    );
    assert_eq!(
        found(format!("allow = ['stylekey', 'key-invalid', 3]\n{file}")),
        [
            (1, 10, "allow-invalid"),
            (1, 22, "allow-invalid"),
            (1, 37, "toml-type"),
            (2, 11, "style-key"),
            (2, 11, "style-description"),
        ]
    );
}

#[test]
fn examples_are_proved_with_the_clause_that_decides() {
    let text = include_bytes!("toml/contradicted-examples.toml");
    let report = file::read("contradicted-examples.toml", text);
    expect("contradicted-examples", &report.to_string());
}

/// One of two segments is too many only if they are the same in every environment.
#[test]
fn identical_segments_are_so_in_every_environment() {
    let rule = |plan: &str| {
        format!(
            "included = {{}}\nexcluded = {{}}\nrules = [{{ clauses = [{{ attribute = 'plan', op = 'in', values = ['{plan}'] }}] }}]\n"
        )
    };
    let file = |one: &str, two: &str, there: &str, also_there: &str| {
        let (one, two, there, also_there) = (rule(one), rule(two), rule(there), rule(also_there));
        format!(
            "environments = ['staging']\ncontexts.user.attributes.plan = 'string'\n\
             [segments.one]\ndescription = 'd'\n{one}\
             [segments.one.environments.staging]\n{there}\
             [segments.two]\ndescription = 'd'\n{two}\
             [segments.two.environments.staging]\n{also_there}"
        )
    };
    assert_eq!(
        found(file("a", "a", "b", "b")),
        [(12, 11, "segment-identical")]
    );
    for (one, two, there, also_there) in [("a", "a", "b", "c"), ("a", "b", "c", "c")] {
        assert_eq!(found(file(one, two, there, also_there)), []);
    }
    let at_least = "[segments.one]\ndescription = 'd'\nincluded_at_least = { user = ['a'] }\n";
    assert_eq!(
        found(format!("{at_least}{}", at_least.replace("one", "two"))),
        []
    );
}

#[test]
fn segments_and_rules_are_held_against_one_another() {
    let report = file::read("related.toml", include_bytes!("toml/related.toml"));
    expect("related", &report.to_string());
}

/// What cannot be read, or says no, does not count as said: one mistake is one error.
#[test]
fn what_cannot_be_read_is_neither_there_nor_missing() {
    let rules = "rules = [{ clauses = [{ attribute = 'key', op = 'in', values = ['x'] }] }]\n";
    for (parts, expected) in [
        (format!("big = false\n{rules}"), &[(3, "toml-type")][..]),
        (format!("big = true\n{rules}"), &[(3, "toml-type")]),
        ("big = true\n".to_owned(), &[(3, "toml-type")]),
        ("big = 7\n".to_owned(), &[(3, "toml-type")]),
        ("big = false\n".to_owned(), &[(1, "segment-empty"), (3, "toml-type")]),
        ("unbounded = true\n".to_owned(), &[(3, "key-unknown")]),
        (
            "unbounded = true\nunboundedContextKind = 'user'\n".to_owned(),
            &[(4, "key-unknown")],
        ),
        (format!("nobody = false\n{rules}"), &[]),
        (format!("nobody = 'no'\n{rules}"), &[(3, "toml-type")]),
        ("nobody = 'yes'\n".to_owned(), &[(3, "toml-type")]),
        ("included = false\n".to_owned(), &[(3, "toml-type")]),
        ("included = 'u-1'\nnobody = true\n".to_owned(), &[(3, "toml-type")]),
        ("rules = 'none'\n".to_owned(), &[(3, "toml-type")]),
        ("rules = false\nbig = 'user'\n".to_owned(), &[(3, "toml-type")]),
        (
            "rules = [{ percent = 'ten', bucket_by = 'key', bucket_context = 'user', clauses = [{ attribute = 'key', op = 'in', values = ['x'] }] }]\n".to_owned(),
            &[(3, "toml-type")],
        ),
        (
            "rules = [{ everyone = 'no', clauses = [{ attribute = 'key', op = 'in', values = ['x'] }] }]\n".to_owned(),
            &[(3, "toml-type")],
        ),
        ("rules = [{ everyone = 'yes' }]\n".to_owned(), &[(3, "toml-type")]),
        (
            "rules = [{ everyone = 'yes', percent = 5 }]\n".to_owned(),
            &[(3, "toml-type")],
        ),
        (
            "rules = [{ everyone = false, clauses = [{ attribute = 'key', op = 'in', values = ['x'], negate = 'no' }] }]\n".to_owned(),
            &[(3, "toml-type")],
        ),
    ] {
        let found: Vec<_> = found(format!("[segments.a]\ndescription = 'd'\n{parts}"))
            .into_iter()
            .map(|(line, _, code)| (line, code))
            .collect();
        assert_eq!(found, expected, "{parts}");
    }
    let unbounded = file::read(
        "segments.toml",
        b"[segments.a]\ndescription = 'd'\nunbounded = true\n",
    );
    assert_eq!(
        unbounded.diagnostics()[0].message,
        "`unbounded` is not a key of a segment; write `big = \"user\"`"
    );
}

/// A share is one of the only kind that the clauses look at, or of one that is said.
#[test]
fn a_share_is_of_a_kind_that_is_known() {
    let head = "contexts.device.attributes.x = 'string'\n[segments.a]\ndescription = 'd'\n";
    let user = "{ attribute = 'key', op = 'in', values = ['x'] }";
    let not_user = "{ attribute = 'key', op = 'in', values = ['x'], negate = true }";
    let device = "{ context = 'device', attribute = 'x', op = 'in', values = ['x'] }";
    let asks = "{ op = 'segmentMatch', values = ['b'] }";
    for (rule, expected, kind) in [
        (format!("clauses = [{device}]"), None, Some("device")),
        (format!("clauses = [{user}]"), None, Some("user")),
        (
            format!("clauses = [{device}, {asks}]"),
            None,
            Some("device"),
        ),
        (
            format!("clauses = [{device}], bucket_by = 'x'"),
            None,
            Some("device"),
        ),
        (
            format!("clauses = [{user}, {device}]"),
            Some("split-kind-unclear"),
            None,
        ),
        (
            format!("clauses = [{device}, {user}], bucket_by = 'key'"),
            Some("split-kind-unclear"),
            None,
        ),
        (
            format!("clauses = [{asks}]"),
            Some("split-kind-unclear"),
            None,
        ),
        (
            "everyone = true".to_owned(),
            Some("split-kind-unclear"),
            None,
        ),
        (
            format!("clauses = [{user}, {device}], bucket_context = 'device'"),
            None,
            Some("device"),
        ),
        (
            format!("clauses = [{not_user}], bucket_context = 'user'"),
            None,
            Some("user"),
        ),
        (
            format!("clauses = [{device}], bucket_context = 'user'"),
            Some("split-kind-optional"),
            Some("user"),
        ),
        (
            "everyone = true, bucket_context = 'user'".to_owned(),
            Some("split-kind-optional"),
            Some("user"),
        ),
    ] {
        let text =
            format!("external_segments = ['b']\n{head}rules = [{{ percent = 10, {rule} }}]\n");
        let report = file::read("segments.toml", text.as_bytes());
        let codes: Vec<&str> = report
            .diagnostics()
            .iter()
            .map(|found| found.code.name())
            .collect();
        assert_eq!(
            codes,
            expected.into_iter().collect::<Vec<_>>(),
            "{rule}: {report}"
        );
        let segments = &report.readable_part().segments;
        let split = segments
            .first()
            .and_then(|read| read.definition.rules()[0].rollout.clone());
        assert_eq!(
            split.map(|split| split.kind.to_string()).as_deref(),
            kind,
            "{rule}"
        );
    }
}

/// Texts and numbers that were surely meant otherwise.
#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn what_was_surely_meant_otherwise_is_a_warning() {
    for (attribute_type, rest, code) in [
        (
            "string",
            "op = 'endsWith', values = ['*@x.com']",
            "text-wildcard",
        ),
        ("string", "op = 'in', values = ['%@x.com']", "text-wildcard"),
        ("string", "op = 'in', values = ['x*']", "text-wildcard"),
        ("string", "op = 'in', values = ['*']", "text-wildcard"),
        (
            "string",
            "op = 'in', values = ['a@x.com ']",
            "text-invisible",
        ),
        (
            "string",
            "op = 'startsWith', values = [' a']",
            "text-invisible",
        ),
        (
            "string",
            "op = 'contains', values = [\"a\\u200B\"]",
            "text-invisible",
        ),
        (
            "string",
            "op = 'in', values = [\"a\\u0000b\"]",
            "text-invisible",
        ),
        (
            "string",
            "op = 'in', values = ['a@x.com, b@x.com']",
            "text-list",
        ),
        ("string", "op = 'in', values = ['free,pro']", "text-list"),
        (
            "string",
            "op = 'matches', values = ['/^[ab]$/i']",
            "pattern-delimited",
        ),
        ("string", "op = 'matches', values = ['a|']", "value-empty"),
        (
            "string",
            "op = 'matches', values = ['(?i)[ab]']",
            "pattern-invalid",
        ),
        (
            "date",
            "op = 'in', values = ['2024-05-03T00:00:00Z']",
            "date-as-text",
        ),
        ("date", "op = 'before', values = [0.5]", "date-invalid"),
        ("date", "op = 'before', values = [1e15]", "date-invalid"),
        (
            "date",
            "op = 'before', values = ['2024-05-03T00:00:00.123456Z']",
            "date-invalid",
        ),
        (
            "date",
            "op = 'after', values = ['2024-05-03T00:00:00Z', '2025-05-03T00:00:00Z']",
            "value-covered",
        ),
        (
            "number",
            "op = 'lessThan', values = [1, 2]",
            "value-covered",
        ),
        ("number", "op = 'in', values = [1e300]", "number-invalid"),
        (
            "string",
            "op = 'contains', values = ['ab', 'a']",
            "value-covered",
        ),
        (
            "semver",
            "op = 'semVerEqual', values = ['1.0.0', '2.0', '2.0.0']",
            "value-covered",
        ),
        (
            "semver",
            "op = 'semVerLessThan', values = ['1.0.202302104298']",
            "version-invalid",
        ),
        (
            "semver",
            "op = 'semVerLessThan', values = ['1.2.3.4']",
            "version-invalid",
        ),
    ] {
        let codes: Vec<&str> = found(clause(attribute_type, rest))
            .into_iter()
            .map(|(_, _, code)| code)
            .collect();
        assert_eq!(codes, [code], "{rest}");
    }
    for (attribute_type, rest) in [
        ("string", "op = 'in', values = ['100%']"),
        ("string", "op = 'in', values = ['Berlin, Germany']"),
        ("string", "op = 'startsWith', values = ['Dr. ']"),
        ("string", "op = 'endsWith', values = [' GmbH']"),
        ("string", "op = 'contains', values = [\"\\n\"]"),
        ("string", "op = 'matches', values = ['/users/']"),
        ("string", "op = 'contains', values = ['a', 'b']"),
        ("number", "op = 'in', values = [1, 2]"),
        ("semver", "op = 'semVerEqual', values = ['1.0.0', '2.0']"),
    ] {
        let codes: Vec<&str> = found(clause(attribute_type, rest))
            .into_iter()
            .map(|(_, _, code)| code)
            .filter(|code| *code != "pattern-literal")
            .collect();
        assert_eq!(codes, [""; 0], "{rest}");
    }
}
