//! `/low`: the wallets that need money, as the last sweep found them.

use futures::FutureExt as _;
use vobiz_core::Decimal;

use super::amount;
use super::find;
use super::request::{Answer, Command, Refusal, Request};
use crate::messages;
use crate::people::Role;

pub(super) const COMMAND: Command = Command {
    name: "low",
    about: "low wallets, or those under an amount",
    example: "/low 500",
    role: |_| Role::Viewer,
    answer: |request| answer(request).boxed(),
};

const EXAMPLE: &str = "Write /low, or /low 500 for wallets under ₹500";

async fn answer(request: &Request<'_>) -> Result<Answer, Refusal> {
    let (under, page) = read(&request.arguments)?;
    let snapshot = request.snapshot().await?;
    let list = under.map_or_else(|| "/low".to_owned(), |level| format!("/low {level}"));
    let level = snapshot.policy.low_balance();
    let (html, buttons) = messages::Low::new(&snapshot, under, level).page(&list, page, &request.reader);
    Ok(Answer { as_of: Some(snapshot.at), ..Answer::with(html, buttons) })
}

/// The amount and the page of `/low`, `/low 500`, and what the buttons under a list carry: `/low 500 #2`.
fn read(words: &[&str]) -> Result<(Option<Decimal>, usize), String> {
    let (words, page) = find::page(words)?;
    match words {
        [] => Ok((None, page)),
        // `₹ 500`, `5 lakh`
        [_, _] if let Ok(level) = amount::parse(&words.join(" ")) => Ok((Some(level), page)),
        [one] => amount::parse(one).map(|level| (Some(level), page)).map_err(|wrong| format!("{wrong} {EXAMPLE}")),
        [_, second, ..] => Err(format!("“{second}” is one word too many. {EXAMPLE}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_and_page_are_read_or_refused() {
        let read = |line: &str| read(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(read(""), Ok((None, 1)));
        assert_eq!(read("#2"), Ok((None, 2)));
        assert_eq!(read("₹ 500"), Ok((Some(500.into()), 1)));
        assert_eq!(read("2 lakh #2"), Ok((Some(200_000.into()), 2)));
        assert_eq!(read("₹1,500.50 #3"), Ok((Some("1500.5".parse().unwrap()), 3)));
        for (line, words) in [
            ("lots", "“lots” is not an amount. Write /low, or /low 500 for wallets under ₹500"),
            ("500 now", "“now” is one word too many"),
            ("500 #0", "“#0” is not a page"),
            ("#99999999999999999999999", "is not a page"),
        ] {
            let refusal = read(line).unwrap_err();
            assert!(refusal.contains(words), "{line}: {refusal}");
        }
    }
}
