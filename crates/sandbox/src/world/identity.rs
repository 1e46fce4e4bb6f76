//! What identifies partner and customers: derived from the seed when asked for, so that fifty
//! thousand of them need no room.

use super::names::{self, CITIES, City, PEOPLE, STREETS};
use super::traits::key;
use crate::random::{Dice, mix};

const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a customer created through the API was given.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) country: String,
    pub(crate) company: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) zip_code: Option<String>,
    pub(crate) timezone: Option<String>,
    pub(crate) gstin: Option<String>,
    pub(crate) gst_status: Option<String>,
    pub(crate) account_type: String,
}

/// The names and numbers of customer `index`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity {
    seed: u64,
    index: usize,
    key: u64,
}

impl Identity {
    pub(crate) fn new(seed: u64, index: usize) -> Self {
        Self { seed, index, key: key(seed, index) }
    }

    /// Root of everything random about it.
    pub(crate) fn key(self) -> u64 {
        self.key
    }

    /// `MA_` and eight letters, different for each customer of a world.
    pub(crate) fn auth_id(self) -> String {
        auth_id("MA_", self.seed, self.index as u64)
    }

    /// The customer's own API secret.
    pub(crate) fn auth_token(self) -> String {
        secret(&[self.key, 1])
    }

    pub(crate) fn number(self) -> u64 {
        500_001 + self.index as u64
    }

    pub(crate) fn api_id(self) -> String {
        uuid(&[self.key, 2])
    }

    pub(crate) fn wallet_id(self) -> String {
        uuid(&[self.key, 3])
    }

    pub(crate) fn name(self) -> String {
        names::business(self.seed, self.index).0
    }

    /// An address that no other customer has.
    pub(crate) fn email(self) -> String {
        let host: String = self
            .name()
            .to_lowercase()
            .chars()
            .filter_map(|letter| match letter {
                'a'..='z' => Some(letter),
                ' ' => Some('-'),
                _ => None,
            })
            .collect();
        let person = Dice::new(&[self.key, 4]).pick(&PEOPLE).to_lowercase();
        let host = host.replace("--", "-");
        if self.index < 50_000 { format!("{person}@{host}.example") } else { format!("{person}{}@{host}.example", self.index) }
    }

    pub(crate) fn phone(self) -> String {
        let mut dice = Dice::new(&[self.key, 5]);
        format!("+91{}{:09}", dice.between(7, 9), dice.below(1_000_000_000))
    }

    pub(crate) fn city(self) -> &'static City {
        Dice::new(&[self.key, 6]).pick(&CITIES)
    }

    pub(crate) fn address(self) -> String {
        let mut dice = Dice::new(&[self.key, 7]);
        format!("{} {}", dice.between(1, 240), dice.pick(&STREETS))
    }

    pub(crate) fn zip_code(self) -> String {
        (self.city().postal + Dice::new(&[self.key, 8]).below(90)).to_string()
    }

    /// A tax number, for two customers in three.
    pub(crate) fn gstin(self) -> Option<String> {
        let mut dice = Dice::new(&[self.key, 9]);
        if !dice.chance(660) {
            return None;
        }
        let mut letters =
            |count: usize| -> String { (0..count).map(|_| char::from(*dice.pick(b"ABCDEFGHKLMNPRSTUVWX"))).collect() };
        let (owner, last) = (letters(5), letters(1));
        Some(format!("{:02}{owner}{:04}{last}1Z{}", self.city().gst, self.key % 10_000, self.key % 10))
    }

    /// The customer's `number`th phone number.
    pub(crate) fn phone_number(self, number: u8) -> String {
        let dial = self.city().dial;
        let digits = 10 - dial.len();
        let line = Dice::new(&[self.key, 10, u64::from(number)]).roll() % 10_u64.pow(u32::try_from(digits - 1).unwrap_or(0));
        format!("+91{dial}6{line:0width$}", width = digits - 1)
    }

    /// One of its `numbers` phone numbers, or its contact's when it has none.
    pub(crate) fn own_number(self, draw: u64, numbers: u8) -> String {
        match draw.checked_rem(u64::from(numbers)) {
            Some(number) => self.phone_number(u8::try_from(number).unwrap_or(0)),
            None => self.phone(),
        }
    }

    /// Someone the customer calls or is called by; the same few hundred people again and again.
    pub(crate) fn contact(self, draw: u64) -> String {
        let mut dice = Dice::new(&[self.key, 11, draw % 400]);
        format!("+91{}{:09}", dice.between(6, 9), dice.below(1_000_000_000))
    }
}

/// A prefix and eight letters that depend on `number`, different for each.
pub(crate) fn auth_id(prefix: &str, seed: u64, number: u64) -> String {
    // Each step can be undone within forty bits, so different numbers cannot meet.
    const BITS: u64 = (1 << 40) - 1;
    let mut value = (number ^ mix(seed)) & BITS;
    for _ in 0..2 {
        value = value.wrapping_mul(0xda94_2042_e4dd_58b5) & BITS;
        value ^= value >> 21;
    }
    let letters = (0..8).map(|place| char::from(LETTERS[usize::try_from(value >> (5 * place) & 31).unwrap_or(0)]));
    prefix.chars().chain(letters).collect()
}

/// Forty characters that look like a secret.
pub(crate) fn secret(purpose: &[u64]) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut dice = Dice::new(&[purpose, &[0x7365_6372]].concat());
    (0..40).map(|_| char::from(*dice.pick(ALPHABET))).collect()
}

/// A random-looking UUID that names `purpose`.
pub(crate) fn uuid(purpose: &[u64]) -> String {
    let mut dice = Dice::new(&[purpose, &[0x7575_6964]].concat());
    hyphenated(dice.roll(), dice.roll())
}

/// Both halves as a UUID of version 4; six bits are overwritten to say so.
pub(crate) fn hyphenated(high: u64, low: u64) -> String {
    let high = (high & !0xf000) | 0x4000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Identity;

    #[test]
    fn ids_and_addresses_differ_from_customer_to_customer() {
        let customers = 0..20_000;
        let ids: HashSet<String> = customers.clone().map(|index| Identity::new(7, index).auth_id()).collect();
        let emails: HashSet<String> = customers.map(|index| Identity::new(7, index).email()).collect();
        assert_eq!((ids.len(), emails.len()), (20_000, 20_000));
    }

    #[test]
    fn an_identity_has_the_documented_shapes() {
        let identity = Identity::new(7, 3);
        assert_eq!(identity.auth_id().len(), 11);
        assert_eq!(identity.auth_token().len(), 40);
        assert_eq!(identity.api_id().len(), 36);
        assert_eq!(identity.phone().len(), 13);
        assert_eq!(identity.phone_number(1).len(), 13);
    }
}
