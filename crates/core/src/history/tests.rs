use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::rc::Rc;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;

const ACCOUNTS: &str =
    "auth_id,name,billing_mode,active,auto_recharge,currency\nMA_A,Asha,prepaid,true,false,INR\nMA_B,,postpaid,False,True,\n";
const POLLS: &str = "at\n2026-09-01T00:00:00Z\n2026-09-01T00:05:00Z\n2026-09-01T00:10:00Z\n";
const SAMPLES: &str = "at,auth_id,balance\n2026-09-01T00:00:00Z,MA_A,100.00000\n2026-09-01T00:05:00Z,MA_B,\n";
const LEDGER: &str = "at,auth_id,type,amount\n2026-09-01T00:03:00Z,MA_A,recharge,50\n";

/// Files in memory. Clones share them.
#[derive(Clone, Default)]
struct Files(Rc<RefCell<BTreeMap<String, Vec<u8>>>>);

impl Files {
    fn good() -> Self {
        let files = Self::default();
        for (name, text) in [("accounts.csv", ACCOUNTS), ("polls.csv", POLLS), ("samples.csv", SAMPLES), ("ledger.csv", LEDGER)] {
            files.put(name, text);
        }
        files
    }

    fn put(&self, name: &str, text: impl Into<Vec<u8>>) {
        self.0.borrow_mut().insert(name.to_owned(), text.into());
    }

    fn read(&self) -> Result<History, HistoryError> {
        History::read(&mut |name| {
            let text = self.0.borrow().get(name).cloned();
            Ok(text.map(|text| Box::new(io::Cursor::new(text)) as Box<dyn Read>))
        })
    }

    fn written(history: &History) -> Self {
        let files = Self::default();
        history.write(&mut |name| Ok(Box::new(File { files: files.clone(), name: name.to_owned() }))).unwrap();
        files
    }
}

