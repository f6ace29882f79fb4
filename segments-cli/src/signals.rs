//! Signals that end a process. The first lets what is under way come to its end; the second does not.

/// Waits until somebody asks to stop: Ctrl-C, the signal with which machines stop a process, or a
/// terminal that goes away. Where it cannot be heard, it ends the process as usual.
pub(crate) async fn stop() {
    tokio::select! {
        () = stop_again() => {}
        () = hang_up() => {}
    }
}

/// The same, of somebody who does not want to wait any longer. A terminal that goes away is told more
/// than once, by the system and by the shell, which says nothing of haste.
pub(crate) async fn stop_again() {
    tokio::select! {
        () = interrupt() => {}
        () = terminate() => {}
    }
}

async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminate() {
    hear(tokio::signal::unix::SignalKind::terminate()).await;
}

#[cfg(unix)]
async fn hang_up() {
    if outlives_its_terminal() {
        std::future::pending::<()>().await;
    }
    hear(tokio::signal::unix::SignalKind::hangup()).await;
}

#[cfg(unix)]
async fn hear(kind: tokio::signal::unix::SignalKind) {
    match tokio::signal::unix::signal(kind) {
        Ok(mut heard) => {
            heard.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

/// Returns whether the process was started to go on without its terminal, as by `nohup`. Whoever listens
/// undoes that. Of the systems that have such signals, only Linux tells without unsafe code.
#[cfg(unix)]
fn outlives_its_terminal() -> bool {
    /// The bit of the first signal.
    const SIGHUP: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & SIGHUP != 0)
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending().await
}

#[cfg(not(unix))]
async fn hang_up() {
    std::future::pending().await
}
