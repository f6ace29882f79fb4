//! The lists of projects, environments, flags and AI Configs: filtering, sorting and paging. Their
//! filters have the form `query:text,tags:a+b` (API documentation, *getProjects*,
//! *getEnvironmentsByProject*, *getFeatureFlags*, *getAIConfigs*).

use serde_json::Value as Json;
use std::cmp::Ordering;

use segments_model::wire::Page;

use crate::api::paging::Paging;
use crate::message::{ApiError, Request};
use crate::state::{Environment, Project, Targeting};

/// The items of a list.
pub(crate) trait Listed {
    fn key(&self) -> &str;
    fn name(&self) -> &str;
    fn tags(&self) -> &[String];
    /// When it was made, in milliseconds since 1970, where that is known.
    fn created(&self) -> i64;
}

/// Items on a page when the request does not say, and at most.
const PAGE: (usize, usize) = (20, 1000);

/// The parameters of a list.
pub(crate) struct Listing<'a> {
    paging: Paging<'a>,
    conditions: Vec<Condition<'a>>,
    /// A field, and whether the order is turned around.
    order: Vec<(Field, bool)>,
}

enum Condition<'a> {
    /// The key or the name contains this, whatever the case.
    Query(String),
    /// It has all of these tags.
    Tags(Vec<&'a str>),
    /// It has one of these keys.
    Keys(Vec<&'a str>),
}

#[derive(Clone, Copy)]
enum Field {
    Key,
    Name,
    Created,
}

impl<'a> Listing<'a> {
    /// Reads `filter`, `tag`, `sort`, `limit` and `offset`.
    pub(crate) fn of(request: &'a Request) -> Result<Self, ApiError> {
        let filter = request.parameter("filter").unwrap_or_default();
        let mut conditions = filter
            .split(',')
            .filter(|part| !part.is_empty())
            .map(Condition::read)
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(tag) = request.parameter("tag") {
            conditions.push(Condition::Tags(vec![tag]));
        }
        let sort = request.parameter("sort").unwrap_or_default();
        Ok(Self {
            paging: Paging::of(request, PAGE.0, PAGE.1)?,
            conditions,
            order: sort
                .split(',')
                .filter(|field| !field.is_empty())
                .map(Field::read)
                .collect::<Result<_, _>>()?,
        })
    }

    /// The page of what there is.
    pub(crate) fn page<T: Listed, B>(
        &self,
        all: impl Iterator<Item = T>,
        show: impl FnMut(&T) -> B,
    ) -> Page<B> {
        let mut found: Vec<T> = all
            .filter(|item| self.conditions.iter().all(|it| it.holds(item)))
            .collect();
        found.sort_by(|left, right| self.compare(left, right));
        self.paging.page(&found, show)
    }

    fn compare<T: Listed>(&self, left: &T, right: &T) -> Ordering {
        let by_field = |(field, descending): &(Field, bool)| {
            let order = match field {
                Field::Key => left.key().cmp(right.key()),
                Field::Name => left.name().cmp(right.name()),
                Field::Created => left.created().cmp(&right.created()),
            };
            if *descending { order.reverse() } else { order }
        };
        let mut orders = self.order.iter().map(by_field);
        orders
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl<'a> Condition<'a> {
    fn read(part: &'a str) -> Result<Self, ApiError> {
        let (field, value) = part.split_once(':').unwrap_or((part, ""));
        match field {
            "query" => Ok(Condition::Query(value.to_lowercase())),
            "tags" => Ok(Condition::Tags(value.split('+').collect())),
            "keys" => Ok(Condition::Keys(value.split('|').collect())),
            _ => Err(ApiError::invalid(format!(
                "invalid filter: this emulator knows `query`, `tags` and `keys`, and not `{field}`"
            ))),
        }
    }

    fn holds(&self, item: &impl Listed) -> bool {
        match self {
            Condition::Query(text) => {
                let contains = |it: &str| it.to_lowercase().contains(text);
                contains(item.key()) || contains(item.name())
            }
            Condition::Tags(tags) => {
                let has = |tag: &&str| item.tags().iter().any(|it| it.eq_ignore_ascii_case(tag));
                tags.iter().all(has)
            }
            Condition::Keys(keys) => keys.contains(&item.key()),
        }
    }
}

impl Field {
    fn read(field: &str) -> Result<(Self, bool), ApiError> {
        let (name, descending) = match field.strip_prefix('-') {
            Some(name) => (name, true),
            None => (field, false),
        };
        let field = match name {
            "key" => Field::Key,
            "name" => Field::Name,
            "createdOn" | "creationDate" | "createdAt" => Field::Created,
            _ => return Err(ApiError::invalid(format!("invalid sort field: `{name}`"))),
        };
        Ok((field, descending))
    }
}

impl Listed for (&String, &Project) {
    fn key(&self) -> &str {
        self.0
    }

    fn name(&self) -> &str {
        &self.1.name
    }

    fn tags(&self) -> &[String] {
        &self.1.tags
    }

    fn created(&self) -> i64 {
        // The service shows no such date, so that none is kept.
        0
    }
}

impl Listed for (&String, &Environment) {
    fn key(&self) -> &str {
        self.0
    }

    fn name(&self) -> &str {
        &self.1.name
    }

    fn tags(&self) -> &[String] {
        &[]
    }

    fn created(&self) -> i64 {
        0
    }
}

impl Listed for (&String, &Targeting) {
    fn key(&self) -> &str {
        self.0
    }

    fn name(&self) -> &str {
        &self.1.name
    }

    fn tags(&self) -> &[String] {
        &self.1.tags
    }

    fn created(&self) -> i64 {
        self.1.created
    }
}

/// An AI tool, with all its versions. It has no name besides its key.
impl Listed for (&String, &Vec<Json>) {
    fn key(&self) -> &str {
        self.0
    }

    fn name(&self) -> &str {
        self.0
    }

    fn tags(&self) -> &[String] {
        &[]
    }

    fn created(&self) -> i64 {
        let first = self.1.first().and_then(|tool| tool["createdAt"].as_i64());
        first.unwrap_or_default()
    }
}
