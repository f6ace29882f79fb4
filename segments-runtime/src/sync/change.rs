//! One change of one segment, for people and for requests.

use std::fmt::{self, Write};

use segments_model::{AttributeRef, ContextKind, Expiry, Operator, Value, Visible, wire};
use serde::{Serialize, Serializer};

use super::at_least;

/// The keys of members. They are personal data of the application's users, so `Debug`, `Display` and
/// serde only show their number.
#[derive(Clone, PartialEq, Eq)]
pub struct MemberKeys(pub(crate) Vec<String>);

impl MemberKeys {
    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns `true` if empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for MemberKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&counted_keys(self.len()))
    }
}

impl Serialize for MemberKeys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&counted_keys(self.len()))
    }
}

/// Tags without the digests of members.
fn shown_tags(tags: &[String]) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for tag in tags.iter().map(|tag| at_least::shown(tag)) {
        if shown.last().map(String::as_str) != Some(tag) {
            shown.push(tag.to_owned());
        }
    }
    shown
}

fn shown<S: Serializer>(tags: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    shown_tags(tags).serialize(serializer)
}

fn counted_keys(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} key{plural}")
}

/// One of the two lists of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetList {
    /// Contexts that are in the segment regardless of the rules.
    Included,
    /// Contexts that are not, unless they are also included.
    Excluded,
}

impl TargetList {
    /// The service's name for the list.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Included => "included",
            Self::Excluded => "excluded",
        }
    }

    /// The list of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut lists = [Self::Included, Self::Excluded].into_iter();
        lists.find(|list| list.name() == name)
    }

    /// What puts contexts on it.
    const fn verb(self) -> &'static str {
        match self {
            Self::Included => "include",
            Self::Excluded => "exclude",
        }
    }
}

/// The percentage of a rule, in the service's terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleRollout {
    /// Thousandths of a percent.
    pub weight: i64,
    /// The context kind to bucket.
    pub kind: String,
    /// The bucketing attribute.
    pub by: String,
}

impl RuleRollout {
    /// The percentage of a rule, with its defaults filled in.
    pub(crate) fn of(rule: &wire::Rule) -> Option<Self> {
        let weight = rule.weight?;
        let (kind, by) = rule.bucketed_by().unwrap_or_else(|_| {
            // No SDK can read it, so it is only ever the same as itself.
            let raw = |text: &Option<String>| text.clone().unwrap_or_default();
            (raw(&rule.rollout_context_kind), raw(&rule.bucket_by))
        });
        Some(Self { weight, kind, by })
    }
}

/// The variations that an AI Config or a flag serves, by key, or by name if they have no keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServedVariation {
    /// One variation.
    Variation(String),
    /// Several variations, by percentage.
    #[allow(missing_docs, reason = "`kind` and `by` as in `RuleRollout`")]
    Split {
        /// The variations, each with thousandths of a percent.
        shares: Vec<(String, u64)>,
        kind: String,
        by: String,
    },
    /// An experiment or rollout that LaunchDarkly decides by itself. A change ends it.
    Running(wire::Running),
}

/// In words: `careful`, or `50% fast and 50% careful by user key`.
impl fmt::Display for ServedVariation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServedVariation::Variation(variation) => f.write_str(variation),
            ServedVariation::Split { shares, kind, by } => {
                for (index, (variation, weight)) in shares.iter().enumerate() {
                    let and = if index == 0 { "" } else { " and " };
                    let percent = percent(*weight);
                    write!(f, "{and}{percent}% {variation}")?;
                }
                write!(f, " by {kind} {by}")
            }
            ServedVariation::Running(running) => write!(f, "{running}, which ends"),
        }
    }
}

/// The rule of a change, for people: its position, and its text before and after. The identifier is what
/// counts, and positions move while a plan is applied; so two names of one rule compare equal.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct RuleName {
    /// The position among the rules, counted from 1.
    pub number: usize,
    /// The rule as it is, in words.
    pub before: String,
    /// The rule as it will be, in words; empty if it is removed.
    pub after: String,
    /// The current conditions, in words, which distinguish it from others.
    #[serde(skip)]
    conditions: String,
}

