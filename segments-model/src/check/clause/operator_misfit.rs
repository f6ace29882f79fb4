use super::clauses::clauses;
use crate::code::code;
use crate::foreign;
use crate::{Code, Draft, Findings, Place};

code! {
    /// The operator never matches values of the attribute's type.
    ///
    /// ```toml,wrong
    /// [segments.settled]
    /// rules = [{ clauses = [{ attribute = "email", op = "greaterThan", values = [30] }] }]
    /// ```
    ///
    /// ```text
    /// error[operator-misfit]: operator `greaterThan` does not fit attribute `email` of type string; use `in`, `startsWith`, `endsWith`, `contains` or `matches`
    /// ```
    ///
    /// ```toml,right
    /// [segments.settled]
    /// rules = [{ clauses = [{ attribute = "age", op = "greaterThan", values = [30] }] }]
    /// ```
    OPERATOR_MISFIT = Error "operator-misfit";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (rule, clause, draft) in clauses(draft) {
        if let (Some(operator), Some(attribute_type)) = (draft.operator, draft.attribute_type)
            && !operator.fits(attribute_type)
        {
            let attribute = draft.attribute.as_deref().unwrap_or("this attribute");
            let problem = format!(
                "operator `{operator}` does not fit attribute `{attribute}` of type {attribute_type}"
            );
            let names = foreign::fitting(attribute_type, |row| std::slice::from_ref(&row.wire));
            let message = format!("{problem}; use {}", foreign::any_of(&names));
            findings.add(
                Code::OPERATOR_MISFIT,
                Place::Operator { rule, clause },
                message,
            );
        }
    }
}
