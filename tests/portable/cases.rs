//! Random clauses that the checks accept without a finding, and values to hold against them.

use fastrand::Rng;
use regex_syntax::hir::{Class, Hir, HirKind};
use segments_model::check::check;
use segments_model::draft::{DraftClause, DraftRule};
use segments_model::{
    AttributeType, Code, Draft, Number, Operator, Severity, Value, date, pattern, version, wire,
};
use serde_json::{Value as Json, json};

use crate::sdks::Case;

/// How many values each clause is held against.
const VALUES: usize = 3;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Patterns,
    Versions,
    Dates,
    Numbers,
    Texts,
}

impl Subject {
    pub(crate) const ALL: [Self; 5] = [
        Self::Patterns,
        Self::Versions,
        Self::Dates,
        Self::Numbers,
        Self::Texts,
    ];

    /// A rule that gets no finding, plain and with its first clause negated.
    pub(crate) fn cases(self, rng: &mut Rng) -> [Case; 2] {
        loop {
            let (clauses, values) = self.draft(rng);
            if is_accepted(&clauses)
                && !values.iter().any(|value| is_number_to_php(&clauses, value))
            {
                let mut negated = clauses.clone();
                negated[0].negate = !negated[0].negate;
                return [clauses, negated].map(|clauses| Case {
                    clauses: to_json(&clauses),
                    values: values.clone(),
                });
            }
        }
    }

    #[allow(
        clippy::too_many_lines,
        reason = "a list of what each sort of case is made of"
    )]
    fn draft(self, rng: &mut Rng) -> (Vec<DraftClause>, Vec<Json>) {
        match self {
            Self::Patterns => {
                let text = pattern(rng, 2);
                let mut clauses = vec![clause(
                    Operator::Matches,
                    AttributeType::String,
                    [text.clone().into()],
                )];
                if rng.u8(..) < 80 {
                    let breaks = pattern::LINE_BREAKS.map(Value::from);
                    clauses.push(DraftClause {
                        negate: true,
                        ..clause(Operator::Contains, AttributeType::String, breaks)
                    });
                }
                let values = (0..VALUES).map(|_| Json::from(found_in(rng, &text)));
                (clauses, values.collect())
            }
            Self::Versions => {
                let operators = [
                    Operator::SemVerEqual,
                    Operator::SemVerLessThan,
                    Operator::SemVerGreaterThan,
                ];
                let text = random_version(rng);
                let values = (0..VALUES).map(|_| {
                    loop {
                        let other = if rng.bool() {
                            near_version(rng, &text)
                        } else {
                            random_version(rng)
                        };
                        // What some SDKs take for no version is documented.
                        let alike = version::ambiguity(&other).is_none();
                        if alike && version::parse(&other).is_ok() || other == "latest" {
                            break Json::from(other);
                        }
                    }
                });
                let values = values.collect();
                let operator = operators[rng.usize(..3)];
                (
                    vec![clause(operator, AttributeType::Version, [text.into()])],
                    values,
                )
            }
            Self::Dates => {
                let operator = [Operator::Before, Operator::After][rng.usize(..2)];
                let value = random_date(rng);
                let values = (0..VALUES).map(|_| {
                    loop {
                        // What some SDKs take for another moment, or for none, is documented.
                        let other = random_date(rng);
                        let ambiguity = match &other {
                            Value::Number(number) => date::ambiguity_of_number(number.get()),
                            Value::String(text) => date::ambiguity_of_text(text),
                            Value::Bool(_) => None,
                        };
                        if ambiguity.is_none() {
                            break json!(other);
                        }
                    }
                });
                let values = values.collect();
                (vec![clause(operator, AttributeType::Date, [value])], values)
            }
            Self::Numbers => {
                let operators = [
                    Operator::In,
                    Operator::LessThan,
                    Operator::LessThanOrEqual,
                    Operator::GreaterThan,
                    Operator::GreaterThanOrEqual,
                ];
                let number = random_number(rng);
                let values = (0..VALUES).map(|_| match rng.u8(..3) {
                    0 => json!(number),
                    1 => json!("1"),
                    _ => json!(random_number(rng)),
                });
                let values = values.collect();
                let operator = operators[rng.usize(..5)];
                let number = Value::Number(number);
                (
                    vec![clause(operator, AttributeType::Number, [number])],
                    values,
                )
            }
            Self::Texts => {
                let operators = [
                    Operator::In,
                    Operator::StartsWith,
                    Operator::EndsWith,
                    Operator::Contains,
                ];
                let text = random_text(rng, 6);
                let values = (0..VALUES).map(|_| match rng.u8(..3) {
                    0 => json!(format!("{}{text}", random_text(rng, 3))),
                    1 => json!(format!("{text}{}", random_text(rng, 3))),
                    _ => json!(random_text(rng, 4)),
                });
                let values = values.collect();
                let operator = operators[rng.usize(..4)];
                (
                    vec![clause(operator, AttributeType::String, [text.into()])],
                    values,
                )
            }
        }
    }
}

