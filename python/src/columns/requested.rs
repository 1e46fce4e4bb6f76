//! Columns as a reader asks for them, where they hold exactly the same then. Arrow's own conversions between all of its types
//! would make a fifth of the package.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array as _, ArrayRef, Decimal128Array, Float64Array, Int32Array, LargeStringArray, RecordBatch, StringArray, StringViewArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};

use super::arrow::SCALE;
use super::values::written;

/// The same columns in the types that are asked for by name. A column that would lose something, or that nobody asked for,
/// stays as it is.
pub(super) fn converted(batch: &RecordBatch, wanted: &Schema) -> Result<RecordBatch, ArrowError> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| {
        let kind = wanted.field_with_name(field.name()).map(Field::data_type);
        let column = kind.ok().and_then(|kind| as_kind(column, kind)).unwrap_or_else(|| Arc::clone(column));
        (Field::new(field.name(), column.data_type().clone(), true), column)
    });
    let (fields, columns): (Vec<Field>, Vec<ArrayRef>) = columns.unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// The column in another type; `None` where that cannot hold all of it.
fn as_kind(column: &ArrayRef, kind: &DataType) -> Option<ArrayRef> {
    match (column.data_type(), kind) {
        (DataType::Decimal128(..), DataType::Decimal128(precision, scale)) => decimals(column, *precision, *scale),
        #[expect(clippy::cast_precision_loss, reason = "floats are what the reader asks for")]
        (DataType::Decimal128(..), DataType::Float64) => {
            let one = 10_f64.powi(SCALE.into());
            let numbers = column.as_primitive::<Decimal128Type>().iter().map(|units| Some(units? as f64 / one));
            Some(Arc::new(numbers.collect::<Float64Array>()))
        }
        (DataType::Decimal128(..), _) => {
            let numbers = column.as_primitive::<Decimal128Type>().iter();
            texts(numbers.map(|units| Some(written(units?, SCALE.unsigned_abs()))), kind)
        }
        (DataType::Utf8, _) => texts(column.as_string::<i32>().iter(), kind),
        (DataType::Dictionary(..), _) => {
            let words = column.as_dictionary::<Int32Type>();
            let known = words.values().as_string::<i32>();
            texts(words.keys().iter().map(|key| Some(known.value(usize::try_from(key?).ok()?))), kind)
        }
        (DataType::Int64, DataType::Int32) => {
            let numbers = column.as_primitive::<Int64Type>().iter();
            let numbers = numbers.map(|number| number.map(i32::try_from).transpose()).collect::<Result<Int32Array, _>>();
            Some(Arc::new(numbers.ok()?))
        }
        (DataType::Timestamp(..), DataType::Timestamp(unit, Some(zone))) => instants(column, *unit, zone),
        _ => None,
    }
}

fn texts<T: AsRef<str>>(values: impl Iterator<Item = Option<T>>, kind: &DataType) -> Option<ArrayRef> {
    Some(match kind {
        DataType::Utf8 => Arc::new(values.collect::<StringArray>()),
        DataType::LargeUtf8 => Arc::new(values.collect::<LargeStringArray>()),
        DataType::Utf8View => Arc::new(values.collect::<StringViewArray>()),
        _ => return None,
    })
}

fn decimals(column: &ArrayRef, precision: u8, scale: i8) -> Option<ArrayRef> {
    let most = 10_u128.checked_pow(precision.into())?;
    let one = |places: i8| 10_i128.checked_pow(places.try_into().ok()?);
    let (more, less) = (one((scale - SCALE).max(0))?, one((SCALE - scale).max(0))?);
    let exact = |units: i128| {
        let units = units.checked_mul(more).filter(|units| units % less == 0)? / less;
        (units.unsigned_abs() < most).then_some(units)
    };
    let numbers = column.as_primitive::<Decimal128Type>().iter();
    let numbers = numbers.map(|units| units.map_or(Some(None), |units| exact(units).map(Some))).collect::<Option<Vec<_>>>()?;
    Some(Arc::new(Decimal128Array::from(numbers).with_precision_and_scale(precision, scale).ok()?))
}

fn instants(column: &ArrayRef, unit: TimeUnit, zone: &Arc<str>) -> Option<ArrayRef> {
    let (more, less) = match unit {
        TimeUnit::Nanosecond => (1_000, 1),
        TimeUnit::Microsecond => (1, 1),
        TimeUnit::Millisecond => (1, 1_000),
        TimeUnit::Second => (1, 1_000_000),
    };
    let exact = |micros: i64| micros.checked_mul(more).filter(|units| units % less == 0).map(|units| units / less);
    let instants = column.as_primitive::<TimestampMicrosecondType>();
    let units = instants.iter().map(|micros| micros.map_or(Some(None), |micros| exact(micros).map(Some)));
    let units = units.collect::<Option<Vec<_>>>()?;
    Some(match unit {
        TimeUnit::Nanosecond => Arc::new(TimestampNanosecondArray::from(units).with_timezone(Arc::clone(zone))),
        TimeUnit::Microsecond => Arc::new(instants.clone().with_timezone(Arc::clone(zone))),
        TimeUnit::Millisecond => Arc::new(TimestampMillisecondArray::from(units).with_timezone(Arc::clone(zone))),
        TimeUnit::Second => Arc::new(TimestampSecondArray::from(units).with_timezone(Arc::clone(zone))),
    })
}
