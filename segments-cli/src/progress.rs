//! A bar on standard error while LaunchDarkly is read and written, and a record of what was done.

use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use segments_runtime::sync::ProgressEvent;

use crate::output::Output;

/// What the work tells, shared with the callback that hears it.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    bar: ProgressBar,
    settled: Arc<Mutex<Vec<String>>>,
}

impl Watch {
    pub(crate) fn new(output: Output) -> Self {
        let bar = if output.draws() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        bar.set_style(
            ProgressStyle::with_template("{msg:>10} {wide_bar} {pos}/{len}")
                .expect("the template is constant and right"),
        );
        Self {
            bar,
            settled: Arc::default(),
        }
    }

    pub(crate) fn hear(&self, event: &ProgressEvent<'_>) {
        match event {
            ProgressEvent::Listed { read, total } => {
                self.at("reading", *read, *total);
                if read >= total {
                    self.bar.finish_and_clear();
                }
            }
            ProgressEvent::Settled {
                key,
                outcome,
                done,
                total,
            } => {
                self.at("applying", *done, *total);
                if !outcome.is_failure() {
                    let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
                    settled.push((*key).to_owned());
                }
                if done >= total {
                    self.bar.finish_and_clear();
                }
            }
            ProgressEvent::Waiting { wait } => {
                self.bar
                    .set_message(format!("waiting {:.0} s", wait.as_secs_f64().ceil()));
            }
            _ => {}
        }
    }

    fn at(&self, what: &'static str, done: usize, total: usize) {
        self.bar.set_message(what);
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }

    /// What was done before it was interrupted.
    pub(crate) fn interrupted(&self) -> String {
        self.bar.finish_and_clear();
        let settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        if settled.is_empty() {
            "no segment was settled".to_owned()
        } else {
            format!(
                "settled so far: {}; the next `apply` goes on from there",
                settled.join(", ")
            )
        }
    }
}
