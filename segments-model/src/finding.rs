//! Findings of checks, and their places.

use std::fmt;

use crate::LifecycleKey;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Severity {
    /// Probably a mistake; can be allowed by its code.
    Warning,
    /// Certainly a mistake, or refused by the service.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

macro_rules! codes {
    ($($name:ident $text:literal $severity:ident $meaning:literal;)*) => {
        /// The stable code of one kind of finding. New codes may be added; existing ones keep their
        /// names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// Returns the name in output and in `allow`, in kebab case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// Returns the severity.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// Returns the meaning, in a sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$name => $meaning,)* }
            }
        }
    };
}

codes! {
    DraftIncomplete "draft-incomplete" Error "Part of a segment is missing or cannot be read.";
    KeyInvalid "key-invalid" Error "A key has characters that the service does not accept.";
    NameEmpty "name-empty" Error "The segment has no name for people to read.";
    TagInvalid "tag-invalid" Error "A tag has characters that the service does not accept, or too many.";
    TagDuplicate "tag-duplicate" Warning "A tag is written twice.";
    KindInvalid "kind-invalid" Error "A context kind has characters that SDKs do not accept, or is a reserved word.";
    KindDuplicate "kind-duplicate" Error "Two lists of one segment are for the same kind of context.";
    KindCase "kind-case" Warning "Two kinds of context differ only in case.";
    TargetEmpty "target-empty" Error "A list of contexts, or a key in it, is empty.";
    TargetDuplicate "target-duplicate" Warning "A context is listed twice.";
    ExpiryInvalid "expiry-invalid" Error "The expiry of listed contexts is not a date.";
    ExpiryConflict "expiry-conflict" Error "A context is listed twice, with another expiry each time.";
    ExpiryPassed "expiry-passed" Warning "The expiry of listed contexts has come, so that they are listed no more.";
    TargetOverlap "target-overlap" Error "A context is both included and excluded; the service would let it in.";
    TargetsTooMany "targets-too-many" Error "More contexts are listed than a standard segment holds.";
    TargetsNearLimit "targets-near-limit" Warning "The lists have more than 80 % of the contexts that a standard segment holds.";
    SegmentEmpty "segment-empty" Error "The segment has no rules and no lists.";
    NobodyContradicted "nobody-contradicted" Error "`nobody` contradicts the segment's lists or rules.";
    BigWithRules "big-with-rules" Error "A big segment has rules or lists; it can have neither.";
    RuleWithoutClauses "rule-without-clauses" Error "A rule has no clauses, so it matches everyone.";
    EveryoneContradicted "everyone-contradicted" Error "`everyone` contradicts the rule's clauses.";
    RulesTooMany "rules-too-many" Error "The segment has more rules than the service accepts.";
    RulesNearLimit "rules-near-limit" Warning "The segment has more than 80 % of the rules that the service accepts.";
    ValuesTooMany "values-too-many" Error "The clauses have more values than the service accepts.";
    ValuesNearLimit "values-near-limit" Warning "The clauses have more than 80 % of the values that the service accepts.";
    PercentInvalid "percent-invalid" Error "A percentage is out of range or has more than three decimal places.";
    PercentNone "percent-none" Error "A 0 % rollout matches nobody.";
    PercentAll "percent-all" Warning "A 100 % rollout changes nothing.";
    SplitKindUnclear "split-kind-unclear" Error "A percentage is taken, but the context kind to split is unclear.";
    SplitKindOptional "split-kind-optional" Warning "A rule takes a percentage of a context kind that none of its clauses test.";
    ByWithoutPercent "by-without-percent" Error "A rule says how to split contexts but has no percentage.";
    AttributeInvalid "attribute-invalid" Error "A reference to an attribute is malformed; the whole flag would fail in SDKs.";
    AttributeReserved "attribute-reserved" Error "A clause misuses a built-in attribute.";
    AttributeConflict "attribute-conflict" Error "An attribute has two types: in two structs of one kind, or as a built-in and a declared attribute.";
    SerdeIgnored "serde-ignored" Warning "A field has another name for `serde` than for LaunchDarkly.";
    OperatorMisfit "operator-misfit" Error "The operator never matches values of the attribute's type.";
    ValuesMissing "values-missing" Error "A clause has no values; negated it would match every context that has the attribute.";
    ValueType "value-type" Error "A value has a type that the operator never matches.";
    ValueEmpty "value-empty" Error "A value is the empty string, which every string contains.";
    ValueDuplicate "value-duplicate" Warning "A value is written twice in one clause.";
    ValueCovered "value-covered" Warning "A value adds nothing to another value of its clause, or no context can have it.";
    ValueAmbiguous "value-ambiguous" Warning "SDKs differ about a version or a date.";
    ValueOutOfRange "value-out-of-range" Error "The comparison has the same result for every number that the field can hold.";
    TextWildcard "text-wildcard" Warning "A string has a `*` or `%` that is not a wildcard here.";
    TextInvisible "text-invisible" Warning "A string begins or ends with a space, or has an invisible character.";
    TextList "text-list" Warning "A string looks like several values.";
    ContainsInList "contains-in-list" Warning "`contains` looks for a substring in each element of a list.";
    PatternInvalid "pattern-invalid" Error "A regular expression is not one that every SDK reads in the same way.";
    PatternLineBreaks "pattern-line-breaks" Warning "SDKs differ about a regular expression on strings with line breaks.";
    PatternAmbiguous "pattern-ambiguous" Warning "SDKs differ about a regular expression on strings with non-ASCII characters.";
    PatternDelimited "pattern-delimited" Warning "A regular expression is enclosed in slashes, which would have to match.";
    PatternLiteral "pattern-literal" Warning "A regular expression has no special characters.";
    VersionInvalid "version-invalid" Error "A value is not a semantic version.";
    DateInvalid "date-invalid" Error "A value is not a date.";
    DateSeconds "date-seconds" Warning "A number of milliseconds looks like seconds.";
    DateAsText "date-as-text" Warning "A date is compared as a string.";
    SegmentKeyInvalid "segment-key-invalid" Error "A value cannot be the key of a segment.";
    EnvironmentMisspelt "environment-misspelt" Warning "The key of an environment is similar to one that most projects have.";
    FileUnreadable "file-unreadable" Error "The file cannot be read: it is missing, a directory, not permitted, or too large.";
    FileEncoding "file-encoding" Error "The file is not UTF-8 text.";
    FileEmpty "file-empty" Warning "The file declares no segments.";
    TomlSyntax "toml-syntax" Error "The text is not TOML.";
    TomlType "toml-type" Error "A key has a value of the wrong TOML type.";
    KeyDuplicate "key-duplicate" Error "A key or a table is written twice, or the same thing is declared in two ways.";
    KeyUnknown "key-unknown" Error "A table has an unknown key.";
    KeyMissing "key-missing" Error "A table lacks a key that it needs.";
    KeyIgnored "key-ignored" Warning "A key is written where it has no effect.";
    AllowInvalid "allow-invalid" Error "`allow` names something that is not a warning.";
    TypeUnknown "type-unknown" Error "An attribute has a type that does not exist.";
    KindUnknown "kind-unknown" Error "A context kind is used but not declared.";
    AttributeUnknown "attribute-unknown" Error "An attribute is used but not declared.";
    OperatorUnknown "operator-unknown" Error "The operator does not exist; SDKs never match it, and always match its negation.";
    NumberInvalid "number-invalid" Error "A number is infinite, not a number, or loses digits on its way to LaunchDarkly.";
    ValuesMixed "values-mixed" Warning "The values of one clause have different types.";
    ValueNotListed "value-not-listed" Error "A value is not one of the attribute's declared values.";
    SegmentUnknown "segment-unknown" Error "A clause references a segment that is not declared; negated it would match everyone.";
    ExampleInvalid "example-invalid" Error "An example's context is invalid: SDKs refuse it.";
    ExampleContradicted "example-contradicted" Error "An example contradicts the rules.";
    ExampleUndecided "example-undecided" Warning "An example cannot be decided without data that only LaunchDarkly has.";
    SegmentCycle "segment-cycle" Error "Segment references form a cycle; every flag that evaluates one of them fails.";
    MovedFrom "moved-from" Error "A segment is moved from itself, or from a segment that is also declared.";
    SegmentIdentical "segment-identical" Warning "Two segments have the same members.";
    RuleNeverMatches "rule-never-matches" Error "Clauses of a rule contradict each other.";
    RuleCovered "rule-covered" Warning "Every context that matches a rule also matches an earlier one.";
    ClauseCovered "clause-covered" Warning "Every context that satisfies the other clauses of a rule also satisfies this one.";
    PercentOneSided "percent-one-sided" Warning "A percentage takes all or none of the contexts that its rule matches.";
    ExcludedUnneeded "excluded-unneeded" Warning "No rule lets an excluded context in.";
    AudienceEmpty "audience-empty" Warning "The segment has rules, and no context is ever a member.";
    AudienceEverybody "audience-everybody" Warning "Every context is a member of the segment, and no rule says so.";
    AssertionFails "assertion-fails" Error "An assertion does not hold, and a context proves it.";
    AssertionUnproved "assertion-unproved" Warning "An assertion could not be proved or refuted.";
    NameCollision "name-collision" Error "Two names of a file become the same name in Rust.";
    IncludeUnsupported "include-unsupported" Error "`include_segments!` cannot express a declaration of the file in Rust types.";
    TargetingEmpty "targeting-empty" Error "The targeting has no rules, no targets and no fallthrough.";
    VariationInvalid "variation-invalid" Error "The key of a variation has characters that the service does not accept.";
    VariationDuplicate "variation-duplicate" Error "A variation is declared twice.";
    VariationUnknown "variation-unknown" Error "A served variation is not declared.";
    VariationsMissing "variations-missing" Error "No variations are declared.";
    SplitSum "split-sum" Error "The weights of a split do not add up to 100 %.";
    SplitDuplicate "split-duplicate" Error "A split names a variation twice.";
    PolicyDescription "policy-description" Warning "A segment has no description, but the policy asks for one.";
    PolicyOwner "policy-owner" Warning "A segment has no owner, but the policy asks for one.";
    PolicyReview "policy-review" Warning "A segment has no review date, but the policy asks for one.";
    PolicyPrivate "policy-private" Warning "A private attribute is compared with a list of values, or determines buckets.";
    PolicyKeys "policy-keys" Warning "Keys of contexts look like mail addresses, session ids or timestamps.";
    PolicyNames "policy-names" Warning "A key does not follow the pattern of the policy.";
    PolicyFirstStep "policy-first-step" Warning "A rule begins with a larger percentage than the policy allows.";
    WordUnknown "word-unknown" Error "The value of a key is not one of its words.";
    MetricUnit "metric-unit" Error "A numeric metric has no unit, or another metric has one.";
    MetricUnknown "metric-unknown" Error "An experiment names a metric that is not declared.";
    MetricDuplicate "metric-duplicate" Error "An experiment names a metric twice.";
    MetricMisfit "metric-misfit" Error "A metric is counted by another kind of context than the experiment.";
    ExperimentTarget "experiment-target" Error "An experiment is on an AI Config or flag that is not declared.";
    ExperimentRule "experiment-rule" Error "An experiment is on a rule that does not exist.";
    ExperimentRuleTaken "experiment-rule-taken" Error "Two experiments are on one rule.";
    ExperimentBaseline "experiment-baseline" Error "The baseline of an experiment is not one of its treatments.";
    ExperimentTreatments "experiment-treatments" Error "An experiment has fewer than two treatments.";
    StyleKey "style-key" Warning "The key is not in lower case with hyphens.";
    StyleDescription "style-description" Warning "The segment has no description.";
    StyleClauses "style-clauses" Warning "A rule has more than ten clauses.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The part of a [`Draft`](crate::Draft) that a finding is about. Indexes count from 0 in the order
/// of writing.
///
/// The creator of the draft knows where each part was written: the macros as a token, the reader of
/// `segments.toml` as a line and a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "the fields are the indexes that the variants' docs speak of"
)]
pub enum Place {
    /// The segment, or the targeting, as a whole.
    Segment,
    /// Its key.
    Key,
    /// Its name.
    Name,
    /// Its description.
    Description,
    /// A tag.
    Tag(usize),
    /// A list of included contexts, or a key in it.
    Included { list: usize, key: Option<usize> },
    /// A list of excluded contexts, or a key in it.
    Excluded { list: usize, key: Option<usize> },
    /// The expiry of a list of included contexts.
    IncludedUntil(usize),
    /// The expiry of a list of excluded contexts.
    ExcludedUntil(usize),
    /// The word that says that nobody is in the segment.
    Nobody,
    /// The part that makes it a big segment.
    Big,
    /// The parts that are left to people.
    Unmanaged,
    /// What may happen to the segment.
    Lifecycle(LifecycleKey),
    /// A rule as a whole.
    Rule(usize),
    /// The word that declares that a rule matches everyone.
    Everyone(usize),
    /// The percentage of a rule.
    Percent(usize),
    /// The bucketing attribute of a rule.
    By(usize),
    /// The variation of a rule; without a rule, the fallthrough.
    Serve { rule: Option<usize> },
    /// A share of a split, counted as written.
    Share { rule: Option<usize>, share: usize },
    /// A declared variation.
    Variation(usize),
    /// Contexts that are served one variation, or a key among them.
    Target { target: usize, key: Option<usize> },
    /// The variation that listed contexts are served.
    TargetServe(usize),
    /// A part of a metric or an experiment: its key, and its position among several.
    Part { key: &'static str, at: usize },
    /// A clause as a whole.
    Clause { rule: usize, clause: usize },
    /// The kind of a clause.
    Kind { rule: usize, clause: usize },
    /// The attribute of a clause.
    Attribute { rule: usize, clause: usize },
    /// The operator of a clause.
    Operator { rule: usize, clause: usize },
    /// A value of a clause.
    Value {
        rule: usize,
        clause: usize,
        value: usize,
    },
}

impl Place {
    /// A part that is written once.
    pub(crate) const fn part(key: &'static str) -> Self {
        Self::Part { key, at: 0 }
    }

