segments_runtime::include_segments!("toml/twelve-mistake.toml");
segments_runtime::include_segments!("nowhere.toml");
segments_runtime::include_segments!("/etc/segments.toml");
segments_runtime::include_segments!("");
segments_runtime::include_segments!("toml");
segments_runtime::include_segments!();
segments_runtime::include_segments!(segments);

fn main() {}
