//! Judges notifications against the truth, by the shared definitions.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::clock::{self, DAY, HOUR, POLL, float, whole};
use super::notes::Note;
use super::truth::{RunOut, Truth, WARM_UP, Wallet};

/// Working minutes that are enough.
const LEAD: f64 = 4.0 * HOUR;
/// An announcement older than both of these is too early.
const FRESH: f64 = 72.0 * HOUR;
const FRESH_WORK: f64 = 30.0 * HOUR;
const CAP: f64 = 7.0 * DAY;

/// The figures of one list of notifications; `None` where there was nothing to judge.
pub(super) type Score = BTreeMap<&'static str, Option<f64>>;

/// From its first ring to its end, with every ring.
struct Episode {
    first: f64,
    end: f64,
    rings: Vec<f64>,
}

/// An episode that fired again soon after its end.
struct Gap {
    wallet: usize,
    first: f64,
    end: f64,
    again: f64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Late,
    True,
    Anomaly,
    Saved,
    FalseAlarm,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    InTime,
    Late,
    TooEarly,
    Missed,
}

/// Judges `notes`, in any order.
pub(super) fn score(truth: &Truth, notes: &[Note]) -> Score {
    let mut notes: Vec<(f64, &Note)> = notes.iter().map(|note| (clock::minute(note.at), note)).collect();
    notes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (episodes, gaps) = episodes(&notes);
    let of = |wallet: usize| episodes.get(&wallet).map_or(&[][..], Vec::as_slice);

    let judged: Vec<_> = notes.iter().filter(|(at, _)| *at >= WARM_UP && *at < truth.judged).collect();
    let rings: Vec<(f64, usize)> =
        judged.iter().filter(|(_, note)| note.kind.is_ring()).map(|(at, note)| (*at, note.wallet)).collect();
    let fates = |until: fn(f64) -> f64| -> Vec<Fate> {
        rings.iter().map(|(at, wallet)| fate(&truth.wallets[*wallet], *at, until(*at))).collect()
    };
    let (fate, by_day) = (fates(clock::horizon), fates(|at| at + DAY));
    let count = |fates: &[Fate], what: Fate| float(fates.iter().filter(|fate| **fate == what).count());
    let good: Vec<(usize, usize)> = rings
        .iter()
        .zip(&fate)
        .filter(|(_, fate)| **fate != Fate::FalseAlarm)
        .map(|((at, wallet), _)| (*wallet, truth.wallets[*wallet].topups.partition_point(|topup| topup < at)))
        .collect();
    let alerted = float(good.iter().collect::<HashSet<_>>().len());
    let severities = judged.iter().filter(|(_, note)| note.kind.is_ring()).map(|(_, note)| note.severity);
    let is_good = fate.iter().map(|fate| *fate != Fate::FalseAlarm);
    let good_severities = severities.zip(is_good).filter(|(_, is_good)| *is_good).map(|(severity, _)| severity);
    let by_severity = float(good.iter().zip(good_severities).collect::<HashSet<_>>().len());

    let runs: Vec<&RunOut> = truth.run_outs.iter().filter(|run| run.at >= WARM_UP + DAY && run.at < truth.end).collect();
    let verdicts = |which: fn(&Wallet) -> bool| -> Vec<(Verdict, f64)> {
        let some = runs.iter().filter(|run| run.kind == "foreseeable" && which(&truth.wallets[run.wallet]));
        some.map(|run| announced(truth, of(run.wallet), run.at)).collect()
    };
    let (watched, recharging) = (verdicts(|wallet| wallet.watched), verdicts(|wallet| wallet.auto));
    let share = |watched: &[(Verdict, f64)], what: Verdict| {
        let those = float(watched.iter().filter(|(verdict, _)| *verdict == what).count());
        (!watched.is_empty()).then(|| 100.0 * those / float(watched.len()))
    };
    let sudden: Vec<Sudden> = runs
        .iter()
        .filter(|run| run.kind == "sudden" && truth.wallets[run.wallet].watched)
        .map(|run| Sudden::of(truth, of(run.wallet), run))
        .collect();
    let mut minutes: Vec<f64> = sudden.iter().filter(|sudden| !sudden.known).map(|sudden| sudden.after).collect();
    minutes.sort_by(f64::total_cmp);
    let part = |is: fn(&Sudden) -> bool| {
        (!sudden.is_empty()).then(|| 100.0 * float(sudden.iter().filter(|one| is(one)).count()) / float(sudden.len()))
    };
    let flaps: Vec<bool> = gaps
        .iter()
        .filter(|gap| gap.again >= WARM_UP)
        .map(|gap| !truth.wallets[gap.wallet].topups.iter().any(|topup| gap.first < *topup && *topup <= gap.end))
        .collect();
    let real = float(flaps.iter().filter(|flap| **flap).count());
    let per100 = 100.0 / truth.wallet_days;
    let mut leads: Vec<f64> = watched.iter().map(|(_, lead)| *lead).collect();

    BTreeMap::from([
        ("foreseeable", Some(float(watched.len()))),
        ("in_time_pct", share(&watched, Verdict::InTime)),
        ("late_pct", share(&watched, Verdict::Late)),
        ("too_early_pct", share(&watched, Verdict::TooEarly)),
        ("missed_pct", share(&watched, Verdict::Missed)),
        ("median_lead_h", median(&mut leads).map(|lead| lead / HOUR)),
        ("sudden", Some(float(sudden.len()))),
        ("sudden_known_pct", part(|sudden| sudden.known)),
        ("sudden_median_min", higher(&minutes, 0.5)),
        ("sudden_p90_min", higher(&minutes, 0.9)),
        ("sudden_before_empty_pct", part(|sudden| sudden.before)),
        ("false_per_100", Some(count(&fate, Fate::FalseAlarm) * per100)),
        ("false24_per_100", Some(count(&by_day, Fate::FalseAlarm) * per100)),
        ("saved_per_100", Some(count(&fate, Fate::Saved) * per100)),
        ("true_rings", Some(count(&fate, Fate::True))),
        ("late_rings", Some(count(&fate, Fate::Late))),
        ("anomaly_rings", Some(count(&fate, Fate::Anomaly))),
        ("rings_per_event", (alerted > 0.0).then(|| float(good.len()) / alerted)),
        ("rings_per_event_and_severity", (by_severity > 0.0).then(|| float(good.len()) / by_severity)),
        ("messages_per_event", (alerted > 0.0).then(|| float(judged.len()) / alerted)),
        ("flaps", Some(real)),
        ("quick_refires", Some(float(flaps.len()) - real)),
        ("auto_foreseeable", Some(float(recharging.len()))),
        ("auto_in_time_pct", share(&recharging, Verdict::InTime)),
        ("wallet_days", Some(truth.wallet_days)),
    ])
}

