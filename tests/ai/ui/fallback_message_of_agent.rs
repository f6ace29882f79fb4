use segments_runtime::{Context, ai_config};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
}

/// The assistant.
#[ai_config(
    variations(fast, careful),
    mode = agent,
    fallback(model = "small", system = "Help."),
)]
struct Assistant;

fn main() {}
