//! Codes of what only a reader of files finds. They are here, because a code exists without the feature that reads files.

mod allow_invalid;
mod attribute_unknown;
mod environment_misspelt;
mod example_contradicted;
mod example_invalid;
mod example_undecided;
mod file_empty;
mod file_encoding;
mod file_unreadable;
mod key_duplicate;
mod key_ignored;
mod key_missing;
mod key_unknown;
mod kind_case;
mod kind_unknown;
mod operator_unknown;
mod segment_unknown;
mod toml_syntax;
mod toml_type;
mod type_unknown;
mod value_not_listed;
mod values_mixed;

pub use environment_misspelt::misspelt_environment;

use crate::code::codes;

codes! {
    allow_invalid,
    attribute_unknown,
    environment_misspelt,
    example_contradicted,
    example_invalid,
    example_undecided,
    file_empty,
    file_encoding,
    file_unreadable,
    key_duplicate,
    key_ignored,
    key_missing,
    key_unknown,
    kind_case,
    kind_unknown,
    operator_unknown,
    segment_unknown,
    toml_syntax,
    toml_type,
    type_unknown,
    value_not_listed,
    values_mixed,
}
