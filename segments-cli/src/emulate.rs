//! `emulate`: a local LaunchDarkly emulator.

use std::net::SocketAddr;
use std::path::Path;

use segments_emulator::{Behavior, Emulator, Role, Token};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value as Json, json};

use crate::arguments::Emulate;
use crate::connection;
use crate::failure::Failure;
use crate::file;
use crate::health;
use crate::local;
use crate::output::Output;
use crate::signals;
use crate::status::Status;

pub(crate) fn emulate(arguments: &Emulate, output: Output) -> Result<Status, Failure> {
    let address = SocketAddr::new(arguments.address, arguments.port);
    if arguments.health_check {
        return health::check(address, output);
    }
    let mut builder = Emulator::builder().address(address).seed(arguments.seed);
    let own_token = own_token(arguments)?;
    if let Some(secret) = &own_token {
        builder = builder.token(Token::new("own", secret.trim(), Role::Writer));
    }
    for host in &arguments.hosts {
        builder = builder.host(host);
    }
    for (project, key) in &arguments.environments {
        builder = builder.environment(project, key);
    }
    if let Some(path) = &arguments.behavior {
        let behavior = Behavior::from_json(&file::read(path)?);
        builder = builder.behavior(behavior.map_err(|source| Failure::Behavior {
            path: path.clone(),
            source,
        })?);
    }
    if let Some(path) = &arguments.data {
        builder = builder.data(path);
    }
    let emulator = builder.start_blocking()?;
    if let Some(path) = &arguments.fill {
        fill(&emulator, path)?;
    }
    // A token of one's own is known to whoever has the file, and not to be shown.
    let access_token = own_token.is_none().then(|| emulator.access_token());
    let sdk_key = emulator.sdk_key("default", "production");
    // Tokens are what was asked for, so that nothing is taken out of this.
    if arguments.json {
        // One line even on a terminal: scripts read up to the end of it.
        let ready = json!({
            "base_uri": emulator.base_uri(),
            "access_token": access_token,
            "sdk_key": sdk_key,
        });
        output.file(&ready.to_string())?;
    } else {
        let token = access_token.map(|token| ("ACCESS_TOKEN", token.to_owned()));
        let key = sdk_key.map(|key| ("SDK_KEY", key.clone()));
        let base_uri = ("BASE_URI", emulator.base_uri().to_owned());
        let variables = [Some(base_uri), token, key].into_iter().flatten();
        let lines: Vec<String> = variables
            .map(|(name, value)| format!("LAUNCHDARKLY_{name}={value}"))
            .collect();
        output.file(&lines.join("\n"))?;
        output.message(format_args!(
            "serving; open {} to see its data and the next steps; press Ctrl-C to stop",
            emulator.base_uri()
        ));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Start)?;
    runtime.block_on(signals::stop());
    output.message(format_args!(
        "stopped after {} requests",
        emulator.requests().len()
    ));
    Ok(Status::Done)
}

/// Fills an emulator with what a file describes, or with a snapshot of `cargo segments pull`.
fn fill(emulator: &Emulator, path: &Path) -> Result<(), Failure> {
    let text = file::read(path)?;
    let failed = |source| Failure::Fill {
        path: path.to_owned(),
        source,
    };
    let form: Form = serde_json::from_str(&text).unwrap_or_default();
    if form.snapshot.is_none() {
        return emulator.fill(&text).map_err(failed);
    }
    let loaded = local::load(path, &text)?;
    let by_key = |items: Vec<(String, Json)>| items.into_iter().collect::<Map<_, _>>();
    let segments = loaded.segments.iter();
    let segments = segments.map(|it| (it.key.clone(), json!(it)));
    let flags = loaded.flags.iter().map(|it| (it.key.clone(), json!(it)));
    let data = json!({"segments": by_key(segments.collect()), "flags": by_key(flags.collect())});
    let Some(snapshot) = loaded.snapshot else {
        return Err(Failure::NotASnapshot(path.to_owned()));
    };
    emulator
        .receive(&snapshot.project, &snapshot.environment, &data.to_string())
        .map_err(failed)
}

/// The fields that distinguish a snapshot from a description of projects.
#[derive(Default, Deserialize)]
struct Form {
    snapshot: Option<IgnoredAny>,
}

/// The user's own token. The variable applies if other machines can connect, as in a container; on this
/// machine it is the token of the real service.
fn own_token(arguments: &Emulate) -> Result<Option<String>, Failure> {
    match &arguments.token_file {
        Some(path) => connection::token(path).map(Some),
        None if arguments.address.is_loopback() => Ok(None),
        None => {
            let token = std::env::var("LAUNCHDARKLY_ACCESS_TOKEN").ok();
            Ok(token.filter(|token| !token.trim().is_empty()))
        }
    }
}
