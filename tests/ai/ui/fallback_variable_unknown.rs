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
    variables(name: &str),
    fallback(model = "small", system = "Help {{nmae}}."),
)]
struct Assistant;

fn main() {}
