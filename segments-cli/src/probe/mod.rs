//! `probe`: tests the user's own account for behavior that the documentation leaves open.
//!
//! It works in its own project, which it creates and deletes. A killed run leaves the project behind,
//! with a mark by which the next run recognizes it.

mod account;
mod question;

use std::time::Duration;

use segments_emulator::Behavior;
use serde_json::{Map, Value as Json};

use crate::arguments::Probe;
use crate::failure::Failure;
use crate::file;
use crate::interruptible::run_until;
use crate::output::{BAD, GOOD, Output, STRONG, Text, styled};
use crate::progress::Watch;
use crate::signals;
use crate::status::Status;
use account::Account;
use question::Question;

/// The result of one probe.
struct Row {
    question: Question,
    /// The answer, or why it is unknown.
    said: Result<Json, String>,
}

impl Row {
    fn differs(&self) -> bool {
        matches!(&self.said, Ok(said) if *said != self.question.taken())
    }

    /// Returns whether a sync depends on it.
    fn matters(&self) -> bool {
        self.differs() && self.question.follows().is_some()
    }
}

pub(crate) fn probe(arguments: &Probe, output: Output) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let config = arguments.connection.config(&watch)?;
    let account = Account::new(&config, arguments.rate)?;
    let time = Duration::from_secs(arguments.connection.timeout);
    // Ctrl-C is heard below, so that nothing is left behind.
    let ended = run_until(
        &watch,
        async {
            account.prepare().await?;
            let asked = async {
                let mut rows = Vec::new();
                for &question in Question::ALL {
                    let said = question.ask(&account).await;
                    rows.push(Row { question, said });
                }
                rows
            };
            let ended = tokio::select! {
                rows = asked => Ok(rows),
                () = signals::stop() => Err(Failure::Interrupted("the project of the probe is deleted".to_owned())),
                () = tokio::time::sleep(time) => Err(Failure::ProbeOutOfTime),
            };
            account.clean_up().await?;
            ended
        },
        std::future::pending(),
    )?;
    output.data(table(&ended))?;
    let kept = behavior(&ended);
    file::replace(&arguments.out, &format!("{kept:#}\n"))?;
    output.message(format_args!(
        "saved the service's behavior to `{}`; `cargo segments emulate --behavior {0}` behaves in the same way",
        arguments.out.display()
    ));
    let mattering: Vec<_> = ended.iter().filter(|row| row.matters()).collect();
    for row in &mattering {
        let follows = row.question.follows().unwrap_or_default();
        output.error(format_args!("{}: {follows}", row.question.name()));
    }
    Ok(if mattering.is_empty() {
        Status::Done
    } else {
        Status::NotRight
    })
}

/// The expected and actual behavior of the service, row by row.
fn table(rows: &[Row]) -> Text {
    let longest = |of: fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let name = longest(|row| row.question.name().len());
    let taken = longest(|row| shown(&row.question.taken()).len()).max("we take".len());
    let line =
        |name_: &str, taken_: &str, said: &str| format!("{name_:name$}  {taken_:taken$}  {said}");
    let head = styled(STRONG, line("row", "we take", "the service says"));
    let lines = rows.iter().map(|row| {
        let said = match &row.said {
            Ok(said) => shown(said),
            Err(why) => format!("not known: {why}"),
        };
        let text = line(row.question.name(), &shown(&row.question.taken()), &said);
        match &row.said {
            Ok(_) if row.differs() => styled(BAD, Text::drawn(text)),
            Ok(_) => styled(GOOD, Text::drawn(text)),
            Err(_) => Text::drawn(text),
        }
    });
    let differing = rows.iter().filter(|row| row.differs()).count();
    let unknown = rows.iter().filter(|row| row.said.is_err()).count();
    let summary = format!(
        "{} rows tested, {differing} different, {unknown} unknown",
        rows.len()
    );
    Text::lines(
        [head]
            .into_iter()
            .chain(lines)
            .chain([styled(STRONG, summary)]),
    )
}

fn shown(value: &Json) -> String {
    match value {
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The switches of the emulator as the service has them.
fn behavior(rows: &[Row]) -> Json {
    let mut switches: Map<String, Json> = match serde_json::to_value(Behavior::default()) {
        Ok(Json::Object(switches)) => switches,
        _ => Map::new(),
    };
    for row in rows {
        if let (true, Ok(said)) = (row.question.is_switch(), &row.said)
            && let Some(switch) = switches.get_mut(row.question.name())
        {
            *switch = said.clone();
        }
    }
    Json::Object(switches)
}
