//! From a text to what is searched for: stems of its words, and values (addresses, hashes, numbers) as a whole. Both
//! engines store what is made here, and a query is made into the same, so that both find the same.
//!
//! Stems are Snowball's for German. Spellings are made one before: `ae` is `ä`, as in the variant German2, and ß is ss,
//! so that `Strasse`, `Straße` and `Straßen` meet.

use std::ops::Range;
use std::sync::LazyLock;

use ring::digest::{SHA256, digest};
use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Characters of a word that count; longer ones are told apart by these.
const LONGEST: usize = 64;
/// Bytes of a value that is looked at; what is longer is none that anybody searches for.
const LONGEST_VALUE: usize = 400;
/// Digits of a telephone number, at least and at most (ITU-T E.164).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 6..=15;

/// What stands in a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The bytes of the text that it was made of.
    pub place: Range<usize>,
    /// Letters and digits, lower case; of a value `_v` and hexadecimal digits.
    pub text: String,
}

/// The words of a text as stems, in their order.
#[must_use]
pub fn words(text: &str) -> Vec<Token> {
    tokens(text, |_| true)
}

/// As [`words`]; of words whose stem begins with none of these letters only the place: a stem is most of the work.
#[must_use]
pub fn words_among(text: &str, letters: &[char]) -> Vec<Token> {
    tokens(text, |folded| folded.chars().next().is_some_and(|c| letters.contains(&without_umlaut(c))))
}

fn tokens(text: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<Token> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c.is_alphanumeric() || is_combining_mark(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.extend(token(text, from..at, &is_wanted));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        words.extend(token(text, from..text.len(), &is_wanted));
    }
    words
}

fn token(text: &str, place: Range<usize>, is_wanted: impl Fn(&str) -> bool) -> Option<Token> {
    let folded = folded(text.get(place.clone())?);
    if folded.is_empty() {
        return None;
    }
    let text = if is_wanted(&folded) { stem_of(&folded) } else { String::new() };
    Some(Token { place, text })
}

/// One word's stem. It begins with the letter with which the word does.
#[must_use]
pub fn stem(word: &str) -> String {
    stem_of(&folded(word))
}

fn stem_of(folded: &str) -> String {
    static GERMAN: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::German));
    match folded {
        "hxxp" => return "http".to_owned(),
        "hxxps" => return "https".to_owned(),
        _ => {}
    }
    if folded.chars().count() >= LONGEST || folded.contains(|c: char| c.is_numeric()) {
        return plain(folded);
    }
    plain(&GERMAN.stem(folded))
}

/// The beginning of a word, as the stems of words that begin so begin too.
#[must_use]
pub fn beginning(word: &str) -> String {
    plain(&folded(word))
}

/// A word in lower case, without marks but the German ones, with one spelling of each umlaut.
fn folded(word: &str) -> String {
    if word.is_ascii() {
        // Nothing to compose, and no mark to take away.
        return joined(word.chars().map(|c| c.to_ascii_lowercase()).take(LONGEST));
    }
    joined(word.nfkc().flat_map(char::to_lowercase).nfc().take(LONGEST))
}

fn joined(letters: impl Iterator<Item = char>) -> String {
    let mut folded = String::with_capacity(LONGEST);
    let mut last = ' ';
    for c in letters {
        match c {
            'ä' | 'ö' | 'ü' => folded.push(c),
            'ß' => folded.push_str("ss"),
            // `neue` and `Quelle` have no ü.
            'e' if matches!(last, 'a' | 'o' | 'u') && is_umlaut(&folded) => {
                folded.pop();
                folded.push(match last {
                    'a' => 'ä',
                    'o' => 'ö',
                    _ => 'ü',
                });
            }
            c if c.is_ascii_alphanumeric() => folded.push(c),
            c => folded.extend(c.nfd().filter(|c| c.is_alphanumeric())),
        }
        last = c;
    }
    folded
}

/// Whether an `e` behind this makes an umlaut.
fn is_umlaut(before: &str) -> bool {
    let mut back = before.chars().rev().skip(1);
    !matches!(back.next(), Some('a' | 'e' | 'i' | 'o' | 'u' | 'q' | 'ä' | 'ö' | 'ü'))
}

fn plain(word: &str) -> String {
    word.chars().map(without_umlaut).collect()
}

fn without_umlaut(c: char) -> char {
    match c {
        'ä' => 'a',
        'ö' => 'o',
        'ü' => 'u',
        c => c,
    }
}

/// The token under which a value is stored: of one length, however long the value is.
#[must_use]
pub fn value_token(value: &str) -> String {
    let hash = digest(&SHA256, value.as_bytes());
    format!("_v{}", hex::encode(&hash.as_ref()[..10]))
}

