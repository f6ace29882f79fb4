//! `--max-moves`: a change that moves too many contexts is an error.

use segments_model::evaluate::Moves;

use crate::arguments::Most;
use crate::counted::counted;
use crate::output::Output;
use crate::status::Status;

/// Returns whether at most the allowed number of contexts moves. Contexts for which this is unknown count
/// if they could make the difference.
pub(super) fn check(most: Most, moves: &Moves, output: Output) -> Status {
    if moves.contexts == 0 {
        output
            .error("no context was read, so `--max-moves` cannot be checked; record some contexts");
        return Status::Unknown;
    }
    let (limit, allowed) = match most {
        Most::Number(number) => (number, number.to_string()),
        Most::Percent(percent) => (share(percent, moves.contexts), format!("{percent}%")),
    };
    if moves.moved > limit {
        output.error(format_args!(
            "{} of {} move, and `--max-moves` allows {allowed}",
            moves.moved,
            counted(moves.contexts, "context")
        ));
        return Status::NotRight;
    }
    if moves.moved + moves.unknown > limit {
        output.error(format_args!(
            "{} of {} move, and {} more may move; `--max-moves` allows {allowed}",
            moves.moved,
            counted(moves.contexts, "context"),
            moves.unknown
        ));
        return Status::Unknown;
    }
    Status::Done
}

/// So many percent of contexts, rounded down.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a number of contexts, which is not negative and far from what a double cannot hold"
)]
fn share(percent: f64, contexts: u64) -> u64 {
    (contexts as f64 * percent / 100.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down() {
        assert_eq!(share(5.0, 99), 4);
        assert_eq!(share(0.0, 99), 0);
        assert_eq!(share(100.0, 99), 99);
    }
}
