//! Customers and their wallets: `GET /accounts`, `GET /accounts/{id}`, `GET /accounts/{id}/balance`.
//!
//! Every account row of the API carries the customer's `auth_token`. It is not decoded here, so that
//! nothing can print or store it.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::client::answer::Answer;
use crate::client::client::{Call, PartnerClient, understood};
use crate::client::list::{List, list_methods};
use crate::client::model::model;
use crate::client::page::Page;
use crate::client::sweep::Sweep;
use crate::error::Result;

model! {
    /// What a customer's calls cost, and in which currency. Rates are per minute.
    pub struct PricingTier {
        /// Id of the tier.
        pub id: Option<String> = text("id"),
        /// Name of the tier.
        pub name: Option<String> = text("name"),
        /// The customer's currency.
        pub currency: Option<String> = id("currency"),
        /// Price of a minute.
        pub rate_per_minute: Option<Decimal> = amount("rate_per_minute"),
        /// Price of a streamed minute; list rows only.
        pub streaming_rate_per_minute: Option<Decimal> = amount("streaming_rate_per_minute"),
        /// Price of a recorded minute; list rows only.
        pub recording_rate_per_minute: Option<Decimal> = amount("recording_rate_per_minute"),
        /// Price of a `WhatsApp` voice minute; list rows only.
        pub whatsapp_voice_rate: Option<Decimal> = amount("whatsapp_voice_rate"),
        /// Price of a transcribed minute; list rows only.
        pub transcription_rate_per_minute: Option<Decimal> = amount("transcription_rate_per_minute"),
        /// Price of a minute with personal data removed; list rows only.
        pub pii_redaction_rate_per_minute: Option<Decimal> = amount("pii_redaction_rate_per_minute"),
        /// Whether unanswered calls cost something; list rows only.
        pub charge_non_connected_calls: Option<bool> = flag("charge_non_connected_calls"),
        /// Price of an unanswered call; list rows only.
        pub non_connected_call_fee: Option<Decimal> = amount("non_connected_call_fee"),
        /// Price of giving a number back; list rows only.
        pub did_release_fee: Option<Decimal> = amount("did_release_fee"),
        /// Whether the tier is in use.
        pub is_active: Option<bool> = flag("is_active"),
        /// Whether new customers get it.
        pub is_default: Option<bool> = flag("is_default"),
        /// UUID of the partner whose tier it is; absent for the vendor's own.
        pub partner_id: Option<String> = text("partner_id"),
    }
}

