//! Reads files beside the conversation with the editor, which goes on meanwhile.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use segments_model::file::Report;

use super::document::Checked;
use super::server::Event;
use crate::definitions;

/// Files that belong together.
#[derive(Debug)]
pub(super) struct Job(pub(super) Vec<Subject>);

/// A file that is read, or was.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) path: PathBuf,
    pub(super) revision: u64,
    pub(super) text: Text,
}

#[derive(Debug)]
pub(super) enum Text {
    /// What has to be read.
    Unread { shown: String, text: String },
    /// What has been.
    Read(Arc<Report>),
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
    let files: Vec<(PathBuf, u64, Arc<Report>)> = subjects
        .into_iter()
        .map(|subject| {
            let report = match subject.text {
                Text::Read(report) => report,
                Text::Unread { shown, text } => {
                    Arc::new(definitions::read_text(&shown, text.as_bytes()))
                }
            };
            (subject.path, subject.revision, report)
        })
        .collect();
    let reports: Vec<&Report> = files.iter().map(|(_, _, report)| &**report).collect();
    let beside = definitions::beside(&reports);
    let checked = files.into_iter().zip(beside);
    checked
        .map(|((path, revision, report), beside)| {
            let checked = Checked {
                revision,
                report,
                beside,
            };
            (path, checked)
        })
        .collect()
}
