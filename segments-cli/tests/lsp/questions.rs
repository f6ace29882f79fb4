//! Twenty questions about a `segments.toml`, each with the answer that a person would give.

use serde_json::Value as Json;

use crate::client::{Client, Folder};

/// What every question is asked about; what is being typed stands below it.
const FILE: &str = r#"environments = ["production", "staging"]

[contexts.user.attributes]
email = { type = "string", description = "Where mail goes.", private = true }
age = "number"
plan = { type = "string", one_of = ["free", "pro"] }
created = "date"
version = "semver"

[contexts.device.attributes]
model = "string"

[segments.staff]
name = "Staff"
description = "People who work here"
rules = [{ clauses = [{ attribute = "email", op = "endsWith", values = ["@company.com"] }] }]

[segments.outsiders]
description = "Everybody else"
rules = [{ clauses = [{ op = "segmentMatch", values = ["staff"], negate = true }] }]

[flags.checkout]
variations = ["fast", "slow"]
fallthrough = "slow"

[segments.edited]
description = "What is being typed"
"#;

/// What is asked where the cursor is, and what the answer has to say.
enum Asked {
    /// These are offered, and these are not.
    Offered(&'static [&'static str], &'static [&'static str]),
    /// What is shown says all of this.
    Shown(&'static [&'static str]),
    /// This is said to be wrong, and nothing else.
    Wrong(&'static str, &'static str),
    /// The definition is this text.
    Defined(&'static str),
}

struct Question {
    asked: &'static str,
    /// `|` is the cursor.
    typed: &'static str,
    answer: Asked,
}

use Asked::{Defined, Offered, Shown, Wrong};

const QUESTIONS: [Question; 20] = [
    Question {
        asked: "which attributes has this kind?",
        typed: "rules = [{ clauses = [{ attribute = \"|",
        answer: Offered(
            &[
                "email: string",
                "plan: string",
                "created: date",
                "key: string",
            ],
            &["model"],
        ),
    },
    Question {
        asked: "which attributes has another kind?",
        typed: "rules = [{ clauses = [{ context = \"device\", attribute = |",
        answer: Offered(&["model: string", "key: string"], &["email"]),
    },
    Question {
        asked: "which operators fit a number?",
        typed: "rules = [{ clauses = [{ attribute = \"age\", op = \"|",
        answer: Offered(
            &["lessThan", "greaterThanOrEqual", "in"],
            &["startsWith", "before"],
        ),
    },
    Question {
        asked: "which values can it have?",
        typed: "rules = [{ clauses = [{ attribute = \"plan\", op = \"in\", values = [\"free\", |",
        answer: Offered(&["pro"], &["free"]),
    },
    Question {
        asked: "how is a date written?",
        typed: "rules = [{ clauses = [{ attribute = \"created\", op = \"before\", values = [|",
        answer: Offered(&["T00:00:00Z"], &[]),
    },
    Question {
        asked: "which segments are there, and who is in them?",
        typed: "rules = [{ clauses = [{ op = \"segmentMatch\", values = [\"|",
        answer: Offered(
            &[
                "staff: Staff - user email ends with \"@company.com\"",
                "outsiders",
            ],
            &[],
        ),
    },
    Question {
        asked: "which kinds can be listed?",
        typed: "included = { | }",
        answer: Offered(&["user", "device"], &[]),
    },
    Question {
        asked: "what has a clause?",
        typed: "rules = [{ clauses = [{ attribute = \"email\", |",
        answer: Offered(
            &["op: required", "values", "negate"],
            &["attribute", "percent"],
        ),
    },
    Question {
        asked: "which warnings can be allowed?",
        typed: "allow = [\"|\"]",
        answer: Offered(&["style-description", "value-covered"], &["segment-empty"]),
    },
    Question {
        asked: "which environments are there?",
        typed: "[segments.edited.environments.|]",
        answer: Offered(&["production", "staging"], &[]),
    },
    Question {
        asked: "which variations can be served?",
        typed: "nobody = true\n[[flags.checkout.rules]]\neveryone = true\nserve = |",
        answer: Offered(&["fast", "slow"], &["edited"]),
    },
    Question {
        asked: "what is this attribute?",
        typed: "rules = [{ clauses = [{ attribute = \"em|ail\", op = \"in\", values = [\"a\"] }] }]",
        answer: Shown(&[
            "attribute `email`",
            "string",
            "private",
            "Where mail goes.",
            "segment `staff`",
        ]),
    },
    Question {
        asked: "what does this operator do?",
        typed: "rules = [{ clauses = [{ attribute = \"email\", op = \"starts|With\", values = [\"a\"] }] }]",
        answer: Shown(&["starts with", "does not start with", "absent"]),
    },
    Question {
        asked: "who is in this segment, and who asks?",
        typed: "rules = [{ clauses = [{ op = \"segmentMatch\", values = [\"st|aff\"] }] }]",
        answer: Shown(&[
            "People who work here",
            "user email ends with \"@company.com\"",
            "segment `outsiders`",
            "A member: `{\"email\":\"sample@company.com\"",
            "No member: `{\"key\":\"someone\",\"kind\":\"user\"}`",
        ]),
    },
    Question {
        asked: "which day is this?",
        typed: "rules = [{ clauses = [{ attribute = \"created\", op = \"before\", values = [17146|94400000] }] }]",
        answer: Shown(&["2024-05-03T00:00:00Z"]),
    },
    Question {
        asked: "is the attribute declared?",
        typed: "rules = [{ clauses = [{ attribute = \"emial\", op = \"in\", values = [\"a\"] }] }]",
        answer: Wrong("attribute-unknown", "\"emial\""),
    },
    Question {
        asked: "does the operator fit the type?",
        typed: "rules = [{ clauses = [{ attribute = \"age\", op = \"startsWith\", values = [\"3\"] }] }]",
        answer: Wrong("operator-misfit", "\"startsWith\""),
    },
    Question {
        asked: "is there such a segment?",
        typed: "rules = [{ clauses = [{ op = \"segmentMatch\", values = [\"stuff\"] }] }]",
        answer: Wrong("segment-unknown", "\"stuff\""),
    },
    Question {
        asked: "do all SDKs read this pattern?",
        typed: "rules = [{ clauses = [{ attribute = \"email\", op = \"matches\", values = ['(?=a)b'] }] }]",
        answer: Wrong("pattern-invalid", "'(?=a)b'"),
    },
    Question {
        asked: "where is it declared?",
        typed: "rules = [{ clauses = [{ attribute = \"pl|an\", op = \"in\", values = [\"pro\"] }] }]",
        answer: Defined("plan"),
    },
];

