//! A segment as written, before it is checked.
//!
//! The macros make drafts from tokens, the reader of `segments.toml` from tables. Values that the front
//! end cannot know are `None`: for `User::AGE.gt(LIMIT)` a macro knows neither the attribute's name nor
//! its type nor the value. Checks skip unknown values.

pub(crate) mod about;
mod environment;

pub use crate::form::Form;
pub use crate::lifecycle::DraftLifecycle;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    AttributeRef, AttributeType, Audience, Clause, ContextKeys, ContextKind, Definition,
    Environments, Expiry, Finding, InvalidExpiry, Operator, Part, Place, Rollout, Rule, SegmentKey,
    Tag, Targets, Value, Weight,
};

/// A segment as written.
///
/// ```
/// use segments_model::draft::{DraftClause, DraftRule};
/// use segments_model::{Draft, Operator};
///
/// let clause = DraftClause {
///     kind: Some("user".into()),
///     attribute: Some("email".into()),
///     operator: Some(Operator::EndsWith),
///     values: vec![Some("@company.com".into())],
///     ..DraftClause::default()
/// };
/// let draft = Draft {
///     key: "staff".into(),
///     name: "Staff".into(),
///     description: Some("People who work here".into()),
///     rules: Some(vec![DraftRule { clauses: vec![clause], ..DraftRule::default() }]),
///     ..Draft::default()
/// };
/// let (definition, warnings) = draft.parse().unwrap();
/// assert!(warnings.is_empty());
/// assert_eq!(definition.rules()[0].to_string(), "user email ends with \"@company.com\"");
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// The form in which it is written.
    pub form: Form,
    /// The key.
    pub key: String,
    /// The name.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The tags.
    pub tags: Option<Vec<String>>,
    /// The included contexts.
    pub included: Option<DraftTargets>,
    /// The excluded contexts.
    pub excluded: Option<DraftTargets>,
    /// The rules.
    pub rules: Option<Vec<DraftRule>>,
    /// Whether the author wrote that nobody is in the segment.
    pub nobody: bool,
    /// The kind of its contexts, if it is a big segment.
    pub big: Option<String>,
    /// The names of the parts that are left to people.
    pub unmanaged: Vec<String>,
    /// Whether the segment does not exist, in this environment.
    pub absent: bool,
    /// What may happen to the segment.
    pub lifecycle: DraftLifecycle,
}

/// A list of contexts as written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftTargets {
    /// Whether contexts that are not listed may stay.
    pub at_least: bool,
    /// The lists, in the order in which they are written.
    pub lists: Vec<DraftList>,
}

/// Contexts of one kind.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftList {
    /// The kind, or the author's name for it.
    pub kind: DraftKind,
    /// The keys.
    pub keys: Vec<String>,
    /// When they expire, if they do.
    pub until: Option<String>,
}

impl DraftList {
    /// Returns when the keys expire, as far as it can be read.
    #[must_use]
    pub fn expiry(&self) -> Option<Result<Expiry, InvalidExpiry>> {
        self.until.as_deref().map(Expiry::parse)
    }
}

/// A context kind as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DraftKind {
    /// The kind itself.
    Name(String),
    /// A Rust type that knows its kind.
    Path(String),
}

impl Default for DraftKind {
    fn default() -> Self {
        DraftKind::Name(ContextKind::USER.into())
    }
}

impl std::fmt::Display for DraftKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (DraftKind::Name(text) | DraftKind::Path(text)) = self;
        f.write_str(text)
    }
}

/// A rule as written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftRule {
    /// The description.
    pub description: Option<String>,
    /// The clauses.
    pub clauses: Vec<DraftClause>,
    /// Whether the author wrote that the rule matches everyone.
    pub everyone: bool,
    /// The percentage.
    pub percent: Option<f64>,
    /// The bucketing attribute, if it is not the key.
    pub by: Option<DraftBy>,
}

/// The bucketing attribute of a percentage, as written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftBy {
    /// The context kind to bucket; `None` if it is unknown, or not written.
    pub kind: Option<String>,
    /// The Rust type of the kind, if only that is known.
    pub context: Option<String>,
    /// The attribute; `None` if it is unknown.
    pub attribute: Option<String>,
}

