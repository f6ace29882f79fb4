//! Requests of SDKs, with an SDK key.

use segments_model::evaluate::Protocol;

use super::{Purpose, Request, Scope, path};

impl Scope {
    /// Everything that SDKs receive, in the way they request it. It is not an operation of the REST API.
    pub(crate) fn sdk_data(&self, protocol: Protocol) -> Request {
        let path = match protocol {
            Protocol::Fdv1 => path(["sdk", "latest-all"]),
            Protocol::Fdv2 => path(["sdk", "poll"]),
        };
        let Self {
            project,
            environment,
        } = self;
        let purpose = Purpose {
            doing: format!("read the data for SDKs of `{project}/{environment}`"),
            needs: "the SDK key of the environment".to_owned(),
        };
        Request::read(path, purpose)
    }
}
