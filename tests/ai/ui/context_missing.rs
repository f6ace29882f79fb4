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
    rule(User::ID.is("u-1") => fast),
    fallthrough = fast,
)]
struct Assistant;

fn ask(client: &segments_runtime::ai::AiClient) {
    let _ = Assistant::config(client, (), &());
}

fn main() {}
