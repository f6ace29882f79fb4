//! The record of requests.

use std::collections::VecDeque;

use hyper::StatusCode;

use crate::message::{RecordedRequest, Request};

/// As many requests as are remembered: more than any test makes, and little enough for an emulator
/// that runs for weeks.
const REMEMBERED: usize = 20_000;

/// As many bytes of bodies as are remembered, by what they take in memory.
const REMEMBERED_BYTES: usize = 32 * 1024 * 1024;

/// The last requests, in order.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    recorded: VecDeque<(RecordedRequest, usize)>,
    /// How much memory the bodies take together.
    bytes: usize,
    /// The number of the first one that is remembered.
    first: u64,
}

impl Requests {
    /// Remembers a request before anything is done with it, and gives it a number.
    pub(crate) fn record(&mut self, request: &Request, now: i64) -> u64 {
        let recorded = RecordedRequest::new(request, now);
        let bytes = recorded.body.as_ref().map_or(0, |_| request.memory());
        self.recorded.push_back((recorded, bytes));
        self.bytes += bytes;
        while self.recorded.len() > REMEMBERED || self.bytes > REMEMBERED_BYTES {
            let forgotten = self.recorded.pop_front();
            self.bytes -= forgotten.map_or(0, |(_, bytes)| bytes);
            self.first += 1;
        }
        self.first + self.recorded.len() as u64 - 1
    }

    /// Remembers how the request of this number was answered, unless it is forgotten.
    pub(crate) fn answered(&mut self, number: u64, status: StatusCode) {
        let index = number
            .checked_sub(self.first)
            .and_then(|index| usize::try_from(index).ok());
        if let Some((recorded, _)) = index.and_then(|index| self.recorded.get_mut(index)) {
            recorded.status = Some(status.as_u16());
        }
    }

    pub(crate) fn all(&self) -> Vec<&RecordedRequest> {
        self.recorded.iter().map(|(recorded, _)| recorded).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.first += self.recorded.len() as u64;
        self.recorded.clear();
        self.bytes = 0;
    }
}
