//! What the answers of a report suggest for its triage: beside the case, and in the preview of the queue.

use std::borrow::Cow;

use crate::core::i18n::{Lang, text, text_with};
use crate::core::tlp::Tlp;
use crate::desk::words::word;
use crate::incidents::guide::service::reasons;
use crate::incidents::model::{Report, Suggestion, priority};

/// What the answers of the report suggest, why, and the form that takes it over as it is.
pub(in crate::desk) struct Proposal {
    pub lines: Vec<Reasoned>,
    pub fields: [(&'static str, &'static str); 5],
}

pub(in crate::desk) struct Reasoned {
    pub key: &'static str,
    pub value: String,
    pub why: Cow<'static, str>,
}

/// The proposal of a report, with the label that the case has.
pub(in crate::desk) fn proposal(report: &Report, suggestion: Suggestion, tlp: Tlp) -> Proposal {
    let why = reasons(report.observed, report.flags, suggestion);
    let Suggestion { class, category, impact, spread } = suggestion;
    let line = |key, value: Cow<'static, str>, why| Reasoned { key, value: value.into_owned(), why };
    let seen = word("incident-observed", report.observed.code());
    let because = match why.category {
        "observed" => text_with(Lang::De, "desk-why-category-observed", &[("seen", seen.as_ref().into())]),
        other => word("desk-why-category", other),
    };
    let priority = priority(impact, spread).to_string();
    Proposal {
        lines: vec![
            line("desk-class", word("incident-class", class.code()), word("desk-why-class", why.class)),
            line("desk-category", text(Lang::De, &category.label()), because),
            line("desk-impact", word("incident-impact", impact.code()), word("desk-why-impact", why.impact)),
            line("desk-spread", word("incident-spread", spread.code()), word("desk-why-spread", why.spread)),
            line("desk-fact-priority", priority.into(), text(Lang::De, "desk-why-priority")),
        ],
        fields: [
            ("class", class.code()),
            ("category", category.code()),
            ("impact", impact.code()),
            ("spread", spread.code()),
            ("tlp", tlp.label()),
        ],
    }
}
