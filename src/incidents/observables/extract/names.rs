//! Names: domains, files, mail addresses and URLs. What is one decide the public suffix list, IDNA and the rules of URLs.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::LazyLock;

use url::{Host, Url};

/// The lists of `words.txt` by name.
static WORDS: LazyLock<HashMap<&'static str, HashSet<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("words.txt").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, words)| (name, words.split_whitespace().collect()))
        .collect()
});

fn is_listed(list: &str, word: &str) -> bool {
    WORDS.get(list).is_some_and(|words| words.contains(word))
}

/// Whether four numbers after this word are no address.
pub fn is_version_word(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ':', ',', '(']).trim_start_matches(['(', '"']);
    word.len() <= 16 && is_listed("versions", &word.to_lowercase())
}

/// The last part of a name in lower case, with what stands before it.
fn ending(name: &str) -> Option<(&str, String)> {
    let (stem, ending) = name.rsplit_once('.')?;
    (ending.len() <= 24).then(|| (stem, ending.to_lowercase()))
}

/// Whether this is the name of a file of a kind that matters.
pub fn is_file(name: &str) -> bool {
    let Some((stem, ending)) = ending(name) else { return false };
    let is_name = stem.chars().any(char::is_alphanumeric) && name.len() <= 255;
    is_name && is_listed("files", &ending) && !is_listed("products", &name.to_lowercase())
}

/// Whether a bare word with a domain's form is one: not the end of one sentence and the begin of the next, not a file,
/// not a product.
pub fn is_plainly_domain(name: &str) -> bool {
    let Some((stem, _)) = ending(name) else { return false };
    let last = &name[stem.len() + 1..];
    let has_upper = |text: &str| text.chars().any(char::is_uppercase);
    let has_lower = |text: &str| text.chars().any(char::is_lowercase);
    let begins_sentence = has_upper(last) && has_lower(name);
    let lower = name.to_lowercase();
    let ending = &lower[lower.rfind('.').map_or(0, |dot| dot + 1)..];
    let is_both = is_listed("both", ending) && !stem.contains('.');
    !begins_sentence && !is_both && !is_listed("products", &lower)
}

/// A domain as it is compared: A-labels in lower case. None for what no registry gives out.
pub fn domain(name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.len() > 253 || !name.contains('.') || name.starts_with('.') {
        return None;
    }
    let has_ace = || name.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"xn--"));
    let name = if name.is_ascii() && !has_ace() {
        name.to_ascii_lowercase()
    } else {
        match Host::parse(name).ok()? {
            Host::Domain(name) => name,
            Host::Ipv4(_) | Host::Ipv6(_) => return None,
        }
    };
    let is_label = |label: &str| {
        let fits = !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-');
        fits && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    if !name.split('.').all(is_label) {
        return None;
    }
    let last = &name[name.rfind('.')? + 1..];
    let registered = if is_listed("reserved", last) {
        name.rsplit('.').nth(1)
    } else {
        let suffix = psl::suffix(name.as_bytes()).filter(psl::Suffix::is_known)?;
        let rest = name.len().checked_sub(suffix.as_bytes().len() + 1)?;
        name[..rest].rsplit('.').next()
    };
    registered.is_some_and(|label| !label.contains('_')).then_some(name)
}

/// A mail address as it is compared, in lower case.
pub fn mail(local: &str, name: &str) -> Option<String> {
    let is_local = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_{}~.".contains(c));
    let name = domain(name)?;
    is_local.then(|| format!("{}@{name}", local.to_lowercase()))
}

/// Schemes of addresses that something was fetched from or sent to, as written or defanged, and as meant.
const SCHEMES: [(&str, &str); 22] = [
    ("http", "http"),
    ("https", "https"),
    ("hxxp", "http"),
    ("hxxps", "https"),
    ("h**p", "http"),
    ("h**ps", "https"),
    ("hxtp", "http"),
    ("hxtps", "https"),
    ("htxp", "http"),
    ("htxps", "https"),
    ("meow", "http"),
    ("ftp", "ftp"),
    ("fxp", "ftp"),
    ("ftps", "ftps"),
    ("sftp", "sftp"),
    ("ws", "ws"),
    ("wss", "wss"),
    ("ldap", "ldap"),
    ("ldaps", "ldaps"),
    ("smb", "smb"),
    ("ssh", "ssh"),
    ("tcp", "tcp"),
];

/// The scheme as meant, where there is one of these.
pub fn scheme(written: &str) -> Option<&'static str> {
    SCHEMES.iter().find(|(name, _)| written.eq_ignore_ascii_case(name)).map(|(_, as_meant)| *as_meant)
}

/// A URL as it is compared, from its scheme and everything behind `://`. None where its host is neither a domain of the
/// public nor an address.
pub fn url(scheme: &str, rest: &str) -> Option<String> {
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.len() > 300 || !(host.contains('.') || host.starts_with('[')) {
        return None;
    }
    let parsed = Url::parse(&format!("{scheme}://{rest}")).ok()?;
    // Of schemes that browsers do not know the host is taken as it stands.
    let is_known = match parsed.host()? {
        Host::Domain(name) => domain(name).is_some() || name.parse::<std::net::Ipv4Addr>().is_ok(),
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    };
    let text = parsed.to_string();
    let is_bare = parsed.path().is_empty() && parsed.query().is_none() && parsed.fragment().is_none();
    is_known.then(|| if is_bare { text + "/" } else { text })
}

/// The host of a URL as [`url`] gives it.
pub fn host(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}
