//! The AI Configs that contexts are served.

use std::borrow::Cow;

use launchdarkly_server_sdk::{Context, Detail};
use serde_json::Value as Json;

use crate::client::AiClient;
use crate::config::{Config, Declared};
use crate::event::Data;
use crate::mode::Mode;
use crate::variable::Variables;

impl AiClient {
    /// Returns the AI Config that this context is served.
    #[must_use]
    pub fn config<C: Declared>(&self, context: Context, variables: &dyn Variables) -> Config<C> {
        self.config_of(C::KEY, context, variables)
    }

    /// Returns the AI Config of this key, which may differ from the declared key.
    ///
    /// ```
    /// # use segments_ai::{AiClient, Completion, Undeclared};
    /// # fn ask(ai: &AiClient, context: launchdarkly_server_sdk::Context) {
    /// let config = ai.config_of::<Undeclared<Completion>>("support-assistant", context, &());
    /// if config.enabled {
    ///     for message in config.messages() {
    ///         println!("{}: {}", message.role.as_str(), message.content);
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn config_of<C: Declared>(
        &self,
        key: impl Into<Cow<'static, str>>,
        context: Context,
        variables: &dyn Variables,
    ) -> Config<C> {
        let key = key.into();
        let usage = Data::Key(&key);
        self.track(C::Mode::USAGE, context.clone(), 1.0, &usage);
        let served = self.variation(&key, &context);
        Config::read(self, key, Ok(context), Some(served), variables)
    }

    /// Returns the fallback of an AI Config, for contexts that the SDK does not accept.
    #[must_use]
    pub fn fallback<C: Declared>(
        &self,
        why: impl Into<String>,
        variables: &dyn Variables,
    ) -> Config<C> {
        Config::read(self, C::KEY.into(), Err(why.into()), None, variables)
    }

    /// Reads an AI Config from a served value.
    #[must_use]
    pub fn read<C: Declared>(
        &self,
        context: Context,
        served: Detail<Json>,
        variables: &dyn Variables,
    ) -> Config<C> {
        Config::read(self, C::KEY.into(), Ok(context), Some(served), variables)
    }
}
