//! Words with emphasis, from the German texts: `**so**` is strong, on a page and in a PDF file alike.

/// Words of one weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub text: String,
    pub is_strong: bool,
}

impl Run {
    /// Words without emphasis.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_strong: false }
    }

    /// Words that stand out.
    #[must_use]
    pub fn strong(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_strong: true }
    }
}

/// The runs of a text in which `**` begins and ends what stands out. For texts of the product alone: what people typed
/// is added with [`Run::plain`] or [`Run::strong`].
#[must_use]
pub fn runs(text: &str) -> Vec<Run> {
    let parts = text.split("**").enumerate().filter(|(_, part)| !part.is_empty());
    parts.map(|(at, part)| Run { text: part.to_owned(), is_strong: at % 2 == 1 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_two_pairs_of_stars_stands_out() {
        let all = runs("**Kabel ziehen**, WLAN aus.");
        assert_eq!(all, [Run::strong("Kabel ziehen"), Run::plain(", WLAN aus.")]);
        assert_eq!(runs("Nichts löschen."), [Run::plain("Nichts löschen.")]);
    }
}
