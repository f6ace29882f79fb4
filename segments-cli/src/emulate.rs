//! `emulate`: a LaunchDarkly of one's own.

use segments_emulator::Emulator;
use serde_json::json;

use crate::arguments::Emulate;
use crate::failure::Failure;
use crate::output::Output;
use crate::status::Status;

pub(crate) fn emulate(arguments: &Emulate, output: Output) -> Result<Status, Failure> {
    let mut builder = Emulator::builder().port(arguments.port);
    for (project, key) in &arguments.environments {
        builder = builder.environment(project, key);
    }
    if let Some(path) = &arguments.data {
        builder = builder.data(path);
    }
    let emulator = builder.start_blocking()?;
    let sdk_key = emulator.sdk_key("default", "production");
    if arguments.json {
        // One line even on a terminal: scripts read up to the end of it.
        output.data(json!({
            "base_uri": emulator.base_uri(),
            "access_token": emulator.access_token(),
            "sdk_key": sdk_key,
        }))?;
    } else {
        output.data(format_args!(
            "LAUNCHDARKLY_BASE_URI={}\nLAUNCHDARKLY_ACCESS_TOKEN={}",
            emulator.base_uri(),
            emulator.access_token()
        ))?;
        if let Some(key) = sdk_key {
            output.data(format_args!("LAUNCHDARKLY_SDK_KEY={key}"))?;
        }
        output.message("serving; Ctrl-C stops");
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::Start)?;
    runtime
        .block_on(tokio::signal::ctrl_c())
        .map_err(Failure::Start)?;
    output.message(format_args!(
        "stopped after {} requests",
        emulator.requests().len()
    ));
    Ok(Status::Done)
}
