//! `/thresholds`: the rules and where they come from; levels of one customer, shown, set and taken back.
//!
//! A change is asked about first, with what would fire; its button carries when the levels that it replaces were set, so that
//! it does not replace what somebody else set meanwhile.

use futures::FutureExt as _;
use vobiz_core::accounts::Account;
use vobiz_core::alert::{Direction, Levels, Metric, Policy, Rule, Subject};

use super::find;
use super::levels::{self, Asked, What};
use super::request::{Answer, Command, Refusal, Request};
use crate::levels::{LEVELS, OwnLevels, with_levels};
use crate::messages::{self, LevelQuestion, button, escape};
use crate::people::Role;
use crate::snapshot::Snapshot;
use crate::store::{Buttons, Change, Setting};

pub(super) const COMMAND: Command = Command {
    name: "thresholds",
    about: "the levels of rules, and those of one customer: set, reset",
    example: "/thresholds MA_XXXXXXXX warning 5000 critical 1000",
    role: |words| if levels::only_shows(words) { Role::Viewer } else { Role::Operator },
    answer: |request| answer(request).boxed(),
};

/// Customers with levels of their own that a page shows.
const ROWS: usize = 15;

type Own = Setting<OwnLevels>;

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let (words, page) = find::page(&request.arguments)?;
    let snapshot = request.last_snapshot().await?;
    if words.is_empty() {
        return Ok(list(request, &snapshot, &request.service.store.settings(LEVELS).await?, page));
    }
    let asked = levels::read(words)?;
    // Of two people at once the second one finds what the first one did.
    let _one_at_a_time = request.service.changes.lock().await;
    let own: Vec<Own> = request.service.store.settings(LEVELS).await?;
    let Some(subject) = subject(&snapshot, &asked, &own)? else {
        let again = |id: &str| format!("/thresholds {id} {}", asked.rest);
        return Ok(*find::customer(&snapshot.answers.customers, &asked.who, again).err().unwrap_or_default());
    };
    let id = subject.id.to_string();
    let of_it: Vec<&Own> = own.iter().filter(|setting| setting.value.customer == id).collect();
    match &asked.what {
        What::Show => Ok(show(request, &snapshot, &subject, &of_it)),
        What::Reset if of_it.is_empty() => {
            Err(format!("Nobody set levels of {} from a chat, so there is nothing to reset.", plain(&subject)).into())
        }
        What::Reset => change(request, &snapshot, &subject, &asked, &own, &[]).await,
        What::Set(wanted) => {
            let rule = rule(request, &subject, wanted.metric)?;
            let known = of_it.iter().find(|setting| setting.value.rule == rule.name()).map(|setting| &setting.value);
            let wanted = checked(rule, &subject, wanted, known)?;
            match of_it.iter().find(|setting| setting.value == wanted) {
                Some(same) => Err(messages::terminal(&format!(
                    "{} already: {}, {}.",
                    plain(&subject),
                    words_of(rule, wanted.levels(), &subject),
                    origin(same, request)
                ))
                .into()),
                None => change(request, &snapshot, &subject, &asked, &own, &[wanted]).await,
            }
        }
    }
}

/// The customer: one that is listed, or one that has left and whose levels can still be seen and taken back.
fn subject(snapshot: &Snapshot, asked: &Asked, own: &[Own]) -> Result<Option<Subject>, Refusal> {
    let of = |account: &Account| snapshot.subject(&account.auth_id).cloned().unwrap_or_else(|| Subject::of(account, None));
    if let Ok(account) = find::customer(&snapshot.answers.customers, &asked.who, |_| String::new()) {
        return Ok(Some(of(account)));
    }
    let gone = own.iter().find(|setting| setting.value.customer.eq_ignore_ascii_case(&asked.who));
    match (gone, &asked.what) {
        (Some(gone), What::Set(_)) if snapshot.answers.cut.is_some() => Err(format!(
            "{} is not in what could be read of the list of customers. Try again when it can be read in full; /status tells.",
            gone.value.customer
        )
        .into()),
        (Some(gone), What::Set(_)) => Err(format!(
            "{} is no longer a customer, and levels for it would have no effect. Take the old ones back: /thresholds {} reset",
            gone.value.customer, gone.value.customer
        )
        .into()),
        (Some(gone), _) => Ok(Some(Subject::new(gone.value.customer.clone(), ""))),
        (None, _) => Ok(None),
    }
}

