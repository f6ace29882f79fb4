use super::*;

fn refused(pattern: &str) -> Option<(Construct, String, Option<String>)> {
    match check(pattern) {
        Err(InvalidPattern::NotPortable {
            construct,
            found,
            rewrite,
            ..
        }) => Some((construct, found, rewrite)),
        _ => None,
    }
}

/// Every row of the table is what the check says of its patterns.
#[test]
fn examples_are_what_the_table_says() {
    for construct in Construct::ALL {
        assert!(!construct.examples().is_empty(), "{construct:?}");
        for (pattern, _) in construct.examples() {
            let checked = check(pattern);
            match construct.standing() {
                Standing::Portable => {
                    assert_eq!(checked.as_deref(), Ok(&[][..]), "{construct:?} {pattern}");
                }
                Standing::Refused => {
                    let found = refused(pattern).map(|(found, ..)| found);
                    assert_eq!(found, Some(*construct), "{pattern}: {checked:?}");
                }
                standing => {
                    let found = checked.unwrap().into_iter();
                    let mut found = found.filter(|found| found.standing == standing);
                    let found = found.next().map(|found| found.constructs);
                    assert!(
                        found
                            .as_ref()
                            .is_some_and(|found| found.contains(construct)),
                        "{pattern}: {found:?}"
                    );
                }
            }
        }
    }
}

/// What is refused says the same without the construct.
#[test]
fn rewrites_are_equal() {
    for (pattern, rewrite) in [
        (
            r"(?i)@company\.com$",
            Some(r"@[cC][oO][mM][pP][aA][nN][yY]\.[cC][oO][mM]$"),
        ),
        ("(?i)abc", Some("[aA][bB][cC]")),
        ("(?i)[a-c1]x", Some("[a-cA-C1][xX]")),
        ("(?i)[ab]", Some("[aAbB]")),
        ("a(?i:b)c", Some("a(?:[bB])c")),
        ("(?i)a(?-i:b)", Some("[aA](?:b)")),
        ("(?i)é", None),
        ("(?i)[A-z]", None),
        ("(?s)a.b", Some(r"a(?:[^\n]|\n)b")),
        ("(?s)ab", Some("ab")),
        ("(?U)a+", Some("a+")),
        ("(?m)^a", None),
        ("(?<n>ann)@", Some("(ann)@")),
        ("(?P<n>ann)@", Some("(ann)@")),
        (r"\Aab\z", Some("^ab$")),
        (r"ab\Z", None),
        (r"\x{41}\u0042\u{43}\101", Some("ABCA")),
        (r"\x{2e}", Some(r"\.")),
        (r"\xe9", Some("é")),
        (r"\Qa.b\E+", Some(r"a\.b+")),
        (r"\@\-\_", Some("@-_")),
        (r"\e\a\cA", Some(r"\x1B\x07\x01")),
        ("a]b}", Some(r"a\]b\}")),
        ("a{", Some(r"a\{")),
        ("a{2}?", Some("a{2}")),
        ("x[(]", Some(r"x[\(]")),
        (r"[\d-z]", Some(r"[\d\-z]")),
        (r"[\w-.]", Some(r"[\w\-.]")),
        ("a(?#why)b", Some("ab")),
        ("a++b", None),
        ("^\\p{L}+@", None),
        ("^[[:alpha:]]+@", None),
        ("^[a-z&&[^b]]+@", None),
    ] {
        let found = refused(pattern).map(|(_, _, rewrite)| rewrite);
        assert_eq!(
            found,
            Some(rewrite.map(str::to_owned)),
            "{pattern}: {:?}",
            check(pattern)
        );
    }
    let exact = |pattern: &str| {
        check(pattern)
            .unwrap()
            .pop()
            .and_then(|found| found.rewrite)
    };
    for (pattern, rewrite) in [
        (r"\d+@", Some("[0-9]+@")),
        (r"[\d.]+@", Some("[0-9.]+@")),
        (r"\w", Some("[A-Za-z0-9_]")),
        (r"\Sx", None),
        ("a.*b", Some(r"a[^\n]*b")),
        ("aé+", Some("a(?:é)+")),
        ("[aé]", Some("(?:[a]|é)")),
        ("[éè]", Some("(?:é|è)")),
        ("[а-я]", None),
        ("[^é]+", None),
        ("a[^b]{2}", None),
    ] {
        assert_eq!(exact(pattern), rewrite.map(str::to_owned), "{pattern}");
    }
}

