//! Reports over all customers: `GET /dashboard` and `GET /analytics`.
//!
//! Three generations of the body are in print: the current nested one, a flat example, and a first
//! one with `totals` and `by_direction`. All decode into [`Report`]; what a body does not have is
//! `None`, which is not zero.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

use crate::api::profile::Profile;
use crate::client::answer::Answer;
use crate::client::client::{Call, PartnerClient};
use crate::client::found::Found;
use crate::client::model::model;
use crate::client::oddity::{self, Notes, Oddity};
use crate::client::wire::{self, Read};
use crate::error::Result;
use crate::time::DateRange;

model! {
    /// Figures of calls: of a whole report, a direction, a product or a day.
    pub struct CallFigures {
        /// Attempts.
        pub total_calls: Option<u64> = count("total_calls" | "calls"),
        /// Attempts that were answered.
        pub answered_calls: Option<u64> = count("answered_calls"),
        /// Unanswered calls, where the body itself says so (first generation). See [`Self::failed_calls`].
        pub reported_failed_calls: Option<u64> = count("failed_calls"),
        /// Minutes of talk, with one decimal in current bodies.
        pub total_minutes: Option<Decimal> = number("total_minutes"),
        /// Cost in the report's currency. Absent in the direction parts of a day.
        pub total_cost: Option<Decimal> = amount("total_cost" | "cost"),
    }
}

impl CallFigures {
    /// Calls that were not answered: as reported, else total − answered. `None` where either is missing or they contradict.
    pub fn failed_calls(&self) -> Option<u64> {
        self.reported_failed_calls.or_else(|| self.total_calls?.checked_sub(self.answered_calls?))
    }

    /// Answered calls in percent of all, unrounded (0–100). `None` without calls, and where more were answered than there were.
    pub fn answer_rate(&self) -> Option<Decimal> {
        answer_rate(self.total_calls?, self.answered_calls?)
    }
}

fn answer_rate(total: u64, answered: u64) -> Option<Decimal> {
    let percent = Decimal::from(answered).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(total))?;
    (answered <= total).then_some(percent)
}

model! {
    /// One day of a report. The day is the API's own; its time zone is not documented.
    pub struct DayFigures {
        /// The day.
        pub date: NaiveDate = day("date"),
        /// Attempts.
        pub total_calls: Option<u64> = count("total_calls"),
        /// Attempts that were answered.
        pub answered_calls: Option<u64> = count("answered_calls"),
        /// Minutes of talk.
        pub total_minutes: Option<Decimal> = number("total_minutes"),
        /// Cost in the report's currency.
        pub total_cost: Option<Decimal> = amount("total_cost"),
        /// The incoming part; it has no cost.
        pub inbound: Option<CallFigures> = nested("inbound"),
        /// The outgoing part; it has no cost.
        pub outbound: Option<CallFigures> = nested("outbound"),
    }
}

impl DayFigures {
    /// Calls of the day that were not answered: total − answered. `None` where either is missing or they contradict.
    pub fn failed_calls(&self) -> Option<u64> {
        self.total_calls?.checked_sub(self.answered_calls?)
    }

    /// Answered calls of the day in percent of all, unrounded (0–100). `None` without calls, and where they contradict.
    pub fn answer_rate(&self) -> Option<Decimal> {
        answer_rate(self.total_calls?, self.answered_calls?)
    }
}

model! {
    /// The window a report covers, as the service echoed it.
    pub struct Period {
        /// First day.
        pub from_date: Option<NaiveDate> = day("from" | "from_date"),
        /// Last day.
        pub to_date: Option<NaiveDate> = day("to" | "to_date"),
    }
}

model! {
    /// A report's calls by direction.
    pub struct Traffic {
        /// Incoming calls.
        pub inbound: Option<CallFigures> = nested("inbound"),
        /// Outgoing calls.
        pub outbound: Option<CallFigures> = nested("outbound"),
    }
}

model! {
    /// A customer as a report lists it: no balance, and the list may be shorter than the count beside it.
    pub struct ReportCustomer {
        /// Customer id, `MA_…`.
        pub auth_id: String = customer("auth_id"),
        /// Name.
        pub name: Option<String> = text("name"),
        /// E-mail address; personal data.
        pub email: Option<String> = text("email"),
        /// Telephone number; personal data.
        pub phone: Option<String> = text("phone"),
        /// Whether the account is active.
        pub is_active: Option<bool> = flag("is_active"),
        /// When it was created.
        pub created_at: Option<DateTime<Utc>> = instant("created_at"),
    }
}

model! {
    /// How many customers there are.
    pub struct ReportAccounts {
        /// All customers.
        pub total: Option<u64> = count("total"),
        /// Active ones.
        pub active: Option<u64> = count("active"),
        /// Some or all of them; the full list is [`PartnerClient::accounts`].
        pub customers: Vec<ReportCustomer> = list("customers"),
    }
}

