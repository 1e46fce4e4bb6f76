//! KYC sessions.

use pyo3::prelude::*;
use serde_json::Value;
use vobiz_core::PartnerClient;
use vobiz_core::kyc::{KycFlow, KycSession, KycSessions, StartedKycSession};

use crate::call::Call;
use crate::client::Core;
use crate::columns::{Columns, columns};
use crate::listing::List;
use crate::record::record;
use crate::secret::Secret;

const LIST: &str = "list KYC sessions";

/// Days before the end on which the customer is reminded, in one text: `3, 1`.
fn reminders(row: &KycSession) -> Option<String> {
    let days: Vec<String> =
        row.reminder_schedule.iter().filter_map(|reminder| reminder.value).map(|days| days.to_string()).collect();
    (!days.is_empty()).then(|| days.join(", "))
}

columns!(KycSession, row => row.id, {
    text id = |row| Some(&row.id),
    text auth_id = |row| row.account_auth_id.as_deref(),
    word status,
    word kyc_type,
    text customer_email,
    instant expires_at,
    instant first_opened_at,
    instant completed_at,
    text webhook_url,
    text redirect_url,
    made reminder_days = reminders,
    made metadata = |row| row.metadata.as_ref().map(Value::to_string),
    instant created_at,
    instant updated_at,
});

record!(StartedKycSession, it, py, {
    session = Columns::of(std::slice::from_ref(&it.session))?,
    email_dispatched_to,
    widget_url = Secret::held(it.widget_url.as_ref()),
});

fn list(client: &PartnerClient, auth_id: Option<String>, status: Option<String>) -> KycSessions {
    let mut list = client.kyc_sessions();
    if let Some(id) = auth_id {
        list = list.account(id);
    }
    if let Some(status) = status {
        list = list.status(status);
    }
    list
}

#[pyfunction]
#[pyo3(signature = (core, auth_id, status, columns))]
pub(crate) fn kyc_sessions(
    py: Python<'_>,
    core: &Core,
    auth_id: Option<String>,
    status: Option<String>,
    columns: Option<Vec<String>>,
) -> PyResult<List> {
    List::new(py, core, LIST, columns, |client| list(&client, auth_id, status).chunks())
}

#[pyfunction]
pub(crate) fn kyc_session(py: Python<'_>, core: &Core, session_id: String) -> PyResult<Call> {
    core.row::<KycSession, _>(
        py,
        "read KYC session",
        |client: PartnerClient| async move { client.kyc_session(&session_id).await },
    )
}

/// `metadata` is a JSON object in text.
#[pyfunction]
#[pyo3(signature = (core, auth_id, email, redirect_url, expires_in_days, webhook_url, remind_days_before, metadata))]
#[expect(clippy::too_many_arguments, reason = "what the service asks for")]
pub(crate) fn create_kyc_session(
    py: Python<'_>,
    core: &Core,
    auth_id: String,
    email: Option<String>,
    redirect_url: Option<String>,
    expires_in_days: u32,
    webhook_url: Option<String>,
    remind_days_before: Vec<u32>,
    metadata: Option<&str>,
) -> PyResult<Call> {
    let flow = match (email, redirect_url) {
        (Some(address), _) => KycFlow::Email(address),
        (None, url) => KycFlow::Redirect(url.unwrap_or_default()),
    };
    let metadata = metadata.and_then(|text| serde_json::from_str(text).ok());
    core.one(py, "create KYC session", |client| {
        let mut new = client.create_kyc_session(auth_id, flow).expires_in_days(expires_in_days);
        if let Some(url) = webhook_url {
            new = new.webhook_url(url);
        }
        for days in remind_days_before {
            new = new.remind_days_before(days);
        }
        if let Some(metadata) = metadata {
            new = new.metadata(metadata);
        }
        new.send()
    })
}

#[pyfunction]
pub(crate) fn resend_kyc_session(py: Python<'_>, core: &Core, session_id: String) -> PyResult<Call> {
    let ask = |client: PartnerClient| async move { client.resend_kyc_session(&session_id).await };
    core.call(py, "resend KYC session", ask, |py, ()| Ok(py.None()))
}

#[pyfunction]
#[pyo3(signature = (core, session_id, reason))]
pub(crate) fn revoke_kyc_session(py: Python<'_>, core: &Core, session_id: String, reason: Option<String>) -> PyResult<Call> {
    let ask = |client: PartnerClient| async move { client.revoke_kyc_session(&session_id, reason.as_deref()).await };
    core.call(py, "revoke KYC session", ask, |py, ()| Ok(py.None()))
}
