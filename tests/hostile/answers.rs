//! The answers that `segments-runtime/fuzz` begins with, whole and damaged: a sync comes to an end.

use std::path::Path;

#[path = "../../segments-runtime/fuzz/service.rs"]
mod service;

/// What a byte becomes: more often than not something that means something.
const DAMAGE: &[u8] = b" \"\\{}[],:0-9eaku/~\xff\n\x02\x07";

#[test]
fn every_answer_comes_to_an_end() {
    let seeds =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../segments-runtime/fuzz/seeds/answers");
    // Numbers that look random and are the same in every run.
    let mut luck = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |most: usize| {
        luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(luck >> 33).unwrap() % most.max(1)
    };
    let mut found = 0;
    for seed in std::fs::read_dir(seeds).unwrap() {
        let bytes = std::fs::read(seed.unwrap().path()).unwrap();
        found += 1;
        service::answers(&bytes);
        for _ in 0..15 {
            let mut damaged = bytes.clone();
            for _ in 0..=below(4) {
                let at = below(damaged.len());
                damaged[at] = DAMAGE[below(DAMAGE.len())];
            }
            service::answers(&damaged);
        }
    }
    assert!(found > 0);
}
