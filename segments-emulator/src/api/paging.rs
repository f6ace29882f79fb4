//! Lists in pages.

use std::collections::BTreeMap;

use segments_model::wire::{Link, Page};

use crate::message::{ApiError, Request, link};

/// Reads `limit`, which is cut down to the most that a page has.
pub(crate) fn limit(request: &Request, default: usize, most: usize) -> Result<usize, ApiError> {
    Ok(number(request, "limit")?.unwrap_or(default).min(most))
}

fn number(request: &Request, name: &str) -> Result<Option<usize>, ApiError> {
    let text = request.parameter(name);
    let number = text.map(|text| {
        text.parse().map_err(|_| {
            ApiError::invalid(format!("invalid {name}: `{text}` is not a whole number"))
        })
    });
    number.transpose()
}

/// Which part of a list a request asks for.
pub(crate) struct Paging<'a> {
    request: &'a Request,
    limit: usize,
    offset: usize,
}

impl<'a> Paging<'a> {
    /// Reads `limit` and `offset`. A `limit` beyond the most that a page has is cut down to it.
    pub(crate) fn of(request: &'a Request, default: usize, most: usize) -> Result<Self, ApiError> {
        Ok(Self {
            request,
            limit: limit(request, default, most)?,
            offset: number(request, "offset")?.unwrap_or(0),
        })
    }

    /// The page, with links to those around it.
    pub(crate) fn page<A, B>(&self, all: &[A], show: impl FnMut(&A) -> B) -> Page<B> {
        let items = all.iter().skip(self.offset).take(self.limit);
        Page {
            items: items.map(show).collect(),
            links: self.links(all.len()),
            total_count: Some(all.len()),
        }
    }

    fn links(&self, total: usize) -> BTreeMap<String, Link> {
        let mut links = BTreeMap::new();
        let mut add = |name: &str, offset| links.insert(name.to_owned(), link(self.href(offset)));
        add("self", self.offset);
        if self.limit == 0 {
            return links;
        }
        if self.offset > 0 {
            add("first", 0);
            add("prev", self.offset.saturating_sub(self.limit));
        }
        if self.offset.saturating_add(self.limit) < total {
            add("next", self.offset + self.limit);
            add("last", (total - 1) / self.limit * self.limit);
        }
        links
    }

    /// The address of a page: what was asked, with another offset.
    fn href(&self, offset: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.request.query {
            if name != "limit" && name != "offset" {
                query.append_pair(name, value);
            }
        }
        query.append_pair("limit", &self.limit.to_string());
        if offset > 0 {
            query.append_pair("offset", &offset.to_string());
        }
        format!("{}?{}", self.request.path, query.finish())
    }
}