fn clause(
    operator: Operator,
    attribute_type: AttributeType,
    values: impl IntoIterator<Item = Value>,
) -> DraftClause {
    DraftClause {
        kind: Some("user".into()),
        attribute: Some("a".into()),
        attribute_type: Some(attribute_type),
        operator: Some(operator),
        values: values.into_iter().map(Some).collect(),
        ..DraftClause::default()
    }
}

fn draft(clauses: &[DraftClause]) -> Draft {
    Draft {
        key: "s".into(),
        name: "S".into(),
        description: Some("d".into()),
        rules: Some(vec![DraftRule {
            clauses: clauses.to_vec(),
            ..DraftRule::default()
        }]),
        ..Draft::default()
    }
}

fn is_accepted(clauses: &[DraftClause]) -> bool {
    check(&draft(clauses)).is_empty()
}

/// Whether PHP compares as numbers what is not the same otherwise, which is documented: texts, and
/// whole pre-releases.
fn is_number_to_php(clauses: &[DraftClause], value: &Json) -> bool {
    let compared = |operator, value: &Json| match (operator, value.as_str()) {
        (Some(Operator::In), None) => value.is_number().then(|| value.to_string()),
        (Some(Operator::In), Some(text)) => Some(text.trim_ascii().to_owned()),
        (_, text) => version::read(text?).map(|version| version.pre.to_string()),
    };
    clauses.iter().any(|clause| {
        let mut values = clause.values.iter().map(|value| json!(value));
        values.any(|of_clause| {
            let texts = [&of_clause, value].map(|it| compared(clause.operator, it));
            let numbers = texts
                .iter()
                .flatten()
                .filter(|it| it.parse::<f64>().is_ok());
            of_clause != *value
                && numbers.count() == 2
                && (of_clause.is_string() || value.is_string())
        })
    })
}

/// As the service hands it to SDKs.
fn to_json(clauses: &[DraftClause]) -> Json {
    let (definition, _) = draft(clauses).parse().expect("it is accepted");
    let segment =
        serde_json::to_value(wire::Segment::from(&definition)).expect("it has a JSON form");
    segment["rules"][0]["clauses"].clone()
}

/// Random patterns that get no finding, each with a text; a finding that only asks for another operator
/// does not count.
pub(crate) fn patterns(rng: &mut Rng, count: usize) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while found.len() < count {
        let text = pattern(rng, 2);
        let clauses = [clause(
            Operator::Matches,
            AttributeType::String,
            [text.clone().into()],
        )];
        let findings = check(&draft(&clauses));
        let mut findings = findings.iter();
        let portable = findings.all(|found| {
            found.code == Code::PATTERN_LITERAL && found.code.severity() == Severity::Warning
        });
        if portable && pattern::check(&text) == Ok(Vec::new()) {
            let seen = found_in(rng, &text);
            found.push((text, seen));
        }
    }
    found
}

