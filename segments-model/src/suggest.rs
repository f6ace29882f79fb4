//! Suggestions for names that do not exist.

/// The longest name, in bytes, that suggestions are made for.
const LONGEST: usize = 512;

/// Returns the most similar candidate: the one with the fewest edits, if those are few for the length of
/// the name.
///
/// ```
/// use segments_model::did_you_mean;
///
/// assert_eq!(did_you_mean("greatrThan", ["greaterThan", "lessThan"]), Some("greaterThan"));
/// assert_eq!(did_you_mean("equals", ["in", "contains"]), None);
/// ```
pub fn did_you_mean<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Nobody means a name by a text of this length, and comparing takes the product of the lengths.
    if wrong.len() > LONGEST {
        return None;
    }
    let folded = fold(wrong);
    let length = wrong.chars().count();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .filter_map(|candidate| {
            let most = length.max(candidate.chars().count()) / 3;
            let other = fold(candidate);
            // Each letter more or less is an edit.
            if folded.len().abs_diff(other.len()) > most {
                return None;
            }
            let edits = edits(&folded, &other);
            (edits <= most).then_some((edits, candidate))
        })
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Returns the ending of a message about an unknown name: a suggestion if one is close, else the valid
/// names if there are few.
///
/// ```
/// use segments_model::or_list;
///
/// assert_eq!(or_list("usr", ["user", "device"]), "; did you mean `user`?");
/// assert_eq!(or_list("x", ["user", "device"]), "; use `device` or `user`");
/// ```
pub fn or_list<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let mut candidates: Vec<&str> = candidates.into_iter().collect();
    candidates.sort_unstable();
    candidates.dedup();
    if let Some(meant) = did_you_mean(wrong, candidates.iter().copied()) {
        return format!("; did you mean `{meant}`?");
    }
    match candidates.split_last() {
        Some((last, [])) => format!("; use `{last}`"),
        Some((last, rest)) if rest.len() < 14 => {
            format!(
                "; use {} or `{last}`",
                rest.iter()
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        _ => String::new(),
    }
}

/// Case and separators are what people mix up first, so they cost nothing.
fn fold(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | '.' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one name to the
/// other.
fn edits(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for i in 0..from.len() {
        let mut row = vec![i + 1];
        for j in 0..to.len() {
            let mut cost = (last[j] + usize::from(from[i] != to[j]))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && from[i] == to[j - 1] && from[i - 1] == to[j] {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        let count = |a: &str, b: &str| edits(&fold(a), &fold(b));
        assert_eq!(count("abc", "abc"), 0);
        assert_eq!(count("abc", "acb"), 1);
        assert_eq!(count("abc", ""), 3);
        assert_eq!(count("ends_with", "endsWith"), 0);
    }

    #[test]
    fn a_long_list_is_not_printed() {
        let names: Vec<String> = (0..20).map(|n| format!("attribute{n}{n}")).collect();
        assert_eq!(or_list("zzz", names.iter().map(String::as_str)), "");
    }
}
