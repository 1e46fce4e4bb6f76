//! Sessions in which customers prove who they are.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::World;
use super::identity::uuid;
use super::traits::Kyc;
use crate::random::Dice;

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionStatus {
    EmailSent,
    LinkReady,
    Opened,
    InProgress,
    KycCompleted,
    Revoked,
}

impl SessionStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EmailSent => "email_sent",
            Self::LinkReady => "link_ready",
            Self::Opened => "opened",
            Self::InProgress => "in_progress",
            Self::KycCompleted => "kyc_completed",
            Self::Revoked => "revoked",
        }
    }

    fn is_live(self) -> bool {
        !matches!(self, Self::KycCompleted | Self::Revoked)
    }
}

/// What a session is created with.
#[derive(Debug, Clone)]
pub(crate) struct SessionPlan {
    /// Where the mail goes; nowhere when the partner brings its customer itself.
    pub(crate) email: Option<String>,
    pub(crate) redirect_url: Option<String>,
    pub(crate) webhook_url: Option<String>,
    pub(crate) reminders: Vec<Value>,
    pub(crate) metadata: Option<Value>,
    pub(crate) days: u32,
}

/// One session. Instants are microseconds since 1970.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// The customer's `auth_id`.
    pub(crate) customer: String,
    pub(crate) plan: SessionPlan,
    pub(crate) status: SessionStatus,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) first_opened: Option<i64>,
    pub(crate) completed: Option<i64>,
    /// The secret in the address of its page.
    pub(crate) token: String,
    mailed: i64,
}

/// How far a session came, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Progress {
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) status: SessionStatus,
}

/// Why a session was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionRefused {
    Unknown,
    /// There is nobody to mail.
    NoMail,
    /// It has ended.
    Ended(SessionStatus),
    /// Mailed a moment ago; again after so many seconds.
    TooSoon(i64),
}

const SECOND: i64 = 1_000_000;
/// Between one mail and the next, the first being that of the creation.
const COOLDOWN: i64 = 30 * 60 * SECOND;
const DAY: i64 = 86_400 * SECOND;

impl Session {
    pub(crate) fn expires(&self) -> i64 {
        self.created + i64::from(self.plan.days) * DAY
    }

    fn enter(&mut self, status: SessionStatus, now: i64) {
        self.status = status;
        self.updated = now;
    }
}

fn token(seed: u64, number: u64) -> String {
    let mut dice = Dice::new(&[seed, 0x6b73_7400, number]);
    let parts: Vec<String> = (0..4).map(|_| format!("{:016x}", dice.roll())).collect();
    format!("kst_{}", parts.concat())
}

impl World {
    /// The sessions, newest first.
    pub(crate) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.iter().rev()
    }

    /// Starts a session for a customer, whose live one ends by that. Nothing when there is no such customer.
    pub(crate) fn start_session(&mut self, auth_id: &str, plan: SessionPlan) -> Option<&Session> {
        self.customer(auth_id)?;
        let now = self.micros;
        let others = self.sessions.iter_mut().filter(|session| session.customer == auth_id && session.status.is_live());
        others.for_each(|session| session.enter(SessionStatus::Revoked, now));
        let status = if plan.email.is_some() { SessionStatus::EmailSent } else { SessionStatus::LinkReady };
        self.add_session(auth_id.to_owned(), plan, Progress { created: now, updated: now, status });
        self.sessions.last()
    }

    /// Adds a session that came so far.
    pub(super) fn add_session(&mut self, customer: String, plan: SessionPlan, progress: Progress) {
        let number = self.sessions.len() as u64;
        let Progress { created, updated, status } = progress;
        let is_opened = !matches!(status, SessionStatus::EmailSent | SessionStatus::LinkReady);
        self.sessions.push(Session {
            id: uuid(&[self.seed, 0x6b79_6300, number]),
            customer,
            plan,
            status,
            created,
            updated,
            first_opened: is_opened.then_some(updated),
            completed: (status == SessionStatus::KycCompleted).then_some(updated),
            token: token(self.seed, number),
            mailed: created,
        });
    }

    /// Mails again.
    pub(crate) fn resend_session(&mut self, id: &str) -> Result<(), SessionRefused> {
        let now = self.micros;
        let session = self.session_mut(id)?;
        if session.plan.email.is_none() {
            return Err(SessionRefused::NoMail);
        }
        if !session.status.is_live() {
            return Err(SessionRefused::Ended(session.status));
        }
        let wait = session.mailed + COOLDOWN - now;
        if wait > 0 {
            return Err(SessionRefused::TooSoon((wait + SECOND - 1) / SECOND));
        }
        session.mailed = now;
        session.updated = now;
        Ok(())
    }

    /// Ends a session.
    pub(crate) fn revoke_session(&mut self, id: &str) -> Result<(), SessionRefused> {
        let now = self.micros;
        let session = self.session_mut(id)?;
        if !session.status.is_live() {
            return Err(SessionRefused::Ended(session.status));
        }
        session.enter(SessionStatus::Revoked, now);
        Ok(())
    }

    /// Lets the customer come so far in a live session. False when there is none of that id.
    pub(crate) fn step_session(&mut self, id: &str, status: SessionStatus) -> bool {
        let now = self.micros;
        let Ok(session) = self.session_mut(id) else { return false };
        if !session.status.is_live() {
            return false;
        }
        session.enter(status, now);
        session.first_opened = session.first_opened.or(Some(now));
        if status == SessionStatus::KycCompleted {
            session.completed = Some(now);
            let customer = session.customer.clone();
            if let Some(customer) = self.customer_mut(&customer) {
                customer.traits.kyc = Kyc::Completed;
            }
        }
        true
    }

    fn session_mut(&mut self, id: &str) -> Result<&mut Session, SessionRefused> {
        self.sessions.iter_mut().find(|session| session.id == id).ok_or(SessionRefused::Unknown)
    }
}
