//! What really happened in a world: loaded once, asked often.
//!
//! Amounts are numbers here, as in the shared scorer, with which every figure is to agree: they judge a monitor and are
//! nobody's money.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context as _, Result};
use flate2::read::MultiGzDecoder;
use rust_decimal::prelude::ToPrimitive as _;
use vobiz_core::history::{History, MovementKind};

use super::clock::{self, DAY, POLL, WorkClock, float, whole};
use super::files::npz_read::Archive;

/// Days that are history and not judged, and days at the end whose outcome is not known, in minutes.
pub(super) const WARM_UP: f64 = 14.0 * DAY;
const TAIL: f64 = 3.0 * DAY;

/// A time when a wallet ran out.
pub(super) struct RunOut {
    pub(super) wallet: usize,
    pub(super) at: f64,
    pub(super) start: f64,
    pub(super) kind: String,
}

/// What is known of one wallet.
#[derive(Default)]
pub(super) struct Wallet {
    pub(super) watched: bool,
    pub(super) auto: bool,
    pub(super) seen: f64,
    /// Each five minutes.
    pub(super) balance: Vec<f64>,
    /// What has left it up to each five minutes.
    pub(super) used: Vec<f64>,
    pub(super) topups: Vec<f64>,
    pub(super) empties: Vec<f64>,
    pub(super) drains: Vec<(f64, f64)>,
}

/// A world's truth.
pub(super) struct Truth {
    pub(super) ids: HashMap<String, usize>,
    pub(super) wallets: Vec<Wallet>,
    pub(super) run_outs: Vec<RunOut>,
    pub(super) clock: WorkClock,
    pub(super) end: f64,
    pub(super) judged: f64,
    pub(super) wallet_days: f64,
}

/// Reads what a monitor sees of a folder.
pub(super) fn history(folder: &Path) -> Result<History> {
    let open = |name: &str| match File::open(folder.join(name)) {
        Ok(file) => Ok(Some(Box::new(file) as Box<dyn Read>)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    };
    let history = History::read(&mut |name| match open(&format!("{name}.gz"))? {
        Some(packed) => Ok(Some(Box::new(MultiGzDecoder::new(packed)))),
        None => open(name),
    });
    history.with_context(|| format!("the history in {}", folder.display()))
}

impl Truth {
    /// Reads the truth of a folder; `history` is what a monitor sees of it, its wallets in the same order as the truth's.
    pub(super) fn read(folder: &Path, history: &History) -> Result<Self> {
        let mut series = Archive::open(&folder.join("truth_series.npz"))?;
        let ids = series.texts("ids")?.into_iter().enumerate().map(|(place, id)| (id, place)).collect::<HashMap<_, _>>();
        let mut wallets: Vec<Wallet> = series
            .numbers("balance")?
            .into_iter()
            .map(|balance| Wallet { balance, seen: f64::INFINITY, ..Wallet::default() })
            .collect();
        let steps = wallets.first().map_or(0, |wallet| wallet.balance.len());
        let end = float(steps) * POLL;
        let judged = end - TAIL;

        let mut places = Vec::new();
        for account in &history.wallets {
            let place = *ids.get(&account.auth_id).context("an account of which there is no truth")?;
            places.push(place);
            wallets[place].watched = account.is_prepaid && account.is_active && !account.auto_recharge;
            wallets[place].auto = account.auto_recharge && account.is_active;
        }
        for sample in &history.samples {
            let wallet = &mut wallets[places[sample.wallet as usize]];
            wallet.seen = wallet.seen.min(clock::minute(sample.at));
        }
        let mut credit = vec![vec![0.0; steps + 1]; wallets.len()];
        for movement in &history.ledger {
            let (place, at) = (places[movement.wallet as usize], clock::minute(movement.at));
            let amount = movement.amount.to_f64().unwrap_or_default();
            if amount > 0.0 {
                credit[place][whole((at / POLL).ceil()).min(steps)] += amount;
            }
            if movement.kind == MovementKind::Recharge {
                wallets[place].topups.push(at);
            }
        }
        for (wallet, credit) in wallets.iter_mut().zip(credit) {
            let mut paid = 0.0;
            wallet.used = wallet
                .balance
                .iter()
                .zip(credit)
                .map(|(balance, credit)| {
                    paid += credit;
                    paid - balance
                })
                .collect();
        }

        let mut run_outs = Vec::new();
        for row in rows(&folder.join("truth.csv"))? {
            let wallet = *ids.get(cell(&row, "auth_id")?).context("a run-out of an unknown wallet")?;
            let run = RunOut {
                wallet,
                at: instant(&row, "empty_at")?,
                start: instant(&row, "drain_start")?,
                kind: cell(&row, "kind")?.to_owned(),
            };
            wallets[wallet].empties.push(run.at);
            run_outs.push(run);
        }
        for row in rows(&folder.join("truth_drains.csv"))? {
            let wallet = *ids.get(cell(&row, "auth_id")?).context("a drain of an unknown wallet")?;
            wallets[wallet].drains.push((instant(&row, "start")?, instant(&row, "end")?));
        }
        for wallet in &mut wallets {
            wallet.empties.sort_by(f64::total_cmp);
        }
        let wallet_days = wallets
            .iter()
            .filter(|wallet| wallet.watched)
            .map(|wallet| ((judged - wallet.seen.max(WARM_UP)) / DAY).max(0.0))
            .sum();
        Ok(Self { ids, wallets, run_outs, clock: WorkClock::new(whole(end / DAY)), end, judged, wallet_days })
    }
}

type Row = HashMap<String, String>;

fn rows(path: &Path) -> Result<Vec<Row>> {
    let mut csv = csv::Reader::from_path(path).with_context(|| format!("cannot open {}", path.display()))?;
    Ok(csv.deserialize().collect::<Result<_, _>>()?)
}

fn cell<'a>(row: &'a Row, name: &str) -> Result<&'a str> {
    row.get(name).map(String::as_str).with_context(|| format!("no column {name}"))
}

fn instant(row: &Row, name: &str) -> Result<f64> {
    Ok(clock::minute(cell(row, name)?.parse().with_context(|| format!("{name} is no instant"))?))
}