model! {
    /// A customer account (a row of `GET /accounts`, the body of `GET /accounts/{id}`).
    pub struct Account {
        /// Customer id, `MA_…`: the key of every other call.
        pub auth_id: String = customer("auth_id"),
        /// Number of the account, as text.
        pub id: Option<String> = text("id"),
        /// Name; chosen by the customer.
        pub name: Option<String> = text("name"),
        /// E-mail address; personal data.
        pub email: Option<String> = text("email"),
        /// Telephone number in any spelling; personal data.
        pub phone: Option<String> = text("phone"),
        /// Company.
        pub company: Option<String> = text("company"),
        /// UUID of the account.
        pub api_id: Option<String> = text("api_id"),
        /// Note.
        pub description: Option<String> = text("description"),
        /// Goods and services tax number.
        pub gstin: Option<String> = text("gstin"),
        /// State of that registration: `active` or `inactive`.
        pub gst_status: Option<String> = text("gst_status"),
        /// Whether tax is deducted at source.
        pub tds_enabled: Option<bool> = flag("tds_enabled"),
        /// How much of it, in percent.
        pub tds_percentage: Option<Decimal> = number("tds_percentage"),
        /// Kind of business.
        pub business_type: Option<String> = text("business_type"),
        /// Kind of account.
        pub account_type: Option<String> = text("account_type"),
        /// What the account may do, such as `user`.
        pub role: Option<String> = text("role"),
        /// `prepaid` or `postpaid`.
        pub billing_mode: Option<String> = text("billing_mode"),
        /// Whether the customer is billed afterwards; see [`Self::is_prepaid`].
        pub postpaid: Option<bool> = flag("postpaid"),
        /// Whether the wallet fills itself.
        pub auto_recharge: Option<bool> = flag("auto_recharge"),
        /// How it fills itself, as sent; no document prints what is inside.
        pub auto_recharge_config: Option<serde_json::Value> = nested("auto_recharge_config"),
        /// The wallet, in whole units of [`Self::currency`]. `None` is not zero.
        pub balance: Option<Decimal> = amount("cash_credits" | "balance"),
        /// Calls a second.
        pub cps_limit: Option<u64> = count("cps_limit"),
        /// Calls at the same time.
        pub concurrent_calls_limit: Option<u64> = count("concurrent_calls_limit"),
        /// Calls a second that the account has by itself; list rows only.
        pub base_cps_limit: Option<u64> = count("base_cps_limit"),
        /// Calls at the same time that it has by itself; list rows only.
        pub base_concurrent_calls_limit: Option<u64> = count("base_concurrent_calls_limit"),
        /// Calls a second that were bought beside these; list rows only.
        pub purchased_cps: Option<u64> = count("purchased_cps"),
        /// Calls at the same time that were bought beside these; list rows only.
        pub purchased_concurrent_calls: Option<u64> = count("purchased_concurrent_calls"),
        /// Whether the account is active.
        pub is_active: Option<bool> = flag("is_active"),
        /// Whether the customer is verified.
        pub is_verified: Option<bool> = flag("is_verified"),
        /// Whether this is a trial.
        pub is_trial_account: Option<bool> = flag("is_trial_account"),
        /// Whether the account is enabled.
        pub enabled: Option<bool> = flag("enabled"),
        /// `active`, `suspended`, …; first generation only. See [`Self::is_in_use`].
        pub status: Option<String> = text("status"),
        /// `pending`, `completed`, …
        pub kyc_status: Option<String> = text("kyc_status"),
        /// Street.
        pub address: Option<String> = text("address"),
        /// City.
        pub city: Option<String> = text("city"),
        /// State.
        pub state: Option<String> = text("state"),
        /// ISO 3166-1 code.
        pub country: Option<String> = text("country"),
        /// Postal code.
        pub zip_code: Option<String> = text("zip_code"),
        /// The customer's time zone.
        pub timezone: Option<String> = text("timezone"),
        /// Tier by id.
        pub pricing_tier_id: Option<String> = text("pricing_tier_id"),
        /// Tier in full, or a part of it for a single account.
        pub pricing_tier: Option<PricingTier> = nested("pricing_tier"),
        /// UUID of the partner.
        pub partner_id: Option<String> = text("partner_id"),
        /// Google's id of the customer, where they sign in with that; list rows only.
        pub google_id: Option<String> = text("google_id"),
        /// The customer's referral code; list rows only.
        pub referral_code: Option<String> = text("referral_code"),
        /// Whether the customer may refer nobody; list rows only.
        pub referral_disabled: Option<bool> = flag("referral_disabled"),
        /// What referring somebody brings, where it differs from the usual; list rows only.
        pub custom_referrer_reward_amount: Option<Decimal> = amount("custom_referrer_reward_amount"),
        /// What being referred brings, where it differs from the usual; list rows only.
        pub custom_referee_reward_amount: Option<Decimal> = amount("custom_referee_reward_amount"),
        /// Path of the account's own API, `/v1/Account/MA_…/`.
        pub resource_uri: Option<String> = text("resource_uri"),
        /// When the account was created.
        pub created_at: Option<DateTime<Utc>> = instant("created_at"),
        /// When it was last changed.
        pub updated_at: Option<DateTime<Utc>> = instant("updated_at"),
        /// When somebody last logged in.
        pub last_login: Option<DateTime<Utc>> = instant("last_login"),
        /// Currency sent on the row itself; first generation and creation only.
        pub own_currency: Option<String> = id("currency"),
    }
}

impl Account {
    /// The wallet's currency: the pricing tier's, else the row's own. `None` leaves the report's.
    pub fn currency(&self) -> Option<&str> {
        self.pricing_tier.as_ref().and_then(|tier| tier.currency.as_deref()).or(self.own_currency.as_deref())
    }

