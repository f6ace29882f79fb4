//! What nobody linked is not an empty declaration. The registry is the program's, so this program declares
//! nothing.

use segments_emulator::Emulator;
use segments_runtime::sync::SyncConfig;

#[tokio::test]
async fn a_program_without_segments_is_told_how_to_link_them() {
    let emulator = Emulator::start().await.unwrap();
    let config = SyncConfig::builder()
        .base_uri(emulator.base_uri())
        .token(emulator.access_token())
        .program("shop", "1.0.0")
        .build()
        .unwrap();
    let error = segments_runtime::sync(&config).await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("use audiences as _;") && said.contains("registry::from"),
        "{said}"
    );
    assert!(emulator.requests().is_empty());
}