model! {
    /// A customer among the top spenders.
    pub struct TopCustomer {
        /// Customer id, `MA_…`.
        pub auth_id: String = customer("auth_id"),
        /// Name.
        pub name: Option<String> = text("name"),
        /// Attempts in the period.
        pub total_calls: Option<u64> = count("total_calls" | "calls"),
        /// Spend in the period.
        pub total_cost: Option<Decimal> = amount("total_cost" | "cost"),
    }
}

/// Figures that only older bodies send, kept as they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reported {
    /// Customers below the vendor's own threshold, whatever that is.
    pub accounts_low_balance: Option<u64>,
    /// Suspended customers.
    pub accounts_suspended: Option<u64>,
    /// Calls of the current day.
    pub calls_today: Option<u64>,
    /// Calls of the current month.
    pub calls_this_month: Option<u64>,
    /// Spend of the current month.
    pub total_spend_this_month: Option<Decimal>,
    /// Seconds of calls; whether they include ringing is not documented.
    pub total_duration_seconds: Option<u64>,
    /// Figures by direction.
    pub by_direction: Option<BTreeMap<String, CallFigures>>,
}

/// A report over all customers (`GET /dashboard`, `GET /analytics`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The partner; its `balance` is null in reports.
    pub partner: Option<Profile>,
    /// The window covered. Figures belong to it, never to "today".
    pub period: Option<Period>,
    /// Numbers of customers.
    pub accounts: Option<ReportAccounts>,
    /// Sum of the customers' wallets, not the partner's own.
    pub total_balance: Option<Decimal>,
    /// Currency of every amount in the report.
    pub currency: Option<String>,
    /// Figures of all calls. `None` in bodies that have none.
    pub calls: Option<CallFigures>,
    /// The same by direction.
    pub traffic: Option<Traffic>,
    /// The same by product: `sip_trunking`, `voice_api`, and whatever comes later.
    pub by_product: BTreeMap<String, CallFigures>,
    /// The same by day. Days without traffic are missing, and the list may be cut short: totals come from `calls`.
    pub time_series: Vec<DayFigures>,
    /// Revenue of the month to date; only the flat body has it.
    pub mtd_revenue: Option<Decimal>,
    /// Customers whose KYC is pending; only the flat body has it.
    pub pending_kyc: Option<u64>,
    /// Top spenders, where the body has them.
    pub top_customers: Option<Vec<TopCustomer>>,
    /// What only older bodies send; serialised beside the rest, as those bodies have it.
    #[serde(flatten)]
    pub reported: Reported,
}

impl Report {
    /// Where more calls were answered than there were, which leaves the rate unknown.
    fn contradictions(&self) -> Vec<Oddity> {
        let whole = self.calls.iter().map(|calls| ("calls", "calls".to_owned(), calls.total_calls, calls.answered_calls));
        let products = self
            .by_product
            .iter()
            .map(|(product, calls)| ("by_product.*", format!("by_product.{product}"), calls.total_calls, calls.answered_calls));
        let days = self
            .time_series
            .iter()
            .map(|day| ("time_series", format!("time_series.{}", day.date), day.total_calls, day.answered_calls));
        let mut found = Vec::new();
        for (field, path, total, answered) in whole.chain(products).chain(days) {
            if total.zip(answered).is_some_and(|(total, answered)| answered > total) {
                let oddity = Oddity::new(&path, "more calls were answered than there were".to_owned());
                oddity::merge(&mut found, [oddity.of_field(field)]);
            }
        }
        found
    }

    /// Whether the body had anything that reports have.
    fn is_known(&self) -> bool {
        self.total_balance.is_some()
            || self.accounts.is_some()
            || self.calls.is_some()
            || self.period.is_some()
            || self.reported != Reported::default()
    }

    /// Unanswered calls of the whole report: as reported, else total − answered.
    pub fn failed_calls(&self) -> Option<u64> {
        self.calls.as_ref()?.failed_calls()
    }

    /// Answered calls in percent of all, unrounded (0–100).
    pub fn answer_rate(&self) -> Option<Decimal> {
        self.calls.as_ref()?.answer_rate()
    }

    /// Figures by direction (`inbound`, `outbound`): as reported, else from `traffic`. Empty where the body has neither.
    pub fn by_direction(&self) -> BTreeMap<String, CallFigures> {
        if let Some(reported) = &self.reported.by_direction {
            return reported.clone();
        }
        let Some(Traffic { inbound, outbound }) = self.traffic.clone() else { return BTreeMap::new() };
        [("inbound", inbound), ("outbound", outbound)]
            .into_iter()
            .filter_map(|(direction, figures)| Some((direction.to_owned(), figures?)))
            .collect()
    }

    /// Customers below the vendor's own threshold, where the body says so. For a threshold of your own
    /// see [`count_below`](crate::api::accounts::count_below).
    pub fn accounts_low_balance(&self) -> Option<u64> {
        self.reported.accounts_low_balance
    }
}

model! {
    /// The first generation's totals: the call figures, with currency and duration among them.
    struct Totals {
        total_calls: Option<u64> = count("total_calls"),
        answered_calls: Option<u64> = count("answered_calls"),
        failed_calls: Option<u64> = count("failed_calls"),
        total_minutes: Option<Decimal> = number("total_minutes"),
        total_cost: Option<Decimal> = amount("total_cost"),
        currency: Option<String> = id("currency"),
        total_duration_seconds: Option<u64> = count("total_duration_seconds"),
    }
}

