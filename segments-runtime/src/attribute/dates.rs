//! Date types of the standard library and of date crates as fields of contexts.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value as Json;

use crate::attribute::field::describe_scalar;
use crate::attribute::types::{Date, ValueType};
use crate::{AttributeSchema, Field, Scalar, Timestamp};

/// The millisecond in which a moment falls; the nearest that there is for one beyond all that 64 bits
/// can count.
fn millis(nanos: i128) -> i64 {
    let millis = nanos.div_euclid(1_000_000);
    i64::try_from(millis).unwrap_or(if millis < 0 { i64::MIN } else { i64::MAX })
}

macro_rules! dates {
    ($($(#[$feature:meta])? [$($generics:tt)*] $type:ty, |$moment:ident| $millis:expr;)*) => {$(
        $(#[$feature])?
        impl<$($generics)*> From<&$type> for Timestamp {
            fn from($moment: &$type) -> Self {
                Self::from_millis($millis)
            }
        }

        $(#[$feature])?
        impl<$($generics)*> From<$type> for Timestamp {
            fn from(moment: $type) -> Self {
                Self::from(&moment)
            }
        }

        $(#[$feature])?
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Field for $type {
            type Type = Date;

            fn json(&self) -> Option<Json> {
                Timestamp::from(self).json()
            }

            fn describe(path: &[&'static str], private: bool, schema: &mut Vec<AttributeSchema>) {
                describe_scalar::<Self>(path, private, schema);
            }
        }

        $(#[$feature])?
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Scalar for $type {
            const MANY: bool = false;

            #[inline]
            fn any(&self, test: impl FnMut(<Date as ValueType>::Seen<'_>) -> bool) -> Option<bool> {
                Timestamp::from(self).any(test)
            }
        }
    )*};
}

dates! {
    // A distance of seconds in 64 bits has fewer nanoseconds than 128 bits hold.
    [] SystemTime, |time| match time.duration_since(UNIX_EPOCH) {
        Ok(after) => millis(after.as_nanos().cast_signed()),
        Err(before) => millis(-before.duration().as_nanos().cast_signed()),
    };
    #[cfg(feature = "jiff")]
    [] jiff::Timestamp, |time| millis(time.as_nanosecond());
    #[cfg(feature = "jiff")]
    [] jiff::ZonedDateTime, |time| millis(time.timestamp().as_nanosecond());
    #[cfg(feature = "chrono")]
    [Z: chrono::TimeZone] chrono::DateTime<Z>, |time| time.timestamp_millis();
    #[cfg(feature = "time")]
    [] time::OffsetDateTime, |time| millis(time.unix_timestamp_nanos());
    #[cfg(feature = "time")]
    [] time::UtcDateTime, |time| millis(time.unix_timestamp_nanos());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Nanoseconds since 1970, and the millisecond in which they fall.
    const MOMENTS: [(i64, i64); 6] = [
        (0, 0),
        (1_704_067_200_123_456_789, 1_704_067_200_123),
        (999_999, 0),
        (-1, -1),
        (-1_000_000, -1),
        (-1_000_001, -2),
    ];

    fn agree<T>(moment: impl Fn(i64) -> T)
    where
        T: Field<Type = Date> + Scalar,
        Timestamp: From<T>,
    {
        for (nanos, millis) in MOMENTS {
            assert_eq!(moment(nanos).json(), Some(Json::from(millis)), "{nanos}");
            assert_eq!(
                moment(nanos).any(|seen| seen.millis() == millis),
                Some(true),
                "{nanos}"
            );
            assert_eq!(Timestamp::from(moment(nanos)).millis(), millis);
        }
    }

    #[test]
    fn the_standard_library_agrees() {
        agree(|nanos| {
            let distance = Duration::from_nanos(nanos.unsigned_abs());
            if nanos < 0 {
                UNIX_EPOCH - distance
            } else {
                UNIX_EPOCH + distance
            }
        });
    }

    #[test]
    fn moments_too_far_away_become_the_nearest() {
        let far = Duration::from_secs(i64::MAX as u64 / 2);
        assert_eq!(Timestamp::from(UNIX_EPOCH + far).millis(), i64::MAX);
        assert_eq!(Timestamp::from(UNIX_EPOCH - far).millis(), i64::MIN);
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn jiff_agrees() {
        let at = |nanos: i64| jiff::Timestamp::from_nanosecond(nanos.into()).unwrap();
        agree(at);
        agree(|nanos| at(nanos).to_zoned_datetime(jiff::tz::TimeZone::fixed(jiff::tz::offset(5))));
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn chrono_agrees() {
        let east = chrono::FixedOffset::east_opt(5 * 3600).unwrap();
        agree(chrono::DateTime::from_timestamp_nanos);
        agree(|nanos| chrono::DateTime::from_timestamp_nanos(nanos).with_timezone(&east));
    }

    #[cfg(feature = "time")]
    #[test]
    fn time_agrees() {
        let east = time::UtcOffset::from_hms(5, 0, 0).unwrap();
        let at =
            |nanos: i64| time::OffsetDateTime::from_unix_timestamp_nanos(nanos.into()).unwrap();
        agree(at);
        agree(|nanos| at(nanos).to_offset(east));
        agree(|nanos| time::UtcDateTime::from_unix_timestamp_nanos(nanos.into()).unwrap());
    }
}
