//! Finding customers by what somebody typed: an id, a name, a part of either, or a name with a typing error; and a page of
//! many.

use vobiz_core::accounts::Account;

use super::request::Answer;
use crate::messages;

/// Customers that are offered where several match.
const OFFERED: usize = 10;
/// How alike a mistyped word and a word of a name must be, from 0 to 1: one wrong letter in five.
const ALIKE: f64 = 0.8;
/// Letters of the shortest word that may be mistyped. In shorter ones another letter is another word.
const SHORTEST_MISTYPED: usize = 4;

/// The one customer that a text names. Else the answer: which of several, with a button for each, or that there is none.
///
/// `command` gives what a button does for the customer of an id.
pub(super) fn customer<'a>(
    accounts: &'a [Account],
    wanted: &str,
    command: impl Fn(&str) -> String,
) -> Result<&'a Account, Box<Answer>> {
    match matching(accounts, wanted).as_slice() {
        [account] => Ok(account),
        [] => Err(Box::new(Answer::text(messages::no_customer(wanted)))),
        many => {
            let offered = many.iter().take(OFFERED).map(|account| {
                let id = account.auth_id.as_str();
                (account.name.as_deref().unwrap_or(id).to_owned(), command(id))
            });
            Err(Box::new(Answer::with(messages::several(many.len(), wanted), messages::choices(offered))))
        }
    }
}

/// The words of a line and the page that it ends with, as the buttons under a list have it: `sharma #2`.
pub(super) fn page<'a, 'w>(words: &'w [&'a str]) -> Result<(&'w [&'a str], usize), String> {
    match words {
        [rest @ .., last] if last.starts_with('#') => match last[1..].parse() {
            Ok(page @ 1..) => Ok((rest, page)),
            _ => Err(format!("“{last}” is not a page; the second one is #2.")),
        },
        all => Ok((all, 1)),
    }
}

/// The customers that a text names.
pub(super) fn matching<'a>(accounts: &'a [Account], wanted: &str) -> Vec<&'a Account> {
    closest(accounts, |account| (&account.auth_id, account.name.as_deref().unwrap_or_default()), wanted)
}

/// What a text names, of things with an id and a name, by the first of these ways that finds any: the id; the whole name; a part
/// of the id or the name; every word, with typing errors.
pub(super) fn closest<'a, T>(all: &'a [T], named: impl Fn(&'a T) -> (&'a str, &'a str), wanted: &str) -> Vec<&'a T> {
    let wanted = plain(wanted);
    if wanted.is_empty() {
        return Vec::new();
    }
    let read = |thing: &'a T| (thing, named(thing).0.to_lowercase(), plain(named(thing).1));
    let all: Vec<(&T, String, String)> = all.iter().map(read).collect();
    let ways: [fn(&str, &str, &str) -> bool; 4] = [
        |wanted, id, _| id == wanted,
        |wanted, _, name| name == wanted,
        |wanted, id, name| name.contains(wanted) || id.contains(wanted),
        |wanted, _, name| is_mistyped(wanted, name),
    ];
    let found = |is_it: &fn(&str, &str, &str) -> bool| -> Vec<&'a T> {
        all.iter().filter(|(_, id, name)| is_it(&wanted, id, name)).map(|(thing, ..)| *thing).collect()
    };
    ways.iter().map(found).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Whether two texts are the same name of a rule.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().map(str::to_lowercase).eq(other.split_whitespace().map(str::to_lowercase))
}

/// Lower case, without the marks that no keyboard types, and with single spaces.
fn plain(text: &str) -> String {
    let typed: String = text
        .chars()
        .filter(|letter| !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .collect();
    typed.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether every word is the beginning of a word of the name, or much like one.
fn is_mistyped(wanted: &str, name: &str) -> bool {
    wanted.split(' ').all(|word| name.split(' ').any(|of_name| of_name.starts_with(word) || is_alike(word, of_name)))
}

fn is_alike(word: &str, of_name: &str) -> bool {
    word.chars().count() >= SHORTEST_MISTYPED && strsim::normalized_damerau_levenshtein(word, of_name) >= ALIKE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn accounts(rows: &[(&str, &str)]) -> Vec<Account> {
        let row = |(id, name): &(&str, &str)| serde_json::from_value(serde_json::json!({"auth_id": id, "name": name})).unwrap();
        rows.iter().map(row).collect()
    }

    fn found(wanted: &str) -> Vec<String> {
        let rows = [
            ("MA_7Q2K9X41", "Sharma Logistics"),
            ("MA_SHARMA00", "Verma Foods Pvt Ltd"),
            ("MA_00000003", "Sharma"),
            ("MA_00000004", "شركة 🚚 النور"),
            ("MA_00000005", "  Iyer   & Sons "),
        ];
        matching(&accounts(&rows), wanted).iter().map(|account| account.auth_id[3..].to_owned()).collect()
    }

    #[test]
    fn the_closest_way_to_name_a_customer_wins() {
        for (wanted, ids) in [
            ("ma_7q2k9x41", vec!["7Q2K9X41"]),
            ("sharma", vec!["00000003"]),
            ("SHARMA LOG", vec!["7Q2K9X41"]),
            ("harma", vec!["7Q2K9X41", "SHARMA00", "00000003"]),
            ("iyer & sons", vec!["00000005"]),
            ("النور", vec!["00000004"]),
            ("\u{2068}Sharma Logistics\u{2069}", vec!["7Q2K9X41"]),
        ] {
            assert_eq!(found(wanted), ids, "{wanted}");
        }
    }

    #[test]
    fn a_typing_error_is_forgiven_and_another_name_is_not() {
        for (wanted, ids) in [
            ("shrama logistcs", vec!["7Q2K9X41"]),
            ("sharma logistiks", vec!["7Q2K9X41"]),
            ("logistics sharma", vec!["7Q2K9X41"]),
            ("vrema", vec!["SHARMA00"]),
            ("foods verma", vec!["SHARMA00"]),
            ("kumar", vec![]),
            ("xyz", vec![]),
            ("", vec![]),
            ("  ", vec![]),
        ] {
            assert_eq!(found(wanted), ids, "{wanted}");
        }
    }

    #[test]
    fn several_are_offered_with_a_button_for_each_and_none_comes_with_what_to_write() {
        let many: Vec<_> = (0..400).map(|number| (format!("MA_{number:08}"), format!("Sharma {number}"))).collect();
        let many: Vec<_> = many.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
        let accounts = accounts(&many);
        let several = customer(&accounts, "sharma", |id| format!("/mute {id} 2h")).unwrap_err();
        assert_eq!(several.buttons.len(), OFFERED);
        assert_eq!(several.buttons[0][0].command, "/mute MA_00000000 2h");
        assert!(several.html.starts_with("400 customers match “sharma”. Which one?"), "{}", several.html);
        let none = customer(&accounts, "<kumar>", str::to_owned).unwrap_err();
        assert!(
            none.buttons.is_empty() && none.html.contains("&lt;kumar&gt;") && none.html.contains("/customers"),
            "{}",
            none.html
        );
    }

    proptest! {
        #[test]
        fn every_customer_is_found_by_its_own_name_and_id(name in "\\PC{1,40}", wanted in "\\PC{0,40}") {
            let accounts = accounts(&[("MA_7Q2K9X41", &name)]);
            prop_assert_eq!(matching(&accounts, "ma_7q2k9x41").len(), 1);
            prop_assert!(plain(&name).is_empty() || matching(&accounts, &name).len() == 1);
            matching(&accounts, &wanted);
        }
    }
}
