segments_runtime::include_segments!("toml/collisions.toml");

fn main() {}