/// An attribute of a context, as named in Rust code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DraftSubject {
    /// The type of the context.
    pub context: String,
    /// The attribute, after the type.
    pub attribute: String,
}

/// A clause as written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DraftClause {
    /// The context kind; `None` if it is unknown.
    pub kind: Option<String>,
    /// The attribute; `None` if it is unknown.
    pub attribute: Option<String>,
    /// The attribute as written, if only that is known.
    pub subject: Option<DraftSubject>,
    /// The type of the attribute's values; `None` if it is unknown.
    pub attribute_type: Option<AttributeType>,
    /// Whether the attribute holds several values; `None` if this is unknown.
    pub is_many: Option<bool>,
    /// The operator; `None` if it is unknown.
    pub operator: Option<Operator>,
    /// The values; `None` stands for an unknown one.
    pub values: Vec<Option<Value>>,
    /// Whether the clause is negated.
    pub negate: bool,
}

impl Draft {
    /// Iterates over the segments that clauses reference, each with its place.
    pub fn references(&self) -> impl Iterator<Item = (Place, &str)> {
        let rules = self.rules.iter().flatten().enumerate();
        rules.flat_map(|(rule, draft)| {
            let clauses = draft.clauses.iter().enumerate();
            let asks = clauses.filter(|(_, draft)| draft.operator == Some(Operator::SegmentMatch));
            asks.flat_map(move |(clause, draft)| {
                let values = draft.values.iter().enumerate();
                values.filter_map(move |(value, known)| {
                    let place = Place::Value {
                        rule,
                        clause,
                        value,
                    };
                    Some((place, known.as_ref()?.as_str()?))
                })
            })
        })
    }

    pub(crate) fn build(&self) -> Result<Definition, Finding> {
        let audience = match &self.big {
            Some(kind) => Audience::Big {
                kind: ContextKind::parse(kind.clone())
                    .map_err(|e| Finding::incomplete(Place::Big, &e))?,
            },
            None => Audience::Standard {
                included: self.targets(self.included.as_ref(), |list| Place::Included {
                    list,
                    key: None,
                })?,
                excluded: self.targets(self.excluded.as_ref(), |list| Place::Excluded {
                    list,
                    key: None,
                })?,
                rules: match &self.rules {
                    Some(rules) => Some(
                        rules
                            .iter()
                            .enumerate()
                            .map(|(index, rule)| rule.build(index))
                            .collect::<Result<_, _>>()?,
                    ),
                    None if self.nobody => Some(Vec::new()),
                    None => None,
                },
            },
        };
        Ok(Definition {
            key: SegmentKey::parse(self.key.clone())
                .map_err(|e| Finding::incomplete(Place::Key, &e))?,
            name: self.name.clone(),
            description: self.description.clone(),
            tags: about::tags(self.tags.as_deref(), Place::Tag)?,
            audience,
            unmanaged: self.unmanaged(),
            absent: self.absent,
            lifecycle: self.lifecycle.parse().map_err(|invalid| {
                Finding::incomplete(Place::Lifecycle(invalid.key), &invalid.problem)
            })?,
            environments: Environments::default(),
        })
    }

    fn unmanaged(&self) -> BTreeSet<Part> {
        let names = self.unmanaged.iter();
        names
            .filter_map(|name| Part::parse(self.form, name))
            .collect()
    }

    fn targets(
        &self,
        targets: Option<&DraftTargets>,
        place: impl Fn(usize) -> Place,
    ) -> Result<Targets, Finding> {
        let Some(targets) = targets else {
            return Ok(if self.nobody {
                Targets::Exactly(BTreeMap::new())
            } else {
                Targets::Unmanaged
            });
        };
        let mut lists: BTreeMap<ContextKind, ContextKeys> = BTreeMap::new();
        for (index, list) in targets.lists.iter().enumerate() {
            let DraftKind::Name(kind) = &list.kind else {
                return Err(Finding::missing(place(index)));
            };
            let kind = ContextKind::parse(kind.clone())
                .map_err(|e| Finding::incomplete(place(index), &e))?;
            let keys = lists.entry(kind).or_default();
            let until = list.expiry().transpose();
            match until.map_err(|e| Finding::incomplete(place(index), &e))? {
                None => keys.extend(list.keys.iter().cloned()),
                Some(until) => (list.keys.iter()).for_each(|key| keys.insert_until(key, until)),
            }
        }
        Ok(if targets.at_least {
            Targets::AtLeast(lists)
        } else {
            Targets::Exactly(lists)
        })
    }
}

