use super::clauses::clauses;
use crate::code::code;
use crate::{AttributeType, Code, Draft, Findings, Operator, Place};

code! {
    /// `contains` looks for a substring in each element of a list.
    ///
    /// ```toml,wrong,alone
    /// [contexts.user.attributes]
    /// groups = { type = "string", many = true }
    ///
    /// [segments.admins]
    /// description = "Administrators"
    /// rules = [{ clauses = [{ attribute = "groups", op = "contains", values = ["admin"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[contains-in-list]: `contains` looks for a substring in each element: `admin` is also in `non-admins`; write `in` to compare whole elements
    /// ```
    ///
    /// ```toml,right,alone
    /// [contexts.user.attributes]
    /// groups = { type = "string", many = true }
    ///
    /// [segments.admins]
    /// description = "Administrators"
    /// rules = [{ clauses = [{ attribute = "groups", op = "in", values = ["admin"] }] }]
    /// ```
    CONTAINS_IN_LIST = Warning "contains-in-list";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    let form = draft.form;
    for (rule, clause, written) in clauses(draft) {
        let is_version = written.attribute_type == Some(AttributeType::Version);
        if written.operator == Some(Operator::Contains)
            && written.is_many == Some(true)
            && !is_version
        {
            let message = format!(
                "`{}` looks for a substring in each element: `admin` is also in `non-admins`; write `{}` to compare whole elements",
                form.name(Operator::Contains),
                form.name(Operator::In)
            );
            let place = Place::Operator { rule, clause };
            findings.add(Code::CONTAINS_IN_LIST, place, message);
        }
    }
}
