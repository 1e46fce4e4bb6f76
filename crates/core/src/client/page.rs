//! One page of a list.

use crate::client::oddity::Oddity;

/// Rows asked for per page: valid under every document.
pub(crate) const PER_PAGE: u32 = 100;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Which page the service says this is.
    pub page: Option<u64>,
    /// How many rows the service says it puts on a page; may be fewer than asked for.
    pub per_page: Option<u64>,
    /// How many rows the whole list has.
    pub total: Option<u64>,
    /// How many pages the whole list has, where the service says so.
    pub pages: Option<u64>,
    /// Whether another page follows, where the service says so.
    pub has_next: Option<bool>,
    /// How many rows the service listed on this page, those that could not be read or do not match the filters among them.
    pub listed: u64,
    /// What on this page could not be understood.
    pub oddities: Vec<Oddity>,
    /// The id under which the service may know this request, where it sent one.
    pub request_id: Option<String>,
    /// The positions of the rows that could not be read.
    pub(crate) unreadable: Vec<usize>,
}

impl<T> Page<T> {
    /// The number of the last page of this size, where this page tells: a page count, else total ÷ size.
    pub(crate) fn last(&self, asked: u32) -> Option<u64> {
        self.pages.or_else(|| Some(self.total?.div_ceil(self.size(asked))))
    }

    /// Whether a page follows page `number`.
    pub(crate) fn has_more(&self, number: u64, asked: u32) -> bool {
        match (self.has_next, self.last(asked)) {
            (Some(more), _) => more,
            (None, Some(last)) => number < last,
            (None, None) => self.listed >= self.size(asked),
        }
    }

    /// Rows that the service puts on a page: as it says, else as it was asked.
    fn size(&self, asked: u32) -> u64 {
        self.per_page.filter(|size| *size > 0).unwrap_or(u64::from(asked)).max(1)
    }
}