/// The values in a text: addresses of every kind, file names, CVE numbers, hashes, telephone numbers. An address in
/// parts that somebody may look for (the host of a URL, the domain of a mail address) is found by each.
#[must_use]
pub fn values(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for place in chunks(text) {
        let chunk = &text[place.clone()];
        if chunk.len() > LONGEST_VALUE {
            continue;
        }
        for value in values_of(chunk) {
            found.push(Token { place: place.clone(), text: value_token(&value) });
        }
    }
    found.extend(phones(text));
    found
}

fn chunks(text: &str) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"' | '|' | '„' | '“' | '”') {
            if start < at {
                chunks.push(start..at);
            }
            start = at + c.len_utf8();
        }
    }
    chunks.retain(|place| text.get(place.clone()).is_some());
    chunks
}

/// A value as it is compared: lower case, without the brackets that keep others from following it.
#[must_use]
pub fn normalised(value: &str) -> String {
    let mut value = value.to_lowercase();
    for (defanged, plain) in [
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[punkt]", "."),
        ("(punkt)", "."),
        ("[at]", "@"),
        ("(at)", "@"),
        ("[@]", "@"),
        ("(@)", "@"),
        ("[://]", "://"),
        ("[:]", ":"),
        ("hxxp", "http"),
    ] {
        if value.contains(defanged) {
            value = value.replace(defanged, plain);
        }
    }
    let outside = |c: char| "()[]{}'.,;:!?‚‘»«*`".contains(c);
    let value = value.trim_matches(outside).trim_end_matches('/');
    match value.parse::<std::net::IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => value.to_owned(),
    }
}

fn values_of(chunk: &str) -> Vec<String> {
    let whole = normalised(chunk);
    if !is_value(&whole) {
        return Vec::new();
    }
    let mut values = vec![whole.clone()];
    let rest = whole.split_once("://").map_or(whole.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, domain)| domain);
    let bare = match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    for part in [host, bare] {
        if part != whole && part.contains(['.', ':']) && is_value(part) && !values.iter().any(|it| it == part)
        {
            values.push(part.to_owned());
        }
    }
    // The same domain in the form that mail programs and logs show.
    if !bare.is_ascii()
        && let Ok(url::Host::Domain(ascii)) = url::Host::parse(bare)
    {
        values.push(ascii);
    }
    values
}

fn is_value(text: &str) -> bool {
    let is_hash = text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let joined =
        text.contains(['.', '@', ':', '/', '\\']) && text.chars().filter(|c| c.is_alphanumeric()).count() > 1;
    is_hash || joined || text.starts_with("cve-") || is_autonomous(text)
}

fn is_autonomous(text: &str) -> bool {
    text.strip_prefix("as").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// A telephone number as it is compared: digits alone, a German one with its 0.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let begins = text.trim_start_matches(['(', ' ']);
    if !(begins.starts_with('0') || begins.starts_with('+')) || !text.chars().all(is_of_phone) {
        return None;
    }
    // The zero in brackets is dialled inside the country only.
    let plain = text.replace("(0)", "");
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    let national = match plain.trim_start().strip_prefix("+49") {
        Some(_) => format!("0{}", digits.strip_prefix("49")?),
        None => digits.strip_prefix("0049").map_or(digits.clone(), |rest| format!("0{rest}")),
    };
    PHONE_DIGITS.contains(&national.len()).then_some(national)
}

/// Whether the character may stand in a telephone number.
#[must_use]
pub fn is_of_phone(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '+' | ' ' | '/' | '-' | '(' | ')' | '–')
}

