//! Call records.

use pyo3::prelude::*;
use vobiz_core::cdrs::{Cdr, CdrSummary, Cdrs};
use vobiz_core::{Answer, PartnerClient};

use crate::arguments::Window;
use crate::call::Call;
use crate::client::Core;
use crate::columns::columns;
use crate::listing::List;
use crate::record::{Record as _, about, object, record};

const LIST: &str = "list call records";

columns!(Cdr, row => row.uuid, {
    text uuid = |row| Some(&row.uuid),
    text auth_id = |row| row.account_id.as_deref(),
    instant start_time,
    instant answer_time,
    instant end_time,
    word direction = |row| row.call_direction.as_deref(),
    made_word status = |row| Some(row.status().to_string()),
    word context,
    text from_number = |row| row.caller_id_number.as_deref(),
    text to_number = |row| row.destination_number.as_deref(),
    number duration,
    number billsec,
    amount cost,
    amount streaming_cost,
    amount total_cost,
    word currency,
    word hangup_cause,
    count hangup_cause_code,
    word hangup_cause_name,
    word hangup_disposition,
    word hangup_source,
    word reported_status,
    word failure_code,
    word failure_reason,
    count sip_response_code,
    number mos,
    number jitter,
    number packet_loss,
    word codec,
    word region,
    word origination_region,
    text caller_id_name,
    instant progress_time,
    number ring_time,
    text network_addr,
    text carrier_ip,
    text sip_call_id,
    text sip_user_agent,
    text customer_endpoint,
    text terminated_to,
    text campaign_id,
    text trunk_id,
    text bridge_uuid,
    text id,
    instant created_at,
    instant updated_at,
});

record!(CdrSummary, it, py, {
    total_calls,
    answered_calls,
    answer_rate,
    total_billable_seconds,
    total_duration_seconds,
    avg_call_duration,
    total_cost,
    last_call_at,
});

/// What is asked of call records.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Asked {
    auth_id: Option<String>,
    direction: Option<String>,
    status: Option<String>,
    hangup_cause: Option<String>,
    min_duration: Option<u64>,
    window: Py<Window>,
}

impl Asked {
    fn of(self, client: &PartnerClient) -> Cdrs {
        let mut list = match self.auth_id {
            Some(id) => client.cdrs(id),
            None => client.all_cdrs(),
        };
        list = list.between(self.window.get().0);
        if let Some(direction) = self.direction {
            list = list.direction(direction);
        }
        if let Some(status) = self.status {
            list = list.status(status.as_str());
        }
        if let Some(cause) = self.hangup_cause {
            list = list.hangup_cause(cause);
        }
        if let Some(seconds) = self.min_duration {
            list = list.min_duration(seconds);
        }
        list
    }
}

#[pyfunction]
#[pyo3(signature = (core, asked, columns))]
pub(crate) fn cdrs(py: Python<'_>, core: &Core, asked: Asked, columns: Option<Vec<String>>) -> PyResult<List> {
    List::new(py, core, LIST, columns, |client| asked.of(&client).chunks())
}

#[pyfunction]
pub(crate) fn cdr_summary(py: Python<'_>, core: &Core, asked: Asked) -> PyResult<Call> {
    let ask = |client: PartnerClient| async move { asked.of(&client).summary().await };
    core.call(py, "read summary of call records", ask, |py, found: Option<Answer<CdrSummary>>| {
        object(py, found.map(|found| about(&found, found.record(py)?)).transpose()?)
    })
}

#[pyfunction]
pub(crate) fn cdr(py: Python<'_>, core: &Core, auth_id: String, uuid: String) -> PyResult<Call> {
    core.row::<Cdr, _>(py, "read call record", |client: PartnerClient| async move { client.cdr(&auth_id, &uuid).await })
}
