//! What the core reports of its calls, kept until Python's `logging` takes it. Off until logging asks for it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, Once, TryLockError};

use pyo3::prelude::*;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

/// Most lines that wait to be taken; later ones are dropped.
const MOST: usize = 10_000;

static ON: AtomicBool = AtomicBool::new(false);
static START: Once = Once::new();
static NEXT: AtomicU64 = AtomicU64::new(1);
static KEPT: Mutex<Vec<(u8, String)>> = Mutex::new(Vec::new());
static OPERATIONS: Mutex<Option<HashMap<u64, String>>> = Mutex::new(None);

thread_local! {
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Whether what the core reports is kept.
#[pyfunction]
pub(crate) fn log_calls(on: bool) {
    if on {
        // Another subscriber can only be one of a program that links this library into itself.
        START.call_once(|| drop(tracing::subscriber::set_global_default(Reporter)));
    }
    ON.store(on, Ordering::Relaxed);
}

/// Takes the lines that are kept: the level of Python's logging, and the text.
#[pyfunction]
pub(crate) fn logged() -> Vec<(u8, String)> {
    briefly(&KEPT, std::mem::take).unwrap_or_default()
}

/// Uses what a lock guards, unless it stays locked: in a child of `fork` it might for ever.
fn briefly<T, R>(lock: &Mutex<T>, mut with: impl FnMut(&mut T) -> R) -> Option<R> {
    for _ in 0..100 {
        match lock.try_lock() {
            Ok(mut held) => return Some(with(&mut held)),
            Err(TryLockError::Poisoned(held)) => return Some(with(&mut held.into_inner())),
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
        }
    }
    None
}

struct Reporter;

impl Subscriber for Reporter {
    fn register_callsite(&self, _callsite: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, about: &Metadata<'_>) -> bool {
        ON.load(Ordering::Relaxed) && about.target().starts_with("vobiz_core") && *about.level() <= Level::DEBUG
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut found = Operation(None);
        span.record(&mut found);
        if let Some(operation) = found.0 {
            briefly(&OPERATIONS, |all| all.get_or_insert_default().insert(id, operation.clone()));
        }
        Id::from_u64(id)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let operation = INSIDE.with_borrow(|spans| {
            briefly(&OPERATIONS, |all| spans.iter().rev().find_map(|id| all.as_ref()?.get(id).cloned())).flatten()
        });
        let mut line = Line { message: String::new(), fields: String::new() };
        event.record(&mut line);
        let text = match operation {
            Some(operation) => format!("{operation}: {}{}", line.message, line.fields),
            None => format!("{}{}", line.message, line.fields),
        };
        let level = match *event.metadata().level() {
            Level::ERROR | Level::WARN | Level::INFO => 20,
            _ => 10,
        };
        briefly(&KEPT, |kept| {
            if kept.len() < MOST {
                kept.push((level, text.clone()));
            }
        });
    }

    fn enter(&self, span: &Id) {
        INSIDE.with_borrow_mut(|spans| spans.push(span.into_u64()));
    }

    fn exit(&self, span: &Id) {
        INSIDE.with_borrow_mut(|spans| {
            if let Some(place) = spans.iter().rposition(|id| *id == span.into_u64()) {
                spans.remove(place);
            }
        });
    }

    fn try_close(&self, span: Id) -> bool {
        briefly(&OPERATIONS, |all| all.as_mut().and_then(|all| all.remove(&span.into_u64())));
        true
    }
}

/// The operation that a span is about.
struct Operation(Option<String>);

impl Visit for Operation {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "operation" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "operation" {
            self.0 = Some(format!("{value:?}"));
        }
    }
}

/// A report as one line of text.
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let (target, text) = if field.name() == "message" {
            (&mut self.message, format!("{value:?}"))
        } else {
            (&mut self.fields, format!(" {}={value:?}", field.name()))
        };
        target.push_str(&text);
    }
}
