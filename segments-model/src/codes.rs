//! The list of all codes.

use crate::concat::{concat, length};
use crate::{Code, algebra, check, experiment, metric, policy, relations, targeting};

/// The codes of each folder of checks.
const LISTS: &[&[Code]] = &[
    check::CODES,
    relations::CODES,
    algebra::CODES,
    targeting::CODES,
    metric::CODES,
    experiment::CODES,
    policy::CODES,
];

const ALL: [Code; length(LISTS)] = concat(LISTS);

/// Here and not beside the type, so that checks declare codes, and codes know nothing of the checks.
impl Code {
    /// All codes, by the subjects of the checks.
    pub const ALL: &'static [Code] = &ALL;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_code_has_a_name_of_its_own() {
        let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