/// The rule that levels of a customer are set in: one that watches it, and no fallback where there is another.
fn rule<'a>(request: &'a Request<'_>, subject: &Subject, metric: Metric) -> Result<&'a Rule, String> {
    let rules = || request.service.policy.rules().iter().filter(move |rule| rule.metric() == metric);
    let watching = || rules().filter(|rule| rule.direction() == Direction::Below && rule.watches(subject));
    watching().find(|rule| !rule.only_without_forecast()).or_else(|| watching().next()).ok_or_else(|| {
        let why = match rules().next() {
            None => format!("the file has no rule on {metric}"),
            Some(_) => "the rules leave it out, as they do postpaid, inactive and auto-recharging customers".to_owned(),
        };
        format!("Levels for {} would have no effect: {why}.", plain(subject))
    })
}

/// The levels as they are stored, if their rule takes them. One that is left out stays as it was `known`.
fn checked(rule: &Rule, subject: &Subject, wanted: &levels::Wanted, known: Option<&OwnLevels>) -> Result<OwnLevels, String> {
    if wanted.metric == Metric::CustomerRunway && wanted.in_working_hours != rule.in_working_hours() {
        return Err(if rule.in_working_hours() {
            format!(
                "The rule “{}” counts working hours, and 6h alone is hours on the clock. Write runway 6h working.",
                rule.name()
            )
        } else {
            format!("The rule “{}” counts hours on the clock. Write runway 6h, without working.", rule.name())
        });
    }
    let warning = wanted.levels.warning.or(known.and_then(|known| known.warning));
    let critical = wanted.levels.critical.or(known.and_then(|known| known.critical));
    let all = rule.levels();
    if let (Some(high), Some(low)) = (warning.or(all.warning), critical.or(all.critical))
        && low >= high
    {
        let shown = |value, is_own| {
            let level = messages::terminal(&messages::level(rule, value, subject.currency.as_deref()));
            if is_own { level } else { format!("{level} for all customers") }
        };
        let (high, low) = (shown(high, warning.is_some()), shown(low, critical.is_some()));
        return Err(format!("critical ({low}) must be under warning ({high}). Write both, such as warning 5000 critical 1000."));
    }
    let own = OwnLevels { rule: rule.name().to_owned(), customer: subject.id.to_string(), warning, critical };
    own.check(rule).map_err(|why| format!("The rule “{}” does not take that: {why}.", rule.name()))?;
    Ok(own)
}

