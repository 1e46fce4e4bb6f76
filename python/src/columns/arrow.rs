//! The memory of a table as an Arrow stream, which polars, pyarrow, pandas and DuckDB read without copies.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_schema::{DataType, Field, TimeUnit};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};

use super::Kind;

/// Digits of an exact number: as many as a `Decimal` holds. With 38, Arrow could not even add two of them.
pub(super) const PRECISION: u8 = 28;
/// Decimal places of an exact number.
pub(super) const SCALE: i8 = 10;

impl Kind {
    pub(super) fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Word => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Self::Count => DataType::Int64,
            Self::Flag => DataType::Boolean,
            Self::Amount | Self::Rate | Self::Minutes | Self::Number => DataType::Decimal128(PRECISION, SCALE),
            Self::Day => DataType::Date32,
            Self::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }
}

pub(super) fn schema<'py>(py: Python<'py>, batch: &RecordBatch) -> PyResult<Bound<'py, PyCapsule>> {
    Ok(to_schema_pycapsule(py, batch.schema().as_ref().clone())?)
}

pub(super) fn stream<'py>(
    py: Python<'py>,
    batch: RecordBatch,
    requested: Option<Bound<'py, PyCapsule>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let field = Field::new_struct("", batch.schema().fields().clone(), false);
    let rows: ArrayRef = Arc::new(StructArray::from(batch));
    Ok(to_stream_pycapsule(py, Box::new(ArrayIterator::new(std::iter::once(Ok(rows)), field.into())), requested)?)
}
