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
    mode = completion,
)]
struct Assistant;

fn show(config: &segments_runtime::ai::Config<Assistant>) {
    match config.variation {
        Some(AssistantVariation::Fast) | None => {}
    }
}

fn main() {}
