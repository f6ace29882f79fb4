//! Reading a segment into a draft.

use std::collections::HashSet;

use toml::Spanned;
use toml::de::DeValue;

use super::context::Contexts;
use super::environment::Listed;
use super::places::Places;
use super::reader::{Entries, Reader, Span, Value, in_order};
use super::shape::{self, UNTIL};
use crate::draft::{DraftKind, DraftList, DraftTargets, about};
use crate::finding::Side;
use crate::{Code, Draft, EnvironmentKey, Place, Severity};

/// A segment as it is written, with the place of each part.
#[derive(Debug)]
pub(super) struct Written<'t, 'i> {
    pub(super) draft: Draft,
    pub(super) places: Places,
    /// The key, where the segment starts.
    pub(super) key_span: Span,
    pub(super) allow: HashSet<Code>,
    /// Whether some part could not be read, so that there can be no definition.
    pub(super) broken: bool,
    /// Whether a part that says who is in it could not be read: it is neither there nor missing.
    pub(super) unread_audience: bool,
    pub(super) examples: Option<&'t Value<'i>>,
    /// The segment as it is in environments that have something of their own.
    pub(super) environments: Vec<(EnvironmentKey, Written<'t, 'i>)>,
}

impl Written<'_, '_> {
    /// The segment as it is in one environment, or, without one, elsewhere.
    pub(super) fn in_environment(&self, environment: Option<&EnvironmentKey>) -> &Self {
        let mut environments = self.environments.iter();
        let found = environments.find(|(key, _)| Some(key) == environment);
        found.map_or(self, |(_, written)| written)
    }
}

/// Returns whether a key of a group is its expiry: `until`, unless a context kind that is declared has that name,
/// and this lists its keys.
fn is_expiry(key: &str, value: &Value<'_>, contexts: &Contexts) -> bool {
    key == UNTIL && !(value.get_ref().is_array() && contexts.kind_exists(key))
}