/// The rings of the open episode, and the one before it.
type Running = (Vec<f64>, Option<(f64, f64)>);

/// Episodes of each wallet, and those that fired again within two hours of a resolve.
fn episodes(notes: &[(f64, &Note)]) -> (HashMap<usize, Vec<Episode>>, Vec<Gap>) {
    let mut running: HashMap<(usize, &str), Running> = HashMap::new();
    let (mut found, mut gaps) = (HashMap::<usize, Vec<Episode>>::new(), Vec::new());
    for (at, note) in notes {
        let (rings, over) = running.entry((note.wallet, &note.rule)).or_default();
        if note.kind.is_ring() {
            if let (true, Some((first, end))) = (rings.is_empty(), *over)
                && at - end <= 120.0
            {
                gaps.push(Gap { wallet: note.wallet, first, end, again: *at });
            }
            rings.push(*at);
        } else if let Some(first) = rings.first().copied() {
            *over = Some((first, *at));
            found.entry(note.wallet).or_default().push(Episode { first, end: *at, rings: std::mem::take(rings) });
        }
    }
    for ((wallet, _), (rings, _)) in running {
        if let Some(first) = rings.first().copied() {
            found.entry(wallet).or_default().push(Episode { first, end: f64::INFINITY, rings });
        }
    }
    (found, gaps)
}

