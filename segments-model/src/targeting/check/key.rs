//! The key of an AI Config or a flag.

use crate::code::code;
use crate::targeting::{DraftTargeting, ResourceKind};
use crate::{AiConfigKey, Code, Findings, FlagKey, Place};

code! {}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    let error = match draft.kind {
        ResourceKind::Flag => FlagKey::parse(draft.key.clone()).err(),
        ResourceKind::AiConfig => AiConfigKey::parse(draft.key.clone()).err(),
    };
    if let Some(error) = error {
        findings.add(Code::KEY_INVALID, Place::Key, error.to_string());
    }
}
