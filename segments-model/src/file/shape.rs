//! The tables of `segments.toml` as data: the only list of their keys. The reader, its suggestions and
//! the JSON Schema are derived from it.

use crate::{LifecycleKey, MetricKind, SuccessCriterion, foreign};

/// A table: what messages call it, and its keys.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) what: &'static str,
    pub(super) keys: &'static [Key],
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) shape: Shape,
    pub(super) docs: &'static str,
}

impl Key {
    /// How it is written, as messages show it; nothing of what has no short form.
    pub(super) fn example(&self) -> Option<String> {
        let value = match self.shape {
            Shape::Text => "\"...\"",
            Shape::Number => "10",
            Shape::Bool => "true",
            Shape::Operator => "\"in\"",
            Shape::Type => "\"string\"",
            Shape::Kind => "\"user\"",
            Shape::Serve => "\"fast\"",
            Shape::Shares => "{ fast = 50, careful = 50 }",
            Shape::Word(words) => return Some(format!("{} = \"{}\"", self.name, words[0])),
            Shape::Values | Shape::ContextKeys => "[\"a\"]",
            Shape::Variations => "[\"fast\", \"careful\"]",
            Shape::Data => "{ user = { key = \"user-123\" } }",
            _ => return None,
        };
        Some(format!("{} = {value}", self.name))
    }
}