impl DraftRule {
    /// Returns the contexts that the clauses test, each once, as written; `None` if one of them is
    /// unknown.
    #[must_use]
    pub fn contexts(&self) -> Option<Vec<&str>> {
        let mut contexts = Vec::new();
        for clause in &self.clauses {
            if clause.operator == Some(Operator::SegmentMatch) || clause.tests_kinds() {
                continue;
            }
            let context = clause.context()?;
            if !contexts.contains(&context) {
                contexts.push(context);
            }
        }
        Some(contexts)
    }

    /// The kind whose contexts are put into buckets: the explicit one, or else the only one that the
    /// clauses test.
    pub(crate) fn split_kind(&self, by: Option<&DraftBy>) -> Option<String> {
        if let Some(kind) = by.and_then(|by| by.kind.clone()) {
            return Some(kind);
        }
        match self.contexts()?[..] {
            [only] => Some(only.to_owned()),
            _ => None,
        }
    }

    pub(crate) fn build(&self, rule: usize) -> Result<Rule, Finding> {
        let clauses = self
            .clauses
            .iter()
            .enumerate()
            .map(|(clause, draft)| draft.build(rule, clause))
            .collect::<Result<_, _>>()?;
        let rollout = match self.percent {
            None => None,
            Some(percent) => {
                let attribute = match &self.by {
                    Some(by) => by.attribute.clone(),
                    None => Some(AttributeRef::KEY.to_string()),
                };
                let kind = self.split_kind(self.by.as_ref());
                let (Some(kind), Some(attribute)) = (kind, attribute) else {
                    return Err(Finding::missing(Place::By(rule)));
                };
                Some(Rollout {
                    weight: Weight::from_percent(percent)
                        .map_err(|e| Finding::incomplete(Place::Percent(rule), &e))?,
                    kind: ContextKind::parse(kind)
                        .map_err(|e| Finding::incomplete(Place::By(rule), &e))?,
                    by: AttributeRef::parse(attribute)
                        .map_err(|e| Finding::incomplete(Place::By(rule), &e))?,
                })
            }
        };
        Ok(Rule {
            description: self.description.clone(),
            clauses,
            rollout,
        })
    }
}

impl DraftClause {
    /// Returns the context kind, or the Rust type that stands for it.
    #[must_use]
    pub fn context(&self) -> Option<&str> {
        let of_subject = self.subject.as_ref().map(|subject| &subject.context[..]);
        self.kind.as_deref().or(of_subject)
    }

    /// Returns whether it tests which kinds there are, and no attribute of one.
    pub(crate) fn tests_kinds(&self) -> bool {
        let reference = self.attribute.clone().map(AttributeRef::parse);
        reference.is_some_and(|reference| reference == Ok(AttributeRef::KIND))
    }

    /// Returns whether both clauses test the same attribute of the same context kind.
    #[must_use]
    pub fn looks_at_same(&self, other: &Self) -> bool {
        let attribute = |clause: &Self| {
            let subject = clause.subject.as_ref();
            let of_subject = subject.map(|subject| subject.attribute.clone());
            clause.attribute.clone().or(of_subject)
        };
        let known = self.context().is_some() && attribute(self).is_some();
        known && self.context() == other.context() && attribute(self) == attribute(other)
    }

