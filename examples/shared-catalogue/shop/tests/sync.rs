//! Two programs that share a catalog sync it under one owner.

use catalogue_shop::audiences::SEGMENTS;
use segments_emulator::Emulator;
use segments_runtime::{SyncConfig, sync_definitions};

#[tokio::test]
async fn the_second_program_has_nothing_to_do() {
    let emulator = Emulator::start().await.unwrap();
    let definitions: Vec<_> = SEGMENTS.iter().map(|definition| definition()).collect();
    let config = |program| {
        SyncConfig::builder()
            .base_uri(emulator.base_uri())
            .token(emulator.access_token())
            .program(program, "1.0.0")
            // The owner is the catalog, not the program; otherwise, the second would be refused.
            .owner("catalogue")
            .build()
            .unwrap()
    };
    let report = sync_definitions(&config("shop"), &definitions)
        .await
        .unwrap();
    assert!(report.writes() > 0, "{report}");
    let report = sync_definitions(&config("billing"), &definitions)
        .await
        .unwrap();
    assert_eq!(report.writes(), 0, "{report}");

    let refused = SyncConfig::builder()
        .base_uri(emulator.base_uri())
        .token(emulator.access_token())
        .program("billing", "1.0.0")
        .build()
        .unwrap();
    let error = sync_definitions(&refused, &definitions).await.unwrap_err();
    assert!(
        error.to_string().contains("it belongs to `catalogue`"),
        "{error}"
    );
}
