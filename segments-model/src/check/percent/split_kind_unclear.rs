use crate::code::code;
use crate::draft::{DraftBy, DraftRule, Form};
use crate::{Code, Draft, Findings, Place};

code! {
    /// A percentage is taken, but the context kind to split is unclear.
    /// By default it is the only kind that the clauses test.
    ///
    /// ```toml,wrong
    /// [segments.tenth]
    /// rules = [{ percent = 10, clauses = [
    ///   { attribute = "plan", op = "in", values = ["free"] },
    ///   { context = "org", attribute = "size", op = "greaterThan", values = [1] },
    /// ] }]
    /// ```
    ///
    /// ```text
    /// error[split-kind-unclear]: this rule tests `user` and `org`, but only one of them can be split; write it, as in `bucket_context = "user"` or `bucket_context = "org"`
    /// ```
    ///
    /// ```toml,right
    /// [segments.tenth]
    /// rules = [{ percent = 10, bucket_context = "org", clauses = [
    ///   { attribute = "plan", op = "in", values = ["free"] },
    ///   { context = "org", attribute = "size", op = "greaterThan", values = [1] },
    /// ] }]
    /// ```
    SPLIT_KIND_UNCLEAR = Error "split-kind-unclear";

    /// A rule takes a percentage of a context kind that none of its clauses test.
    /// A clause on a kind, negated or not, never holds for contexts without it.
    ///
    /// ```toml,wrong
    /// [segments.tenth]
    /// rules = [{ percent = 10, bucket_context = "org", clauses = [{ attribute = "plan", op = "in", values = ["free"] }] }]
    /// ```
    ///
    /// ```text
    /// warning[split-kind-optional]: this rule takes a percentage of `org`, but no clause tests this kind: SDKs disagree about contexts without it; write the clause `{ attribute = "kind", op = "in", values = ["org"] }` as well, or split by a kind that the clauses test
    /// ```
    ///
    /// ```toml,right
    /// [segments.tenth]
    /// rules = [{ percent = 10, clauses = [{ attribute = "plan", op = "in", values = ["free"] }] }]
    /// ```
    SPLIT_KIND_OPTIONAL = Warning "split-kind-optional";
}

pub(super) fn check(draft: &Draft, findings: &mut Findings) {
    for (index, rule) in draft.rules.iter().flatten().enumerate() {
        split(draft.form, index, rule, findings);
    }
}

/// Checks that the kind of a split is explicit, or that there is only one.
fn split(form: Form, index: usize, rule: &DraftRule, findings: &mut Findings) {
    // What a rule without clauses is for is asked first.
    if rule.percent.is_none() || rule.clauses.is_empty() && !rule.everyone {
        return;
    }
    let place = match &rule.by {
        Some(_) => Place::By(index),
        None => Place::Percent(index),
    };
    // Which kinds such a clause asks for is the business of its values.
    let mut clauses = rule.clauses.iter();
    let tests_kinds = clauses.any(|clause| clause.tests_kinds() && !clause.negate);
    match split_of(form, Some(rule), rule.by.as_ref()) {
        Ok(_) if tests_kinds => {}
        Err(message) => findings.add(Code::SPLIT_KIND_UNCLEAR, place, message),
        Ok(Some(kind)) if rule.contexts().is_some_and(|asked| !asked.contains(&kind)) => {
            let instead = match form {
                Form::File => {
                    format!("{{ attribute = \"kind\", op = \"in\", values = [\"{kind}\"] }}")
                }
                Form::Rust => format!("has_kind!({kind})"),
            };
            let message = format!(
                "this rule takes a percentage of `{kind}`, but no clause tests this kind: SDKs disagree about contexts without it; write the clause `{instead}` as well, or split by a kind that the clauses test"
            );
            findings.add(Code::SPLIT_KIND_OPTIONAL, place, message);
        }
        Ok(_) => {}
    }
}

/// Of which kind a share is taken, as it is written; nothing if that is not known yet.
pub(crate) fn split_of<'r>(
    form: Form,
    rule: Option<&'r DraftRule>,
    by: Option<&'r DraftBy>,
) -> Result<Option<&'r str>, String> {
    if let Some(by) = by {
        let said = by.kind.as_deref().or(by.context.as_deref());
        if said.is_some() {
            return Ok(said);
        }
    }
    let contexts = match rule {
        Some(rule) => rule.contexts(),
        None => Some(Vec::new()),
    };
    let Some(contexts) = contexts else {
        return Ok(None);
    };
    let write = |context: Option<&str>| match form {
        Form::File => format!("`bucket_context = \"{}\"`", context.unwrap_or("user")),
        Form::Rust => format!("`by = {}::ID`", context.unwrap_or("User")),
    };
    match contexts[..] {
        [only] => Ok(Some(only)),
        [] if rule.is_none() => Err(format!(
            "it is unclear which context kind to split; write it, as in {}",
            write(None)
        )),
        [] => Err(format!(
            "this rule tests no context kind, so the kind to split is unclear; write it, as in {}",
            write(None)
        )),
        [first, second, ..] => Err(format!(
            "this rule tests `{first}` and `{second}`, but only one of them can be split; write it, as in {} or {}",
            write(Some(first)),
            write(Some(second))
        )),
    }
}
