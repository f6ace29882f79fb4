//! Incoming bodies: limited in length, in time, and in total.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::{Body as _, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::message::ApiError;

/// The longest body that is read: room for an import of a million keys.
const LONGEST_BODY: usize = 64 * 1024 * 1024;

/// As many bytes of bodies as are in memory at once.
const ALL_BODIES: usize = 128 * 1024 * 1024;

/// As much of a body that nobody wants as is read, so that a client that is still sending gets to see
/// the answer.
const LONGEST_UNWANTED: usize = 64 * 1024;

/// How long is waited for such a body.
const UNWANTED_TIME: Duration = Duration::from_secs(1);

/// The unit in which room is counted, since a semaphore counts up to 2^32 only on some machines.
const UNIT: usize = 1024;

/// Reads bodies.
#[derive(Clone)]
pub(crate) struct Intake {
    room: Arc<Semaphore>,
    /// How long a client may take to send a body.
    time: Duration,
}

/// A body in memory, and the room that it takes.
pub(crate) struct Held {
    pub(crate) bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

impl Intake {
    pub(crate) fn new(time: Duration) -> Self {
        Self {
            room: Arc::new(Semaphore::new(ALL_BODIES / UNIT)),
            time,
        }
    }

    /// Reads a body to its end.
    pub(crate) async fn read(&self, body: Incoming) -> Result<Held, ApiError> {
        timeout(self.time, self.collect(body))
            .await
            .unwrap_or_else(|_| {
                Err(
                    ApiError::invalid("the request body did not come in time; send it faster")
                        .with_status(StatusCode::REQUEST_TIMEOUT.as_u16()),
                )
            })
    }

    async fn collect(&self, mut body: Incoming) -> Result<Held, ApiError> {
        let mut bytes = BytesMut::new();
        let mut room: Option<OwnedSemaphorePermit> = None;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| ApiError::invalid("the request body was cut short"))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            let length = bytes.len().saturating_add(data.len());
            if length > LONGEST_BODY {
                return Err(ApiError::invalid(format!(
                    "the request body is longer than {LONGEST_BODY} bytes"
                ))
                .with_status(StatusCode::PAYLOAD_TOO_LARGE.as_u16()));
            }
            let taken = room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            let more = self.take((length.div_ceil(UNIT)).saturating_sub(taken))?;
            match &mut room {
                Some(room) => room.merge(more),
                None => room = Some(more),
            }
            bytes.extend_from_slice(&data);
        }
        Ok(Held {
            bytes: bytes.freeze(),
            _room: room,
        })
    }

    /// Takes room. It does not wait for any: two bodies that each wait for the other's would wait for
    /// good.
    fn take(&self, units: usize) -> Result<OwnedSemaphorePermit, ApiError> {
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        Arc::clone(&self.room)
            .try_acquire_many_owned(units)
            .map_err(|_| {
                let mut error = ApiError::broken(StatusCode::SERVICE_UNAVAILABLE.as_u16());
                "too many request bodies are in memory at once; send it again later"
                    .clone_into(&mut error.message);
                error
            })
    }

    /// Lets a body pass that nobody wants, as far as it is short.
    pub(crate) async fn discard(mut body: Incoming) {
        if body.size_hint().lower() > LONGEST_UNWANTED as u64 {
            return;
        }
        let mut length = 0_usize;
        let _ = timeout(UNWANTED_TIME, async {
            while let Some(Ok(frame)) = body.frame().await {
                length = length.saturating_add(frame.data_ref().map_or(0, Bytes::len));
                if length > LONGEST_UNWANTED {
                    break;
                }
            }
        })
        .await;
    }
}
