//! `[business]`: the hours in which somebody works.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime, Timelike as _};

use super::business::Business;
use crate::settings::{Table, values};

impl Business {
    /// Reads the section `[business]`: working days, hours, zone and holidays; what is not written is as by default.
    pub fn read(mut section: Table<'_>) -> Self {
        let default = Self::default();
        let zone = section.setting("zone", "Asia/Kolkata").and_then(|text| text.parse(values::zone));
        let days = section.setting("days", "mon-sat").and_then(|text| text.parse(days));
        let mut time = |key, example| section.setting(key, example).and_then(|text| text.parse(values::clock_time)).map(minute);
        let (opens, closes) = (time("opens", "09:00"), time("closes", "19:00"));
        let holidays = section.setting("holidays", "2026-10-02, 2026-11-08").and_then(|text| text.parse(holidays));
        let (opens, closes) = (opens.unwrap_or(default.opens), closes.unwrap_or(default.closes));
        if opens >= closes {
            let place = section.place_of("closes");
            section.reader.report(place, "business.closes must be later than business.opens, on the same day");
        }
        section.close();
        Self {
            zone: zone.unwrap_or(default.zone),
            days: days.unwrap_or(default.days),
            opens,
            closes,
            holidays: holidays.unwrap_or(default.holidays),
        }
    }
}

fn minute(time: NaiveTime) -> u32 {
    time.hour() * 60 + time.minute()
}

/// `mon-sat`, `mon,wed,fri`, or both kinds together.
fn days(text: &str) -> Result<BTreeSet<u8>, String> {
    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let wrong = || "is not a list of weekdays; write it as \"mon-sat\" or \"mon,tue,fri\"".to_owned();
    let place = |name: &str| {
        let name = name.trim().to_ascii_lowercase();
        (0..).zip(NAMES).find(|(_, known)| *known == name).map(|(place, _): (u8, _)| place)
    };
    let mut days = BTreeSet::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = place(first).zip(place(last)).ok_or_else(wrong)?;
        if first > last {
            return Err(wrong());
        }
        days.extend(first..=last);
    }
    Ok(days)
}

fn holidays(text: &str) -> Result<BTreeSet<NaiveDate>, String> {
    let day = |part: &str| crate::time::parse_day(part);
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(day)
        .collect::<Option<_>>()
        .ok_or_else(|| "is not a list of days; write it as \"2026-10-02, 2026-11-08\"".to_owned())
}
