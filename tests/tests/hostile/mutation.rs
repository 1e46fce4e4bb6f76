//! Recorded bodies, damaged: a tree of JSON that may hold what no serializer writes.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

/// Is inside every text and every huge number that is put into a body, and so must not be in a message.
pub(crate) const MARK: &str = "98765432109876";

/// Names from every generation of every body.
const NAMES: [&str; 24] = [
    "auth_id",
    "id",
    "amount",
    "total",
    "page",
    "per_page",
    "size",
    "has_next",
    "pages",
    "total_pages",
    "data",
    "items",
    "accounts",
    "transactions",
    "pagination",
    "meta",
    "cash_credits",
    "balance",
    "calls",
    "totals",
    "created_at",
    "summary",
    "error",
    "by_product",
];

/// JSON as it is written: numbers and texts in their own spelling, keys as often as they come.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Leaf(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

/// One thing done to a tree. Where it does not fit, nothing happens.
#[derive(Debug, Clone)]
pub(crate) enum Damage {
    Drop,
    Put(String),
    Rename(&'static str),
    Repeat(String),
    Wrap(&'static str),
    List,
    Deepen(usize),
}

/// What is done to the text in the end.
#[derive(Debug, Clone)]
pub(crate) enum Spoiling {
    Nothing,
    Truncate(Index),
    Byte(Index, u8),
}

/// A value of any type, huge and tiny ones among them, written out.
fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "null",
            "true",
            "false",
            "0",
            "-0",
            "[]",
            "{}",
            "\"\"",
            "\" \"",
            "[null]",
            "{\"\":null}",
            "\"\\u0000\\ud83d\\ude00\""
        ])
        .prop_map(str::to_owned),
        select(vec!["1e400", "-1e-400", "1e28", "0.1e1", "1E+2", "18446744073709551616", "-1", "0.5"]).prop_map(str::to_owned),
        (1_usize..400).prop_map(|digits| format!("{MARK}{}", "7".repeat(digits))),
        (1_usize..400).prop_map(|digits| format!("0.{MARK}{}", "7".repeat(digits))),
        "[ -~]{0,40}".prop_map(|text| Value::from(format!("{text}{MARK}")).to_string()),
        select(vec!["2026-13-45", "9999-12-31T23:59:59-01:00", "2026-05-12T03:30:60Z", "1,000", "NaN", "Infinity", "१२"])
            .prop_map(|text| Value::from(text).to_string()),
    ]
}

pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        2 => Just(Damage::Drop),
        6 => leaf().prop_map(Damage::Put),
        3 => select(&NAMES[..]).prop_map(Damage::Rename),
        2 => leaf().prop_map(Damage::Repeat),
        1 => select(&NAMES[..]).prop_map(Damage::Wrap),
        1 => Just(Damage::List),
        1 => select(vec![10, 127, 128, 129, 5_000]).prop_map(Damage::Deepen),
    ]
}

pub(crate) fn spoiling() -> impl Strategy<Value = Spoiling> {
    prop_oneof![
        8 => Just(Spoiling::Nothing),
        1 => any::<Index>().prop_map(Spoiling::Truncate),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Spoiling::Byte(at, byte)),
    ]
}

impl Damage {
    /// Does it to one value, or to the last member of an object that the value is.
    fn strike(&self, tree: &mut Tree, which: Index) {
        let taken = std::mem::replace(tree, Tree::Leaf("null".to_owned()));
        *tree = match (self, taken) {
            (Self::Put(leaf), _) => Tree::Leaf(leaf.clone()),
            (Self::Wrap(name), inside) => Tree::Object(vec![((*name).to_owned(), inside)]),
            (Self::List, inside) => Tree::List(vec![inside.clone(), inside]),
            (Self::Deepen(levels), _) => Tree::Leaf(format!("{}{}", "[".repeat(*levels), "]".repeat(*levels))),
            (_, Tree::Object(mut members)) if !members.is_empty() => {
                let index = which.index(members.len());
                match self {
                    Self::Rename(name) => (*name).clone_into(&mut members[index].0),
                    Self::Repeat(leaf) => members.insert(index, (members[index].0.clone(), Tree::Leaf(leaf.clone()))),
                    _ => drop(members.remove(index)),
                }
                Tree::Object(members)
            }
            (_, other) => other,
        };
    }
}

impl Spoiling {
    pub(crate) fn applied(&self, mut body: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Truncate(at) if !body.is_empty() => body.truncate(at.index(body.len())),
            Self::Byte(at, byte) if !body.is_empty() => {
                let at = at.index(body.len());
                body[at] = *byte;
            }
            _ => {}
        }
        body
    }
}

impl Tree {
    /// The tree of a recorded body. Texts that are neither amounts nor times are marked.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Object(members) => Self::Object(members.iter().map(|(key, item)| (key.clone(), Self::of(item))).collect()),
            Value::String(text) if text.starts_with(char::is_alphabetic) => {
                Self::Leaf(Value::from(format!("{text} {MARK}")).to_string())
            }
            leaf => Self::Leaf(leaf.to_string()),
        }
    }

    /// The members of both, where both are objects: two generations in one body.
    pub(crate) fn beside(self, other: Self) -> Self {
        match (self, other) {
            (Self::Object(one), Self::Object(other)) => Self::Object(one.into_iter().chain(other).collect()),
            (this, _) => this,
        }
    }

    /// Strikes one value inside one row of the list that the tree holds.
    pub(crate) fn with_row_damaged(mut self, row: usize, at: Index, which: Index, damage: &Damage) -> Self {
        let Self::Object(members) = &mut self else { return self };
        let rows = members.iter_mut().find_map(|(_, member)| match member {
            Self::List(rows) if !rows.is_empty() => Some(rows),
            _ => None,
        });
        if let Some(held) = rows.and_then(|rows| rows.get_mut(row)) {
            *held = held.clone().damaged(at, which, damage);
        }
        self
    }

    /// Strikes one value of the tree.
    pub(crate) fn damaged(mut self, at: Index, which: Index, damage: &Damage) -> Self {
        let mut left = at.index(self.size());
        self.strike(&mut left, which, damage);
        self
    }

    fn size(&self) -> usize {
        1 + match self {
            Self::Leaf(_) => 0,
            Self::List(items) => items.iter().map(Self::size).sum(),
            Self::Object(members) => members.iter().map(|(_, item)| item.size()).sum(),
        }
    }

    fn strike(&mut self, left: &mut usize, which: Index, damage: &Damage) -> bool {
        if *left == 0 {
            damage.strike(self, which);
            return true;
        }
        *left -= 1;
        match self {
            Self::Leaf(_) => false,
            Self::List(items) => items.iter_mut().any(|item| item.strike(left, which, damage)),
            Self::Object(members) => members.iter_mut().any(|(_, item)| item.strike(left, which, damage)),
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Leaf(leaf) => leaf.clone(),
            Self::List(items) => format!("[{}]", items.iter().map(Self::text).collect::<Vec<_>>().join(",")),
            Self::Object(members) => {
                let members = members.iter().map(|(key, item)| format!("{}:{}", Value::from(key.as_str()), item.text()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        }
    }
}
