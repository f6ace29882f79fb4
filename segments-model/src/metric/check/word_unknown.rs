use crate::code::code;
use crate::metric::{DraftMetric, MetricKind, SuccessCriterion};
use crate::{Code, Findings, Place, or_list};

code! {
    /// The value of a key is not one of its words.
    ///
    /// ```toml,wrong
    /// [metrics.resolved]
    /// kind = "occurence"
    /// ```
    ///
    /// ```text
    /// error[word-unknown]: `occurence` is not a kind of metric; did you mean `occurrence`?
    /// ```
    ///
    /// ```toml,right
    /// [metrics.resolved]
    /// kind = "occurrence"
    /// ```
    WORD_UNKNOWN = Error "word-unknown";
}

pub(super) fn check(draft: &DraftMetric, findings: &mut Findings) {
    let words = [
        (
            "kind",
            "a kind of metric",
            &draft.kind,
            &MetricKind::WORDS[..],
        ),
        (
            "success",
            "a success criterion",
            &draft.success,
            &SuccessCriterion::WORDS[..],
        ),
    ];
    for (key, what, written, known) in words {
        if let Some(word) = written.as_deref()
            && !known.contains(&word)
        {
            let advice = or_list(word, known.iter().copied());
            let message = format!("`{word}` is not {what}{advice}");
            findings.add(Code::WORD_UNKNOWN, Place::part(key), message);
        }
    }
}
