//! Reading the lists of contexts of a segment, with their expiries.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::context::Contexts;
use super::places::Places;
use super::reader::{Entries, Reader, Value, in_order};
use super::shape::{self, Table, UNTIL};
use super::span::Span;
use super::written::Written;
use crate::Side;
use crate::diagnostic::{Diagnostic, Suggestion};
use crate::draft::{DraftKind, DraftList, DraftTargets};
use crate::{Code, Expiry, Place, foreign};

/// Returns whether an array holds groups of keys, not keys.
fn is_groups(array: &[Value<'_>]) -> bool {
    let mut array = array.iter();
    array.len() > 0 && array.all(|group| group.get_ref().is_table())
}

/// Returns whether an array says that there are none.
pub(super) fn is_empty(value: &Value<'_>) -> bool {
    value.get_ref().as_array().is_some_and(|all| all.is_empty())
}

/// The entries of a group: a context kind and its keys.
type Kinds<'t, 'i> = Vec<(&'t Spanned<Cow<'i, str>>, &'t Value<'i>)>;

impl Reader<'_> {
    /// One of the two lists of contexts.
    pub(super) fn targets(
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
                self.report(Code::KEY_DUPLICATE, span, message);
                (exactly, value)
            }
        };
        let mut targets = DraftTargets {
            at_least: name == at_least,
            lists: Vec::new(),
        };
        let Some(groups) = self.groups(name, value) else {
            written.source.places.mark_unread(Place::Segment);
            return None;
        };
        for group in groups {
            let Some(lists) = self.map(name, group) else {
                written.source.places.mark_unread(Place::Segment);
                return None;
            };
            let is_inline = self.written(group).starts_with('{');
            self.group(
                lists,
                is_inline,
                side,
                contexts,
                &mut targets,
                &mut written.source.places,
            );
        }
        Some(targets)
    }

    /// The groups of a list; a table alone is one.
    fn groups<'t, 'i>(&mut self, name: &str, value: &'t Value<'i>) -> Option<&'t [Value<'i>]> {
        let foreign = self.lists_of_kinds(value);
        let keys = match value.get_ref() {
            DeValue::Array(groups) if is_groups(groups) && foreign.is_none() => {
                return Some(&groups[..]);
            }
            DeValue::Array(keys)
                if foreign.is_none() && !keys.iter().all(|key| key.get_ref().is_str()) =>
            {
                let message = format!(
                    "`{name}` lists keys by context kind; write `{{ user = [\"user-1\"] }}`, with the keys of the contexts"
                );
                self.report(Code::TOML_TYPE, value.span(), message);
                return None;
            }
            DeValue::Array(_) | DeValue::String(_) => self.written(value).into_owned(),
            _ => return Some(std::slice::from_ref(value)),
        };
        let keys = match foreign {
            Some(lists) => lists,
            None if value.get_ref().is_str() => format!("user = [{keys}]"),
            None => format!("user = {keys}"),
        };
        let problem = format!("`{name}` lists keys by context kind");
        let replacement = format!("{{ {keys} }}");
        self.write(
            Code::TOML_TYPE,
            value.span(),
            &problem,
            value.span(),
            &replacement,
        );
        None
    }

    /// Keys by context kind, which have an expiry in common, if they have one.
    fn group(
        &mut self,
        lists: &DeTable<'_>,
        is_inline: bool,
        side: Side,
        contexts: &Contexts,
        targets: &mut DraftTargets,
        places: &mut Places,
    ) {
        let mut kinds = in_order(lists);
        let until = self.until(&mut kinds, contexts);
        let text = until.and_then(|until| self.expiry(until));
        if let (Some(until), true) = (until, kinds.is_empty()) {
            let date = self.written(until);
            let message = format!(
                "`until` is the expiry of the contexts beside it, and there are none; write `user = [\"user-1\"], until = {date}`, with their keys"
            );
            self.report(Code::KEY_MISSING, until.span(), message);
        }
        for (kind, value) in kinds {
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
            if !self.keys_in_tables(kind.get_ref(), value, is_inline && until.is_none()) {
                for (element, key) in self.texts(kind.get_ref(), value) {
                    if let Some(key) = key {
                        places.add(side.at(list, Some(keys.len())), element.span());
                        keys.push(key.to_owned());
                    }
                }
            }
            if keys.is_empty() && !is_empty(value) {
                places.mark_unread(side.at(list, None));
            }
            targets.lists.push(DraftList {
                kind: DraftKind::Name(kind.get_ref().to_string()),
                keys,
                until: text.clone(),
            });
        }
    }

    /// Takes the expiry out of a group: `until`, or what somebody wrote in its place, which is reported.
    fn until<'t, 'i>(
        &mut self,
        kinds: &mut Kinds<'t, 'i>,
        contexts: &Contexts,
    ) -> Option<&'t Value<'i>> {
        let is_kind = |key: &str, value: &Value<'_>| {
            value.get_ref().is_array() && (key != UNTIL || contexts.kind_exists(key))
        };
        let mut until = None;
        let mut others = Vec::new();
        kinds.retain(|(key, value)| {
            let name: &str = key.get_ref();
            if is_kind(name, value) || name != UNTIL && contexts.kind_exists(name) {
                return true;
            }
            if name == UNTIL {
                until = Some(*value);
                return false;
            }
            let is_another = is_expiry(name, value);
            if is_another {
                others.push((*key, *value));
            }
            !is_another
        });
        for (key, value) in others {
            let (span, name) = (key.span(), key.get_ref());
            let problem = format!("`{name}` is not a key of {}", shape::LIST.what);
            let why = if foreign::is_beginning(name) {
                ": contexts are listed as soon as this is applied"
            } else if until.is_none() {
                self.write(Code::KEY_UNKNOWN, span.clone(), &problem, span, UNTIL);
                until = Some(value);
                continue;
            } else {
                ", and `until` says the expiry"
            };
            let edit = self.removal(span.start..value.span().end);
            let message = format!("{problem}{why}; remove `{name}`");
            let found = Diagnostic::new(Code::KEY_UNKNOWN, span, message);
            self.push(found.suggest(Suggestion { edits: vec![edit] }));
        }
        until
    }

    /// `[{ key = "a", until = "2027-01-31" }]` and `{ keys = ["a"] }` where keys belong. Returns whether it was one
    /// of them, and was reported.
    fn keys_in_tables(&mut self, kind: &str, value: &Value<'_>, takes_expiry: bool) -> bool {
        let tables = match value.get_ref() {
            DeValue::Array(tables) if is_groups(tables) => &tables[..],
            DeValue::Table(_) => std::slice::from_ref(value),
            _ => return false,
        };
        let mut keys = Vec::new();
        let mut expiries = Vec::new();
        for table in tables.iter().filter_map(|table| table.get_ref().as_table()) {
            for (key, value) in in_order(table) {
                let written = self.written(value).into_owned();
                match value.get_ref() {
                    DeValue::String(_) if key.get_ref() == "key" => keys.push(written),
                    DeValue::Array(array) if array.iter().all(|key| key.get_ref().is_str()) => {
                        keys.extend(array.iter().map(|key| self.written(key).into_owned()));
                    }
                    _ if key.get_ref() == UNTIL || is_expiry(key.get_ref(), value) => {
                        expiries.push(written);
                    }
                    _ => {}
                }
            }
        }
        if keys.is_empty() {
            return false;
        }
        let problem = format!("`{kind}` lists keys, which are strings");
        let list = format!("[{}]", keys.join(", "));
        let all = expiries.len() == tables.len();
        expiries.dedup();
        match (&expiries[..], takes_expiry) {
            ([], _) => self.write(Code::TOML_TYPE, value.span(), &problem, value.span(), &list),
            ([until], true) if all => {
                let list = format!("{list}, {UNTIL} = {until}");
                self.write(Code::TOML_TYPE, value.span(), &problem, value.span(), &list);
            }
            ([until, ..], _) => {
                let first = &keys[0];
                let message = format!(
                    "{problem}; write one group for each expiry, as in `[{{ {kind} = [{first}], {UNTIL} = {until} }}]`"
                );
                self.report(Code::TOML_TYPE, value.span(), message);
            }
        }
        true
    }

    /// Reports an expiry beside no list. Returns whether it was one.
    pub(super) fn expiry_elsewhere(
        &mut self,
        name: &str,
        problem: &str,
        span: &Span,
        value: &Value<'_>,
        of: &'static Table,
    ) -> bool {
        let holds_lists = [&shape::SEGMENT, &shape::RULE];
        if !holds_lists.iter().any(|table| std::ptr::eq(of, *table))
            || shape::LIST.key(name).or(shape::LIST.alias(name)).is_none()
        {
            return false;
        }
        let date = match value.get_ref() {
            DeValue::Table(_) => Cow::Borrowed("\"2027-01-31\""),
            _ => self.written(value),
        };
        let message = format!(
            "{problem}: only listed contexts expire; write it beside them, as in `included = {{ user = [\"user-1\"], {UNTIL} = {date} }}`"
        );
        self.report(Code::KEY_UNKNOWN, span.clone(), message);
        true
    }

    /// The text of an expiry, which may be a date of TOML; whether it is a date, a check says.
    fn expiry(&mut self, value: &Value<'_>) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Datetime(date) => Some(date.to_string()),
            DeValue::Integer(number)
                if let Some(expiry) =
                    number.as_str().parse().ok().and_then(Expiry::from_number) =>
            {
                let date = format!("\"{expiry}\"");
                self.write(
                    Code::TOML_TYPE,
                    value.span(),
                    "`until` is a date",
                    value.span(),
                    &date,
                );
                None
            }
            _ => {
                self.wrong_type("`until`", "a date such as \"2027-01-31\"", value);
                None
            }
        }
    }
}

/// Returns whether a key that is no context kind is somebody's word for the expiry.
fn is_expiry(key: &str, value: &Value<'_>) -> bool {
    let is_date = match value.get_ref() {
        DeValue::String(text) => Expiry::parse(text).is_ok(),
        DeValue::Datetime(_) => true,
        _ => false,
    };
    is_date || foreign::is_expiry(key)
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
                "`2027-01-31T18:00:00` is not a date in RFC 3339; write `2027-01-31T18:00:00Z`",
            ),
            (
                "included = { user = ['a'], until = ['2027-01-31'] }",
                "`until` is a date such as \"2027-01-31\"; this is an array",
            ),
            (
                "included = { until = '2027-01-31' }",
                "`until` is the expiry of the contexts beside it, and there are none; write `user = [\"user-1\"], until = '2027-01-31'`, with their keys",
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
