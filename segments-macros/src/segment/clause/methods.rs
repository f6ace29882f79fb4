//! The methods that make a clause.

use segments_model::OPERATORS;

/// All methods that make a clause.
pub(super) fn methods() -> impl Iterator<Item = &'static str> {
    OPERATORS
        .iter()
        .flat_map(|row| row.methods)
        .copied()
        .filter(|method| !method.ends_with('!'))
}

pub(super) fn is_method(name: &str) -> bool {
    methods().any(|method| method == name)
}