    /// Returns the rule of the place, counted from 0.
    ///
    /// ```
    /// use segments_model::Place;
    ///
    /// assert_eq!(Place::Clause { rule: 2, clause: 0 }.rule(), Some(2));
    /// assert_eq!(Place::Name.rule(), None);
    /// ```
    #[must_use]
    pub fn rule(&self) -> Option<usize> {
        match *self {
            Place::Rule(rule)
            | Place::Everyone(rule)
            | Place::Percent(rule)
            | Place::By(rule)
            | Place::Clause { rule, .. }
            | Place::Kind { rule, .. }
            | Place::Attribute { rule, .. }
            | Place::Operator { rule, .. }
            | Place::Value { rule, .. } => Some(rule),
            Place::Serve { rule } | Place::Share { rule, .. } => rule,
            _ => None,
        }
    }
}

/// One of the two lists of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Included,
    Excluded,
}

impl Side {
    /// The place of contexts of one kind, or of a key among them.
    pub(crate) fn at(self, list: usize, key: Option<usize>) -> Place {
        match self {
            Self::Included => Place::Included { list, key },
            Self::Excluded => Place::Excluded { list, key },
        }
    }

    /// The place of their expiry.
    pub(crate) fn until(self, list: usize) -> Place {
        match self {
            Self::Included => Place::IncludedUntil(list),
            Self::Excluded => Place::ExcludedUntil(list),
        }
    }
}

