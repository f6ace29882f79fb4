//! Individual targets whose time has come.

use super::Service;
use crate::state::{StoredSegment, target_keys_mut};

impl Service {
    /// Removes the targets whose time has come.
    pub(crate) fn expire(&mut self) {
        let now = self.clock.now();
        if now < self.next_expiry {
            return;
        }
        let mut next = i64::MAX;
        let mut changed = Vec::new();
        for (project, found) in &self.state.projects {
            for (environment, found) in &found.environments {
                for stored in found.segments.values() {
                    let due = stored.expiring.iter().any(|target| target.expires <= now);
                    if due {
                        changed.push((project.clone(), environment.clone(), without(stored, now)));
                    }
                    let later = stored.expiring.iter().map(|target| target.expires);
                    next = later.filter(|it| *it > now).fold(next, i64::min);
                }
            }
        }
        self.next_expiry = next;
        for (project, environment, stored) in changed {
            // A file that cannot be written is reported to the next client that writes.
            let _ = self.put_segment(&project, &environment, stored);
            let _ = self.save_changes();
        }
    }
}

/// The segment without the targets whose time has come.
fn without(stored: &StoredSegment, now: i64) -> StoredSegment {
    let mut left = stored.clone();
    let (due, later) = left
        .expiring
        .drain(..)
        .partition::<Vec<_>, _>(|target| target.expires <= now);
    left.expiring = later;
    for target in due {
        target_keys_mut(&mut left.segment, target.list, &target.kind)
            .retain(|it| *it != target.key);
    }
    left.segment
        .included_contexts
        .retain(|it| !it.values.is_empty());
    left.segment
        .excluded_contexts
        .retain(|it| !it.values.is_empty());
    left.segment.version = left.segment.version.saturating_add(1);
    left.segment.last_modified_date = now;
    left
}
