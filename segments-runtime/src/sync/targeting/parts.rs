//! The parts of the targeting of an AI Config or a flag: those that are declared, and those that were.

use segments_model::wire;

use super::super::at_least::Gone;
use super::super::change;
use super::super::digest::Digest;
use super::super::let_go::{Extent, LetGo};
use super::super::targeting_part::TargetingPart;
use super::diff::{self, Goal};
use super::marks;
use super::variations::Variations;

impl Goal<'_> {
    /// The parts that were declared once, are not any more, and are not empty.
    pub(crate) fn let_go(&self, remote: &wire::Targeting) -> Vec<LetGo> {
        let known = Variations::find(self.targeting, &remote.variations);
        let (Ok(variations), Ok(here)) = (known, self.here(remote)) else {
            return Vec::new();
        };
        if self.forgets || self.ends {
            return Vec::new();
        }
        let before = marks::managed(&remote.tags, self.environment).into_iter();
        let gone = before.filter(|part| !part.is_declared(self.targeting));
        let gone = gone.map(|part| (part, Extent::Whole, stays(part, here, &variations, None)));
        let some = TargetingPart::ALL.into_iter().filter_map(|part| {
            let items = self.items(part, remote)?;
            let gone = items.gone(&self.before(part, remote));
            let extent = match gone {
                Gone::These(_) => Extent::Some,
                Gone::SomeOf(_) => Extent::Unknown,
            };
            Some((part, extent, stays(part, here, &variations, Some(&gone))))
        });
        let resource = &self.targeting.resource;
        let all = gone.chain(some);
        let all =
            all.map(|(part, extent, stays)| LetGo::of_targeting(part, extent, resource, stays));
        all.filter(|part| !part.stays.is_empty()).collect()
    }
}

/// The contents of a part, or those that are gone from the declaration, in words. Contexts are counted,
/// not named.
fn stays(
    part: TargetingPart,
    here: &wire::EnvironmentTargeting,
    variations: &Variations<'_>,
    gone: Option<&Gone>,
) -> Vec<String> {
    let stays = |item: Digest| gone.is_none_or(|gone| gone.items().contains(&item));
    let serves = |served| match variations.shown(served) {
        Some(served) => served.to_string(),
        None => "nothing".to_owned(),
    };
    match part {
        TargetingPart::Targets => {
            let lists = diff::present(variations, here).into_iter();
            let counts = lists.map(|((variation, kind), keys)| {
                let digest = |key: &str| diff::target_digest(&variation, kind, key);
                let count = keys.into_iter().filter(|key| stays(digest(key))).count();
                ((variation, kind), count)
            });
            let counts = counts.filter(|(_, count)| *count > 0);
            let words = counts.map(|((variation, kind), count)| {
                let plural = if count == 1 { "" } else { "s" };
                format!("{count} context{plural} of kind {kind} => {variation}")
            });
            words.collect()
        }
        TargetingPart::Rules => {
            let rules = here.rules.iter();
            let rules = rules.filter(|rule| stays(diff::rule_digest(rule, variations)));
            let words = rules.map(|it| {
                format!(
                    "{} => {}",
                    change::rule_in_words(&it.rule),
                    serves(&it.served)
                )
            });
            words.collect()
        }
        TargetingPart::Fallthrough => {
            vec![format!("everybody else => {}", serves(&here.fallthrough))]
        }
    }
}
