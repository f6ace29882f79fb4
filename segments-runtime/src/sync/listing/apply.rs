//! Moving contexts between lists: the requests, with as many contexts in each as the service accepts.

use segments_model::wire::Instruction;
use segments_model::{ContextKind, MAX_PATCH_TARGETS};

use super::error::ListError;
use super::expiry;
use super::look::Look;
use super::place::{LISTS, Moves};
use crate::sync::change::TargetList;
use crate::sync::request::MemberChange as Members;

/// The failure, and whether an earlier request had taken effect.
pub(super) struct Stopped {
    pub(super) error: ListError,
    pub(super) is_partly_done: bool,
}

/// Whether contexts join a list or leave it.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Off,
    Onto,
}

impl Look<'_> {
    /// Moves contexts. Each leaves a list before it joins another, so that nobody counts twice against
    /// the most that a segment lists.
    pub(super) async fn carry_out(&self, kind: &ContextKind, moves: &Moves) -> Result<(), Stopped> {
        let mut sent = 0;
        let moved = self.move_all(kind, moves, &mut sent).await;
        moved.map_err(|error| Stopped {
            is_partly_done: sent > 0,
            error,
        })
    }

    async fn move_all(
        &self,
        kind: &ContextKind,
        moves: &Moves,
        sent: &mut usize,
    ) -> Result<(), ListError> {
        for list in LISTS {
            let keys = moves.leaving(list);
            self.send(kind, list, Way::Off, &keys, sent).await?;
        }
        for list in LISTS {
            let keys = moves.joining(list);
            self.send(kind, list, Way::Onto, &keys, sent).await?;
        }
        let expiries = self.expiring.due(kind, moves);
        if expiries.is_empty() {
            return Ok(());
        }
        let set = expiry::set(&self.reader, &self.key, &self.comment(), &expiries).await;
        let Err(reason) = set else {
            return Ok(());
        };
        // Contexts that should go by themselves must not stay for good.
        for list in LISTS {
            let keys = moves.visiting(list);
            let taken_off = self.send(kind, list, Way::Off, &keys, sent).await;
            if taken_off.is_err() {
                return Err(ListError::WithoutExpiry { reason });
            }
        }
        let visits_only = LISTS.iter().all(|list| {
            moves.leaving(*list).is_empty() && moves.joining(*list) == moves.visiting(*list)
        });
        if visits_only {
            // Everything is as it was.
            *sent = 0;
        }
        Err(ListError::NoExpiry { reason })
    }

    async fn send(
        &self,
        kind: &ContextKind,
        list: TargetList,
        way: Way,
        keys: &[String],
        sent: &mut usize,
    ) -> Result<(), ListError> {
        let scope = &self.reader.scope;
        for chunk in keys.chunks(MAX_PATCH_TARGETS) {
            let request = if self.is_big() {
                let none = Members::default();
                let change = match way {
                    Way::Onto => Members { add: chunk, ..none },
                    Way::Off => Members {
                        remove: chunk,
                        ..none
                    },
                };
                scope.change_members(&self.key, list, &change)
            } else {
                let instruction = instruction(list, way, kind.to_string(), chunk.to_vec());
                scope.patch(&self.key, self.comment(), vec![instruction])
            };
            self.reader.client.done(&request).await?;
            *sent += 1;
        }
        Ok(())
    }

    fn comment(&self) -> String {
        let comment = self.config.options.comment.clone();
        comment.unwrap_or_else(|| "changed at run time by segments-as-code".to_owned())
    }
}

fn instruction(
    list: TargetList,
    way: Way,
    context_kind: String,
    values: Vec<String>,
) -> Instruction {
    match (list, way) {
        (TargetList::Included, Way::Onto) => Instruction::AddIncludedTargets {
            context_kind,
            values,
        },
        (TargetList::Included, Way::Off) => Instruction::RemoveIncludedTargets {
            context_kind,
            values,
        },
        (TargetList::Excluded, Way::Onto) => Instruction::AddExcludedTargets {
            context_kind,
            values,
        },
        (TargetList::Excluded, Way::Off) => Instruction::RemoveExcludedTargets {
            context_kind,
            values,
        },
    }
}
