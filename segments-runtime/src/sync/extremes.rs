//! Extreme numbers from a service or a person: nothing panics, hangs or loops forever.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use proptest::sample::select;
use segments_model::{Definition, Draft};

use super::client::Client;
use super::clock::Clock;
use super::config::SyncConfig;
use super::definitions::Definitions;
use super::limiter::Limiter;
use super::plan;
use super::retry::RetryPolicy;
use super::transport::{Answer, Broken, Fake};

/// More requests than any of these tests has a reason for.
const MANY: usize = 1100;

/// As JSON and as headers write them.
const NUMBERS: [&str; 22] = [
    "0",
    "1",
    "2",
    "50",
    "51",
    "1000",
    "20201",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
    "-1",
    "-9223372036854775808",
    "-9223372036854775809",
    "1.5",
    "1e308",
    "-1e308",
    "null",
];

fn number() -> impl Strategy<Value = &'static str> {
    select(NUMBERS.as_slice())
}

fn duration() -> impl Strategy<Value = Duration> {
    let seconds = [
        0,
        1,
        60,
        1 << 31,
        1 << 32,
        1 << 62,
        i64::MAX.unsigned_abs(),
        u64::MAX,
    ];
    (select(seconds.to_vec()), select(vec![0, 999_999_999]))
        .prop_map(|(seconds, nanos)| Duration::new(seconds, nanos))
}

#[allow(clippy::unnecessary_wraps, reason = "what a transport answers")]
fn answer(status: u16, body: &str) -> Result<Answer, Broken> {
    Ok(Answer {
        status,
        headers: HeaderMap::new(),
        body: body.as_bytes().to_vec(),
    })
}

fn definition(key: &str) -> Definition {
    let draft = Draft {
        key: key.to_owned(),
        name: key.to_owned(),
        nobody: true,
        ..Draft::default()
    };
    draft.parse().unwrap().0
}

/// A runtime whose time goes on by itself once everybody waits for it.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(future)
}

/// All of them under `SEGMENTS_THOROUGH`: an answer may be asked for a thousand times.
fn cases() -> u32 {
    if std::env::var_os("SEGMENTS_THOROUGH").is_some() {
        300
    } else {
        15
    }
}

/// The repetition would have to wait for the next window, which begins after the deadline.
#[test]
fn a_failure_is_told_that_no_request_is_left_to_repeat() {
    let service = Arc::new(Fake::new(|_| {
        let mut answer = answer(503, "")?;
        let headers = [
            ("x-ratelimit-global-remaining", "0"),
            ("x-ratelimit-reset", "160000"),
        ];
        for (name, value) in headers {
            answer.headers.insert(name, HeaderValue::from_static(value));
        }
        Ok(answer)
    }));
    let config = SyncConfig::builder()
        .base_uri("http://127.0.0.1:1")
        .token("api-3")
        .deadline(Duration::from_secs(30))
        .clock(Clock::new(|| UNIX_EPOCH + Duration::from_secs(100)))
        .build()
        .unwrap();
    let client = Arc::new(Client::over(&config, service.clone()));
    let error = run(plan::plan(
        client,
        &config,
        Definitions::from(&[definition("staff")]),
    ));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("503") && service.asked() == 1, "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn headers_of_any_number_leave_nobody_waiting_for_long(
        status in select(vec![200_u16, 429, 503]),
        values in prop::collection::vec(number(), 6),
    ) {
        let names = [
            "retry-after", "x-ratelimit-reset", "x-ratelimit-global-remaining",
            "x-ratelimit-route-remaining", "x-ratelimit-auth-token-remaining",
            "x-ratelimit-auth-token-reset",
        ];
        let headers: HeaderMap = std::iter::zip(names, &values)
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect();
        let (limiter, now) = (Limiter::default(), tokio::time::Instant::now());
        let clock = Clock::new(|| UNIX_EPOCH + Duration::from_secs(100));
        let hour = Duration::from_hours(1);
        let wait = limiter.learn("r", status == 429, &headers, &clock, now);
        prop_assert_eq!(wait.is_some(), status == 429);
        prop_assert!(wait.is_none_or(|wait| wait <= hour), "{:?}", wait);
        let wait = limiter.take("r", now).err();
        prop_assert!(wait.is_none_or(|wait| wait <= hour), "{:?}", wait);
    }

    #[test]
    fn answers_of_any_number_are_read_or_refused(
        total in number(),
        values in prop::collection::vec(number(), 8),
        per_page in select(vec![0_usize, 1, 50, 51]),
        is_new in any::<bool>(),
    ) {
        let [version, created, changed, generation, weight, included, excluded, value] = values[..]
        else {
            unreachable!("eight values");
        };
        let parts = format!(
            r#""version":{version},"creationDate":{created},"lastModifiedDate":{changed},
            "generation":{generation},"_unboundedMetadata":{{"includedCount":{included},"excludedCount":{excluded}}},
            "rules":[{{"_id":"r","weight":{weight},"clauses":[{{"attribute":"a","op":"lessThan","values":[{value}]}}]}}]"#
        );
        let total = total.to_owned();
        let service = Arc::new(Fake::new(move |request| {
            let offset = request.uri.split("offset=").nth(1).filter(|_| is_new);
            let offset = offset.and_then(|rest| rest.split('&').next()).unwrap_or("0");
            let item = |place| {
                let key = if place == 0 { "staff".to_owned() } else { format!("{offset}-{place}") };
                format!(r#"{{"key":"{key}","tags":["managed-by.segments-as-code","rev.{version}"],{parts}}}"#)
            };
            let items: Vec<String> = (0..per_page).map(item).collect();
            answer(200, &format!(r#"{{"items":[{}],"totalCount":{total}}}"#, items.join(",")))
        }));
        let config = SyncConfig::builder().base_uri("http://127.0.0.1:1").token("api-1").revision(u64::MAX);
        let config = config.retry(RetryPolicy { attempts: 1, ..RetryPolicy::default() }).build().unwrap();
        let client = Arc::new(Client::over(&config, service.clone()));
        let definitions = [definition("staff"), definition("other")];
        let plan = run(plan::plan(client, &config, Definitions::from(&definitions)));
        match plan {
            Ok(plan) => drop((plan.to_string(), plan.fingerprint(), serde_json::to_string(&plan).unwrap())),
            Err(error) => drop((error.to_string(), format!("{error:?}"))),
        }
        prop_assert!(service.asked() <= MANY, "{} requests", service.asked());
    }

    #[test]
    fn times_of_any_length_end(
        times in prop::collection::vec(duration(), 4),
        attempts in select(vec![0_u32, 1, 9]),
        broken in select(vec![0_u8, 1, 2]),
        retry_after in number(),
    ) {
        let service = Arc::new(Fake::new(move |_| match broken {
            0 => Err(Broken::Unreachable(String::new())),
            1 => answer(503, ""),
            _ => {
                let mut answer = answer(429, "")?;
                answer.headers.insert("retry-after", HeaderValue::from_static(retry_after));
                Ok(answer)
            }
        }));
        let config = SyncConfig::builder()
            .base_uri("http://127.0.0.1:1")
            .token("api-2")
            .deadline(times[0])
            .request_timeout(times[1])
            .retry(RetryPolicy { attempts, first: times[2], longest: times[3] })
            .build()
            .unwrap();
        let client = Arc::new(Client::over(&config, service.clone()));
        let error = run(plan::plan(client, &config, Definitions::from(&[definition("staff")])));
        prop_assert!(error.is_err());
        prop_assert!(service.asked() <= MANY, "{} requests", service.asked());
    }
}
