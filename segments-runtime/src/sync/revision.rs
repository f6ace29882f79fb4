//! The declaration in force: the newest, by its revision.
//!
//! | this program | the segment's mark | in force |
//! |---|---|---|
//! | any | nothing | this program's declaration |
//! | 7 | 6 | this program's |
//! | 7 | 7, and the same contents | this program's |
//! | 7 | 7, and other contents | neither: it is unknown which is newer |
//! | 7 | 8 | the other one |
//! | none | any number | the other one: no number is older than any number |

use std::fmt;

use segments_model::draft::DraftLifecycle;
use segments_model::{Audience, Definition, Serve, Target, Targeting, Targets, wire};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::definitions::Definitions;
use super::digest::Digest;
use super::report::Outcome;

/// The number of a declaration, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Revision {
    pub(crate) number: u64,
    /// `None` in marks of versions before 0.2, which did not have it.
    pub(crate) digest: Option<Digest>,
}

impl Revision {
    /// The revision of a declaration that says this.
    pub(crate) fn of(number: u64, says: &Json) -> Self {
        let digest = Some(Digest::of(says));
        Self { number, digest }
    }

    /// The revision of a segment.
    pub(crate) fn of_segment(number: u64, definition: &Definition) -> Self {
        let digest = Some(Digest::of(&segment(definition)));
        Self { number, digest }
    }

    /// The revision of what an AI Config or flag serves.
    pub(crate) fn of_targeting(number: u64, declared: &Targeting) -> Self {
        let digest = Some(Digest::of(&targeting(declared)));
        Self { number, digest }
    }

    /// The text of a tag: `7.0fb3c1`, or `7`. A revision has only one form, so `07` is refused.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (digits, digest) = match text.split_once('.') {
            Some((digits, digest)) => (digits, Some(Digest::parse(digest)?)),
            None => (text, None),
        };
        let number: u64 = digits.parse().ok()?;
        (number.to_string() == digits).then_some(Self { number, digest })
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.digest {
            Some(digest) => write!(f, "{}.{digest}", self.number),
            None => write!(f, "{}", self.number),
        }
    }
}

/// Whose declaration is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InForce {
    /// That of this program.
    Ours,
    /// One of a higher number.
    Newer(u64),
    /// There are two of this number, which say different things.
    Disputed(u64),
}

impl InForce {
    /// Whose declarations are in force where more resources show this revision.
    pub(crate) fn beside(self, newest: Option<u64>, ours: Option<u64>) -> Self {
        match (self, newest) {
            (Self::Newer(known), Some(newest)) => Self::Newer(known.max(newest)),
            (_, Some(newest)) if Some(newest) > ours => Self::Newer(newest),
            (known, _) => known,
        }
    }

    /// What comes of everything that only the program whose declarations are in force may do.
    pub(crate) fn refuses(self) -> Option<Outcome> {
        match self {
            InForce::Ours => None,
            InForce::Newer(revision) => Some(Outcome::Superseded { revision }),
            InForce::Disputed(revision) => Some(Outcome::Conflict { revision }),
        }
    }
}

/// Compares this program's revision with those that marks name.
pub(crate) fn in_force(ours: Option<&Revision>, marked: &[Revision]) -> InForce {
    let Some(newest) = marked.iter().map(|revision| revision.number).max() else {
        return InForce::Ours;
    };
    let Some(ours) = ours else {
        return InForce::Newer(newest);
    };
    if newest > ours.number {
        return InForce::Newer(newest);
    }
    let mut same = marked.iter().filter(|other| other.number == ours.number);
    if same.any(|other| other.digest.is_some() && other.digest != ours.digest) {
        return InForce::Disputed(newest);
    }
    InForce::Ours
}

