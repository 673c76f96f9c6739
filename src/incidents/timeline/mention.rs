//! Whom a note calls to the case: `@` and a name, as somebody is called, or the last word of it where it is one person's alone.

use crate::core::ids::AccountId;
use crate::directory::model::fold;

/// Whom one note calls at most: a note to everybody is for nobody.
const MOST: usize = 20;

/// The accounts that the text names, each once, of those that may be named. Whom else it may mean is not told: a name
/// that is none of theirs is a word like others.
pub fn mentioned(text: &str, people: &[(AccountId, String)]) -> Vec<AccountId> {
    let people: Vec<(AccountId, Vec<String>)> = people.iter().map(|(id, name)| (*id, words(name))).collect();
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        // Behind a letter it is a mail address.
        if text[..at]
            .chars()
            .next_back()
            .is_some_and(|before| !before.is_whitespace() && !"(,;:/*_>".contains(before))
        {
            continue;
        }
        let rest = &text[at + 1..];
        if rest.starts_with(char::is_whitespace) {
            continue;
        }
        if let Some(account) = called(&words(rest.lines().next().unwrap_or_default()), &people)
            && !found.contains(&account)
        {
            found.push(account);
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// Letters and digits of each word, in small letters.
fn words(text: &str) -> Vec<String> {
    let bare = |word: &str| fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
    text.split_whitespace().take(12).map(bare).collect()
}

/// The one with the longest whole name there, or whose last name alone the first word is.
fn called(said: &[String], people: &[(AccountId, Vec<String>)]) -> Option<AccountId> {
    let whole = people.iter().filter(|(_, name)| !name.is_empty() && said.starts_with(name));
    if let Some((account, _)) = whole.max_by_key(|(_, name)| name.len()) {
        return Some(*account);
    }
    let first = said.first().filter(|word| !word.is_empty())?;
    let mut bearers = people.iter().filter(|(_, name)| name.last() == Some(first));
    match (bearers.next(), bearers.next()) {
        (Some((account, _)), None) => Some(*account),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_name_calls_its_bearer_and_nothing_else_does() {
        let account = |number: u128| AccountId(Uuid::from_u128(number));
        let people =
            [(1, "Kim Nordhoff"), (2, "Kim Nordhoff Beispiel"), (3, "Maren Öhler"), (4, "Analyse 4")]
                .map(|(number, name)| (account(number), name.to_owned()));
        for (text, called) in [
            ("@Kim Nordhoff: bitte ansehen", vec![1]),
            ("@kim nordhoff beispiel, bitte", vec![2]),
            ("Danke (@Maren Öhler), und @Öhler", vec![3]),
            ("@Beispiel!", vec![2]),
            ("@Kim", vec![]),
            ("@Nordhoff", vec![1]),
            ("@Analyse 4 und @ÖHLER", vec![4, 3]),
            ("@Analyse 5 und @Maren", vec![]),
            ("post@Maren.example", vec![]),
            ("@ Maren", vec![]),
            ("@Niemand und @", vec![]),
        ] {
            let called: Vec<_> = called.into_iter().map(account).collect();
            assert_eq!(mentioned(text, &people), called, "{text}");
        }
    }
}
