//! Texts that many rows share, each kept once.

use std::collections::HashMap;
use std::sync::Arc;

/// A text among [`Words`]. Rows with one text have one word, so that they are compared without looking at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Word(u32);

/// The texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    texts: Vec<Arc<str>>,
    places: HashMap<Arc<str>, Word>,
}

impl Words {
    /// The word of a text, which is kept.
    pub(super) fn word(&mut self, text: &str) -> Word {
        if let Some(known) = self.places.get(text) {
            return *known;
        }
        // Nobody has the memory for four thousand million different texts.
        let word = Word(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.places.insert(text, word);
        word
    }

    /// The text of a word.
    pub(super) fn text(&self, word: Word) -> &str {
        self.texts.get(word.0 as usize).map_or("", |text| text)
    }

    /// The text of a word, where there is one.
    pub(super) fn maybe(&self, word: Option<Word>) -> Option<&str> {
        word.map(|word| self.text(word))
    }

    /// The same as a text of its own.
    pub(super) fn owned(&self, word: Option<Word>) -> Option<String> {
        self.maybe(word).map(str::to_owned)
    }
}
