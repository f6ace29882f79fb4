//! Completions at a position.

use std::time::SystemTime;

use gen_lsp_types as lsp;
use segments_model::file::{KeyOf, Keys, Role, Slot, Symbol};
use segments_model::{
    AttributeType, Code, Expiry, OPERATORS, Operand, Operator, Part, Severity, date,
};

use super::facts::{self, Known};
use super::hover::rules_in_words;
use super::place::Place;
use crate::spelling::{key_text, text};

pub(super) fn answer(place: &Place<'_>, snippets: bool) -> Vec<lsp::CompletionItem> {
    if !is_free(place) {
        return Vec::new();
    }
    let offers = offers(place);
    let written = Written::find(place);
    let beside = &place.cursor.beside;
    let is_new = |offer: &Offer| {
        let here = place.word().map(segments_model::file::unquoted);
        here.as_deref() == Some(&offer.label) || !beside.iter().any(|it| **it == offer.label)
    };
    let offers = offers.into_iter().filter(is_new).enumerate();
    offers
        .map(|(order, offer)| offer.item(order, place, &written, snippets))
        .collect()
}

/// Returns whether something can begin here: behind a value there is nothing to write but a comma or a line end.
fn is_free(place: &Place<'_>) -> bool {
    if place.cursor.word.is_some() {
        return true;
    }
    let before = place.document.line_before(place.offset);
    if before.contains('#') && before.trim_start().starts_with('#') {
        return false;
    }
    let last = before.trim_end().chars().next_back();
    last.is_none_or(|last| matches!(last, '[' | '{' | ',' | '=' | '.'))
}

/// How a word becomes another one.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// A key of the format.
    Key(KeyOf),
    /// A key that is the author's.
    Name,
    /// A string.
    Text,
    /// Inserted unchanged.
    Bare,
}

#[derive(Debug)]
struct Offer {
    label: String,
    detail: Option<String>,
    docs: Option<String>,
    kind: lsp::CompletionItemKind,
    form: Form,
}

impl Offer {
    fn new(label: impl Into<String>, kind: lsp::CompletionItemKind, form: Form) -> Self {
        Self {
            label: label.into(),
            detail: None,
            docs: None,
            kind,
            form,
        }
    }

    fn detail(self, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }

    fn docs(self, docs: impl Into<String>) -> Self {
        Self {
            docs: Some(docs.into()),
            ..self
        }
    }

    fn item(
        self,
        order: usize,
        place: &Place<'_>,
        written: &Written,
        snippets: bool,
    ) -> lsp::CompletionItem {
        let (text, is_snippet) = self.text(written, snippets);
        let range = place.document.range(&written.span);
        let edit = lsp::TextEdit {
            range,
            new_text: text,
        };
        let docs = self.docs.map(|docs| {
            lsp::Documentation::MarkupContent(lsp::MarkupContent {
                kind: lsp::MarkupKind::Markdown,
                value: docs,
            })
        });
        lsp::CompletionItem {
            // What is compared with what stands there, which begins with a quote.
            filter_text: written.quote.map(|quote| format!("{quote}{}", self.label)),
            sort_text: Some(format!("{order:05}")),
            label: self.label,
            kind: Some(self.kind),
            detail: self.detail,
            documentation: docs,
            insert_text_format: is_snippet.then_some(lsp::InsertTextFormat::Snippet),
            text_edit: Some(edit.into()),
            ..lsp::CompletionItem::default()
        }
    }

    /// The inserted text, and whether it is a template.
    fn text(&self, written: &Written, snippets: bool) -> (String, bool) {
        match self.form {
            Form::Key(_) if written.is_named || written.in_header => (self.label.clone(), false),
            Form::Key(key) => {
                let (open, close) = key.brackets();
                if snippets {
                    let close = close.replace('}', "\\}");
                    (format!("{} = {open}$0{close}", self.label), true)
                } else {
                    (format!("{} = ", self.label), false)
                }
            }
            Form::Name => (key_text(&self.label, written.quote), false),
            Form::Text => (text(&self.label, written.quote), false),
            Form::Bare => (self.label.clone(), false),
        }
    }
}

