//! `pull`: an environment in a file, as SDKs receive it.

use std::time::{SystemTime, UNIX_EPOCH};

use segments_model::date;
use segments_model::evaluate::{Loaded, Protocol, Snapshot};
use segments_runtime::sync::{SyncConfig, sdk_data};
use serde_json::Value as Json;

use crate::arguments::{Pull, SdkProtocol};
use crate::counted::counted;
use crate::failure::Failure;
use crate::file;
use crate::interruptible;
use crate::output::{self, Output};
use crate::progress::Watch;
use crate::status::Status;

/// The variable that has a key of server-side SDKs, as the SDKs' own documentation names it.
const SDK_KEY: &str = "LAUNCHDARKLY_SDK_KEY";

pub(crate) fn pull(arguments: &Pull, output: Output) -> Result<Status, Failure> {
    let watch = Watch::new(output);
    let config = arguments.connection.config(&watch)?;
    let protocol = match arguments.protocol {
        SdkProtocol::Fdv1 => Protocol::Fdv1,
        SdkProtocol::Fdv2 => Protocol::Fdv2,
    };
    let data = receive(&config, protocol, &watch)?;
    let received = parsed(&data)?;
    let snapshot = Snapshot::new(
        config.project().as_str(),
        config.environment().as_str(),
        now(),
        protocol,
    );
    let file = snapshot.around(data, arguments.members);
    let text = serde_json::to_string_pretty(&file).map_err(std::io::Error::other)?;
    let path = &arguments.path;
    if path == "-" {
        output.file(&text)?;
        return Ok(Status::Done);
    }
    if arguments.members {
        file::replace_private(path, &(text + "\n"))?;
    } else {
        file::replace(path, &(text + "\n"))?;
    }
    let flags = received.flags.iter();
    let ai_configs = flags.filter(|flag| flag.is_ai_config()).count();
    output.message(format_args!(
        "saved {}, {} and {} of {}/{} to `{}`{}",
        counted(received.segments.len(), "segment"),
        counted(received.flags.len() - ai_configs, "flag"),
        counted(ai_configs, "AI Config"),
        config.project(),
        config.environment(),
        path.display(),
        if arguments.members {
            ", with the keys of listed contexts"
        } else {
            ", without the keys of listed contexts"
        }
    ));
    Ok(Status::Done)
}

/// The data that SDKs receive of the environment now.
pub(crate) fn receive(
    config: &SyncConfig,
    protocol: Protocol,
    watch: &Watch,
) -> Result<Json, Failure> {
    let key = std::env::var(SDK_KEY).ok();
    let key = key.filter(|key| !key.trim().is_empty());
    if let Some(key) = &key {
        output::keep_secret(key);
    }
    interruptible::run(watch, async { Ok(sdk_data(config, protocol, key).await?) })
}

/// The same, read.
pub(crate) fn received(config: &SyncConfig, watch: &Watch) -> Result<Loaded, Failure> {
    parsed(&receive(config, Protocol::Fdv1, watch)?)
}

fn parsed(data: &Json) -> Result<Loaded, Failure> {
    Loaded::from_json(&data.to_string()).map_err(|source| Failure::SdkData { source })
}

fn now() -> String {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    date::format(i64::try_from(since_1970.as_secs()).unwrap_or_default() * 1000)
}
