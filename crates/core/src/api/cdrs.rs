//! Call records: `GET /accounts/{id}/cdrs`, `GET /accounts/{id}/cdrs/{uuid}` and `GET /cdrs`.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::stream::{Stream, TryStreamExt as _};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

pub use crate::api::call_status::CallStatus;
use crate::client::answer::Answer;
use crate::client::client::{Call, PartnerClient};
use crate::client::found::Found;
use crate::client::list::{self, Chunk};
use crate::client::model::model;
use crate::client::oddity::Notes;
use crate::client::page::{PER_PAGE, Page};
use crate::client::sweep::{Rows, Sweep, gather, keep_first};
use crate::client::walk::Step;
use crate::client::windows::{self, Source};
use crate::client::wire::{self, Read};
use crate::error::{Error, ErrorKind, Result};
use crate::time::DateRange;

model! {
    /// One call. Numbers and names in it are personal data, and callers choose some of them.
    pub struct Cdr {
        /// Id of the call, the key of [`PartnerClient::cdr`].
        pub uuid: String = id("uuid" | "call_uuid"),
        /// Number of the row.
        pub id: Option<String> = id("id"),
        /// The customer's id, `MA_…`.
        pub account_id: Option<String> = customer("account_id" | "account_auth_id"),
        /// `inbound` or `outbound`.
        pub call_direction: Option<String> = id("call_direction" | "direction"),
        /// Who called.
        pub caller_id_number: Option<String> = text("caller_id_number" | "from_number"),
        /// The caller's name; often empty.
        pub caller_id_name: Option<String> = text("caller_id_name"),
        /// Who was called.
        pub destination_number: Option<String> = text("destination_number" | "to_number"),
        /// The status as sent; first generation only. See [`Self::status`].
        pub reported_status: Option<String> = id("status"),
        /// Begin of the attempt.
        pub start_time: Option<DateTime<Utc>> = instant("start_time"),
        /// When it began to ring.
        pub progress_time: Option<DateTime<Utc>> = instant("progress_time"),
        /// When it was answered; absent where it was not.
        pub answer_time: Option<DateTime<Utc>> = instant("answer_time"),
        /// End.
        pub end_time: Option<DateTime<Utc>> = instant("end_time"),
        /// Seconds of ringing.
        pub ring_time: Option<Decimal> = number("ring_time" | "ring_duration_seconds"),
        /// Seconds of ringing and talk.
        pub duration: Option<Decimal> = number("duration"),
        /// Seconds of talk.
        pub billsec: Option<Decimal> = number("billsec" | "duration_seconds"),
        /// Cost without streaming, in [`Self::currency`].
        pub cost: Option<Decimal> = amount("cost"),
        /// Cost of streaming.
        pub streaming_cost: Option<Decimal> = amount("streaming_cost"),
        /// Cost in all, as reported; it does not follow from seconds and the tier's rate.
        pub total_cost: Option<Decimal> = amount("total_cost"),
        /// Currency of the costs.
        pub currency: Option<String> = id("currency"),
        /// Cause in SIP or Q.850 words, such as `NORMAL_CLEARING`.
        pub hangup_cause: Option<String> = id("hangup_cause"),
        /// The service's own code: 4000–4030 normal, 3000 no answer, 3010 busy, ….
        pub hangup_cause_code: Option<u64> = count("hangup_cause_code"),
        /// That code in words.
        pub hangup_cause_name: Option<String> = text("hangup_cause_name"),
        /// How it was ended, such as `send_bye`.
        pub hangup_disposition: Option<String> = text("hangup_disposition"),
        /// Who ended it; not reliable.
        pub hangup_source: Option<String> = text("hangup_source" | "hangup_initiator"),
        /// Code of a failure.
        pub failure_code: Option<String> = text("failure_code"),
        /// That code in words.
        pub failure_reason: Option<String> = text("failure_reason"),
        /// SIP status; promised, and first generation only.
        pub sip_response_code: Option<u64> = count("sip_response_code"),
        /// `voice-api` or `sip-trunking`.
        pub context: Option<String> = text("context"),
        /// Codec.
        pub codec: Option<String> = text("codec"),
        /// Quality, 1.0–5.0.
        pub mos: Option<Decimal> = number("mos"),
        /// Jitter in milliseconds.
        pub jitter: Option<Decimal> = number("jitter"),
        /// Lost packets in percent.
        pub packet_loss: Option<Decimal> = number("packet_loss"),
        /// Region.
        pub region: Option<String> = text("region"),
        /// Region in which it began.
        pub origination_region: Option<String> = text("origination_region"),
        /// Address of the network.
        pub network_addr: Option<String> = text("network_addr"),
        /// Address of the carrier.
        pub carrier_ip: Option<String> = text("carrier_ip"),
        /// Id of the SIP dialogue.
        pub sip_call_id: Option<String> = text("sip_call_id"),
        /// Software of the other side.
        pub sip_user_agent: Option<String> = text("sip_user_agent"),
        /// Endpoint of the customer.
        pub customer_endpoint: Option<String> = text("customer_endpoint"),
        /// Where it was put through to.
        pub terminated_to: Option<String> = text("terminated_to"),
        /// The campaign, of campaign calls.
        pub campaign_id: Option<String> = id("campaign_id"),
        /// The trunk, of trunk calls.
        pub trunk_id: Option<String> = id("trunk_id"),
        /// The other leg.
        pub bridge_uuid: Option<String> = id("bridge_uuid"),
        /// When the row was made.
        pub created_at: Option<DateTime<Utc>> = instant("created_at"),
        /// When it last changed.
        pub updated_at: Option<DateTime<Utc>> = instant("updated_at"),
    }
}