struct File {
    files: Files,
    name: String,
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.files.0.borrow_mut().entry(self.name.clone()).or_default().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn what_is_wrong_is_reported_with_file_line_and_column() {
    for (name, text, expected) in [
        ("polls.csv", "when\n", "polls.csv:1: at: no such column; the first line must name at"),
        ("polls.csv", "", "polls.csv:1: at: no such column; the first line must name at"),
        ("polls.csv", "at,at\n", "polls.csv:1: at: two columns of this name"),
        ("polls.csv", "at\n2026-09-31T00:00:00Z\n", "polls.csv:2: at: not an instant; write it as 2026-09-01T18:30:00Z"),
        (
            "samples.csv",
            "at,auth_id,balance\n2026-09-01T00:00:00Z,MA_A,1\n2026-09-01T00:00:00Z,MA_X,1\n",
            "samples.csv:3: auth_id: no wallet of accounts.csv has this id",
        ),
        (
            "samples.csv",
            "at,auth_id,balance\nnever,MA_A,1\n",
            "samples.csv:2: at: not an instant; write it as 2026-09-01T18:30:00Z",
        ),
        (
            "samples.csv",
            "at,auth_id,balance\n2026-09-01T00:00:00Z,MA_A,\"1,000\"\n",
            "samples.csv:2: balance: not an amount; write it as 1234.50",
        ),
        (
            "samples.csv",
            "at,auth_id,balance\n2026-09-01T00:00:00Z,MA_A\n",
            "samples.csv:2: 2 cells; expected 3 as in the first line",
        ),
        ("samples.csv", "at,auth_id\n", "samples.csv:1: balance: no such column; the first line must name at, auth_id, balance"),
        (
            "ledger.csv",
            "at,auth_id,type,amount\n2026-09-01T00:00:00Z,MA_A,gift,1\n",
            "ledger.csv:2: type: expected recharge, refund, rental or fixed",
        ),
        (
            "ledger.csv",
            "at,auth_id,type,amount\n2026-09-01T00:00:00Z,MA_A,fixed,\n",
            "ledger.csv:2: amount: not an amount; write it as 1234.50",
        ),
        (
            "accounts.csv",
            "auth_id,name,billing_mode,active,auto_recharge,currency\nMA_A,,barter,true,true,\n",
            "accounts.csv:2: billing_mode: expected prepaid or postpaid",
        ),
        (
            "accounts.csv",
            "auth_id,name,billing_mode,active,auto_recharge,currency\nMA_A,,prepaid,yes,true,\n",
            "accounts.csv:2: active: expected true or false",
        ),
        (
            "accounts.csv",
            "auth_id,name,billing_mode,active,auto_recharge,currency\nMA_A,,prepaid,true,true,rupees\n",
            "accounts.csv:2: currency: expected a currency's three letters, such as INR, or nothing",
        ),
        (
            "accounts.csv",
            "auth_id,name,billing_mode,active,auto_recharge,currency\n,,prepaid,true,true,INR\n",
            "accounts.csv:2: auth_id: expected the customer's id",
        ),
        (
            "accounts.csv",
            "auth_id,name,billing_mode,active,auto_recharge,currency\nMA_A,,prepaid,true,true,INR\nMA_A,,prepaid,true,true,USD\n",
            "accounts.csv:3: currency: another currency than this wallet has in a line before",
        ),
    ] {
        let files = Files::good();
        files.put(name, text);
        assert_eq!(files.read().unwrap_err().to_string(), expected);
    }
}

#[test]
fn text_that_is_not_utf_8_is_reported() {
    let files = Files::good();
    files.put("accounts.csv", [ACCOUNTS.as_bytes(), b"MA_C,\xff,prepaid,true,true,INR\n"].concat());
    assert_eq!(files.read().unwrap_err().to_string(), "accounts.csv:4: name: not UTF-8 text");
}

#[test]
fn a_missing_file_and_one_that_breaks_off_are_reported() {
    for name in ["accounts.csv", "polls.csv", "samples.csv"] {
        let files = Files::good();
        files.0.borrow_mut().remove(name);
        let error = files.read().unwrap_err().to_string();
        assert_eq!(error, format!("{name}: there is no such file, and a history needs it"));
    }
    let error = History::read(&mut |_| Err(io::Error::other("no right to read"))).unwrap_err();
    assert_eq!(error.to_string(), "accounts.csv: cannot be read");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "no right to read");
    let error = History::read(&mut |_| Ok(Some(Box::new(Broken)))).unwrap_err();
    assert_eq!((error.file(), error.line(), error.column()), ("accounts.csv", None, None));
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

#[test]
fn the_four_files_are_read() {
    let history = Files::good().read().unwrap();
    let (first, second) = (&history.wallets[0], &history.wallets[1]);
    assert_eq!((first.auth_id.as_str(), first.name.as_deref(), first.currency.as_deref()), ("MA_A", Some("Asha"), Some("INR")));
    assert!(first.is_prepaid && first.is_active && !first.auto_recharge);
    assert!(!second.is_prepaid && !second.is_active && second.auto_recharge);
    assert_eq!((second.name.as_ref(), second.currency.as_ref()), (None, None));
    assert_eq!(history.polls.len(), 3);
    assert_eq!(history.samples[0].balance, Some(amount("100")));
    assert_eq!(history.samples[1], Sample { at: at("2026-09-01T00:05:00Z"), wallet: 1, balance: None });
    let recharge = Movement { at: at("2026-09-01T00:03:00Z"), wallet: 0, kind: MovementKind::Recharge, amount: amount("50") };
    assert_eq!(history.ledger, [recharge]);
}

#[test]
fn a_history_without_a_ledger_is_one() {
    let files = Files::good();
    files.0.borrow_mut().remove("ledger.csv");
    assert_eq!(files.read().unwrap().ledger, []);
}

#[test]
fn columns_are_found_by_name_in_any_order_with_any_line_ends() {
    let expected = Files::good().read().unwrap();
    let files = Files::good();
    files.put(
        "samples.csv",
        "\u{feff}note,balance,at,auth_id\r\nx,100.00000,2026-09-01T05:30:00+05:30,MA_A\r\n,,2026-09-01T00:05:00Z,MA_B\r\n\r\n",
    );
    files.put("ledger.csv", "\u{feff}auth_id,at,type,amount\r\nMA_A,2026-09-01T00:03:00.000Z,Recharge,50.0\r\n");
    assert_eq!(files.read().unwrap(), expected);
}

#[test]
fn of_several_rows_of_a_wallet_at_one_instant_the_last_counts() {
    let files = Files::good();
    files.put(
        "samples.csv",
        "at,auth_id,balance\n2026-09-01T00:05:00Z,MA_A,3\n2026-09-01T00:05:00Z,MA_B,9\n2026-09-01T00:00:00Z,MA_A,1\n\
         2026-09-01T00:05:00Z,MA_A,2\n2026-09-01T00:00:00Z,MA_A,1\n",
    );
    files.put("polls.csv", "at\n2026-09-01T00:05:00Z\n2026-09-01T00:00:00Z\n2026-09-01T00:05:00Z\n");
    let history = files.read().unwrap();
    let read: Vec<_> = history.samples.iter().map(|sample| (sample.at, sample.wallet, sample.balance.unwrap())).collect();
    let (first, second) = (at("2026-09-01T00:00:00Z"), at("2026-09-01T00:05:00Z"));
    assert_eq!(read, [(first, 0, amount("1")), (second, 0, amount("2")), (second, 1, amount("9"))]);
    assert_eq!(history.polls, [first, second]);
}

#[test]
fn a_wallet_listed_twice_is_as_its_last_line_says() {
    let files = Files::good();
    files.put("accounts.csv", format!("{ACCOUNTS}MA_A,Asha & Sons,postpaid,true,true,INR\n"));
    let history = files.read().unwrap();
    assert_eq!(history.wallets.len(), 2);
    assert_eq!(history.wallets[0].name.as_deref(), Some("Asha & Sons"));
    assert!(!history.wallets[0].is_prepaid);
}

#[test]
fn a_sample_between_two_polls_takes_effect_at_the_later_one() {
    let files = Files::good();
    files.put(
        "samples.csv",
        "at,auth_id,balance\n2026-08-31T00:00:00Z,MA_A,4\n2026-09-01T00:05:01Z,MA_A,3\n2026-09-01T00:11:00Z,MA_A,2\n",
    );
    let history = files.read().unwrap();
    let seen: Vec<Vec<_>> = history.sweeps().map(|sweep| sweep.samples.iter().map(|sample| sample.balance).collect()).collect();
    assert_eq!(seen, [vec![Some(amount("4"))], vec![], vec![Some(amount("3"))]]);
}

fn name() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), "[\\PC]{0,6}[a-z\"',;]".prop_map(Some), Just(Some("two\nlines, \"quoted\"\r\n".to_owned())),]
}