    /// Whether the wallet is paid in advance; an account that does not say is taken as prepaid.
    pub fn is_prepaid(&self) -> bool {
        self.postpaid != Some(true) && !self.billing_mode.as_deref().is_some_and(|mode| mode.eq_ignore_ascii_case("postpaid"))
    }

    /// Whether the account can place calls as far as the row tells; one that does not say is taken as active.
    pub fn is_in_use(&self) -> bool {
        self.is_active != Some(false)
            && self.enabled != Some(false)
            && self.status.as_deref().is_none_or(|status| status.eq_ignore_ascii_case("active"))
    }
}

/// How many wallets are below `threshold`. Wallets whose balance is not known are not counted.
pub fn count_below(accounts: &[Account], threshold: Decimal) -> usize {
    accounts.iter().filter(|account| account.balance.is_some_and(|balance| balance < threshold)).count()
}

model! {
    /// One wallet (`GET /accounts/{id}/balance`), described as being of this moment.
    pub struct Wallet {
        /// Customer id, `MA_…`.
        pub auth_id: Option<String> = customer("auth_id"),
        /// Name of the customer.
        pub name: Option<String> = text("name"),
        /// The balance. `None` is not zero.
        pub balance: Option<Decimal> = amount("cash_credits" | "balance"),
        /// Its currency.
        pub currency: Option<String> = id("currency"),
        /// When it last changed.
        pub updated_at: Option<DateTime<Utc>> = instant("updated_at" | "last_updated"),
    }
}

/// The list of customers; see [`PartnerClient::accounts`].
#[must_use = "a list does nothing until a page is asked for or it is streamed"]
#[derive(Debug, Clone)]
pub struct Accounts {
    client: PartnerClient,
    search: Option<String>,
}

impl Accounts {
    /// Keeps customers whose name or e-mail address contains `text`.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.search = Some(text.into());
        self
    }
}

impl List for Accounts {
    type Row = Account;
    const OPERATION: &'static str = "list accounts";

    fn client(&self) -> &PartnerClient {
        &self.client
    }

    fn call(&self, page: u64, size: u32) -> Result<Call> {
        let call = Call::read(Self::OPERATION, "accounts").ask("page", Some(page)).ask("per_page", Some(size));
        Ok(call.ask("search", self.search.as_ref()))
    }

    fn id(row: &Account) -> &str {
        &row.auth_id
    }

    fn keeps(&self, row: &Account) -> bool {
        let Some(wanted) = self.search.as_ref().map(|text| text.trim().to_lowercase()) else { return true };
        let mut texts = [&row.name, &row.email].into_iter().flatten().peekable();
        texts.peek().is_none() || texts.any(|text| text.to_lowercase().contains(&wanted))
    }

    /// A customer that is listed twice counts once, with the lesser balance.
    fn merge(held: &mut Account, twin: Account) -> Option<&'static str> {
        let words =
            if held.balance == twin.balance { "listed twice" } else { "listed twice, with two balances; the lesser counts" };
        if twin.balance.is_some_and(|balance| held.balance.is_none_or(|held| balance < held)) {
            *held = twin;
        }
        Some(words)
    }
}

list_methods!(Accounts => Account);

impl PartnerClient {
    /// The list of customers with their wallets. `GET /accounts`.
    pub fn accounts(&self) -> Accounts {
        Accounts { client: self.clone(), search: None }
    }

    /// One customer. `GET /accounts/{customer_auth_id}`; 404 also for another partner's customer.
    pub async fn account(&self, auth_id: &str) -> Result<Answer<Account>> {
        self.call(Call::read_of_customer("read account", auth_id, &[])?).await
    }

    /// One wallet. `GET /accounts/{customer_auth_id}/balance`.
    pub async fn balance(&self, auth_id: &str) -> Result<Answer<Wallet>> {
        let call = Call::read_of_customer("read balance", auth_id, &["balance"])?;
        let operation = call.operation();
        let wallet = self.call(call).await?;
        understood(operation, wallet, |wallet: &Wallet| wallet.balance.is_some() || wallet.auth_id.is_some())
    }
}
