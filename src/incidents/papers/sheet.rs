//! Papers as files: a sheet of paper, and plain text to be copied.

use super::model::{Head, Paper, Text};
use crate::core::error::{FieldError, Result};
use crate::core::i18n::{Lang, text, text_with};
use crate::core::tlp::Tlp;
use crate::core::when;
use crate::web::emphasis::Run;
use crate::web::pdf::{Frame, Paper as Size, Sheet};

fn say(key: &str) -> String {
    text(Lang::De, key).into_owned()
}

/// Its name as a heading, which also says that it is a drill.
pub fn title(head: &Head) -> String {
    let name = match head.paper {
        Paper::Letter => "paper-benachrichtigung-subject",
        Paper::Members => "paper-gemeinden-subject",
        paper => paper.label(),
    };
    if head.is_drill {
        text_with(Lang::De, "paper-drill", &[("title", say(name).into())]).into_owned()
    } else {
        say(name)
    }
}

/// What frames the text of a letter.
fn greeting(paper: Paper) -> Option<(String, String)> {
    paper.is_letter().then(|| (say("paper-benachrichtigung-greeting"), say("paper-benachrichtigung-close")))
}

fn frame(head: &Head) -> Frame {
    let under = String::new();
    match head.paper {
        Paper::Situation | Paper::Members => {
            let args = [
                ("reference", (&head.reference).into()),
                ("house", (&head.house).into()),
                ("at", when::absolute(head.at).into()),
            ];
            let reference = text_with(Lang::De, "paper-lage-reference", &args).into_owned();
            let is_for_members = head.paper == Paper::Members;
            let foot = say(if is_for_members { "paper-gemeinden-foot" } else { "paper-lage-foot" });
            Frame { reference, tlp: Some(head.tlp), foot, under }
        }
        // Others read it: neither a reference nor a label of ours.
        Paper::Notice | Paper::Letter => {
            Frame { reference: head.house.clone(), tlp: None, foot: head.house.clone(), under }
        }
    }
}

fn lines(said: &str) -> impl Iterator<Item = &str> {
    said.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// As sheets of paper: one, or a letter for each member.
pub fn sheets(head: &Head, said: &Text) -> Vec<Sheet> {
    if head.paper == Paper::Members {
        head.members.iter().map(|member| sheet(head, said, Some(member))).collect()
    } else {
        vec![sheet(head, said, None)]
    }
}

fn sheet(head: &Head, said: &Text, to: Option<&String>) -> Sheet {
    let mut sheet = Sheet::new(Size::A4, frame(head));
    let plain = |sheet: &mut Sheet, line: &str| sheet.paragraph(&[Run::plain(line)]);
    sheet.title(&title(head));
    if let Some(member) = to {
        plain(&mut sheet, &text_with(Lang::De, "paper-gemeinden-to", &[("name", member.into())]));
    }
    let greeting = greeting(head.paper);
    if let Some((greeting, _)) = &greeting {
        plain(&mut sheet, greeting);
    }
    for (part, heading) in head.paper.parts() {
        let said = said.get(part);
        if lines(said).next().is_some() {
            sheet.heading(&say(heading));
            lines(said).for_each(|line| plain(&mut sheet, line));
        }
    }
    if let Some((_, close)) = &greeting {
        sheet.divide();
        plain(&mut sheet, close);
        plain(&mut sheet, &head.house);
    }
    sheet
}

/// As plain text, with the ends of lines that every editor of a town hall knows.
pub fn plain(head: &Head, said: &Text) -> String {
    let mut blocks = Vec::new();
    if let Some((greeting, _)) = greeting(head.paper) {
        blocks.extend([title(head), greeting]);
    } else if head.is_drill {
        blocks.push(title(head));
    }
    for (part, heading) in head.paper.parts() {
        let said = lines(said.get(part)).collect::<Vec<_>>().join("\n");
        if !said.is_empty() {
            let heading = (head.paper == Paper::Letter).then(|| say(heading));
            blocks.push(heading.into_iter().chain([said]).collect::<Vec<_>>().join("\n"));
        }
    }
    blocks.extend(greeting(head.paper).map(|(_, close)| format!("{close}\n{}", head.house)));
    (blocks.join("\n\n") + "\n").replace('\n', "\r\n")
}

/// Whoever leads a house in a crisis reads one page.
///
/// # Errors
/// [`crate::core::error::Error::Invalid`] where it would be more.
pub fn fits(paper: Paper, said: Text) -> Result<Text> {
    // Its head is one line, whatever it says.
    let head = Head {
        paper,
        reference: String::new(),
        house: String::new(),
        members: Vec::new(),
        tlp: Tlp::Amber,
        is_drill: false,
        at: jiff::Timestamp::UNIX_EPOCH,
    };
    if paper == Paper::Situation && sheet(&head, &said, None).page_count() > 1 {
        return Err(FieldError::new(paper.parts()[0].0, "paper-error-one-page").into());
    }
    Ok(said)
}