fn wallet() -> impl Strategy<Value = Wallet> {
    (name(), any::<[bool; 3]>(), prop::option::of("[A-Z]{3}")).prop_map(
        |(name, [is_prepaid, is_active, auto_recharge], currency)| Wallet {
            auth_id: String::new(),
            name,
            is_prepaid,
            is_active,
            auto_recharge,
            currency,
        },
    )
}

fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    // Few instants, so that several things fall on one; some with a fraction.
    (0_i64..2_000, prop::sample::select(vec![0, 5_000_000, 123_456_789]))
        .prop_map(|(minutes, nanos)| at("2026-08-30T21:00:00Z") + TimeDelta::minutes(minutes * 7) + TimeDelta::nanoseconds(nanos))
}

fn balance() -> impl Strategy<Value = Option<Decimal>> {
    prop::option::weighted(0.9, (-50_000_i64..1_000_000, 0_u32..6).prop_map(|(units, scale)| Decimal::new(units, scale)))
}

prop_compose! {
    fn history()(
        mut wallets in prop::collection::vec(wallet(), 1..5),
        polls in prop::collection::vec(instant(), 0..40),
        samples in prop::collection::vec((instant(), any::<prop::sample::Index>(), balance()), 0..120),
        ledger in prop::collection::vec((instant(), any::<prop::sample::Index>(), 0_usize..4, balance()), 0..20),
    ) -> History {
        for (number, wallet) in wallets.iter_mut().enumerate() {
            wallet.auth_id = format!("MA_{number}");
        }
        let place = |index: prop::sample::Index| u32::try_from(index.index(wallets.len())).unwrap();
        let samples = samples.into_iter().map(|(at, index, balance)| Sample { at, wallet: place(index), balance }).collect();
        let ledger = ledger.into_iter().map(|(at, index, kind, amount)| {
            Movement { at, wallet: place(index), kind: MovementKind::ALL[kind], amount: amount.unwrap_or_default() }
        }).collect();
        let mut history = History { wallets, polls, samples, ledger };
        history.sort();
        history
    }
}