/// A finding of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The code.
    pub code: Code,
    /// The place.
    pub place: Place,
    /// The problem and what to write instead: lower case, names in backticks, no full stop.
    pub message: String,
}

impl Finding {
    /// Makes a finding.
    #[must_use]
    pub fn new(code: Code, place: Place, message: String) -> Self {
        Self {
            code,
            place,
            message,
        }
    }

    /// A part without which a draft is no definition, and which cannot be read.
    pub(crate) fn incomplete(place: Place, error: &dyn fmt::Display) -> Self {
        Self::new(Code::DraftIncomplete, place, error.to_string())
    }

    /// A part without which a draft is no definition, and which is not there.
    pub(crate) fn missing(place: Place) -> Self {
        let message = "this part is missing; a definition needs all parts".to_owned();
        Self::new(Code::DraftIncomplete, place, message)
    }
}

/// For people: severity, message and code.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}[{}]: {}",
            self.code.severity(),
            self.code,
            self.message
        )
    }
}

/// All findings of the checks, in check order.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Findings(Vec<Finding>);

crate::readable_debug! {
    struct Findings(findings)
}

impl Findings {
    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    /// Creates and adds a finding.
    pub fn add(&mut self, code: Code, place: Place, message: impl Into<String>) {
        self.0.push(Finding::new(code, place, message.into()));
    }

    /// Returns whether any finding is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|finding| finding.code.severity() == Severity::Error)
    }

    /// Returns `true` if empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of findings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Iterates in check order.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.0.iter()
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Self {
        Self(findings.into_iter().collect())
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// One per line.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}
