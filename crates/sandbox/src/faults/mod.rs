//! Faults: what goes wrong on purpose, on which calls, how often.

mod answer;
mod distort;
mod fault;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Extensions;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::connection::Cord;
use crate::lock::lock;
use crate::random::Dice;
pub use fault::{Fault, Half, Hint, Spoilt};

/// A fault that is in force, or was until it had struck often enough.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ActiveFault {
    /// Its number, to remove it by.
    pub id: u64,
    /// How many calls it struck.
    pub struck: u32,
    /// Whether it has struck as often as it was to.
    pub over: bool,
    /// The fault.
    #[serde(flatten)]
    pub fault: Fault,
}

/// A handle on the faults of a sandbox. Cheap to clone.
#[derive(Clone)]
pub struct Faults(Arc<Inner>);

struct Inner {
    seed: u64,
    active: Mutex<Active>,
}

#[derive(Default)]
struct Active {
    faults: Vec<ActiveFault>,
    last_id: u64,
    calls: u64,
    /// First answers, by fault and call.
    stale: HashMap<(u64, String), Bytes>,
}

/// Rows by which the pages of a list are moved while it is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shift(pub(crate) i64);

impl fmt::Debug for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.list()).finish()
    }
}

/// A call, as faults see it.
pub(crate) struct Seen<'a> {
    pub(crate) half: Half,
    /// `GET` and the like; empty for the Bot API.
    pub(crate) verb: &'a str,
    /// A path, or a method of the Bot API.
    pub(crate) name: &'a str,
    pub(crate) chat: Option<i64>,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Inner { seed, active: Mutex::default() }))
    }

    /// Puts a fault in force; gives its number.
    pub fn add(&self, fault: Fault) -> u64 {
        let mut active = lock(&self.0.active);
        active.last_id += 1;
        let id = active.last_id;
        let over = fault.times == Some(0);
        active.faults.push(ActiveFault { id, struck: 0, over, fault });
        id
    }

    /// The faults that were added and not removed, oldest first; some may be over.
    pub fn list(&self) -> Vec<ActiveFault> {
        lock(&self.0.active).faults.clone()
    }

    /// Whether every fault is over: each struck as often as it was to, or was removed.
    pub fn are_over(&self) -> bool {
        lock(&self.0.active).faults.iter().all(|fault| fault.over)
    }

    /// Ends one fault; false when there is none of that number.
    pub fn remove(&self, id: u64) -> bool {
        let mut active = lock(&self.0.active);
        active.stale.retain(|(fault, _), _| *fault != id);
        let before = active.faults.len();
        active.faults.retain(|fault| fault.id != id);
        active.faults.len() < before
    }

    /// Ends all faults.
    pub fn clear(&self) {
        let mut active = lock(&self.0.active);
        active.faults.clear();
        active.stale.clear();
    }

    /// The first fault that strikes this call, if one does.
    pub(crate) fn strike(&self, seen: &Seen<'_>) -> Option<Fault> {
        self.strike_numbered(seen).map(|(_, fault)| fault)
    }

    fn strike_numbered(&self, seen: &Seen<'_>) -> Option<(u64, Fault)> {
        let mut active = lock(&self.0.active);
        if active.faults.is_empty() {
            return None;
        }
        active.calls += 1;
        let calls = active.calls;
        let strikes = |fault: &ActiveFault| {
            let percent = fault.fault.percent.unwrap_or(100);
            !fault.over && fault.fault.concerns(seen) && Dice::new(&[self.0.seed, fault.id, calls]).below(100) < percent
        };
        let place = active.faults.iter().position(strikes)?;
        let struck = active.faults.get_mut(place)?;
        struck.struck += 1;
        struck.over = struck.fault.times.is_some_and(|times| struck.struck >= times);
        Some((struck.id, struck.fault.clone()))
    }

    /// The first answer that fault `id` struck on this call, which may be this one.
    fn first(&self, id: u64, call: String, answer: Bytes) -> Bytes {
        lock(&self.0.active).stale.entry((id, call)).or_insert(answer).clone()
    }
}

