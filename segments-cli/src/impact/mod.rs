//! `impact`: the contexts that move when the definitions are applied.

mod guard;
mod words;

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;

use segments_model::evaluate::{ContextInstance, LineError, Loaded, Moves, Overlaid};
use segments_model::{Definition, EnvironmentKey, Resource, Targeting};
use segments_runtime::sync::{Action, Outcome, Plan, SyncConfig};
use serde_json::{Value as Json, json};

use crate::DefinitionsSource;
use crate::arguments::{Connection, Impact, PlanFormat, Recorded};
use crate::contexts::{self, Compared, Contexts, Pass, Stop};
use crate::definitions::now;
use crate::failure::Failure;
use crate::file;
use crate::local;
use crate::output::{Output, Text};
use crate::progress::Watch;
use crate::pull;
use crate::status::Status;

pub(crate) fn impact(
    arguments: &Impact,
    declared: DefinitionsSource,
    output: Output,
) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let recorded = &arguments.recorded;
    let (before, environment) = before(recorded, &arguments.connection, &watch)?;
    let change = match local::loaded(&arguments.files)? {
        Some(after) if after.complete => after.into(),
        Some(_) => {
            let path = arguments.files.files.first().cloned();
            return Err(Failure::NotASnapshot(path.unwrap_or_default()));
        }
        None => {
            let (mut definitions, mut targetings) =
                arguments.files.definitions(declared, output)?;
            here(&mut definitions, &mut targetings, &environment);
            before.with_declared(&definitions, &targetings)
        }
    };
    let found = Found::of(&arguments.contexts, recorded, &before, change, output)?;
    match arguments.format {
        PlanFormat::Json => output.json(&found.as_json())?,
        PlanFormat::Human => output.data(found.in_words())?,
        PlanFormat::Markdown => output.data(Text::drawn(found.markdown()))?,
    }
    Ok(found.ends(output))
}

/// The current state: from a snapshot, or from the data for SDKs; and the environment.
fn before(
    recorded: &Recorded,
    connection: &Connection,
    watch: &Watch,
) -> Result<(Loaded, EnvironmentKey), Failure> {
    let Some(path) = &recorded.before else {
        let config = connection.config(watch)?;
        return Ok((
            pull::received(&config, watch)?,
            config.environment().clone(),
        ));
    };
    let before = snapshot(path)?;
    connection.holds(before.snapshot.as_ref())?;
    let environment = match &before.snapshot {
        Some(snapshot) => EnvironmentKey::parse(snapshot.environment.clone())?,
        // Data that came another way does not say what it is of.
        None => match connection.asked(false, watch)? {
            (_, Some(environment)) => environment,
            _ => EnvironmentKey::from_static("production"),
        },
    };
    Ok((before, environment))
}

/// Reads everything that SDKs receive of an environment from a file.
fn snapshot(path: &Path) -> Result<Loaded, Failure> {
    let loaded = local::load(path, &file::read(path)?)?;
    if !loaded.complete {
        return Err(Failure::NotASnapshot(path.to_owned()));
    }
    Ok(loaded)
}

/// The declarations for an environment.
fn here(
    definitions: &mut [Definition],
    targetings: &mut [Targeting],
    environment: &EnvironmentKey,
) {
    for definition in definitions {
        *definition = definition
            .in_environment(environment)
            .at(now())
            .into_owned();
    }
    for targeting in targetings {
        *targeting = targeting.in_environment(environment).into_owned();
    }
}

/// A plan, and what it was made of.
pub(crate) struct Planned<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) definitions: &'p [Definition],
    pub(crate) targetings: &'p [Targeting],
    pub(crate) environment: &'p EnvironmentKey,
}

impl Planned<'_> {
    /// What will be there once the plan is applied: what it leaves alone stays as it is.
    pub(crate) fn on(&self, before: &Loaded) -> Overlaid {
        let due = |outcome: &Outcome| match outcome {
            Outcome::Planned(Action::Delete { .. }) => Some(false),
            Outcome::Planned(_) => Some(true),
            _ => None,
        };
        let items: HashMap<(Option<&Resource>, &str), bool> = self
            .plan
            .settled()
            // What is measured moves nobody.
            .filter(|it| it.measured.is_none())
            .filter_map(|it| Some(((it.resource, it.key), due(it.outcome)?)))
            .collect();
        let is_due =
            |resource: Option<&Resource>, key: &str| items.get(&(resource, key)) == Some(&true);
        let mut definitions = self.definitions.to_vec();
        definitions.retain(|it| is_due(None, it.key.as_str()));
        let mut targetings = self.targetings.to_vec();
        targetings.retain(|it| is_due(Some(&it.resource), it.resource.key()));
        here(&mut definitions, &mut targetings, self.environment);
        let mut change = before.with_declared(&definitions, &targetings);
        let gone = items
            .iter()
            .filter(|((resource, _), due)| resource.is_none() && !**due);
        change.loaded = change
            .loaded
            .without_segments(gone.map(|((_, key), _)| *key));
        // What ends is not declared any more, so that nothing says what it would serve.
        let declared =
            |resource: &Resource| self.targetings.iter().any(|it| it.resource == *resource);
        let ending = items.keys().filter_map(|(resource, _)| *resource);
        let ending = ending.filter(|resource| !declared(resource));
        change
            .left_alone
            .extend(ending.map(|resource| format!("{resource}: it ends")));
        change
    }
}

