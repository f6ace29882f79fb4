//! The data of an event besides its name and number.

use serde::{Serialize, Serializer};

/// The data of an event besides its name and number.
#[derive(Debug, Clone, Copy)]
pub enum Data<'a> {
    /// The key of the AI Config.
    Key(&'a str),
    /// The program that tracks.
    Sdk(SdkInfo),
    /// The data of a run.
    Run(RunData<'a>),
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Data::Key(key) => serializer.serialize_str(key),
            Data::Sdk(info) => info.serialize(serializer),
            Data::Run(run) => run.serialize(serializer),
        }
    }
}

/// The data of each event of a run, in the order and with the names of the official SDKs.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunData<'a> {
    pub(crate) run_id: &'a str,
    pub(crate) config_key: &'a str,
    pub(crate) version: i64,
    pub(crate) model_name: &'a str,
    pub(crate) provider_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) variation_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) judge_config_key: Option<&'a str>,
}

/// The program that tracks, as LaunchDarkly records it once for each client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SdkInfo {
    #[serde(rename = "aiSdkName")]
    pub(crate) name: &'static str,
    #[serde(rename = "aiSdkVersion")]
    pub(crate) version: &'static str,
    #[serde(rename = "aiSdkLanguage")]
    pub(crate) language: &'static str,
}
