//! Telephone numbers.

use pyo3::prelude::*;
use vobiz_core::PartnerClient;
use vobiz_core::numbers::Number;

use crate::client::Core;
use crate::columns::columns;
use crate::listing::List;

const LIST: &str = "list numbers";

/// The capabilities that a number has, in one text: `sms, voice`.
fn capabilities(row: &Number) -> Option<String> {
    let can: Vec<&str> = row.capabilities.iter().filter(|(_, can)| **can).map(|(name, _)| name.as_str()).collect();
    (!row.capabilities.is_empty()).then(|| can.join(", "))
}

columns!(Number, row => row.e164, {
    text e164 = |row| Some(&row.e164),
    text auth_id = |row| row.account_id.as_deref(),
    text account_name,
    word status,
    word country,
    word region,
    made_word capabilities = capabilities,
    rate setup_fee,
    amount monthly_fee,
    word currency,
    text application_id,
    flag voice_enabled,
    flag is_blocked,
    flag is_trial_number,
    count minimum_commitment_months,
    flag aadhaar_verification_required,
    flag aadhaar_verified,
    instant purchased_at,
    instant last_billing_date,
    instant next_billing_date,
    instant expires_at,
    word source,
    word provider,
    made tags = |row| (!row.tags.is_empty()).then(|| serde_json::Value::from(row.tags.clone()).to_string()),
    text id,
    instant created_at,
    instant updated_at,
});

fn list(client: &PartnerClient, auth_id: Option<String>, search: Option<String>) -> vobiz_core::numbers::Numbers {
    let list = match auth_id {
        Some(id) => client.numbers(id),
        None => client.all_numbers(),
    };
    match search {
        Some(digits) => list.search(digits),
        None => list,
    }
}

#[pyfunction]
#[pyo3(signature = (core, auth_id, search, columns))]
pub(crate) fn numbers(
    py: Python<'_>,
    core: &Core,
    auth_id: Option<String>,
    search: Option<String>,
    columns: Option<Vec<String>>,
) -> PyResult<List> {
    List::new(py, core, LIST, columns, |client| list(&client, auth_id, search).chunks())
}
