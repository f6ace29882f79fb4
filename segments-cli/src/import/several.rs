//! Several environments in one file: the contents of the first are declared for all, and differences of
//! another one for that environment.

use std::collections::{BTreeMap, BTreeSet};

use segments_model::{Audience, Definition, EnvironmentKey, InEnvironment, wire};

use super::account::{Account, LeftOut, Readable};

/// The findings in one environment.
pub(super) struct Found<'a> {
    pub(super) environment: EnvironmentKey,
    pub(super) account: Account<'a>,
}

/// All environments as one.
pub(super) struct Merged<'a> {
    /// The definitions, with what they are in single environments.
    pub(super) account: Account<'a>,
    /// The segments of each environment that are declared.
    pub(super) written: Vec<(EnvironmentKey, Vec<&'a wire::Segment>)>,
    /// Keys that exist somewhere, or are referenced, and are not declared.
    pub(super) external: BTreeSet<String>,
}

/// Puts the environments together, in their order. A segment that cannot be written down in one of them is left
/// out of the file: elsewhere it would be declared for that one, too.
pub(super) fn merge(found: Vec<Found<'_>>) -> Merged<'_> {
    let mut external: BTreeSet<String> = BTreeSet::new();
    let mut left_out: BTreeMap<String, LeftOut<'_>> = BTreeMap::new();
    let mut all: BTreeMap<String, BTreeMap<usize, Readable<'_>>> = BTreeMap::new();
    let mut merged = Account::empty();
    let mut keys = Vec::new();
    let several = found.len() > 1;
    for (
        at,
        Found {
            environment,
            account,
        },
    ) in found.into_iter().enumerate()
    {
        external.extend(account.external().into_iter().map(str::to_owned));
        merged.style.extend(account.style);
        for (owner, segments) in account.of_others {
            let known = merged.of_others.entry(owner).or_default();
            let new = segments.into_iter();
            known.extend(
                new.filter(|it| !known_key(known, &it.key))
                    .collect::<Vec<_>>(),
            );
        }
        merged.unreadable.extend(account.unreadable);
        for mut one in account.left_out {
            if several {
                one.reason = format!("in {environment}: {}", one.reason);
            }
            left_out.entry(one.segment.key.clone()).or_insert(one);
        }
        for one in account.readable {
            let key = one.definition.key.to_string();
            all.entry(key).or_default().insert(at, one);
        }
        keys.push(environment);
    }
    let mut written: Vec<_> = keys.iter().map(|key| (key.clone(), Vec::new())).collect();
    let unreadable = merged.unreadable.iter();
    let unreadable: BTreeSet<String> = unreadable.filter_map(|it| it.key.clone()).collect();
    let others: BTreeSet<String> = merged
        .of_others
        .values()
        .flatten()
        .map(|it| it.key.clone())
        .collect();
    for (key, there) in all {
        if left_out.contains_key(&key) || others.contains(&key) || unreadable.contains(&key) {
            continue;
        }
        let forms: BTreeSet<bool> = there.values().map(|it| is_big(&it.definition)).collect();
        if forms.len() > 1 {
            if let Some(one) = there.into_values().next() {
                let reason =
                    "it is a big segment in one environment, but not in another".to_owned();
                let segment = one.segment;
                left_out.insert(key, LeftOut { segment, reason });
            }
            continue;
        }
        for (at, one) in &there {
            written[*at].1.push(one.segment);
        }
        merged.readable.extend(one_of(&keys, there));
    }
    let declared: BTreeSet<&str> = merged
        .readable
        .iter()
        .map(|it| it.definition.key.as_str())
        .collect();
    external.retain(|key| !declared.contains(key.as_str()));
    external.extend(merged.external().into_iter().map(str::to_owned));
    merged.left_out = left_out.into_values().collect();
    Merged {
        account: merged,
        written,
        external,
    }
}

fn known_key(known: &[&wire::Segment], key: &str) -> bool {
    known.iter().any(|it| it.key == key)
}

fn is_big(definition: &Definition) -> bool {
    matches!(definition.audience, Audience::Big { .. })
}

/// One segment of all environments.
fn one_of<'a>(
    keys: &[EnvironmentKey],
    mut there: BTreeMap<usize, Readable<'a>>,
) -> Option<Readable<'a>> {
    let (first, mut whole) = there.pop_first()?;
    let base = InEnvironment::from(whole.definition.clone());
    for (at, key) in keys.iter().enumerate() {
        if at == first {
            continue;
        }
        let own = match there.remove(&at) {
            Some(one) => InEnvironment::from(one.definition),
            None => InEnvironment {
                absent: true,
                ..base.clone()
            },
        };
        if own != base {
            whole.definition.environments.insert(key.clone(), own);
        }
    }
    Some(whole)
}