impl PartialEq for RuleName {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl RuleName {
    /// The name of the rule at a place, and of what becomes of it.
    pub(crate) fn new(place: usize, before: &wire::Rule, after: Option<&wire::Rule>) -> Self {
        Self {
            number: place + 1,
            before: rule_in_words(before),
            after: after.map(rule_in_words).unwrap_or_default(),
            conditions: short(&conditions(before)),
        }
    }
}

/// `rule 2 (user country is "de" or "fr")`.
impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.number == 0 {
            return f.write_str("a rule");
        }
        write!(f, "rule {} ({})", self.number, self.conditions)
    }
}

/// A text that is not longer than what people read to recognize something.
fn short(text: &str) -> String {
    const LONGEST: usize = 120;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LONGEST - 1).collect();
    short.push('…');
    short
}

/// The conditions of a rule in words.
fn conditions(rule: &wire::Rule) -> String {
    let conditions = clauses(&rule.clauses);
    if conditions.is_empty() {
        "everyone".to_owned()
    } else {
        conditions
    }
}

/// A change of one segment, of what an AI Config or a flag serves, or of a metric or an experiment. Its `Display` says it in words; keys of members are counted, not named.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "fields are what the variant names; `rule` and `clause` are identifiers of the service"
)]
pub enum Change {
    /// The name changes.
    Name { from: String, to: String },
    /// The description changes.
    Description { from: String, to: String },
    /// A property of a metric or an experiment changes.
    Property {
        name: &'static str,
        from: String,
        to: String,
    },
    /// Adds tags.
    AddTags {
        #[serde(serialize_with = "shown")]
        tags: Vec<String>,
    },
    /// Removes tags.
    RemoveTags {
        #[serde(serialize_with = "shown")]
        tags: Vec<String>,
    },
    /// Contexts join a list, for good or until they expire.
    AddTargets {
        list: TargetList,
        kind: String,
        keys: MemberKeys,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Expiry>,
    },
    /// Contexts on a list get another expiry, or none.
    Expire {
        list: TargetList,
        kind: String,
        keys: MemberKeys,
        from: Option<Expiry>,
        to: Option<Expiry>,
    },
    /// Removes contexts from a list.
    RemoveTargets {
        list: TargetList,
        kind: String,
        keys: MemberKeys,
    },
    /// Adds a rule: at the end, or before another.
    AddRule {
        added: wire::Rule,
        #[serde(skip_serializing_if = "Option::is_none")]
        serves: Option<ServedVariation>,
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<String>,
    },
    /// Removes a rule.
    RemoveRule {
        rule: String,
        of: RuleName,
        removed: wire::Rule,
        #[serde(skip_serializing_if = "Option::is_none")]
        serves: Option<ServedVariation>,
        /// Whether it was turned off.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        disabled: bool,
    },
    /// A rule serves another variation.
    RuleVariation {
        rule: String,
        of: RuleName,
        from: Option<ServedVariation>,
        to: ServedVariation,
    },
    /// The fallthrough changes.
    Fallthrough {
        from: Option<ServedVariation>,
        to: ServedVariation,
    },
    /// Lists contexts for a variation.
    AddVariationTargets {
        variation: String,
        kind: String,
        keys: MemberKeys,
    },
    /// Removes contexts from the list of a variation.
    RemoveVariationTargets {
        variation: String,
        kind: String,
        keys: MemberKeys,
    },
    /// Reorders the rules. `None` is a rule that is added in the same plan and has no identifier yet.
    ReorderRules { rules: Vec<Option<String>> },
    /// Changes the description of a rule.
    RuleDescription {
        rule: String,
        of: RuleName,
        from: String,
        to: String,
    },
    /// Changes the percentage of a rule.
    RuleRollout {
        rule: String,
        of: RuleName,
        from: Option<RuleRollout>,
        to: Option<RuleRollout>,
    },
    /// Adds conditions to a rule.
    AddClauses {
        rule: String,
        of: RuleName,
        added: Vec<wire::Clause>,
    },
    /// Removes conditions from a rule.
    RemoveClauses {
        rule: String,
        of: RuleName,
        clauses: Vec<String>,
        removed: Vec<wire::Clause>,
    },
    /// Changes a condition.
    UpdateClause {
        rule: String,
        of: RuleName,
        clause: String,
        from: wire::Clause,
        to: wire::Clause,
    },
    /// Adds values to a condition.
    AddValues {
        rule: String,
        of: RuleName,
        clause: String,
        test: wire::Clause,
        values: Vec<serde_json::Value>,
    },
    /// Removes values from a condition.
    RemoveValues {
        rule: String,
        of: RuleName,
        clause: String,
        test: wire::Clause,
        values: Vec<serde_json::Value>,
    },
}

