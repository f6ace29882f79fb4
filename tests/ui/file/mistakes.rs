//! Twelve mistakes of one file, in one run.
segments_runtime::include_segments!("toml/twelve-mistakes.toml");

fn main() {
    // What could be read is there, and what could not has a stand-in.
    let _ = (EuUsers::KEY, NobodySaid::KEY, Device::new("d"));
}
