//! The readers of foreign files, for fuzzers and for the tests that repeat fuzzers' findings. Each takes
//! any bytes, and has to terminate.

use std::path::{Path, PathBuf};

use segments_model::wire;
use serde_json::Value as Json;

use crate::arguments::ContextsAs;
use crate::count::{self, History};
use crate::imported::Imported;
use crate::manifest;
use crate::sync::saved::SavedPlans;

/// Reads damaged bytes, and must not panic.
pub type Reader = fn(&[u8]);

/// All readers, with the name of the fuzz target and of the folder of its seeds.
pub const READERS: &[(&str, Reader)] = &[
    ("csv", csv),
    ("history", history),
    ("imported", imported),
    ("manifest", manifest),
    ("ndjson", ndjson),
    #[cfg(feature = "parquet")]
    ("parquet", parquet),
    ("plan", plan),
];

/// Contexts in CSV.
pub fn csv(bytes: &[u8]) {
    count::read_all(ContextsAs::Csv, bytes, segments());
}

/// Contexts in NDJSON.
pub fn ndjson(bytes: &[u8]) {
    count::read_all(ContextsAs::Ndjson, bytes, segments());
}

/// Contexts in Parquet.
#[cfg(feature = "parquet")]
pub fn parquet(bytes: &[u8]) {
    count::read_all(ContextsAs::Parquet, bytes, segments());
}

/// A history of `count --history`.
pub fn history(bytes: &[u8]) {
    in_file(bytes, |path| drop(History::read(path)));
}

/// A plan of `plan --out`.
pub fn plan(bytes: &[u8]) {
    in_file(bytes, |path| drop(SavedPlans::read(path)));
}

/// The record of an import beside the definitions.
pub fn imported(bytes: &[u8]) {
    in_file(bytes, |path| drop(Imported::read(path)));
}

/// A `Cargo.toml`.
pub fn manifest(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(manifest::parse(text));
    }
}

/// A segment whose rules compare attributes with values of each type.
fn segments() -> Vec<wire::Segment> {
    let compare = |attribute: &str, op: &str, value: Json| {
        let clause = wire::Clause {
            context_kind: Some("user".to_owned()),
            attribute: attribute.to_owned(),
            op: op.to_owned(),
            values: vec![value],
            ..wire::Clause::default()
        };
        wire::Rule {
            clauses: vec![clause],
            ..wire::Rule::default()
        }
    };
    let rules = vec![
        compare("email", "endsWith", "@x.io".into()),
        compare("age", "lessThan", 5.into()),
        compare("/address/city", "in", "Bern".into()),
        compare("beta", "in", true.into()),
        compare("created", "before", 5.into()),
        compare("version", "semVerLessThan", "2.0.0".into()),
    ];
    vec![wire::Segment {
        key: "s".to_owned(),
        rules,
        ..wire::Segment::default()
    }]
}

/// A file of each thread's own, which is gone afterwards.
fn in_file(bytes: &[u8], read: impl FnOnce(&Path)) {
    struct Removed(PathBuf);
    impl Drop for Removed {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }
    let (process, thread) = (std::process::id(), std::thread::current().id());
    let name = format!("segments-fuzz-{process}-{thread:?}");
    let file = Removed(std::env::temp_dir().join(name));
    if std::fs::write(&file.0, bytes).is_ok() {
        read(&file.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "parquet")]
    #[test]
    fn every_target_is_among_the_readers() {
        let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
        let mut names: Vec<PathBuf> = std::fs::read_dir(targets)
            .unwrap()
            .map(|target| target.unwrap().path())
            .collect();
        names.sort();
        let names: Vec<_> = names
            .iter()
            .map(|path| path.file_stem().unwrap().to_str().unwrap())
            .collect();
        let readers: Vec<&str> = READERS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, readers);
    }

    /// Seeds, and what becomes of them when bytes are damaged here and there: as often as
    /// `SEGMENTS_CASES` says.
    #[test]
    fn every_reader_comes_to_an_end() {
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
        let cases = std::env::var("SEGMENTS_CASES");
        let cases: usize = cases.map_or(100, |cases| cases.parse().unwrap());
        // Numbers that look random and are the same in every run.
        let mut luck = 0x9e37_79b9_7f4a_7c15_u64;
        let mut below = |most: usize| {
            luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(luck >> 33).unwrap() % most.max(1)
        };
        for (name, read) in READERS {
            let folder = std::fs::read_dir(seeds.join(name)).unwrap();
            let mut seeds: Vec<PathBuf> = folder.map(|seed| seed.unwrap().path()).collect();
            seeds.sort();
            assert!(!seeds.is_empty(), "{name}");
            for seed in seeds {
                let bytes = std::fs::read(seed).unwrap();
                read(&bytes);
                for _ in 0..cases {
                    let mut damaged = bytes.clone();
                    for _ in 0..=below(4) {
                        let at = below(damaged.len());
                        if let Some(byte) = damaged.get_mut(at) {
                            *byte = below(256).to_le_bytes()[0];
                        }
                    }
                    if below(3) == 0 {
                        damaged.truncate(below(damaged.len()));
                    }
                    read(&damaged);
                }
            }
        }
    }
}
