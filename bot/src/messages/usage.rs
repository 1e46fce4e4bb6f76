//! What is missing in a table of usage.

use vobiz_core::Error;

use super::{counted, escape};

/// The customers that could not be read, with the first reason, and those that were not asked for; nothing where all were read.
pub(crate) fn missing(failed: usize, first: Option<&Error>, left: usize, is_list_cut: bool) -> String {
    let mut notes = String::new();
    if let Some(error) = first {
        notes = format!("\n⚪ {} could not be read: {}", counted(failed, "customer", "customers"), escape(&error.to_string()));
    }
    if left > 0 {
        notes = format!("{notes}\n⚪ {} left out: reading took too long.", counted(left, "customer is", "customers are"));
    }
    if is_list_cut {
        notes = format!("{notes}\n⚪ The list of customers could not be read to its end.");
    }
    notes
}
