//! Steering without declaring.

use segments_model::{AiConfigKey, SegmentKey, VariationKey};
use segments_runtime::sync::{sync_definitions, target_segments};

use crate::support::config;
use crate::world::{by_hand, emulator, listed, rule_ids, served};

#[tokio::test]
async fn steering_without_declaring_is_idempotent_and_adds_only() {
    let emulator = emulator().await;
    by_hand(&emulator, "production", "a@x.io").await;
    let config = config(&emulator);
    sync_definitions(&config, &[listed("beta")]).await.unwrap();
    let assistant = AiConfigKey::from_static("assistant");
    let steer = |variation: &'static str| {
        let segments = [SegmentKey::from_static("beta")];
        let (config, assistant) = (&config, &assistant);
        async move {
            let variation = VariationKey::from_static(variation);
            target_segments(config, assistant, &variation, segments).await
        }
    };
    let report = steer("careful").await.unwrap();
    assert_eq!(report.writes(), 1, "{report}");
    assert_eq!(steer("careful").await.unwrap().writes(), 0);
    let (rules, fallthrough) = served(&emulator).await;
    assert_eq!(rules[1], ("[\"beta\"]".to_owned(), "careful".to_owned()));
    assert_eq!((rules.len(), fallthrough.as_str()), (2, "disabled"));
    // Another variation is another word for the same rule.
    let ids = rule_ids(&emulator).await;
    steer("fast").await.unwrap();
    assert_eq!(rule_ids(&emulator).await, ids);
    assert_eq!(served(&emulator).await.0[1].1, "fast");
    let error = steer("slow").await.unwrap_err().to_string();
    assert!(error.contains("no variation `slow`"), "{error}");
}
