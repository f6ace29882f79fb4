//! Parts that are left to people: each is a part, and is not declared as well.

use crate::code::code;
use crate::draft::DraftTargets;
use crate::{Code, Draft, Findings, Part, Place, or_list};

code! {}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let form = draft.form;
    for name in &draft.unmanaged {
        let Some(part) = Part::parse(form, name) else {
            let names = Part::ALL.map(|part| part.written(form));
            let advice = or_list(name, names);
            let message = format!("`{name}` is not a part of a segment{advice}");
            findings.add(Code::KEY_UNKNOWN, Place::Unmanaged, message);
            continue;
        };
        if declares(draft, part) {
            let message = format!(
                "`{name}` is declared, and `unmanaged` leaves it to people; remove one of them"
            );
            findings.add(Code::KEY_DUPLICATE, Place::Unmanaged, message);
        }
    }
}

fn declares(draft: &Draft, part: Part) -> bool {
    match part {
        Part::Description => draft.description.is_some(),
        Part::Tags => draft.tags.is_some(),
        Part::Included => list(draft.included.as_ref()) || draft.nobody,
        Part::Excluded => list(draft.excluded.as_ref()) || draft.nobody,
        Part::Rules => draft.rules.is_some() || draft.nobody,
    }
}

/// A list that declares some contexts at least may leave all others to people.
fn list(targets: Option<&DraftTargets>) -> bool {
    targets.is_some_and(|targets| !targets.at_least)
}

/// Returns whether the author says that somebody else decides who is in the segment.
pub(super) fn leaves_audience(draft: &Draft) -> bool {
    let parts = draft.unmanaged.iter();
    let mut parts = parts.filter_map(|name| Part::parse(draft.form, name));
    parts.any(|part| matches!(part, Part::Included | Part::Excluded | Part::Rules))
}
