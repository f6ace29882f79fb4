//! Bucketing for percentages.

/// Returns the bucket of a context between 0 and 1, for a percentage rule: the first 60 bits of the SHA-1
/// of segment key, salt and value, joined by dots. The value is that of the bucketing attribute: a
/// string, or an [integer](whole_number) in decimal digits. For all other values, and if the attribute is
/// absent, the bucket is 0.
///
/// The service creates the segment's salt; only the data that SDKs receive contains it.
///
/// ```
/// use segments_model::kernel::bucket;
///
/// // The contract tests of LaunchDarkly's SDKs.
/// assert_eq!((bucket("segment3", "salty", "user-key") * 100_000.0).floor(), 14_950.0);
/// ```
#[cfg(feature = "bucket")]
#[must_use]
pub fn bucket(segment: &str, salt: &str, value: &str) -> f32 {
    hashed(&[segment, ".", salt, ".", value])
}

/// Returns the bucket with a seed, which replaces key and salt.
///
/// ```
/// use segments_model::kernel::seeded_bucket;
///
/// // The contract tests of LaunchDarkly's SDKs.
/// assert_eq!((seeded_bucket(61, "userKeyA") * 100_000.0).floor(), 9_801.0);
/// ```
#[cfg(feature = "bucket")]
#[must_use]
pub fn seeded_bucket(seed: i64, value: &str) -> f32 {
    hashed(&[&seed.to_string(), ".", value])
}

#[cfg(feature = "bucket")]
fn hashed(parts: &[&str]) -> f32 {
    use sha1::{Digest, Sha1};

    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    let number = u64::from_be_bytes(first) >> 4;
    #[allow(
        clippy::cast_precision_loss,
        reason = "the SDKs divide in 32-bit floats, and so a bucket can round to 1"
    )]
    let bucket = number as f32 / ((1_u64 << 60) - 1) as f32;
    bucket
}

/// Returns whether a bucket lies in a percentage, given in thousandths of a percent.
///
/// ```
/// use segments_model::kernel::in_share;
///
/// assert!(in_share(0.0, 1) && !in_share(0.0, 0), "0 is nobody");
/// assert!(in_share(0.149_502, 14_955) && !in_share(0.365_635, 14_955));
/// ```
#[must_use]
#[inline]
pub fn in_share(bucket: f32, thousandths: i64) -> bool {
    #[allow(
        clippy::cast_precision_loss,
        reason = "the SDKs hold weights as 32-bit floats"
    )]
    let weight = thousandths as f32;
    bucket < weight / 100_000.0
}

/// Returns whether a percentage rule takes a context that lacks the kind that the rule splits.
///
/// SDKs differ: in the Rust SDK the bucket is 0, so the rule takes everybody unless its percentage is 0;
/// in the Go SDK the rule does not match. We follow the Rust SDK, whose flags the program sees; this
/// function is the only place to change.
///
/// ```
/// use segments_model::kernel::in_share_without_kind;
///
/// assert!(in_share_without_kind(1) && !in_share_without_kind(0));
/// ```
#[must_use]
pub fn in_share_without_kind(thousandths: i64) -> bool {
    in_share(0.0, thousandths)
}

/// Returns the integer for bucketing; `None` for numbers with a fraction, or beyond 2^53.
#[must_use]
#[inline]
pub fn whole_number(number: f64) -> Option<i64> {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "whole and below 2^53, as checked"
    )]
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

#[cfg(all(test, feature = "bucket"))]
mod tests {
    use super::*;

    /// Known from the contract tests of LaunchDarkly's SDKs.
    #[test]
    fn buckets_are_those_of_the_sdks() {
        for (segment, salt, value, expected) in [
            ("segment3", "salty", "user-key", 0.149_502_1),
            ("segment3", "salty", "unmatching-key", 0.365_635_6),
            ("hashKey", "saltyA", "userKeyA", 0.421_575_9),
            ("hashKey", "saltyA", "userKeyB", 0.670_848_5),
            ("hashKey", "saltyA", "userKeyC", 0.103_431_1),
        ] {
            let bucket = bucket(segment, salt, value);
            assert!((bucket - expected).abs() < 1e-7, "{value}: {bucket}");
        }
    }

    #[test]
    fn only_whole_numbers_have_buckets() {
        assert_eq!(whole_number(-0.0), Some(0));
        assert_eq!(whole_number(12.0), Some(12));
        assert_eq!(whole_number(12.5), None);
        assert_eq!(whole_number(9_007_199_254_740_991.0), Some((1 << 53) - 1));
        assert_eq!(whole_number(9_007_199_254_740_992.0), None);
        assert_eq!(whole_number(f64::NAN), None);
    }
}
