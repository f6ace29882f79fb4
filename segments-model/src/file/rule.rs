//! Reading rules and clauses.

use super::Arity;
use super::context::{Contexts, Found, USER};
use super::places::Places;
use super::reader::{Entries, Reader, Value};
use super::shape;
use crate::check::inside_built_in;
use crate::draft::{DraftBy, DraftClause, DraftRule};
use crate::{
    AttributeRef, AttributeType, Code, ContextKind, OPERATORS, Operand, Operator, Place,
    did_you_mean,
};

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
        // What cannot be read is said once; a rule for everyone has nothing else to complain about.
        let unread = DraftRule {
            everyone: true,
            ..DraftRule::default()
        };
        places.add(Place::Rule(rule), value.span());
        let Some(entries) = self.entries("a rule of `rules`", value, &shape::RULE) else {
            return unread;
        };
        let mut draft = self.condition(&entries, rule, contexts, places);
        if let Some(value) = entries.get("percent") {
            places.add(Place::Percent(rule), value.span());
            draft.percent = self.float("percent", value);
        }
        draft.by = self.bucket(&entries, &draft, rule, contexts, places);
        if entries.get("percent").is_some() && draft.percent.is_none() {
            // A share that cannot be read is no share that is missing.
            draft.by = None;
        }
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
            // What cannot be read says neither.
            let unread = entries.get("clauses").is_none();
            draft.everyone = self.flag("everyone", value).unwrap_or(unread);
        }
        if let Some(value) = entries.get("clauses") {
            match self.array("clauses", value, "tables") {
                None => {
                    return DraftRule {
                        everyone: true,
                        ..draft
                    };
                }
                Some(clauses) => {
                    let clauses = clauses.iter().enumerate();
                    draft.clauses = clauses
                        .map(|(index, value)| self.clause((rule, index), value, contexts, places))
                        .collect();
                }
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
        let Some(entries) = self.entries("a clause of `clauses`", value, &shape::CLAUSE) else {
            return draft;
        };
        entries.require(self);
        if let Some(value) = entries.get("op") {
            places.add(Place::Operator { rule, clause }, value.span());
            draft.operator = self.operator(value);
        }
        if let Some(value) = entries.get("negate") {
            draft.negate = self.flag("negate", value).unwrap_or_default();
        }
        if draft.operator == Some(Operator::SegmentMatch) {
            let what = "`segmentMatch` asks about the whole context";
            self.ignored(&entries, &["context", "attribute"], what);
        } else {
            self.subject(&entries, (rule, clause), contexts, places, &mut draft);
        }
        if let Some(value) = entries.get("values") {
            places.add_values(rule, clause, value.span());
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
            None => Some(USER.as_str()),
            Some(value) => {
                places.add(Place::Kind { rule, clause }, value.span());
                self.kind("context", value, contexts)
            }
        };
        draft.kind = kind.map(str::to_owned);
        let Some(value) = entries.get("attribute") else {
            // Without an operator nobody knows whether the clause needs one.
            if draft.operator.is_some() {
                let message = "a clause needs `attribute`, unless it is a `segmentMatch`";
                self.report(Code::KeyMissing, entries.span.clone(), message);
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
                    let advice = contexts.attributes(kind, attribute, &mut self.advice);
                    let message = format!("`{kind}` has no attribute `{attribute}`{advice}");
                    self.report(Code::AttributeUnknown, value.span(), message);
                }
                None
            }
        }
    }

    fn operator(&mut self, value: &Value<'_>) -> Option<Operator> {
        let name = self.text("op", value)?;
        let operator = Operator::from_wire(name);
        if operator.is_none() {
            let names = || OPERATORS.iter().map(|row| row.wire);
            let by_method = || Operator::of_method(name).next().map(Operator::wire);
            let advice = match did_you_mean(name, names()).or_else(by_method) {
                Some(meant) => format!("; did you mean `{meant}`?"),
                None => self.advice.or_list(name, names()),
            };
            let message = format!("`{name}` is not an operator{advice}");
            self.report(Code::OperatorUnknown, value.span(), message);
        }
        operator
    }

    /// Reports keys that a clause on the whole context has no use for.
    fn ignored(&mut self, entries: &Entries<'_, '_>, keys: &[&str], what: &str) {
        for key in keys {
            if let Some(span) = entries.key_span(key) {
                let message = format!("{what}; leave `{key}` out");
                self.report(Code::KeyIgnored, span, message);
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
                let message = format!("{value} is none of the values of `{attribute}`{advice}");
                self.report(Code::ValueNotListed, element.span(), message);
            }
        }
    }
}
