//! The readers that are fuzzed, on their seeds, and on those with bytes damaged here and there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[path = "../fuzz/readers.rs"]
mod readers;
#[path = "../src/thorough.rs"]
mod thorough;

/// What a byte becomes: more often than not something that means something.
const DAMAGE: &[u8] = b" \"\\{}[],:0-9eaku/~\xff";

/// Reads damaged bytes, and must not panic.
type Reader = fn(&[u8]);

/// Each target, with the folder of its seeds.
const READERS: [(&str, &str, Reader); 6] = [
    ("clause", "reader-seeds/clause", readers::clause),
    ("context", "reader-seeds/context", readers::context),
    ("outline", "seeds", readers::outline),
    ("read", "seeds", readers::read),
    ("rest", "reader-seeds/rest", readers::rest),
    ("segments", "reader-seeds/segments", readers::segments),
];

#[test]
fn every_reader_comes_to_an_end() {
    // Numbers that look random and are the same in every run.
    let mut luck = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |most: usize| {
        luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(luck >> 33).unwrap() % most.max(1)
    };
    for (name, folder, read) in READERS {
        let mut seeds: Vec<_> = std::fs::read_dir(here().join(folder)).unwrap().collect();
        seeds.sort_by_key(|seed| seed.as_ref().unwrap().path());
        assert!(!seeds.is_empty(), "{name}");
        // As much work for each, however many seeds it has.
        let rounds = if thorough::is_thorough() { 2_000 } else { 400 } / seeds.len();
        for seed in seeds {
            let bytes = std::fs::read(seed.unwrap().path()).unwrap();
            read(&bytes);
            for _ in 0..rounds {
                let mut damaged = bytes.clone();
                for _ in 0..=below(4) {
                    let at = below(damaged.len());
                    damaged[at] = DAMAGE[below(DAMAGE.len())];
                }
                read(&damaged);
            }
        }
    }
}

#[test]
fn every_target_is_among_the_readers() {
    let targets = std::fs::read_dir(here().join("fuzz_targets")).unwrap();
    let names = targets.map(|target| target.unwrap().path());
    let names: BTreeSet<String> = names
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let readers: BTreeSet<String> = READERS.iter().map(|it| it.0.to_owned()).collect();
    assert_eq!(names, readers);
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}