    fn build(&self, rule: usize, clause: usize) -> Result<Clause, Finding> {
        let Some(operator) = self.operator else {
            return Err(Finding::missing(Place::Operator { rule, clause }));
        };
        let values = self.values.iter().enumerate().map(|(value, v)| {
            v.clone().ok_or_else(|| {
                Finding::missing(Place::Value {
                    rule,
                    clause,
                    value,
                })
            })
        });
        let values = values.collect::<Result<_, _>>()?;
        if operator == Operator::SegmentMatch {
            return Ok(Clause {
                values,
                negate: self.negate,
                ..Clause::segment_match([])
            });
        }
        let place = Place::Attribute { rule, clause };
        let Some(attribute) = &self.attribute else {
            return Err(Finding::missing(place));
        };
        let attribute =
            AttributeRef::parse(attribute.clone()).map_err(|e| Finding::incomplete(place, &e))?;
        Ok(Clause {
            kind: match &self.kind {
                // Which kind a clause on kinds names plays no part.
                Some(kind) if attribute != AttributeRef::KIND => {
                    ContextKind::parse(kind.clone())
                        .map_err(|e| Finding::incomplete(Place::Kind { rule, clause }, &e))?
                }
                Some(_) | None => ContextKind::USER,
            },
            attribute,
            operator,
            values,
            negate: self.negate,
        })
    }
}

/// A definition is a draft that is complete.
impl From<&Definition> for Draft {
    fn from(definition: &Definition) -> Self {
        let targets = |targets: &Targets| match targets {
            Targets::Unmanaged => None,
            Targets::Exactly(_) | Targets::AtLeast(_) => Some(DraftTargets {
                at_least: matches!(targets, Targets::AtLeast(_)),
                lists: targets
                    .groups()
                    .map(|(kind, until, keys)| DraftList {
                        kind: DraftKind::Name(kind.to_string()),
                        keys: keys.into_iter().cloned().collect(),
                        until: until.map(|until| until.to_string()),
                    })
                    .collect(),
            }),
        };
        let (rules, big) = match &definition.audience {
            Audience::Standard { rules, .. } => (
                rules
                    .as_ref()
                    .map(|rules| rules.iter().map(DraftRule::from).collect::<Vec<_>>()),
                None,
            ),
            Audience::Big { kind } => (None, Some(kind.to_string())),
        };
        let holds_none =
            |targets: &Targets| matches!(targets, Targets::Exactly(lists) if lists.is_empty());
        let nobody = big.is_none()
            && holds_none(definition.included())
            && holds_none(definition.excluded())
            && rules.as_ref().is_some_and(Vec::is_empty);
        Draft {
            form: Form::File,
            key: definition.key.to_string(),
            name: definition.name.clone(),
            description: definition.description.clone(),
            tags: definition
                .tags
                .as_ref()
                .map(|tags| tags.iter().map(Tag::to_string).collect()),
            // Nobody is written by the word alone; beside it, even empty lists would contradict it.
            included: targets(definition.included()).filter(|_| !nobody),
            excluded: targets(definition.excluded()).filter(|_| !nobody),
            rules: rules.filter(|_| !nobody),
            nobody,
            big,
            unmanaged: definition
                .unmanaged
                .iter()
                .map(|part| part.name().to_owned())
                .collect(),
            absent: definition.absent,
            lifecycle: DraftLifecycle::from(&definition.lifecycle),
        }
    }
}

impl From<&Rule> for DraftRule {
    fn from(rule: &Rule) -> Self {
        DraftRule {
            description: rule.description.clone(),
            everyone: rule.clauses.is_empty(),
            clauses: rule.clauses.iter().map(DraftClause::from).collect(),
            percent: rule
                .rollout
                .as_ref()
                .map(|rollout| rollout.weight.percent()),
            by: rule.rollout.as_ref().map(|rollout| DraftBy {
                kind: Some(rollout.kind.to_string()),
                context: None,
                attribute: Some(rollout.by.to_string()),
            }),
        }
    }
}

impl From<&Clause> for DraftClause {
    fn from(clause: &Clause) -> Self {
        DraftClause {
            kind: Some(clause.kind.to_string()),
            attribute: Some(clause.attribute.to_string()),
            subject: None,
            attribute_type: None,
            is_many: None,
            operator: Some(clause.operator),
            values: clause.values.iter().cloned().map(Some).collect(),
            negate: clause.negate,
        }
    }
}
