//! The percentage of a rule.

use thiserror::Error;

/// A percentage in thousandths, `0..=100000`, which is how the service counts.
///
/// ```
/// use segments_model::Weight;
///
/// assert_eq!(Weight::from_percent(25.0).unwrap().thousandths(), 25_000);
/// assert_eq!(Weight::from_percent(0.001).unwrap().thousandths(), 1);
/// assert!(Weight::from_percent(100.5).is_err());
/// assert_eq!(Weight::from_percent(12.5).unwrap().to_string(), "12.5%");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "u32", try_from = "u32"))]
pub struct Weight(u32);

/// The reason why a number is not a percentage.
#[derive(Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum InvalidPercent {
    /// Below 0, above 100, or not a number.
    #[error("{0} is not a percentage; write a number from 0 to 100")]
    Range(f64),
    /// More decimal places than the service keeps.
    #[error("{0} % is finer than the service counts; write at most three decimal places")]
    Precision(f64),
    /// A weight above 100000.
    #[error("{0} is not a weight; weights are thousandths of a percent, from 0 to 100000")]
    Weight(u32),
}

crate::readable_debug! {
    enum InvalidPercent {
        Range(percent),
        Precision(percent),
        Weight(weight),
    }
}

impl Weight {
    /// Nobody.
    pub const NONE: Self = Self(0);
    /// Everyone.
    pub const ALL: Self = Self(100_000);

    /// Creates a weight from a percentage of at most three decimal places.
    ///
    /// # Errors
    ///
    /// If it is not between 0 and 100, or has more than three decimal places.
    pub fn from_percent(percent: f64) -> Result<Self, InvalidPercent> {
        if !(0.0..=100.0).contains(&percent) {
            return Err(InvalidPercent::Range(percent));
        }
        let thousandths = (percent * 1000.0).round();
        if (percent * 1000.0 - thousandths).abs() > 1e-6 {
            return Err(InvalidPercent::Precision(percent));
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 100000, as checked above"
        )]
        Ok(Self(thousandths as u32))
    }

    /// Creates a weight from thousandths of a percent.
    ///
    /// # Errors
    ///
    /// If there are more than 100000.
    pub const fn from_thousandths(thousandths: u32) -> Result<Self, InvalidPercent> {
        if thousandths > 100_000 {
            Err(InvalidPercent::Weight(thousandths))
        } else {
            Ok(Self(thousandths))
        }
    }

    /// Returns thousandths of a percent.
    #[must_use]
    pub const fn thousandths(self) -> u32 {
        self.0
    }

    /// Returns the percentage.
    #[must_use]
    pub fn percent(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl std::fmt::Display for Weight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}%", self.percent())
    }
}

impl From<Weight> for u32 {
    fn from(weight: Weight) -> u32 {
        weight.0
    }
}

impl TryFrom<u32> for Weight {
    type Error = InvalidPercent;
    fn try_from(thousandths: u32) -> Result<Self, Self::Error> {
        Self::from_thousandths(thousandths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thousandth_survives_the_way_through_percent() {
        for thousandths in (0..=100_000).step_by(7) {
            let weight = Weight::from_thousandths(thousandths).unwrap();
            assert_eq!(Weight::from_percent(weight.percent()).unwrap(), weight);
        }
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for bad in [-0.1, 100.1, f64::NAN, f64::INFINITY] {
            assert!(
                matches!(Weight::from_percent(bad), Err(InvalidPercent::Range(_))),
                "{bad}"
            );
        }
        assert!(matches!(
            Weight::from_percent(0.0001),
            Err(InvalidPercent::Precision(_))
        ));
        assert!(Weight::from_thousandths(100_001).is_err());
    }
}
