//! Where in a typed text the character stands that was refused, so that people find what they cannot see.

use super::{is_bidi_control, is_line_break};
use crate::core::error::FieldError;

/// Characters before the refused one that are quoted.
const QUOTED: usize = 20;

/// The refusal with line, place and name of the character, where the text shows it; otherwise as it was.
#[must_use]
pub fn located(text: &str, error: FieldError) -> FieldError {
    let text: String = text.trim().replace("\r\n", "\n").replace('\u{feff}', "");
    let text = text.replace(is_line_break, "\n");
    let Some(at) = refused(&text, error.reason) else { return error };
    let (before, rest) = text.split_at(at);
    let Some(found) = rest.chars().next() else { return error };
    let line = before.rsplit('\n').next().unwrap_or_default();
    let visible: Vec<char> = line.chars().filter(|c| !c.is_control() && !is_bidi_control(*c)).collect();
    let behind: String = visible[visible.len().saturating_sub(QUOTED)..].iter().collect();
    let behind = behind.trim();
    let reason = match found {
        '\n' => "error-line-break-here",
        _ if is_bidi_control(found) => "error-direction-here",
        _ if text.contains('\n') => "error-control-in-line",
        _ => "error-control-here",
    };
    FieldError::new(error.field, reason)
        .with("line", before.matches('\n').count() + 1)
        .with("position", line.chars().count() + 1)
        .with("code", format!("U+{:04X}", u32::from(found)))
        .with("behind", if behind.is_empty() { "none" } else { behind })
}

/// Where the first refused character begins. What a text of several lines may hold is meant only where nothing else is
/// found.
fn refused(text: &str, reason: &str) -> Option<usize> {
    match reason {
        "error-direction-characters" => text.find(is_bidi_control),
        "error-control-characters" => {
            text.find(|c: char| c.is_control() && c != '\n' && c != '\t').or_else(|| text.find(['\n', '\t']))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::i18n::{self, Arg, Lang};

    fn told(reason: &'static str, text: &str) -> String {
        let error = located(text, FieldError::new("title", reason));
        let args: Vec<(&str, Arg<'_>)> =
            error.args.iter().map(|(name, value)| (*name, value.into())).collect();
        i18n::text_with(Lang::De, error.reason, &args).into_owned()
    }

    #[test]
    fn a_refusal_names_the_character_and_where_it_stands() {
        let control = "error-control-characters";
        assert_eq!(
            told("error-direction-characters", "Rechnung\u{202e}fdp.exe"),
            "Hinter „Rechnung“ steht ein unsichtbares Zeichen, das die Leserichtung ändert (U+202E, Zeichen 9). \
             Bitte tippen Sie den Text neu."
        );
        assert_eq!(
            told(control, "\u{7}Glocke"),
            "Am Anfang steht ein Steuerzeichen (U+0007, Zeichen 1). Bitte löschen Sie es."
        );
        assert_eq!(
            told(control, "Erste Zeile\r\nZweite\u{2028}Die dritte\u{0} Zeile"),
            "In Zeile 3 steht hinter „Die dritte“ ein Steuerzeichen (U+0000). Bitte löschen Sie es."
        );
        assert_eq!(
            told(control, "Betreff\r\nBcc: x"),
            "Hier passt nur eine Zeile. Hinter „Betreff“ steht ein Zeilenumbruch. Bitte löschen Sie ihn."
        );
    }

    #[test]
    fn other_refusals_and_texts_that_do_not_show_it_stay_as_they_are() {
        let long = FieldError::new("title", "error-too-long");
        assert_eq!(located("a\u{7}", long.clone()), long);
        let elsewhere = FieldError::new("to", "error-control-characters");
        assert_eq!(located("", elsewhere.clone()), elsewhere);
    }
}
