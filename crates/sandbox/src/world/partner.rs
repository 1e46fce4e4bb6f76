//! The partner: its credentials, its flags and its own wallet.

use super::identity::{auth_id, secret, uuid};
use crate::money::Amount;
use crate::permissions::Permissions;

/// A movement of the partner's wallet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Movement {
    /// Microseconds since 1970.
    pub(crate) at: i64,
    /// Below zero when money leaves the wallet.
    pub(crate) amount: Amount,
}

/// The one partner of a world.
#[derive(Debug)]
pub(crate) struct Partner {
    seed: u64,
    pub(crate) wallet: Amount,
    /// Every movement, oldest first; their sum is the wallet.
    pub(crate) ledger: Vec<Movement>,
    /// What it pays in when little is left.
    pub(crate) top_up: Amount,
    pub(crate) permissions: Permissions,
    /// How many customers it may have by default.
    room: usize,
}

/// The partner's name.
pub(crate) const NAME: &str = "Bharat Dialtone";
/// The partner's company.
pub(crate) const COMPANY: &str = "Bharat Dialtone Communications Pvt Ltd";

impl Partner {
    pub(crate) fn new(seed: u64, customers: usize, top_up: Amount, at: i64) -> Self {
        let mut partner = Self {
            seed,
            wallet: Amount::ZERO,
            ledger: Vec::new(),
            top_up,
            permissions: Permissions::default(),
            room: (customers * 2).max(1_000),
        };
        partner.enter(Movement { at, amount: top_up });
        partner
    }

    pub(crate) fn enter(&mut self, movement: Movement) {
        self.wallet += movement.amount;
        self.ledger.push(movement);
    }

    /// How many customers it may have.
    pub(crate) fn max_accounts(&self) -> usize {
        self.permissions.max_accounts.unwrap_or(self.room)
    }

    pub(crate) fn id(&self) -> String {
        uuid(&[self.seed, 0x7061_7274])
    }
}

/// What the partner proves itself with.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) auth_id: String,
    pub(crate) auth_token: String,
    pub(crate) telegram_token: String,
}

impl Credentials {
    pub(crate) fn of(seed: u64) -> Self {
        let auth_id = auth_id("PA_", seed, (1 << 40) - 1);
        let secret = secret(&[seed, 0x7061_7274]);
        let telegram_token = format!("{}:AA{}", 7_000_000_000 + seed % 1_000_000_000, &secret[..33]);
        Self { auth_id, auth_token: secret, telegram_token }
    }
}
