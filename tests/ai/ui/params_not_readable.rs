use segments_runtime::{Context, ai_config};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
}

#[derive(Debug, Clone)]
struct Tone;

/// The assistant.
#[ai_config(
    variations(fast, careful),
    params(tone: Tone),
)]
struct Assistant;

fn main() {}
