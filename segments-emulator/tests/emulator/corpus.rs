//! What fuzzing begins with, and what it found, holds.

use crate::harness;

fn seeds(of: &str) -> Vec<Vec<u8>> {
    let folder = format!("{}/fuzz/seeds/{of}", env!("CARGO_MANIFEST_DIR"));
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("not run: {folder} is not there, as in a package");
        return Vec::new();
    };
    let files = entries.map(|entry| entry.unwrap().path());
    files.map(|file| std::fs::read(file).unwrap()).collect()
}

/// Each seed, and each of its beginnings, which a disk that was full would leave.
#[test]
fn of_files_of_data() {
    for seed in seeds("data") {
        harness::data(&seed);
        for part in 1..8 {
            harness::data(&seed[..seed.len() * part / 8]);
        }
    }
}

#[test]
fn of_requests() {
    for seed in seeds("request") {
        harness::request(&seed);
    }
}
