//! Definitions that are built at run time, for audiences from a database, a form or a request. The
//! builder runs the same checks as the macros and files.

use crate::draft::{DraftBy, DraftClause, DraftKind, DraftList, DraftRule, DraftTargets};
use crate::lifecycle::lifecycle_rows;
use crate::{Definition, Draft, Expiry, Findings, LifecycleKey, Operator, Value};

/// Builds a [`Definition`]. [`build`](Self::build) runs all checks and reports every mistake at once.
///
/// ```
/// use segments_model::{Definition, clause, member_of};
///
/// let plans = ["pro", "team"].map(String::from); // as read from somewhere
/// let definition = Definition::builder("beta")
///     .name("Beta")
///     .description("Those who see what is new")
///     .include("user", ["user-1".to_owned()])
///     .rule(clause("user", "plan").is_any_of(plans))
///     .rule(clause("user", "email").ends_with(["@company.com"]).and(member_of(["staff"]).not()).percent(25.0).by("user", "key"))
///     .build()?;
/// assert_eq!(definition.rules()[0].to_string(), r#"user plan is "pro" or "team""#);
/// assert_eq!(
///     definition.rules()[1].to_string(),
///     r#"25% by user key of user email ends with "@company.com" and is not in segment `staff`"#
/// );
///
/// // What would silently match nobody is refused, as in a macro and in a file.
/// let findings = Definition::builder("no key").rule(clause("user", "plan").is_any_of::<&str>([])).build().unwrap_err();
/// let codes: Vec<&str> = findings.iter().map(|finding| finding.code.name()).collect();
/// assert!(codes.contains(&"key-invalid") && codes.contains(&"values-missing"), "{codes:?}");
/// # Ok::<(), segments_model::Findings>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "call `build` to create the definition"]
pub struct DefinitionBuilder {
    draft: Draft,
}

/// The attribute that a clause tests. Made by [`clause`].
///
/// Example: [`DefinitionBuilder`].
#[derive(Debug, Clone)]
#[must_use = "compare it with a value to create a clause"]
pub struct Subject {
    kind: String,
    attribute: String,
}

/// A rule: clauses, all of which must match, and an optional percentage. Made by [`clause`],
/// [`member_of`] and [`everyone`].
///
/// Example: [`DefinitionBuilder`].
#[derive(Debug, Clone)]
#[must_use = "pass the rule to `DefinitionBuilder::rule`"]
pub struct RuleBuilder {
    rule: DraftRule,
}

/// Begins a clause about an attribute of contexts of a kind: `clause("user", "plan").is("pro")`.
///
/// Example: [`DefinitionBuilder`].
pub fn clause(kind: impl Into<String>, attribute: impl Into<String>) -> Subject {
    Subject {
        kind: kind.into(),
        attribute: attribute.into(),
    }
}

/// Returns a rule that matches contexts in one of these segments.
///
/// Example: [`DefinitionBuilder`].
pub fn member_of<K: Into<String>>(segments: impl IntoIterator<Item = K>) -> RuleBuilder {
    let keys = segments.into_iter().map(|key| Some(key.into().into()));
    RuleBuilder::of(DraftClause {
        operator: Some(Operator::SegmentMatch),
        values: keys.collect(),
        ..DraftClause::default()
    })
}

/// Returns a rule that matches everyone; with a [percentage](RuleBuilder::percent), a part of them.
///
/// ```
/// use segments_model::{Definition, everyone};
///
/// let tenth = Definition::builder("tenth").rule(everyone().percent(10.0).by("user", "key")).build()?;
/// assert_eq!(tenth.rules()[0].to_string(), "10% by user key of everyone");
/// # Ok::<(), segments_model::Findings>(())
/// ```
pub fn everyone() -> RuleBuilder {
    RuleBuilder {
        rule: DraftRule {
            everyone: true,
            ..DraftRule::default()
        },
    }
}

impl Definition {
    /// Begins the definition of a segment that is only known at run time. Without a
    /// [name](DefinitionBuilder::name), the name is the key.
    pub fn builder(key: impl Into<String>) -> DefinitionBuilder {
        let key = key.into();
        DefinitionBuilder {
            draft: Draft {
                name: key.clone(),
                key,
                ..Draft::default()
            },
        }
    }
}

