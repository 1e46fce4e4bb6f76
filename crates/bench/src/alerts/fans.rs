//! The forecast each time the default policy rang, for pictures.

use std::path::Path;

use anyhow::{Context as _, Result};
use vobiz_core::alert::{Change, Observation, Policy, State, Subject, evaluate};
use vobiz_core::forecast::{Business, Forecaster, Span};
use vobiz_sandbox::history::{Plan, live};

use super::replay::{Shown, replay};
use super::{files, truth};

/// Makes a world in `folder` and prints a row for each ring: when, whose, the balance, and the range in hours.
pub(crate) fn run(folder: &str) -> Result<()> {
    let folder = Path::new(folder);
    // None of the worlds that are judged.
    let plan = Plan { seed: 11, customers: 120, days: 60 };
    files::write(&live(&plan), folder).context("the world is not written")?;
    let history = truth::history(folder)?;
    let (policy, mut forecaster, mut state) = (Policy::default(), Forecaster::new(Business::default()), State::default());
    let mut rows = csv::Writer::from_writer(std::io::stdout());
    rows.write_record(["at", "auth_id", "change", "balance", "low", "likely", "high", "burn", "normal"])?;
    let mut outcome = Ok(());
    replay(&history, |poll| {
        let listed = history.wallets.iter().zip(poll.wallets).filter(|(_, shown)| **shown != Shown::Absent);
        let subjects = listed.map(|(wallet, shown)| Subject {
            is_prepaid: wallet.is_prepaid,
            is_active: wallet.is_active,
            auto_recharge: wallet.auto_recharge,
            balance: if let Shown::Balance(balance) = shown { Some(*balance) } else { None },
            ..Subject::new(&wallet.auth_id, "")
        });
        let seen = Observation::complete(poll.at, subjects.collect());
        forecaster.observe(&seen);
        let evaluation = evaluate(&policy, &seen, &forecaster.at(poll.at), &state, poll.at);
        for alert in evaluation.transitions.iter().filter(|alert| matches!(alert.change, Change::Fire | Change::Escalate)) {
            let Some(runway) = alert.runway() else { continue };
            let end = |span: Option<Span>| span.map_or(runway.horizon, |span| span.hours).to_string();
            let balance = alert.subject.balance.map(|balance| balance.to_string()).unwrap_or_default();
            let row = [
                poll.at.to_rfc3339(),
                alert.subject.id.to_string(),
                format!("{:?}", alert.change),
                balance,
                end(runway.low),
                end(runway.likely),
                end(runway.high),
                runway.burn.to_string(),
                runway.normal.to_string(),
            ];
            if let Err(error) = rows.write_record(&row) {
                outcome = Err(error);
            }
        }
        state = evaluation.state;
    });
    outcome?;
    Ok(rows.flush()?)
}
