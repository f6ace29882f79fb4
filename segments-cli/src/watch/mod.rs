//! `watch`: checks LaunchDarkly repeatedly, and reports differences from the definitions: as metrics, and
//! in words. It keeps only the last check of each environment.

mod endpoint;
mod webhook;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use segments_runtime::sync::{
    LookCounts, LookOutcome, Metrics, Observation, SyncConfig, observe, post_json,
};
use serde_json::Value as Json;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::DefinitionsSource;
use crate::arguments::{Ownership, Watch as Arguments};
use crate::failure::Failure;
use crate::output::{self, Output};
use crate::signals;
use crate::status::Status;
use crate::sync::Work;
use endpoint::{Endpoint, Shared};
use webhook::Webhook;

/// Where collectors take metrics below their address (OTLP specification, *OTLP/HTTP*).
const METRICS: &str = "v1/metrics";

pub(crate) fn watch(
    arguments: &Arguments,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let webhook = Webhook::new(arguments.webhook_file.as_deref())?;
    let otlp = arguments.otlp.as_ref().filter(|it| !it.0.trim().is_empty());
    let otlp = otlp.map(|it| {
        output::keep_secret(&it.0);
        format!("{}/{METRICS}", it.0.trim().trim_end_matches('/'))
    });
    let shared = Shared::default();
    let endpoint = if arguments.no_listen || arguments.once {
        None
    } else {
        Some(Endpoint::new(arguments.listen, &shared)?)
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Start)?;
    if let Some(endpoint) = &endpoint {
        output.message(format_args!(
            "serving http://{}/metrics",
            endpoint.address()
        ));
    }
    let mut watcher = Watcher {
        webhook,
        otlp,
        looks: LookCounts::default(),
        since: now(),
        shared,
        output,
    };
    let stop = Stop::hear()?;
    let result = loop {
        // What is declared may have changed since.
        let work = work(arguments, declared, output);
        if matches!(work, Err(Failure::Interrupted(_))) {
            break Ok(Status::Done);
        }
        let round = async {
            let status = watcher.look(work).await?;
            if !arguments.once {
                sleep(arguments.every).await;
            }
            Ok::<Status, Failure>(status)
        };
        let ended = runtime.block_on(async {
            tokio::select! {
                status = round => status.map(Some),
                () = stop.0.notified() => Ok(None),
            }
        });
        match ended {
            Ok(Some(status)) if arguments.once => break Ok(status),
            Ok(Some(_)) => {}
            // Who watches ends it, and that is no failure.
            Ok(None) => break Ok(Status::Done),
            Err(failure) => break Err(failure),
        }
    };
    runtime.shutdown_background();
    result
}

/// Hears the first signal that ends a process, whatever the others are about.
struct Stop(Arc<Notify>);

impl Stop {
    fn hear() -> Result<Self, Failure> {
        let stop = Arc::new(Notify::new());
        let heard = Arc::clone(&stop);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Failure::Start)?;
        let listen = move || {
            runtime.block_on(signals::stop());
            heard.notify_one();
        };
        std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(listen)
            .map_err(Failure::Start)?;
        Ok(Self(stop))
    }
}

/// The declarations, and their environments.
fn work(
    arguments: &Arguments,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Work, Failure> {
    let ownership = Ownership {
        owner: arguments.owner.clone(),
        ..Ownership::default()
    };
    Work::new(
        &arguments.files,
        &arguments.connection,
        &ownership,
        declared,
        output,
    )
}

struct Watcher {
    webhook: Option<Webhook>,
    otlp: Option<String>,
    looks: LookCounts,
    since: u64,
    shared: Shared,
    output: Output,
}

impl Watcher {
    /// Checks every environment. The first check has to succeed; later errors are reported, and retried.
    async fn look(&mut self, work: Result<Work, Failure>) -> Result<Status, Failure> {
        let is_first = self.looks == LookCounts::default();
        let work = match work {
            Ok(work) => work,
            Err(failure) if is_first => return Err(failure),
            Err(failure) => {
                self.output.error(failure.text());
                return Ok(Status::Failed);
            }
        };
        let mut status = Status::Done;
        let mut seen = Vec::new();
        for config in &work.configs {
            match observe(config, work.declared()).await {
                Ok(observation) => {
                    self.looks.add(config, observation.outcome());
                    status = status.worse(self.tell(config, &observation).await);
                    seen.push(observation);
                }
                Err(error) => {
                    self.looks.add(config, LookOutcome::Unreachable);
                    let failure = Failure::from(error);
                    self.output.error(failure.text());
                    status = Status::Failed;
                }
            }
        }
        let metrics = Metrics {
            observations: &seen,
            looks: &self.looks,
            since: self.since,
        };
        self.shared.set(metrics.prometheus());
        let body = metrics.otlp();
        self.send_metrics(&body).await;
        Ok(status)
    }

    /// Says what differs: to people here, and to the webhook if that is new.
    async fn tell(&mut self, config: &SyncConfig, observation: &Observation) -> Status {
        let scope = config.scope();
        for drifted in &observation.drifted {
            self.output.message(format_args!("{scope}: {drifted}"));
        }
        if let Some(webhook) = &mut self.webhook
            && let Some(failed) = webhook.tell(&scope, observation).await
        {
            self.output.error(format_args!("the webhook: {failed}"));
        }
        if observation.drifted.is_empty() {
            self.output.detail(format_args!("{scope}: as declared"));
            Status::Done
        } else {
            Status::NotRight
        }
    }

    async fn send_metrics(&self, body: &Json) {
        let Some(address) = &self.otlp else { return };
        if let Err(error) = post_json(address, body).await {
            self.output.error(format_args!("the collector: {error}"));
        }
    }
}

fn now() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let milliseconds = since_1970.unwrap_or_default().as_millis();
    u64::try_from(milliseconds).unwrap_or(u64::MAX)
}
