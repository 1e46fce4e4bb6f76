//! What makes a sweep doubtful although every answer came, in sentences.

use vobiz_core::alert::Doubt;
use vobiz_core::dashboard::Report;

use crate::messages::doubt;
use crate::observe::counted;
use crate::snapshot::Snapshot;

/// Customers that one sentence names.
const NAMED: usize = 5;

/// The doubts about a sweep. `dashboard` is the report read beside it, where there is one.
pub(crate) fn doubts(snapshot: &Snapshot, dashboard: Option<&Report>) -> Vec<String> {
    let mut doubts = snapshot.evaluation.doubts.clone();
    let listed = snapshot.observation.customers.len() as u64;
    let is_counted = doubts.iter().any(|doubt| matches!(doubt, Doubt::Counted { .. }));
    let counted = dashboard.and_then(counted).filter(|counted| *counted > listed && snapshot.answers.cut.is_none());
    doubts.extend(counted.filter(|_| !is_counted).map(|counted| Doubt::Counted { counted, listed }));
    doubts.iter().map(|found| doubt(found, snapshot.at)).collect()
}

/// What is odd about the answers themselves: fields that could not be understood, and customers that the list leaves out. Each
/// has a key that stays the same while the oddity does.
pub(crate) fn remarks(snapshot: &Snapshot) -> Vec<(String, String)> {
    let odd = snapshot.answers.oddities.iter().map(|oddity| {
        let customers = &oddity.customers[..oddity.customers.len().min(NAMED)];
        let rest = if oddity.count > customers.len() as u64 { format!(" ({} times)", oddity.count) } else { String::new() };
        let place = if customers.is_empty() { String::new() } else { format!("{}: ", customers.join(", ")) };
        let key = format!("{} {} {}", oddity.field, oddity.reason, customers.join(" "));
        (key, format!("{place}{}: {}{rest}", oddity.field, oddity.reason))
    });
    let missing = snapshot.evaluation.doubts.iter().filter(|doubt| matches!(doubt, Doubt::Promised { .. }));
    odd.chain(missing.map(|found| ("promised".to_owned(), doubt(found, snapshot.at)))).collect()
}
