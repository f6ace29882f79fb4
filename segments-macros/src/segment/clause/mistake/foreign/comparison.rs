//! A comparison in the words of another language, as the operator here.

use proc_macro2::Span;
use segments_model::foreign::{self, Meaning, Relation};
use segments_model::{AttributeType, Operator, Value};
use syn::{Error, Expr};

use super::operands::Operands;
use super::subject::{Subject, subject};
use crate::by_type::{Answers, ByType};
use crate::meta::source;
use crate::mistake::{Instead, Mistake};
use crate::segment::clause::attribute::{context, named};
use crate::segment::clause::qualify::qualify;

/// A comparison in other words: `problem` says what is wrong with it.
struct Foreign<'a> {
    problem: String,
    at: Span,
    attribute: &'a Expr,
    subject: Subject,
    negate: bool,
    operands: Operands,
}

impl Foreign<'_> {
    fn said(&self, clause: String) -> Mistake {
        let message = format!("{}; write `{clause}`", self.problem);
        Mistake::said(Error::new(self.at, message)).instead(Instead::Clause(clause))
    }

    fn not(&self, negate: bool) -> &'static str {
        if negate == self.negate { "" } else { "!" }
    }

    fn name(&self) -> String {
        source(self.attribute)
    }

    /// A clause of an operator.
    fn clause(&self, operator: Operator, negate: bool, operands: &str) -> String {
        let count = if self.operands.list { 2 } else { 1 };
        let method = operator.row().method(count).unwrap_or_default();
        format!("{}{}.{method}({operands})", self.not(negate), self.name())
    }

    fn meaning(self, meaning: Meaning) -> Mistake {
        match (meaning, &self.subject) {
            // `has(X)`.
            (
                Meaning::Comparison {
                    relation: Relation::Contains,
                    negate: false,
                },
                Subject::Plain,
            ) if self.operands.each.is_empty() => self.presence(true),
            (Meaning::Comparison { relation, negate }, Subject::Plain) => {
                let negate = self.negate ^ negate;
                Foreign { negate, ..self }.relation(relation)
            }
            (Meaning::Comparison { relation, negate }, Subject::Length) => {
                let negate = self.negate ^ negate;
                Foreign { negate, ..self }.length(relation)
            }
            (Meaning::Comparison { relation, negate }, Subject::AnyCase) => {
                let negate = self.negate ^ negate;
                Foreign { negate, ..self }.any_case(relation)
            }
            (Meaning::IgnoringCase(relation), _) => self.any_case(relation),
            (Meaning::Boolean(value), _) => {
                let clause = format!("{}{}.is({value})", self.not(false), self.name());
                self.said(clause)
            }
            (Meaning::Between, _) => self.between(),
            // `exists(false)`.
            (Meaning::Present, _) => {
                let wanted = self.operands.first() != Some(&Value::Bool(false));
                self.presence(wanted)
            }
            (Meaning::Absent, _) => {
                let wanted = self.operands.first() == Some(&Value::Bool(false));
                self.presence(wanted)
            }
        }
    }

    /// Whether the context has the attribute.
    fn presence(self, wanted: bool) -> Mistake {
        if wanted != self.negate {
            return Foreign {
                negate: false,
                ..self
            }
            .present();
        }
        let name = self.name();
        let last = name.rsplit([':', '.']).next().unwrap_or_default();
        let segment = format!(
            "Has{}",
            crate::case::Case::Pascal.apply(&last.to_lowercase())
        );
        let message = format!(
            "{}: a clause matches only contexts that have the attribute; declare a segment `{segment}` of those that have it, and write `!member_of!({segment})`",
            self.problem
        );
        Mistake::said(Error::new(self.at, message))
    }

    /// The length of a string is a pattern.
    fn length(self, relation: Relation) -> Mistake {
        let problem = "LaunchDarkly has no operator for a length".to_owned();
        let length = self.operands.first().and_then(|value| match value {
            Value::Number(number) => u32::try_from(number.as_integer()?).ok(),
            _ => None,
        });
        let patterns = length.and_then(|length| foreign::of_length(relation, length));
        match patterns.as_deref() {
            // The negation of two clauses is not a rule.
            Some([]) | None => {}
            Some([_, _, ..]) if self.negate => {}
            Some(patterns) => {
                let clauses = patterns.iter().map(|(pattern, negate)| {
                    format!(
                        "{}{}.matches(\"{pattern}\")",
                        self.not(*negate),
                        self.name()
                    )
                });
                let clauses = clauses.collect::<Vec<_>>().join(", ");
                return Foreign { problem, ..self }.said(clauses);
            }
        }
        let example = format!("`{}.matches(\"[ -~]{{4}}\")`", self.name());
        let message =
            format!("{problem}; write a pattern, as in {example} for four characters or more");
        Mistake::said(Error::new(self.at, message))
    }

    /// Texts are compared as they are.
    fn any_case(self, relation: Relation) -> Mistake {
        let problem = "every comparison is case-sensitive".to_owned();
        let Some(text) = self.operands.text() else {
            let message =
                format!("{problem}; compare with `matches`, and write both cases, as in `[aA]`");
            return Mistake::said(Error::new(self.at, message));
        };
        let pattern = Value::from(foreign::ignoring_case(relation, text));
        let clause = format!("{}{}.matches({pattern})", self.not(false), self.name());
        Foreign { problem, ..self }.said(clause)
    }

    fn relation(self, relation: Relation) -> Mistake {
        if relation == Relation::MemberOf {
            let segments: Vec<&str> = self
                .operands
                .each
                .iter()
                .map(|(written, _)| &written[..])
                .collect();
            let clause = format!("{}member_of!({})", self.not(false), segments.join(", "));
            return self.said(clause);
        }
        let render = |attribute_type| {
            let (operator, negate) = relation.on(attribute_type)?;
            let operands = self.operands.on(attribute_type, operator);
            Some(self.clause(operator, negate, &operands))
        };
        match certain(relation, &self.operands).and_then(render) {
            Some(clause) => self.said(clause),
            None => self.by_type(&render, relation == Relation::Equal),
        }
    }

    /// An answer for each type.
    fn by_type(&self, render: &dyn Fn(AttributeType) -> Option<String>, is_equal: bool) -> Mistake {
        let problem = &self.problem;
        let answer = |attribute_type, what: &str| match render(attribute_type) {
            Some(clause) => format!("{problem}; write `{clause}`"),
            None => {
                let names = foreign::fitting(attribute_type, |row| row.methods);
                format!(
                    "{problem}; {what} is compared with {}",
                    foreign::any_of(&names)
                )
            }
        };
        let mut answers = Answers {
            bool: answer(AttributeType::Bool, "a boolean"),
            text: answer(AttributeType::String, "a string"),
            number: answer(AttributeType::Number, "a number"),
            date: answer(AttributeType::Date, "a date"),
            version: answer(AttributeType::Version, "a version"),
            one_of: format!("{problem}; an enum is compared with `is` or `is_any_of`"),
            variant: None,
        };
        if self.operands.list && is_equal {
            answers.one_of = format!(
                "{problem}; write `{}{}.is_any_of([...])` with variants of the enum",
                self.not(false),
                self.name()
            );
        }
        if let (true, Some(text), false) = (is_equal, self.operands.text(), self.operands.list) {
            let before = format!("{problem}; write `{}{}.is(", self.not(false), self.name());
            answers.variant = Some([text.to_owned(), before, ")`".to_owned()]);
        }
        let likely = match self.operands.first() {
            Some(Value::Number(_)) => AttributeType::Number,
            Some(Value::Bool(_)) => AttributeType::Bool,
            _ => AttributeType::String,
        };
        let guess = render(likely).or_else(|| render(AttributeType::Number));
        by_type(self.attribute, self.at, answers, guess)
    }

    fn present(self) -> Mistake {
        let (problem, name) = (&self.problem, self.name());
        let write = |clause: &str| format!("{problem}; write `{name}.{clause}`");
        let answers = Answers {
            bool: write("is_any_of([true, false])"),
            text: format!("{problem}; write `!{name}.is(\"\")`"),
            number: format!("{problem}; write `!{name}.is(0)`, for every number but 0"),
            date: write("after(\"1970-01-01T00:00:00Z\")"),
            version: format!("{problem}; write `!{name}.lt(\"0.0.0\")`"),
            one_of: format!("{problem}; write `{name}.is_any_of([...])` with every variant"),
            variant: None,
        };
        by_type(
            self.attribute,
            self.at,
            answers,
            Some(format!("!{name}.is(\"\")")),
        )
    }

    /// Two limits are two clauses.
    fn between(self) -> Mistake {
        let limit = |at: usize| Operands {
            each: self.operands.each.get(at).cloned().into_iter().collect(),
            list: false,
        };
        if self.negate {
            let limits = [(Relation::Less, limit(0)), (Relation::Greater, limit(1))];
            return self.outside(&limits);
        }
        let limits = [(Relation::AtLeast, limit(0)), (Relation::AtMost, limit(1))];
        self.limits(&limits)
    }

    /// Below one value or above another: a rule for each.
    fn outside(&self, limits: &[(Relation, Operands)]) -> Mistake {
        let render = |attribute_type| {
            let rule = |limit: &(Relation, Operands)| {
                Some(format!("rule({})", self.limit(limit, attribute_type)?))
            };
            let rules: Option<Vec<String>> = limits.iter().map(rule).collect();
            Some(rules?.join(", "))
        };
        let mut mistake = self.by_type(&render, false);
        if let Mistake::ByType(by_type) = &mut mistake {
            // Rules are no clause.
            by_type.guess = None;
        }
        mistake
    }

    /// A clause for a limit.
    fn limit(
        &self,
        (relation, operands): &(Relation, Operands),
        attribute_type: AttributeType,
    ) -> Option<String> {
        let (operator, negate) = relation.on(attribute_type)?;
        let method = operator.row().method(1)?;
        let not = if negate { "!" } else { "" };
        let operands = operands.on(attribute_type, operator);
        Some(format!("{not}{}.{method}({operands})", self.name()))
    }

    /// `18..65`: a clause for each end that there is.
    fn range(self, range: &syn::ExprRange) -> Option<Mistake> {
        let operand = |end: &Expr| Operands::of(std::slice::from_ref(end));
        let most = match range.limits {
            syn::RangeLimits::HalfOpen(_) => Relation::Less,
            syn::RangeLimits::Closed(_) => Relation::AtMost,
        };
        let least = range
            .start
            .iter()
            .map(|start| (Relation::AtLeast, operand(start)));
        let most = range.end.iter().map(|end| (most, operand(end)));
        let limits: Vec<(Relation, Operands)> = least.chain(most).collect();
        let turned = self.negate && limits.len() > 1;
        (!limits.is_empty() && !turned).then(|| self.limits(&limits))
    }

    /// A clause for each limit.
    fn limits(self, limits: &[(Relation, Operands)]) -> Mistake {
        let render = |attribute_type| {
            let clauses: Option<Vec<String>> = limits
                .iter()
                .map(|limit| self.limit(limit, attribute_type))
                .collect();
            Some(clauses?.join(", "))
        };
        let first = limits.first();
        match first
            .and_then(|(_, least)| certain(Relation::Less, least))
            .and_then(render)
        {
            Some(clause) => self.said(clause),
            None => self.by_type(&render, false),
        }
    }
}

