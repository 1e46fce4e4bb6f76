//! The end of the interpreter. A thread that comes back from a call after it would touch what is no longer there, and crash.
//!
//! So `end` runs before (`atexit`): it waits for the threads inside a call to come out, and from then on a thread that would
//! come back, or begin a call, stays away for good. The thread that ends the program may still call.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pyo3::prelude::*;

/// The bit that says that the interpreter is about to end.
const ENDING: usize = 1 << (usize::BITS - 1);
/// Between two looks whether threads have come out.
const LOOK: Duration = Duration::from_millis(5);
/// Looks before a thread that is still inside is left there.
const LOOKS: u32 = 200;

/// How many threads are inside a call, and whether the interpreter is about to end.
static INSIDE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static ENDS_THE_PROGRAM: Cell<bool> = const { Cell::new(false) };
}

/// A thread inside a call, for as long as this value lives.
pub(crate) struct Inside(());

impl Inside {
    pub(crate) fn enter(py: Python<'_>) -> Self {
        INSIDE.fetch_add(1, Ordering::SeqCst);
        if must_stay_away() {
            py.detach(stay_away);
        }
        Self(())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        come_out();
    }
}

/// Whether this thread must not come back to the interpreter.
pub(crate) fn must_stay_away() -> bool {
    has_begun() && !ENDS_THE_PROGRAM.get()
}

/// Whether the interpreter is about to end.
pub(crate) fn has_begun() -> bool {
    INSIDE.load(Ordering::SeqCst) & ENDING != 0
}

/// Keeps this thread, which is inside a call, from coming back, until the process ends.
pub(crate) fn stay_away() {
    come_out();
    loop {
        std::thread::park();
    }
}

fn come_out() {
    // In a child of `fork` the count starts anew, with nobody inside.
    let less = |inside: usize| (inside & !ENDING > 0).then(|| inside - 1);
    let _: Result<usize, usize> = INSIDE.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
}

/// Called before the interpreter ends, by the thread that ends it.
#[pyfunction]
pub(crate) fn end(py: Python<'_>) {
    ENDS_THE_PROGRAM.set(true);
    INSIDE.fetch_or(ENDING, Ordering::SeqCst);
    py.detach(|| {
        for _ in 0..LOOKS {
            // Also lets an event loop that was just woken take the interpreter's lock once more.
            std::thread::sleep(LOOK);
            if INSIDE.load(Ordering::SeqCst) & !ENDING == 0 {
                return;
            }
        }
    });
}

/// Called in a child of `fork`, which has one thread.
#[pyfunction]
pub(crate) fn forked() {
    INSIDE.store(0, Ordering::SeqCst);
}
