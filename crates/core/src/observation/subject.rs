//! Whom or what an alert is about.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::api::accounts::Account;

/// Marks a customer whose id could be mistaken for one of the words below.
const CUSTOMER: &str = "customer:";
const FLEET: &str = "fleet:";
/// Minutes of a call that a wallet must be able to pay for. Calls are let through by their price, which depends on how long
/// they last: wallets end with less than a call in them, not with nothing.
const CALL_MINUTES: Decimal = Decimal::from_parts(4, 0, 0, false, 0);

/// Whom or what an alert is about. Its text form is kept in the database and shown in output.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum SubjectId {
    /// A customer, by its id (`MA_…`).
    Customer(String),
    /// The partner's own wallet.
    Partner,
    /// All customers' wallets of a currency; `None` where the currency is not known.
    Fleet(Option<String>),
    /// The calls of the last complete report day.
    Calls,
    /// The list of customers as a whole.
    Data,
}

impl SubjectId {
    /// The customer's id; `None` for what is not a customer.
    pub fn customer(&self) -> Option<&str> {
        match self {
            Self::Customer(auth_id) => Some(auth_id),
            _ => None,
        }
    }
}

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer(auth_id) if matches!(Self::from(auth_id.as_str()), Self::Customer(read) if read == *auth_id) => {
                f.write_str(auth_id)
            }
            Self::Customer(auth_id) => write!(f, "{CUSTOMER}{auth_id}"),
            Self::Partner => f.write_str("partner"),
            Self::Fleet(None) => f.write_str("fleet"),
            Self::Fleet(Some(currency)) => write!(f, "{FLEET}{currency}"),
            Self::Calls => f.write_str("calls"),
            Self::Data => f.write_str("data"),
        }
    }
}

impl From<&str> for SubjectId {
    fn from(text: &str) -> Self {
        match text {
            "partner" => Self::Partner,
            "fleet" => Self::Fleet(None),
            "calls" => Self::Calls,
            "data" => Self::Data,
            _ => match (text.strip_prefix(FLEET), text.strip_prefix(CUSTOMER)) {
                (Some(currency), _) => Self::Fleet(Some(currency.to_owned())),
                (_, Some(auth_id)) => Self::Customer(auth_id.to_owned()),
                _ => Self::Customer(text.to_owned()),
            },
        }
    }
}

impl From<String> for SubjectId {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<SubjectId> for String {
    fn from(id: SubjectId) -> Self {
        id.to_string()
    }
}

impl FromStr for SubjectId {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

/// A customer as rules see it; or the partner, the fleet or the like, for figures that are not about one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Whom or what it is.
    pub id: SubjectId,
    /// Name, where the customer has one.
    pub name: Option<String>,
    /// Currency of the wallet, where it is known.
    pub currency: Option<String>,
    /// The wallet. `None`: not read, which is not zero.
    pub balance: Option<Decimal>,
    /// Why the wallet could not be read, where that is known; without any value of an answer.
    pub unread: Option<String>,
    /// When the service last changed the wallet, where it says so.
    pub updated_at: Option<DateTime<Utc>>,
    /// What a minute of calls costs the customer, where it is known.
    pub rate_per_minute: Option<Decimal>,
    /// Whether the customer pays in advance.
    pub is_prepaid: bool,
    /// Whether the customer can place calls.
    pub is_active: bool,
    /// Whether the wallet fills itself.
    pub auto_recharge: bool,
}

impl Subject {
    /// A prepaid, active customer whose wallet was not read.
    pub fn new(auth_id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::of_id(SubjectId::Customer(auth_id.into())) }
    }

    fn of_id(id: SubjectId) -> Self {
        Self {
            id,
            name: None,
            currency: None,
            balance: None,
            unread: None,
            updated_at: None,
            rate_per_minute: None,
            is_prepaid: true,
            is_active: true,
            auto_recharge: false,
        }
    }

    /// The subject of a figure that is not about one customer.
    pub(crate) fn figure(id: SubjectId, balance: Option<Decimal>, currency: Option<String>) -> Self {
        Self { currency, balance, ..Self::of_id(id) }
    }

    /// A customer of the list; `fallback` is the report's currency, for rows that name none.
    pub fn of(account: &Account, fallback: Option<&str>) -> Self {
        Self {
            name: account.name.clone(),
            currency: account.currency().or(fallback).map(str::to_owned),
            balance: account.balance,
            updated_at: account.updated_at,
            rate_per_minute: account.pricing_tier.as_ref().and_then(|tier| tier.rate_per_minute),
            is_prepaid: account.is_prepaid(),
            is_active: account.is_in_use(),
            auto_recharge: account.auto_recharge == Some(true),
            ..Self::of_id(SubjectId::Customer(account.auth_id.clone()))
        }
    }

    /// The customer's id; `None` for what is not a customer.
    pub fn customer(&self) -> Option<&str> {
        self.id.customer()
    }

    /// Whether the wallet cannot pay for a call: it holds less than four minutes cost, or less than `least` where that price is
    /// not known. A wallet that was not read is not empty.
    pub fn is_empty(&self, least: Decimal) -> bool {
        let call = self.rate_per_minute.filter(|rate| *rate > Decimal::ZERO);
        let call = call.and_then(|rate| rate.checked_mul(CALL_MINUTES)).unwrap_or(least);
        self.balance.is_some_and(|balance| balance <= Decimal::ZERO || balance < call)
    }

    /// With this in the wallet.
    #[must_use]
    pub fn with_balance(self, balance: Decimal) -> Self {
        Self { balance: Some(balance), ..self }
    }

    /// In this currency.
    #[must_use]
    pub fn with_currency(self, currency: impl Into<String>) -> Self {
        Self { currency: Some(currency.into()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_subject_has_a_text_form() {
        for (id, text) in [
            (SubjectId::Customer("MA_X".into()), "MA_X"),
            (SubjectId::Partner, "partner"),
            (SubjectId::Fleet(None), "fleet"),
            (SubjectId::Fleet(Some("INR".into())), "fleet:INR"),
            (SubjectId::Calls, "calls"),
            (SubjectId::Data, "data"),
        ] {
            assert_eq!((id.to_string().as_str(), SubjectId::from(text)), (text, id));
        }
    }

    proptest! {
        #[test]
        fn no_customer_id_is_mistaken_for_another_subject(id in "(partner|calls|data|fleet|fleet:|customer:|.){0,3}") {
            let id = SubjectId::Customer(id);
            prop_assert_eq!(SubjectId::from(id.to_string()), id);
        }
    }
}
