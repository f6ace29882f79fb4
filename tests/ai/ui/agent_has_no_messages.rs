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
)]
struct Assistant;

fn show(config: &segments_runtime::ai::Config<Assistant>) {
    let _ = config.messages();
}

fn main() {}
