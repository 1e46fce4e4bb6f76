//! A world as data: what a monitor reads of it, and the truth that a scorer needs.

/// Hundred-thousandths of a rupee: wallets have five decimals.
pub type Units = i64;

/// Seconds since 1970 of the midnight in Kolkata at which every world begins: Tuesday, 1 September 2026.
pub const START: i64 = 1_788_201_000;
/// Seconds between two polls.
pub const POLL: i64 = 300;

/// One world, lived to its end.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Every customer; the other lists name one by its place here.
    pub accounts: Vec<Account>,
    /// The second of every sweep that took place.
    pub polls: Vec<i64>,
    /// What sweeps read, changes only, in order of time.
    pub samples: Vec<Sample>,
    /// Movements that are not calls, in order of time.
    pub ledger: Vec<Movement>,
    /// Every time a wallet ran out.
    pub run_outs: Vec<RunOut>,
    /// Every stuck dialer and fraud.
    pub drains: Vec<Drain>,
    /// True balance of each account every five minutes.
    pub balances: Vec<Vec<Units>>,
}

/// One customer.
#[derive(Debug, PartialEq, Eq)]
pub struct Account {
    /// Customer id, `MA_…`.
    pub auth_id: String,
    /// Name.
    pub name: String,
    /// Whether it pays in advance.
    pub is_prepaid: bool,
    /// Whether it can place calls.
    pub is_active: bool,
    /// Whether its wallet fills itself.
    pub auto_recharge: bool,
    /// Line of business, for diagnosis.
    pub kind: &'static str,
    /// Way to pay, for diagnosis.
    pub habit: &'static str,
}

/// A change of what a wallet reads; `None`: it could not be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Sample {
    /// Second since 1970.
    pub at: i64,
    /// Place in [`Recorded::accounts`].
    pub account: usize,
    /// The balance; `None`: the wallet could not be read.
    pub balance: Option<Units>,
}

/// A row of the ledger that is not a call.
#[derive(Debug, PartialEq, Eq)]
pub struct Movement {
    /// Second since 1970.
    pub at: i64,
    /// Place in [`Recorded::accounts`].
    pub account: usize,
    /// `recharge`, `refund`, `rental` (monthly) or `fixed` (weekly).
    pub kind: &'static str,
    /// Below zero when money leaves the wallet.
    pub amount: Units,
}

/// A wallet that ran out, as the definitions of the benchmark have it.
#[derive(Debug, PartialEq, Eq)]
pub struct RunOut {
    /// Place in [`Recorded::accounts`].
    pub account: usize,
    /// Second at which the burst began that emptied it, or else of the last top-up.
    pub drain_start: i64,
    /// Second at which it was empty.
    pub empty_at: i64,
    /// `foreseeable`, `sudden`, `grey`, `short` or `unseen_fee`.
    pub kind: &'static str,
    /// `demand`, `fee`, `campaign` or `drain`.
    pub cause: &'static str,
}

/// A stuck dialer or fraud, also one that stopped by itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Drain {
    /// Place in [`Recorded::accounts`].
    pub account: usize,
    /// First second.
    pub start: i64,
    /// Second after it.
    pub end: i64,
}
