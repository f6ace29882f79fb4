//! One error, and not one for each name of each type.

segments_runtime::include_segments!("toml/bound.toml");

/// Something between.
pub struct Between;

segments_runtime::include_segments!("toml/bound.toml");

/// In another module they are other types.
pub mod elsewhere {
    segments_runtime::include_segments!("toml/bound.toml");
}

fn main() {}
