//! A size limit of the service.

use crate::{Code, Findings, Place};

/// How many there may be of something, and what to do where there are more.
pub(super) struct Limit {
    pub(super) most: usize,
    pub(super) what: &'static str,
    pub(super) advice: &'static str,
    pub(super) over: Code,
    pub(super) near: Code,
}

impl Limit {
    pub(super) fn check(&self, count: usize, findings: &mut Findings) {
        let Self {
            most, what, advice, ..
        } = self;
        if count > *most {
            findings.add(
                self.over,
                Place::Segment,
                format!(
                    "{count} {what} are more than the {most} that a segment may have; {advice}"
                ),
            );
        } else if count * 5 > most * 4 {
            findings.add(
                self.near,
                Place::Segment,
                format!("{count} {what} are close to the {most} that a segment may have; {advice}"),
            );
        }
    }
}
