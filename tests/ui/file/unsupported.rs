segments_runtime::include_segments!("toml/unsupported.toml", usr = crate::User);

fn main() {}
