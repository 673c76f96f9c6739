//! Codes as the words that people read, for the pages of this feature.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::core::i18n::{Arg, Lang, has, text, text_with};
use crate::core::ids::{AccountId, OrgId};
use crate::correspondence::seals::{Seal, in_words};
use crate::directory::model::OrgName;
use crate::incidents::model::{Audience, Entry};
use crate::web::Choice;

fn key(family: &str, code: &str) -> String {
    format!("{family}-{}", code.replace(['_', '/', ':', '+', '.'], "-").to_lowercase())
}

/// The text of `family-code`, what parts the code as hyphens.
pub(super) fn word(family: &str, code: &str) -> Cow<'static, str> {
    text(Lang::De, &key(family, code))
}

/// The same for a code from a row that another release may have written: where no word is left, the code says it.
pub(super) fn word_or_code(family: &str, code: &str) -> String {
    let key = key(family, code);
    if has(Lang::De, &key) { text(Lang::De, &key).into_owned() } else { code.to_owned() }
}

/// Choices of a list of codes.
pub(super) fn choices(family: &str, codes: impl IntoIterator<Item = &'static str>) -> Vec<Choice> {
    codes.into_iter().map(|code| Choice::new(code, word(family, code))).collect()
}

/// Names of organisations and accounts that a page speaks of.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub organisations: HashMap<OrgId, OrgName>,
    pub accounts: HashMap<AccountId, String>,
}

impl Names {
    /// The organisation's name, or what stands for one that may not be told.
    pub fn organisation(&self, id: Option<OrgId>) -> String {
        match id.and_then(|id| self.organisations.get(&id)) {
            Some(name) => name.name.clone(),
            None => text(Lang::De, "incident-organisation-withheld").into_owned(),
        }
    }

    /// The organisation of a case for the team; of one that belongs to nobody yet, that.
    pub fn reporter(&self, id: Option<OrgId>, is_unconfirmed: bool) -> String {
        match id {
            None if is_unconfirmed => text(Lang::De, "desk-organisation-loose").into_owned(),
            id => self.organisation(id),
        }
    }

    /// The sign of the organisation's district.
    pub fn sign(&self, id: Option<OrgId>) -> String {
        id.and_then(|id| self.organisations.get(&id)).map_or(String::new(), |name| name.sign.clone())
    }

    /// The account's name, empty for nobody.
    pub fn account(&self, id: Option<AccountId>) -> String {
        id.and_then(|id| self.accounts.get(&id)).cloned().unwrap_or_default()
    }

    /// Who reads a line of the timeline.
    pub fn readers(&self, audience: Audience) -> Cow<'static, str> {
        match audience {
            Audience::Team => text(Lang::De, "desk-only-team"),
            Audience::Involved => text(Lang::De, "desk-readers-all"),
            Audience::Organisation(org) => {
                text_with(Lang::De, "desk-readers", &[("name", self.organisation(Some(org)).into())])
            }
        }
    }
}

