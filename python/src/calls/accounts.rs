//! Customers and their wallets.

use pyo3::prelude::*;
use serde_json::Value;
use vobiz_core::accounts::{Account, PricingTier, Wallet};
use vobiz_core::create::CreatedAccount;
use vobiz_core::{Answer, PartnerClient, SecretString};

use crate::call::Call;
use crate::client::Core;
use crate::columns::columns;
use crate::listing::List;
use crate::record::{Record as _, about, object, record};
use crate::secret::Secret;

const LIST: &str = "list accounts";

fn tier<T>(row: &Account, read: impl FnOnce(&PricingTier) -> Option<T>) -> Option<T> {
    row.pricing_tier.as_ref().and_then(read)
}

columns!(Account, row => row.auth_id, {
    text auth_id = |row| Some(&row.auth_id),
    text name,
    text company,
    amount balance,
    word currency = Account::currency,
    word billing_mode,
    flag postpaid,
    flag auto_recharge,
    made auto_recharge_config = |row| row.auto_recharge_config.as_ref().map(Value::to_string),
    flag is_active,
    flag enabled,
    flag is_verified,
    flag is_trial_account,
    word status,
    word kyc_status,
    count cps_limit,
    count concurrent_calls_limit,
    count base_cps_limit,
    count base_concurrent_calls_limit,
    count purchased_cps,
    count purchased_concurrent_calls,
    text pricing_tier_id,
    text pricing_tier_name = |row| row.pricing_tier.as_ref()?.name.as_deref(),
    rate rate_per_minute = |row| tier(row, |tier| tier.rate_per_minute),
    rate streaming_rate_per_minute = |row| tier(row, |tier| tier.streaming_rate_per_minute),
    rate recording_rate_per_minute = |row| tier(row, |tier| tier.recording_rate_per_minute),
    rate whatsapp_voice_rate = |row| tier(row, |tier| tier.whatsapp_voice_rate),
    rate transcription_rate_per_minute = |row| tier(row, |tier| tier.transcription_rate_per_minute),
    rate pii_redaction_rate_per_minute = |row| tier(row, |tier| tier.pii_redaction_rate_per_minute),
    flag charge_non_connected_calls = |row| tier(row, |tier| tier.charge_non_connected_calls),
    rate non_connected_call_fee = |row| tier(row, |tier| tier.non_connected_call_fee),
    rate did_release_fee = |row| tier(row, |tier| tier.did_release_fee),
    flag pricing_tier_is_active = |row| tier(row, |tier| tier.is_active),
    flag pricing_tier_is_default = |row| tier(row, |tier| tier.is_default),
    text email,
    text phone,
    text gstin,
    word gst_status,
    flag tds_enabled,
    number tds_percentage,
    text id,
    text api_id,
    text business_type,
    word account_type,
    word role,
    text description,
    text address,
    text city,
    text state,
    word country,
    text zip_code,
    word timezone,
    text partner_id,
    text pricing_tier_partner_id = |row| row.pricing_tier.as_ref()?.partner_id.as_deref(),
    text google_id,
    text referral_code,
    flag referral_disabled,
    amount custom_referrer_reward_amount,
    amount custom_referee_reward_amount,
    text resource_uri,
    instant created_at,
    instant updated_at,
    instant last_login,
});

record!(Wallet, it, py, { auth_id, name, balance, currency, updated_at, });
record!(CreatedAccount, it, py, { auth_id, name, email, status, balance, currency, country, created_at, });

fn list(client: &PartnerClient, search: Option<String>) -> vobiz_core::accounts::Accounts {
    match search {
        Some(text) => client.accounts().search(text),
        None => client.accounts(),
    }
}

#[pyfunction]
#[pyo3(signature = (core, search, columns))]
pub(crate) fn accounts(py: Python<'_>, core: &Core, search: Option<String>, columns: Option<Vec<String>>) -> PyResult<List> {
    List::new(py, core, LIST, columns, |client| list(&client, search).chunks())
}

#[pyfunction]
pub(crate) fn account(py: Python<'_>, core: &Core, auth_id: String) -> PyResult<Call> {
    core.row::<Account, _>(py, "read account", |client: PartnerClient| async move { client.account(&auth_id).await })
}

#[pyfunction]
pub(crate) fn balance(py: Python<'_>, core: &Core, auth_id: String) -> PyResult<Call> {
    core.one::<Wallet, _>(py, "read balance", |client| async move { client.balance(&auth_id).await })
}

/// `optional` holds further fields by name; those that are no field of an account were refused in Python.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "what the service asks for")]
pub(crate) fn create_account(
    py: Python<'_>,
    core: &Core,
    name: String,
    email: String,
    password: String,
    phone: String,
    country: String,
    optional: std::collections::BTreeMap<String, String>,
    keep_token: bool,
) -> PyResult<Call> {
    let create = |client: PartnerClient| async move {
        let mut new = client.create_account(name, email, SecretString::from(password), phone, country);
        for (field, value) in optional {
            new = match field.as_str() {
                "company" => new.company(value),
                "description" => new.description(value),
                "address" => new.address(value),
                "city" => new.city(value),
                "state" => new.state(value),
                "zip_code" => new.zip_code(value),
                "timezone" => new.timezone(value),
                "gstin" => new.gstin(value),
                "gst_status" => new.gst_status(value),
                "account_type" => new.account_type(value),
                _ => new,
            };
        }
        if keep_token { new.send_for_token().await } else { new.send().await.map(|created| (created, None)) }
    };
    core.call(py, "create account", create, |py, (created, token): (Answer<CreatedAccount>, Option<SecretString>)| {
        let record = about(&created, created.record(py)?)?;
        record.set_item("auth_token", Secret::held(token.as_ref()))?;
        object(py, record)
    })
}
