//! HTML messages, parsed as Telegram parses them: plain text and entities, or what is wrong.

use serde::Serialize;

/// A formatted part of a text. Offsets and lengths count UTF-16 code units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entity {
    /// `bold`, `italic`, `text_link`, `bot_command`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it begins.
    pub offset: usize,
    /// How long it is.
    pub length: usize,
    /// Where a `text_link` leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The programming language of a `pre`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

impl Entity {
    pub(super) fn new(kind: &str, offset: usize, length: usize) -> Self {
        Self { kind: kind.to_owned(), offset, length, url: None, language: None }
    }
}

/// A text as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Formatted {
    pub(crate) text: String,
    pub(crate) entities: Vec<Entity>,
}

/// The length Telegram counts.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Parses `source`, or says what is wrong in Telegram's words.
pub(super) fn parse(source: &str) -> Result<Formatted, String> {
    let mut parser = Parser { source, place: 0, text: String::new(), length: 0, open: Vec::new(), entities: Vec::new() };
    parser.run()?;
    let mut entities = parser.entities;
    entities.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length)));
    Ok(trimmed(Formatted { text: parser.text, entities }))
}

/// Without white space around it, entities moved and cut accordingly.
pub(super) fn trimmed(formatted: Formatted) -> Formatted {
    let Formatted { text, entities } = formatted;
    let kept = text.trim();
    let cut = units(&text[..text.len() - text.trim_start().len()]);
    let length = units(kept);
    let entities = entities
        .into_iter()
        .filter_map(|mut entity| {
            let end = (entity.offset + entity.length).saturating_sub(cut).min(length);
            entity.offset = entity.offset.saturating_sub(cut);
            entity.length = end.checked_sub(entity.offset).filter(|length| *length > 0)?;
            Some(entity)
        })
        .collect();
    Formatted { text: kept.to_owned(), entities }
}

struct Open {
    tag: String,
    argument: Option<String>,
    offset: usize,
    begin: usize,
}

struct Parser<'a> {
    source: &'a str,
    place: usize,
    text: String,
    length: usize,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

const TAGS: [&str; 18] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "span",
    "pre",
    "code",
    "blockquote",
    "tg-time",
    "tg-date",
];

impl Parser<'_> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(letter) = self.peek() {
            match letter {
                '&' => {
                    let (shown, length) = entity_at(&self.source[self.place..]).unwrap_or(('&', 1));
                    self.place += length;
                    self.push(shown);
                }
                '<' if self.source[self.place..].starts_with("</") => self.end_tag()?,
                '<' => self.start_tag()?,
                _ => {
                    self.place += letter.len_utf8();
                    self.push(letter);
                }
            }
        }
        match self.open.last() {
            Some(open) => Err(format!("Can't find end tag corresponding to start tag \"{}\"", open.tag)),
            None => Ok(()),
        }
    }

    fn peek(&self) -> Option<char> {
        self.source[self.place..].chars().next()
    }

    fn push(&mut self, letter: char) {
        self.text.push(letter);
        self.length += letter.len_utf16();
    }

    fn take_while(&mut self, accepted: impl Fn(char) -> bool) -> String {
        let rest = &self.source[self.place..];
        let end = rest.find(|letter| !accepted(letter)).unwrap_or(rest.len());
        self.place += end;
        rest[..end].to_owned()
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begin = self.place;
        let unclosed = || format!("Unclosed start tag at byte offset {begin}");
        self.place += 1;
        let tag = self.take_while(|letter| !letter.is_ascii_whitespace() && letter != '>').to_lowercase();
        if self.peek().is_none() {
            return Err(unclosed());
        }
        if !TAGS.contains(&tag.as_str()) {
            return Err(format!("Unsupported start tag \"{tag}\" at byte offset {begin}"));
        }
        let mut argument = None;
        loop {
            self.take_while(|letter| letter.is_ascii_whitespace());
            match self.peek() {
                None => return Err(unclosed()),
                Some('>') => break,
                Some(_) => {}
            }
            let attribute = self.take_while(|letter| !letter.is_ascii_whitespace() && letter != '=' && letter != '>');
            if attribute.is_empty() {
                return Err(format!("Empty attribute name in the tag \"{tag}\" at byte offset {begin}"));
            }
            let value = self.attribute_value().ok_or_else(unclosed)?;
            match (tag.as_str(), attribute.to_lowercase().as_str()) {
                ("a", "href") | ("span", "class") | ("tg-emoji", "emoji-id") => argument = Some(value),
                ("code", "class") => argument = value.strip_prefix("language-").map(str::to_owned),
                ("blockquote", "expandable") => argument = Some(String::new()),
                _ => {}
            }
        }
        self.place += 1;
        if tag == "span" && argument.as_deref() != Some("tg-spoiler") {
            return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"));
        }
        self.open.push(Open { tag, argument, offset: self.length, begin: self.text.len() });
        Ok(())
    }

    /// What follows the name of an attribute; empty when it has no value.
    fn attribute_value(&mut self) -> Option<String> {
        self.take_while(|letter| letter.is_ascii_whitespace());
        if self.peek() != Some('=') {
            return Some(String::new());
        }
        self.place += 1;
        self.take_while(|letter| letter.is_ascii_whitespace());
        let quote @ ('"' | '\'') = self.peek()? else {
            return Some(self.take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-')));
        };
        self.place += 1;
        let raw = self.take_while(|letter| letter != quote);
        self.peek()?;
        self.place += 1;
        Some(decoded(&raw))
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begin = self.place;
        self.place += 2;
        let tag = self.take_while(|letter| !letter.is_ascii_whitespace() && letter != '>').to_lowercase();
        self.take_while(|letter| letter.is_ascii_whitespace());
        let Some(open) = self.open.pop() else { return Err(format!("Unexpected end tag at byte offset {begin}")) };
        if self.peek() != Some('>') {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        self.place += 1;
        if !tag.is_empty() && tag != open.tag {
            return Err(format!("Unmatched end tag at byte offset {begin}, expected \"</{}>\", found \"</{tag}>\"", open.tag));
        }
        self.close(open);
        Ok(())
    }

    fn close(&mut self, open: Open) {
        let length = self.length - open.offset;
        if length == 0 {
            return;
        }
        let kind = match open.tag.as_str() {
            "a" => {
                let url = open.argument.unwrap_or_else(|| self.text[open.begin..].to_owned());
                if url.contains(['.', ':']) {
                    let mut entity = Entity::new("text_link", open.offset, length);
                    entity.url = Some(url);
                    self.entities.push(entity);
                }
                return;
            }
            "b" | "strong" => "bold",
            "i" | "em" => "italic",
            "s" | "strike" | "del" => "strikethrough",
            "u" | "ins" => "underline",
            "tg-spoiler" | "span" => "spoiler",
            "blockquote" if open.argument.is_some() => "expandable_blockquote",
            "blockquote" => "blockquote",
            "pre" => "pre",
            "code" => "code",
            _ => return,
        };
        let mut entity = Entity::new(kind, open.offset, length);
        // `<pre><code class="language-x">` is one block of code in that language.
        if kind == "code" && open.argument.is_some() {
            entity.language = open.argument;
        }
        if kind == "pre"
            && let Some(inner) =
                self.entities.last().filter(|inner| inner.kind == "code" && inner.offset == open.offset && inner.length == length)
        {
            entity.language.clone_from(&inner.language);
            self.entities.pop();
        }
        self.entities.push(entity);
    }
}

/// The character that an HTML entity at the start of `source` stands for, and its length.
fn entity_at(source: &str) -> Option<(char, usize)> {
    let end = source.bytes().take(12).position(|byte| byte == b';')?;
    let name = source.get(1..end)?;
    let shown = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code).filter(|shown| *shown != '\0')?
        }
    };
    Some((shown, end + 1))
}