/// The name of the rule of a change, by reference or by mutable reference.
macro_rules! rule_of {
    ($change:expr) => {
        match $change {
            Change::RemoveRule { of, .. }
            | Change::RuleVariation { of, .. }
            | Change::RuleDescription { of, .. }
            | Change::RuleRollout { of, .. }
            | Change::AddClauses { of, .. }
            | Change::RemoveClauses { of, .. }
            | Change::UpdateClause { of, .. }
            | Change::AddValues { of, .. }
            | Change::RemoveValues { of, .. } => Some(of),
            _ => None,
        }
    };
}

impl Change {
    /// Returns the rule, if the change modifies or removes one.
    #[must_use]
    pub fn rule(&self) -> Option<&RuleName> {
        rule_of!(self)
    }

    /// Says which rule it is about.
    pub(crate) fn named(mut self, name: &RuleName) -> Self {
        if let Some(of) = rule_of!(&mut self) {
            of.clone_from(name);
        }
        self
    }

    /// The members that it adds or removes.
    pub(crate) fn keys(&self) -> Option<&MemberKeys> {
        match self {
            Change::AddTargets { keys, .. }
            | Change::RemoveTargets { keys, .. }
            | Change::Expire { keys, .. }
            | Change::AddVariationTargets { keys, .. }
            | Change::RemoveVariationTargets { keys, .. } => Some(keys),
            _ => None,
        }
    }
}

/// In words, on one line: what happens and to what. Names and descriptions come from others, so
/// nothing in them reaches a terminal unseen.
impl fmt::Display for Change {
    #[allow(clippy::too_many_lines, reason = "one short arm for each change")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = Visible(f);
        match self {
            Change::Property { name, from, to } if from.is_empty() => write!(f, "{name}: {to}"),
            Change::Property { name, from, to } => write!(f, "{name}: {from} → {to}"),
            Change::Name { from, to } => write!(f, "rename \"{from}\" to \"{to}\""),
            Change::Description { from, to } if from.is_empty() => {
                write!(f, "describe as \"{to}\"")
            }
            Change::Description { from, to } if to.is_empty() => {
                write!(f, "remove the description \"{from}\"")
            }
            Change::Description { from, to } => {
                write!(f, "describe as \"{to}\" instead of \"{from}\"")
            }
            Change::AddTags { tags } => write!(f, "add {}", counted("tag", &shown_tags(tags))),
            Change::RemoveTags { tags } => {
                write!(f, "remove {}", counted("tag", &shown_tags(tags)))
            }
            Change::AddTargets {
                list,
                kind,
                keys,
                until,
            } => {
                write!(f, "{} {} of kind {kind}", list.verb(), contexts(keys))?;
                until.map_or(Ok(()), |until| write!(f, " until {until}"))
            }
            Change::Expire {
                list,
                kind,
                keys,
                from,
                to,
            } => write!(
                f,
                "{} {} of kind {kind} {} instead of {}",
                list.verb(),
                contexts(keys),
                how_long(*to),
                how_long(*from)
            ),
            Change::RemoveTargets { list, kind, keys } => {
                let verb = match list {
                    TargetList::Included => "no longer include",
                    TargetList::Excluded => "no longer exclude",
                };
                write!(f, "{verb} {} of kind {kind}", contexts(keys))
            }
            Change::AddRule { added, serves, .. } => {
                write!(
                    f,
                    "add rule: {}{}",
                    rule_in_words(added),
                    arrow(serves.as_ref())
                )
            }
            Change::RemoveRule {
                removed,
                serves,
                disabled,
                of,
                ..
            } => {
                let disabled = if *disabled { "disabled " } else { "" };
                write!(f, "remove {disabled}rule")?;
                if of.number > 0 {
                    write!(f, " {}", of.number)?;
                }
                write!(f, ": {}{}", rule_in_words(removed), arrow(serves.as_ref()))
            }
            Change::RuleVariation { from, to, of, .. } => {
                let from = from
                    .as_ref()
                    .map_or_else(|| "?".to_owned(), ToString::to_string);
                write!(f, "{of}: serves {from} → {to}")
            }
            Change::Fallthrough { from, to } => {
                write!(f, "serve the fallthrough {to}{}", instead(from.as_ref()))
            }
            Change::AddVariationTargets {
                variation,
                kind,
                keys,
            } => write!(f, "serve {} of kind {kind} {variation}", contexts(keys)),
            Change::RemoveVariationTargets {
                variation,
                kind,
                keys,
            } => write!(
                f,
                "no longer serve {} of kind {kind} {variation}",
                contexts(keys)
            ),
            Change::ReorderRules { .. } => f.write_str("reorder the rules"),
            Change::RuleDescription { from, to, of, .. } if to.is_empty() => {
                write!(f, "{of}: remove the description \"{from}\"")
            }
            Change::RuleDescription { from, to, of, .. } if from.is_empty() => {
                write!(f, "{of}: describe as \"{to}\"")
            }
            Change::RuleDescription { from, to, of, .. } => {
                write!(f, "{of}: description \"{from}\" → \"{to}\"")
            }
            Change::RuleRollout { from, to, of, .. } => {
                let (from, to) = (share(from.as_ref()), share(to.as_ref()));
                write!(f, "{of}: {from} → {to}")
            }
            Change::AddClauses { added, of, .. } => {
                write!(f, "{of}: also require {}", clauses(added))
            }
            Change::RemoveClauses { removed, of, .. } => {
                write!(f, "{of}: no longer require {}", clauses(removed))
            }
            Change::UpdateClause { from, to, of, .. } => {
                write!(f, "{of}: {} → {}", clause(from), clause(to))
            }
            Change::AddValues {
                test, values, of, ..
            } => write!(
                f,
                "{of}: add to the values: {}",
                clause(&with_values(test, values))
            ),
            Change::RemoveValues {
                test, values, of, ..
            } => write!(
                f,
                "{of}: remove from the values: {}",
                clause(&with_values(test, values))
            ),
        }
    }
}

