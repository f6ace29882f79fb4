//! The key, the name and the tags.

use crate::check::check_identity;
use crate::code::code;
use crate::experiment::DraftExperiment;
use crate::{ExperimentKey, Findings};

code! {}

pub(super) fn check(draft: &DraftExperiment, findings: &mut Findings) {
    let key = ExperimentKey::parse(draft.key.clone());
    let (name, tags) = (draft.name.as_deref(), draft.tags.as_deref());
    check_identity("experiment", key.err(), name, tags, findings);
}
