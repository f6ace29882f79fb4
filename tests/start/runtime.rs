//! Without a runtime, or with half of one, there is an error and no panic.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use segments_emulator::Emulator;
use segments_runtime::sync::{self, SyncConfig, SyncError, blocking};

use crate::support::{builder, five};

fn anywhere() -> SyncConfig {
    let builder = SyncConfig::builder().token("api-canary-5d8e");
    builder.base_uri("http://127.0.0.1:9").build().unwrap()
}

#[test]
fn polled_without_tokio() {
    let config = anywhere();
    let future = pin!(sync::sync(&config));
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Err(error)) = future.poll(&mut context) else {
        panic!("it waits for nobody");
    };
    assert!(matches!(error, SyncError::Runtime(_)), "{error}");
    assert!(error.to_string().contains("sync::blocking"), "{error}");
    let future = pin!(sync::segments(&config));
    assert!(matches!(
        future.poll(&mut context),
        Poll::Ready(Err(SyncError::Runtime(_)))
    ));
}

#[test]
fn polled_without_a_timer_or_the_network() {
    let half = |time: bool| {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        if time {
            builder.enable_time();
        }
        builder.build().unwrap()
    };
    for time in [false, true] {
        let error = half(time).block_on(sync::sync(&anywhere())).unwrap_err();
        assert!(matches!(error, SyncError::Runtime(_)), "{error}");
    }
}

#[test]
fn blocking_takes_the_segments_of_the_program() {
    let emulator = Emulator::builder().start_blocking().unwrap();
    let config = builder(&emulator).build().unwrap();
    let report = blocking::sync(&config).unwrap();
    assert_eq!(report.segments.len(), 1);
    assert_eq!(
        emulator
            .segment("default", "production", "paying")
            .unwrap()
            .name,
        "Paying"
    );
}

/// No time is long enough to overflow a clock.
#[tokio::test]
async fn a_deadline_that_never_ends() {
    let emulator = Emulator::start().await.unwrap();
    let config = builder(&emulator)
        .deadline(Duration::MAX)
        .request_timeout(Duration::MAX)
        .build()
        .unwrap();
    sync::sync_definitions(&config, &five()).await.unwrap();
}