fn arrow(served: Option<&ServedVariation>) -> String {
    served.map_or_else(String::new, |served| format!(" => {served}"))
}

fn instead(served: Option<&ServedVariation>) -> String {
    served.map_or_else(String::new, |served| format!(" instead of {served}"))
}

fn counted(what: &str, names: &[String]) -> String {
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{what}{plural} {}", names.join(", "))
}

fn contexts(keys: &MemberKeys) -> String {
    match keys.len() {
        1 => "1 context".to_owned(),
        more => format!("{more} contexts"),
    }
}

/// `until 2027-01-31`.
fn how_long(until: Option<Expiry>) -> String {
    until.map_or_else(|| "for good".to_owned(), |until| format!("until {until}"))
}

fn share(share: Option<&RuleRollout>) -> String {
    let Some(RuleRollout { weight, kind, by }) = share else {
        return "everyone".to_owned();
    };
    format!("{}% by {kind} {by}", percent(*weight))
}

/// Thousandths of a percent as percent.
pub(crate) fn percent(weight: impl Into<i128>) -> String {
    let weight: i128 = weight.into();
    let sign = if weight < 0 { "-" } else { "" };
    let weight = weight.unsigned_abs();
    let whole = weight / 1000;
    let rest = format!("{:03}", weight % 1000);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{rest}")
}

fn with_values(clause: &wire::Clause, values: &[serde_json::Value]) -> wire::Clause {
    wire::Clause {
        values: values.to_vec(),
        ..clause.clone()
    }
}

/// Describes in words which contexts a rule of the service matches, including rules that no definition
/// can express.
///
/// ```
/// use segments_runtime::sync::rule_in_words;
///
/// let rule = r#"{"clauses": [{"attribute": "plan", "op": "in", "values": ["pro"]}], "weight": 10000}"#;
/// let rule = serde_json::from_str(rule)?;
/// assert_eq!(rule_in_words(&rule), r#"10% by user key of user plan is "pro""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn rule_in_words(rule: &wire::Rule) -> String {
    let conditions = conditions(rule);
    let share =
        RuleRollout::of(rule).map_or_else(String::new, |of| format!("{} of ", share(Some(&of))));
    match rule.description.as_deref() {
        None | Some("") => format!("{share}{conditions}"),
        Some(description) => format!("{share}{conditions} ({description})"),
    }
}

fn clauses(clauses: &[wire::Clause]) -> String {
    let clauses: Vec<_> = clauses.iter().map(clause).collect();
    clauses.join(" and ")
}

