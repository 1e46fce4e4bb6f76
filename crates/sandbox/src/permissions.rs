//! What the partner may do.

use serde::{Deserialize, Serialize};

/// What the partner may do: the flags of its profile, and what no flag shows. The default is everything.
///
/// ```
/// let permissions = vobiz_sandbox::Permissions { can_view_cdrs: false, ..Default::default() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Permissions {
    /// Whether customers may be created.
    pub can_create_accounts: bool,
    /// A flag without a call behind it.
    pub can_create_pricing_tiers: bool,
    /// Whether call records may be read.
    pub can_view_cdrs: bool,
    /// Whether money may be moved to customers.
    pub can_transfer_balance: bool,
    /// Whether calls a second and at once may be moved; the profile does not show it.
    pub can_move_capacity: bool,
    /// How many customers there may be; a thousand, or twice as many as at the start, where left out.
    pub max_accounts: Option<usize>,
}

impl Default for Permissions {
    fn default() -> Self {
        Self {
            can_create_accounts: true,
            can_create_pricing_tiers: true,
            can_view_cdrs: true,
            can_transfer_balance: true,
            can_move_capacity: true,
            max_accounts: None,
        }
    }
}