/// What was in a wallet after each of the samples of `history`, by the instants of `of`.
fn standing(history: &History, wallet: u32, at: DateTime<Utc>) -> Option<Decimal> {
    history.samples.iter().rev().filter(|sample| sample.wallet == wallet && sample.at <= at).find_map(|sample| sample.balance)
}

/// The lowest balance of a wallet on the day of `zone` that `at` falls into.
fn lowest(history: &History, wallet: u32, at: DateTime<Utc>, zone: FixedOffset) -> Option<Decimal> {
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let start = day(at).and_hms_opt(0, 0, 0).unwrap().and_local_timezone(zone).unwrap().with_timezone(&Utc);
    let carried = standing(history, wallet, start - TimeDelta::nanoseconds(1));
    let of_day = history.samples.iter().filter(|sample| sample.wallet == wallet && day(sample.at) == day(at));
    of_day.filter_map(|sample| sample.balance).chain(carried).min()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_is_read_back(history in history()) {
        prop_assert_eq!(Files::written(&history).read().unwrap(), history);
    }

    #[test]
    fn the_order_of_rows_at_different_instants_does_not_matter(history in history()) {
        let mut turned = history.clone();
        turned.samples.reverse();
        turned.polls.reverse();
        turned.sort();
        prop_assert_eq!(turned.samples, history.samples);
        prop_assert_eq!(turned.polls, history.polls);
    }

    #[test]
    fn thinning_keeps_sides_of_levels_daily_minima_and_what_was_not_read(
        history in history(),
        before in instant(),
        levels in prop::collection::vec((-100_i64..2_000).prop_map(Decimal::from), 0..3),
        hours in -11..14_i32,
    ) {
        let zone = FixedOffset::east_opt(hours * 3_600).unwrap();
        let mut thin = history.clone();
        thin.thin(before, &levels, &zone);
        for sample in &history.samples {
            let (was, is) = (standing(&history, sample.wallet, sample.at), standing(&thin, sample.wallet, sample.at));
            prop_assert_eq!(was.is_some(), is.is_some());
            for level in &levels {
                prop_assert_eq!(was.map(|was| was < *level), is.map(|is| is < *level));
            }
            prop_assert_eq!(lowest(&history, sample.wallet, sample.at, zone), lowest(&thin, sample.wallet, sample.at, zone));
            if sample.at >= before || sample.balance.is_none() {
                prop_assert!(thin.samples.contains(sample));
            }
        }
        prop_assert!(thin.samples.iter().all(|sample| history.samples.contains(sample)));
        let once = thin.clone();
        thin.thin(before, &levels, &zone);
        prop_assert_eq!(once, thin);
    }

    #[test]
    fn a_wallet_keeps_at_most_two_samples_a_day_where_no_level_is_asked_for(history in history()) {
        let mut thin = history.clone();
        thin.thin(DateTime::<Utc>::MAX_UTC, &[], &Utc);
        let mut days = BTreeMap::<_, usize>::new();
        for sample in thin.samples.iter().filter(|sample| sample.balance.is_some()) {
            *days.entry((sample.wallet, sample.at.date_naive())).or_default() += 1;
        }
        // One more on the day of its first sample.
        prop_assert!(days.values().all(|kept| *kept <= 3));
    }

    #[test]
    fn no_file_panics(which in 0_usize..4, bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..60) {
        let files = Files::good();
        let name = ["accounts.csv", "polls.csv", "samples.csv", "ledger.csv"][which];
        let mut text = files.0.borrow()[name].clone();
        text.truncate(cut);
        text.extend(bytes);
        files.put(name, text);
        let _ = files.read();
    }
}
