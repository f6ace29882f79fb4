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
    fallback(model = "small", system = "Help {{name."),
    variables(name: &str),
)]
struct Assistant;

fn main() {}