/// What came of a ring.
fn fate(wallet: &Wallet, at: f64, until: f64) -> Fate {
    let (now, stop) = (whole(at / POLL), whole(until / POLL));
    if !(wallet.watched || wallet.auto) || at < wallet.seen {
        return Fate::FalseAlarm;
    }
    let balance = wallet.balance[now];
    if balance <= 0.0 {
        return Fate::Late;
    }
    let empties = |to: f64| wallet.empties.partition_point(|empty| *empty <= to);
    if empties(until) > empties(at) {
        return Fate::True;
    }
    if wallet.drains.iter().any(|(start, end)| *start <= at && at <= end + 30.0) {
        return Fate::Anomaly;
    }
    if wallet.watched && wallet.used[stop] - wallet.used[now] >= 0.8 * balance {
        let next = wallet.topups.get(wallet.topups.partition_point(|topup| *topup <= at));
        let paid = next.map_or(stop, |topup| whole(topup / POLL)).min(stop);
        let lowest = wallet.balance[now..=paid.max(now)].iter().copied().fold(f64::INFINITY, f64::min);
        return if lowest <= 0.2 * balance { Fate::True } else { Fate::Saved };
    }
    Fate::FalseAlarm
}

/// Whether a run-out was announced, and the minutes since the first word of it.
fn announced(truth: &Truth, episodes: &[Episode], at: f64) -> (Verdict, f64) {
    let standing = episodes.iter().filter(|episode| episode.first < at && at <= episode.end);
    let rings: Vec<f64> = standing.flat_map(|episode| &episode.rings).copied().filter(|ring| *ring < at).collect();
    let Some(first) = rings.iter().copied().reduce(f64::min) else { return (Verdict::Missed, 0.0) };
    let enough: Vec<(f64, f64)> =
        rings.iter().map(|ring| (*ring, truth.clock.between(*ring, at))).filter(|(_, worked)| *worked >= LEAD).collect();
    let verdict = if enough.iter().any(|(ring, worked)| at - ring <= FRESH || *worked <= FRESH_WORK) {
        Verdict::InTime
    } else if enough.is_empty() {
        Verdict::Late
    } else {
        Verdict::TooEarly
    };
    (verdict, (at - first).min(CAP))
}

/// How a sudden run-out was notified.
struct Sudden {
    known: bool,
    /// Minutes from its start to the next ring.
    after: f64,
    before: bool,
}

impl Sudden {
    fn of(truth: &Truth, episodes: &[Episode], run: &RunOut) -> Self {
        let topups = truth.wallets[run.wallet].topups.iter().copied();
        let over = topups.filter(|topup| *topup > run.at).fold(truth.end, f64::min);
        let every = || episodes.iter().flat_map(|episode| episode.rings.iter().map(|ring| (*ring, episode.end)));
        let known = every().any(|(ring, end)| ring <= run.start && run.start < end && run.start - ring <= FRESH);
        let after = every()
            .filter(|(ring, _)| run.start < *ring && *ring <= over)
            .map(|(ring, _)| ring - run.start)
            .fold(f64::INFINITY, f64::min);
        Self { known, after, before: known || after < run.at - run.start }
    }
}

fn median(figures: &mut [f64]) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    let high = *figures.get(middle)?;
    Some(if figures.len().is_multiple_of(2) { f64::midpoint(figures[middle - 1], high) } else { high })
}

