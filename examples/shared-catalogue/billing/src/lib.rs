//! Billing binds its struct for organizations to the file's kind: an attribute that the
//! struct lacks, or has with another type, does not compile.

use segments_runtime::Context;

/// An organization, as billing knows it.
#[derive(Debug, Clone, Context)]
#[context(kind = "organization")]
pub struct Organization {
    /// Its number.
    #[context(key)]
    pub number: String,
    /// The name of the plan that it pays for.
    pub plan: String,
    /// Whether it asked for invoices.
    pub invoicing: bool,
    /// Its debt in cents; not an attribute.
    #[context(skip)]
    pub owes: u64,
}

#[allow(missing_docs, reason = "the file says what they are")]
pub mod audiences {
    segments_runtime::include_segments!("../segments.toml", organization = crate::Organization);
}

/// How an organization is asked to pay.
pub fn method(organization: &Organization) -> &'static str {
    if audiences::PaysByInvoice::contains(organization) {
        "invoice"
    } else {
        "card"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enterprises_that_want_invoices_get_them() {
        let company = Organization {
            number: "o-1".to_owned(),
            plan: "enterprise".to_owned(),
            invoicing: true,
            owes: 120_000,
        };
        assert_eq!(method(&company), "invoice");
        let team = Organization {
            plan: "team".to_owned(),
            ..company
        };
        assert_eq!(method(&team), "card");
    }
}
