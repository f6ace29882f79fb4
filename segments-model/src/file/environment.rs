//! Differences of segments, AI Configs and flags by environment.

use std::collections::{BTreeSet, HashSet};

use super::context::Contexts;
use super::reader::{Entries, Reader, Value, in_order};
use super::shape;
use super::span::Span;
use super::written::Written;
use crate::check::misspelt_environment;
use crate::source::Source;
use crate::{Code, Draft, EnvironmentKey, Place};

/// The environments that a file lists, if it does.
pub(super) type Listed = Option<BTreeSet<EnvironmentKey>>;

impl Reader<'_> {
    /// The list of all environments.
    pub(super) fn environment_list(&mut self, value: &Value<'_>) -> Vec<EnvironmentKey> {
        let mut listed = Vec::new();
        for (element, key) in self.texts("environments", value) {
            match key.map(EnvironmentKey::parse) {
                Some(Ok(key)) => {
                    listed.push(key);
                }
                Some(Err(error)) => {
                    self.report(Code::KEY_INVALID, element.span(), error.to_string());
                }
                None => {}
            }
        }
        listed
    }

    /// What one segment is in the environments that have something of their own.
    pub(super) fn segment_environments<'t, 'i>(
        &mut self,
        entries: &Entries<'t, 'i>,
        all: &Written<'t, 'i>,
        contexts: &Contexts,
        listed: &Listed,
    ) -> Vec<(EnvironmentKey, Written<'t, 'i>)> {
        let read = |reader: &mut Self, span: Span, entries: &Entries<'t, 'i>| {
            let errors = reader.errors;
            let draft = Draft {
                key: all.source.draft.key.clone(),
                ..Draft::default()
            };
            let mut there = Written {
                source: Source::new(draft, span),
                examples: None,
                environments: Vec::new(),
            };
            reader.contents(entries, &mut there, contexts);
            reader.absence(entries, &mut there);
            there.source.inherit(&all.source);
            reader.own_percent(entries, &mut there.source);
            there.source.complete &= reader.errors == errors;
            there
        };
        self.environments(entries, &shape::ENVIRONMENT, listed, read)
    }

    /// Whether the segment does not exist in an environment, so that nobody is in it.
    fn absence(&mut self, entries: &Entries<'_, '_>, there: &mut Written<'_, '_>) {
        let Some(value) = entries.get("absent") else {
            return;
        };
        let Source { draft, places, .. } = &mut there.source;
        places.add(Place::Nobody, value.span());
        if self.flag("absent", value) == Some(true) {
            draft.absent = true;
            draft.nobody = true;
        }
    }

    /// The percentage of the one rule that has one.
    fn own_percent(&mut self, entries: &Entries<'_, '_>, there: &mut Source<Draft, Span>) {
        let Some(value) = entries.get("percent") else {
            return;
        };
        match there.draft.only_percentage() {
            Ok((rule, percent)) => {
                if let Some(own) = self.float("percent", value) {
                    *percent = own;
                    there.places.add(Place::Percent(rule), value.span());
                }
            }
            Err((code, message)) => self.report(code, value.span(), message),
        }
    }

    /// The tables of the environments that have something of their own, each read with the place of
    /// its key.
    pub(super) fn environments<'t, 'i, T>(
        &mut self,
        entries: &Entries<'t, 'i>,
        own: &'static shape::Table,
        listed: &Listed,
        read: impl Fn(&mut Self, Span, &Entries<'t, 'i>) -> T,
    ) -> Vec<(EnvironmentKey, T)> {
        let Some(tables) = entries
            .get("environments")
            .and_then(|value| self.map("environments", value))
        else {
            return Vec::new();
        };
        let mut environments = Vec::new();
        for (name, value) in in_order(tables) {
            let key = match EnvironmentKey::parse(name.get_ref().to_string()) {
                Ok(key) => key,
                Err(error) => {
                    self.report(Code::KEY_INVALID, name.span(), error.to_string());
                    continue;
                }
            };
            if let Some(listed) = listed
                && !listed.contains(&key)
            {
                let names = listed.iter().map(EnvironmentKey::as_str);
                let advice = self.advice.or_list(key.as_str(), names);
                let message = format!("`{key}` is not one of the file's environments{advice}");
                self.report(Code::KEY_UNKNOWN, name.span(), message);
            } else if listed.is_none()
                && let Some(message) = misspelt_environment(key.as_str())
            {
                self.report(Code::ENVIRONMENT_MISSPELT, name.span(), message);
            }
            let Some(entries) = self.entries(name.get_ref(), value, own) else {
                continue;
            };
            environments.push((key, read(self, name.span(), &entries)));
        }
        // Where the file lists environments, whoever names one forgets none.
        let named: HashSet<&EnvironmentKey> = environments.iter().map(|(key, _)| key).collect();
        let forgotten = listed.iter().flatten().filter(|key| !named.contains(key));
        let forgotten: Vec<String> = forgotten.map(|key| format!("`{key}`")).collect();
        if !forgotten.is_empty()
            && let Some(span) = entries.key_span("environments")
        {
            let message = format!(
                "missing environments: {}; add a table for each (an empty table inherits the base)",
                forgotten.join(" and ")
            );
            self.report(Code::KEY_MISSING, span, message);
        }
        environments
    }
}