model! {
    /// Every name that any generation prints at the top of a report.
    struct ReportBody {
        partner: Option<Profile> = nested("partner"),
        period: Option<Period> = nested("period"),
        accounts: Option<ReportAccounts> = nested("accounts"),
        customers: Option<u64> = count("total_customers" | "total_accounts"),
        active: Option<u64> = count("active_customers" | "active_accounts"),
        pending_kyc: Option<u64> = count("pending_kyc"),
        total_balance: Option<Decimal> = amount("total_balance" | "total_balance_held"),
        currency: Option<String> = id("currency"),
        mtd_revenue: Option<Decimal> = amount("mtd_revenue"),
        calls: Option<CallFigures> = nested("calls"),
        totals: Option<Totals> = nested("totals"),
        traffic: Option<Traffic> = nested("traffic"),
        by_direction: Option<BTreeMap<String, CallFigures>> = table("by_direction"),
        by_product: Option<BTreeMap<String, CallFigures>> = table("by_product"),
        time_series: Vec<DayFigures> = list("time_series"),
        top_customers: Option<Vec<TopCustomer>> = list("top_customers"),
        accounts_low_balance: Option<u64> = count("accounts_low_balance"),
        accounts_suspended: Option<u64> = count("accounts_suspended"),
        calls_today: Option<u64> = count("calls_today"),
        calls_this_month: Option<u64> = count("calls_this_month"),
        total_spend_this_month: Option<Decimal> = amount("total_spend_this_month"),
        total_duration_seconds: Option<u64> = count("total_duration_seconds"),
    }
}

impl<'de> Read<'de> for Report {
    fn read<D: Deserializer<'de>>(deserializer: D, notes: &Notes) -> Result<Found<Self>, D::Error> {
        let report = ReportBody::read(deserializer, notes)?.map(Self::from);
        Ok(match report {
            Found::Value(report) if !report.is_known() => {
                notes.odd("a report", "an object with none of its fields");
                Found::Odd
            }
            report => report,
        })
    }
}

impl<'de> Deserialize<'de> for Report {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        wire::strictly(deserializer)
    }
}

impl From<Totals> for CallFigures {
    fn from(totals: Totals) -> Self {
        Self {
            total_calls: totals.total_calls,
            answered_calls: totals.answered_calls,
            reported_failed_calls: totals.failed_calls,
            total_minutes: totals.total_minutes,
            total_cost: totals.total_cost,
        }
    }
}

impl From<ReportBody> for Report {
    fn from(body: ReportBody) -> Self {
        let (currency, total_duration_seconds) = match &body.totals {
            Some(totals) => (totals.currency.clone(), totals.total_duration_seconds),
            None => (None, None),
        };
        let counted = (body.customers.is_some() || body.active.is_some()).then_some(ReportAccounts {
            total: body.customers,
            active: body.active,
            customers: Vec::new(),
        });
        Self {
            partner: body.partner,
            period: body.period,
            accounts: body.accounts.or(counted),
            total_balance: body.total_balance,
            currency: body.currency.or(currency),
            calls: body.calls.or(body.totals.map(CallFigures::from)),
            traffic: body.traffic,
            by_product: body.by_product.unwrap_or_default(),
            time_series: body.time_series,
            mtd_revenue: body.mtd_revenue,
            pending_kyc: body.pending_kyc,
            top_customers: body.top_customers,
            reported: Reported {
                accounts_low_balance: body.accounts_low_balance,
                accounts_suspended: body.accounts_suspended,
                calls_today: body.calls_today,
                calls_this_month: body.calls_this_month,
                total_spend_this_month: body.total_spend_this_month,
                total_duration_seconds: total_duration_seconds.or(body.total_duration_seconds),
                by_direction: body.by_direction,
            },
        }
    }
}

impl PartnerClient {
    /// Reads the report over the service's default window; see [`Report::period`] for which.
    ///
    /// `GET /dashboard`.
    pub async fn dashboard(&self) -> Result<Answer<Report>> {
        self.report(Call::read("read dashboard", "dashboard")).await
    }

    /// Reads the report over a window of days; without one, the service's last 30 days.
    ///
    /// `GET /analytics`. Refused before sending when the first day is after the last. Whether the
    /// bounds are inclusive and in which zone days are cut is not documented.
    pub async fn analytics(&self, days: DateRange) -> Result<Answer<Report>> {
        const OPERATION: &str = "read analytics";
        let days = days.checked(OPERATION)?;
        self.report(Call::read(OPERATION, "analytics").day("from_date", days.from).day("to_date", days.to)).await
    }

    async fn report(&self, call: Call) -> Result<Answer<Report>> {
        let mut answer: Answer<Report> = self.call(call).await?;
        answer.oddities.extend(answer.value.contradictions());
        Ok(answer)
    }
}