impl Cdr {
    /// How the call ended: as sent, else derived. Answered needs both an answer time and seconds of talk.
    pub fn status(&self) -> CallStatus {
        if let Some(sent) = &self.reported_status {
            return CallStatus::from(sent.as_str());
        }
        let cause = self.hangup_cause.as_deref();
        if self.answer_time.is_some() && self.billsec.is_some_and(|seconds| seconds > Decimal::ZERO) {
            CallStatus::Answered
        } else if cause == Some("USER_BUSY") || matches!(self.hangup_cause_code, Some(3010 | 3100)) {
            CallStatus::Busy
        } else if cause == Some("NO_ANSWER") || matches!(self.hangup_cause_code, Some(3000 | 6010)) {
            CallStatus::NoAnswer
        } else {
            CallStatus::Failed
        }
    }
}

model! {
    /// Figures over the whole filtered set, not one page.
    pub struct CdrSummary {
        /// Calls.
        pub total_calls: Option<u64> = count("totalCalls" | "total_calls"),
        /// Answered ones.
        pub answered_calls: Option<u64> = count("answeredCalls" | "answered_calls"),
        /// Percent answered, 0–100, as sent.
        pub answer_rate: Option<Decimal> = number("answerRate" | "answer_rate"),
        /// Seconds of talk.
        pub total_billable_seconds: Option<Decimal> = number("total_billable_seconds"),
        /// Seconds of ringing and talk.
        pub total_duration_seconds: Option<Decimal> = number("total_duration_seconds"),
        /// Mean length in words, such as `28s`.
        pub avg_call_duration: Option<String> = text("avgCallDuration" | "avg_call_duration"),
        /// Cost in all.
        pub total_cost: Option<Decimal> = amount("total_cost"),
        /// The last call.
        pub last_call_at: Option<DateTime<Utc>> = instant("last_call_at"),
    }
}

model! {
    pub(crate) struct Summarised {
        summary: Option<CdrSummary> = nested("summary"),
    }
}

/// A call record bare, or as `data` beside `success`.
pub(crate) struct One(pub(crate) Cdr);

impl<'de> Read<'de> for One {
    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> std::result::Result<Found<Self>, D::Error> {
        #[derive(Deserialize)]
        struct Wrapped<'a> {
            #[serde(borrow)]
            data: Option<&'a RawValue>,
        }
        let raw = <&RawValue>::deserialize(deserializer)?;
        let inside = serde_json::from_str::<Wrapped<'_>>(raw.get()).ok().and_then(|wrapped| wrapped.data);
        Ok(wire::of_raw(inside.unwrap_or(raw), notes).map(One))
    }
}

/// A list of call records; see [`PartnerClient::cdrs`] and [`PartnerClient::all_cdrs`].
#[must_use = "a list does nothing until a page is asked for or it is streamed"]
#[derive(Debug, Clone)]
pub struct Cdrs {
    client: PartnerClient,
    customer: Option<String>,
    range: DateRange,
    direction: Option<String>,
    status: Option<CallStatus>,
    cause: Option<String>,
    min_duration: Option<u64>,
}

impl Cdrs {
    const OPERATION: &str = "list call records";

    /// Keeps these days. Both are always sent: with a first day alone the last is today; a last day alone is refused.
    pub fn between(mut self, range: DateRange) -> Self {
        self.range = range;
        self
    }

    /// Keeps `inbound` or `outbound` calls.
    pub fn direction(mut self, direction: impl Into<String>) -> Self {
        self.direction = Some(direction.into());
        self
    }