/// Rewrites that are offered get no error themselves.
#[test]
fn every_rewrite_is_accepted() {
    let examples = Construct::ALL
        .iter()
        .flat_map(|construct| construct.examples());
    for (pattern, _) in examples {
        match check(pattern) {
            Err(InvalidPattern::NotPortable {
                rewrite: Some(rewrite),
                ..
            }) => assert!(check(&rewrite).is_ok(), "{pattern}: {rewrite}"),
            Ok(found) => {
                for (standing, rewrite) in found
                    .into_iter()
                    .filter_map(|found| Some((found.standing, found.rewrite?)))
                {
                    let still = check(&rewrite).unwrap();
                    assert!(
                        still.iter().all(|still| still.standing != standing),
                        "{pattern}: {rewrite}"
                    );
                }
            }
            Err(_) => {}
        }
    }
}

#[test]
fn what_is_no_pattern_says_why() {
    for bad in ["***", "(", "[a", "a{2,1}", r"\", "[z-a]", "(?", "[", "a)"] {
        let found = check(bad);
        assert!(found.is_err(), "{bad}: {found:?}");
    }
    assert_eq!(
        check("(?!x)y").unwrap_err().to_string(),
        "`(?!x)y` has look-around, `(?!`, which Go and Rust do not support; write two clauses, one of them negated"
    );
    assert_eq!(
        check("^[a-z]+$").unwrap()[0].to_string(),
        "`^[a-z]+$` has `^`, which Ruby finds at the start of every line, and `$`, which Python, Java, .NET, Ruby, Erlang and PHP find before a line break at the end as well, and Ruby at the end of every line; exclude strings with line breaks with a second clause: not `contains` one of \"\\n\", \"\\r\", \"\\u{85}\", \"\\u{2028}\", \"\\u{2029}\""
    );
}

#[test]
fn characters_of_any_kind_are_not_counted() {
    let counts = |pattern: &str| {
        let found = check(pattern).unwrap().into_iter();
        found
            .flat_map(|found| found.constructs)
            .any(|found| found == Construct::Counted)
    };
    for counted in [
        "[^a]",
        "[^a]?",
        "[^a]{2}",
        "[^a]{2,}",
        "[^a]+[^b]*",
        "(?:[^a]+)+",
        "[^a]+x?[^b]+",
        "(?:[^a]+b?)+",
    ] {
        assert!(counts(counted), "{counted}");
    }
    for free in [
        "[^a]+",
        "[^a]*",
        "[^@]+@[^.]+[.]",
        "(?:[^,]+,)*",
        "(?:x[^,]+){3}",
        "[a-z]{3}",
        "é|è",
        "(?:é|è){2}",
    ] {
        assert!(!counts(free), "{free}");
    }
}

#[test]
fn what_grows_too_large_is_refused() {
    for bad in [
        "a{1001}",
        "(a{100}){11}",
        r"\w{1000}",
        "((a{1000}){1000}){1000}",
        "(a{65535}){65535}",
    ] {
        assert!(
            matches!(check(bad), Err(InvalidPattern::TooLarge(_))),
            "{bad}"
        );
    }
    for good in [
        "a{1000}",
        "(a{100}){10}",
        "a{5,}",
        r"^\w{1,64}@\w+$",
        "(a+)+",
        "((a*)*)*",
    ] {
        assert!(check(good).is_ok(), "{good}");
    }
}

/// A pattern that is accepted here and refused by the engine would match nobody, and its
/// negation everybody.
#[cfg(feature = "regex")]
#[test]
fn the_largest_that_is_accepted_can_be_prepared() {
    for unit in [
        "a",
        "日",
        ".",
        "[a-z]",
        r"\w",
        r"\W",
        r"\d",
        "[^a]",
        r"(?:\w|\s|-)",
        r"(?:\w?\b)",
        r"(?:\w{1,8} )",
    ] {
        let repeated = |times: u64| format!("(?:{unit}){{{times}}}");
        // Whoever is too large stays so when repeated more often.
        let (mut largest, mut too_many) = (1, REPETITIONS + 1);
        while too_many - largest > 1 {
            let times = largest.midpoint(too_many);
            if check(&repeated(times)).is_ok() {
                largest = times;
            } else {
                too_many = times;
            }
        }
        let largest = repeated(largest);
        assert!(check(&largest).is_ok(), "{largest}");
        assert!(regex::Regex::new(&largest).is_ok(), "{largest}");
    }
}

#[test]
fn literals_are_recognised() {
    assert_eq!(literal("abc"), Some(Literal::Contains("abc".to_owned())));
    assert_eq!(literal("^abc"), Some(Literal::StartsWith("abc".to_owned())));
    assert_eq!(literal("^abc$"), Some(Literal::Is("abc".to_owned())));
    for not in ["", "a.c", "(?i)abc", "a|b", "^", "(?m)^abc"] {
        assert_eq!(literal(not), None, "{not}");
    }
}
