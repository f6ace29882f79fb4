//! Keys of segments, projects, environments, AI Configs, flags, variations, metrics and experiments.

use crate::name::{Grammar, checked_name};

const fn key(what: &'static str, longest: usize) -> Grammar {
    Grammar {
        what,
        starts_alphanumeric: true,
        longest,
        reserved: &[],
    }
}

checked_name! {
    /// The key of a segment: unique in its environment, told apart by case, never changed.
    ///
    /// Letters, digits, `.`, `_` and `-`, starting with a letter or a digit, at most 256
    /// characters. (LaunchDarkly's own Terraform provider holds keys to that pattern; the length is
    /// the one it holds flag keys to.)
    ///
    /// ```
    /// use segments_model::SegmentKey;
    ///
    /// const BETA: SegmentKey = SegmentKey::from_static("beta-testers");
    /// assert_eq!(BETA.as_str(), "beta-testers");
    /// assert!(SegmentKey::parse("beta testers").is_err());
    /// ```
    SegmentKey, key("segment key", 256)
}

checked_name! {
    /// The key of a project: 1 to 100 letters, digits, `.`, `_` and `-`, starting with a letter or
    /// a digit.
    ///
    /// ```
    /// assert!(segments_model::ProjectKey::parse("my-shop").is_ok());
    /// assert!(segments_model::ProjectKey::parse("-shop").is_err());
    /// ```
    ProjectKey, key("project key", 100)
}

checked_name! {
    /// The key of an environment of a project, such as `production`.
    ///
    /// ```
    /// assert!(segments_model::EnvironmentKey::parse("production").is_ok());
    /// assert!(segments_model::EnvironmentKey::parse("pre/prod").is_err());
    /// ```
    EnvironmentKey, key("environment key", 256)
}

checked_name! {
    /// The key of an AI Config, such as `support-assistant`.
    ///
    /// ```
    /// assert!(segments_model::AiConfigKey::parse("support-assistant").is_ok());
    /// assert!(segments_model::AiConfigKey::parse("support assistant").is_err());
    /// ```
    AiConfigKey, key("key of an AI Config", 256)
}

checked_name! {
    /// The key of a feature flag, such as `new-checkout`.
    ///
    /// ```
    /// assert!(segments_model::FlagKey::parse("new-checkout").is_ok());
    /// assert!(segments_model::FlagKey::parse("").is_err());
    /// ```
    FlagKey, key("flag key", 256)
}

checked_name! {
    /// The key of something that an AI Config or a flag serves, such as `careful`.
    ///
    /// Variations of AI Configs have keys. Those of flags have none: there, a key stands for the
    /// variation of that name, or of that value.
    ///
    /// ```
    /// assert!(segments_model::VariationKey::parse("careful").is_ok());
    /// assert!(segments_model::VariationKey::parse("very careful").is_err());
    /// ```
    VariationKey, key("variation key", 256)
}

checked_name! {
    /// The key of a metric, such as `checkout-total`.
    ///
    /// ```
    /// assert!(segments_model::MetricKey::parse("checkout-total").is_ok());
    /// assert!(segments_model::MetricKey::parse("checkout total").is_err());
    /// ```
    MetricKey, key("metric key", 256)
}

checked_name! {
    /// The key of an experiment, such as `careful-answers`.
    ///
    /// ```
    /// assert!(segments_model::ExperimentKey::parse("careful-answers").is_ok());
    /// assert!(segments_model::ExperimentKey::parse("").is_err());
    /// ```
    ExperimentKey, key("experiment key", 256)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::InvalidName;

    #[test]
    fn keys_keep_to_the_services_characters() {
        for good in ["a", "A1", "eu-power.users_2", "0"] {
            assert_eq!(SegmentKey::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "-a", ".a", "_a", "a b", "ä", "a/b", "a\n", "日本"] {
            assert!(SegmentKey::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_name_that_was_meant_is_a_name() {
        for (text, meant) in [
            ("Beta Testers", Some("beta-testers")),
            ("Ann's Übersicht / EU", Some("anns-ubersicht-eu")),
            ("eu_west 2", Some("eu-west-2")),
            ("  staff  ", Some("staff")),
            ("“staff”", Some("staff")),
            ("v1.2 users", Some("v1.2-users")),
            ("🎉", None),
            ("", None),
            ("!!", None),
            ("пользователи", None),
        ] {
            let suggestion = match SegmentKey::parse(text).unwrap_err() {
                InvalidName::Start { suggestion, .. }
                | InvalidName::Character { suggestion, .. } => suggestion,
                _ => None,
            };
            assert_eq!(suggestion.as_deref(), meant, "{text}");
        }
    }

    #[test]
    fn length_is_bounded() {
        assert!(SegmentKey::parse("k".repeat(256)).is_ok());
        assert_eq!(
            SegmentKey::parse("k".repeat(257)).unwrap_err(),
            InvalidName::TooLong {
                what: "segment key",
                length: 257,
                longest: 256
            }
        );
        assert!(ProjectKey::parse("k".repeat(101)).is_err());
    }

    #[test]
    fn messages_say_what_to_write() {
        let message = |text: &str| SegmentKey::parse(text).unwrap_err().to_string();
        assert_eq!(
            message("beta testers"),
            "`beta testers` is not a segment key: a space is not allowed; write `beta-testers`"
        );
        assert_eq!(
            message("-beta"),
            "a segment key does not start with `-`; write `beta`"
        );
        assert_eq!(
            message("bêta"),
            "`bêta` is not a segment key: `ê` is not allowed; write `beta`"
        );
        assert_eq!(
            message("ベータ"),
            "`ベータ` is not a segment key: `ベ` is not allowed; use letters, digits, `.`, `_` and `-`"
        );
        assert_eq!(
            message(""),
            "a segment key is not empty; write at least one letter or digit"
        );
    }

    #[cfg(feature = "serde")]
    #[test]
    fn json_is_checked_on_the_way_in() {
        assert_eq!(
            serde_json::to_string(&SegmentKey::from_static("a-b")).unwrap(),
            r#""a-b""#
        );
        assert!(serde_json::from_str::<SegmentKey>(r#""a b""#).is_err());
    }
}