fn phones(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let (mut start, mut last) = (None, ' ');
    for (at, c) in text.char_indices().chain([(text.len(), '.')]) {
        match (is_of_phone(c), start) {
            // A number does not begin in the middle of a word or of another number.
            (true, None) if matches!(c, '+' | '0' | '(') && !last.is_alphanumeric() => start = Some(at),
            (false, Some(from)) => {
                let run = &text[from..at];
                let place = from..from + run.trim_end_matches([' ', '-', '/', '(', '–']).len();
                if let Some(number) = phone(run) {
                    found.push(Token { place, text: value_token(&number) });
                }
                start = None;
            }
            _ => {}
        }
        last = c;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stems(text: &str) -> Vec<String> {
        words(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn a_word_is_found_in_each_of_its_forms_and_spellings() {
        for alike in [
            ["Straße", "Strasse", "STRASSEN"],
            ["Häuser", "Haeuser", "häusern"],
            ["verschlüsselt", "verschluesselte", "Verschlüsselten"],
            ["Mühlhausen", "Muehlhausen", "MÜHLHAUSEN"],
            ["Server", "Servers", "servern"],
            ["Größe", "Groesse", "größen"],
            ["Büro", "Buero", "Bu\u{308}ro"],
            ["neue", "neuer", "neuen"],
            ["Quelle", "Quellen", "QUELLE"],
        ] {
            assert!(
                alike.iter().all(|word| stem(word) == stem(alike[0])),
                "{alike:?}: {:?}",
                alike.map(stem)
            );
        }
        assert_ne!(stem("Rathaus"), stem("Bauhof"));
        assert_eq!(stem("4711a"), "4711a");
    }

    #[test]
    fn words_stand_where_they_were_read() {
        let text = "Die „Straßen“ – 2 Häuser.";
        let read: Vec<_> = words(text).into_iter().map(|token| text[token.place].to_owned()).collect();
        assert_eq!(read, ["Die", "Straßen", "2", "Häuser"]);
        assert_eq!(stems("hxxps://evil[.]example"), stems("https://evil.example"));
    }

    fn holds(text: &str, value: &str) -> bool {
        values(text).iter().any(|token| token.text == value_token(&normalised(value)))
    }

    #[test]
    fn a_value_is_found_however_it_was_made_harmless_and_by_its_parts() {
        for (text, value) in [
            ("von 203[.]0[.]113[.]7.", "203.0.113.7"),
            ("siehe (hxxps://update[.]evil[.]example/a?b=1)", "https://update.evil.example/a?b=1"),
            ("siehe hxxps://update[.]evil[.]example/a", "update.evil.example"),
            ("203.0.113.7:443 antwortet", "203.0.113.7"),
            ("buchhaltung(at)evil[.]example schrieb", "buchhaltung@evil.example"),
            ("buchhaltung@evil.example", "evil.example"),
            ("2001:DB8:0:0::1 fragt", "2001:db8::1"),
            ("wegen CVE-2026-1234, sofort", "cve-2026-1234"),
            ("<d41d8cd98f00b204e9800998ecf8427e>", "D41D8CD98F00B204E9800998ECF8427E"),
            ("Rechnung_2026.pdf.exe", "rechnung_2026.pdf.exe"),
            ("müller.example", "xn--mller-kva.example"),
            ("aus AS64500 und", "as64500"),
        ] {
            assert!(holds(text, value), "{value} in {text}");
        }
        assert!(!holds("Der Rechner ist aus.", "aus"));
    }

    #[test]
    fn a_telephone_number_is_the_same_however_it_is_written() {
        let same = phone("03623 1234-56");
        assert!(same.is_some());
        for written in
            ["0362312 3456", "+49 3623 123456", "0049 3623/123456", "+49 (0)3623 123456", "(03623) 123456"]
        {
            assert_eq!(phone(written), same, "{written}");
        }
        for other in ["12", "0 1", "2026-11-22", "abc", "", "+49"] {
            assert_eq!(phone(other), None, "{other}");
        }
        let text = "Frau Muster, Tel. 03623 1234-56, bittet";
        let found = phones(text);
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].place.clone()], "03623 1234-56");
    }

    proptest! {
        #[test]
        fn whatever_is_read_every_place_lies_in_the_text_and_every_token_is_plain(text in "\\PC{0,200}|[ -~äöüß\\[\\]().@:/+]{0,200}") {
            for token in words(&text).into_iter().chain(values(&text)) {
                prop_assert!(text.get(token.place).is_some_and(|it| !it.is_empty()));
                prop_assert!(!token.text.is_empty());
                prop_assert!(token.text.chars().all(|c| c.is_alphanumeric() || c == '_'), "{}", token.text);
            }
        }

        #[test]
        fn words_among_others_stand_where_they_stand_alone(text in "\\PC{0,200}|[a-zA-ZäöüÄÖÜß -]{0,200}", letter in "[a-zß0-9]") {
            let letters: Vec<char> = letter.chars().collect();
            let some = words_among(&text, &letters);
            let expected = words(&text).into_iter().map(|token| match token.text.starts_with(&letters[..]) {
                true => token,
                false => Token { text: String::new(), ..token },
            });
            prop_assert_eq!(some, expected.collect::<Vec<_>>());
        }

        #[test]
        fn ascii_is_folded_like_everything_else(word in "[ -~]{0,100}") {
            let whole = joined(word.nfkc().flat_map(char::to_lowercase).nfc().take(LONGEST));
            prop_assert_eq!(folded(&word), whole);
        }

        #[test]
        fn whoever_types_a_word_of_a_text_finds_it(text in "[a-zA-ZäöüÄÖÜß ]{1,80}") {
            for token in words(&text) {
                prop_assert_eq!(stem(&text[token.place]), token.text);
            }
        }
    }
}
