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
    params(temperature: f64),
    fallback(model = "small"),
)]
struct Assistant;

fn main() {}
