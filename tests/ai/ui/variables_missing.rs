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
    variables(name: &str, orders: u32),
)]
struct Assistant;

fn main() {
    let _ = AssistantVariables { name: "Ann" };
}
