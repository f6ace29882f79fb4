#![allow(unused)]
use segments_runtime::ai::{AiClient, Success};
use segments_runtime::{Context, ai_config};

#[derive(Context)]
#[context(kind = "user")]
struct User {
    #[context(key)]
    id: String,
}

/// The assistant on the support page.
#[ai_config(variations(fast), variables(name: &str))]
struct SupportAssistant;

/// Plans trips.
#[ai_config(variations(fast), mode = agent)]
struct TripAgent;

fn ask(client: &AiClient, user: &User) {
    let variables = SupportAssistantVariables { name: "Ann" };
    let assistant = SupportAssistant::config(client, user, &variables);
    let agent = TripAgent::config(client, user, &());
    println!("{:?}", assistant.instructions());
}

fn main() {}
