//! A signal to stop while contexts are read: the stream ends where it is.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::signals;

/// Whether somebody asked to stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens on a thread of its own. The second signal ends the process at once, in case the
    /// first one is not seen because nothing more comes in.
    pub(crate) fn on_signal() -> Self {
        let stop = Self::default();
        let asked = stop.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            // Without a runtime there is nobody to listen, and Ctrl-C ends the process as usual.
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                signals::stop().await;
                asked.0.store(true, Ordering::Relaxed);
                signals::stop_again().await;
                std::process::exit(130);
            });
        });
        stop
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stream that ends on request, after the current line: half a line is not a context.
pub(super) struct Stoppable<R> {
    stream: R,
    stop: Stop,
    within_line: bool,
}

impl<R> Stoppable<R> {
    pub(super) fn new(stream: R, stop: Stop) -> Self {
        Self {
            stream,
            stop,
            within_line: false,
        }
    }
}

impl<R: BufRead> BufRead for Stoppable<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if !self.stop.is_asked() {
            return self.stream.fill_buf();
        }
        if !self.within_line {
            return Ok(&[]);
        }
        let rest = self.stream.fill_buf()?;
        let end = rest.iter().position(|byte| *byte == b'\n');
        Ok(&rest[..end.map_or(rest.len(), |end| end + 1)])
    }

    fn consume(&mut self, bytes: usize) {
        if let Some(last) = bytes.checked_sub(1)
            && let Ok(buffer) = self.stream.fill_buf()
        {
            // What is consumed was in the buffer, so that this reads nothing.
            self.within_line = buffer.get(last) != Some(&b'\n');
        }
        self.stream.consume(bytes);
    }
}

impl<R: BufRead> Read for Stoppable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?.read(buffer)?;
        self.consume(bytes);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_ends_behind_the_line_in_which_it_is() {
        for capacity in [1, 4, 100] {
            let stop = Stop::default();
            let stream = io::BufReader::with_capacity(capacity, &b"first\nsecond\nthird"[..]);
            let mut stream = Stoppable::new(stream, stop.clone());
            let mut read = [0; 8];
            stream.read_exact(&mut read).unwrap();
            assert_eq!(&read, b"first\nse");
            stop.0.store(true, Ordering::Relaxed);
            let mut rest = String::new();
            stream.read_to_string(&mut rest).unwrap();
            assert_eq!(rest, "cond\n");
        }
        let stop = Stop(Arc::new(true.into()));
        let mut nothing = String::new();
        let mut stream = Stoppable::new(&b"first\n"[..], stop);
        stream.read_to_string(&mut nothing).unwrap();
        assert_eq!(nothing, "");
    }
}
