//! The Tokio runtime that a sync waits in.

use std::any::Any;
use std::future::poll_fn;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use tokio::runtime::Handle;

/// Polls a future that waits for the network outside of a runtime.
#[derive(Debug)]
pub(crate) struct NoRuntime(pub(crate) io::Error);

/// Runs a future that needs a Tokio runtime, and makes an error of the lack of one.
///
/// A runtime without timers or network says so by a panic, which is caught here. Nothing else tells: it
/// cannot be asked what it was built with.
pub(crate) async fn needed<T, E: From<NoRuntime>>(
    future: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    current()?;
    let mut future = pin!(future);
    poll_fn(|context| {
        let poll = AssertUnwindSafe(|| future.as_mut().poll(context));
        match catch_unwind(poll) {
            Ok(poll) => poll,
            Err(panic) => match lack(&*panic) {
                Some(lack) => Poll::Ready(Err(NoRuntime(lack).into())),
                None => resume_unwind(panic),
            },
        }
    })
    .await
}

/// The runtime that is there.
pub(crate) fn current() -> Result<Handle, NoRuntime> {
    Handle::try_current().map_err(|error| NoRuntime(io::Error::other(error)))
}

/// The part that a runtime lacks if it panics like this.
fn lack(panic: &(dyn Any + Send)) -> Option<io::Error> {
    let text = match panic.downcast_ref::<String>() {
        Some(text) => text,
        None => *panic.downcast_ref::<&str>()?,
    };
    let what = if text.contains("enable_time") {
        "the runtime has no timer"
    } else if text.contains("enable_io") {
        "the runtime has no network driver"
    } else {
        return None;
    };
    Some(io::Error::other(what))
}
