segments_runtime::include_segments!("toml/partitions.toml");

fn main() {}
