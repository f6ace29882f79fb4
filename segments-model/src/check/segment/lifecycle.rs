//! Texts of what may happen to a segment that their types cannot read. The codes stand in the rows of the keys.

use std::fmt::Display;
use std::str::FromStr;

use crate::code::code;
use crate::lifecycle::lifecycle_rows;
use crate::{Code, Draft, Findings, LifecycleKey, Place};

code! {}

macro_rules! texts {
    ($($variant:ident $field:ident: $kind:ident$(($type:ty, $code:ident))? = $form:literal, $meaning:literal;)*) => {
        pub(super) fn check(draft: &Draft, findings: &mut Findings) {
            $($(text::<$type>(draft, LifecycleKey::$variant, Code::$code, findings);)?)*
        }
    };
}

lifecycle_rows!(texts);

fn text<T>(draft: &Draft, key: LifecycleKey, code: Code, findings: &mut Findings)
where
    T: FromStr<Err: Display>,
{
    if let Some(Err(error)) = draft.lifecycle.text(key).map(str::parse::<T>) {
        findings.add(code, Place::Lifecycle(key), error.to_string());
    }
}
