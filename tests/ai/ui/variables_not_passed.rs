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
)]
struct Assistant;

fn ask(client: &segments_runtime::ai::AiClient, user: &User) {
    let _ = Assistant::config(client, user, &());
}

fn main() {}
