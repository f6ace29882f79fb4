//! Reading segments: one, or a page of many.

use std::borrow::Cow;
use std::cmp::Ordering;

use segments_model::wire::{FlagReference, Segment};

use super::filter::{self, Condition};
use super::represent::{represent, show};
use crate::api::call::{Answer, Call};
use crate::api::filter::Filter;
use crate::api::paging::Paging;
use crate::api::version;
use crate::message::{ApiError, Response};
use crate::state::{State, StoredSegment};

/// Segments on a page when the request does not say (API documentation, *getSegments*).
const DEFAULT_LIMIT: usize = 20;

/// `GET /segments/{project}/{environment}/{key}`: the segment and the flags that target it.
pub(crate) fn get(call: &mut Call<'_>, [project, environment, key]: [&str; 3]) -> Answer {
    let stored = call.service.state.segment(project, environment, key)?;
    let found = call.service.state.environment(project, environment)?;
    let mut shown = show(project, environment, found, stored);
    let flags = call.service.state.project(project)?;
    let flags = flags.flags_asking(environment, key);
    shown.segment.flags = Some(
        flags
            .map(|(key, name)| FlagReference {
                key: key.to_owned(),
                name: name.to_owned(),
            })
            .collect(),
    );
    Ok(Response::ok(&shown))
}

/// `GET /segments/{project}/{environment}`: a page of segments, complete with rules and targets.
pub(crate) fn list(call: &mut Call<'_>, [project, environment]: [&str; 2]) -> Answer {
    let here = call.service.state.environment(project, environment)?;
    let segments = if call.stale {
        here.before_last_change()
    } else {
        Cow::Borrowed(&here.segments)
    };
    let page_limit = call.service.behavior.page_limit;
    let paging = if version::lists_in_pages(call.request) {
        Paging::of(call.request, DEFAULT_LIMIT, page_limit)?
    } else {
        Paging::of(call.request, usize::MAX, usize::MAX)?
    };
    let filter = call
        .request
        .parameter("filter")
        .map(filter::parse)
        .transpose()?;
    let order = Order::parse(call.request.parameter("sort").unwrap_or_default())?;

    let mut found: Vec<&StoredSegment> = segments
        .values()
        .filter(|stored| {
            let accepts = |filter: &Filter<_>| filter.accepts(&|it: &Condition| it.holds(stored));
            filter.as_ref().is_none_or(accepts)
        })
        .collect();
    if order.0.is_empty() {
        found.sort_unstable_by_key(|stored| std::cmp::Reverse(stored.serial));
    } else {
        found.sort_by(|left, right| order.compare(left, right));
    }

    let mut page = paging.page(&found, |stored| show(project, environment, here, stored));
    if !call.service.behavior.next_links {
        page.links.remove("next");
    }
    Ok(Response::ok(&page))
}

/// Every segment of an environment, newest first.
pub(crate) fn all(state: &State, project: &str, environment: &str) -> Vec<Segment> {
    let Ok(found) = state.environment(project, environment) else {
        return Vec::new();
    };
    let mut segments: Vec<&StoredSegment> = found.segments.values().collect();
    segments.sort_by_key(|stored| std::cmp::Reverse(stored.serial));
    segments
        .into_iter()
        .map(|stored| represent(project, environment, stored))
        .collect()
}

/// The order of a list: fields, each ascending or descending, then the newest first.
struct Order(Vec<(Field, bool)>);

enum Field {
    CreationDate,
    LastModified,
    Name,
}

impl Order {
    fn parse(sort: &str) -> Result<Self, ApiError> {
        sort.split(',')
            .filter(|field| !field.is_empty())
            .map(|field| {
                let (name, descending) = match field.strip_prefix('-') {
                    Some(name) => (name, true),
                    None => (field, false),
                };
                let field = match name {
                    "creationDate" => Field::CreationDate,
                    "lastModified" => Field::LastModified,
                    "name" => Field::Name,
                    _ => return Err(ApiError::invalid(format!("invalid sort field: `{name}`"))),
                };
                Ok((field, descending))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn compare(&self, left: &StoredSegment, right: &StoredSegment) -> Ordering {
        let by_field = self.0.iter().map(|(field, descending)| {
            let (left, right) = (&left.segment, &right.segment);
            let order = match field {
                Field::CreationDate => left.creation_date.cmp(&right.creation_date),
                Field::LastModified => left.last_modified_date.cmp(&right.last_modified_date),
                Field::Name => left.name.cmp(&right.name),
            };
            if *descending { order.reverse() } else { order }
        });
        by_field
            .into_iter()
            .find(|order| order.is_ne())
            .unwrap_or_else(|| right.serial.cmp(&left.serial))
    }
}
