//! Lists that come in pages.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::bounds::{MOST_ITEMS, TooMuch};

/// One page of a list. The link `next` is not reliable; use the total count.
///
/// Example: [`wire`](super).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The items of this page.
    #[serde(deserialize_with = "items", bound(deserialize = "T: Deserialize<'de>"))]
    pub items: Vec<T>,
    /// Other pages.
    #[serde(rename = "_links", default)]
    pub links: BTreeMap<String, Link>,
    /// The number of items on all pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_count: Option<usize>,
}

impl<T> Page<T> {
    /// Returns whether another page follows: `offset` items came before this page, and up to `limit` were
    /// requested. Without a count, a page that is not full and has no link to the next one is the last.
    #[must_use]
    pub fn has_next(&self, offset: usize, limit: usize) -> bool {
        let read = offset.saturating_add(self.items.len());
        match self.total_count {
            Some(count) => read < count,
            None => self.items.len() >= limit || self.links.contains_key("next"),
        }
    }

    /// Converts the items of the page.
    ///
    /// ```
    /// use segments_model::wire::Page;
    ///
    /// let page: Page<i32> = serde_json::from_str(r#"{"items": [1, 2], "totalCount": 5}"#).unwrap();
    /// let page = page.map(|item| item.to_string());
    /// assert_eq!((&page.items[..], page.total_count), (&["1".to_owned(), "2".to_owned()][..], Some(5)));
    /// ```
    pub fn map<U>(self, item: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(item).collect(),
            links: self.links,
            total_count: self.total_count,
        }
    }
}

/// A link to a resource; the address is relative to the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The address.
    pub href: String,
    /// The media type of the resource.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// Reads a list item by item, and no further than lists are long.
fn items<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct Items<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = list.next_element()? {
                if items.len() == MOST_ITEMS {
                    return Err(A::Error::custom(TooMuch));
                }
                items.push(item);
            }
            Ok(items)
        }
    }

    deserializer.deserialize_seq(Items(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_whether_another_follows() {
        let page = |json: &str| serde_json::from_str::<Page<u8>>(json).unwrap();
        let next = r#"{"items": [1], "_links": {"next": {"href": "/x"}}}"#;
        assert!(page(next).has_next(0, 2));
        assert!(page(r#"{"items": [1, 2]}"#).has_next(0, 2));
        assert!(!page(r#"{"items": [1]}"#).has_next(2, 2));
        assert!(page(r#"{"items": [1], "totalCount": 4}"#).has_next(2, 2));
        assert!(!page(r#"{"items": [1, 2], "totalCount": 4}"#).has_next(2, 2));
    }

    #[test]
    fn a_list_is_read_no_further_than_lists_are_long() {
        let page = |items: usize| format!(r#"{{"items":[{}]}}"#, vec!["1"; items].join(","));
        let read = |items| serde_json::from_str::<Page<u8>>(&page(items));
        assert_eq!(read(MOST_ITEMS).unwrap().items.len(), MOST_ITEMS);
        let error = read(MOST_ITEMS + 1).unwrap_err().to_string();
        assert!(error.starts_with(&TooMuch.to_string()), "{error}");
    }
}