const CHARACTERS: [&str; 26] = [
    "a", "b", "c", "A", "B", "x", "0", "1", "9", "_", "-", "@", " ", "/", "#", ",", ":", "é", "ß",
    "日", "😀", "\n", "\r", "\u{2028}", "\u{a0}", "٣",
];

/// Pieces of every dialect; the checks refuse most of them.
const PIECES: [&str; 60] = [
    r"\.",
    r"\+",
    r"\*",
    r"\?",
    r"\(",
    r"\)",
    r"\[",
    r"\]",
    r"\{",
    r"\}",
    r"\|",
    r"\^",
    r"\$",
    r"\\",
    r"\/",
    r"\n",
    r"\t",
    r"\r",
    r"\f",
    r"\x41",
    r"\x2D",
    "[a-c]",
    "[^a]",
    "[a-z0-9]+",
    "[^@]+",
    "[^@\\n]*",
    "[-a]",
    "[a-]",
    r"[\]\[]",
    r"[a\-z]",
    "[.]",
    "[$^]",
    "[*+?]",
    "[{}|]",
    "[A-Za-z0-9_]+",
    "(?:ab)+",
    "(a|b)",
    "(?:)",
    "a{2}",
    "b{1,}",
    "c{0,2}",
    "^",
    "$",
    ".",
    r"\d",
    r"\w",
    r"\s",
    r"\b",
    "(?i)",
    "a]",
    "}",
    "{",
    "(?<n>a)",
    "(?=a)",
    r"\@",
    "[[:alpha:]]",
    "a++",
    "é+",
    "[é]",
    "(?:é|日)",
];

fn pattern(rng: &mut Rng, depth: u8) -> String {
    let mut text = String::new();
    for alternative in 0..=rng.u8(..6) / 4 {
        if alternative > 0 {
            text.push('|');
        }
        for _ in 0..=rng.u8(..4) {
            match rng.u8(..10) {
                0..=4 => text.push_str(CHARACTERS[rng.usize(..CHARACTERS.len())]),
                5..=7 => text.push_str(PIECES[rng.usize(..PIECES.len())]),
                8 if depth > 0 => {
                    let open = ["(", "(?:"][rng.usize(..2)];
                    text.push_str(&format!("{open}{})", pattern(rng, depth - 1)));
                }
                _ => text.push('a'),
            }
            if rng.u8(..4) == 0 {
                let quantifiers = [
                    "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?", "??", "{1,2}?",
                ];
                text.push_str(quantifiers[rng.usize(..quantifiers.len())]);
            }
        }
    }
    text
}

/// A text in which the pattern is found, or nearly.
fn found_in(rng: &mut Rng, pattern: &str) -> String {
    let mut text = String::new();
    if rng.bool() {
        text.push_str(&random_text(rng, 3));
    }
    if let Ok(hir) = regex_syntax::parse(pattern) {
        sample(rng, &hir, &mut text);
    }
    if rng.bool() {
        text.push_str(&random_text(rng, 3));
    }
    if rng.u8(..3) == 0 {
        // Without one of its characters.
        let at = rng.usize(..=text.chars().count());
        text = text
            .chars()
            .take(at)
            .chain(text.chars().skip(at + 1))
            .collect();
    }
    text
}

#[allow(clippy::match_same_arms, reason = "one arm for each kind")]
fn sample(rng: &mut Rng, hir: &Hir, text: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            let any = CHARACTERS[rng.usize(..CHARACTERS.len())].chars().next();
            let ranges = class.ranges();
            let inside = |c: char| {
                ranges
                    .iter()
                    .any(|range| (range.start()..=range.end()).contains(&c))
            };
            let first = ranges
                .first()
                .map(regex_syntax::hir::ClassUnicodeRange::start);
            text.extend(any.filter(|c| inside(*c)).or(first));
        }
        HirKind::Class(Class::Bytes(_)) => {}
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min + 2);
            for _ in 0..rng.u32(repetition.min..=most.max(repetition.min)) {
                sample(rng, &repetition.sub, text);
            }
        }
        HirKind::Capture(capture) => sample(rng, &capture.sub, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| sample(rng, part, text)),
        HirKind::Alternation(parts) => {
            let part = &parts[rng.usize(..parts.len())];
            sample(rng, part, text);
        }
    }
}

