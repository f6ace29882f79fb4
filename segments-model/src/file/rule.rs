//! Reading rules and clauses.

use super::Arity;
use super::context::{Contexts, Found, USER};
use super::places::Places;
use super::reader::{Entries, Reader, Value};
use super::shape;
use crate::check::inside_built_in;
use crate::diagnostic::{Diagnostic, Edit, Suggestion};
use crate::draft::{DraftBy, DraftClause, DraftRule};
use crate::foreign::{self, Meaning, Relation};
use crate::{
    AttributeRef, AttributeType, Code, ContextKind, OPERATORS, Operand, Operator, Place,
    did_you_mean,
};

/// What `op` names.
enum Named<'t> {
    Operator(Operator),
    /// A word of another language.
    Foreign(&'t str, Meaning),
    Unknown(&'t str),
}

impl Reader<'_> {
    pub(super) fn rules(
        &mut self,
        value: &Value<'_>,
        contexts: &Contexts,
        places: &mut Places,
    ) -> Option<Vec<DraftRule>> {
        let rules = self.array("rules", value, "tables")?.iter().enumerate();
        let read = rules.map(|(index, value)| self.rule(index, value, contexts, places));
        Some(read.collect())
    }

    fn rule(
        &mut self,
        rule: usize,
        value: &Value<'_>,
        contexts: &Contexts,
        places: &mut Places,
    ) -> DraftRule {
        places.add(Place::Rule(rule), value.span());
        let Some(entries) = self.entries("a rule of `rules`", value, &shape::RULE) else {
            places.mark_unread(Place::Rule(rule));
            return DraftRule::default();
        };
        let mut draft = self.condition(&entries, rule, contexts, places);
        if let Some(value) = entries.get("percent") {
            places.add(Place::Percent(rule), value.span());
            draft.percent = self.float("percent", value);
            if draft.percent.is_none() {
                // What a share is by has a share.
                places.mark_unread(Place::By(rule));
            }
        }
        draft.by = self.bucket(&entries, &draft, rule, contexts, places);
        draft
    }

    /// Whom a rule is for.
    pub(super) fn condition(
        &mut self,
        entries: &Entries<'_, '_>,
        rule: usize,
        contexts: &Contexts,
        places: &mut Places,
    ) -> DraftRule {
        let mut draft = DraftRule {
            description: entries
                .get("description")
                .and_then(|value| self.text("description", value))
                .map(str::to_owned),
            ..DraftRule::default()
        };
        if let Some(value) = entries.get("everyone") {
            places.add(Place::Everyone(rule), value.span());
            match self.flag("everyone", value) {
                Some(everyone) => draft.everyone = everyone,
                None => places.mark_unread(Place::Rule(rule)),
            }
        }
        // A key that means nothing may have been to say whom the rule is for.
        if entries.incomplete {
            places.mark_unread(Place::Rule(rule));
        }
        if let Some(value) = entries.get("clauses") {
            if let Some(clauses) = self.array("clauses", value, "tables") {
                let clauses = clauses.iter().enumerate();
                draft.clauses = clauses
                    .map(|(index, value)| self.clause((rule, index), value, contexts, places))
                    .collect();
            } else {
                places.mark_unread(Place::Rule(rule));
            }
        }
        draft
    }

    /// What decides the bucket of a percentage rule.
    pub(super) fn bucket(
        &mut self,
        entries: &Entries<'_, '_>,
        draft: &DraftRule,
        rule: usize,
        contexts: &Contexts,
        places: &mut Places,
    ) -> Option<DraftBy> {
        let (by, kind) = (entries.get("bucket_by"), entries.get("bucket_context"));
        let place = by.or(kind)?;
        places.add(Place::By(rule), place.span());
        let said = kind.map(|value| self.kind("bucket_context", value, contexts));
        // A kind that cannot be read is one all the same: any will do, for the rule is refused already.
        let unread = Some(USER.as_str());
        let only = draft.split_kind(None);
        let kind = match said {
            None => only.as_deref(),
            Some(kind) => kind.or(unread),
        };
        let attribute = match by {
            None => Some("key"),
            Some(value) => self.text("bucket_by", value).inspect(|attribute| {
                if let Some(kind) = kind {
                    self.attribute_type_of(kind, attribute, value, contexts);
                }
            }),
        };
        Some(DraftBy {
            kind: kind.map(str::to_owned),
            context: None,
            attribute: attribute.map(str::to_owned),
        })
    }

    fn clause(
        &mut self,
        (rule, clause): (usize, usize),
        value: &Value<'_>,
        contexts: &Contexts,
        places: &mut Places,
    ) -> DraftClause {
        places.add(Place::Clause { rule, clause }, value.span());
        let mut draft = DraftClause {
            // What cannot be read is a value that is not known.
            values: vec![None],
            ..DraftClause::default()
        };
        let Some(mut entries) = self.entries("a clause of `clauses`", value, &shape::CLAUSE) else {
            return draft;
        };
        let op = entries.get("op");
        let named = op.and_then(|value| {
            places.add(Place::Operator { rule, clause }, value.span());
            self.operator(value)
        });
        if let Some(Named::Operator(operator)) = named {
            draft.operator = Some(operator);
        }
        // Words that compare with nothing.
        let takes_nothing = matches!(
            named,
            Some(Named::Foreign(
                _,
                Meaning::Present | Meaning::Absent | Meaning::Boolean(_)
            ))
        );
        let unknown_keys = entries.incomplete;
        entries.incomplete |= takes_nothing;
        entries.require(self);
        entries.incomplete = unknown_keys;
        if let Some(value) = entries.get("negate") {
            draft.negate = self.flag("negate", value).unwrap_or_default();
        }
        let asks_segment = match named {
            Some(Named::Operator(operator)) => operator == Operator::SegmentMatch,
            Some(Named::Foreign(_, Meaning::Comparison { relation, .. })) => {
                relation == Relation::MemberOf
            }
            _ => false,
        };
        if draft.operator == Some(Operator::SegmentMatch) {
            let what = "`segmentMatch` tests the whole context";
            self.ignored(&entries, &["context", "attribute"], what);
        } else if !asks_segment {
            self.subject(&entries, (rule, clause), contexts, places, &mut draft);
        }
        if let Some(value) = op {
            match named {
                Some(Named::Foreign(name, meaning)) => {
                    self.foreign_operator((name, meaning), value, &entries, &draft);
                }
                Some(Named::Unknown(name)) => self.unknown_operator(name, value, &draft),
                Some(Named::Operator(operator)) => {
                    self.misfit(operator, value, &entries, &mut draft);
                }
                None => {}
            }
        }
        if let Some(value) = entries.get("values").filter(|_| !takes_nothing) {
            places.add(Place::Values { rule, clause }, value.span());
            self.values((rule, clause), value, contexts, places, &mut draft);
        }
        draft
    }

    /// Kind and attribute of a clause, and what is known of them.
    fn subject(
        &mut self,
        entries: &Entries<'_, '_>,
        (rule, clause): (usize, usize),
        contexts: &Contexts,
        places: &mut Places,
        draft: &mut DraftClause,
    ) {
        let kind = match entries.get("context") {
            // A key that means nothing may have been to name it.
            None if entries.incomplete => None,
            None => Some(USER.as_str()),
            Some(value) => {
                places.add(Place::Kind { rule, clause }, value.span());
                self.kind("context", value, contexts)
            }
        };
        draft.kind = kind.map(str::to_owned);
        let Some(value) = entries.get("attribute") else {
            // Without an operator nobody knows whether the clause needs one.
            if draft.operator.is_some() && !entries.incomplete {
                let message = "a clause needs `attribute`, unless it is a `segmentMatch`";
                self.report(Code::KEY_MISSING, entries.span.clone(), message);
            }
            return;
        };
        places.add(Place::Attribute { rule, clause }, value.span());
        let Some(attribute) = self.text("attribute", value) else {
            return;
        };
        draft.attribute = Some(attribute.to_owned());
        if AttributeRef::parse(attribute) == Ok(AttributeRef::KIND) {
            self.ignored(
                entries,
                &["context"],
                "a clause on `kind` tests all kinds of the context",
            );
        }
        if let Some(kind) = kind {
            draft.attribute_type = self.attribute_type_of(kind, attribute, value, contexts);
            draft.is_many = match contexts.attribute(kind, attribute) {
                Found::Type(_, Some(schema)) => match schema.arity {
                    Arity::One => Some(false),
                    Arity::Many => Some(true),
                    Arity::Unknown => None,
                },
                Found::Type(_, None) => Some(false),
                Found::NoKind | Found::NoAttribute => None,
            };
        }
    }

    pub(super) fn kind<'t>(
        &mut self,
        key: &str,
        value: &'t Value<'_>,
        contexts: &Contexts,
    ) -> Option<&'t str> {
        let kind = self.text(key, value)?;
        // A name that cannot be a kind is reported by the checks.
        if ContextKind::parse(kind).is_ok() && !contexts.kind_exists(kind) {
            self.unknown_kind(kind, value.span(), contexts);
        }
        Some(kind)
    }

    fn attribute_type_of(
        &mut self,
        kind: &str,
        attribute: &str,
        value: &Value<'_>,
        contexts: &Contexts,
    ) -> Option<AttributeType> {
        match contexts.attribute(kind, attribute) {
            Found::Type(attribute_type, schema) => {
                // Whether the clause is right depends on the type.
                self.guessed |= schema.is_some_and(|schema| schema.unreadable);
                Some(attribute_type)
            }
            Found::NoKind => None,
            Found::NoAttribute => {
                // What can be no attribute is reported by the checks.
                let reference = AttributeRef::parse(attribute);
                if reference.is_ok_and(|reference| inside_built_in(&reference).is_none()) {
                    let advice = if matches!(attribute, "segment" | "segments") {
                        "; to test membership of a segment, write `op = \"segmentMatch\"`, and leave `attribute` out"
                            .to_owned()
                    } else {
                        contexts.attributes(kind, attribute, &mut self.advice)
                    };
                    let message = format!("`{kind}` has no attribute `{attribute}`{advice}");
                    self.report(Code::ATTRIBUTE_UNKNOWN, value.span(), message);
                }
                None
            }
        }
    }

    fn operator<'t>(&mut self, value: &'t Value<'_>) -> Option<Named<'t>> {
        let name = self.text("op", value)?;
        if let Some(operator) = Operator::from_wire(name) {
            return Some(Named::Operator(operator));
        }
        let negated = || foreign::meaning(&format!("not {}", name.strip_prefix('!')?));
        Some(match foreign::meaning(name).or_else(negated) {
            Some(meaning) => Named::Foreign(name, meaning),
            None => Named::Unknown(name),
        })
    }

    /// Nothing that is an operator anywhere: a suggestion that fits the attribute, or those that do.
    fn unknown_operator(&mut self, name: &str, value: &Value<'_>, draft: &DraftClause) {
        let attribute_type = draft.attribute_type.unwrap_or(AttributeType::Any);
        let names: Vec<&str> = OPERATORS
            .iter()
            .filter(|row| row.operator.fits(attribute_type) || attribute_type == AttributeType::Any)
            .map(|row| row.wire)
            .collect();
        let problem = format!("`{name}` is not an operator");
        if self.advice.is_exhausted() {
            self.report(Code::OPERATOR_UNKNOWN, value.span(), problem);
        } else if let Some(meant) =
            did_you_mean(name, names.iter().copied()).filter(|_| !foreign::is_negated(name))
        {
            let message = format!("{problem}; did you mean `{meant}`?");
            let found = Diagnostic::new(Code::OPERATOR_UNKNOWN, value.span(), message);
            let replacement = format!("\"{meant}\"");
            self.push(found.suggest(Suggestion::replace(value.span(), replacement)));
        } else {
            let names = foreign::any_of(&names);
            let message = match draft.attribute_type {
                Some(known) if known != AttributeType::Any => {
                    format!("{problem}; a {known} is compared with {names}")
                }
                _ => format!("{problem}; use {names}"),
            };
            self.report(Code::OPERATOR_UNKNOWN, value.span(), message);
        }
    }

    /// An operator of another language, by what it means on an attribute of this type.
    fn foreign_operator(
        &mut self,
        (name, meaning): (&str, Meaning),
        value: &Value<'_>,
        entries: &Entries<'_, '_>,
        draft: &DraftClause,
    ) {
        let problem = format!("`{name}` is not an operator");
        let meaning = match meaning {
            Meaning::Comparison {
                relation: Relation::Equal,
                negate,
            } if entries.get("attribute").is_none() => Meaning::Comparison {
                relation: Relation::MemberOf,
                negate,
            },
            meaning => meaning,
        };
        let texts = entries
            .get("values")
            .and_then(|values| values.get_ref().as_array())
            .map(|values| {
                values
                    .iter()
                    .filter_map(|value| value.get_ref().as_str())
                    .collect()
            });
        let texts: Vec<&str> = texts.unwrap_or_default();
        let attribute_type = match draft.attribute_type {
            None | Some(AttributeType::Any) => {
                match texts.first().map(|text| foreign::type_of_text(text)) {
                    Some(AttributeType::Date) => AttributeType::Date,
                    Some(AttributeType::Version) => AttributeType::Version,
                    _ => AttributeType::Any,
                }
            }
            Some(known) => known,
        };
        let instead = match meaning {
            // `LIKE '%x'` has a sign for whatever stands there.
            Meaning::Comparison {
                relation: Relation::Contains,
                negate,
            } if name.to_lowercase().ends_with("like") && texts.len() == 1 => {
                let (relation, text) = foreign::like(texts[0]);
                relation
                    .on(attribute_type)
                    .map(|(operator, negated)| Instead {
                        operator,
                        negate: negate ^ negated,
                        values: Some(format!("[{}]", crate::Value::from(text.to_owned()))),
                    })
            }
            Meaning::Comparison { relation, negate } => {
                // On a text, a version that is compared is no version.
                relation
                    .on(attribute_type)
                    .map(|(operator, negated)| Instead {
                        operator,
                        negate: negate ^ negated,
                        values: None,
                    })
            }
            Meaning::IgnoringCase(relation) => texts.first().map(|text| Instead {
                operator: Operator::Matches,
                negate: false,
                values: Some(format!("['{}']", foreign::ignoring_case(relation, text))),
            }),
            Meaning::Boolean(value) => Some(Instead {
                operator: Operator::In,
                negate: false,
                values: Some(format!("[{value}]")),
            }),
            Meaning::Present => Some(present(attribute_type)),
            Meaning::Between => {
                self.between(&problem, value, entries, attribute_type);
                return;
            }
            Meaning::Absent => {
                let attribute = draft.attribute.as_deref().unwrap_or("it");
                let key = format!(
                    "has-{}",
                    attribute.trim_start_matches('/').replace('/', "-")
                );
                let message = format!(
                    "{problem}: a clause matches only contexts that have the attribute; declare a segment of those that have it, and write `op = \"segmentMatch\", values = [\"{key}\"], negate = true`"
                );
                self.report(Code::OPERATOR_UNKNOWN, value.span(), message);
                return;
            }
        };
        match instead {
            Some(instead) => {
                self.instead(Code::OPERATOR_UNKNOWN, &problem, value, entries, &instead);
            }
            None => {
                let names = foreign::fitting(attribute_type, |row| std::slice::from_ref(&row.wire));
                let message = format!(
                    "{problem}; a {attribute_type} is compared with {}",
                    foreign::any_of(&names)
                );
                self.report(Code::OPERATOR_UNKNOWN, value.span(), message);
            }
        }
    }

    /// Reports an operator with the keys of a clause that say what was meant.
    pub(super) fn instead(
        &mut self,
        code: Code,
        problem: &str,
        value: &Value<'_>,
        entries: &Entries<'_, '_>,
        instead: &Instead,
    ) {
        let negate = entries.get("negate");
        let negated = negate
            .and_then(|value| value.get_ref().as_bool())
            .unwrap_or_default();
        let mut written = format!("\"{}\"", instead.operator);
        let mut edits = Vec::new();
        if let Some(values) = &instead.values {
            match entries.get("values") {
                Some(value) => {
                    edits.push(Edit::new(value.span(), values.clone()));
                }
                None => written = format!("{written}, values = {values}"),
            }
        }
        if instead.negate {
            match negate {
                Some(value) => edits.push(Edit::new(value.span(), (!negated).to_string())),
                None => written.push_str(", negate = true"),
            }
        }
        let mut shown = format!("op = {written}");
        if let (Some(values), true) = (&instead.values, entries.get("values").is_some()) {
            shown.push_str(&format!(", values = {values}"));
        }
        if instead.negate && negate.is_some() {
            shown.push_str(&format!(", negate = {}", !negated));
        }
        // A table of several lines has its keys on lines.
        if !self.is_inline(entries) {
            written = written
                .replace(", values = ", "\nvalues = ")
                .replace(", negate = ", "\nnegate = ");
        }
        edits.push(Edit::new(value.span(), written));
        let found = Diagnostic::new(code, value.span(), format!("{problem}; write `{shown}`"));
        self.push(found.suggest(Suggestion { edits }));
    }

    /// An operator of another type that has one of the same meaning; all others are for the checks.
    fn misfit(
        &mut self,
        operator: Operator,
        value: &Value<'_>,
        entries: &Entries<'_, '_>,
        draft: &mut DraftClause,
    ) {
        let Some(attribute_type) = draft.attribute_type.filter(|known| !operator.fits(*known))
        else {
            return;
        };
        let Some((meant, negate)) = Relation::of(operator).on(attribute_type) else {
            return;
        };
        let attribute = draft.attribute.as_deref().unwrap_or("this attribute");
        let problem = format!(
            "operator `{operator}` does not fit attribute `{attribute}` of type {attribute_type}"
        );
        let instead = Instead {
            operator: meant,
            negate,
            values: None,
        };
        self.instead(Code::OPERATOR_MISFIT, &problem, value, entries, &instead);
        // The values are those of the operator that was meant.
        draft.operator = None;
    }

    /// Two clauses stand for two limits.
    fn between(
        &mut self,
        problem: &str,
        value: &Value<'_>,
        entries: &Entries<'_, '_>,
        attribute_type: AttributeType,
    ) {
        let limits = entries
            .get("values")
            .and_then(|values| values.get_ref().as_array());
        let written = |at: usize| {
            let limit = limits.and_then(|limits| limits.get(at));
            limit.map_or_else(
                || "...".to_owned(),
                |limit| self.written(limit).into_owned(),
            )
        };
        let clause = |relation: Relation, limit: String| {
            let (operator, negate) = relation.on(attribute_type)?;
            let attribute = entries.get("attribute").map(|value| self.written(value));
            let attribute = attribute.unwrap_or_default();
            let context = entries
                .get("context")
                .map(|value| format!("context = {}, ", self.written(value)));
            let context = context.unwrap_or_default();
            let negate = if negate { ", negate = true" } else { "" };
            Some(format!(
                "{{ {context}attribute = {attribute}, op = \"{operator}\", values = [{limit}]{negate} }}"
            ))
        };
        let both = clause(Relation::AtLeast, written(0)).zip(clause(Relation::AtMost, written(1)));
        let Some((least, most)) = both else {
            let message = format!(
                "{problem}, and a {attribute_type} is not ordered; list the values with `in`"
            );
            self.report(Code::OPERATOR_UNKNOWN, value.span(), message);
            return;
        };
        let replacement = format!("{least}, {most}");
        let message = format!("{problem}: two limits are two clauses; write `{replacement}`");
        let found = Diagnostic::new(Code::OPERATOR_UNKNOWN, value.span(), message);
        let inline = self.is_inline(entries);
        let suggestion = Suggestion::replace(entries.span.clone(), replacement);
        self.push(if inline {
            found.suggest(suggestion)
        } else {
            found
        });
    }

    /// Reports keys that a clause on the whole context has no use for.
    fn ignored(&mut self, entries: &Entries<'_, '_>, keys: &[&str], what: &str) {
        for key in keys {
            if let Some(span) = entries.key_span(key) {
                let message = format!("{what}; leave `{key}` out");
                self.report(Code::KEY_IGNORED, span, message);
            }
        }
    }

    fn values(
        &mut self,
        (rule, clause): (usize, usize),
        value: &Value<'_>,
        contexts: &Contexts,
        places: &mut Places,
        draft: &mut DraftClause,
    ) {
        let Some(elements) = self.array("values", value, "values") else {
            return;
        };
        let operand = draft.operator.map(|operator| operator.row().operand);
        let dates =
            operand == Some(Operand::Date) || draft.attribute_type == Some(AttributeType::Date);
        draft.values.clear();
        for (index, element) in elements.iter().enumerate() {
            let place = Place::Value {
                rule,
                clause,
                value: index,
            };
            places.add(place, element.span());
            draft.values.push(self.value(element, dates));
        }
        if operand == Some(Operand::Scalar) {
            // A type that is known tells more: which of the values is wrong.
            if matches!(draft.attribute_type, None | Some(AttributeType::Any)) {
                self.mixed(value.span(), &draft.values);
            }
            self.listed(elements, contexts, draft);
            self.kinds_named(elements, contexts, draft);
        }
    }

    /// A clause on `kind` that compares with a kind which does not exist never holds.
    fn kinds_named(&mut self, elements: &[Value<'_>], contexts: &Contexts, draft: &DraftClause) {
        let attribute = draft.attribute.clone().map(AttributeRef::parse);
        if attribute != Some(Ok(AttributeRef::KIND)) {
            return;
        }
        for (element, value) in elements.iter().zip(&draft.values) {
            if let Some(crate::Value::String(kind)) = value
                // A name that cannot be a kind is reported by the checks.
                && ContextKind::parse(kind.clone().into_owned()).is_ok()
                && !contexts.kind_exists(kind)
            {
                self.unknown_kind(kind, element.span(), contexts);
            }
        }
    }

    /// Values that the attribute never has make a clause that never holds.
    fn listed(&mut self, elements: &[Value<'_>], contexts: &Contexts, draft: &DraftClause) {
        let (Some(kind), Some(attribute)) = (&draft.kind, &draft.attribute) else {
            return;
        };
        let Found::Type(attribute_type, Some(schema)) = contexts.attribute(kind, attribute) else {
            return;
        };
        let Some(one_of) = &schema.one_of else { return };
        for (element, value) in elements.iter().zip(&draft.values) {
            let Some(value) = value else { continue };
            if !one_of.contains(value) && super::value::misfit(value, attribute_type).is_none() {
                let texts = one_of.iter().filter_map(crate::Value::as_str);
                let advice = self
                    .advice
                    .or_list(value.as_str().unwrap_or_default(), texts);
                let message = format!("{value} is not one of the values of `{attribute}`{advice}");
                self.report(Code::VALUE_NOT_LISTED, element.span(), message);
            }
        }
    }
}

/// What a clause says instead of a word that is no operator.
pub(super) struct Instead {
    pub(super) operator: Operator,
    /// Whether it is negated, compared with what is written.
    pub(super) negate: bool,
    /// The values, if they are others.
    pub(super) values: Option<String>,
}

/// What matches every value of a type, and so every context that has the attribute.
fn present(attribute_type: AttributeType) -> Instead {
    let (operator, negate, values) = match attribute_type {
        AttributeType::Bool => (Operator::In, false, "[true, false]"),
        AttributeType::Date => (Operator::After, false, "[\"1970-01-01T00:00:00Z\"]"),
        AttributeType::Version => (Operator::SemVerLessThan, true, "[\"0.0.0\"]"),
        AttributeType::Number => (Operator::In, true, "[-1]"),
        AttributeType::String | AttributeType::Any => (Operator::In, true, "[\"\"]"),
    };
    Instead {
        operator,
        negate,
        values: Some(values.to_owned()),
    }
}
