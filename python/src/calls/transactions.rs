//! Ledgers.

use pyo3::prelude::*;
use vobiz_core::transactions::{Direction, LedgerSummary, ReferenceSums, Transaction, Transactions};
use vobiz_core::{Answer, PartnerClient};

use crate::arguments::Window;
use crate::call::Call;
use crate::client::Core;
use crate::columns::{Columns, columns};
use crate::listing::List;
use crate::record::{Record as _, about, object, record};

const LIST: &str = "list transactions";

fn direction(row: &Transaction) -> Option<&'static str> {
    Some(match row.direction()? {
        Direction::Credit => "credit",
        Direction::Debit => "debit",
    })
}

columns!(Transaction, row => row.id, {
    text id = |row| Some(&row.id),
    text auth_id = |row| row.account_id.as_deref(),
    instant created_at,
    instant processed_at,
    word type = |row| row.transaction_type.as_deref(),
    word direction = direction,
    amount amount,
    word currency,
    text description,
    text reference,
    word reference_type,
    word status,
    text balance_id,
    instant updated_at,
});

columns!(ReferenceSums, row => row.reference_type.as_deref().unwrap_or_default(), {
    text reference_type,
    amount total_debit,
    amount total_credit,
    count count,
});

record!(LedgerSummary, it, py, {
    total_transactions,
    total_debit,
    total_credit,
    net_amount,
    by_reference_type = Columns::of(&it.by_reference_type)?,
});

/// What is asked of a ledger.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Asked {
    auth_id: Option<String>,
    r#type: Option<String>,
    search: Option<String>,
    window: Py<Window>,
}

impl Asked {
    fn of(self, client: &PartnerClient) -> Transactions {
        let mut list = match self.auth_id {
            Some(id) => client.transactions(id),
            None => client.all_transactions(),
        };
        list = list.between(self.window.get().0);
        if let Some(kind) = self.r#type {
            list = list.transaction_type(kind);
        }
        if let Some(text) = self.search {
            list = list.search(text);
        }
        list
    }
}

#[pyfunction]
#[pyo3(signature = (core, asked, columns))]
pub(crate) fn transactions(py: Python<'_>, core: &Core, asked: Asked, columns: Option<Vec<String>>) -> PyResult<List> {
    List::new(py, core, LIST, columns, |client| asked.of(&client).chunks())
}

#[pyfunction]
pub(crate) fn ledger_summary(py: Python<'_>, core: &Core, asked: Asked) -> PyResult<Call> {
    let ask = |client: PartnerClient| async move { asked.of(&client).summary().await };
    core.call(py, "read ledger summary", ask, |py, found: Option<Answer<LedgerSummary>>| {
        object(py, found.map(|found| about(&found, found.record(py)?)).transpose()?)
    })
}