#[cfg(test)]
mod tests {
    use crate::file::read;
    use crate::{EnvironmentKey, Targets};

    const HEAD: &str = "allow = ['style-description']\n[contexts.user.attributes]\nplan = 'string'\nage = 'number'\n";

    fn wrong(text: &str) -> Vec<(usize, String)> {
        let report = read("segments.toml", text.as_bytes());
        let found = report.diagnostics().iter();
        let found = found.map(|found| {
            let line = report.source().location(found.span.start).line;
            (line, found.message.clone())
        });
        found.collect()
    }

    #[test]
    fn what_is_not_written_for_an_environment_is_as_elsewhere() {
        let text = format!(
            "{HEAD}[segments.a]\ndescription = 'Somebody'\ntags = ['t']\nincluded = {{ user = ['u-1'] }}\n\
             rules = [{{ clauses = [{{ attribute = 'plan', op = 'in', values = ['pro'] }}] }}]\n\
             environments.staging = {{ included = {{ user = ['u-2'] }} }}\n\
             environments.test = {{ nobody = true, name = 'Nobody here' }}\n"
        );
        assert_eq!(wrong(&text), []);
        let file = read("segments.toml", text.as_bytes()).into_file().unwrap();
        let definition = &file.segments[0].definition;
        let there = |key| definition.in_environment(&EnvironmentKey::from_static(key));
        assert_eq!(&*there("production"), definition);
        let staging = there("staging");
        assert_eq!(
            (&staging.name, &staging.tags),
            (&definition.name, &definition.tags)
        );
        assert_eq!(staging.rules(), definition.rules());
        let keys = |targets: &Targets| targets.lists().next().unwrap().1.first().cloned();
        assert_eq!(keys(staging.included()).as_deref(), Some("u-2"));
        let test = there("test");
        assert_eq!(test.name, "Nobody here");
        assert!(test.rules().is_empty() && test.included().is_empty());
        assert_eq!(test.description, definition.description);
    }

    #[test]
    fn the_environments_of_a_list_are_all_named_and_no_others() {
        let text = format!(
            "environments = ['staging', 'production']\n{HEAD}[segments.a]\nnobody = true\n\
             environments.stagin = {{ name = 'A' }}\n"
        );
        assert_eq!(
            wrong(&text),
            [
                (8, "missing environments: `production` and `staging`; add a table for each (an empty table inherits the base)".to_owned()),
                (8, "`stagin` is not one of the file's environments; did you mean `staging`?".to_owned()),
            ]
        );
    }

    #[test]
    fn mistakes_are_found_in_every_environment_and_said_once() {
        let text = format!(
            "{HEAD}[segments.a]\nincluded = {{ user = ['u-1'] }}\n\
             rules = [{{ clauses = [{{ attribute = 'age', op = 'startsWith', values = ['x'] }}] }}]\n\
             environments.staging = {{ excluded = {{ user = ['u-1'] }} }}\n\
             environments.test = {{ rules = [{{ clauses = [{{ op = 'segmentMatch', values = ['b'] }}] }}], big = 'user' }}\n"
        );
        let lines: Vec<usize> = wrong(&text).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [7, 8, 9, 9], "{:#?}", wrong(&text));
    }
}
