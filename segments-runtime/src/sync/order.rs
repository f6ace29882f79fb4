//! The order in which segments are settled: first those that others reference.
//!
//! A negated clause that references a segment which does not exist yet would let everybody in.

use std::borrow::Borrow;
use std::collections::HashMap;

use segments_model::Definition;

use super::definitions_error::DefinitionsError;

/// How many segments have to be settled one after the other before each: 0 for those that ask none
/// of the others.
///
/// # Errors
///
/// When two definitions have one key, or segment references form a cycle.
pub(crate) fn depths(
    definitions: &[impl Borrow<Definition>],
) -> Result<Vec<usize>, DefinitionsError> {
    let mut places = HashMap::new();
    for (place, definition) in definitions.iter().map(Borrow::borrow).enumerate() {
        if places.insert(definition.key.as_str(), place).is_some() {
            return Err(DefinitionsError::Duplicate(definition.key.to_string()));
        }
    }
    let mut depths = vec![Depth::Unknown; definitions.len()];
    for place in 0..definitions.len() {
        settle(place, definitions, &places, &mut depths)?;
    }
    let known = |depth| match depth {
        Depth::Known(depth) => depth,
        Depth::Unknown | Depth::BeingFound => 0,
    };
    Ok(depths.into_iter().map(known).collect())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Unknown,
    BeingFound,
    Known(usize),
}

/// Walks down with a stack of its own: the chain may be as long as there are segments.
fn settle(
    start: usize,
    definitions: &[impl Borrow<Definition>],
    places: &HashMap<&str, usize>,
    depths: &mut [Depth],
) -> Result<(), DefinitionsError> {
    let mut stack = vec![start];
    while let Some(&place) = stack.last() {
        if let Depth::Known(_) = depths[place] {
            stack.pop();
            continue;
        }
        depths[place] = Depth::BeingFound;
        let mut depth = 0;
        let mut ready = true;
        for key in definitions[place].borrow().references() {
            let Some(&asked) = places.get(key) else {
                continue;
            };
            match depths[asked] {
                Depth::Known(below) => depth = depth.max(below + 1),
                Depth::Unknown => {
                    stack.push(asked);
                    ready = false;
                    break;
                }
                Depth::BeingFound => {
                    let from = stack.iter().position(|known| *known == asked);
                    let path = stack[from.unwrap_or_default()..].iter().chain([&asked]);
                    let path = path.map(|place| definitions[*place].borrow().key.to_string());
                    return Err(DefinitionsError::Cycle(path.collect()));
                }
            }
        }
        if ready {
            depths[place] = Depth::Known(depth);
            stack.pop();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use segments_model::{Audience, Clause, Lifecycle, Rule, SegmentKey, Targets};

    fn asking(key: &str, asked: &[&str]) -> Definition {
        let clause =
            Clause::segment_match(asked.iter().map(|key| SegmentKey::parse(*key).unwrap()));
        let rule = Rule {
            clauses: vec![clause],
            ..Rule::default()
        };
        Definition {
            key: SegmentKey::parse(key).unwrap(),
            name: key.to_owned(),
            description: None,
            tags: None,
            audience: Audience::Standard {
                included: Targets::Unmanaged,
                excluded: Targets::Unmanaged,
                rules: Some(vec![rule]),
            },
            unmanaged: [].into(),
            absent: false,
            lifecycle: Lifecycle::default(),
            environments: [].into(),
        }
    }

    #[test]
    fn those_that_are_asked_come_first() {
        let definitions = [
            asking("a", &["b", "c"]),
            asking("b", &["c"]),
            asking("c", &["elsewhere"]),
            asking("d", &[]),
        ];
        assert_eq!(depths(&definitions).unwrap(), [2, 1, 0, 0]);
    }

    #[test]
    fn a_circle_is_named() {
        let definitions = [
            asking("a", &["b"]),
            asking("b", &["c"]),
            asking("c", &["b"]),
        ];
        let error = depths(&definitions).unwrap_err();
        assert!(error.to_string().contains("b -> c -> b"), "{error}");
    }

    #[test]
    fn one_key_means_one_segment() {
        let error = depths(&[asking("a", &[]), asking("a", &[])]).unwrap_err();
        assert_eq!(error, DefinitionsError::Duplicate("a".to_owned()));
    }

    #[test]
    fn a_chain_may_be_long() {
        let key = |index: usize| format!("s{index}");
        let definitions: Vec<_> = (0..20_000)
            .map(|index| asking(&key(index), &[&key(index + 1)]))
            .collect();
        assert_eq!(depths(&definitions).unwrap()[0], 19_999);
    }
}
