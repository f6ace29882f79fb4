//! Writes a segment of as many users as LaunchDarkly allows in a list. The keys of a segment stand in
//! its source, so somebody has to write them.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut source =
        "/// Fifteen thousand users, one by one.\n#[segment(allow(targets_near_limit), include(User = [\n".to_owned();
    for number in 0..15_000_u32 {
        // The users of the benchmark have keys of the same pattern.
        let hash = number.wrapping_mul(2_654_435_761);
        writeln!(source, "    \"user-{hash:08x}\",").expect("a string takes any text");
    }
    source += "]))]\npub(crate) struct ListedUsers;\n";
    let out = env::var_os("OUT_DIR").expect("cargo tells where to write");
    fs::write(Path::new(&out).join("listed_users.rs"), source)
}
