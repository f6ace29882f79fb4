//! The percentages of a split, one by one.

use super::served::splits;
use crate::code::code;
use crate::targeting::DraftTargeting;
use crate::{Code, Findings, Place, Weight};

code! {}

pub(super) fn check(draft: &DraftTargeting, findings: &mut Findings) {
    for (rule, split) in splits(draft) {
        check_shares(
            &split.shares,
            |share| Place::Share { rule, share },
            findings,
        );
        if let [(variation, percent)] = &split.shares[..]
            && Weight::from_percent(*percent) == Ok(Weight::ALL)
        {
            let message = format!("100 % is everybody; write `{variation}` alone");
            findings.add(Code::PERCENT_ALL, Place::Serve { rule }, message);
        }
    }
}

/// Checks that each share is a percentage that somebody gets; `place` is that of each.
pub(crate) fn check_shares(
    shares: &[(String, f64)],
    place: impl Fn(usize) -> Place,
    findings: &mut Findings,
) {
    for (share, (variation, percent)) in shares.iter().enumerate() {
        match Weight::from_percent(*percent) {
            Err(error) => findings.add(Code::PERCENT_INVALID, place(share), error.to_string()),
            Ok(Weight::NONE) => {
                let message = format!("0 % serves nobody `{variation}`; leave it out");
                findings.add(Code::PERCENT_NONE, place(share), message);
            }
            Ok(_) => {}
        }
    }
}
