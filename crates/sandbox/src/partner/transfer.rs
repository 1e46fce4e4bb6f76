//! `POST /accounts/{customer_auth_id}/transfer-balance`

use axum::body::Bytes;
use axum::http::StatusCode;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use super::Asked;
use super::body::Fields;
use super::figures::{Fixed, seconds_z};
use super::refusal::Refusal;
use crate::money::Amount;
use crate::world::{CURRENCY, TransferRefused, World, uuid};

#[derive(Serialize)]
pub(super) struct Transferred {
    transaction_id: String,
    from_account: String,
    to_account: String,
    amount: Fixed,
    currency: &'static str,
    description: String,
    status: &'static str,
    partner_balance_after: Fixed,
    customer_balance_after: Fixed,
    timestamp: String,
}

/// What the ledger says where the partner gave no description.
const DESCRIPTION: &str = "Balance transfer";

/// Moves money from the partner's wallet to a customer's.
pub(super) fn balance(world: &mut World, asked: &Asked, id: &str, body: &Bytes) -> Result<Transferred, Refusal> {
    if !world.partner.permissions.can_transfer_balance {
        return Err(Refusal::forbidden("can_transfer_balance"));
    }
    let fields = Fields::read(body)?;
    let amount = amount(fields.get("amount"))?;
    match fields.get("currency") {
        Value::String(currency) if currency == CURRENCY => match world.customer(id) {
            Some((_, customer)) if !customer.traits.is_domestic() => {
                let message = format!("The customer's wallet is in {}.", customer.traits.currency);
                return Err(refused("currency_mismatch", &message));
            }
            _ => {}
        },
        Value::String(_) => return Err(refused("currency_mismatch", &format!("Transfers are made in {CURRENCY}."))),
        other => return Err(Refusal::invalid("currency", "Field required", "REQUIRED", other)),
    }
    let description = fields.text("description", usize::MAX)?.unwrap_or_else(|| DESCRIPTION.to_owned());
    match world.transfer(id, amount, &description) {
        Err(TransferRefused::UnknownCustomer) => Err(Refusal::unknown_customer()),
        Err(TransferRefused::Insufficient(available)) => Err(insufficient(available, amount)),
        Ok((partner, customer)) => {
            let number = world.partner.ledger.len() as u64;
            Ok(Transferred {
                transaction_id: format!("txn_{}", &uuid(&[world.seed, 0x7478_6e00, number]).replace('-', "")[..12]),
                from_account: asked.credentials.auth_id.clone(),
                to_account: id.to_owned(),
                amount: Fixed(amount),
                currency: CURRENCY,
                description,
                status: "completed",
                partner_balance_after: Fixed(partner),
                customer_balance_after: Fixed(customer),
                timestamp: seconds_z(world.now().timestamp()),
            })
        }
    }
}

fn amount(sent: &Value) -> Result<Amount, Refusal> {
    let Value::Number(number) = sent else {
        return Err(Refusal::invalid("amount", "Must be a number", "INVALID_TYPE", sent));
    };
    let text = number.to_string();
    let exact = text.parse().or_else(|_| Decimal::from_scientific(&text)).ok().and_then(Amount::from_decimal);
    match exact {
        Some(amount) if amount > Amount::ZERO => Ok(amount),
        Some(_) => Err(refused("invalid_amount", "Amount must be greater than zero.")),
        None if text.starts_with('-') => Err(refused("invalid_amount", "Amount must be greater than zero.")),
        None => Err(Refusal::invalid("amount", "Must have at most five decimals", "OUT_OF_RANGE", sent)),
    }
}

fn refused(error: &str, message: &str) -> Refusal {
    Refusal::shaped(StatusCode::BAD_REQUEST, json!({"error": error, "message": message}))
}

fn insufficient(available: Amount, wanted: Amount) -> Refusal {
    let message = format!(
        "Your partner balance (₹{}) is insufficient for this transfer (₹{}).",
        available.at_least_two_decimals(),
        wanted.at_least_two_decimals()
    );
    let body = json!({
        "error": "insufficient_balance",
        "message": message,
        "current_balance": Fixed(available),
        "requested_amount": Fixed(wanted),
        "currency": CURRENCY,
    });
    Refusal::shaped(StatusCode::BAD_REQUEST, body)
}
