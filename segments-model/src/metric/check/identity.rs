//! The key, the name and the tags.

use crate::check::check_identity;
use crate::code::code;
use crate::metric::DraftMetric;
use crate::{Findings, MetricKey};

code! {}

pub(super) fn check(draft: &DraftMetric, findings: &mut Findings) {
    let key = MetricKey::parse(draft.key.clone());
    let (name, tags) = (draft.name.as_deref(), draft.tags.as_deref());
    check_identity("metric", key.err(), name, tags, findings);
}
