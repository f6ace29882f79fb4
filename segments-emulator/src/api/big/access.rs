//! Finding a big segment and changing its members.

use segments_model::wire::Segment;

use crate::message::ApiError;
use crate::service::Service;
use crate::service::auth::segment_resource;
use crate::state::{Address, BigSegment};

impl Address<'_> {
    /// The name under which roles know the segment, if it is a big one.
    pub(super) fn check(self, service: &Service) -> Result<String, ApiError> {
        let stored = service
            .state
            .segment(self.project, self.environment, self.key)?;
        self.refuse_standard(&stored.segment)?;
        Ok(segment_resource(
            self.project,
            self.environment,
            self.key,
            &stored.segment.tags,
        ))
    }

    pub(super) fn big(self, service: &Service) -> Option<&BigSegment> {
        let environment = service.state.environment(self.project, self.environment);
        environment.ok()?.big.get(self.key)
    }

    pub(super) fn change<T>(
        self,
        service: &mut Service,
        change: impl FnOnce(&mut BigSegment) -> T,
    ) -> Result<T, ApiError> {
        let now = service.clock.now();
        service.change_big_segment(self.project, self.environment, self.key, |big| {
            big.version = big.version.saturating_add(1);
            big.last_modified = now;
            change(big)
        })
    }

    /// Refuses a segment that is not a big segment.
    pub(crate) fn refuse_standard(self, segment: &Segment) -> Result<(), ApiError> {
        if segment.unbounded {
            Ok(())
        } else {
            Err(ApiError::invalid(format!(
                "segment \"{}\" is not a big segment",
                self.key
            )))
        }
    }
}