fn random_text(rng: &mut Rng, longest: usize) -> String {
    (0..rng.usize(..=longest))
        .map(|_| CHARACTERS[rng.usize(..CHARACTERS.len())])
        .collect()
}

fn random_version(rng: &mut Rng) -> String {
    let number = |rng: &mut Rng| match rng.u8(..12) {
        0 => (version::LARGEST - rng.u64(..2)).to_string(),
        1 => "2147483648".to_owned(),
        2 => "20240503123456".to_owned(),
        3 => "00".to_owned(),
        _ => rng.u8(..12).to_string(),
    };
    let numbers: Vec<String> = (0..rng.usize(1..=4)).map(|_| number(rng)).collect();
    let mut text = numbers.join(".");
    let identifiers = [
        "alpha", "beta", "rc", "1", "2", "10", "x-y", "x-2", "x-10", "-", "a1", "01", "1a", "1e1",
    ];
    if rng.u8(..3) == 0 {
        text.push('-');
        text.push_str(identifiers[rng.usize(..identifiers.len())]);
        if rng.bool() {
            text.push('.');
            text.push_str(identifiers[rng.usize(..identifiers.len())]);
        }
    }
    if rng.u8(..4) == 0 {
        text.push_str(["+b", "+1.2", "+001", "+linux-x64"][rng.usize(..4)]);
    }
    match rng.u8(..20) {
        0 => format!("v{text}"),
        1 => format!(" {text}"),
        2 => "latest".to_owned(),
        _ => text,
    }
}

fn near_version(rng: &mut Rng, text: &str) -> String {
    match rng.u8(..6) {
        0 => text.to_owned(),
        1 => format!("{}+other", text.split('+').next().unwrap_or_default()),
        2 => text.replacen("-2", "-10", 1),
        3 => text.replacen("-y", ".y", 1),
        4 => format!("{}-rc.1", text.split(['+', '-']).next().unwrap_or_default()),
        _ => format!("{}.0", text.split(['+', '-']).next().unwrap_or_default()),
    }
}

fn random_number(rng: &mut Rng) -> Number {
    let number = match rng.u8(..8) {
        0 => 9_007_199_254_740_992.0,
        1 => -9_007_199_254_740_991.0,
        2 => f64::from(rng.i16(..)) / 8.0,
        3 => 0.1 * f64::from(rng.u8(..20)),
        4 => 1e-7,
        5 => -0.0,
        _ => f64::from(rng.i8(..)),
    };
    Number::new(number).expect("a finite number")
}

/// Moments close to each other, in every form that the checks take.
fn random_date(rng: &mut Rng) -> Value {
    let (years, seconds) = (["0001", "1969", "1970", "2024", "9999"], rng.u8(..3));
    let year = years[rng.usize(..5)];
    let fraction = ["", ".5", ".05", ".005", ".500", ".999", ".0001"][rng.usize(..7)];
    let offset = [
        "Z", "+00:00", "+01:00", "-01:30", "+14:00", "-14:00", "z", "+15:00",
    ][rng.usize(..8)];
    let text = format!(
        "{year}-01-02T{:02}:00:0{seconds}{fraction}{offset}",
        rng.u8(..24)
    );
    match date::parse(&text) {
        #[allow(clippy::cast_precision_loss, reason = "well below 2^53")]
        Ok(milliseconds) if rng.bool() => {
            Value::Number(Number::new(milliseconds as f64).expect("a finite number"))
        }
        Ok(_) => text.into(),
        Err(_) => random_date(rng),
    }
}