/// Returns whether an array holds groups of keys, not keys.
fn is_groups(array: &[Value<'_>]) -> bool {
    let mut array = array.iter();
    array.len() > 0 && array.all(|group| group.get_ref().is_table())
}

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
        let mut written = Written {
            draft: Draft {
                key: key.get_ref().to_string(),
                ..Draft::default()
            },
            places: Places::new(key.span()),
            key_span: key.span(),
            allow: HashSet::new(),
            broken: false,
            unread_audience: false,
            examples: entries.get("examples"),
            environments: Vec::new(),
        };
        written.places.add(Place::Key, key.span());
        self.contents(&entries, &mut written, contexts);
        self.big(&entries, &mut written);
        if let Some(value) = entries.get("protect") {
            written.draft.protect = self.flag("protect", value).unwrap_or_default();
        }
        if let Some(value) = entries.get("moved_from") {
            written.places.add(Place::MovedFrom, value.span());
            let key = self.text("moved_from", value);
            written.draft.moved_from = key.map(str::to_owned);
        }
        if let Some(value) = entries.get("never_wider") {
            written.draft.never_wider = self.flag("never_wider", value).unwrap_or_default();
        }
        if let Some(value) = entries.get("allow") {
            written.allow = self.allow(value);
        }
        written.broken =
            self.errors > errors || self.unreadable.is_partial("segments", key.get_ref());
        written.environments = self.segment_environments(&entries, &written, contexts, listed);
        written.broken |= self.errors > errors || self.guessed;
        Some(written)
    }

    /// Returns whether it is a big segment. The words of LaunchDarkly's JSON were reported as unknown keys, with
    /// what to write.
    fn big(&mut self, entries: &Entries<'_, '_>, written: &mut Written<'_, '_>) {
        written.unread_audience |= entries.incomplete;
        let Some(value) = entries.get("big") else {
            return;
        };
        written.places.add(Place::Big, value.span());
        if let Some(kind) = value.get_ref().as_str() {
            written.draft.big = Some(kind.to_owned());
            return;
        }
        match value.get_ref().as_bool() {
            Some(false) => {
                let message = "`big` is the kind of the contexts that a big segment lists; remove it if the segment has rules";
                self.report(Code::TomlType, value.span(), message);
            }
            _ => {
                let problem = "`big` is the kind of the contexts that a big segment lists";
                self.write(
                    Code::TomlType,
                    value.span(),
                    problem,
                    value.span(),
                    "\"user\"",
                );
                written.unread_audience = true;
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
        written.draft.included = self.audience(entries, Side::Included, contexts, written);
        written.draft.excluded = self.audience(entries, Side::Excluded, contexts, written);
        if let Some(value) = entries.get("rules") {
            written.draft.rules = self.rules(value, contexts, &mut written.places);
            written.unread_audience |= written.draft.rules.is_none();
        }
    }

    /// The parts that are plain words and flags.
    fn words(&mut self, entries: &Entries<'_, '_>, written: &mut Written<'_, '_>) {
        let Written {
            draft,
            places,
            unread_audience,
            ..
        } = written;
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
            let unread = String::from("-");
            let text = self.text("description", value).map(str::to_owned);
            draft.description = Some(text.unwrap_or(unread));
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
            let nobody = self.flag("nobody", value);
            *unread_audience |= nobody.is_none();
            draft.nobody = nobody.unwrap_or_default();
        }
        if let Some(value) = entries.get("unmanaged") {
            places.add(Place::Unmanaged, value.span());
            let names = self.texts("unmanaged", value).into_iter();
            draft.unmanaged = names
                .filter_map(|(_, name)| name.map(str::to_owned))
                .collect();
        }
    }

    /// One of the two lists of contexts.
    fn audience(
        &mut self,
        entries: &Entries<'_, '_>,
        side: Side,
        contexts: &Contexts,
        written: &mut Written<'_, '_>,
    ) -> Option<DraftTargets> {
        let [exactly, at_least] = match side {
            Side::Included => ["included", "included_at_least"],
            Side::Excluded => ["excluded", "excluded_at_least"],
        };
        let (name, value) = match (entries.get(exactly), entries.get(at_least)) {
            (None, None) => return None,
            (Some(value), None) => (exactly, value),
            (None, Some(value)) => (at_least, value),
            (Some(value), Some(other)) => {
                let span = entries.key_span(at_least).unwrap_or(other.span());
                let message = format!(
                    "`{exactly}` contradicts `{at_least}`: the first removes other contexts, the second keeps them; write one of the two"
                );
                self.report(Code::KeyDuplicate, span, message);
                (exactly, value)
            }
        };
        let mut targets = DraftTargets {
            at_least: name == at_least,
            lists: Vec::new(),
        };
        let foreign = self.lists_of_kinds(value);
        let groups = match value.get_ref() {
            DeValue::Array(groups) if is_groups(groups) && foreign.is_none() => &groups[..],
            DeValue::Array(_) | DeValue::String(_) => {
                let keys = self.written(value).into_owned();
                let keys = match foreign {
                    Some(lists) => lists,
                    None if value.get_ref().is_str() => format!("user = [{keys}]"),
                    None => format!("user = {keys}"),
                };
                let problem = format!("`{name}` lists keys by context kind");
                let replacement = format!("{{ {keys} }}");
                self.write(
                    Code::TomlType,
                    value.span(),
                    &problem,
                    value.span(),
                    &replacement,
                );
                written.unread_audience = true;
                return None;
            }
            _ => std::slice::from_ref(value),
        };
        for group in groups {
            let Some(lists) = self.map(name, group) else {
                written.unread_audience = true;
                return None;
            };
            self.group(lists, side, contexts, &mut targets, &mut written.places);
        }
        Some(targets)
    }

    /// Keys by context kind, which have an expiry in common, if they have one.
    fn group(
        &mut self,
        lists: &toml::de::DeTable<'_>,
        side: Side,
        contexts: &Contexts,
        targets: &mut DraftTargets,
        places: &mut Places,
    ) {
        let mut entries = in_order(lists);
        let expiry = entries
            .iter()
            .position(|(key, value)| is_expiry(key.get_ref(), value, contexts));
        let until = expiry.map(|at| entries.remove(at).1);
        let text = until.and_then(|until| self.expiry(until));
        if entries.is_empty()
            && let Some(until) = until
        {
            let message = "`until` is the expiry of the contexts beside it, and there are none; list them by context kind";
            self.report(Code::KeyMissing, until.span(), message);
        }
        for (kind, value) in entries {
            let list = targets.lists.len();
            places.add(side.at(list, None), kind.span());
            if let Some(until) = until {
                places.add(side.until(list), until.span());
            }
            if crate::ContextKind::parse(kind.get_ref().to_string()).is_ok()
                && !contexts.kind_exists(kind.get_ref())
            {
                self.unknown_kind(kind.get_ref(), kind.span(), contexts);
            }
            let mut keys = Vec::new();
            for (element, key) in self.texts(kind.get_ref(), value) {
                places.add(side.at(list, Some(keys.len())), element.span());
                keys.push(key.map_or_else(|| self.written(element).into_owned(), str::to_owned));
            }
            if !value.get_ref().is_array() {
                // Reported above; an empty list would be reported again.
                keys.push(self.written(value).into_owned());
            }
            targets.lists.push(DraftList {
                kind: DraftKind::Name(kind.get_ref().to_string()),
                keys,
                until: text.clone(),
            });
        }
    }

    /// The text of an expiry, which may be a date of TOML; whether it is a date, a check says.
    fn expiry(&mut self, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Datetime(date) => Some(date.to_string()),
            _ => {
                self.wrong_type("`until`", "a date such as \"2027-01-31\"", value);
                None
            }
        }
    }

    pub(super) fn unknown_kind(&mut self, kind: &str, span: Span, contexts: &Contexts) {
        let advice = contexts.kinds(kind, &mut self.advice);
        let message = format!("`{kind}` is not a declared context kind{advice}");
        self.report(Code::KindUnknown, span, message);
    }

    /// The codes of an `allow`; only warnings can be allowed.
    pub(super) fn allow(&mut self, value: &Value<'_>) -> HashSet<Code> {
        let mut allowed = HashSet::new();
        // One name without brackets is said to need them, and meant.
        let alone = value.get_ref().as_str();
        allowed.extend(Code::ALL.iter().find(|code| Some(code.name()) == alone));
        for (element, name) in self.texts("allow", value) {
            let Some(name) = name else { continue };
            let code = Code::ALL.iter().find(|code| code.name() == name);
            match code.map(|code| (code, code.severity())) {
                Some((code, Severity::Warning)) => {
                    allowed.insert(*code);
                }
                Some((_, Severity::Error)) => {
                    let message = format!(
                        "`{name}` is an error, but only warnings can be allowed; fix its cause"
                    );
                    self.report(Code::AllowInvalid, element.span(), message);
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
                    self.report(Code::AllowInvalid, element.span(), message);
                }
            }
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use crate::file::{Beside, read, read_beside};
    use crate::{ContextKeys, Expiry};

    const HEAD: &str =
        "allow = ['style-description']\n[contexts.user]\n[contexts.org]\n[segments.a]\n";

    fn wrong(text: &str) -> Vec<String> {
        let report = read("segments.toml", format!("{HEAD}{text}").as_bytes());
        let found = report.diagnostics().iter();
        found.map(|found| found.message.clone()).collect()
    }

    /// The included users.
    fn users(text: &str) -> ContextKeys {
        let report = read("segments.toml", format!("{HEAD}{text}").as_bytes());
        let file = report
            .into_file()
            .unwrap_or_else(|report| panic!("{report}"));
        let mut lists = file.segments[0].definition.included().lists();
        let users = lists.find(|(kind, _)| kind.as_str() == "user");
        users.map(|(_, keys)| keys.clone()).unwrap_or_default()
    }

    fn expected(keys: &[&str], expiring: &[(&str, &str)]) -> ContextKeys {
        let mut all: ContextKeys = keys.iter().map(|key| (*key).to_owned()).collect();
        for (key, until) in expiring {
            all.insert_until(*key, Expiry::parse(until).unwrap());
        }
        all
    }

    #[test]
    fn lists_are_a_table_or_one_for_each_expiry() {
        for text in [
            "included = [{ user = ['a'] }, { user = ['b'], org = ['o'], until = '2027-01-31' }]",
            "included = [{ user = ['a'] }, { user = ['b'], until = 2027-01-31 }]",
            "included = [{ until = 2027-01-31T01:00:00+01:00, user = ['b'] }, { user = ['a'] }]",
            "[[segments.a.included]]\nuser = ['a']\n[[segments.a.included]]\nuser = ['b']\nuntil = '2027-01-31'",
        ] {
            assert_eq!(
                users(text),
                expected(&["a"], &[("b", "2027-01-31")]),
                "{text}"
            );
        }
        let one = users("included_at_least = { user = ['b'], until = '2027-01-31' }");
        assert_eq!(one, expected(&[], &[("b", "2027-01-31")]));
        assert_eq!(users("included = { user = ['a'] }"), expected(&["a"], &[]));
    }

    #[test]
    fn a_kind_may_be_called_until() {
        let text = "included = { until = ['2027-01-31'], user = ['a'] }\n[contexts.until]";
        assert_eq!(users(text), expected(&["a"], &[]));
    }

    #[test]
    fn what_is_wrong_with_an_expiry_is_said_where_it_stands() {
        for (text, expected) in [
            (
                "included = { user = ['a'], until = 'soon' }",
                "`soon` is not a date; write a date such as `2027-01-31`, or a time such as `2027-01-31T18:00:00Z`",
            ),
            (
                "included = { user = ['a'], until = 2027-01-31T18:00:00 }",
                "`2027-01-31T18:00:00` is not a date; write a date such as `2027-01-31`, or a time such as `2027-01-31T18:00:00Z`",
            ),
            (
                "included = { user = ['a'], until = ['2027-01-31'] }",
                "`until` is a date such as \"2027-01-31\"; this is an array",
            ),
            (
                "included = { until = '2027-01-31' }",
                "`until` is the expiry of the contexts beside it, and there are none; list them by context kind",
            ),
            (
                "included = [{ user = ['a'] }, { user = ['b'] }]",
                "`user` has two lists; write one",
            ),
            (
                "excluded = [{ user = ['a'], until = '2027-01-31' }, { user = ['a'], until = '2027-02-28' }]",
                "`a` is listed until 2027-01-31 and until 2027-02-28; keep one of the two",
            ),
        ] {
            assert_eq!(wrong(text), [expected], "{text}");
        }
    }

    #[test]
    fn a_mistake_of_two_expiries_is_said_once() {
        let unreadable = |text: &str| {
            format!(
                "`{text}` is not a date; write a date such as `2027-01-31`, or a time such as `2027-01-31T18:00:00Z`"
            )
        };
        let text =
            "included = [{ user = ['a'], until = 'soon' }, { user = ['b'], until = 'later' }]";
        assert_eq!(wrong(text), ["soon", "later"].map(unreadable));
        let text = "included = [{ user = ['a'], until = '2027-01-31' }, { user = ['a'], until = '2027-01-31T00:00:00Z' }]";
        assert_eq!(wrong(text), ["`user` has two lists; write one"]);
    }

    #[test]
    fn the_day_counts_where_it_is_said() {
        let text = format!(
            "{HEAD}included = [{{ user = ['a'] }}, {{ user = ['b'], until = '2027-01-31' }}]\n\
             environments.test = {{ excluded = {{ user = ['c'], until = '2027-01-30' }} }}"
        );
        let said = |beside: &Beside| {
            let report = read_beside("segments.toml", text.as_bytes(), beside);
            let found = report.diagnostics().iter();
            let found = found.map(|found| (found.code.name(), found.message.clone()));
            found.collect::<Vec<_>>()
        };
        let day = |text| Expiry::parse(text).unwrap().milliseconds();
        assert_eq!(said(&Beside::default()), []);
        assert_eq!(said(&Beside::default().at(day("2027-01-29"))), []);
        let found = said(&Beside::default().at(day("2027-01-31")));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found.iter().all(|(code, _)| *code == "expiry-passed"),
            "{found:?}"
        );
    }
}
