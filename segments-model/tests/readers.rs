//! The readers that are fuzzed, on their seeds, and on those with bytes damaged here and there.

use std::path::Path;

#[path = "../fuzz/readers.rs"]
mod readers;

/// What a byte becomes: more often than not something that means something.
const DAMAGE: &[u8] = b" \"\\{}[],:0-9eaku/~\xff";

/// Reads damaged bytes, and must not panic.
type Reader = fn(&[u8]);

#[test]
fn every_reader_comes_to_an_end() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/reader-seeds");
    // Numbers that look random and are the same in every run.
    let mut luck = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |most: usize| {
        luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(luck >> 33).unwrap() % most.max(1)
    };
    let readers: [(&str, Reader); 3] = [
        ("context", readers::context),
        ("segments", readers::segments),
        ("rest", readers::rest),
    ];
    for (name, read) in readers {
        let mut found = 0;
        for seed in std::fs::read_dir(seeds.join(name)).unwrap() {
            let bytes = std::fs::read(seed.unwrap().path()).unwrap();
            found += 1;
            read(&bytes);
            for _ in 0..500 {
                let mut damaged = bytes.clone();
                for _ in 0..=below(4) {
                    let at = below(damaged.len());
                    damaged[at] = DAMAGE[below(DAMAGE.len())];
                }
                read(&damaged);
            }
        }
        assert!(found > 0, "{name}");
    }
}
