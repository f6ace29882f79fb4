//! Lists that are put together at compile time.

/// Returns the number of elements of all lists.
pub(crate) const fn length<T>(lists: &[&[T]]) -> usize {
    let mut length = 0;
    let mut at = 0;
    while at < lists.len() {
        length += lists[at].len();
        at += 1;
    }
    length
}

/// Returns the elements of all lists in one, of which some has an element.
pub(crate) const fn concat<T: Copy, const LENGTH: usize>(lists: &[&[T]]) -> [T; LENGTH] {
    let mut list = 0;
    while lists[list].is_empty() {
        list += 1;
    }
    let mut all = [lists[list][0]; LENGTH];
    let mut filled = 0;
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            all[filled] = lists[list][at];
            filled += 1;
            at += 1;
        }
        list += 1;
    }
    all
}
