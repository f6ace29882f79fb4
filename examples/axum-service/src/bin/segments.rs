//! `cargo segments` over the audiences of this service.

// Links them in.
use axum_service as _;

// The name that the service syncs under.
segments_cli::main!(owner = env!("CARGO_PKG_NAME"));
