//! Individual targets that expire.

use serde::{Deserialize, Serialize};

/// An individual target that goes by itself when its time comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExpiringTarget {
    pub(crate) id: String,
    pub(crate) version: u64,
    /// Milliseconds since 1970.
    pub(crate) expires: i64,
    #[serde(flatten)]
    pub(crate) place: TargetPlace,
    pub(crate) kind: String,
    pub(crate) key: String,
}

/// Where a target is listed, as the service writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum TargetPlace {
    /// In one of the two lists of a segment. Data of older emulators calls it `list`.
    #[serde(alias = "list")]
    TargetType(SegmentList),
    /// With the variation of a flag that it is served.
    VariationId(String),
}

/// The two lists of individual targets of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SegmentList {
    Included,
    Excluded,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn data_of_an_older_emulator_is_read() {
        let json = json!({"id": "i", "version": 1, "expires": 2, "list": "excluded", "kind": "user", "key": "u"});
        let target: ExpiringTarget = serde_json::from_value(json).unwrap();
        assert_eq!(target.place, TargetPlace::TargetType(SegmentList::Excluded));
        let written = serde_json::to_value(&target).unwrap();
        assert_eq!(written["targetType"], "excluded");
        assert_eq!(
            serde_json::from_value::<ExpiringTarget>(written).unwrap(),
            target
        );
    }
}
