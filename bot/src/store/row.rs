//! Columns of rows, read so that a value of another type is an error with its place.

use anyhow::{Context as _, Result};
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row as _, Sqlite, Type};

/// A column of a row.
///
/// # Errors
///
/// The column holds a value of another type: something other than this program wrote it.
pub(super) fn column<'r, T>(row: &'r SqliteRow, table: &str, name: &str) -> Result<T>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
{
    row.try_get(name).with_context(|| {
        format!(
            "{table}.{name} of the database holds a value that this program did not write; restore a backup, or delete that row"
        )
    })
}