    /// Keeps calls that ended so; `no-answer` and `no_answer` are the same.
    pub fn status(mut self, status: impl Into<CallStatus>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// Keeps one cause, such as `USER_BUSY`.
    pub fn hangup_cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Keeps calls of at least so many seconds, ringing included.
    pub fn min_duration(mut self, seconds: u64) -> Self {
        self.min_duration = Some(seconds);
        self
    }

    fn call(&self, range: DateRange, page: u64, size: u32) -> Result<Call> {
        let call = match &self.customer {
            Some(id) => Call::read_of_customer(Self::OPERATION, id, &["cdrs"])?,
            None => Call::read(Self::OPERATION, "cdrs"),
        };
        let range = range.checked(Self::OPERATION)?;
        if range.from.is_none() && range.to.is_some() {
            let detail = "call records need the first day where the last is given; give both";
            return Err(Error::new(ErrorKind::Invalid, Self::OPERATION, detail));
        }
        Ok(call
            .ask("page", Some(page))
            .ask("per_page", Some(size))
            .day("start_date", range.from)
            .day("end_date", range.to)
            .ask("call_direction", self.direction.as_ref())
            .ask("status", self.status.as_ref())
            .ask("hangup_cause", self.cause.as_ref())
            .ask("min_duration", self.min_duration))
    }

    /// Whether a row is one that was asked for. Our statuses are derived, so only answered and not answered are distinguished.
    fn keeps(&self, row: &Cdr) -> bool {
        let agrees = |wanted: &Option<String>, found: &Option<String>| {
            wanted.as_ref().zip(found.as_ref()).is_none_or(|(wanted, found)| wanted.eq_ignore_ascii_case(found))
        };
        let status = match &self.status {
            None | Some(CallStatus::Other(_)) => true,
            Some(wanted) => (*wanted == CallStatus::Answered) == (row.status() == CallStatus::Answered),
        };
        status
            && agrees(&self.customer, &row.account_id)
            && agrees(&self.direction, &row.call_direction)
            && agrees(&self.cause, &row.hangup_cause)
            && self.min_duration.zip(row.duration).is_none_or(|(least, seconds)| seconds >= Decimal::from(least))
            && windows::is_near(self.range, row.start_time)
    }

    fn closed(mut self) -> Self {
        self.range = windows::closed(self.range, Utc::now());
        self
    }

    /// One page; the first is 1. Rows that do not match the filters are left out, so it may be short.
    pub async fn page(&self, page: u64) -> Result<Page<Cdr>> {
        let list = self.clone().closed();
        let mut rows: Page<Cdr> = self.client.page(list.call(list.range, page, PER_PAGE)?).await?;
        rows.items.retain(|row| list.keeps(row));
        Ok(rows)
    }

    /// Figures over the whole filtered set, in one small request. `None` where the service sends none.
    pub async fn summary(&self) -> Result<Option<Answer<CdrSummary>>> {
        let list = self.clone().closed();
        let answer: Answer<Summarised> = self.client.call(list.call(list.range, 1, 1)?).await?;
        Ok(answer.map(|answer| answer.summary).transpose())
    }

    /// Every call once, newest first, long windows in parts.
    pub fn stream(self) -> impl Stream<Item = Result<Cdr>> + Send {
        list::one_by_one(self.steps())
    }

    /// Every row once, as [`Self::stream`] gives them, in one list for each page.
    pub fn chunks(self) -> impl Stream<Item = Result<Chunk<Cdr>>> + Send {
        list::chunks(self.steps())
    }

    fn steps(self) -> impl Stream<Item = Result<Step<Cdr>>> + Send {
        let list = self.closed();
        let (range, keep) = (list.range, list.clone());
        let source = Source {
            operation: Self::OPERATION,
            ahead: list.client.concurrency(),
            id: |row: &Cdr| &row.uuid,
            at: |row| row.start_time,
            fetch: Arc::new(move |range, page| {
                let list = list.clone();
                Box::pin(async move { list.client.page(list.call(range, page, PER_PAGE)?).await })
            }),
        };
        windows::steps(source, range).map_ok(move |step| step.keeping(|row| keep.keeps(row)))
    }

    /// Every call, as far as it could be read within this time, and whether that is all. An error is one before the first page.
    pub async fn sweep(self, within: Duration) -> Result<Sweep<Cdr>> {
        self.gathered(Some(within)).await
    }

    /// Every call in one list. Where calls may be missing the error is [`ErrorKind::Incomplete`] and holds those that were read.
    pub async fn all(self) -> Result<Vec<Cdr>> {
        self.gathered(None).await?.into_complete()
    }

    async fn gathered(self, within: Option<Duration>) -> Result<Sweep<Cdr>> {
        let rows = Rows { operation: Self::OPERATION, id: |row: &Cdr| &row.uuid, merge: keep_first };
        gather(rows, self.steps(), within).await
    }
}

impl PartnerClient {
    /// Call records of one customer. `GET /accounts/{customer_auth_id}/cdrs`; 403 without `can_view_cdrs`.
    pub fn cdrs(&self, auth_id: impl Into<String>) -> Cdrs {
        Cdrs { customer: Some(auth_id.into()), ..self.all_cdrs() }
    }

