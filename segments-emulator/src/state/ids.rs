//! Identifiers in the service's forms, all drawn from one seed.

use std::fmt::Write;

/// Makes identifiers.
pub(crate) struct Ids {
    random: fastrand::Rng,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// A lower-case UUID: rules, clauses, errors.
    pub(crate) fn uuid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.random.u128(..).to_be_bytes())
            .into_uuid()
            .to_string()
    }

    /// 24 hexadecimal digits: environments, imports, approval requests.
    pub(crate) fn object_id(&mut self) -> String {
        self.hex(12)
    }

    /// 32 hexadecimal digits, which percentage rules mix into their hash.
    pub(crate) fn salt(&mut self) -> String {
        self.hex(16)
    }

    /// A number from 0 to 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        self.random.f64()
    }

    fn hex(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(2 * bytes);
        for _ in 0..bytes {
            let byte = self.random.u8(..);
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_sequence() {
        let (mut left, mut right) = (Ids::new(7), Ids::new(7));
        assert_eq!(left.uuid(), right.uuid());
        assert_ne!(left.uuid(), left.uuid());
        assert_eq!(left.object_id().len(), 24);
        assert_eq!(left.salt().len(), 32);
    }
}