/// What a key holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Text,
    Number,
    Bool,
    /// A boolean, or that it is not known.
    Many,
    /// An array of tags.
    Tags,
    /// An array of segment keys.
    Keys,
    /// Segments put together with `&`, `|` and `!`.
    Expression,
    /// An array of these.
    Expressions,
    /// The name of an operator.
    Operator,
    /// An array of booleans, numbers and texts.
    Values,
    /// The name of an attribute's type.
    Type,
    /// An array of codes of warnings.
    Codes,
    /// A context kind, by name.
    Kind,
    /// An array of names of parts of a segment.
    Parts,
    /// Arrays of context keys, by context kind, and their expiry; several such tables, if there are several
    /// expiries.
    Targets,
    /// Anything, as JSON has it, by context kind and attribute.
    Data,
    /// An array of tables.
    Array(&'static Table),
    /// Tables by context kind.
    Contexts,
    /// Tables by attribute; the name of a type may stand for one.
    Attributes,
    /// Tables by segment key.
    Segments,
    /// An array of environment keys.
    EnvironmentKeys,
    /// By environment key, tables of what something has of its own there.
    Environments(&'static Table),
    /// Tables by the key of an AI Config or a flag.
    Targetings,
    /// An array of keys of variations.
    Variations,
    /// A variation, or a table of shares by variation.
    Serve,
    /// An array of keys of contexts.
    ContextKeys,
    /// A table.
    Table(&'static Table),
    /// An array of patterns of keys.
    Patterns,
    /// How bad something is.
    Severity,
    /// Tables by a key that the author chooses.
    Tables(&'static Table),
    /// One of a few words.
    Word(&'static [&'static str]),
    /// An array of keys of metrics.
    MetricKeys,
    /// A table of shares by variation.
    Shares,
}

use Shape::{
    Array, Attributes, Bool, Codes, ContextKeys, Contexts, Data, EnvironmentKeys, Environments,
    Expression, Expressions, Keys, Kind, Many, MetricKeys, Number, Operator, Parts, Patterns,
    Segments, Serve, Severity, Shares, Tables, Tags, Targetings, Targets, Text, Type, Values,
    Variations, Word,
};

const fn key(name: &'static str, shape: Shape, docs: &'static str) -> Key {
    Key {
        name,
        required: false,
        shape,
        docs,
    }
}

const fn required(name: &'static str, shape: Shape, docs: &'static str) -> Key {
    Key {
        required: true,
        ..key(name, shape, docs)
    }
}

/// What stands beside the kinds of listed contexts.
pub(super) static LIST: Table = Table {
    what: "a list of contexts",
    keys: &[key(
        UNTIL,
        Text,
        "When LaunchDarkly removes these contexts from the list: a date (at 00:00 UTC), or a time such as `2027-01-31T18:00:00Z`.",
    )],
};

/// The key of the expiry of listed contexts.
pub(super) const UNTIL: &str = "until";

pub(super) static FILE: Table = Table {
    what: "the file",
    keys: &[
        key(
            "contexts",
            Contexts,
            "The kinds of contexts that the application sends, and their attributes.",
        ),
        key("segments", Segments, "The segments, by key."),
        key(
            "environments",
            EnvironmentKeys,
            "Keys of all environments. A segment, AI Config or flag that differs in one of them has to name all, and the command line uses no other environments.",
        ),
        key(
            "owner",
            Text,
            "The owner of the segments, which carry the tag `managed-by.<owner>`.",
        ),
        key(
            "ai_configs",
            Targetings,
            "The targeting of AI Configs, by key.",
        ),
        key(
            "flags",
            Targetings,
            "The targeting of feature flags, by key.",
        ),
        key(
            "metrics",
            Tables(&METRIC),
            "Metrics, which count tracked events, by key.",
        ),
        key(
            "experiments",
            Tables(&EXPERIMENT),
            "Experiments, which compare variations of an AI Config or flag, by key.",
        ),
        key(
            "external_segments",
            Keys,
            "Keys of segments declared elsewhere that clauses may reference.",
        ),
        key(
            "strict",
            Bool,
            "Refuses a segment that leaves out a part that it declared before, unless `unmanaged` lists the part.",
        ),
        key(
            "assertions",
            Array(&ASSERTION),
            "Assertions about the audiences, proved whenever the file is read.",
        ),
        key(
            "policy",
            Shape::Table(&POLICY),
            "The team's requirements for the segments of this file.",
        ),
        key(
            "partitions",
            Tables(&PARTITION),
            "Segments that divide the contexts of a kind, by name. A partition is proved whenever the file is read, and is an enum in Rust.",
        ),
        key("allow", Codes, "Warnings to silence for this file."),
    ],
};

pub(super) static POLICY: Table = Table {
    what: "the policy",
    keys: &[
        key(
            "environments",
            EnvironmentKeys,
            "The environments that require a description, an owner and a review date; defaults to `production`.",
        ),
        key(
            "names",
            Patterns,
            "Patterns such as `team-*`, one of which each key has to match.",
        ),
        key(
            "first_step",
            Number,
            "The largest percentage with which a rule may begin; defaults to 20.",
        ),
        key(
            "severity",
            Shape::Table(&SEVERITIES),
            "The severity of each check.",
        ),
    ],
};

pub(super) static SEVERITIES: Table = Table {
    what: "the severities of the policy",
    keys: &[
        key(
            "description",
            Severity,
            "The severity of a missing description.",
        ),
        key("owner", Severity, "The severity of a missing owner."),
        key("review", Severity, "The severity of a missing review date."),
        key(
            "private",
            Severity,
            "The severity of private attributes in lists of values and in `bucket_by`.",
        ),
        key(
            "keys",
            Severity,
            "The severity of keys that look like mail addresses, session ids or timestamps.",
        ),
        key(
            "names",
            Severity,
            "The severity of a key that matches no pattern.",
        ),
        key(
            "first_step",
            Severity,
            "The severity of a rule that begins with a larger percentage.",
        ),
    ],
};

pub(super) static PARTITION: Table = Table {
    what: "a partition",
    keys: &[
        required("of", Kind, "The kind of contexts to divide."),
        required(
            "parts",
            Keys,
            "The segments, no two of which have a context in common.",
        ),
        key(
            "otherwise",
            Text,
            "The name of the part for all other contexts. Without it, every context of the kind has to be in a part.",
        ),
    ],
};

pub(super) static ASSERTION: Table = Table {
    what: "an assertion",
    keys: &[
        key(
            "disjoint",
            Expressions,
            "No context is in two of these, as in `[\"free\", \"paid & !trial\"]`.",
        ),
        key(
            "subset",
            Expressions,
            "Every context of the first is in the second.",
        ),
        key(
            "covers",
            Expression,
            "Every context of this audience is in one of those in `by`.",
        ),
        key(
            "by",
            Expressions,
            "The audiences that cover the one in `covers`.",
        ),
        key("equal", Expressions, "All of these have the same members."),
        key("nobody", Expression, "No context is in this."),
    ],
};

pub(super) static CONTEXT: Table = Table {
    what: "a context kind",
    keys: &[
        key("description", Text, "The meaning of the kind."),
        key(
            "attributes",
            Attributes,
            "The attributes: a top-level name, or a path such as `/address/city`, and its type.",
        ),
    ],
};

pub(super) static ATTRIBUTE: Table = Table {
    what: "an attribute",
    keys: &[
        required("type", Type, "The type of its values."),
        key(
            "many",
            Many,
            "Whether it holds an array; a clause then matches if any element matches. `\"unknown\"` if some contexts may hold an array, as `import` writes.",
        ),
        key("one_of", Values, "The possible values."),
        key(
            "private",
            Bool,
            "Whether SDKs keep the attribute from LaunchDarkly.",
        ),
        key("description", Text, "The meaning of the attribute."),
        key(
            "formerly",
            Text,
            "The former name of the attribute: rules also match contexts that send it under that name.",
        ),
    ],
};

/// What a segment has everywhere, and what it may have of its own in an environment.
const NAME: Key = key(
    "name",
    Text,
    "Display name; defaults to the words of the key.",
);
const DESCRIPTION: Key = key("description", Text, "The audience, in a sentence.");
const TAGS: Key = key("tags", Tags, "Its tags.");
const INCLUDED: Key = key(
    "included",
    Targets,
    "Exactly the keys of the contexts that are in the segment regardless of its rules.",
);
const INCLUDED_AT_LEAST: Key = key(
    "included_at_least",
    Targets,
    "Like `included`, but contexts that others included stay.",
);
const EXCLUDED: Key = key(
    "excluded",
    Targets,
    "Exactly the keys of the contexts that are not in the segment, unless they are included.",
);
const EXCLUDED_AT_LEAST: Key = key(
    "excluded_at_least",
    Targets,
    "Like `excluded`, but contexts that others excluded stay.",
);
const RULES: Key = key(
    "rules",
    Array(&RULE),
    "Ways into the segment; one of them is enough.",
);
const NOBODY: Key = key(
    "nobody",
    Bool,
    "States that the segment is empty on purpose.",
);

const UNMANAGED: Key = key(
    "unmanaged",
    Parts,
    "Parts that are left to people on purpose; other parts that are left out and were declared before are reported as let go.",
);

/// The keys of a segment: in front of those that say what may happen to it, and behind them.
const SEGMENT_KEYS: [&[Key]; 2] = [
    &[
        NAME,
        DESCRIPTION,
        TAGS,
        INCLUDED,
        INCLUDED_AT_LEAST,
        EXCLUDED,
        EXCLUDED_AT_LEAST,
        RULES,
        NOBODY,
        UNMANAGED,
    ],
    &[
        key(
            "environments",
            Environments(&ENVIRONMENT),
            "Differences by environment: keys set there override these, and rules replace all rules.",
        ),
        key(
            "big",
            Kind,
            "Makes this a big segment of contexts of this kind; its members are uploaded.",
        ),
        key(
            "examples",
            Array(&EXAMPLE),
            "Example contexts, members and non-members; evaluated when the file is checked.",
        ),
        key("allow", Codes, "Warnings to silence for this segment."),
    ],
];

pub(super) static SEGMENT: Table = Table {
    what: "a segment",
    keys: &{
        let [front, behind] = SEGMENT_KEYS;
        let lifecycle = LifecycleKey::ALL;
        let mut keys =
            [NAME; SEGMENT_KEYS[0].len() + LifecycleKey::ALL.len() + SEGMENT_KEYS[1].len()];
        let mut at = 0;
        while at < keys.len() {
            keys[at] = match at.checked_sub(front.len()) {
                None => front[at],
                Some(at) if at < lifecycle.len() => lifecycle_key(lifecycle[at]),
                Some(at) => behind[at - lifecycle.len()],
            };
            at += 1;
        }
        keys
    },
};

const fn lifecycle_key(row: LifecycleKey) -> Key {
    let shape = if row.has_text() { Text } else { Bool };
    key(row.name(), shape, row.meaning())
}

pub(super) static ENVIRONMENT: Table = Table {
    what: "a segment in an environment",
    keys: &[
        NAME,
        DESCRIPTION,
        TAGS,
        INCLUDED,
        INCLUDED_AT_LEAST,
        EXCLUDED,
        EXCLUDED_AT_LEAST,
        RULES,
        NOBODY,
        UNMANAGED,
        key(
            "percent",
            Number,
            "The percentage, in this environment, of the only rule that has one.",
        ),
        key(
            "absent",
            Bool,
            "States that the segment does not exist in this environment.",
        ),
    ],
};

pub(super) static RULE: Table = Table {
    what: "a rule",
    keys: &[
        RULE_DESCRIPTION,
        CLAUSES,
        EVERYONE,
        key(
            "percent",
            Number,
            "The percentage of matching contexts, with at most three decimal places.",
        ),
        BUCKET_BY,
        BUCKET_CONTEXT,
    ],
};

const RULE_DESCRIPTION: Key = key("description", Text, "The purpose of the rule.");

const CLAUSES: Key = key(
    "clauses",
    Array(&CLAUSE),
    "The conditions, all of which have to match.",
);

const EVERYONE: Key = key(
    "everyone",
    Bool,
    "States that the rule matches everyone on purpose.",
);

const BUCKET_BY: Key = key(
    "bucket_by",
    Text,
    "The attribute that buckets are computed from; defaults to `key`.",
);

const BUCKET_CONTEXT: Key = key(
    "bucket_context",
    Kind,
    "The kind of context to split; defaults to the only kind that the clauses test.",
);

/// What an AI Config or flag has everywhere, and what it may have of its own in an environment.
const TARGETS: Key = key(
    "targets",
    Array(&TARGET),
    "Contexts that are served a variation regardless of the rules; an empty array states that there are none.",
);
const SERVED: Key = key(
    "rules",
    Array(&TARGETING_RULE),
    "The rules, of which the first match decides; an empty array states that there are none.",
);
const FALLTHROUGH: Key = key(
    "fallthrough",
    Serve,
    "The fallthrough: a variation, or percentages that add up to 100.",
);
const AT_LEAST: Key = key(
    "at_least",
    Bool,
    "Whether undeclared rules and targets stay, after the declared ones.",
);

pub(super) static TARGETING: Table = Table {
    what: "an AI Config or flag",
    keys: &[
        required(
            "variations",
            Variations,
            "The keys of the variations that may be served; for a flag, their names or values.",
        ),
        TARGETS,
        SERVED,
        FALLTHROUGH,
        BUCKET_BY,
        BUCKET_CONTEXT,
        AT_LEAST,
        key(
            "environments",
            Environments(&TARGETING_ENVIRONMENT),
            "Differences by environment: keys set there override these, and rules replace all rules.",
        ),
        key(
            "allow",
            Codes,
            "Warnings to silence for this AI Config or flag.",
        ),
    ],
};

pub(super) static TARGETING_ENVIRONMENT: Table = Table {
    what: "an AI Config or flag in an environment",
    keys: &[
        TARGETS,
        SERVED,
        FALLTHROUGH,
        BUCKET_BY,
        BUCKET_CONTEXT,
        AT_LEAST,
    ],
};

/// What people read of a metric or an experiment.
const SHOWN_DESCRIPTION: Key = key("description", Text, "The description, in a sentence.");

pub(super) static METRIC: Table = Table {
    what: "a metric",
    keys: &[
        NAME,
        SHOWN_DESCRIPTION,
        TAGS,
        required(
            "kind",
            Word(&MetricKind::WORDS),
            "How the events of one context are counted: their number, whether there is one, or their values.",
        ),
        key("unit", Text, "The unit of measure of a numeric metric."),
        key(
            "success",
            Word(&SuccessCriterion::WORDS),
            "Which variation is better: `higher` or `lower` than the baseline. Required for a numeric metric; otherwise defaults to `higher`.",
        ),
        key(
            "by",
            Kind,
            "The kind of context that events are counted by; defaults to `user`.",
        ),
        key(
            "event",
            Text,
            "The key of the events; defaults to the key of the metric.",
        ),
        key("allow", Codes, "Warnings to silence for this metric."),
    ],
};

pub(super) static EXPERIMENT: Table = Table {
    what: "an experiment",
    keys: &[
        NAME,
        SHOWN_DESCRIPTION,
        TAGS,
        key("hypothesis", Text, "The hypothesis."),
        required(
            "on",
            Text,
            "The AI Config or flag: `ai-config/<key>` or `flag/<key>`.",
        ),
        key(
            "rule",
            Text,
            "The segment of the rule to run on: the rule whose only clause references the segment. Defaults to the fallthrough.",
        ),
        required("primary", Text, "The primary metric."),
        key("metrics", MetricKeys, "The secondary metrics."),
        required(
            "baseline",
            Text,
            "The baseline, with which the other variations are compared.",
        ),
        required(
            "split",
            Shares,
            "The treatments: percentages by variation that add up to 100.",
        ),
        key(
            "by",
            Kind,
            "The kind of context that is assigned to treatments; defaults to `user`.",
        ),
        key(
            "traffic",
            Number,
            "The percentage of the contexts reaching the rule that take part; defaults to 100.",
        ),
        key("allow", Codes, "Warnings to silence for this experiment."),
    ],
};

pub(super) static TARGET: Table = Table {
    what: "a target",
    keys: &[
        required("serve", Text, "The variation that the contexts are served."),
        key("context", Kind, "The context kind; defaults to `user`."),
        required("keys", ContextKeys, "The keys of the contexts."),
    ],
};

pub(super) static TARGETING_RULE: Table = Table {
    what: "a targeting rule",
    keys: &[
        RULE_DESCRIPTION,
        CLAUSES,
        EVERYONE,
        required(
            "serve",
            Serve,
            "The variation served, or percentages that add up to 100.",
        ),
        BUCKET_BY,
        BUCKET_CONTEXT,
    ],
};

pub(super) static CLAUSE: Table = Table {
    what: "a clause",
    keys: &[
        key(
            "context",
            Kind,
            "The context kind to test; defaults to `user`.",
        ),
        key(
            "attribute",
            Text,
            "The attribute to compare; required except for `segmentMatch`.",
        ),
        required("op", Operator, "The operator."),
        required(
            "values",
            Values,
            "The values to compare with; one match is enough.",
        ),
        key(
            "negate",
            Bool,
            "Negates the clause; an absent attribute still makes it false.",
        ),
    ],
};

pub(super) static EXAMPLE: Table = Table {
    what: "an example",
    keys: &[
        required("member", Bool, "Whether these contexts are in the segment."),
        required(
            "context",
            Data,
            "The contexts: by kind, their attributes and their `key`.",
        ),
        key("description", Text, "A description of the contexts."),
    ],
};

impl Table {
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.keys.iter().map(|key| key.name)
    }

    /// The key that a word of another language, or of LaunchDarkly's JSON, stands for.
    pub(super) fn alias(&self, name: &str) -> Option<&'static Key> {
        foreign::key(name, |key| self.key(key).is_some()).and_then(|key| self.key(key))
    }

    /// The tables inside of this one, each with the key of the array that it stands in.
    pub(super) fn inside(&self) -> impl Iterator<Item = (&'static str, &'static Table)> + use<> {
        self.keys.iter().filter_map(|key| match key.shape {
            Array(table) => Some((key.name, table)),
            _ => None,
        })
    }

    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// Returns the keys of a table in their usual order, for formatting. The path names the table by keys,
/// without array indexes; empty for a table whose keys are the author's.
///
/// ```
/// use segments_model::file::usual_order;
///
/// let clause = usual_order(&["segments", "staff", "rules", "clauses"]);
/// assert_eq!(clause, ["context", "attribute", "op", "values", "negate"]);
/// assert!(usual_order(&["segments"]).is_empty());
/// ```
#[must_use]
pub fn usual_order(path: &[&str]) -> Vec<&'static str> {
    let mut table = Some(&FILE);
    let mut path = path.iter();
    while let (Some(known), Some(key)) = (table, path.next()) {
        let of_author = match known.key(key).map(|key| key.shape) {
            Some(Array(inner) | Shape::Table(inner)) => {
                table = Some(inner);
                continue;
            }
            Some(Contexts) => &CONTEXT,
            Some(Attributes) => &ATTRIBUTE,
            Some(Segments) => &SEGMENT,
            Some(Targetings) => &TARGETING,
            Some(Environments(own) | Tables(own)) => own,
            _ => return Vec::new(),
        };
        table = path.next().map(|_| of_author);
    }
    table
        .map(|table| table.names().collect())
        .unwrap_or_default()
}