/// The existing text at this position.
struct Written {
    /// The range that is replaced.
    span: std::ops::Range<usize>,
    quote: Option<char>,
    /// Whether `=` follows.
    is_named: bool,
    in_header: bool,
}

impl Written {
    fn find(place: &Place<'_>) -> Self {
        let document = place.document;
        let mut span = place
            .cursor
            .word
            .clone()
            .unwrap_or(place.offset..place.offset);
        let raw = &document.text[span.clone()];
        let quote = raw
            .chars()
            .next()
            .filter(|first| matches!(first, '"' | '\''));
        if let Some(quote) = quote {
            let inside = &raw[1..];
            let closed = raw.len() > 1 && inside.ends_with(quote);
            // A quote that is not closed yet takes up what follows.
            if !closed || inside.contains(['=', '[', ']', '{', '}', ',']) {
                span.end = place.offset;
            }
        }
        let before = document.line_before(place.offset).trim_start();
        Self {
            is_named: document.text[span.end..]
                .trim_start_matches([' ', '\t'])
                .starts_with('='),
            in_header: before.starts_with('[') && !before.contains('='),
            span,
            quote,
        }
    }
}

fn offers(place: &Place<'_>) -> Vec<Offer> {
    use lsp::CompletionItemKind as Kind;
    let document = place.document;
    let part = facts::file(document);
    match &place.cursor.slot {
        Slot::Key(keys) => keys_of(*keys, place),
        Slot::Element(keys) => vec![element(*keys)],
        Slot::Name { symbol, role } => names(place, symbol, *role),
        Slot::Operator { of } => {
            let known = of.as_ref().and_then(|of| facts::attribute(document, of));
            operators(known.map_or(AttributeType::Any, |known| known.attribute_type))
        }
        Slot::Value { of, operator } => {
            let known = of.as_ref().and_then(|of| facts::attribute(document, of));
            values(known, *operator)
        }
        Slot::Type => AttributeType::ALL
            .map(|it| Offer::new(it.name(), Kind::TypeParameter, Form::Text).docs(it.meaning()))
            .into(),
        Slot::Code => {
            let warnings = Code::ALL
                .iter()
                .filter(|code| code.severity() == Severity::Warning);
            let offer = |code: &Code| {
                Offer::new(code.name(), Kind::EnumMember, Form::Text).docs(code.meaning())
            };
            warnings.map(offer).collect()
        }
        Slot::Part => Part::ALL
            .map(|part| Offer::new(part.name(), Kind::EnumMember, Form::Text))
            .into(),
        Slot::Tag => {
            let segments = part.into_iter().flat_map(|part| &part.segments);
            let tags = segments
                .filter_map(|it| it.definition.tags.as_ref())
                .flatten();
            let mut tags: Vec<String> = tags.map(ToString::to_string).collect();
            tags.sort();
            tags.dedup();
            tags.into_iter()
                .map(|tag| Offer::new(tag, Kind::Text, Form::Text))
                .collect()
        }
        Slot::Date => {
            // A list that ends today is as good as none.
            let moment = Expiry::from_milliseconds(midnight(30)).to_string();
            vec![Offer::new(moment, Kind::Value, Form::Text).detail("in 30 days")]
        }
        Slot::Bool => bools(),
        Slot::Many => {
            let unknown = Offer::new("unknown", Kind::Keyword, Form::Text);
            bools().into_iter().chain([unknown]).collect()
        }
        Slot::ContextKey | Slot::Number | Slot::Text | Slot::Unknown => Vec::new(),
    }
}

fn bools() -> Vec<Offer> {
    let offer = |word| Offer::new(word, lsp::CompletionItemKind::Keyword, Form::Bare);
    vec![offer("true"), offer("false")]
}

