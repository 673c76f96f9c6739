//! `search`: the same search as the page and the API, for whoever holds an API token.

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;

use super::block_on;
use crate::access::service::tokens;
use crate::app::App;
use crate::core::error::Error;
use crate::core::i18n::{Lang, text, text_with};
use crate::core::when;
use crate::incidents::search::api::FoundJson;
use crate::incidents::search::service::{self, Found, Hit, PAGE};
use crate::web::reason;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Words, "phrases", and fields such as status:offen, org:Gotha, ioc:203.0.113.7, von:1.10.2026.
    #[arg(required = true, allow_hyphen_values = true)]
    query: Vec<String>,
    /// Prints JSON as the API does.
    #[arg(long)]
    json: bool,
    /// Where the next page begins, as the last one said.
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<String>,
}

/// Searches as the holder of the token in `MELDEKETTE_TOKEN`.
pub(super) fn run(arguments: Arguments, app: &App) -> Result<ExitCode> {
    let token = std::env::var("MELDEKETTE_TOKEN")
        .context("MELDEKETTE_TOKEN holds no API token: `meldekette account token` makes one")?;
    let typed = typed(&arguments.query);
    let found = block_on(async {
        let actor = app.db.read(move |tx| tokens::holder(tx, &token)).await;
        let actor = match actor {
            Err(Error::SignInNeeded) => bail!("the token of MELDEKETTE_TOKEN does not hold"),
            actor => actor?,
        };
        match service::ask(&app.db, actor, typed, arguments.cursor, PAGE).await {
            Err(Error::Invalid(errors)) => {
                Err(anyhow!(errors.iter().map(reason).collect::<Vec<_>>().join("\n")))
            }
            Err(Error::Forbidden(why)) => Err(anyhow!(text(Lang::De, why).into_owned())),
            found => Ok(found?),
        }
    })?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&FoundJson::from(found))?);
    } else {
        print!("{}", table(&found));
    }
    Ok(ExitCode::SUCCESS)
}

/// What the shell took apart, with quotes around what it kept together.
fn typed(words: &[String]) -> String {
    let quoted = |word: &String| {
        let (field, value) = word.split_once(':').unwrap_or(("", word));
        match (value.contains(char::is_whitespace) && !value.contains('"'), field) {
            (false, _) => word.clone(),
            (true, "") => format!("\"{word}\""),
            (true, field) => format!("{field}:\"{value}\""),
        }
    };
    if words.len() == 1 { words.concat() } else { words.iter().map(quoted).collect::<Vec<_>>().join(" ") }
}

fn table(found: &Found) -> String {
    let mut lines = Vec::new();
    if let Some(named) = &found.named {
        lines.push(format!("{} {} · {}", text(Lang::De, "search-named"), named.reference, named.title));
    }
    lines.extend(found.hits.iter().flat_map(lines_of));
    lines.push(match (found.total, found.is_more) {
        (0, _) => text(Lang::De, "search-none").into_owned(),
        (_, true) => text(Lang::De, "search-total-more").into_owned(),
        (count, false) => text_with(Lang::De, "search-total", &[("count", count.into())]).into_owned(),
    });
    if let Some(next) = &found.next {
        lines.push(format!("--cursor {next}"));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn lines_of(hit: &Hit) -> Vec<String> {
    let joined = |parts: &[crate::incidents::search::Part]| -> String {
        parts.iter().map(|part| part.text.as_str()).collect()
    };
    let status = text(Lang::De, &format!("incident-status-{}", hit.row.status.code().replace('_', "-")));
    let reported = when::absolute(hit.row.reported_at);
    let mut lines = vec![format!("{}  {reported}  {status}  {}", hit.row.reference, joined(&hit.title))];
    for quoted in &hit.texts {
        let place = text(Lang::De, &format!("search-place-{}", quoted.place.code()));
        lines.push(format!("    {place}: {}", joined(&quoted.parts)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn what_the_shell_kept_together_is_a_phrase() {
        let said = |words: &[&str]| typed(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(
            said(&["zwei wörter", "org:Bad Langensalza", "status:offen"]),
            "\"zwei wörter\" org:\"Bad Langensalza\" status:offen"
        );
        assert_eq!(said(&["zwei wörter"]), "zwei wörter");
    }
}
