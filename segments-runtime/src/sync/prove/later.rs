//! The later effects of changed expiries on an audience: nobody joins or leaves because of them now.

use segments_model::Expiry;

use crate::sync::change::{Change, TargetList};
use crate::sync::effect::{Effect, Side};

impl Effect {
    /// The same, with those who are on a list for longer, or not for as long. `has_rules` says whether a rule may
    /// have them anyway, which is not looked into.
    pub(super) fn later(self, changes: &[Change], has_rules: bool) -> Self {
        let Self::Audience {
            mut joins,
            mut leaves,
        } = self
        else {
            return self;
        };
        for change in changes {
            let Change::Expire {
                list,
                kind,
                from,
                to,
                ..
            } = change
            else {
                continue;
            };
            let longer = ends(*to) > ends(*from);
            let side = if longer == (*list == TargetList::Included) {
                &mut joins
            } else {
                &mut leaves
            };
            let earlier = if longer { from } else { to };
            // Who is excluded need not be let in by a rule.
            let is_certain = !has_rules && *list == TargetList::Included;
            match (&side, earlier) {
                (Side::Example(_), _) => {}
                (_, Some(earlier)) if is_certain => {
                    let whom = format!("a listed context of kind {kind} from {earlier} on");
                    *side = Side::Example(whom);
                }
                _ => *side = Side::Unknown,
            }
        }
        Self::Audience { joins, leaves }
    }
}

/// When a context leaves a list, the end of time if it does not.
fn ends(until: Option<Expiry>) -> i64 {
    until.map_or(i64::MAX, Expiry::milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::change::MemberKeys;

    fn said(list: TargetList, from: Option<&str>, to: Option<&str>, has_rules: bool) -> String {
        let [from, to] = [from, to].map(|text| text.map(|text| Expiry::parse(text).unwrap()));
        let change = Change::Expire {
            list,
            kind: "user".to_owned(),
            keys: MemberKeys(vec!["u".to_owned()]),
            from,
            to,
        };
        let none = Effect::Audience {
            joins: Side::Nobody,
            leaves: Side::Nobody,
        };
        none.later(&[change], has_rules).to_string()
    }

    #[test]
    fn who_stays_for_longer_widens_an_audience_later() {
        use TargetList::{Excluded, Included};
        let (early, late) = (Some("2027-01-31"), Some("2027-02-28"));
        for (from, to, expected) in [
            (early, late, "wider: also lets in"),
            (early, None, "wider: also lets in"),
            (late, early, "narrower: no longer lets in"),
            (None, early, "narrower: no longer lets in"),
        ] {
            assert_eq!(
                said(Included, from, to, false),
                format!(
                    "{expected}, for example, a listed context of kind user from 2027-01-31 on"
                )
            );
        }
        let unknown = "cannot tell whether it lets anybody else in";
        assert_eq!(said(Included, early, late, true), unknown);
        assert_eq!(said(Excluded, late, early, false), unknown);
        assert_eq!(
            said(Excluded, early, late, false),
            "cannot tell whether it leaves anybody out"
        );
    }
}
