//! Tables as Arrow streams, which polars, pyarrow, pandas and DuckDB read. Amounts arrive exactly or not at all.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use chrono::{Datelike as _, NaiveDate};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};
use rust_decimal::Decimal;

use crate::table::{Column, Read, Row, Rows};

/// Digits and decimal places of money in Arrow.
const PRECISION: u8 = 38;
const SCALE: i8 = 10;

/// Days from the first of January of the year 1 to that of 1970.
const EPOCH: i32 = 719_163;

impl<T> Read<T> {
    fn arrow(&self) -> DataType {
        match self {
            Self::Text(_) => DataType::Utf8,
            Self::Count(_) => DataType::Int64,
            Self::Flag(_) => DataType::Boolean,
            Self::Amount(_) | Self::Minutes(_) | Self::Rate(_) => DataType::Decimal128(PRECISION, SCALE),
            Self::Day(_) => DataType::Date32,
            Self::Instant(_) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }
}

impl<T: Row> Rows<T> {
    fn schema() -> Schema {
        Schema::new(T::COLUMNS.iter().map(|Column(name, read)| Field::new(*name, read.arrow(), true)).collect::<Vec<_>>())
    }

    pub(crate) fn arrow_schema(py: Python<'_>) -> PyResult<Bound<'_, PyCapsule>> {
        Ok(to_schema_pycapsule(py, Self::schema())?)
    }

    pub(crate) fn arrow_stream<'py>(
        &self,
        py: Python<'py>,
        requested: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let batch = py.detach(|| self.batch())?;
        let field = Field::new_struct("", batch.schema().fields().clone(), false);
        let rows: ArrayRef = Arc::new(StructArray::from(batch));
        Ok(to_stream_pycapsule(py, Box::new(ArrayIterator::new(std::iter::once(Ok(rows)), field.into())), requested)?)
    }

    fn batch(&self) -> PyResult<RecordBatch> {
        let columns = T::COLUMNS.iter().map(|column| self.array(column)).collect::<PyResult<Vec<_>>>()?;
        RecordBatch::try_new(Arc::new(Self::schema()), columns).map_err(|error| PyValueError::new_err(error.to_string()))
    }

    fn array(&self, Column(name, read): &Column<T>) -> PyResult<ArrayRef> {
        let rows = || self.list.iter().map(|row| &**row);
        let refused = |row: &T, why: &str| PyValueError::new_err(format!("{name} of {}: {why}", row.key()));
        Ok(match read {
            Read::Text(read) => {
                let mut values = StringBuilder::new();
                rows().for_each(|row| values.append_option(read(row)));
                Arc::new(values.finish())
            }
            Read::Flag(read) => {
                let mut values = BooleanBuilder::new();
                rows().for_each(|row| values.append_option(read(row)));
                Arc::new(values.finish())
            }
            Read::Count(read) => {
                let mut values = Int64Builder::new();
                for row in rows() {
                    let count = read(row).map(i64::try_from).transpose();
                    values.append_option(count.map_err(|_| refused(row, "the count does not fit into 64 bits with a sign"))?);
                }
                Arc::new(values.finish())
            }
            Read::Amount(read) | Read::Minutes(read) | Read::Rate(read) => {
                let mut values = Decimal128Builder::new();
                for row in rows() {
                    let scaled = read(row).map(|amount| {
                        scaled(amount).ok_or_else(|| {
                            refused(row, "more than 10 decimal places, which decimal128(38, 10) cannot hold exactly; read the rows instead")
                        })
                    });
                    values.append_option(scaled.transpose()?);
                }
                Arc::new(values.finish().with_data_type(DataType::Decimal128(PRECISION, SCALE)))
            }
            Read::Day(read) => {
                let mut values = Date32Builder::new();
                rows().for_each(|row| values.append_option(read(row).map(days_since_epoch)));
                Arc::new(values.finish())
            }
            Read::Instant(read) => {
                let mut values = TimestampMicrosecondBuilder::new();
                rows().for_each(|row| values.append_option(read(row).map(|instant| instant.timestamp_micros())));
                Arc::new(values.finish().with_timezone("UTC"))
            }
        })
    }
}

/// The amount in units of 10⁻¹⁰, where that is exact.
fn scaled(amount: Decimal) -> Option<i128> {
    let amount = if amount.scale() > SCALE.unsigned_abs().into() { amount.normalize() } else { amount };
    let missing = u32::from(SCALE.unsigned_abs()).checked_sub(amount.scale())?;
    let units = amount.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
    (units.unsigned_abs() < 10_u128.pow(PRECISION.into())).then_some(units)
}

fn days_since_epoch(day: NaiveDate) -> i32 {
    day.num_days_from_ce() - EPOCH
}
