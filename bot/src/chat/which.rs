//! Which alerts are meant: those of a customer, named as everywhere, and perhaps of one rule.

use std::collections::BTreeMap;

use vobiz_core::alert::{Rule, SubjectId, Transition};

use super::request::{Answer, Refusal, Request};
use super::{find, until};
use crate::messages::{self, button, escape};
use crate::snapshot::Snapshot;
use crate::store::Buttons;

/// What can be named, by its id, with its name.
type Names = BTreeMap<String, String>;

/// The alerts that fire of what the words after a command name: a customer's id or name, another subject such as `partner`,
/// and perhaps a rule. `again` is the command for one of several that has to be chosen, of the rule that was named.
pub(super) async fn alerts<'a>(
    request: &Request<'_>,
    snapshot: &'a Snapshot,
    words: &[&str],
    again: impl Fn(&str) -> String,
) -> Result<Vec<&'a Transition>, Refusal> {
    if words.is_empty() {
        return Err(
            format!("Which alert? Write the customer's id or name: {}. /alerts lists what fires.", again("MA_XXXXXXXX")).into()
        );
    }
    let firing = &snapshot.evaluation.firing;
    let names = names(snapshot);
    let (who, rule) = split(words, &rules(snapshot), &names);
    let meant = meant(&names, &who);
    let of = |id: &str| firing.iter().filter(|alert| alert.subject.id.to_string() == id).collect::<Vec<_>>();
    // Buttons name what is no customer exactly, also once nothing fires for it and a customer's name is like it.
    if SubjectId::from(who.as_str()).customer().is_none()
        && of(&who).is_empty()
        && let Some(ended) = request.service.store.last_end(&who, rule.as_deref()).await?
    {
        let html = messages::already_over(&messages::name(None, &who), &ended, "", &request.reader);
        return Err(Box::new(Answer::with(html, vec![vec![button("‹ Alerts", "/alerts")]])).into());
    }
    let mut fires: Vec<_> =
        meant.iter().map(|(id, name)| (id, name, of(id))).filter(|(_, _, alerts)| !alerts.is_empty()).collect();
    if let (Some(rule), 2..) = (&rule, fires.len()) {
        fires.retain(|(_, _, alerts)| alerts.iter().any(|alert| find::is_same(&alert.rule, rule)));
        if fires.is_empty() {
            return Err(format!("No rule “{rule}” fires for any customer like “{who}”. /alerts lists what fires.").into());
        }
    }
    let mut alerts = match fires.as_slice() {
        [(_, _, alerts)] => alerts.clone(),
        [] => return Err(over(request, &who, rule.as_deref(), &meant).await?.into()),
        many => {
            let target = |id: &str| rule.as_ref().map_or_else(|| id.to_owned(), |rule| format!("{id} {rule}"));
            let choices = many.iter().map(|(id, name, _)| (shown(id, name), again(&target(id))));
            return Err(Box::new(Answer::with(messages::several(many.len(), &who), messages::choices(choices))).into());
        }
    };
    if let Some(rule) = rule {
        let others: Vec<String> = alerts.iter().map(|alert| format!("“{}”", alert.rule)).collect();
        alerts.retain(|alert| find::is_same(&alert.rule, &rule));
        if let ([(id, name, _)], true) = (fires.as_slice(), alerts.is_empty()) {
            let others = others.join(", ");
            let Some(ended) = request.service.store.last_end(id, Some(&rule)).await? else {
                return Err(format!("No rule “{rule}” fires for {who}; what fires is {others}. {}.", until::FORMS).into());
            };
            let html = messages::already_over(&messages::name(Some(name), id), &ended, &others, &request.reader);
            return Err(Box::new(Answer::with(html, look(id))).into());
        }
    }
    Ok(alerts)
}

/// Everything that can be named.
fn names(snapshot: &Snapshot) -> Names {
    let customers = snapshot.answers.customers.iter();
    let customers = customers.map(|account| (account.auth_id.clone(), account.name.clone().unwrap_or_default()));
    // Others too: the partner's own wallet, customers that are no longer listed.
    let firing = snapshot.evaluation.firing.iter();
    let others = firing.map(|alert| (alert.subject.id.to_string(), alert.subject.name.clone().unwrap_or_default()));
    others.chain(customers).collect()
}

/// The names of all rules.
pub(super) fn rules(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.policy.rules().iter().map(Rule::name).collect()
}

/// Whether words name a customer or anything else that alerts are about.
pub(super) fn is_somebody(snapshot: &Snapshot, who: &str) -> bool {
    !meant(&names(snapshot), who).is_empty()
}

/// What words name, each with its id and name.
fn meant<'a>(names: &'a Names, who: &str) -> Vec<(&'a String, &'a String)> {
    let all: Vec<(&String, &String)> = names.iter().collect();
    find::closest(&all, |(id, name)| (id, name), who).into_iter().copied().collect()
}

/// Splits words into whom they name and a rule behind it: one that is known, or whatever follows an id.
fn split(words: &[&str], rules: &[&str], names: &Names) -> (String, Option<String>) {
    for start in 1..words.len() {
        let rule = words[start..].join(" ");
        let follows_an_id = start == 1 && names.keys().any(|id| id.eq_ignore_ascii_case(words[0]));
        if follows_an_id || rules.iter().any(|known| find::is_same(known, &rule)) {
            return (words[..start].join(" "), Some(rule));
        }
    }
    (words.join(" "), None)
}

/// What is shown where nothing fires any more: when the alert ended and how, as far as that is recorded.
async fn over(
    request: &Request<'_>,
    who: &str,
    rule: Option<&str>,
    meant: &[(&String, &String)],
) -> Result<Box<Answer>, Refusal> {
    let typed = who.to_uppercase();
    let (id, name) = match meant {
        [(id, name)] => (id.as_str(), name.as_str()),
        // One that left is not listed any more.
        [] => (typed.as_str(), ""),
        _ => {
            let html = format!("No alert fires for any customer like “{}”. /alerts lists what fires.", escape(who));
            return Ok(Box::new(Answer::text(html)));
        }
    };
    let shown = messages::name(Some(name), id);
    let ended = request.service.store.last_end(id, rule).await?;
    let html = match ended {
        Some(ended) => messages::already_over(&shown, &ended, "", &request.reader),
        None if meant.is_empty() => messages::no_customer(who),
        None => format!("No alert fires for <b>{shown}</b>. /alerts lists what fires."),
    };
    Ok(Box::new(Answer::with(html, if meant.is_empty() { Vec::new() } else { look(id) })))
}

/// Where to look instead.
fn look(id: &str) -> Buttons {
    vec![vec![button("Customer", &format!("/customer {id}")), button("‹ Alerts", "/alerts")]]
}

fn shown(id: &str, name: &str) -> String {
    if name.is_empty() { id.to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_what_is_known_as_one_or_what_follows_an_id() {
        let names: Names = [("MA_1".to_owned(), "Sharma Low".to_owned())].into();
        let split = |line: &str| {
            let words: Vec<&str> = line.split(' ').collect();
            split(&words, &["low balance", "runway"], &names)
        };
        for (line, who, rule) in [
            ("ma_1", "ma_1", None),
            ("MA_1 Low Balance", "MA_1", Some("Low Balance")),
            ("MA_1 other", "MA_1", Some("other")),
            ("Sharma Low", "Sharma Low", None),
            ("Sharma Low low balance", "Sharma Low", Some("low balance")),
            ("sharma runway", "sharma", Some("runway")),
            ("runway", "runway", None),
        ] {
            assert_eq!(split(line), (who.to_owned(), rule.map(str::to_owned)), "{line}");
        }
    }
}
