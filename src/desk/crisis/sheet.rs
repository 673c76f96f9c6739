//! The crisis page as a sheet of paper, for whoever has neither screen nor network.

use jiff::Timestamp;

use super::{Crisis, LABEL, say, stands};
use crate::core::i18n::{Lang, text_with};
use crate::core::when;
use crate::web::emphasis::Run;
use crate::web::pdf::{Facts, Frame, Paper, Sheet};

/// Who else has the same provider: named as far as they fit, counted in any case.
const NAMED: usize = 30;

fn list(sheet: &mut Sheet, heading: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    sheet.heading(&say(heading));
    for line in lines {
        sheet.paragraph(&[Run::plain(line)]);
    }
}

/// What stands on the page, on paper.
pub(super) fn sheet(it: &Crisis, at: Timestamp) -> Sheet {
    let name = it.view.organisation.name.as_str();
    let args = [("name", name.into())];
    let frame = Frame {
        reference: text_with(Lang::De, "crisis-reference", &args).into_owned(),
        tlp: Some(LABEL),
        foot: say("crisis-foot"),
        under: when::absolute(at),
    };
    let mut sheet = Sheet::new(Paper::A4, frame);
    sheet.title(name);
    match &it.offline.present {
        Some(mark) => {
            let args = [("since", when::absolute(mark.since).into()), ("who", mark.author.as_str().into())];
            let since = text_with(Lang::De, "crisis-since", &args).into_owned();
            sheet.paragraph(&[Run::strong(since)]);
            sheet.paragraph(&[Run::plain(mark.reason.clone())]);
        }
        None => sheet.paragraph(&[Run::plain(say("crisis-not-marked"))]),
    }
    sheet.heading(&say("crisis-order"));
    let steps: Vec<Vec<Run>> = it
        .steps
        .iter()
        .map(|step| {
            let mut ways = step.phones.clone();
            ways.extend(Some(step.mail.clone()).filter(|mail| !mail.is_empty()));
            let ways = if ways.is_empty() { say("crisis-no-number") } else { ways.join(" · ") };
            vec![Run::strong(step.who.clone()), Run::plain(format!(", {}: ", step.what)), Run::strong(ways)]
        })
        .collect();
    sheet.numbered(&steps);
    if let Some(district) = &it.supervisor {
        let args = [("name", district.as_str().into())];
        sheet.paragraph(&[Run::plain(text_with(Lang::De, "crisis-supervisor", &args).into_owned())]);
    }
    let cases = it.cases.iter().map(|case| {
        let last = case.last.as_deref().map(|last| format!(" – {last}")).unwrap_or_default();
        format!("{} · {} · {}{last}", case.reference, case.title, case.status)
    });
    list(&mut sheet, "crisis-cases", cases.collect());
    let assets: Vec<(String, String)> =
        it.view.assets.iter().map(|asset| (say(asset.kind.label()), asset.value.clone())).collect();
    if !assets.is_empty() {
        sheet.heading(&say("crisis-assets"));
        sheet.facts(&assets, Facts::Plain);
    }
    let members = it.view.members.iter().map(|member| member.name.clone()).collect::<Vec<_>>().join(", ");
    list(&mut sheet, "crisis-members", Some(members).filter(|names| !names.is_empty()).into_iter().collect());
    let others = it.others.iter().map(|(provider, others)| {
        let mut names: Vec<&str> = others.iter().take(NAMED).map(|(_, name)| name.as_str()).collect();
        if others.len() > NAMED {
            names.push("…");
        }
        format!("{provider} ({}): {}", others.len(), names.join(", "))
    });
    list(&mut sheet, "crisis-others", others.collect());
    let serves = it.view.serves.iter().map(|it| format!("{}, {}", it.other_name.name, it.relation.service));
    list(&mut sheet, "crisis-serves", serves.collect());
    let mails = it.offline.turned.iter().map(|mail| {
        let to = mail.instead.as_deref().unwrap_or(&mail.meant);
        format!("{} · {} · {} · {to}", when::absolute(mail.written_at), say(stands(mail)), mail.subject)
    });
    list(&mut sheet, "crisis-mails", mails.take(NAMED).collect());
    sheet.heading(&say("crisis-calls"));
    sheet.blanks(&vec![say("crisis-call-blank"); 4]);
    sheet
}