/// The quantile of sorted figures, the higher one of two.
fn higher(figures: &[f64], quantile: f64) -> Option<f64> {
    let last = figures.len().checked_sub(1)?;
    figures.get(whole((quantile * float(last)).ceil())).copied()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::super::clock::WorkClock;
    use super::super::notes::Kind;
    use super::super::truth::Truth;
    use super::*;

    const DAYS: usize = 40;

    /// Of `day` of the truth, at so many hours past the midnight of Kolkata. Day 20 is a Monday.
    fn at(day: i64, hour: i64) -> DateTime<Utc> {
        "2026-08-31T18:30:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(day * 24 + hour)
    }

    fn note(day: i64, hour: i64, kind: Kind) -> Note {
        Note { at: at(day, hour), wallet: 0, kind, severity: "warning", rule: "r".to_owned() }
    }

    /// One wallet that has 100 and is empty from `empty` on.
    fn truth(empty: DateTime<Utc>, kind: &str) -> Truth {
        let (steps, empty) = (DAYS * 288, clock::minute(empty));
        let balance: Vec<f64> = (0..steps).map(|step| if float(step) * POLL < empty { 100.0 } else { 0.0 }).collect();
        let used = balance.iter().map(|balance| 100.0 - balance).collect();
        let wallet = Wallet { watched: true, balance, used, empties: vec![empty], ..Wallet::default() };
        let run = RunOut { wallet: 0, at: empty, start: empty - 60.0, kind: kind.to_owned() };
        let end = float(steps) * POLL;
        Truth {
            ids: HashMap::new(),
            wallets: vec![wallet],
            run_outs: vec![run],
            clock: WorkClock::new(DAYS),
            end,
            judged: end - 3.0 * DAY,
            wallet_days: 100.0,
        }
    }

    fn figure(score: &Score, name: &str) -> f64 {
        score[name].unwrap_or(f64::NAN)
    }

    #[test]
    fn an_announcement_is_in_time_when_it_holds_is_fresh_and_leaves_four_working_hours() {
        use Kind::{Escalate, Fire, Resolve};
        for (notes, figure_name) in [
            (vec![], "missed_pct"),
            (vec![note(22, 9, Fire), note(22, 12, Resolve)], "missed_pct"),
            (vec![note(23, 9, Fire)], "late_pct"),
            (vec![note(20, 13, Fire), note(23, 9, Escalate)], "in_time_pct"),
            (vec![note(15, 9, Fire), note(23, 9, Escalate)], "too_early_pct"),
            (vec![note(15, 9, Fire)], "too_early_pct"),
            (vec![note(15, 9, Fire), note(22, 9, Escalate)], "in_time_pct"),
            (vec![note(22, 12, Fire)], "in_time_pct"),
        ] {
            // Thursday noon: a ring at nine that morning leaves three working hours.
            let score = score(&truth(at(23, 12), "foreseeable"), &notes);
            assert!((figure(&score, figure_name) - 100.0).abs() < 1e-9, "{notes:?} is not {figure_name}: {score:?}");
        }
    }

    #[test]
    fn a_ring_of_which_nothing_comes_is_a_false_alarm_and_one_at_an_empty_wallet_late() {
        let score = score(&truth(at(23, 12), "foreseeable"), &[note(16, 9, Kind::Fire), note(24, 9, Kind::Escalate)]);
        assert!((figure(&score, "false_per_100") - 1.0).abs() < 1e-9, "{score:?}");
        assert!((figure(&score, "late_rings") - 1.0).abs() < 1e-9, "{score:?}");
    }

    #[test]
    fn a_critical_ring_after_a_warning_is_another_severity_of_the_event_and_a_second_one_rings_twice() {
        let critical = |day, hour| Note { severity: "critical", ..note(day, hour, Kind::Escalate) };
        let figures = |notes: &[Note]| {
            let score = score(&truth(at(23, 12), "foreseeable"), notes);
            (figure(&score, "rings_per_event"), figure(&score, "rings_per_event_and_severity"))
        };
        let once = [note(22, 13, Kind::Fire), critical(23, 9)];
        assert_eq!(figures(&once), (2.0, 1.0));
        assert_eq!(figures(&[once.as_slice(), &[critical(23, 10), critical(23, 11)]].concat()), (4.0, 2.0));
    }

    #[test]
    fn firing_again_within_two_hours_flaps_unless_somebody_paid_in_between() {
        let notes = [note(20, 9, Kind::Fire), note(20, 12, Kind::Resolve), note(20, 13, Kind::Fire)];
        let mut world = truth(at(30, 12), "foreseeable");
        assert!((figure(&score(&world, &notes), "flaps") - 1.0).abs() < 1e-9);
        world.wallets[0].topups = vec![clock::minute(at(20, 11))];
        let score = score(&world, &notes);
        assert!(figure(&score, "flaps").abs() < 1e-9 && (figure(&score, "quick_refires") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_sudden_drain_is_timed_from_its_start_unless_it_was_known() {
        let world = truth(at(23, 12), "sudden");
        let alerted = score(&world, &[note(23, 12, Kind::Fire)]);
        assert!((figure(&alerted, "sudden_median_min") - 60.0).abs() < 1e-9, "{alerted:?}");
        let known = score(&world, &[note(22, 11, Kind::Fire)]);
        assert!((figure(&known, "sudden_known_pct") - 100.0).abs() < 1e-9, "{known:?}");
        assert_eq!(known["sudden_median_min"], None);
        let never = score(&world, &[]);
        assert_eq!(never["sudden_median_min"], Some(f64::INFINITY));
    }
}