impl DefinitionBuilder {
    /// Sets the name that people see.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.draft.name = name.into();
        self
    }

    /// Sets the description.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.draft.description = Some(description.into());
        self
    }

    /// Adds a tag; without one, tags are not managed.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.draft.tags.get_or_insert_default().push(tag.into());
        self
    }

    /// Adds contexts of a kind to the included list; without any, the list is not managed.
    pub fn include(
        mut self,
        kind: impl Into<String>,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        add_until(&mut self.draft.included, kind.into(), keys, None);
        self
    }

    /// Adds contexts of a kind to the included list that LaunchDarkly takes off it again.
    pub fn include_until(
        mut self,
        kind: impl Into<String>,
        keys: impl IntoIterator<Item = String>,
        until: Expiry,
    ) -> Self {
        add_until(&mut self.draft.included, kind.into(), keys, Some(until));
        self
    }

    /// Adds contexts of a kind to the excluded list that LaunchDarkly takes off it again.
    pub fn exclude_until(
        mut self,
        kind: impl Into<String>,
        keys: impl IntoIterator<Item = String>,
        until: Expiry,
    ) -> Self {
        add_until(&mut self.draft.excluded, kind.into(), keys, Some(until));
        self
    }

    /// Adds contexts of a kind to the excluded list; without any, the list is not managed.
    pub fn exclude(
        mut self,
        kind: impl Into<String>,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        add_until(&mut self.draft.excluded, kind.into(), keys, None);
        self
    }

    /// Adds a rule after the others; without one, the rules are not managed.
    pub fn rule(mut self, rule: RuleBuilder) -> Self {
        self.draft.rules.get_or_insert_default().push(rule.rule);
        self
    }

    /// States that nobody is in the segment; an empty segment is otherwise an error.
    pub fn nobody(mut self) -> Self {
        self.draft.nobody = true;
        self
    }

    /// Makes the segment a big segment of contexts of a kind, whose members LaunchDarkly keeps.
    pub fn big(mut self, kind: impl Into<String>) -> Self {
        self.draft.big = Some(kind.into());
        self
    }

    /// Checks and builds the definition.
    ///
    /// # Errors
    ///
    /// All findings, if one of them is an error.
    pub fn build(self) -> Result<Definition, Findings> {
        self.draft.parse().map(|(definition, _)| definition)
    }

    /// Checks and builds the definition, and also returns warnings.
    ///
    /// ```
    /// use segments_model::{Definition, clause};
    ///
    /// let rule = clause("user", "plan").is("pro");
    /// let (_, findings) = Definition::builder("beta").rule(rule).build_with_findings()?;
    /// assert!(findings.iter().any(|finding| finding.code.name() == "style-description"));
    /// # Ok::<(), segments_model::Findings>(())
    /// ```
    ///
    /// # Errors
    ///
    /// All findings, if one of them is an error.
    pub fn build_with_findings(self) -> Result<(Definition, Findings), Findings> {
        self.draft.parse()
    }
}

/// A method for each key of the lifecycle.
macro_rules! lifecycle {
    ($($variant:ident $name:ident: $kind:ident$(($type:ty, $code:ident))? = $form:literal, $meaning:literal;)*) => {
        impl DefinitionBuilder {
            $(lifecycle! { @$kind $variant $name $meaning })*
        }
    };
    (@flag $variant:ident $name:ident $meaning:literal) => {
        #[doc = $meaning]
        pub fn $name(mut self) -> Self {
            self.draft.lifecycle.insert(LifecycleKey::$variant, None);
            self
        }
    };
    (@text $variant:ident $name:ident $meaning:literal) => {
        #[doc = $meaning]
        pub fn $name(mut self, text: impl Into<String>) -> Self {
            let text = Some(text.into());
            self.draft.lifecycle.insert(LifecycleKey::$variant, text);
            self
        }
    };
}

lifecycle_rows!(lifecycle);

/// Adds keys to the list of their kind and expiry.
fn add_until(
    targets: &mut Option<DraftTargets>,
    kind: String,
    keys: impl IntoIterator<Item = String>,
    until: Option<Expiry>,
) {
    let lists = &mut targets.get_or_insert_default().lists;
    let kind = DraftKind::Name(kind);
    let until = until.map(|until| until.to_string());
    let mut known = lists.iter_mut();
    match known.find(|list| list.kind == kind && list.until == until) {
        Some(list) => list.keys.extend(keys),
        None => lists.push(DraftList {
            kind,
            keys: keys.into_iter().collect(),
            until,
        }),
    }
}

impl Subject {
    /// Compares with any operator. The other methods are names for it.
    pub fn compares<V: Into<Value>>(
        self,
        operator: Operator,
        values: impl IntoIterator<Item = V>,
    ) -> RuleBuilder {
        RuleBuilder::of(DraftClause {
            kind: Some(self.kind),
            attribute: Some(self.attribute),
            operator: Some(operator),
            values: values.into_iter().map(|value| Some(value.into())).collect(),
            ..DraftClause::default()
        })
    }

    /// Compares for equality.
    pub fn is(self, value: impl Into<Value>) -> RuleBuilder {
        self.compares(Operator::In, [value])
    }
}

