//! Names of businesses, people and places.

use super::trade::{TRADES, Trade};
use crate::random::Dice;

const FIRST: [&str; 112] = [
    "Shree Balaji",
    "Malabar",
    "Deccan",
    "Nilgiri",
    "Kaveri",
    "Godavari",
    "Sahyadri",
    "Vindhya",
    "Aravalli",
    "Konkan",
    "Coromandel",
    "Narmada",
    "Chinar",
    "Kesar",
    "Mayura",
    "Lotus",
    "Banyan",
    "Peepal",
    "Saffron",
    "Indigo",
    "Annapurna",
    "Om Sai",
    "Sri Lakshmi",
    "Jai Ambe",
    "Ganga",
    "Yamuna",
    "Tapti",
    "Krishna",
    "Charminar",
    "Gateway",
    "Marine Drive",
    "Hawa Mahal",
    "Golconda",
    "Chandni Chowk",
    "Brigade Road",
    "Park Street",
    "Anna Salai",
    "Sabarmati",
    "Sarovar",
    "Himalaya",
    "Nandi Hills",
    "Rann",
    "Thar",
    "Doon",
    "Kumaon",
    "Garhwal",
    "Awadh",
    "Malwa",
    "Bundel",
    "Mewar",
    "Marwar",
    "Kutch",
    "Saurashtra",
    "Vidarbha",
    "Telangana",
    "Rayalaseema",
    "Kongu",
    "Chola",
    "Pallava",
    "Hoysala",
    "Kakatiya",
    "Maurya",
    "Gupta Brothers",
    "Sharma",
    "Verma",
    "Agarwal",
    "Bansal",
    "Goyal",
    "Mittal",
    "Jain",
    "Mehta",
    "Shah",
    "Patel",
    "Desai",
    "Joshi",
    "Kulkarni",
    "Deshpande",
    "Patil",
    "Shinde",
    "Iyer",
    "Iyengar",
    "Nair",
    "Menon",
    "Pillai",
    "Reddy",
    "Rao",
    "Naidu",
    "Chowdary",
    "Gowda",
    "Hegde",
    "Shetty",
    "Kamath",
    "Pai",
    "Das",
    "Sen",
    "Bose",
    "Mukherjee",
    "Chatterjee",
    "Banerjee",
    "Dutta",
    "Bora",
    "Baruah",
    "Khan",
    "Ansari",
    "Siddiqui",
    "Singh",
    "Gill",
    "Bedi",
    "Kohli",
    "Chawla",
    "D'Souza",
    "Fernandes",
];
const LAST: [&str; 6] = ["", " Pvt Ltd", " LLP", " & Sons", " India", " Group"];
const WORDS: usize = word_count();
/// Coprime to the number of first names, and to that of their continuations, so that walking by it
/// meets each once.
const STRIDES: [usize; 4] = [25, 37, 55, 65];
/// Continuations a business of the first hundred may have: the plainer ones.
const PLAIN: usize = 3 * WORDS;

const fn word_count() -> usize {
    let (mut count, mut trade) = (0, 0);
    while trade < TRADES.len() {
        count += TRADES[trade].words.len();
        trade += 1;
    }
    count
}

/// A business name and its trade; names repeat only after all were used.
pub(crate) fn business(seed: u64, index: usize) -> (String, &'static Trade) {
    let mut dice = Dice::new(&[seed, 0x6e61_6d65]);
    let stride = *dice.pick(&STRIDES);
    let first = (dice.below(1_000) as usize + index * stride) % FIRST.len();
    let round = index / FIRST.len();
    let begin = Dice::new(&[seed, 0x776f_7264, first as u64]).below(u32::try_from(PLAIN).unwrap_or(0)) as usize;
    let place = (begin + round * stride) % (WORDS * LAST.len());
    let (trade, word) = nth_word(place % WORDS);
    (format!("{} {word}{}", FIRST[first], LAST[place / WORDS]), trade)
}

fn nth_word(mut number: usize) -> (&'static Trade, &'static str) {
    for trade in &TRADES {
        match trade.words.get(number) {
            Some(word) => return (trade, word),
            None => number -= trade.words.len(),
        }
    }
    (&TRADES[0], TRADES[0].words[0])
}

/// A city with its state, the first digits of its postal codes and its number in a GSTIN.
pub(crate) struct City {
    pub(crate) name: &'static str,
    pub(crate) state: &'static str,
    pub(crate) region: &'static str,
    pub(crate) postal: u32,
    pub(crate) gst: u32,
    /// Its dialling code after `+91`.
    pub(crate) dial: &'static str,
}

const fn city(name: &'static str, state: &'static str, region: &'static str, postal: u32, gst: u32, dial: &'static str) -> City {
    City { name, state, region, postal, gst, dial }
}

/// Where customers sit.
pub(crate) const CITIES: [City; 12] = [
    city("Bengaluru", "KA", "Karnataka", 560_001, 29, "80"),
    city("Mumbai", "MH", "Mumbai", 400_001, 27, "22"),
    city("Pune", "MH", "Maharashtra", 411_001, 27, "20"),
    city("Chennai", "TN", "Chennai", 600_001, 33, "44"),
    city("Hyderabad", "TG", "Andhra Pradesh", 500_001, 36, "40"),
    city("New Delhi", "DL", "Delhi", 110_001, 7, "11"),
    city("Kolkata", "WB", "Kolkata", 700_001, 19, "33"),
    city("Ahmedabad", "GJ", "Gujarat", 380_001, 24, "79"),
    city("Jaipur", "RJ", "Rajasthan", 302_001, 8, "141"),
    city("Lucknow", "UP", "UP East", 226_001, 9, "522"),
    city("Kochi", "KL", "Kerala", 682_001, 32, "484"),
    city("Indore", "MP", "Madhya Pradesh", 452_001, 23, "731"),
];

/// Streets that most of those cities have.
pub(crate) const STREETS: [&str; 10] = [
    "MG Road",
    "Station Road",
    "Gandhi Nagar",
    "Nehru Street",
    "Ring Road",
    "Temple Street",
    "Market Yard",
    "Lake View Road",
    "Industrial Estate",
    "Church Street",
];

/// Given names, for the people who answer.
pub(crate) const PEOPLE: [&str; 16] = [
    "Aarav", "Ananya", "Farhan", "Gurpreet", "Ishaan", "Kavya", "Lakshmi", "Meera", "Nikhil", "Priya", "Rahul", "Sanjay",
    "Tanvi", "Vikram", "Zoya", "Joseph",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::business;

    #[test]
    fn fifty_thousand_businesses_have_fifty_thousand_names() {
        for seed in [7, 8, 9, 10, 11] {
            let names: HashSet<String> = (0..50_000).map(|index| business(seed, index).0).collect();
            assert_eq!(names.len(), 50_000);
        }
    }
}
