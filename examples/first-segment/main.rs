//! The program of the guide's first page.

use segments_emulator::Emulator;
use segments_runtime::{Context, SyncConfig, segment, sync};

/// A user of the shop.
#[derive(Context)]
#[context(kind = "user", rename_all = "camelCase")]
struct User {
    #[context(key)]
    id: String,
    /// Confirmed mail address.
    email: Option<String>,
    /// Days since the account was created.
    account_age: u32,
}

/// Employees who have been around for a month.
#[segment(rule(User::EMAIL.ends_with("@company.com"), User::ACCOUNT_AGE.gt(30)))]
struct SettledStaff;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    let config = SyncConfig::builder()
        .base_uri(emulator.base_uri())
        .token(emulator.access_token())
        .program(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .build()?;

    print!("{}", sync(&config).await?);
    print!("{}", sync(&config).await?);

    let ann = User {
        id: "user-1".into(),
        email: Some("ann@company.com".into()),
        account_age: 31,
    };
    let bob = User {
        id: "user-2".into(),
        email: Some("bob@company.com".into()),
        account_age: 3,
    };
    assert!(SettledStaff::contains(&ann));
    println!("{}", SettledStaff::explain(&bob));
    Ok(())
}
