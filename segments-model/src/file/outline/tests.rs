use proptest::prelude::*;

use super::*;

/// What is at `|`, in words.
fn at(text: &str) -> String {
    let offset = text.find('|').unwrap();
    let text = text.replace('|', "");
    let cursor = Outline::new(&text).cursor(&text, offset);
    let slot = match cursor.slot {
        Slot::Name { symbol, role } => format!("{role:?} {symbol}").to_lowercase(),
        Slot::Key(keys) => format!("key of {}", keys.table()),
        Slot::Element(keys) => format!("{} in braces", keys.table()),
        Slot::Operator { of } => format!(
            "operator of {}",
            of.map_or_else(String::new, |it| it.to_string())
        ),
        Slot::Value { of, operator } => format!(
            "value of {} by {operator:?}",
            of.map_or_else(String::new, |it| it.to_string())
        ),
        other => format!("{other:?}"),
    };
    let word = cursor
        .word
        .map_or_else(String::new, |word| format!(" ({})", &text[word]));
    format!("{slot}{word}")
}

#[test]
fn a_place_says_what_it_stands_for() {
    for (text, expected) in [
        ("|", "key of the file"),
        ("[|", "key of the file"),
        ("[segments.|]", "declares segment ``"),
        ("[segments.sta|ff]", "declares segment `staff` (staff)"),
        ("[segments.a]\n|", "key of a segment"),
        ("[segments.a]\nrul|", "key of a segment (rul)"),
        ("[[segments.a.rules]]\n|", "key of a rule"),
        ("[[segments.a.rules.clauses]]\nop = |", "operator of "),
        ("[segments.a]\nrules = [|", "a rule in braces"),
        ("[segments.a]\nrules = [{ |", "key of a rule"),
        (
            "[segments.a]\nrules = [{ clauses = [{ att|",
            "key of a clause (att)",
        ),
        (
            "[segments.a]\nrules = [{ clauses = [{ attribute = |",
            "uses attribute ``",
        ),
        (
            "[segments.a]\nrules = [{ clauses = [{ attribute = \"em|",
            "uses attribute `em` (\"em)",
        ),
        (
            "[segments.a]\nrules = [{ clauses = [{ attribute = \"em\", op = |",
            "operator of attribute `em`",
        ),
        (
            "[segments.a]\nrules = [{ clauses = [{ attribute = \"em\", op = \"in\", values = [|",
            "value of attribute `em` by Some(In)",
        ),
        (
            "[segments.a]\nrules = [{ clauses = [{ op = \"segmentMatch\", values = [\"b|\"] }] }]",
            "uses segment `b` (\"b\")",
        ),
        (
            "[segments.a]\nincluded = { us|",
            "lists context kind `us` (us)",
        ),
        ("[segments.a]\nincluded = { |", "lists context kind ``"),
        (
            "[segments.a]\nincluded = { user = ['u'], until| = ''",
            "key of a list of contexts (until)",
        ),
        (
            "[segments.a]\nincluded = [{ user = ['u'], until = |",
            "Date",
        ),
        ("[segments.a]\nincluded = { user = [|", "ContextKey"),
        ("[segments.a.environments.|", "uses environment ``"),
        ("[segments.a]\nallow = [\"|\"]", "Code (\"\")"),
        (
            "external_segments = [\"x|\"]",
            "external segment `x` (\"x\")",
        ),
        (
            "[contexts.us|er.attributes]",
            "declares context kind `user` (user)",
        ),
        (
            "[contexts.user.attributes]\nem|",
            "declares attribute `em` (em)",
        ),
        ("[contexts.user.attributes]\nemail = |", "Type"),
        (
            "[contexts.user.attributes]\nemail = { |",
            "key of an attribute",
        ),
        ("[contexts.user.attributes.email]\ntype = |", "Type"),
        (
            "[flags.f]\nvariations = [\"x|\"]",
            "declares variation `x` (\"x\")",
        ),
        (
            "[[flags.f.rules]]\nserve = \"|\"",
            "uses variation `` (\"\")",
        ),
        (
            "[[flags.f.rules]]\nserve = { x| = 20 }",
            "uses variation `x` (x)",
        ),
        ("[[flags.f.targets]]\nserve = |", "uses variation ``"),
        (
            "[[segments.a.examples]]\ncontext = { user = { address = { ci|",
            "uses attribute `/address/ci` (ci)",
        ),
        (
            "[[segments.a.rules]]\npercent = 1\nbucket_context = \"device\"\nbucket_by = \"m|\"",
            "uses attribute `m` (\"m\")",
        ),
        (
            "[[assertions]]\ndisjoint = [\"paid & !tri|al\", \"free\"]",
            "uses segment `trial` (trial)",
        ),
        ("[[assertions]]\nnobody = |", "uses segment ``"),
        ("[other]\nx = |", "Unknown"),
    ] {
        assert_eq!(at(text), expected, "{text}");
    }
}

#[test]
fn names_have_roles() {
    let text = "external_segments = ['x']\n[segments.a]\nrules = [{ clauses = [{ op = 'segmentMatch', values = ['x', 'a'] }] }]\n";
    let outline = Outline::new(text);
    let names: Vec<_> = outline
        .names()
        .map(|(span, _, role)| (&text[span], role))
        .collect();
    assert_eq!(
        names,
        [
            ("'x'", Role::External),
            ("a", Role::Declares),
            ("'x'", Role::Uses),
            ("'a'", Role::Uses)
        ]
    );
}

fn shown(outline: &Outline) -> Vec<(Span, Symbol, Role)> {
    let names = outline.names();
    names
        .map(|(span, symbol, role)| (span, symbol.clone(), role))
        .collect()
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("[segments.a]\n".to_owned()),
        Just("[[segments.a.rules]]\n".to_owned()),
        Just("[contexts.user.attributes]\nemail = 'string'\n".to_owned()),
        Just("rules = [{ clauses = [{ op = 'segmentMatch', values = ['b'".to_owned()),
        Just("] }] }]\n".to_owned()),
        Just("\n".to_owned()),
        Just("'''".to_owned()),
        Just("\"".to_owned()),
        Just("[".to_owned()),
        Just("é😀".to_owned()),
        "[a-z{}=,.# \\[\\]\n\"]{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_edited_is_what_is_read_anew(
        first in prop::collection::vec(piece(), 0..12),
        edits in prop::collection::vec((piece(), any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..12),
    ) {
        let mut text = first.concat();
        let mut outline = Outline::new(&text);
        for (inserted, from, to) in edits {
            let from = text.floor_char_boundary(from.index(text.len() + 1));
            let to = text.floor_char_boundary((from + to.index(9)).min(text.len())).max(from);
            text.replace_range(from..to, &inserted);
            outline.edit(&text, &(from..to), inserted.len());
            prop_assert_eq!(shown(&outline), shown(&Outline::new(&text)), "{:?}", text);
            for offset in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let _ = outline.cursor(&text, offset);
            }
            let _ = outline.sections();
        }
    }
}
