//! The result of `check` as one JSON object.

use anyhow::Result;
use rust_decimal::RoundingStrategy;
use serde_json::{Value, json};
use vobiz_core::Decimal;
use vobiz_core::alert::{NoData, Transition};
use vobiz_core::dashboard::{CallFigures, Report};
use vobiz_core::forecast::Runway;
use vobiz_core::rust_decimal::prelude::FromPrimitive as _;

use super::{Look, no_forecast, tenths};

impl Look {
    pub(super) fn to_json(&self) -> Result<Value> {
        let customers = self.snapshot.customers().ok();
        let alerts = self.alerts().into_iter().map(firing).chain(self.snapshot.no_data().map(unknown));
        Ok(json!({
            "dashboard": self.dashboard.as_ref().ok().map(report).transpose()?,
            "accounts_low_balance": self.low().map(|count| json!({"below": self.level, "count": count})),
            "alerts": customers.map(|_| alerts.collect::<Vec<_>>()),
            "doubts": self.doubts,
            "errors": self.errors().map(|error| json!({
                "operation": error.operation(),
                "kind": error.kind().name(),
                "message": error.to_string(),
                "status": error.status(),
            })).collect::<Vec<_>>(),
        }))
    }
}

fn firing(alert: &Transition) -> Value {
    json!({
        "rule": alert.rule,
        "subject": alert.subject.id.to_string(),
        "name": alert.subject.name,
        "level": alert.severity,
        "state": "firing",
        "value": alert.value,
        "currency": alert.subject.currency,
        "reason": alert.reason(),
        "runway": match alert.runway() {
            None if !alert.metric.is_of_customer() => Value::Null,
            Some(known) => runway(known),
            None => json!({"state": "unknown", "reason": no_forecast()}),
        },
    })
}

fn runway(runway: &Runway) -> Value {
    json!({
        "state": "known",
        "low_hours": runway.low.map(|span| tenths(span.hours)),
        "likely_hours": runway.likely.map(|span| tenths(span.hours)),
        "high_hours": runway.high.map(|span| tenths(span.hours)),
        "looked_ahead_hours": tenths(runway.horizon),
        "range_held": runway.record.map(|record| json!({"times": record.held, "of": record.of})),
        "burn_per_hour": Decimal::from_f64(runway.burn).map(two_places),
        "normal_per_hour": Decimal::from_f64(runway.normal).map(two_places),
    })
}

fn unknown(no_data: &NoData) -> Value {
    json!({
        "rule": no_data.rule,
        "subject": no_data.subject.to_string(),
        "name": no_data.name,
        "level": null,
        "state": "unknown",
        "value": null,
        "currency": null,
        "reason": no_data.reason.to_string(),
    })
}

/// A report nested as on the wire, with the figures that the API leaves out beside those it sends.
fn report(report: &Report) -> Result<Value> {
    let mut body = serde_json::to_value(report)?;
    let derived = |figures: &CallFigures| json!({"failed_calls": figures.failed_calls(), "answer_rate": figures.answer_rate().map(two_places)});
    let mut add = |path: &str, figures: Option<&CallFigures>| {
        let (Some(Value::Object(object)), Some(figures)) = (body.pointer_mut(path), figures) else { return };
        if let Value::Object(more) = derived(figures) {
            object.extend(more);
        }
    };
    add("/calls", report.calls.as_ref());
    if let Some(traffic) = &report.traffic {
        add("/traffic/inbound", traffic.inbound.as_ref());
        add("/traffic/outbound", traffic.outbound.as_ref());
    }
    for (product, figures) in &report.by_product {
        add(&format!("/by_product/{}", product.replace('~', "~0").replace('/', "~1")), Some(figures));
    }
    if let Value::Object(object) = &mut body {
        let directions = report.by_direction();
        object.insert("by_direction".to_owned(), serde_json::to_value(directions)?);
    }
    Ok(body)
}

fn two_places(rate: Decimal) -> String {
    format!("{:.2}", rate.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
}
