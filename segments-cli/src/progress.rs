//! A progress bar on standard error while LaunchDarkly is read and written.

use indicatif::{ProgressBar, ProgressStyle};
use segments_runtime::sync::ProgressEvent;

use crate::output::{Output, Text};

/// The progress of the work, shared with the callback that receives it.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    bar: ProgressBar,
}

impl Watch {
    pub(crate) fn new(output: Output) -> Self {
        let bar = if output.draws() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        // Not as wide as the terminal: the `^C` that it adds goes to the same line, and with it.
        bar.set_style(
            ProgressStyle::with_template("{msg:>10} {bar:40} {pos}/{len}")
                .expect("the template is constant and right"),
        );
        Self { bar }
    }

    pub(crate) fn hear(&self, event: &ProgressEvent<'_>) {
        match event {
            ProgressEvent::Listed { read, total } => self.at("reading", *read, *total),
            ProgressEvent::Settled { done, total, .. } => self.at("applying", *done, *total),
            ProgressEvent::Waiting { wait } => {
                self.bar
                    .set_message(format!("waiting {:.0} s", wait.as_secs_f64().ceil()));
            }
            _ => {}
        }
    }

    /// Shows that so much is to be done.
    pub(crate) fn begin(&self, due: usize) {
        self.at("applying", 0, due);
    }

    fn at(&self, what: &'static str, done: usize, total: usize) {
        // The bar of the work before, which is through, would stay hidden.
        if self.bar.is_finished() {
            self.bar.reset();
        }
        self.bar.set_message(what);
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
        if done >= total {
            self.clear();
        }
    }

    /// Takes the bar from the screen.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Says something while the bar is drawn.
    pub(crate) fn say(&self, output: Output, text: impl Into<Text>) {
        self.bar.suspend(|| output.message(text));
    }

    /// How far the work is.
    pub(crate) fn position(&self) -> (u64, u64) {
        (self.bar.position(), self.bar.length().unwrap_or_default())
    }
}
