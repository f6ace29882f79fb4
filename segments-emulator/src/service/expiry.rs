//! Individual targets that have expired.

use super::Service;
use crate::state::{
    EnvironmentTargeting, ExpiringTarget, StoredSegment, TargetPlace, Targeted, Targeting, kind_of,
    target_keys_mut,
};

/// The change to save, without targets that have expired.
enum Change {
    Segment {
        project: String,
        environment: String,
        without: Box<StoredSegment>,
    },
    Flag {
        project: String,
        key: String,
        without: Box<Targeting>,
    },
}

impl Service {
    /// Removes the targets whose time has come.
    pub(crate) fn expire(&mut self) {
        let now = self.clock.now();
        if now < self.next_expiry {
            return;
        }
        let mut next = i64::MAX;
        let mut changes = Vec::new();
        for (project, found) in &self.state.projects {
            for (environment, here) in &found.environments {
                for stored in here.segments.values() {
                    if is_due(&stored.expiring, now, &mut next) {
                        changes.push(Change::Segment {
                            project: project.clone(),
                            environment: environment.clone(),
                            without: segment_without(stored, now).into(),
                        });
                    }
                }
            }
            for (key, flag) in &found.flags {
                let mut due = false;
                for here in flag.environments.values() {
                    due |= is_due(&here.expiring, now, &mut next);
                }
                if due {
                    changes.push(Change::Flag {
                        project: project.clone(),
                        key: key.clone(),
                        without: flag_without(flag, now).into(),
                    });
                }
            }
        }
        self.next_expiry = next;
        for change in changes {
            // A file that cannot be written is reported to the next client that writes.
            let _ = match change {
                Change::Segment {
                    project,
                    environment,
                    without,
                } => self.put_segment(&project, &environment, *without),
                Change::Flag {
                    project,
                    key,
                    without,
                } => self.put_targeting(Targeted::Flag, &project, &key, *without),
            };
            let _ = self.save_changes();
        }
    }
}

/// Returns whether the time of a target has come. `next` is when it comes for the first one after that.
fn is_due(targets: &[ExpiringTarget], now: i64, next: &mut i64) -> bool {
    let later = targets.iter().map(|target| target.expires);
    *next = later.filter(|it| *it > now).fold(*next, i64::min);
    targets.iter().any(|target| target.expires <= now)
}

/// The targets whose time has come; the others stay.
fn take_due(targets: &mut Vec<ExpiringTarget>, now: i64) -> Vec<ExpiringTarget> {
    let (due, later) = targets.drain(..).partition(|target| target.expires <= now);
    *targets = later;
    due
}

/// The segment without the targets whose time has come.
fn segment_without(stored: &StoredSegment, now: i64) -> StoredSegment {
    let mut left = stored.clone();
    for target in take_due(&mut left.expiring, now) {
        if let TargetPlace::TargetType(list) = target.place {
            target_keys_mut(&mut left.segment, list, &target.kind).retain(|it| *it != target.key);
        }
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

/// The flag without the targets whose time has come.
fn flag_without(flag: &Targeting, now: i64) -> Targeting {
    let mut left = flag.clone();
    for here in left.environments.values_mut() {
        let due = take_due(&mut here.expiring, now);
        if !due.is_empty() {
            let place = |id: &str| flag.variations.iter().position(|it| it.id == id);
            for target in &due {
                unlist(here, target, place);
            }
            here.targets.retain(|list| !list.values.is_empty());
            here.version = here.version.saturating_add(1);
            here.modified = now;
        }
    }
    left.version = left.version.saturating_add(1);
    left
}

/// Serves a context no longer the variation that it was listed for.
fn unlist(
    here: &mut EnvironmentTargeting,
    target: &ExpiringTarget,
    place: impl Fn(&str) -> Option<usize>,
) {
    let TargetPlace::VariationId(id) = &target.place else {
        return;
    };
    for list in &mut here.targets {
        if Some(list.variation) == place(id) && kind_of(list) == target.kind {
            list.values.retain(|it| *it != target.key);
        }
    }
}
