//! Declares five segments, syncs them to LaunchDarkly, and evaluates them.
//!
//! `cargo run --example quickstart` needs no account: it starts a LaunchDarkly emulator on this
//! machine. With `LAUNCHDARKLY_ACCESS_TOKEN` set it uses the real service instead.

mod audiences;

use std::env;
use std::error::Error;

use audiences::{
    AiBetaTesters, BetaTesters, Device, EnterpriseCustomers, EstablishedStaff, EuPowerUsers,
    Organization, User,
};
use segments_emulator::Emulator;
use segments_runtime::model::{Audience, Number};
use segments_runtime::{Definition, SyncConfig, Timestamp, registry, sync};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (config, _emulator) = connect().await?;

    heading("What a sync would do");
    let definitions = registry::definitions()?;
    let plan = sync::plan(&config, &definitions).await?;
    print!("{plan}");

    heading("Sync");
    let report = plan.apply(&config).await?;
    print!("{report}");

    heading("Sync again");
    let report = sync(&config).await?;
    print!("{report}");

    heading("Who is in what");
    ask();

    heading("What an edit would mean");
    let plan = sync::plan(&config, &edited(definitions)?).await?;
    print!("{plan}");
    Ok(())
}

/// The definitions, with a week instead of a month for beta testers.
fn edited(mut definitions: Vec<Definition>) -> Result<Vec<Definition>, Box<dyn Error>> {
    let mut all = definitions.iter_mut();
    let testers = all.find(|it| it.key == AiBetaTesters::KEY);
    if let Some(Definition {
        audience: Audience::Standard {
            rules: Some(rules), ..
        },
        ..
    }) = testers
    {
        rules[0].clauses[1].values = vec![Number::new(7.0)?.into()];
    }
    Ok(definitions)
}

/// The real service if there is a token for it, otherwise an emulator, which lives as long as it is
/// kept.
async fn connect() -> Result<(SyncConfig, Option<Emulator>), Box<dyn Error>> {
    let program = SyncConfig::builder().program("quickstart", env!("CARGO_PKG_VERSION"));
    let token = ["LAUNCHDARKLY_ACCESS_TOKEN", "LAUNCHDARKLY_API_TOKEN"];
    if token.iter().any(|name| env::var_os(name).is_some()) {
        let config = program.from_env().build()?;
        println!(
            "Using LaunchDarkly: project `{}`, environment `{}`",
            config.project(),
            config.environment()
        );
        return Ok((config, None));
    }
    let emulator = Emulator::start().await?;
    println!(
        "No LAUNCHDARKLY_ACCESS_TOKEN: using an emulator at {}",
        emulator.base_uri()
    );
    let config = program
        .base_uri(emulator.base_uri())
        .token(emulator.access_token())
        .build()?;
    Ok((config, Some(emulator)))
}

fn ask() {
    let tester = User {
        id: "user-123".into(),
        email: Some("ada@company.com".into()),
        beta_opted_in: false,
        beta_tester: true,
        account_age: 400,
        account_created: Timestamp::from_millis(1_690_000_000_000),
        region: Some("eu-west".into()),
        monthly_usage: 250,
    };
    let phone = Device {
        id: "phone-1".into(),
        version: semver::Version::new(2, 1, 0),
    };
    let newcomer = User {
        id: "user-999".into(),
        email: None,
        beta_opted_in: true,
        beta_tester: false,
        account_age: 2,
        account_created: Timestamp::from_millis(1_795_000_000_000),
        region: Some("us-east".into()),
        monthly_usage: 12,
    };
    let company = Organization {
        id: "company-1".into(),
        plan: "team".into(),
        mrr: 12_500.0,
        custom_contract: false,
    };

    println!("user-123 on phone-1:");
    println!(
        "  {}: {}",
        BetaTesters::KEY,
        BetaTesters::membership(&tester)
    );
    println!(
        "  {}: {}",
        AiBetaTesters::KEY,
        AiBetaTesters::membership(&tester)
    );
    println!(
        "  {}: {}",
        EuPowerUsers::KEY,
        EuPowerUsers::membership(&tester)
    );
    println!(
        "  {}: {}",
        EstablishedStaff::KEY,
        EstablishedStaff::membership((&tester, &phone))
    );
    println!("user-999, who sends no device:");
    println!(
        "  {}: {}",
        BetaTesters::KEY,
        BetaTesters::membership(&newcomer)
    );
    println!(
        "  {}: {}",
        EstablishedStaff::KEY,
        EstablishedStaff::membership((&newcomer, None::<&Device>))
    );
    println!("company-1:");
    println!(
        "  {}: {}",
        EnterpriseCustomers::KEY,
        EnterpriseCustomers::membership(&company)
    );

    heading("Why user-123 is no EU power user");
    println!("{}", EuPowerUsers::explain(&tester));
}

fn heading(text: &str) {
    println!("\n== {text}");
}