/// The content of all declarations together, in every environment, wherever they are.
pub(crate) fn digest_of_all(declared: Definitions<'_>) -> String {
    let Definitions {
        segments,
        targetings,
        metrics,
        experiments,
    } = declared;
    let metrics = metrics.iter().map(|metric| format!("{metric:?}"));
    let experiments = experiments
        .iter()
        .map(|experiment| format!("{experiment:?}"));
    let segments = segments.iter().map(|definition| {
        let there = definition.environments.keys().map(|key| {
            let there = definition.in_environment(key);
            json!([key.as_str(), segment(&there), there.absent])
        });
        let there: Vec<_> = there.collect();
        json!([definition.key.as_str(), segment(definition), there]).to_string()
    });
    let targetings = targetings.iter().map(|declared| {
        let there = declared.environments.keys();
        let there =
            there.map(|key| json!([key.as_str(), targeting(&declared.in_environment(key))]));
        let there: Vec<_> = there.collect();
        json!([declared.resource.path(), targeting(declared), there]).to_string()
    });
    let all = segments.chain(targetings);
    let mut all: Vec<String> = all.chain(metrics).chain(experiments).collect();
    all.sort();
    let digest = Sha256::digest(all.join("\n"));
    let digits = digest.iter().take(6).map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// Everything that a definition says about its segment, but for the key.
fn segment(definition: &Definition) -> Json {
    // Destructured, so that a new part of a definition cannot be forgotten here.
    let Definition {
        key: _,
        name,
        description,
        tags,
        audience,
        unmanaged,
        absent: _,
        lifecycle,
        // Which one this is was decided before.
        environments: _,
    } = definition;
    let audience = match audience {
        Audience::Standard {
            included,
            excluded,
            rules,
        } => {
            let rules = rules
                .as_ref()
                .map(|rules| rules.iter().map(wire::Rule::from).collect::<Vec<_>>());
            json!([list(included), list(excluded), rules])
        }
        Audience::Big { kind } => json!(kind.as_str()),
    };
    let tags = tags
        .as_ref()
        .map(|tags| tags.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut said = vec![json!(name), json!(description), json!(tags), audience];
    // What few declarations say is not in the digests of all others.
    if !unmanaged.is_empty() {
        said.push(json!(unmanaged));
    }
    for (key, text) in DraftLifecycle::from(lifecycle).iter() {
        said.push(json!({ key.name(): text }));
    }
    Json::Array(said)
}

fn list(targets: &Targets) -> Json {
    let how = match targets {
        Targets::Unmanaged => return Json::Null,
        Targets::Exactly(_) => "exactly",
        Targets::AtLeast(_) => "at least",
    };
    let lists = targets.lists().map(|(kind, keys)| {
        let until = keys.expiring().map(|(key, until)| json!([key, until]));
        let until: Vec<Json> = until.collect();
        let keys: Vec<&String> = keys.iter().collect();
        if until.is_empty() {
            json!([kind.as_str(), keys])
        } else {
            json!([kind.as_str(), keys, until])
        }
    });
    json!([how, lists.collect::<Vec<_>>()])
}

/// Everything that a declaration says about what is served, but for the key.
fn targeting(declared: &Targeting) -> Json {
    let Targeting {
        resource: _,
        // Those that are served stand in what follows.
        variations: _,
        targets,
        rules,
        fallthrough,
        others,
        environments: _,
    } = declared;
    let target = |target: &Target| {
        json!([
            target.variation.to_string(),
            target.kind.as_str(),
            target.keys
        ])
    };
    let targets = targets
        .as_ref()
        .map(|targets| targets.iter().map(target).collect::<Vec<_>>());
    let rules = rules.as_ref().map(|rules| {
        let rules = rules.iter().map(|rule| {
            let condition = wire::Rule::from(&rule.condition());
            json!([condition, served(&rule.serve)])
        });
        rules.collect::<Vec<_>>()
    });
    let fallthrough = fallthrough.as_ref().map(served);
    json!([targets, rules, fallthrough, format!("{others:?}")])
}

fn served(serve: &Serve) -> Json {
    match serve {
        Serve::Variation(variation) => json!(variation.to_string()),
        Serve::Split(split) => {
            let shares = split
                .shares
                .iter()
                .map(|(variation, weight)| json!([variation.to_string(), weight.thousandths()]));
            json!([
                shares.collect::<Vec<_>>(),
                split.kind.as_str(),
                split.by.to_string()
            ])
        }
    }
}

#[cfg(test)]
mod tests {
    use segments_model::Lifecycle;

    use super::*;

    fn marked(texts: &[&str]) -> Vec<Revision> {
        let marks = texts.iter().map(|text| Revision::parse(text).unwrap());
        marks.collect()
    }

    #[test]
    fn one_revision_has_one_form() {
        for text in ["0", "7", "7.0fb3c1", "18446744073709551615.abcdef"] {
            assert_eq!(Revision::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "07",
            "+7",
            "7.",
            "7.0FB3C1",
            "7.0fb3c",
            "7.0fb3c1.1",
            "x",
        ] {
            assert_eq!(Revision::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_highest_number_is_in_force_and_none_is_lower_than_each() {
        let ours = Revision::parse("7.aaaaaa").unwrap();
        for (marks, expected) in [
            (vec![], InForce::Ours),
            (vec!["6.bbbbbb"], InForce::Ours),
            (vec!["7"], InForce::Ours),
            (vec!["7.aaaaaa"], InForce::Ours),
            (vec!["7.bbbbbb"], InForce::Disputed(7)),
            (vec!["6.aaaaaa", "8.cccccc"], InForce::Newer(8)),
        ] {
            assert_eq!(
                in_force(Some(&ours), &marked(&marks)),
                expected,
                "{marks:?}"
            );
        }
        assert_eq!(in_force(None, &[]), InForce::Ours);
        assert_eq!(in_force(None, &marked(&["0"])), InForce::Newer(0));
    }

    #[test]
    fn whatever_a_definition_says_makes_another_digest() {
        let base = || Definition {
            key: segments_model::SegmentKey::from_static("s"),
            name: "S".to_owned(),
            description: None,
            tags: None,
            audience: Audience::Standard {
                included: Targets::Unmanaged,
                excluded: Targets::Unmanaged,
                rules: None,
            },
            unmanaged: [].into(),
            absent: false,
            lifecycle: Lifecycle::default(),
            environments: [].into(),
        };
        let with = |change: fn(&mut Definition)| {
            let mut definition = base();
            change(&mut definition);
            Revision::of_segment(7, &definition).to_string()
        };
        let all = [
            with(|_| {}),
            with(|it| it.name = "T".to_owned()),
            with(|it| it.description = Some(String::new())),
            with(|it| it.tags = Some([].into())),
            with(|it| {
                it.audience = Audience::Big {
                    kind: segments_model::ContextKind::USER,
                }
            }),
            with(|it| {
                it.audience = Audience::Standard {
                    included: Targets::Exactly([].into()),
                    excluded: Targets::Unmanaged,
                    rules: None,
                }
            }),
            with(|it| {
                it.audience = Audience::Standard {
                    included: Targets::AtLeast([].into()),
                    excluded: Targets::Unmanaged,
                    rules: None,
                }
            }),
            with(|it| {
                it.audience = Audience::Standard {
                    included: Targets::Unmanaged,
                    excluded: Targets::Unmanaged,
                    rules: Some(vec![]),
                }
            }),
        ];
        let all = all.into_iter().chain([
            with(|it| it.unmanaged = [segments_model::Part::Rules].into()),
            with(|it| it.lifecycle.protect = true),
            with(|it| {
                it.lifecycle.moved_from = Some(segments_model::SegmentKey::from_static("t"));
            }),
            with(|it| it.lifecycle.never_wider = true),
        ]);
        let all: Vec<_> = all.collect();
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len(), "{all:?}");
    }
}