/// The type that the values tell, where they tell one.
fn certain(relation: Relation, operands: &Operands) -> Option<AttributeType> {
    let ordered = matches!(
        relation,
        Relation::Less | Relation::AtMost | Relation::Greater | Relation::AtLeast
    );
    match (relation, operands.first()) {
        (Relation::Equal, None) => Some(AttributeType::Any),
        (Relation::Equal, Some(Value::Bool(_))) => Some(AttributeType::Bool),
        (_, Some(Value::String(text))) if ordered => match foreign::type_of_text(text) {
            AttributeType::String => None,
            known => Some(known),
        },
        _ if ordered || relation == Relation::Equal => None,
        _ => Some(AttributeType::String),
    }
}

/// Asks rustc for the type of an attribute.
pub(in super::super) fn by_type(
    attribute: &Expr,
    span: Span,
    answers: Answers,
    guess: Option<String>,
) -> Mistake {
    let mut printed = attribute.clone();
    qualify(&mut printed);
    match named(&printed) {
        Some(attribute) => Mistake::ByType(Box::new(ByType {
            attribute,
            span,
            answers,
            guess,
        })),
        None => Mistake::said(Error::new(span, answers.text)),
    }
}

/// A comparison whose operator is a word that means something elsewhere.
pub(in super::super) fn comparison(
    problem: String,
    at: Span,
    left: &Expr,
    meaning: Meaning,
    operands: &[Expr],
    negate: bool,
) -> Option<Mistake> {
    let (attribute, subject) = subject(left)?;
    if let [other] = operands
        && is_attribute_beside(attribute, other)
    {
        return Some(other_attribute(other));
    }
    let foreign = Foreign {
        problem,
        at,
        attribute,
        subject,
        negate,
        operands: Operands::of(operands),
    };
    match (meaning, operands) {
        (
            Meaning::Comparison {
                relation: Relation::Equal,
                negate: false,
            },
            [Expr::Range(range)],
        ) => foreign.range(range),
        _ => Some(foreign.meaning(meaning)),
    }
}

/// Returns whether the second is an attribute of the same context as the first.
fn is_attribute_beside(first: &Expr, second: &Expr) -> bool {
    let constant = matches!(second, Expr::Path(path) if path.path.segments.last().is_some_and(|last| {
        super::super::is_upper_case(&last.ident.to_string())
    }));
    let of = |attribute: &Expr| context(attribute).map(|context| source(&context));
    constant && of(first).is_some_and(|context| of(second) == Some(context))
}

/// An attribute where a value belongs.
fn other_attribute(attribute: &Expr) -> Mistake {
    let message = format!(
        "`{}` is an attribute, but LaunchDarkly compares attributes only with values; write a value, such as `\"pro\"`",
        source(attribute)
    );
    Mistake::said(Error::new_spanned(attribute, message))
}

/// A value that is another attribute of the same context.
pub(in super::super) fn value_is_attribute(attribute: &Expr, value: &Expr) -> Option<Mistake> {
    is_attribute_beside(attribute, value).then(|| other_attribute(value))
}
