//! The official AI SDK for Python, in a folder of its own under `target/clients`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The AI SDK, and what it imports.
pub(crate) const PACKAGES: [&str; 3] = [
    "launchdarkly-server-sdk-ai==1.2.0",
    "launchdarkly-server-sdk==9.20.0",
    // The AI SDK imports it and does not ask for it.
    "typing_extensions==4.15.0",
];

/// The interpreter of the folder; `None` if the packages are not installed, and `SEGMENTS_INSTALL_CLIENTS`, which
/// `.ci/clients` sets, does not say to install them.
pub(crate) fn interpreter() -> Option<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/clients/ai");
    let python = home.join("bin/python");
    let works = |arguments: &[&str]| {
        let output = Command::new(&python).args(arguments).output();
        output.is_ok_and(|output| output.status.success())
    };
    if works(&["-c", "import ldai.client"]) {
        return Some(python);
    }
    std::env::var_os("SEGMENTS_INSTALL_CLIENTS")?;
    let made = Command::new("python3")
        .args(["-m", "venv"])
        .arg(&home)
        .status();
    made.ok().filter(std::process::ExitStatus::success)?;
    let install = ["-m", "pip", "install", "--quiet"].into_iter();
    let arguments: Vec<&str> = install.chain(PACKAGES).collect();
    works(&arguments).then_some(python)
}
