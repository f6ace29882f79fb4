//! Reads jobs from standard input, one JSON object on a line.

use std::error::Error;
use std::io::BufRead;
use std::time::Duration;

use launchdarkly_server_sdk::{Client, ConfigBuilder};
use sdk_worker::{Job, handle};
use segments_runtime::SyncConfig;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // A worker owns its segments, so it syncs them before it takes work. Any number of
    // workers may do so at once.
    let config = SyncConfig::builder()
        .program(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .from_env()
        .build()?;
    eprint!("{}", segments_runtime::sync(&config).await?);

    let sdk_key = std::env::var("LAUNCHDARKLY_SDK_KEY")?;
    let flags = Client::build(ConfigBuilder::new(&sdk_key).build()?)?;
    flags.start_with_default_executor();
    flags.wait_for_initialization(Duration::from_secs(10)).await;

    for line in std::io::stdin().lock().lines() {
        let job: Job = serde_json::from_str(&line?)?;
        println!("{} {:?}", job.number, handle(&flags, &job)?);
    }
    flags.close();
    Ok(())
}
