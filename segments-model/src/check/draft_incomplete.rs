use std::fmt;

use crate::code::code;
use crate::{Code, Finding, Place};

code! {
    /// Part of a segment is missing or cannot be read.
    ///
    /// Only programs that build a `Draft` themselves get this error. The macros and the file reader report an unreadable part at the part itself.
    ///
    /// ```rust
    /// use segments_runtime::model::draft::{DraftClause, DraftRule};
    /// use segments_runtime::model::{Code, Draft, Operator};
    ///
    /// let mut clause = DraftClause {
    ///     kind: Some("user".into()),
    ///     attribute: Some("plan".into()),
    ///     operator: None, // wrong: nobody has said how to compare
    ///     values: vec![Some("pro".into())],
    ///     ..DraftClause::default()
    /// };
    /// let draft = |clause: &DraftClause| Draft {
    ///     key: "paying".into(),
    ///     name: "Paying".into(),
    ///     description: Some("Who pays".into()),
    ///     rules: Some(vec![DraftRule { clauses: vec![clause.clone()], ..DraftRule::default() }]),
    ///     ..Draft::default()
    /// };
    /// let findings = draft(&clause).parse().unwrap_err();
    /// assert!(findings.iter().all(|finding| finding.code == Code::DRAFT_INCOMPLETE));
    ///
    /// clause.operator = Some(Operator::In); // right
    /// let (_, findings) = draft(&clause).parse().unwrap();
    /// assert!(findings.is_empty());
    /// ```
    DRAFT_INCOMPLETE = Error "draft-incomplete";
}

impl Finding {
    /// A part without which a draft is no definition, and which cannot be read.
    pub(crate) fn incomplete(place: Place, error: &dyn fmt::Display) -> Self {
        Self::new(Code::DRAFT_INCOMPLETE, place, error.to_string())
    }

    /// A part without which a draft is no definition, and which is not there.
    pub(crate) fn missing(place: Place) -> Self {
        let message = "this part is missing; a definition needs all parts".to_owned();
        Self::new(Code::DRAFT_INCOMPLETE, place, message)
    }
}
