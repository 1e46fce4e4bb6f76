//! `/kyc-sessions`: calls whose errors have shapes of their own.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::{Value, json};

use super::Asked;
use super::body::Fields;
use super::figures::micros_z;
use super::refusal::Refusal;
use crate::world::{Session, SessionPlan, SessionRefused, SessionStatus, World};

#[derive(Serialize)]
struct Created {
    session_id: String,
    account_auth_id: String,
    customer_email: Option<String>,
    email_dispatched_to: Option<String>,
    kyc_type: Option<String>,
    status: &'static str,
    expires_at: String,
    widget_url: Option<String>,
    kyc_link: Option<String>,
    message: &'static str,
}

#[derive(Serialize)]
pub(super) struct Shown {
    id: String,
    account_auth_id: String,
    customer_email: Option<String>,
    kyc_type: Option<&'static str>,
    status: &'static str,
    expires_at: String,
    first_opened_at: Option<String>,
    completed_at: Option<String>,
    webhook_url: Option<String>,
    redirect_url: Option<String>,
    reminder_schedule: Vec<Value>,
    metadata: Option<Value>,
    verified_data: Option<Value>,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize)]
pub(super) struct Page {
    sessions: Vec<Shown>,
    total: usize,
    page: usize,
    size: usize,
}

#[derive(Serialize)]
pub(super) struct Done {
    message: &'static str,
    session_id: String,
}

/// `POST /kyc-sessions`
pub(super) fn create(world: &mut World, _: &Asked, body: &Bytes) -> Result<impl IntoResponse + use<>, Refusal> {
    let (customer, plan) = planned(body).map_err(|refusal| refusal.of_kyc("body"))?;
    let session = world.start_session(&customer, plan).ok_or_else(|| Refusal::unknown_customer().of_kyc("body"))?;
    let email = session.plan.email.clone();
    let created = Created {
        session_id: session.id.clone(),
        account_auth_id: customer,
        email_dispatched_to: email.as_deref().map(masked),
        kyc_type: None,
        status: session.status.name(),
        expires_at: micros_z(session.expires()),
        widget_url: email.is_none().then(|| format!("https://kyc.vobiz.ai/verify?token={}", session.token)),
        kyc_link: None,
        message: match email {
            Some(_) => "KYC email dispatched successfully",
            None => "KYC session created - redirect your customer to widget_url to begin.",
        },
        customer_email: email,
    };
    Ok((StatusCode::CREATED, axum::Json(created)))
}

fn planned(body: &Bytes) -> Result<(String, SessionPlan), Refusal> {
    let fields = Fields::read(body)?;
    let customer = fields.required("account_auth_id")?;
    let flow = fields.text("flow_type", 20)?;
    let (email, redirect_url) = match flow.as_deref() {
        None | Some("email") => (Some(fields.required("customer_email")?), fields.text("redirect_url", 2_000)?),
        Some("redirect") => (None, Some(fields.required("redirect_url")?)),
        Some(_) => {
            let value = fields.get("flow_type");
            return Err(Refusal::invalid("flow_type", "Input should be 'email' or 'redirect'", "LITERAL_ERROR", value));
        }
    };
    if email.as_ref().is_some_and(|email| !email.contains('@')) {
        let value = fields.get("customer_email");
        return Err(Refusal::invalid("customer_email", "value is not a valid email address", "VALUE_ERROR", value));
    }
    let plan = SessionPlan {
        email,
        redirect_url,
        webhook_url: fields.text("webhook_url", 2_000)?,
        reminders: reminders(fields.get("reminder_schedule"))?,
        metadata: match fields.get("metadata") {
            Value::Null => None,
            Value::Object(_) => Some(fields.get("metadata").clone()),
            other => return Err(Refusal::invalid("metadata", "Input should be a valid dictionary", "DICT_TYPE", other)),
        },
        days: fields.number("expires_in_days", 1, 365)?.unwrap_or(7),
    };
    Ok((customer, plan))
}

fn reminders(sent: &Value) -> Result<Vec<Value>, Refusal> {
    let invalid = || Refusal::invalid("reminder_schedule", "Input should be a list of reminders", "LIST_TYPE", sent);
    let is_reminder = |item: &Value| item["trigger"] == "days_before_expiry" && item["value"].is_u64();
    match sent {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) if items.iter().all(is_reminder) => Ok(items.clone()),
        _ => Err(invalid()),
    }
}

