//! Bodies that are damaged as text: what is damaged is set apart, the rest is read.

use std::borrow::Cow;

use serde::de::IgnoredAny;

/// Replaces a text or a bare word that is not valid JSON.
pub(crate) const DAMAGED: &str = "\u{fffd}";

/// The body as JSON whose damaged values are [`DAMAGED`]. `None` where a text has no end, so that nothing can be set apart.
///
/// Byte-order marks and NUL between values are dropped; UTF-16 is read as such. A text with invalid UTF-8, a lone surrogate,
/// an unknown escape or a raw control character is damaged, and so is a word such as `NaN` or `None`.
pub(crate) fn mend(body: &[u8]) -> Option<Vec<u8>> {
    let body = &*as_utf8(body);
    let mut mended = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        let rest = &body[at..];
        let size = match byte {
            b'{' | b'}' | b'[' | b']' | b':' | b',' | b' ' | b'\t' | b'\r' | b'\n' => {
                mended.push(byte);
                1
            }
            0 => 1,
            _ if rest.starts_with(b"\xef\xbb\xbf") => 3,
            b'"' => {
                let size = text_size(rest)?;
                put::<Cow<'_, str>>(&mut mended, &rest[..size]);
                size
            }
            _ => {
                let size = rest.iter().position(|byte| b"{}[]:,\" \t\r\n\0".contains(byte)).unwrap_or(rest.len());
                put::<IgnoredAny>(&mut mended, &rest[..size]);
                size
            }
        };
        at += size;
    }
    Some(mended)
}

/// The value as it is where it is valid JSON.
fn put<'a, T: serde::Deserialize<'a>>(mended: &mut Vec<u8>, value: &'a [u8]) {
    if serde_json::from_slice::<T>(value).is_ok() {
        mended.extend_from_slice(value);
    } else {
        mended.push(b'"');
        mended.extend_from_slice(DAMAGED.as_bytes());
        mended.push(b'"');
    }
}

/// The length of a text with both its quotes.
fn text_size(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// UTF-16 as UTF-8, recognised by its byte-order mark or by the zeros beside the first signs.
fn as_utf8(body: &[u8]) -> Cow<'_, [u8]> {
    let unit: fn([u8; 2]) -> u16 = match body {
        [0xff, 0xfe, ..] | [b'{' | b'[', 0, _, 0, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] | [0, b'{' | b'[', 0, ..] => u16::from_be_bytes,
        _ => return Cow::Borrowed(body),
    };
    let units = body.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Cow::Owned(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(body: &[u8]) -> String {
        mend(body).map_or_else(|| "no end".to_owned(), |body| String::from_utf8(body).unwrap())
    }

    #[test]
    fn only_damaged_values_are_set_apart() {
        for (body, expected) in [
            (&b"\xef\xbb\xbf{\"a\": 1}"[..], "{\"a\": 1}"),
            (b"\0{\"a\":1}\0\0", "{\"a\":1}"),
            (b"{\"a\":\"caf\xe9\",\"b\":\"x\\\"y\"}", "{\"a\":\"\u{fffd}\",\"b\":\"x\\\"y\"}"),
            (b"{\"a\":\"\\ud800\",\"b\":\"\\ud83d\\ude00\"}", "{\"a\":\"\u{fffd}\",\"b\":\"\\ud83d\\ude00\"}"),
            (b"[\"\0\",\"a\nb\",\"\\x\",\"\\u12\xff\"]", "[\"\u{fffd}\",\"\u{fffd}\",\"\u{fffd}\",\"\u{fffd}\"]"),
            (b"[NaN, -Infinity, None, +5, 1.5]", "[\"\u{fffd}\", \"\u{fffd}\", \"\u{fffd}\", \"\u{fffd}\", 1.5]"),
            (b"{\"a\":\"", "no end"),
            (b"{\"a\":\"\\", "no end"),
        ] {
            assert_eq!(mended(body), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn utf_16_is_read_with_and_without_its_mark() {
        let text = "{\"name\":\"ä😀\"}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for body in [[&[0xff, 0xfe], &little[..]].concat(), [&[0xfe, 0xff], &big[..]].concat(), little, big] {
            assert_eq!(mended(&body), text);
        }
    }
}
