//! An emulator on the desk: `cargo run -p segments-emulator --example serve -- [PORT] [DATA FILE]`.

use segments_emulator::{Emulator, StartError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().and_then(|port| port.parse().ok());
    let mut builder = Emulator::builder().port(port.unwrap_or(0));
    if let Some(file) = arguments.next() {
        builder = builder.data(file);
    }
    let emulator = builder.start().await?;
    println!("{}", emulator.base_uri());
    std::future::pending::<()>().await;
    Ok(())
}
