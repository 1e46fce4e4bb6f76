//! Which alerts are meant: those of a customer, named as everywhere, and perhaps of one rule.

use std::collections::BTreeMap;

use vobiz_core::alert::{Rule, Transition};

use super::request::{Answer, Refusal, Request};
use super::{find, until};
use crate::messages::{self, button, escape};
use crate::snapshot::Snapshot;
use crate::store::Buttons;

/// What can be named, by its id, with its name.
type Names = BTreeMap<String, String>;

/// The alerts that fire of what the words after a command name: a customer's id or name, another subject such as `partner`,
/// and perhaps a rule. `again` is the command for an id, where one of several has to be chosen.
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
    let customers = snapshot.answers.customers.iter();
    let customers = customers.map(|account| (account.auth_id.clone(), account.name.clone().unwrap_or_default()));
    // Others too: the partner's own wallet, customers that are no longer listed.
    let others = firing.iter().map(|alert| (alert.subject.id.to_string(), alert.subject.name.clone().unwrap_or_default()));
    let names: Names = others.chain(customers).collect();
    let rules: Vec<&str> = snapshot.policy.rules().iter().map(Rule::name).collect();
    let (who, rule) = split(words, &rules, &names);
    let all: Vec<(&String, &String)> = names.iter().collect();
    let meant = find::closest(&all, |(id, name)| (id, name), &who);
    let of = |id: &str| firing.iter().filter(|alert| alert.subject.id.to_string() == id).collect::<Vec<_>>();
    let fires: Vec<_> = meant.iter().map(|(id, name)| (id, name, of(id))).filter(|(_, _, alerts)| !alerts.is_empty()).collect();
    let mut alerts = match fires.as_slice() {
        [(_, _, alerts)] => alerts.clone(),
        [] => return Err(over(request, &who, rule.as_deref(), &meant).await?.into()),
        many => {
            let choices = many.iter().map(|(id, name, _)| (shown(id, name), again(id)));
            return Err(Box::new(Answer::with(messages::several(many.len(), &who), messages::choices(choices))).into());
        }
    };
    if let Some(rule) = rule {
        let others: Vec<String> = alerts.iter().map(|alert| format!("“{}”", alert.rule)).collect();
        alerts.retain(|alert| is_same(&alert.rule, &rule));
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

/// Splits words into whom they name and a rule behind it: one that is known, or whatever follows an id.
fn split(words: &[&str], rules: &[&str], names: &Names) -> (String, Option<String>) {
    for start in 1..words.len() {
        let rule = words[start..].join(" ");
        let follows_an_id = start == 1 && names.keys().any(|id| id.eq_ignore_ascii_case(words[0]));
        if follows_an_id || rules.iter().any(|known| is_same(known, &rule)) {
            return (words[..start].join(" "), Some(rule));
        }
    }
    (words.join(" "), None)
}

/// Whether two texts are the same name of a rule.
fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().map(str::to_lowercase).eq(other.split_whitespace().map(str::to_lowercase))
}

/// What is shown where nothing fires any more: when the alert ended and how, as far as that is recorded.
async fn over(
    request: &Request<'_>,
    who: &str,
    rule: Option<&str>,
    meant: &[&(&String, &String)],
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