fn keys_of(keys: Keys, place: &Place<'_>) -> Vec<Offer> {
    let in_header = Written::find(place).in_header;
    let fitting = keys.keys().filter(|key| !in_header || key.has_header());
    let offer = |key: KeyOf| {
        let offer = Offer::new(
            key.name(),
            lsp::CompletionItemKind::Property,
            Form::Key(key),
        );
        let offer = offer.docs(key.docs());
        if key.is_required() {
            offer.detail("required")
        } else {
            offer
        }
    };
    fitting.map(offer).collect()
}

/// An inline table with the keys that it needs.
fn element(keys: Keys) -> Offer {
    let mut first: Vec<KeyOf> = keys.keys().filter(|key| key.is_required()).collect();
    if keys.key("clauses").is_some() {
        first.extend(keys.key("clauses"));
    }
    if keys.key("attribute").is_some() {
        first.splice(0..0, keys.key("attribute"));
    }
    let entries = first.iter().map(|key| {
        let (open, close) = key.brackets();
        format!("{} = {open}{close}", key.name())
    });
    let text = format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "));
    Offer::new(text, lsp::CompletionItemKind::Struct, Form::Bare).detail(keys.table())
}

fn operators(attribute_type: AttributeType) -> Vec<Offer> {
    let any = attribute_type == AttributeType::Any;
    let fitting = OPERATORS.iter().filter(|row| {
        let asks = row.operand == Operand::Segment;
        asks || any || row.operator.fits(attribute_type)
    });
    let offer = |row: &segments_model::OperatorRow| {
        Offer::new(row.wire, lsp::CompletionItemKind::Operator, Form::Text)
            .detail(row.phrase)
            .docs(format!(
                "Values: {}. Negated: {}.",
                row.operand, row.negated_phrase
            ))
    };
    fitting.map(offer).collect()
}

/// The milliseconds of midnight, UTC, this many days from today.
fn midnight(days: u64) -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let today = now.map_or(0, |since| since.as_secs() / 86_400);
    i64::try_from((today + days) * 86_400_000).unwrap_or_default()
}

fn values(known: Option<Known<'_>>, operator: Option<Operator>) -> Vec<Offer> {
    use lsp::CompletionItemKind as Kind;
    let Some(known) = known else {
        return Vec::new();
    };
    if let Some(values) = known.values() {
        let offer = |value: &segments_model::Value| match value.as_str() {
            Some(text) => Offer::new(text, Kind::EnumMember, Form::Text),
            None => Offer::new(value.to_string(), Kind::EnumMember, Form::Bare),
        };
        return values.iter().map(offer).collect();
    }
    let operand = operator.map(|operator| operator.row().operand);
    match (operand, known.attribute_type) {
        (Some(Operand::Date), _) | (_, AttributeType::Date) => {
            let offer = Offer::new(date::format(midnight(0)), Kind::Value, Form::Text);
            vec![offer.detail("today at midnight, UTC")]
        }
        (Some(Operand::Version), _) | (_, AttributeType::Version) => {
            vec![Offer::new("1.0.0", Kind::Value, Form::Text).detail("a semantic version")]
        }
        (_, AttributeType::Bool) => bools(),
        _ => Vec::new(),
    }
}

