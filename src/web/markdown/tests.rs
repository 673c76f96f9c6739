//! Advisories are written by people, and read in browsers and mail programs of every town hall.

use proptest::prelude::*;

use super::*;

#[test]
fn an_advisory_keeps_its_structure_and_the_page_its_only_h1() {
    let text = "# Was tun?\n\n1. **Heute** einspielen\n2. prüfen\n\n| Produkt | Stand |\n|:-:|--:|\n| NetPforte | 4.2 |\n";
    insta::assert_snapshot!(html(text, 1), @r"
    <h2>Was tun?</h2>
    <ol>
    <li><strong>Heute</strong> einspielen</li>
    <li>prüfen</li>
    </ol>
    <table><thead><tr><th>Produkt</th><th>Stand</th></tr></thead><tbody>
    <tr><td>NetPforte</td><td>4.2</td></tr>
    </tbody></table>
    ");
}

#[test]
fn html_in_an_advisory_shows_as_the_text_it_is() {
    for attack in [
        "<script>alert(1)</script>",
        "<div><script>alert(1)</script></div>",
        "text <img src=x onerror=alert(1)> text",
        "<svg/onload=alert(1)>",
        "**<b onclick=x>**",
        "<scr<script>ipt>alert(1)</script>",
        "| a |\n|---|\n| <script>x</script> |",
        "```\n</code></pre><script>x</script>\n```",
        "```\"><script>x</script>\nx\n```",
        "&lt;script&gt;",
    ] {
        let out = html(attack, 1).to_string();
        assert!(is_harmless(&out), "{attack} gave {out}");
    }
    assert_eq!(html("<b>fett</b>", 1).as_str(), "<p>&lt;b&gt;fett&lt;/b&gt;</p>\n");
}

#[test]
fn a_link_leads_to_the_web_or_to_a_mailbox_and_nowhere_else() {
    for attack in [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
    ] {
        let out = html(attack, 1).to_string();
        assert!(!out.contains("href"), "{attack} gave {out}");
    }
    assert_eq!(
        html("[Stelle](https://a.example/?a=1&b=\"2\")", 1).as_str(),
        "<p><a href=\"https://a.example/?a=1&amp;b=%222%22\" rel=\"noreferrer noopener\">Stelle</a></p>\n"
    );
    assert!(html("<it@stadt.example>", 1).as_str().contains("href=\"mailto:it@stadt.example\""));
}

#[test]
fn an_image_is_a_link_and_loads_nothing() {
    let out = html("![Lageplan](https://tracker.example/p.png \"t\")", 1);
    assert_eq!(
        out.as_str(),
        "<p><a href=\"https://tracker.example/p.png\" rel=\"noreferrer noopener\">Lageplan</a></p>\n"
    );
}

#[test]
fn a_note_keeps_its_lines_and_shows_its_signs() {
    let note = Html::escaped("Erste Zeile\n<b>zweite</b>\n\n\nNeuer Absatz");
    assert_eq!(note.as_str(), "<p>Erste Zeile<br>&lt;b&gt;zweite&lt;/b&gt;</p><p>Neuer Absatz</p>");
}

#[test]
fn a_mail_reads_well_without_html() {
    let text = "# Lücke in NetPforte\n\nBitte spielen Sie heute die Version 4.3 ein, sonst können Angreifer \
        ohne Anmeldung in Ihr Netz gelangen. [Hersteller](https://netpforte.example/4.3)\n\n\
        - Netz trennen\n- dann prüfen:\n  1. Protokolle\n  2. Konten\n\n> Zitat\n\n    code  bleibt\n\n\
        | Produkt | Stand |\n|---|---|\n| NetPforte | 4.2 |\n";
    insta::assert_snapshot!(plain(text), @r"
    LÜCKE IN NETPFORTE

    Bitte spielen Sie heute die Version 4.3 ein, sonst können Angreifer ohne
    Anmeldung in Ihr Netz gelangen. Hersteller
    <https://netpforte.example/4.3>

    - Netz trennen
    - dann prüfen:
      1. Protokolle
      2. Konten

    > Zitat

        code  bleibt

    Produkt | Stand
    NetPforte | 4.2
    ");
    assert_eq!(plain("<https://a.example/>"), "https://a.example/");
    assert_eq!(plain("[x](javascript:alert(1))"), "x");
}

/// No element but those that we write, and none with an attribute but the links'.
fn is_harmless(html: &str) -> bool {
    const TAGS: &[&str] = &[
        "p",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "em",
        "strong",
        "code",
        "pre",
        "blockquote",
        "hr",
        "br",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    html.split('<').skip(1).all(|rest| {
        let Some((tag, _)) = rest.split_once('>') else { return false };
        let tag = tag.trim_start_matches('/').trim_end_matches([' ', '/']);
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let attributes_ok = match name {
            "a" => {
                attributes.is_empty()
                    || attributes.starts_with("href=\"http")
                    || attributes.starts_with("href=\"mailto:")
            }
            "ol" => attributes.is_empty() || attributes.starts_with("start=\""),
            "code" => attributes.is_empty() || attributes.starts_with("class=\"language-"),
            _ => attributes.is_empty(),
        };
        let quotes_ok = attributes.matches('"').count() <= 4;
        TAGS.contains(&name) && attributes_ok && quotes_ok && !attributes.contains(" on")
    })
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<script>".to_owned()),
        Just("</script>".to_owned()),
        Just("<img src=x onerror=alert(1)>".to_owned()),
        Just("[a](javascript:x)".to_owned()),
        Just("[a](https://x.example/\" onclick=\"x)".to_owned()),
        Just("![a](data:text/html,<script>)".to_owned()),
        Just("<a href=\"javascript:x\" onclick=x>".to_owned()),
        Just("\n\n".to_owned()),
        Just("\n".to_owned()),
        Just("```".to_owned()),
        Just("~~~ \" onload=x".to_owned()),
        Just("| a | b |\n|:-|-:|\n| c".to_owned()),
        Just("> - 1. # ".to_owned()),
        Just("<!-- ".to_owned()),
        Just("<![CDATA[".to_owned()),
        Just("&lt;&#60;\\<".to_owned()),
        "[\\PC\n]{0,12}",
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_is_written_no_script_and_no_handler_comes_out(text in pieces(), shift in 0u8..3) {
        let out = html(&text, shift.max(1)).to_string();
        prop_assert!(!out.to_lowercase().contains("<script"), "{out}");
        prop_assert!(!out.contains("<img") && !out.contains("style="), "{out}");
        prop_assert!(is_harmless(&out), "{out}");
    }

    #[test]
    fn no_line_of_a_mail_is_longer_than_its_longest_word(text in "[a-z \n]{0,400}") {
        for line in plain(&text).lines() {
            prop_assert!(line.chars().count() <= 72 || !line.trim().contains(' '), "{line}");
        }
    }
}

#[test]
fn a_note_keeps_its_lines_and_nobody_can_click_on_an_address_in_it() {
    let noted = note(
        "# Lage\nErste Zeile\nzweite **fett** [hier](https://boese.example/?a=1&b=2) <https://x.example>\n\n![Bild](https://boese.example/b.png)\n\n<script>alert(1)</script>",
    );
    let html = noted.as_str();
    assert!(html.contains("<h4>Lage</h4>"), "{html}");
    assert!(html.contains("Erste Zeile<br />\nzweite <strong>fett</strong> hier (https://boese.example/?a=1&amp;b=2) https://x.example"), "{html}");
    assert!(html.contains("Bild (https://boese.example/b.png)"), "{html}");
    for never in ["<a", "<img", "<script", "href", "src="] {
        assert!(!html.contains(never), "{never}: {html}");
    }
}
