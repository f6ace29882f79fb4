//! Prompts in LaunchDarkly, compared with the variables that the program provides.

use futures_util::stream::{self, StreamExt};
use segments_model::AiConfigKey;

use super::ask::ask;
use super::config::SyncConfig;
use super::error::SyncError;
use super::failed::FailedRequest;
use super::reader::Reader;
use crate::prompt::{PromptFinding, PromptMistake, Prompts};

/// Checks the variations of every AI Config with declared prompts: whether the program provides the
/// variables, and its contexts the attributes, that they use. A verification does this, too. An AI Config
/// is the same in all environments of a project.
///
/// # Errors
///
/// If LaunchDarkly cannot be reached.
pub async fn check_prompts(config: &SyncConfig) -> Result<Vec<PromptFinding>, SyncError> {
    ask(config, async |reader| look(reader, config).await).await
}

/// The same with a reader.
pub(super) async fn look(
    reader: &Reader,
    config: &SyncConfig,
) -> Result<Vec<PromptFinding>, FailedRequest> {
    let prompts = Prompts::registered();
    let keys: Vec<_> = prompts
        .keys()
        .filter_map(|key| AiConfigKey::parse(key).ok())
        .collect();
    let looks: Vec<_> = keys.iter().map(|key| reader.ai_config(key)).collect();
    let mut looks = stream::iter(looks).buffered(config.options.concurrency);
    let mut found = Vec::new();
    let mut keys = keys.iter();
    while let (Some(read), Some(key)) = (looks.next().await, keys.next()) {
        match read? {
            Some(shown) => found.extend(prompts.check(key.as_str(), &shown)),
            None => found.push(PromptFinding {
                key: key.to_string(),
                variation: String::new(),
                path: String::new(),
                mistake: PromptMistake::Absent,
            }),
        }
    }
    Ok(found)
}
