//! Values of an answer that could not be understood, and where they are.

use std::cell::{Cell, RefCell};
use std::fmt;

/// Customers named for one oddity; its count goes on beyond them.
const CUSTOMERS: usize = 20;
/// Oddities kept of one answer; further ones are counted with the last.
const KEPT: usize = 1000;
/// Longest path kept, in characters. Some keys are data of any length.
const LONGEST: usize = 200;

/// A value that could not be understood. The field counts as absent; everything beside it is read.
///
/// Values of the same field and kind are one oddity with a count. Never holds the value itself.
///
/// ```
/// # async fn example(client: vobiz_core::PartnerClient) -> vobiz_core::Result<()> {
/// for oddity in client.accounts().page(1).await?.oddities {
///     eprintln!("{oddity}"); // accounts[3].cps_limit: expected a count, found a number that is not one (MA_XXXXXXXX)
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Oddity {
    /// The field without positions: `accounts.cps_limit`. The same in every answer that has the same fault.
    pub field: String,
    /// Where it was first found: `accounts[3].cps_limit`. Empty for the whole body.
    pub path: String,
    /// What was expected and what was found: `expected a count, found text`.
    pub reason: String,
    /// How often it was found.
    pub count: u64,
    /// The customers (`MA_…`) in whose rows it was found, in order, at most 20; none where the row names no customer.
    pub customers: Vec<String>,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.reason)?;
        let customer = self.customers.first().map(String::as_str);
        match (customer, self.count) {
            (None, ..=1) => Ok(()),
            (None, count) => write!(f, " ({count} times)"),
            (Some(customer), ..=1) => write!(f, " ({customer})"),
            (Some(customer), count) => write!(f, " ({count} times, first in {customer})"),
        }
    }
}

impl Oddity {
    pub(crate) fn new(path: &str, reason: String) -> Self {
        Self { field: path.to_owned(), path: path.to_owned(), reason, count: 1, customers: Vec::new() }
    }

    /// The same as one of a field that has many places.
    pub(crate) fn of_field(mut self, field: &str) -> Self {
        field.clone_into(&mut self.field);
        self
    }

    pub(crate) fn of_customer(mut self, customer: &str) -> Self {
        self.customers.push(shown(customer));
        self
    }

    /// Adds the oddities of one more page to those of the pages before it: those of the same field and kind become one.
    pub fn merge(into: &mut Vec<Self>, more: impl IntoIterator<Item = Self>) {
        merge(into, more);
    }

    fn is_like(&self, other: &Self) -> bool {
        self.field == other.field && self.reason == other.reason
    }

    fn add(&mut self, other: Self) {
        self.count += other.count;
        for customer in other.customers {
            if self.customers.len() < CUSTOMERS && !self.customers.contains(&customer) {
                self.customers.push(customer);
            }
        }
    }
}

/// Adds the oddities of one more page to those of the pages before it.
pub(crate) fn merge(into: &mut Vec<Oddity>, more: impl IntoIterator<Item = Oddity>) {
    for oddity in more {
        match into.iter_mut().find(|held| held.is_like(&oddity)) {
            Some(held) => held.add(oddity),
            None => into.push(oddity),
        }
    }
    into.truncate(KEPT);
}

/// What a reading notes. Paths are built from the inside: each level puts its own part before what is below it.
#[derive(Default)]
pub(crate) struct Notes {
    count: Cell<usize>,
    noted: RefCell<Vec<Oddity>>,
    mended: Cell<bool>,
}

impl Notes {
    /// How many oddities there are so far; what is noted from here on has at least this index.
    #[inline]
    pub(crate) fn mark(&self) -> usize {
        self.count.get()
    }

    /// Notes the value at hand.
    #[cold]
    pub(crate) fn odd(&self, expected: &str, found: &str) {
        self.note(format!("expected {expected}, found {found}"));
    }

    /// Notes the value at hand, in other words.
    #[cold]
    pub(crate) fn note(&self, reason: String) {
        let mut noted = self.noted.borrow_mut();
        match noted.last_mut() {
            Some(last) if self.count.get() >= KEPT => last.count += 1,
            _ => noted.push(Oddity::new("", reason)),
        }
        self.count.set(noted.len());
    }

    /// Puts what was noted since `mark` below the member `key`.
    #[cold]
    pub(crate) fn below(&self, mark: usize, key: &str) {
        self.prefix(mark, key, key);
    }

    /// Puts what was noted since `mark` below an element of the list or table whose notes begin at `start`, and counts it
    /// with what the elements before it have noted alike.
    #[cold]
    pub(crate) fn element(&self, start: usize, mark: usize, place: &str, field: &str) {
        self.prefix(mark, place, field);
        let mut noted = self.noted.borrow_mut();
        if mark <= noted.len() {
            for oddity in noted.split_off(mark) {
                match noted[start..].iter_mut().find(|held| held.is_like(&oddity)) {
                    Some(held) => held.add(oddity),
                    None => noted.push(oddity),
                }
            }
        }
        self.count.set(noted.len());
    }

    fn prefix(&self, mark: usize, place: &str, field: &str) {
        let put = |before: &str, path: &mut String| {
            let point = if before.is_empty() || path.is_empty() || path.starts_with('[') { "" } else { "." };
            *path = shown(&format!("{before}{point}{path}"));
        };
        for oddity in self.noted.borrow_mut().iter_mut().skip(mark) {
            put(place, &mut oddity.path);
            put(field, &mut oddity.field);
        }
    }

    /// Names the customer of what was noted since `mark`, unless a row inside it has one of its own.
    #[cold]
    pub(crate) fn attribute(&self, mark: usize, customer: &str) {
        for oddity in self.noted.borrow_mut().iter_mut().skip(mark).filter(|oddity| oddity.customers.is_empty()) {
            oddity.customers.push(shown(customer));
        }
    }

    /// Whether the body was damaged as text, so that some values are [`crate::client::mend::DAMAGED`].
    pub(crate) fn is_mended(&self) -> bool {
        self.mended.get()
    }

    pub(crate) fn of_mended() -> Self {
        Self { mended: Cell::new(true), ..Self::default() }
    }

    pub(crate) fn into_oddities(self) -> Vec<Oddity> {
        self.noted.into_inner()
    }

    /// The first oddity as an error says it.
    pub(crate) fn first(&self) -> String {
        match self.noted.borrow().first() {
            Some(oddity) if oddity.path.is_empty() => oddity.reason.clone(),
            Some(oddity) => format!("at {}: {}", oddity.path, oddity.reason),
            None => "nothing in it was understood".to_owned(),
        }
    }
}

/// One line of limited length.
fn shown(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { '?' } else { sign }).take(LONGEST).collect()
}
