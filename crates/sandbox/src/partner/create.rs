//! `POST /accounts`

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Serialize;

use super::Asked;
use super::body::{Fields, LONGEST};
use super::figures::{Fixed, seconds_z};
use super::refusal::Refusal;
use crate::money::Amount;
use crate::world::{CURRENCY, CreateRefused, Given, World};

#[derive(Serialize)]
struct Created {
    auth_id: String,
    auth_token: String,
    name: String,
    email: String,
    status: &'static str,
    balance: Fixed,
    currency: &'static str,
    country: String,
    created_at: String,
}

/// Creates a customer. Its wallet is in rupees wherever it is: the world has no other currency.
pub(super) fn account(world: &mut World, _: &Asked, body: &Bytes) -> Result<impl IntoResponse + use<>, Refusal> {
    if !world.partner.permissions.can_create_accounts {
        return Err(Refusal::forbidden("can_create_accounts"));
    }
    let fields = Fields::read(body)?;
    check_password(&fields)?;
    let given = given(&fields)?;
    let (name, email, country) = (given.name.clone(), given.email.clone(), given.country.clone());
    let index = world.create(given).map_err(|refused| match refused {
        CreateRefused::EmailTaken => {
            Refusal::new(StatusCode::CONFLICT, "DUPLICATE_EMAIL", "An account with this email already exists")
        }
        CreateRefused::TooMany => {
            Refusal::new(StatusCode::FORBIDDEN, "ACCOUNT_LIMIT_REACHED", "The maximum number of customer accounts is reached")
        }
    })?;
    let identity = world.identity(index);
    let created = Created {
        auth_id: identity.auth_id(),
        auth_token: identity.auth_token(),
        name,
        email,
        status: "active",
        balance: Fixed(Amount::ZERO),
        currency: CURRENCY,
        country,
        created_at: seconds_z(world.now().timestamp()),
    };
    Ok((StatusCode::CREATED, axum::Json(created)))
}

fn given(fields: &Fields) -> Result<Given, Refusal> {
    let optional = |name: &str| fields.text(name, LONGEST);
    Ok(Given {
        name: fields.required("name")?,
        email: formed(fields, "email", "Invalid email format", is_email)?,
        phone: formed(fields, "phone", "Must be a phone number in E.164 format", is_e164)?,
        country: formed(fields, "country", "Must be an ISO 3166-1 alpha-2 code", is_country)?,
        company: optional("company")?,
        description: fields.text("description", 1_000)?,
        address: optional("address")?,
        city: optional("city")?,
        state: optional("state")?,
        zip_code: optional("zip_code")?,
        timezone: optional("timezone")?,
        gstin: optional("gstin")?,
        gst_status: match optional("gst_status")? {
            Some(status) if status != "active" && status != "inactive" => {
                let value = fields.get("gst_status");
                return Err(Refusal::invalid("gst_status", "Must be one of active, inactive", "INVALID_CHOICE", value));
            }
            status => status,
        },
        account_type: optional("account_type")?.unwrap_or_else(|| "standard".to_owned()),
    })
}

fn formed(fields: &Fields, name: &str, message: &str, is_formed: fn(&str) -> bool) -> Result<String, Refusal> {
    let text = fields.required(name)?;
    if is_formed(&text) { Ok(text) } else { Err(Refusal::invalid(name, message, "INVALID_FORMAT", fields.get(name))) }
}

/// The refusal repeats the password, as the real service does.
fn check_password(fields: &Fields) -> Result<(), Refusal> {
    let password = fields.required("password")?;
    let wrong = |message: &str, code: &str| Err(Refusal::invalid("password", message, code, fields.get("password")));
    if password.chars().count() < 8 {
        return wrong("Password must be at least 8 characters", "MIN_LENGTH");
    }
    if !password.chars().any(|sign| sign.is_ascii_digit()) || password.chars().all(char::is_alphanumeric) {
        return wrong("Password must contain a digit and a special character", "WEAK_PASSWORD");
    }
    Ok(())
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    let is_plain = |part: &str| !part.is_empty() && !part.contains(['@', ' ']) && !part.chars().any(char::is_control);
    parts.is_some_and(|(person, host)| is_plain(person) && is_plain(host) && host.contains('.'))
}

fn is_e164(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}