/// Asks about a change, or makes it where its button was pressed. `wanted` is all that it sets; nothing to take back.
async fn change(
    request: &Request<'_>,
    snapshot: &Snapshot,
    subject: &Subject,
    asked: &Asked,
    own: &[Own],
    wanted: &[OwnLevels],
) -> Result<Answer, Refusal> {
    let id = subject.id.to_string();
    let goes = |setting: &&Own| {
        setting.value.customer == id && (wanted.is_empty() || wanted.iter().any(|new| new.rule == setting.value.rule))
    };
    let (replaced, rest): (Vec<&Own>, Vec<&Own>) = own.iter().partition(goes);
    let now = request.service.policy.clone();
    let before = with_levels(&now, own.iter().map(|setting| &setting.value));
    let after = with_levels(&now, rest.iter().map(|setting| &setting.value).chain(wanted));
    let rules: Vec<&str> = if wanted.is_empty() {
        replaced.iter().map(|setting| setting.value.rule.as_str()).collect()
    } else {
        wanted.iter().map(|new| new.rule.as_str()).collect()
    };
    let latest = own.iter().filter(|setting| setting.value.customer == id).max_by_key(|setting| setting.at);
    let stamp = latest.map_or(0, |setting| setting.at.timestamp_micros());
    let words = |policy: &Policy, name: &str| {
        let rule = policy.rules().iter().find(|rule| rule.name() == name);
        rule.map_or_else(|| "no such rule".to_owned(), |rule| words_of(rule, rule.levels_for(&id), subject))
    };
    if asked.applies != Some(stamp) {
        let changes: Vec<String> = rules
            .iter()
            .map(|name| format!("{}: {} → <b>{}</b>", escape(name), words(&before, name), words(&after, name)))
            .collect();
        let fires: Vec<_> = snapshot.alerts_of(&id).cloned().collect();
        let would_fire = snapshot.would_fire(&after, &id);
        let question = LevelQuestion { subject, snapshot, changes: &changes, fires: &fires, would_fire: &would_fire };
        let meanwhile = latest.filter(|_| asked.applies.is_some()).map(|latest| {
            format!("{} changed these levels at {}. Look again:\n", escape(&latest.by.name), request.reader.at(latest.at))
        });
        let apply = format!("/thresholds {id} {} apply {stamp}", asked.rest);
        let buttons = vec![vec![button("Apply", &apply), button("Cancel", &format!("/thresholds {id}"))]];
        let text = format!("{}{}", meanwhile.unwrap_or_default(), question.text());
        return Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(text, buttons) });
    }
    let by = request.actor(Role::Operator).await?;
    for name in &rules {
        let new = wanted.iter().find(|new| new.rule == *name);
        let setting = new.map_or_else(|| format!("{name}\n{id}"), OwnLevels::name);
        let shown = |policy: &Policy| Some(messages::terminal(&format!("{name}: {}", words(policy, name))));
        let (before, after) = (shown(&before), shown(&after));
        let change = Change { by, chat: request.chat_id, action: "levels", subject: &id, before, after };
        request.service.store.change((LEVELS, &setting), new, &change, request.asked_at).await?;
    }
    let lines = rules.iter().map(|name| format!("{}: {}", escape(name), words(&after, name)));
    let lines = lines.collect::<Vec<_>>().join("\n");
    let who = messages::level_customer(subject);
    let html = format!(
        "{who}: levels set by {} at {}\n{lines}\nThey apply from the next poll on.",
        escape(&by.name),
        request.reader.at(request.asked_at)
    );
    Ok(Answer { toast: Some("Done. Applies from the next poll on.".to_owned()), ..Answer::with(html, back(&id)) })
}

/// The levels of one customer.
fn show(request: &Request<'_>, snapshot: &Snapshot, subject: &Subject, own: &[&Own]) -> Answer {
    let id = subject.id.to_string();
    let policy = with_levels(&request.service.policy, own.iter().map(|setting| &setting.value));
    let watching = policy.rules().iter().filter(|rule| rule.metric().is_of_customer() && rule.watches(subject));
    let rows: Vec<String> = watching
        .map(|rule| {
            let set = own.iter().find(|setting| setting.value.rule == rule.name());
            let origin = match set {
                Some(setting) => origin(setting, request),
                None if rule.has_levels_of(&id) => "file".to_owned(),
                None => format!("as for all, {}", origin_of(rule)),
            };
            format!("{}: {} · {origin}", escape(rule.name()), words_of(rule, rule.levels_for(&id), subject))
        })
        .collect();
    let nothing = "No rule watches this customer.".to_owned();
    let gone = absence(snapshot, &id).map(|why| format!("\nIt is {why}.")).unwrap_or_default();
    let rows = if rows.is_empty() { nothing } else { rows.join("\n") };
    let reset = (!own.is_empty()).then(|| vec![button("Reset", &format!("/thresholds {id} reset"))]);
    let buttons = reset.into_iter().chain([vec![button("‹ All levels", "/thresholds")]]).collect();
    Answer::with(format!("{}\n{rows}{gone}", messages::level_customer(subject)), buttons)
}

