//! The memory of a table as an Arrow stream, which polars, pyarrow, pandas and DuckDB read without copies.

use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchIterator};
use arrow_schema::{DataType, SchemaRef, TimeUnit};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::PySchema;

use super::{Kind, broken};

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
    let schema = FFI_ArrowSchema::try_from(batch.schema().as_ref()).map_err(broken)?;
    PyCapsule::new_with_value(py, schema, c"arrow_schema")
}

/// The schema that a reader asks for.
pub(super) fn wanted(capsule: &Bound<'_, PyCapsule>) -> PyResult<SchemaRef> {
    Ok(PySchema::from_arrow_pycapsule(capsule)?.into_inner())
}

pub(super) fn stream(py: Python<'_>, batch: RecordBatch) -> PyResult<Bound<'_, PyCapsule>> {
    let schema = batch.schema();
    let rows = RecordBatchIterator::new(std::iter::once(Ok(batch)), schema);
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(rows)), c"arrow_array_stream")
}