/// What a line that the product wrote says.
pub(super) fn told(entry: &Entry) -> String {
    let code = |name: &str| entry.facts.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
    let status = |name: &str| word("incident-status", code(name)).into_owned();
    let say = |key: &str, args: &[(&str, Arg<'_>)]| text_with(Lang::De, key, args).into_owned();
    match entry.kind.as_str() {
        "filed" if !code("through").is_empty() => {
            say("desk-told-filed-for", &[("name", code("name").into()), ("through", code("through").into())])
        }
        "filed" if code("way") == "form" => say("desk-told-filed-form", &[]),
        "filed" if code("way") == "mail" => say("desk-told-filed-mail", &[]),
        "filed" if code("way") == "telephone" => say("desk-told-filed-telephone", &[]),
        "filed" => say("desk-told-filed", &[]),
        "triaged" => {
            let number = entry.facts.get("priority").and_then(serde_json::Value::as_i64).unwrap_or_default();
            let class = word("incident-class", code("class")).into_owned();
            say("desk-told-triaged", &[("class", class.into()), ("priority", number.into())])
        }
        "status" if !code("reason").is_empty() => {
            let reason = word("incident-close", code("reason")).into_owned();
            say("desk-told-closed", &[("reason", reason.into())])
        }
        "status" => say("desk-told-status", &[("from", status("from").into()), ("to", status("to").into())]),
        "assigned" if code("to").is_empty() => say("desk-told-released", &[]),
        "assigned" => say("desk-told-assigned", &[("name", code("to").into())]),
        "waiting" if code("until").is_empty() => say("desk-told-resumed", &[]),
        "waiting" => {
            let until = code("until").parse().map_or(String::new(), crate::core::when::absolute);
            say("desk-told-waiting", &[("until", until.into())])
        }
        "restricted" if entry.facts.get("restricted") == Some(&false.into()) => say("desk-told-opened", &[]),
        "restricted" => say("desk-told-restricted", &[]),
        "playbook_started" | "playbook_stopped" | "tasks_given" => {
            let number =
                |name: &str| entry.facts.get(name).and_then(serde_json::Value::as_i64).unwrap_or_default();
            let args = [
                ("name", code("name").into()),
                ("version", number("version").into()),
                ("count", number("count").into()),
            ];
            say(&format!("desk-told-{}", entry.kind.replace('_', "-")), &args)
        }
        "merged_here" | "detached_here" | "priority_raised" => {
            let number =
                |name: &str| entry.facts.get(name).and_then(serde_json::Value::as_i64).unwrap_or_default();
            let args = [
                ("count", number("count").into()),
                ("priority", number("priority").into()),
                ("name", code("name").into()),
            ];
            say(&format!("desk-told-{}", entry.kind.replace('_', "-")), &args)
        }
        "linked" | "unlinked" => {
            let relation = word("link-is", code("relation")).into_owned();
            let args = [("relation", relation.into()), ("name", code("name").into())];
            say(&format!("desk-told-{}", entry.kind), &args)
        }
        "step_withdrawn" if entry.account.is_none() => {
            say("desk-told-step-no-longer", &[("name", code("name").into())])
        }
        "step_notified" | "step_reminded" | "step_overtaken" if !code("late_since").is_empty() => {
            let since = code("late_since").parse().map_or(String::new(), crate::core::when::absolute);
            let key = format!("desk-told-{}-late", entry.kind.replace('_', "-"));
            say(&key, &[("name", code("name").into()), ("since", since.into())])
        }
        "duty_sent" | "duty_asked" | "duty_unmarked" | "duty_ends" | "duty_over" => {
            let at = code("due").parse().map_or(String::new(), crate::core::when::absolute);
            let args =
                [("stage", code("stage").into()), ("recipient", code("recipient").into()), ("at", at.into())];
            say(&format!("desk-told-{}", entry.kind.replace('_', "-")), &args)
        }
        "fanout_started" | "fanout_reminded" | "fanout_silent" => {
            let count = entry.facts.get("count").and_then(serde_json::Value::as_i64).unwrap_or_default();
            let args = [("count", count.into()), ("name", code("name").into())];
            say(&format!("desk-told-{}", entry.kind.replace('_', "-")), &args)
        }
        "fanout_answered" => {
            let answer = word("fanout-answer", code("answer")).into_owned();
            say("desk-told-fanout-answered", &[("name", code("name").into()), ("answer", answer.into())])
        }
        "thread_out" => {
            let args = [("label", code("label").into()), ("of", code("of").into())];
            let is_below = !code("of").is_empty();
            say(if is_below { "desk-told-thread-out-below" } else { "desk-told-thread-out" }, &args)
        }
        "mail_in" if entry.facts.contains_key("seals") => {
            let seals = entry.facts.get("seals").cloned().unwrap_or_default();
            let seals: Vec<Seal> = serde_json::from_value(seals).unwrap_or_default();
            say("desk-told-mail-in-sealed", &[("seals", in_words(&seals).into())])
        }
        kind => say(
            &format!("desk-told-{}", kind.replace('_', "-")),
            &[("name", code("name").into()), ("who", code("who").into())],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::model::SubjectKind;
    use crate::mail::outbox::MailPurpose;

    #[test]
    fn whoever_reads_the_trail_or_the_queues_meets_a_word_for_everything() {
        let subjects = SubjectKind::ALL.iter().map(|kind| ("desk-subject", kind.code()));
        let purposes = MailPurpose::ALL.iter().map(|purpose| ("desk-purpose", purpose.code()));
        let ways = ["session", "token", "link", "system", "anonymous"].map(|way| ("desk-via", way));
        for (family, code) in subjects.chain(purposes).chain(ways) {
            assert!(has(Lang::De, &key(family, code)), "{family} lacks {code}");
        }
        assert_eq!(word_or_code("desk-action", "incident.file"), "Vorfall gemeldet");
        assert_eq!(word_or_code("desk-action", "incident.of_old"), "incident.of_old");
    }
}
