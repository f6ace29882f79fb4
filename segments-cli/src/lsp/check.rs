//! Reads files in the background, while the conversation with the editor continues.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use super::document::Checked;
use crate::definitions::{self, ReadFile};

/// Files that belong together.
#[derive(Debug)]
pub(super) struct Job(pub(super) Vec<Subject>);

/// A file that is read.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) path: PathBuf,
    pub(super) revision: u64,
    /// As messages call it.
    pub(super) shown: String,
    pub(super) text: String,
}

/// Reads what is sent, until nobody sends, or listens: `sent` hands files over, and returns whether somebody does.
pub(super) fn work(jobs: &Receiver<Job>, sent: impl Fn(Vec<(PathBuf, Checked)>) -> bool) {
    while let Ok(job) = jobs.recv() {
        if !sent(read(job)) {
            return;
        }
    }
}

fn read(Job(subjects): Job) -> Vec<(PathBuf, Checked)> {
    let (files, texts): (Vec<_>, Vec<_>) = subjects
        .into_iter()
        .map(|subject| {
            (
                (subject.path, subject.revision),
                (subject.shown, subject.text),
            )
        })
        .unzip();
    let read = definitions::read_texts(&texts);
    let checked = files.into_iter().zip(read);
    checked
        .map(|((path, revision), ReadFile { report, beside })| {
            let checked = Checked {
                revision,
                report: Arc::new(report),
                beside,
            };
            (path, checked)
        })
        .collect()
}