fn decoded(source: &str) -> String {
    let (mut text, mut place) = (String::with_capacity(source.len()), 0);
    while let Some(letter) = source[place..].chars().next() {
        let (shown, length) =
            if letter == '&' { entity_at(&source[place..]).unwrap_or(('&', 1)) } else { (letter, letter.len_utf8()) };
        text.push(shown);
        place += length;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Entity, parse};

    fn kinds(source: &str) -> (String, Vec<(String, usize, usize)>) {
        let formatted = parse(source).expect("good markup");
        let kinds = formatted.entities.into_iter().map(|entity| (entity.kind, entity.offset, entity.length)).collect();
        (formatted.text, kinds)
    }

    #[test]
    fn tags_become_entities_counted_in_utf16() {
        let (text, entities) = kinds("₹😀 <b>Low <i>now</i></b> &lt;&amp;&gt;&quot; &nbsp; &#8377;");
        assert_eq!(text, "₹😀 Low now <&>\" &nbsp; ₹");
        assert_eq!(entities, [("bold".to_owned(), 4, 7), ("italic".to_owned(), 8, 3)]);
    }

    #[test]
    fn links_and_code_keep_what_they_carry() {
        let formatted =
            parse("<a href=\"https://x.example/?a=1&amp;b=2\">here</a> <pre><code class=\"language-rust\">x</code></pre>");
        let [link, code] = &formatted.expect("good markup").entities[..] else { panic!("two entities") };
        assert_eq!(link.url.as_deref(), Some("https://x.example/?a=1&b=2"));
        assert_eq!(code, &Entity { language: Some("rust".into()), ..Entity::new("pre", 5, 1) });
    }

    #[test]
    fn white_space_around_a_text_is_cut_with_its_entities() {
        let (text, entities) = kinds("\n <b> x </b>\n\n<i>\n</i>");
        assert_eq!(text, "x");
        assert_eq!(entities, [("bold".to_owned(), 0, 1)]);
    }

    #[test]
    fn bad_markup_is_named_in_telegrams_words() {
        for (source, expected) in [
            ("a <foo>b</foo>", "Unsupported start tag \"foo\" at byte offset 2"),
            ("1 < 2", "Unsupported start tag \"\" at byte offset 2"),
            ("1 <2", "Unclosed start tag at byte offset 2"),
            ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
            ("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
            ("x</b>", "Unexpected end tag at byte offset 1"),
            ("<b>x</b", "Unclosed end tag at byte offset 4"),
            ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        ] {
            assert_eq!(parse(source).expect_err(source), expected, "{source}");
        }
    }
}