impl Fault {
    fn concerns(&self, seen: &Seen<'_>) -> bool {
        self.half == seen.half
            && self.operation.as_deref().is_none_or(|operation| is_operation(operation, seen))
            && self.path.as_deref().is_none_or(|path| seen.name.starts_with(path))
            && self.chat.is_none_or(|chat| seen.chat == Some(chat))
    }

    /// Answers a call as the fault says. `work` does the call itself.
    pub(crate) async fn apply(self, cord: Option<Cord>, work: impl Future<Output = Response>) -> Response {
        tokio::time::sleep(Duration::from_millis(self.latency_ms)).await;
        let done = if self.after || !self.replaces_answer() { Some(work.await) } else { None };
        if self.drop {
            if let Some(cord) = cord {
                cord.cut();
            }
            return axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        answer::spoilt(&self, done).await
    }

    fn replaces_answer(&self) -> bool {
        self.drop || self.status.is_some() || self.retry_after.is_some() || self.answer.is_some()
    }
}

/// Segments in braces stand for any one segment.
fn is_operation(operation: &str, seen: &Seen<'_>) -> bool {
    if seen.half == Half::Telegram {
        return operation.eq_ignore_ascii_case(seen.name);
    }
    let Some((verb, path)) = operation.split_once(' ') else { return false };
    let (wanted, found) = (path.trim_matches('/').split('/'), seen.name.trim_matches('/').split('/'));
    verb.eq_ignore_ascii_case(seen.verb)
        && wanted.clone().count() == found.clone().count()
        && wanted.zip(found).all(|(wanted, found)| wanted.starts_with('{') || wanted == found)
}

/// Lets the faults of the Partner API strike.
pub(crate) async fn strike_partner(State(faults): State<Faults>, mut request: Request, next: Next) -> Response {
    let seen = Seen { half: Half::Partner, verb: request.method().as_str(), name: request.uri().path(), chat: None };
    let Some((id, fault)) = faults.strike_numbered(&seen) else { return next.run(request).await };
    let call = format!("{} {}", request.method(), request.uri());
    let cord = cord(request.extensions());
    request.extensions_mut().insert(Shift(fault.shift_rows));
    let answer = fault.clone().apply(cord, next.run(request)).await;
    distort::distorted(&fault, answer, |body| faults.first(id, call, body)).await
}

/// What the connection of a request can be cut with.
pub(crate) fn cord(extensions: &Extensions) -> Option<Cord> {
    extensions.get::<ConnectInfo<Cord>>().map(|ConnectInfo(cord)| cord.clone())
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, Half, Seen};

    fn seen(verb: &'static str, name: &'static str) -> Seen<'static> {
        Seen { half: Half::Partner, verb, name, chat: None }
    }

    #[test]
    fn an_operation_is_matched_as_a_whole_and_a_path_by_its_beginning() {
        let operation = Fault { operation: Some("GET /accounts/{id}/balance".into()), ..Fault::default() };
        assert!(operation.concerns(&seen("GET", "/accounts/MA_1/balance")));
        assert!(!operation.concerns(&seen("POST", "/accounts/MA_1/balance")));
        assert!(!operation.concerns(&seen("GET", "/accounts/MA_1")));
        let path = Fault { path: Some("/accounts".into()), ..Fault::default() };
        assert!(path.concerns(&seen("GET", "/accounts/MA_1")));
        assert!(!path.concerns(&seen("GET", "/me")));
    }

    #[test]
    fn a_fault_is_over_after_so_many_strikes() {
        let faults = Faults::new(7);
        faults.add(Fault { times: Some(2), ..Fault::default() });
        let strikes = (0..5).filter(|_| faults.strike(&seen("GET", "/me")).is_some()).count();
        assert_eq!(strikes, 2);
        assert!(faults.are_over());
        assert_eq!(faults.list()[0].struck, 2, "how often it struck can still be read");
    }

    #[test]
    fn a_fault_strikes_about_as_often_as_it_says() {
        let faults = Faults::new(7);
        faults.add(Fault { percent: Some(30), ..Fault::default() });
        let strikes = (0..1000).filter(|_| faults.strike(&seen("GET", "/me")).is_some()).count();
        assert!((250..350).contains(&strikes), "{strikes}");
    }
}
