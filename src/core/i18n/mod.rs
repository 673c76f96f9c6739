//! All words that people read, by key, from one Fluent file per language.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// A language of pages and mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    De,
}

impl Lang {
    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
        }
    }
}

/// The German file as it was compiled in, for the test that compares keys.
pub const DE: &str = include_str!("de.ftl");

static GERMAN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let resource = FluentResource::try_new(DE.to_owned()).unwrap_or_else(|(resource, errors)| {
        tracing::error!(?errors, "the German texts have faults");
        resource
    });
    let mut bundle = FluentBundle::new_concurrent(vec![unic_langid::langid!("de")]);
    // The isolating marks are for mixed directions; in mails and window titles they show as boxes.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
});

/// The text of `key`. A missing key shows as itself: a page with one odd word is better than none.
#[must_use]
pub fn text(lang: Lang, key: &str) -> Cow<'static, str> {
    format(lang, key, None)
}

/// The text of `key` with its arguments.
#[must_use]
pub fn text_with(lang: Lang, key: &str, args: &[(&str, Arg<'_>)]) -> Cow<'static, str> {
    let mut fluent = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        fluent.set((*name).to_owned(), value.clone().into_fluent());
    }
    format(lang, key, Some(&fluent))
}

/// Whether the text exists.
#[must_use]
pub fn has(lang: Lang, key: &str) -> bool {
    bundle(lang).has_message(key)
}

/// What else belongs to a text: its attribute of that name, where it has one.
#[must_use]
pub fn attribute(lang: Lang, key: &str, name: &str) -> Option<Cow<'static, str>> {
    let bundle = bundle(lang);
    let attribute = bundle.get_message(key)?.get_attribute(name)?;
    Some(bundle.format_pattern(attribute.value(), None, &mut Vec::new()))
}

/// An argument of a text.
#[derive(Debug, Clone)]
pub enum Arg<'a> {
    Text(Cow<'a, str>),
    /// A number, which also chooses the plural form.
    Number(i64),
}

impl Arg<'_> {
    fn into_fluent(self) -> FluentValue<'static> {
        match self {
            Self::Text(text) => FluentValue::from(text.into_owned()),
            Self::Number(number) => FluentValue::from(number),
        }
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}
impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}
impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}
impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}
impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

fn bundle(lang: Lang) -> &'static FluentBundle<FluentResource> {
    match lang {
        Lang::De => &GERMAN,
    }
}

fn format(lang: Lang, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
    let bundle = bundle(lang);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::warn!(key, "a text is missing");
        return Cow::Owned(key.to_owned());
    };
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, args, &mut errors);
    if !errors.is_empty() {
        tracing::warn!(key, ?errors, "a text has faults");
    }
    text
}

/// A number as Germans write it: `31.315`.
#[must_use]
pub fn grouped(number: i32) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push('.');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_germans_write_them() {
        let shown = [0, 99, 488, 4_426, 31_315, 2_126_846].map(grouped);
        assert_eq!(shown, ["0", "99", "488", "4.426", "31.315", "2.126.846"]);
    }
}