/// The rules, and a page of the customers with levels of their own.
fn list(request: &Request<'_>, snapshot: &Snapshot, own: &[Own], page: usize) -> Answer {
    let file = &request.service.policy;
    let named = |customer: &str| {
        let gone = || Subject::new(customer, "");
        snapshot.subject(customer).cloned().unwrap_or_else(gone)
    };
    let row = |customer: &str, rule: &Rule, levels: Levels, origin: String| {
        let subject = named(customer);
        let shown = words_of(rule, levels, &subject);
        format!("{}: {} {shown} · {origin}", messages::level_customer(&subject), escape(rule.name()))
    };
    let mut rows = Vec::new();
    for rule in file.rules() {
        let set: Vec<&Own> = own.iter().filter(|setting| setting.value.rule == rule.name()).collect();
        let in_file = rule.draft().overrides;
        let in_file = in_file.iter().filter(|(customer, _)| !set.iter().any(|setting| setting.value.customer == **customer));
        rows.extend(in_file.map(|(customer, levels)| row(customer, rule, *levels, "file".to_owned())));
        rows.extend(set.iter().map(|setting| {
            let OwnLevels { customer, .. } = &setting.value;
            let note = absence(snapshot, customer).map(|why| format!(", {why}")).unwrap_or_default();
            row(customer, rule, setting.value.levels(), format!("{}{note}", origin(setting, request)))
        }));
    }
    let lost = own.iter().filter(|setting| !file.rules().iter().any(|rule| rule.name() == setting.value.rule));
    rows.extend(lost.map(|setting| {
        let OwnLevels { customer, rule, .. } = &setting.value;
        format!("{}: {} is no rule any more · no effect", messages::level_customer(&named(customer)), escape(rule))
    }));
    let pages = rows.len().div_ceil(ROWS).max(1);
    let page = page.min(pages);
    let rules = file.rules().iter().map(|rule| messages::rule(rule, origin_of(rule), snapshot.currency()));
    let mut lines: Vec<String> = rules.collect();
    if !rows.is_empty() {
        lines.push("\n<b>Levels of single customers</b>".to_owned());
    }
    lines.extend(rows.into_iter().skip((page - 1) * ROWS).take(ROWS));
    Answer::with(lines.join("\n"), messages::pages("/thresholds", page, pages))
}

/// Why a customer is not in the last snapshot; `None` where it is.
fn absence(snapshot: &Snapshot, auth_id: &str) -> Option<&'static str> {
    let why = if snapshot.answers.cut.is_some() { "not in what could be read of the list" } else { "no longer a customer" };
    snapshot.subject(auth_id).is_none().then_some(why)
}

fn words_of(rule: &Rule, levels: Levels, subject: &Subject) -> String {
    let all = rule.levels();
    let levels = Levels { warning: levels.warning.or(all.warning), critical: levels.critical.or(all.critical) };
    messages::levels(rule, levels, subject.currency.as_deref())
}

/// `set by Asha at 02:55`
fn origin(setting: &Own, request: &Request<'_>) -> String {
    format!("set by {} at {}", escape(&setting.by.name), request.reader.at(setting.at))
}

/// Where a rule comes from. One that is written down just as it is by default counts as that.
fn origin_of(rule: &Rule) -> &'static str {
    if Policy::default().rules().contains(rule) { "default" } else { "file" }
}

fn plain(subject: &Subject) -> String {
    messages::terminal(&messages::whose(subject))
}

fn back(id: &str) -> Buttons {
    vec![vec![button("Levels", &format!("/thresholds {id}")), button("‹ All levels", "/thresholds")]]
}
