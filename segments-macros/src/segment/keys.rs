//! The keys of `#[segment(...)]`, of `rule(...)` and of lists: one table for the parser, its suggestions,
//! the reference page and editors.

use segments_model::LifecycleKey;

use crate::key::Key;

macro_rules! keys {
    ($($(#[$docs:meta])* $table:ident { $($name:literal $form:literal $meaning:literal;)* })*) => {$(
        $(#[$docs])*
        pub(crate) const $table: &[Key] = &[$(Key { name: $name, form: $form, meaning: $meaning }),*];
    )*};
}

keys! {
    /// The keys of the attribute that are its own.
    OWN {
        "key" "key = \"beta-testers\""
            "The segment's key, which is unique in an environment and cannot change; defaults to the type's name in kebab case.";
        "name" "name = \"Beta testers\""
            "The display name; defaults to the words of the type's name.";
        "description" "description = \"Users who try new features\""
            "The purpose of the segment; defaults to the first paragraph of the documentation.";
        "tags" "tags = [\"beta\"]"
            "The tags; without this, tags in LaunchDarkly stay as they are.";
        "include" "include(User = [\"user-123\"])"
            "Contexts that are in the segment regardless of the rules, by the type of the context. With `at_least` first, other contexts on the list stay; without this argument, the list in LaunchDarkly stays as it is. With `until`, the contexts leave the list at that date; repeat the argument for several dates.";
        "exclude" "exclude(User = [\"user-999\"])"
            "Contexts that are not in the segment unless they are also included, by the type of the context. With `at_least` first, other contexts on the list stay; without this argument, the list in LaunchDarkly stays as it is. With `until`, the contexts leave the list at that date; repeat the argument for several dates.";
        "rule" "rule(User::EMAIL.ends_with(\"@company.com\"))"
            "A rule; may be repeated. A rule matches if all of its clauses match, and a context is a member if one of the rules matches. Besides its clauses a rule takes `description`, `percent`, `by` and `everyone()`.";
        "nobody" "nobody()"
            "States that the segment is empty on purpose.";
        "no_rules" "no_rules"
            "States that there are no rules. Without this, and without a rule, the rules in LaunchDarkly stay as they are.";
        "unmanaged" "unmanaged(include)"
            "Parts that are left to people on purpose: `description`, `tags`, `include`, `exclude`, `rule`. Other parts that are left out and were declared before are reported as let go.";
        "absent" "absent"
            "In `environment(...)`: the segment does not exist there.";
        "percent" "percent = 25"
            "In `environment(...)`: the percentage of the only rule that has one.";
        "environment" "environment(\"staging\", rule(User::EMAIL.ends_with(\"@company.com\")))"
            "The differences in one environment: keys set here override the base, key by key, and rules replace all rules. The environment is named by its key, or as a variant of an enum that derives `Environment`; then every variant has to be named.";
        "big" "big"
            "A list of any length that the service keeps (LaunchDarkly: larger list-based segment); `of` is the type of its contexts.";
        "of" "of = User"
            "The type of the contexts that a big segment lists.";
        "member" "member(User { .. })"
            "An example of a context that is in the segment; becomes a test.";
        "not_member" "not_member(User { .. })"
            "An example of a context that is not in the segment; becomes a test.";
        "allow" "allow(style_key)"
            "Silences warnings by code.";
        "crate" "crate = ::path::to::segments_runtime"
            "The path to `segments_runtime`, if it has another name.";
    }

    /// The keys of a rule, beside its clauses.
    RULE {
        "description" "description = \"staff\""
            "The purpose of the rule; LaunchDarkly shows it.";
        "percent" "percent = 25"
            "The percentage of matching contexts that the rule lets in: from 0 to 100, with at most three decimal places.";
        "by" "by = User::ID"
            "The attribute that buckets are computed from; defaults to the context's key.";
        "everyone" "everyone()"
            "Replaces the clauses, and states that the rule matches everyone on purpose.";
    }

    /// The words in `include(...)` and `exclude(...)`, beside the types of contexts.
    LIST {
        "at_least" "at_least"
            "Ensures these contexts, and keeps others on the list.";
        "until" "until = \"2027-01-31\""
            "When LaunchDarkly removes these contexts from the list: a date (at 00:00 UTC), or a time such as `2027-01-31T18:00:00Z`.";
    }
}

/// The keys of the attribute: its own, and those that say what may happen to the segment.
pub(crate) const SEGMENT: &[Key] = &{
    let mut keys = [OWN[0]; OWN.len() + LifecycleKey::ALL.len()];
    let mut at = 0;
    while at < keys.len() {
        keys[at] = match at.checked_sub(OWN.len()) {
            None => OWN[at],
            Some(at) => lifecycle(LifecycleKey::ALL[at]),
        };
        at += 1;
    }
    keys
};

const fn lifecycle(key: LifecycleKey) -> Key {
    Key {
        name: key.name(),
        form: key.form(),
        meaning: key.meaning(),
    }
}

/// The keys of the attribute that `environment(...)` takes, too.
pub(crate) const IN_ENVIRONMENT: &[&str] = &[
    "name",
    "description",
    "tags",
    "include",
    "exclude",
    "rule",
    "nobody",
    "no_rules",
    "unmanaged",
    "absent",
    "percent",
];

/// The keys that `environment(...)` alone takes.
pub(crate) const ONLY_IN_ENVIRONMENT: &[&str] = &["absent", "percent"];

/// The names of the keys of a table.
pub(crate) fn names(table: &'static [Key]) -> impl Iterator<Item = &'static str> {
    table.iter().map(|key| key.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_at_the_start_of_its_form() {
        for key in [SEGMENT, RULE, LIST].into_iter().flatten() {
            assert!(key.form.starts_with(key.name), "{}", key.form);
        }
    }

    #[test]
    fn the_reference_page_has_every_key() {
        let page = include_str!("segment.md");
        for key in [SEGMENT, RULE, LIST].into_iter().flatten() {
            assert!(page.contains(&format!("`{}", key.name)), "{}", key.name);
        }
    }
}
