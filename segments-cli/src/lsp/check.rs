//! Reads files in the background, while the conversation with the editor continues.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use super::document::Checked;
use super::server::Event;
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

/// Reads what is sent, until nobody sends or listens.
pub(super) fn work(jobs: &Receiver<Job>, events: &Sender<Event>) {
    while let Ok(job) = jobs.recv() {
        if events.send(Event::Checked(read(job))).is_err() {
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
