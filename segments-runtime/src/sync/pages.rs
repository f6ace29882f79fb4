//! Lists in pages, which end.

use std::collections::HashSet;

use super::request_error::RequestError;

/// The most pages that a list has. LaunchDarkly gives out 50 segments a page, so these are 50,000.
const MOST: usize = 1000;

/// The pages of one list, as far as they have been read. Where a list ends, the service says; that
/// it ends does not depend on what the service says.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    read: usize,
    seen: HashSet<String>,
}

impl Pages {
    /// Takes the keys of one page, and how many there are on all pages if the service says so.
    /// Returns whether it is worth asking for another: one that brings nothing new is the last, whatever
    /// the service counts.
    pub(crate) fn take<'a>(
        &mut self,
        keys: impl IntoIterator<Item = &'a str>,
        total: Option<usize>,
    ) -> Result<bool, RequestError> {
        self.read += 1;
        let before = self.seen.len();
        self.seen.extend(keys.into_iter().map(str::to_owned));
        let new = self.seen.len() - before;
        // The first page tells how many there will be.
        let expected = match total {
            Some(total) if self.read == 1 => total.div_ceil(new.max(1)),
            _ => self.read,
        };
        if expected > MOST && new > 0 {
            return Err(RequestError::ResponseTooLarge { status: 200 });
        }
        Ok(new > 0)
    }

    /// How many different keys there were.
    pub(crate) fn seen(&self) -> usize {
        self.seen.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_brings_nothing_new_is_the_last() {
        let mut pages = Pages::default();
        assert_eq!(pages.take(["a", "b"], Some(9)), Ok(true));
        assert_eq!(pages.take(["b", "c"], None), Ok(true));
        assert_eq!(pages.take(["a", "c"], Some(9)), Ok(false));
        assert_eq!(pages.take([], Some(usize::MAX)), Ok(false));
        assert_eq!(pages.seen(), 3);
    }

    #[test]
    fn a_list_has_no_more_pages_than_lists_have() {
        let keys: Vec<String> = (0..=MOST).map(|number| number.to_string()).collect();
        let mut pages = Pages::default();
        let mut taken = keys.iter().map(|key| pages.take([key.as_str()], None));
        assert!(taken.by_ref().take(MOST).all(|page| page == Ok(true)));
        assert!(taken.next().unwrap().is_err());
        for (total, step, is_read) in [
            (0, 1, true),
            (50_000, 50, true),
            (50_001, 50, false),
            (20_201, 1, false),
            (usize::MAX, 50, false),
        ] {
            let first = keys[..step].iter().map(String::as_str);
            let first = Pages::default().take(first, Some(total));
            assert_eq!(first.is_ok(), is_read, "{total}");
        }
    }
}
