//! The ids of the rows that a walk had, each held once.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// A set of ids. Their texts stand one behind the other in one buffer, so that a long list costs no allocation for each row.
#[derive(Default)]
pub(crate) struct Seen {
    hasher: DefaultHashBuilder,
    ids: HashTable<Id>,
    text: String,
}

struct Id {
    hash: u64,
    at: usize,
    end: usize,
}

impl Seen {
    /// An empty set whose hashes are those of this one.
    pub(crate) fn emptied(&self) -> Self {
        Self { hasher: self.hasher.clone(), ..Self::default() }
    }

    /// The hash of an id, the same in this set and in those that were emptied from it.
    pub(crate) fn hash(&self, id: &str) -> u64 {
        self.hasher.hash_one(id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.ids.find(self.hash(id), |held| self.text.get(held.at..held.end) == Some(id)).is_some()
    }

    /// Adds an id with its hash. False where the set has it.
    pub(crate) fn insert(&mut self, id: &str, hash: u64) -> bool {
        let Self { ids, text, .. } = self;
        match ids.entry(hash, |held| text.get(held.at..held.end) == Some(id), |held| held.hash) {
            hashbrown::hash_table::Entry::Occupied(_) => false,
            hashbrown::hash_table::Entry::Vacant(place) => {
                let at = text.len();
                text.push_str(id);
                place.insert(Id { hash, at, end: text.len() });
                true
            }
        }
    }

    /// Adds the ids of a set that was emptied from this one, or this one from it.
    pub(crate) fn absorb(&mut self, other: &Self) {
        for Id { hash, at, end } in &other.ids {
            if let Some(id) = other.text.get(*at..*end) {
                self.insert(id, *hash);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_id_is_new_once_also_where_hashes_are_equal() {
        let mut seen = Seen::default();
        assert!(seen.insert("a", 7) && seen.insert("b", 7) && !seen.insert("a", 7));
        let mut ids = Seen::default();
        for id in ["MA_1", "MA_2", ""] {
            assert!(ids.insert(id, ids.hash(id)) && ids.contains(id) && !ids.insert(id, ids.hash(id)));
        }
        assert!(!ids.contains("MA_3"));
        let mut all = ids.emptied();
        assert!(all.is_empty() && all.insert("MA_3", all.hash("MA_3")));
        all.absorb(&ids);
        assert!(["MA_1", "MA_2", "MA_3", ""].iter().all(|id| all.contains(id)));
    }
}
