#![deny(deprecated)]
segments_runtime::include_segments!("toml/warnings.toml");

fn main() {}
