//! Ctrl-C while contexts are counted: the stream ends where it is.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether somebody asked to stop.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens on a thread of its own. The second Ctrl-C ends the process at once, in case the
    /// first one is not seen because nothing more comes in.
    pub(super) fn on_ctrl_c() -> Self {
        let stop = Self::default();
        let asked = stop.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            // Without a runtime there is nobody to listen, and Ctrl-C ends the process as usual.
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                if tokio::signal::ctrl_c().await.is_ok() {
                    asked.0.store(true, Ordering::Relaxed);
                }
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(130);
                }
            });
        });
        stop
    }

    pub(super) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stream that ends when it is asked to.
pub(super) struct Stoppable<R> {
    stream: R,
    stop: Stop,
}

impl<R> Stoppable<R> {
    pub(super) fn new(stream: R, stop: Stop) -> Self {
        Self { stream, stop }
    }
}

impl<R: Read> Read for Stoppable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_asked() {
            return Ok(0);
        }
        self.stream.read(buffer)
    }
}
