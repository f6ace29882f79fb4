//! The shop takes everything from the file, including contexts.

#[allow(missing_docs, reason = "the file says what they are")]
pub mod audiences {
    segments_runtime::include_segments!("../segments.toml");
}

use audiences::{Regulars, User};

/// The price of delivery, in cents.
pub fn delivery(user: &User) -> u32 {
    if Regulars::contains(user) { 0 } else { 490 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regulars_pay_no_delivery() {
        assert_eq!(delivery(&User::new("u-1").orders(20)), 0);
        assert_eq!(delivery(&User::new("u-2").orders(3)), 490);
        assert_eq!(delivery(&User::new("u-3")), 490);
    }
}
