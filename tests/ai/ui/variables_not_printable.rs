use segments_runtime::{Context, ai_config};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
}

struct Who;

/// The assistant.
#[ai_config(
    variations(fast, careful),
    variables(who: Who),
)]
struct Assistant;

fn main() {}