/// The words of the model, if the clause is one that the model can say; the service takes others,
/// too.
fn clause(wire: &wire::Clause) -> String {
    let known = || {
        let kind = wire.context_kind.clone().filter(|kind| !kind.is_empty());
        let operator = Operator::from_wire(&wire.op)?;
        let values = wire.values.iter().cloned();
        Some(segments_model::Clause {
            kind: match kind {
                Some(kind) => ContextKind::parse(kind).ok()?,
                None => ContextKind::USER,
            },
            attribute: match operator {
                Operator::SegmentMatch => AttributeRef::SEGMENT_MATCH,
                _ => wire.attribute_ref().ok()?,
            },
            operator,
            values: values
                .map(serde_json::from_value::<Value>)
                .collect::<Result<_, _>>()
                .ok()?,
            negate: wire.negate,
        })
    };
    if let Some(clause) = known() {
        return clause.to_string();
    }
    let not = if wire.negate { "not " } else { "" };
    let kind = wire.context_kind.as_deref().unwrap_or("user");
    let values = serde_json::Value::Array(wire.values.clone());
    format!("{not}{kind} {} {} {values}", wire.attribute, wire.op)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn keys(keys: &[&str]) -> MemberKeys {
        MemberKeys(keys.iter().map(|key| (*key).to_owned()).collect())
    }

    #[test]
    fn members_are_counted_and_never_named() {
        let change = Change::AddTargets {
            list: TargetList::Included,
            kind: "user".to_owned(),
            keys: keys(&["someone", "someone-else"]),
            until: None,
        };
        assert_eq!(change.to_string(), "include 2 contexts of kind user");
        let json = serde_json::to_string(&change).unwrap();
        assert_eq!(
            json,
            r#"{"change":"add-targets","list":"included","kind":"user","keys":"2 keys"}"#
        );
        assert!(!format!("{change:?}").contains("someone"));
    }

    #[test]
    fn expiries_are_said_beside_the_contexts() {
        let until = |text| Some(Expiry::parse(text).unwrap());
        let (list, kind) = (TargetList::Excluded, "user".to_owned());
        let added = Change::AddTargets {
            list,
            kind: kind.clone(),
            keys: keys(&["someone"]),
            until: until("2027-01-31"),
        };
        assert_eq!(
            added.to_string(),
            "exclude 1 context of kind user until 2027-01-31"
        );
        let json = serde_json::to_value(&added).unwrap();
        assert_eq!(json["until"], "2027-01-31");
        for (from, to, words) in [
            (
                None,
                until("2027-01-31"),
                "until 2027-01-31 instead of for good",
            ),
            (
                until("2027-01-31"),
                None,
                "for good instead of until 2027-01-31",
            ),
            (
                until("2027-01-31"),
                until("2027-02-28T12:00:00Z"),
                "until 2027-02-28T12:00:00Z instead of until 2027-01-31",
            ),
        ] {
            let (kind, keys) = (kind.clone(), keys(&["someone"]));
            let change = Change::Expire {
                list,
                kind,
                keys,
                from,
                to,
            };
            let said = change.to_string();
            assert_eq!(said, format!("exclude 1 context of kind user {words}"));
            assert!(!format!("{change:?}").contains("someone"));
        }
    }

    #[test]
    fn rules_are_said_in_the_words_of_the_model() {
        let added: wire::Rule = serde_json::from_value(json!({
            "description": "staff", "weight": 12_500,
            "clauses": [{"attribute": "email", "op": "endsWith", "values": ["@x.io"]}],
        }))
        .unwrap();
        assert_eq!(
            Change::AddRule {
                added,
                serves: None,
                before: None
            }
            .to_string(),
            "add rule: 12.5% by user key of user email ends with \"@x.io\" (staff)"
        );
    }

    #[test]
    fn what_the_model_cannot_say_is_shown_as_it_is() {
        let removed: wire::Rule = serde_json::from_value(json!({
            "clauses": [{"attribute": "a", "op": "isOdd", "values": [[1]], "negate": true}],
        }))
        .unwrap();
        let rule = "r".to_owned();
        assert_eq!(
            Change::RemoveRule {
                rule,
                of: RuleName::default(),
                removed,
                serves: None,
                disabled: false
            }
            .to_string(),
            "remove rule: not user a isOdd [[1]]"
        );
    }
}
