use segments_runtime::{Context, flag_targeting};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
}

/// The assistant.
#[flag_targeting(
    variations(fast, careful),
    fallthrough = fast,
    params(temperature: f64),
)]
struct Assistant;

fn main() {}