/// `c***@example.com`
fn masked(email: &str) -> String {
    let (person, host) = email.split_once('@').unwrap_or((email, ""));
    let first: String = person.chars().take(1).collect();
    format!("{first}***@{host}")
}

/// `GET /kyc-sessions`, which pages by `size`
pub(super) fn list(world: &World, asked: &Asked) -> Result<Page, Refusal> {
    let page = asked.parameters.page("size", usize::MAX).map_err(|refusal| refusal.of_kyc("query"))?;
    let (status, customer) = (asked.parameters.text("status"), asked.parameters.text("account_auth_id"));
    let is_wanted = |session: &&Session| {
        status.is_none_or(|status| session.status.name() == status) && customer.is_none_or(|id| session.customer == id)
    };
    let found: Vec<&Session> = world.sessions().filter(is_wanted).collect();
    let sessions = found.iter().skip(page.skipped()).take(page.size).map(|session| shown(session)).collect();
    Ok(Page { sessions, total: found.len(), page: page.number, size: page.size })
}

/// `GET /kyc-sessions/{session_id}`
pub(super) fn one(world: &World, _: &Asked, id: &str) -> Result<Shown, Refusal> {
    world.sessions().find(|session| session.id == id).map(shown).ok_or_else(unknown)
}

fn shown(session: &Session) -> Shown {
    let is_complete = session.status == SessionStatus::KycCompleted;
    Shown {
        id: session.id.clone(),
        account_auth_id: session.customer.clone(),
        customer_email: session.plan.email.clone(),
        kyc_type: session.first_opened.map(|_| "individual"),
        status: session.status.name(),
        expires_at: micros_z(session.expires()),
        first_opened_at: session.first_opened.map(micros_z),
        completed_at: session.completed.map(micros_z),
        webhook_url: session.plan.webhook_url.clone(),
        redirect_url: session.plan.redirect_url.clone(),
        reminder_schedule: session.plan.reminders.clone(),
        metadata: session.plan.metadata.clone(),
        verified_data: is_complete.then(|| {
            json!({
                "pan_type": "individual",
                "pan_number": "ABCPEXXXXX",
                "pan_name_match": true,
                "pan_registered_name": "Asha Rao",
                "completed_steps": ["pan", "aadhaar"],
                "masked_aadhaar": "9942",
            })
        }),
        created_at: micros_z(session.created),
        updated_at: micros_z(session.updated),
    }
}

/// `POST /kyc-sessions/{session_id}/resend`
pub(super) fn resend(world: &mut World, _: &Asked, id: &str, _: &Bytes) -> Result<Done, Refusal> {
    world.resend_session(id).map_err(|refused| refusal(refused, "resend"))?;
    Ok(Done { message: "KYC email dispatched successfully", session_id: id.to_owned() })
}

/// `DELETE /kyc-sessions/{session_id}`
pub(super) fn revoke(world: &mut World, _: &Asked, id: &str, body: &Bytes) -> Result<Done, Refusal> {
    Fields::read_optional(body).and_then(|fields| fields.text("reason", 1_000)).map_err(|refusal| refusal.of_kyc("body"))?;
    world.revoke_session(id).map_err(|refused| refusal(refused, "revoke"))?;
    Ok(Done { message: "Session revoked", session_id: id.to_owned() })
}

fn unknown() -> Refusal {
    refusal(SessionRefused::Unknown, "read")
}

fn refusal(refused: SessionRefused, verb: &str) -> Refusal {
    let (status, message) = match refused {
        SessionRefused::Unknown => (StatusCode::NOT_FOUND, "KYC session not found".to_owned()),
        SessionRefused::NoMail => {
            let message = "Resend is not available for redirect-flow sessions - no email is associated with this session.";
            (StatusCode::BAD_REQUEST, message.to_owned())
        }
        SessionRefused::Ended(status) => (StatusCode::CONFLICT, format!("Cannot {verb}: session is '{}'", status.name())),
        SessionRefused::TooSoon(seconds) => {
            let message = format!("Email was sent recently. Please wait {seconds} seconds before resending.");
            (StatusCode::TOO_MANY_REQUESTS, message)
        }
    };
    Refusal::new(status, "", &message).of_kyc("path")
}