#[test]
fn twenty_questions_have_answers() {
    let folder = Folder::new();
    let mut client = Client::start(&[&folder.path("")]);
    let uri = client.open(&folder.path("segments.toml"), "");
    let mut wrong = Vec::new();
    for question in QUESTIONS {
        let typed = format!("{FILE}{}\n", question.typed.replace('|', ""));
        let cursor = question.typed.find('|').map(|at| FILE.len() + at);
        client.replace(&uri, &typed);
        if let Err(said) = ask(
            &mut client,
            &uri,
            cursor.unwrap_or_default(),
            &question.answer,
        ) {
            wrong.push(format!("{}\n  {said}", question.asked));
        }
    }
    let right = QUESTIONS.len() - wrong.len();
    println!("lsp: {right} of {} questions are answered", QUESTIONS.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn ask(client: &mut Client, uri: &str, cursor: usize, answer: &Asked) -> Result<(), String> {
    match answer {
        Offered(wanted, unwanted) => {
            let items = client.at("textDocument/completion", uri, cursor);
            let offered: Vec<String> = items.as_array().unwrap().iter().map(offer).collect();
            let is = |word: &str| offered.iter().any(|it| it.contains(word));
            let missing = wanted.iter().find(|word| !is(word));
            let only = |word: &str| offered.iter().any(|it| it.split(':').next() == Some(word));
            let surplus = unwanted.iter().find(|word| only(word));
            match (missing, surplus) {
                (None, None) => Ok(()),
                (missing, surplus) => Err(format!("{missing:?} {surplus:?} in {offered:#?}")),
            }
        }
        Shown(wanted) => {
            let hover = client.at("textDocument/hover", uri, cursor);
            let shown = hover["contents"]["value"].as_str().unwrap_or_default();
            match wanted.iter().find(|part| !shown.contains(*part)) {
                None => Ok(()),
                Some(part) => Err(format!("{part:?} is not in {shown:?}")),
            }
        }
        Wrong(code, at) => {
            let found = client.diagnostics(uri);
            let text = client.text(uri);
            let found: Vec<_> = found
                .iter()
                .map(|it| {
                    (
                        it["code"].as_str().unwrap(),
                        &text[crate::client::span(text, &it["range"])],
                    )
                })
                .collect();
            (found == [(*code, *at)])
                .then_some(())
                .ok_or_else(|| format!("{found:?}"))
        }
        Defined(name) => {
            let found = client.at("textDocument/definition", uri, cursor);
            let text = client.text(uri);
            let found = &text[crate::client::span(text, &found[0]["range"])];
            (found == *name)
                .then_some(())
                .ok_or_else(|| found.to_owned())
        }
    }
}

/// `label: detail documentation`.
fn offer(item: &Json) -> String {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let docs = text(&item["documentation"]["value"]);
    format!("{}: {} {docs}", text(&item["label"]), text(&item["detail"]))
}