/// A method for each operator: of texts with several values, of all others with one.
macro_rules! operators {
    ($($(#[$docs:meta])* $name:ident $wire:literal [$($method:tt)*] $builder:ident $operand:ident ($kernel:ident $deciding:ident) [$($type:ident),*] $phrase:literal / $negated:literal;)*) => {
        impl Subject {
            $(operators! { @$operand $builder $name $(#[$docs])* })*
        }

        #[cfg(test)]
        const METHODS: &[(&str, Operator)] = &[$((stringify!($builder), Operator::$name)),*];
    };
    (@Scalar $($method:tt)*) => { operators! { @several $($method)* } };
    (@Text $($method:tt)*) => { operators! { @several $($method)* } };
    (@Pattern $($method:tt)*) => { operators! { @several $($method)* } };
    (@Number $($method:tt)*) => { operators! { @one $($method)* } };
    (@Date $($method:tt)*) => { operators! { @one $($method)* } };
    (@Version $($method:tt)*) => { operators! { @one $($method)* } };
    // [`member_of`], which is about the whole context.
    (@Segment $($method:tt)*) => {};
    (@several $builder:ident $name:ident $(#[$docs:meta])*) => {
        $(#[$docs])*
        pub fn $builder<V: Into<Value>>(self, values: impl IntoIterator<Item = V>) -> RuleBuilder {
            self.compares(Operator::$name, values)
        }
    };
    (@one $builder:ident $name:ident $(#[$docs:meta])*) => {
        $(#[$docs])*
        pub fn $builder(self, value: impl Into<Value>) -> RuleBuilder {
            self.compares(Operator::$name, [value])
        }
    };
}

crate::__operator_table! { operators }

impl RuleBuilder {
    fn of(clause: DraftClause) -> Self {
        Self {
            rule: DraftRule {
                clauses: vec![clause],
                ..DraftRule::default()
            },
        }
    }

    /// Turns the answer of the last clause around.
    #[allow(
        clippy::should_implement_trait,
        reason = "it reads as `not` in the macro, and only the last clause is turned around"
    )]
    pub fn not(mut self) -> Self {
        if let Some(clause) = self.rule.clauses.last_mut() {
            clause.negate = !clause.negate;
        }
        self
    }

    /// Adds the clauses of another rule, which must match as well.
    pub fn and(mut self, other: Self) -> Self {
        self.rule.clauses.extend(other.rule.clauses);
        self.rule.everyone = self.rule.everyone && other.rule.everyone;
        self.rule.percent = self.rule.percent.or(other.rule.percent);
        self.rule.by = self.rule.by.or(other.rule.by);
        self.rule.description = self.rule.description.or(other.rule.description);
        self
    }

    /// Lets in so many percent of the contexts that match.
    pub fn percent(mut self, percent: f64) -> Self {
        self.rule.percent = Some(percent);
        self
    }

    /// Names the kind and the attribute that decide who is among the percentage.
    pub fn by(mut self, kind: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.rule.by = Some(DraftBy {
            kind: Some(kind.into()),
            attribute: Some(attribute.into()),
            ..DraftBy::default()
        });
        self
    }

    /// Says what the rule is for.
    pub fn because(mut self, description: impl Into<String>) -> Self {
        self.rule.description = Some(description.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::OPERATORS;

    #[test]
    fn no_two_operators_have_the_same_method() {
        let names: BTreeSet<_> = METHODS.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), OPERATORS.len());
    }

    #[test]
    fn a_built_rule_says_what_it_says_in_a_file() {
        let rule = clause("user", "age")
            .ge(18)
            .and(clause("user", "version").gt_version("2.5.0"))
            .and(clause("device", "os").is("linux").not())
            .because("grown up");
        let definition = Definition::builder("k").rule(rule).build().unwrap();
        assert_eq!(
            definition.rules()[0].to_string(),
            "user age is at least 18 and user version is later than version \"2.5.0\" and \
             device os is not \"linux\""
        );
        let description = definition.rules()[0].description.as_deref();
        assert_eq!(description, Some("grown up"));
    }

    #[test]
    fn mistakes_are_found_all_at_once() {
        let findings = Definition::builder("k")
            .rule(clause("no kind", "plan").is("pro"))
            .rule(clause("user", "at").before("soon"))
            .rule(everyone().percent(120.0).by("user", "key"))
            .build()
            .unwrap_err();
        assert!(findings.iter().count() >= 3, "{findings:?}");
        let empty = Definition::builder("k").build().unwrap_err();
        assert!(empty.iter().any(|it| it.code == crate::Code::SEGMENT_EMPTY));
        assert!(Definition::builder("k").nobody().build().is_ok());
    }
}