/// The impact of a change on recorded contexts.
pub(crate) struct Found {
    moves: Moves,
    recorded: Recorded,
    left_alone: Vec<String>,
    is_whole: bool,
    is_interrupted: bool,
}

impl Found {
    /// The state before a plan.
    pub(crate) fn before(
        recorded: &Recorded,
        config: &SyncConfig,
        watch: &Watch,
    ) -> Result<Loaded, Failure> {
        let Some(path) = &recorded.before else {
            return pull::received(config, watch);
        };
        let before = snapshot(path)?;
        if let Some(snapshot) = &before.snapshot {
            let is_here = *config.project() == *snapshot.project
                && *config.environment() == *snapshot.environment;
            if !is_here {
                return Err(Failure::SnapshotElsewhere {
                    of: format!("{}/{}", snapshot.project, snapshot.environment),
                    what: "environment of the plan",
                    named: config.scope(),
                });
            }
        }
        Ok(before)
    }

    pub(crate) fn of(
        contexts: &Path,
        recorded: &Recorded,
        before: &Loaded,
        change: Overlaid,
        output: Output,
    ) -> Result<Self, Failure> {
        let stop = Stop::on_signal();
        let file = Contexts {
            path: contexts,
            form: recorded.contexts_as,
        };
        let compared = compared(before, &change.loaded);
        let comparing = Comparing(segments_model::evaluate::Impact::with_declared(
            before, &change,
        ));
        let read = contexts::read(file, &compared, comparing, &stop, output)?;
        read.tell(read.found.contexts, &stop, output);
        let mut found = Self {
            is_whole: read.is_whole(),
            is_interrupted: stop.is_asked(),
            moves: read.found,
            recorded: recorded.clone(),
            left_alone: change.left_alone,
        };
        found.moves.refused = read.refused;
        for left_alone in &found.left_alone {
            output.always(format_args!("not compared: {left_alone}"));
        }
        Ok(found)
    }

    pub(crate) fn as_json(&self) -> Json {
        let mut shown = json!(self.moves);
        shown["not_compared"] = json!(self.left_alone);
        shown
    }

    pub(crate) fn in_words(&self) -> Text {
        words::human(&self.moves)
    }

    /// The same without styles.
    pub(crate) fn plain(&self) -> String {
        words::plain(&self.moves)
    }

    pub(crate) fn markdown(&self) -> String {
        words::markdown(&self.moves)
    }

    /// How it ends. What guards against moves is an error where it is not known whether too many move.
    pub(crate) fn ends(&self, output: Output) -> Status {
        if self.is_interrupted {
            return Status::Interrupted;
        }
        let status = match self.recorded.max_moves {
            Some(most) => guard::check(most, &self.moves, output),
            None => Status::Done,
        };
        if status != Status::Done {
            return status;
        }
        if self.is_whole && self.left_alone.is_empty() {
            Status::Done
        } else {
            Status::NotRight
        }
    }
}

/// The values that clauses compare attributes with, before and after.
fn compared(before: &Loaded, after: &Loaded) -> Compared {
    let both = [before, after].into_iter();
    let rules = both.flat_map(|loaded| {
        let of_segments = loaded.segments.iter().flat_map(|it| &it.rules);
        let of_flags = loaded.flags.iter().flat_map(|it| &it.rules);
        of_segments.chain(of_flags.map(|it| &it.rule))
    });
    Compared::with(rules)
}

/// Compares over the contexts that are read.
struct Comparing(segments_model::evaluate::Impact<'static>);

impl Pass for Comparing {
    type Found = Moves;

    fn lines(
        self,
        reader: impl BufRead,
        progress: impl FnMut(u64) + Send,
    ) -> Result<Moves, LineError> {
        self.0.progress(progress).ndjson(reader)
    }

    fn rows(
        self,
        contexts: impl Iterator<Item = (u64, ContextInstance)>,
        progress: impl FnMut(u64) + Send,
    ) -> Moves {
        self.0.progress(progress).contexts(contexts)
    }

    fn refused(found: &Moves) -> (u64, Option<&LineError>) {
        (found.refused, found.first_refused.as_ref())
    }
}