    /// Call records of all customers. `GET /cdrs`; its body is inferred, no document prints it.
    pub fn all_cdrs(&self) -> Cdrs {
        Cdrs {
            client: self.clone(),
            customer: None,
            range: DateRange::default(),
            direction: None,
            status: None,
            cause: None,
            min_duration: None,
        }
    }

    /// One call. `GET /accounts/{customer_auth_id}/cdrs/{call_uuid}`.
    pub async fn cdr(&self, auth_id: &str, call_uuid: &str) -> Result<Answer<Cdr>> {
        let call = Call::read_of_customer("read call record", auth_id, &["cdrs", call_uuid])?;
        self.call::<One>(call).await.map(|answer| answer.map(|One(cdr)| cdr))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::Fake;

    const LIST: &str = include_str!("../../../../tests/payloads/cdrs.json");
    const GLOBAL: &str = include_str!("../../../../tests/payloads/cdrs_global.json");
    const ONE: &str = include_str!("../../../../tests/payloads/cdr.json");

    #[tokio::test]
    async fn one_call_is_read_bare_and_wrapped() {
        for body in [ONE.to_owned(), format!(r#"{{"data":{ONE},"success":true}}"#)] {
            let fake = Fake::start(move |_| (200, body.clone())).await;
            let cdr = fake.client().cdr("MA_XXXXXXXX", "a/b").await.unwrap();
            assert_eq!((cdr.status(), cdr.total_cost), (CallStatus::Answered, Some(Decimal::new(45, 2))));
            assert!(fake.asked()[0].contains("/cdrs/a%2Fb"));
        }
    }

    #[tokio::test]
    async fn both_dates_are_sent_or_neither() {
        let fake = Fake::start(|_| (200, LIST.to_owned())).await;
        let list = fake.client().cdrs("MA_XXXXXXXX");
        let from = DateRange { from: Some("2026-03-25".parse().unwrap()), to: None };
        assert_eq!(list.clone().between(from).status("no-answer").page(1).await.unwrap().items, []);
        let asked = &fake.asked()[0];
        assert!(asked.contains("start_date=2026-03-25&end_date=") && asked.contains("status=no_answer"), "{asked}");
        let to = DateRange { from: None, to: from.from };
        assert_eq!(list.clone().between(to).page(1).await.unwrap_err().kind(), ErrorKind::Invalid);
        let sums = list.summary().await.unwrap().unwrap();
        assert_eq!((sums.total_calls, sums.total_cost), (Some(1284), Some(Decimal::new(31285, 2))));
        assert!(fake.asked()[1].contains("per_page=1"));
    }

    #[tokio::test]
    async fn the_global_body_is_read() {
        let fake = Fake::start(|_| (200, GLOBAL.to_owned())).await;
        let page = fake.client().all_cdrs().page(1).await.unwrap();
        assert!(page.items.len() > 1 && page.items.iter().any(|cdr| cdr.status() != CallStatus::Answered));
    }

    #[tokio::test]
    async fn a_long_window_is_read_in_parts_newest_first() {
        let fake = Fake::start(|line| {
            let date = |key: &str| line.split(key).nth(1).unwrap()[..10].to_owned();
            let (from, to) = (date("start_date="), date("end_date="));
            let pages = if from == to { 1 } else { 60 };
            let body = format!(
                r#"{{"data":[{{"uuid":"{to}","start_time":"{to}T00:00:00Z"}}],"pagination":{{"page":1,"pages":{pages}}}}}"#
            );
            (200, body)
        })
        .await;
        let range = DateRange::between("2026-04-01".parse().unwrap(), "2026-04-04".parse().unwrap());
        let calls = fake.client().all_cdrs().between(range).all().await.unwrap();
        let days: Vec<_> = calls.iter().map(|call| call.uuid.as_str()).collect();
        assert_eq!(days, ["2026-04-04", "2026-04-03", "2026-04-02", "2026-04-01"]);
        assert!(fake.asked().iter().all(|line| line.contains("page=1&")));
    }
}
