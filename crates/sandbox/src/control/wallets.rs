//! `/control/wallet`

use anyhow::{Context, bail, ensure};
use axum::Json;
use axum::extract::State;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Control, Wrong};
use crate::lock::lock;
use crate::money::Amount;
use crate::wallet::wallets;
use crate::world::World;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    auth_id: String,
    balance: Option<Decimal>,
    top_up: Option<Decimal>,
}

/// `GET /control/wallets`: every customer's wallet now.
pub(super) async fn list(State(control): State<Control>) -> Json<Value> {
    control.clock.settle();
    let wallets = control.world.as_ref().map(|world| wallets(&lock(world))).unwrap_or_default();
    let shown = wallets.iter().map(|wallet| {
        json!({
            "auth_id": wallet.auth_id, "name": wallet.name, "balance": wallet.balance, "currency": wallet.currency,
            "blocked_since": wallet.blocked_since,
        })
    });
    Json(shown.collect())
}

/// `GET /control/wallet`: the partner's own wallet now; zero for recorded bodies.
pub(super) async fn partner(State(control): State<Control>) -> Json<Value> {
    control.clock.settle();
    let wallet = control.world.as_ref().map(|world| lock(world).partner.wallet).unwrap_or_default();
    Json(json!({"auth_id": control.credentials.auth_id, "balance": wallet.five_decimals()}))
}

/// `POST /control/wallet`: sets a wallet, or pays into it.
pub(super) async fn change(State(control): State<Control>, Json(change): Json<Change>) -> Result<Json<Value>, Wrong> {
    Ok(Json(apply(&control, &change)?))
}

fn apply(control: &Control, change: &Change) -> anyhow::Result<Value> {
    type Apply = fn(&mut World, &str, Amount, chrono::DateTime<chrono::Utc>) -> bool;
    let (amount, apply): (Decimal, Apply) = match (change.balance, change.top_up) {
        (Some(balance), None) => (balance, World::set_wallet),
        (None, Some(top_up)) => {
            ensure!(top_up > Decimal::ZERO, "a top-up is more than zero");
            (top_up, World::top_up)
        }
        _ => bail!("give either balance or top_up"),
    };
    let amount = Amount::from_decimal(amount).with_context(|| format!("{amount} does not fit a wallet"))?;
    let world = control.world.as_ref().context("recorded bodies have no wallets")?;
    let mut world = lock(world);
    // The partner is known by its own id.
    let is_partner = change.auth_id == control.credentials.auth_id;
    let auth_id = if is_partner { "" } else { &change.auth_id };
    ensure!(apply(&mut world, auth_id, amount, control.clock.now()), "there is no customer {}", change.auth_id);
    let wallet = world.customer(auth_id).map_or(world.partner.wallet, |(_, customer)| customer.wallet);
    Ok(json!({"auth_id": change.auth_id, "balance": wallet.five_decimals()}))
}
