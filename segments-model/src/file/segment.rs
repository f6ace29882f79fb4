//! Reading a segment into a draft.

use toml::Spanned;

use super::context::Contexts;
use super::environment::Listed;
use super::reader::{Entries, Reader, Value};
use super::shape;
use super::span::Span;
use super::written::Written;
use crate::Side;
use crate::draft::about;
use crate::source::Source;
use crate::{Code, Draft, LifecycleKey, Place, Severity};

impl Reader<'_> {
    pub(super) fn segment<'t, 'i>(
        &mut self,
        key: &Spanned<std::borrow::Cow<'i, str>>,
        value: &'t Value<'i>,
        contexts: &Contexts,
        listed: &Listed,
    ) -> Option<Written<'t, 'i>> {
        let errors = self.errors;
        self.guessed = false;
        let entries = self.entries(key.get_ref(), value, &shape::SEGMENT)?;
        let draft = Draft {
            key: key.get_ref().to_string(),
            ..Draft::default()
        };
        let mut written = Written {
            source: Source::new(draft, key.span()),
            examples: entries.get("examples"),
            environments: Vec::new(),
        };
        written.source.places.add(Place::Key, key.span());
        self.contents(&entries, &mut written, contexts);
        self.big(&entries, &mut written);
        self.lifecycle(&entries, &mut written);
        if let Some(value) = entries.get("allow") {
            written.source.allow = self.allow(value);
        }
        written.source.complete =
            self.errors == errors && !self.unreadable.is_partial("segments", key.get_ref());
        written.environments = self.segment_environments(&entries, &written, contexts, listed);
        written.source.complete &= self.errors == errors && !self.guessed;
        Some(written)
    }

    fn lifecycle(&mut self, entries: &Entries<'_, '_>, written: &mut Written<'_, '_>) {
        for key in LifecycleKey::ALL.iter().copied() {
            let Some(value) = entries.get(key.name()) else {
                continue;
            };
            let Source { draft, places, .. } = &mut written.source;
            places.add(Place::Lifecycle(key), value.span());
            let lifecycle = &mut draft.lifecycle;
            if key.has_text() {
                if let Some(text) = self.text(key.name(), value) {
                    lifecycle.insert(key, Some(text.to_owned()));
                }
            } else if self.flag(key.name(), value) == Some(true) {
                lifecycle.insert(key, None);
            }
        }
    }

    /// Returns whether it is a big segment. The words of LaunchDarkly's JSON were reported as unknown keys, with
    /// what to write.
    fn big(&mut self, entries: &Entries<'_, '_>, written: &mut Written<'_, '_>) {
        if entries.incomplete {
            written.source.places.mark_unread(Place::Segment);
        }
        let Some(value) = entries.get("big") else {
            return;
        };
        written.source.places.add(Place::Big, value.span());
        if let Some(kind) = value.get_ref().as_str() {
            written.source.draft.big = Some(kind.to_owned());
            return;
        }
        match value.get_ref().as_bool() {
            Some(false) => {
                let message = "`big` is the kind of the contexts that a big segment lists; remove it if the segment has rules";
                self.report(Code::TOML_TYPE, value.span(), message);
            }
            _ => {
                let problem = "`big` is the kind of the contexts that a big segment lists";
                self.write(
                    Code::TOML_TYPE,
                    value.span(),
                    problem,
                    value.span(),
                    "\"user\"",
                );
                written.source.places.mark_unread(Place::Segment);
            }
        }
    }

    /// What a segment has everywhere, and what it may have of its own in an environment.
    pub(super) fn contents(
        &mut self,
        entries: &Entries<'_, '_>,
        written: &mut Written<'_, '_>,
        contexts: &Contexts,
    ) {
        self.words(entries, written);
        written.source.draft.included = self.targets(entries, Side::Included, contexts, written);
        written.source.draft.excluded = self.targets(entries, Side::Excluded, contexts, written);
        if let Some(value) = entries.get("rules") {
            let Source { draft, places, .. } = &mut written.source;
            draft.rules = self.rules(value, contexts, places);
            if draft.rules.is_none() {
                places.mark_unread(Place::Segment);
            }
        }
    }

    /// The parts that are plain words and flags.
    fn words(&mut self, entries: &Entries<'_, '_>, written: &mut Written<'_, '_>) {
        let Source { draft, places, .. } = &mut written.source;
        draft.name = match entries.get("name") {
            None => about::words(&draft.key),
            Some(value) => {
                places.add(Place::Name, value.span());
                match self.text("name", value) {
                    Some(name) => name.to_owned(),
                    None => about::words(&draft.key),
                }
            }
        };
        if let Some(value) = entries.get("description") {
            places.add(Place::Description, value.span());
            draft.description = self.text("description", value).map(str::to_owned);
            if draft.description.is_none() {
                places.mark_unread(Place::Segment);
            }
        }
        if let Some(value) = entries.get("tags") {
            let mut tags = Vec::new();
            for (element, tag) in self.texts("tags", value) {
                if let Some(tag) = tag {
                    places.add(Place::Tag(tags.len()), element.span());
                    tags.push(tag.to_owned());
                }
            }
            draft.tags = Some(tags);
        }
        if let Some(value) = entries.get("nobody") {
            places.add(Place::Nobody, value.span());
            match self.flag("nobody", value) {
                Some(nobody) => draft.nobody = nobody,
                None => places.mark_unread(Place::Segment),
            }
        }
        if let Some(value) = entries.get("unmanaged") {
            places.add(Place::Unmanaged, value.span());
            let names = self.texts("unmanaged", value).into_iter();
            draft.unmanaged = names
                .filter_map(|(_, name)| name.map(str::to_owned))
                .collect();
        }
    }

    pub(super) fn unknown_kind(&mut self, kind: &str, span: Span, contexts: &Contexts) {
        let advice = contexts.kinds(kind, &mut self.advice);
        let message = format!("`{kind}` is not a declared context kind{advice}");
        self.report(Code::KIND_UNKNOWN, span, message);
    }

    /// The codes of an `allow`; only warnings can be allowed.
    pub(super) fn allow(&mut self, value: &Value<'_>) -> Vec<Code> {
        let mut allowed = Vec::new();
        // One name without brackets is said to need them, and meant.
        let alone = value.get_ref().as_str();
        allowed.extend(Code::ALL.iter().find(|code| Some(code.name()) == alone));
        for (element, name) in self.texts("allow", value) {
            let Some(name) = name else { continue };
            let code = Code::ALL.iter().find(|code| code.name() == name);
            match code.map(|code| (code, code.severity())) {
                Some((code, Severity::Warning)) => {
                    allowed.push(*code);
                }
                Some((_, Severity::Error)) => {
                    let message = format!(
                        "`{name}` is an error, but only warnings can be allowed; fix its cause"
                    );
                    self.report(Code::ALLOW_INVALID, element.span(), message);
                }
                None => {
                    let meant = name.to_lowercase().replace('_', "-");
                    let meant = Code::ALL.iter().find(|code| code.name() == meant);
                    allowed.extend(meant);
                    let warnings = Code::ALL
                        .iter()
                        .filter(|code| code.severity() == Severity::Warning)
                        .map(|code| code.name());
                    let advice = self.advice.or_list(name, warnings);
                    let message = format!("`{name}` is not a warning{advice}");
                    self.report(Code::ALLOW_INVALID, element.span(), message);
                }
            }
        }
        allowed
    }
}
