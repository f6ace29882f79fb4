segments_runtime::include_segments!("toml/contradicted.toml");

fn main() {}