fn names(place: &Place<'_>, symbol: &Symbol, role: Role) -> Vec<Offer> {
    use lsp::CompletionItemKind as Kind;
    let (workspace, document) = (place.workspace, place.document);
    let as_key = role == Role::Declares || !is_value(place);
    let form = if as_key { Form::Name } else { Form::Text };
    match symbol {
        // What is declared here has a new name, unless it only goes on.
        Symbol::Segment(_) if role == Role::Declares && !Written::find(place).in_header => {
            Vec::new()
        }
        Symbol::Segment(_) => segments(place, form),
        Symbol::Kind(_) => {
            let declared = facts::file(document)
                .into_iter()
                .flat_map(|part| &part.contexts);
            let mut kinds: Vec<Offer> = declared
                .map(|(kind, schema)| {
                    let offer = Offer::new(kind.as_str(), Kind::Class, form).detail("context kind");
                    match &schema.description {
                        Some(description) => offer.docs(description),
                        None => offer,
                    }
                })
                .collect();
            if !kinds.iter().any(|it| it.label == "user") {
                kinds.push(Offer::new("user", Kind::Class, form).detail("context kind"));
            }
            if role == Role::Lists {
                kinds.extend(keys_of(Keys::of_list(), place));
            }
            kinds
        }
        Symbol::Attribute { kind, .. } if role == Role::Uses => {
            let all = facts::attributes(document, kind).into_iter();
            all.map(|(name, known)| {
                let offer = Offer::new(name, Kind::Field, form).detail(known.in_words());
                let description = known.schema.and_then(|schema| schema.description.as_ref());
                match description {
                    Some(description) => offer.docs(description),
                    None => offer,
                }
            })
            .collect()
        }
        Symbol::Variation {
            resource,
            targeting,
            ..
        } if role == Role::Uses => {
            let named = document.outline.names();
            let mut keys: Vec<&str> = named
                .filter_map(|(_, symbol, role)| match symbol {
                    Symbol::Variation {
                        resource: of,
                        targeting: whose,
                        key,
                    } if role == Role::Declares && of == resource && whose == targeting => {
                        Some(&**key)
                    }
                    _ => None,
                })
                .collect();
            keys.dedup();
            let offer = |key: &str| Offer::new(key, Kind::EnumMember, form).detail("variation");
            keys.into_iter().map(offer).collect()
        }
        Symbol::Environment(_) => {
            let mut keys: Vec<String> = workspace
                .documents()
                .flat_map(|(_, document)| document.outline.names())
                .filter_map(|(_, symbol, _)| match symbol {
                    Symbol::Environment(key) if !key.is_empty() => Some(key.to_string()),
                    _ => None,
                })
                .collect();
            keys.sort();
            keys.dedup();
            let offer = |key: String| Offer::new(key, Kind::Constant, form).detail("environment");
            keys.into_iter().map(offer).collect()
        }
        Symbol::Attribute { .. } | Symbol::Variation { .. } | Symbol::Targeting { .. } => {
            Vec::new()
        }
    }
}

/// Returns whether a value stands here, and no key.
fn is_value(place: &Place<'_>) -> bool {
    if place
        .word()
        .is_some_and(|word| word.starts_with(['"', '\'']))
    {
        return !Written::find(place).is_named;
    }
    let start = place
        .cursor
        .word
        .as_ref()
        .map_or(place.offset, |word| word.start);
    let before = place.document.text[..start].trim_end();
    // Behind `[` or `=` stands a value, behind `,` what stood before it.
    match before.chars().next_back() {
        Some('=' | '[') => !Written::find(place).in_header,
        Some(',') => {
            let open = before.rfind(['[', '{']);
            open.is_some_and(|open| before.as_bytes()[open] == b'[')
        }
        _ => false,
    }
}

/// Segments with what they say.
fn segments(place: &Place<'_>, form: Form) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    let named = place.workspace.documents().flat_map(|(_, document)| {
        let names = document.outline.names();
        names.map(move |(_, symbol, role)| (symbol, role))
    });
    let mut keys: Vec<&str> = named
        .filter_map(|(symbol, role)| match symbol {
            Symbol::Segment(key) if role != Role::Uses && !key.is_empty() => Some(&**key),
            _ => None,
        })
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let by_key: std::collections::HashMap<&str, _> = place
        .workspace
        .documents()
        .filter_map(|(_, document)| facts::file(document))
        .flat_map(|part| &part.segments)
        .map(|segment| (segment.definition.key.as_str(), segment))
        .collect();
    for key in keys {
        let offer = Offer::new(key, lsp::CompletionItemKind::Class, form);
        offers.push(match by_key.get(key) {
            Some(segment) => offer
                .detail(segment.definition.name.clone())
                .docs(rules_in_words(&segment.definition)),
            None => offer.detail("segment"),
        });
    }
    offers
}
