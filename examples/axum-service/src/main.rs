//! Verifies, then serves.

use std::error::Error;

use segments_runtime::{SyncConfig, sync};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = axum_service::config(SyncConfig::builder().from_env())?;
    match sync(&config).await {
        Ok(report) => eprint!("{report}"),
        // To refuse to start with differences, return the error instead.
        Err(error) => eprintln!("segments could not be verified: {error}"),
    }
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, axum_service::router(config)).await?;
    Ok(())
}
