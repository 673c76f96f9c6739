# Every German word that people read on pages, in mails and on the command line's pages.
# Keys begin with the feature's name. Plain German: short sentences, "Sie", no jargon without an explanation.

### core
tlp-clear = Darf ohne Einschränkung weitergegeben werden.
tlp-green = Darf in der Verwaltung weitergegeben, aber nicht veröffentlicht werden.
tlp-amber = Nur für Ihre Verwaltung und Ihre Dienstleister, und nur wer es wissen muss.
tlp-amber-strict = Nur innerhalb Ihrer eigenen Verwaltung, und nur wer es wissen muss.
tlp-red = Nur für die namentlich benannten Personen. Keine Weitergabe.
error-required = Bitte füllen Sie dieses Feld aus.
error-too-long = Der Text ist zu lang. Bitte kürzen Sie ihn.
error-control-characters = Der Text enthält Steuerzeichen, zum Beispiel einen Zeilenumbruch. Bitte entfernen Sie sie.
error-control-here =
    { $behind ->
        [none] Am Anfang steht
       *[other] Hinter „{ $behind }“ steht
    } ein Steuerzeichen ({ $code }, Zeichen { $position }). Bitte löschen Sie es.
error-control-in-line =
    In Zeile { $line } steht { $behind ->
        [none] am Anfang
       *[other] hinter „{ $behind }“
    } ein Steuerzeichen ({ $code }). Bitte löschen Sie es.
error-line-break-here = Hier passt nur eine Zeile. Hinter „{ $behind }“ steht ein Zeilenumbruch. Bitte löschen Sie ihn.
error-direction-characters = Der Text enthält unsichtbare Zeichen, die die Leserichtung ändern. Bitte tippen Sie ihn neu.
error-direction-here =
    { $behind ->
        [none] Am Anfang steht
       *[other] Hinter „{ $behind }“ steht
    } ein unsichtbares Zeichen, das die Leserichtung ändert ({ $code }, Zeichen { $position }). Bitte tippen Sie den Text neu.
error-mail-address = Das ist keine gültige E-Mail-Adresse. Beispiel: it@stadt.example.
error-choice = Bitte wählen Sie eine der angebotenen Möglichkeiten.
error-date = Bitte geben Sie Datum und Uhrzeit in dieser Form an: 21.11.2026 07:40.
error-date-near = Das verstehen wir nicht als Zeit. Schreiben Sie zum Beispiel „heute 7:40“ oder „21.11. 16 Uhr“.
error-date-range = Das Datum liegt außerhalb des möglichen Bereichs (1970 bis 2100).
error-number = Bitte geben Sie eine Zahl ein.
error-twice = Diese Angabe steht mehrmals da.
error-type = Diese Angabe hat die falsche Form.
error-unknown-field = Dieses Feld kennt das Formular nicht.

error-token-scope = Dieses API-Token darf das nicht.
    .next = Legen Sie ein Token mit dem passenden Umfang an.
error-not-allowed = Das dürfen Sie mit Ihrer Rolle nicht.
    .next = { web-error-forbidden-next }

### web
web-ticket-over = Diese Seite war zu lange offen. Bitte drücken Sie den Knopf noch einmal.
web-form-token = Dieses Formular ist unvollständig.
    .next = Öffnen Sie es neu, und tragen Sie Ihre Angaben noch einmal ein.
web-title-error = Fehler:
web-strip = Ein Dienst des Freistaats Thüringen
web-skip = Zum Inhalt
web-nav-label = Bereiche
web-call-label = Telefonische Hilfe
web-call-question = Es brennt, oder Sie kommen nicht weiter?
web-call-who = { $cert }, Tag und Nacht:
web-sign-out = Abmelden
web-sign-in-new-window = In neuem Fenster anmelden
web-demo = Beispieldaten, keine echten Vorfälle
web-demo-short = Beispieldaten
web-to-start = Zur Startseite
web-optional = (freiwillig)
web-choose = Bitte wählen
web-datetime-hint = Zum Beispiel 21.11.2026 07:40
web-check-fields = { $count ->
    [one] Bitte eine Angabe prüfen
   *[other] Bitte { $count } Angaben prüfen
}
web-confirm-yes = Ja, fortfahren
web-confirm-no = Abbrechen
web-priority = Priorität
web-late = überfällig
web-more = Weitere zeigen
web-keys = Tasten: j und k wechseln die Zeile, o öffnet sie.
web-keys-off = Tasten abschalten
web-printed = Gedruckt { $date } Uhr
web-printed-page = Seite { $page } von { $pages }
web-typed = Ihre Angaben
web-send-again = Noch einmal senden
web-sign-in-then-send = Lassen Sie diese Seite offen. Senden Sie, sobald Sie im neuen Fenster angemeldet sind.
web-request-id = Kennung dieser Anfrage:
web-retry = Bitte versuchen Sie es in { $seconds ->
    [one] einer Sekunde
   *[other] { $seconds } Sekunden
} noch einmal.
web-not-utf8 = Der Text enthält Zeichen, die nicht in UTF-8 geschrieben sind.
web-broken-off = Die Übertragung ist abgebrochen.
web-unknown-field = Das Feld „{ $name }“ kennt dieses Formular nicht.
web-not-json = Der Inhalt ist kein gültiges JSON.
web-no-object = Der Inhalt ist kein JSON-Objekt.
web-json-wanted = Bitte senden Sie den Inhalt unkomprimiert als application/json.
web-error-not-found-title = Nicht gefunden
web-error-not-found-what = Unter dieser Adresse gibt es nichts, oder es ist nicht für Sie bestimmt.
web-error-not-found-kept = Es wurde nichts geändert.
web-error-not-found-next = Prüfen Sie die Adresse, oder suchen Sie von der Startseite aus weiter.
web-error-forbidden-title = Nicht erlaubt
web-error-forbidden-what = Das dürfen Sie mit Ihrem Konto nicht tun.
web-error-forbidden-kept = Es wurde nichts geändert.
web-error-forbidden-next = Brauchen Sie das für Ihre Arbeit? Fragen Sie die Person, die bei Ihnen die Konten verwaltet, oder rufen Sie uns an.
web-error-sign-in-title = Bitte anmelden
web-error-sign-in-what = Sie sind nicht angemeldet, oder Ihre Sitzung ist abgelaufen.
web-error-sign-in-kept = Es wurde noch nichts gespeichert.
web-error-sign-in-next = Melden Sie sich in einem neuen Fenster an und senden Sie danach noch einmal. Eilt ein Vorfall, dann rufen Sie { $cert } an: { $phone }.
web-error-field-title = Angaben prüfen
web-error-field-what = Einige Angaben passen nicht.
web-error-field-kept = Es wurde nichts gespeichert.
web-error-field-next = Gehen Sie zurück und ändern Sie die genannten Angaben.
web-error-conflict-title = Das geht gerade nicht
web-error-conflict-what = Der jetzige Stand lässt das nicht zu.
web-error-conflict-kept = Es wurde nichts geändert.
web-error-conflict-next = Gehen Sie zurück und laden Sie die Seite neu. Dann sehen Sie den jetzigen Stand.
web-error-stale-title = Inzwischen geändert
web-error-stale-what = Jemand anderes hat es geändert, während Sie daran gearbeitet haben.
web-error-stale-kept = Die andere Änderung gilt. Ihre wurde nicht gespeichert.
web-error-stale-next = Laden Sie die Seite neu und tragen Sie Ihre Änderung noch einmal ein.
web-error-stale-form-title = Formular abgelaufen
web-error-stale-form-what = Dieses Formular gilt nicht mehr, zum Beispiel weil Sie sich inzwischen an- oder abgemeldet haben.
web-error-stale-form-kept = Es wurde noch nichts gespeichert. Ihre Angaben stehen unten, Passwörter und Codes ausgenommen.
web-error-stale-form-next = Prüfen Sie Ihre Angaben und senden Sie sie noch einmal. Ihr Browser muss Cookies dieser Seite annehmen.
web-error-foreign-title = Nicht angenommen
web-error-foreign-what = Diese Angaben kamen von einer fremden Seite. Wir nehmen nur Angaben von unseren eigenen Seiten an.
web-error-foreign-kept = Es wurde nichts gespeichert.
web-error-foreign-next = Haben Sie auf einer anderen Seite etwas angeklickt? Dann hat sie versucht, in Ihrem Namen zu handeln. Bitte rufen Sie uns an.
web-error-rate-limit-title = Zu viele Versuche
web-error-rate-limit-what = Von hier kamen gerade sehr viele Anfragen.
web-error-rate-limit-kept = Es wurde nichts geändert.
web-error-rate-limit-next = Im Notfall rufen Sie an.
web-error-unavailable-title = Gerade nicht erreichbar
web-error-unavailable-what = Die Datenbank antwortet gerade nicht.
web-error-unavailable-kept = Es ist nicht sicher, dass Ihre letzte Angabe gespeichert wurde.
web-error-unavailable-next = Versuchen Sie es in einer Minute noch einmal. Im Notfall rufen Sie an.
web-error-internal-title = Unser Fehler
web-error-internal-what = Bei uns ist etwas schiefgegangen. Das liegt nicht an Ihnen.
web-error-internal-kept = Was Sie zuletzt abgeschickt haben, wurde nicht gespeichert.
web-error-internal-next = Versuchen Sie es noch einmal. Wenn es wieder geschieht, rufen Sie an und nennen Sie die Kennung.
web-error-method-title = So geht das nicht
web-error-method-what = Diese Adresse nimmt eine solche Anfrage nicht an.
web-error-method-kept = Es wurde nichts geändert.
web-error-method-next = Gehen Sie über die Startseite.
web-error-too-large-title = Zu groß
web-error-too-large-what = Das war mehr Text oder eine größere Datei, als wir annehmen.
web-error-too-large-kept = Es wurde nichts gespeichert.
web-error-too-large-next = Gehen Sie zurück und kürzen Sie Ihre Angaben.
web-error-media-type-title = Unbekanntes Format
web-error-media-type-what = In diesem Format nehmen wir keine Angaben an.
web-error-media-type-kept = Es wurde nichts gespeichert.
web-error-media-type-next = Benutzen Sie das Formular auf unserer Seite.
web-error-timeout-title = Zu langsam
web-error-timeout-what = Die Anfrage kam nicht vollständig an.
web-error-timeout-kept = Es wurde nichts gespeichert.
web-error-timeout-next = Prüfen Sie Ihre Verbindung und versuchen Sie es noch einmal.
web-error-malformed-title = Nicht lesbar
web-error-malformed-what = Die Anfrage war nicht so geschrieben, dass wir sie lesen können.
web-error-malformed-kept = Es wurde nichts gespeichert.
web-error-malformed-next = Gehen Sie zurück und versuchen Sie es noch einmal.

### mail
mail-drill = ÜBUNG
mail-drill-what = ÜBUNG: Das ist nur eine Probe. Es ist nichts geschehen.
mail-pointer-received =
    Guten Tag,

    Ihre Meldung ist angekommen, wir kümmern uns darum. Was Sie jetzt tun können, steht auf Ihrer Notfallkarte und im Vorgang.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Wie es weitergeht, lesen Sie hier. Dort können Sie auch etwas nachtragen. Melden Sie sich dazu an:
    { $link }

    Wird es schlimmer? Dann rufen Sie uns bitte an.
mail-pointer-unconfirmed =
    Guten Tag,

    Ihre Meldung für eine andere Stelle ist angekommen. Sie haben kein Mandat. Die Stelle muss die Meldung noch bestätigen.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Wie es steht, sehen Sie hier mit dem Aktenzeichen und Ihrem Belegcode:
    { $link }

    Wird es schlimmer? Dann rufen Sie uns bitte an.
mail-pointer-in-your-name =
    Guten Tag,

    ein Vorfall wurde in Ihrem Namen gemeldet. Wer gemeldet hat, besitzt ein Mandat dafür. Lesen Sie, was gemeldet ist.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Hier lesen Sie, wer was gemeldet hat. Melden Sie sich dazu an:
    { $link }
mail-pointer-by-telephone =
    Guten Tag,

    jemand hat eben am Telefon einen Vorfall für Sie gemeldet und Ihren Telefon-Code genannt. Waren Sie das nicht? Dann rufen Sie uns sofort an.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Hier lesen Sie, wer was gemeldet hat. Melden Sie sich dazu an:
    { $link }
mail-pointer-confirm =
    Guten Tag,

    jemand hat ohne Mandat einen Vorfall in Ihrem Namen gemeldet. Bitte bestätigen Sie die Meldung, oder lehnen Sie sie ab.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Hier lesen Sie, wer was gemeldet hat. Melden Sie sich dazu an:
    { $link }
mail-pointer-decide =
    Guten Tag,

    jemand hat ohne Konto einen Vorfall gemeldet, der Sie betreffen kann. Bitte sagen Sie uns, ob die Meldung von Ihnen ist.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Antworten Sie hier. Eine Anmeldung ist nicht nötig. Der Link ist nur für Sie und gilt 30 Tage:
    { $link }

    Kennen Sie den Vorfall nicht? Dann lehnen Sie ab, oder rufen Sie uns an.
mail-pointer-message =
    Guten Tag,

    es gibt eine neue Nachricht zu Ihrem Vorgang. Bitte lesen Sie sie bald.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Hier lesen und antworten Sie. Melden Sie sich dazu an:
    { $link }
mail-pointer-task =
    Guten Tag,

    wir bitten Sie, zu Ihrem Vorgang etwas zu tun. Bitte sehen Sie bald nach.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Hier steht, was wir brauchen und bis wann. Melden Sie sich dazu an:
    { $link }
mail-pointer-duty =
    Guten Tag,

    zu Ihrem Vorgang gibt es eine Frist für eine Meldung an eine andere Stelle, zum Beispiel an eine Behörde.
    Sie endet bald oder ist schon vorbei. Bitte sehen Sie gleich nach. Diese Meldung senden Sie selbst.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Hier steht, was Sie wem bis wann melden. Melden Sie sich dazu an:
    { $link }
mail-pointer-split =
    Guten Tag,

    Ihre Nachmeldung ist jetzt ein eigener Vorgang. Er hat ein eigenes Aktenzeichen.
    Ihr bisheriger Vorgang bleibt, wie er ist. Bitte schreiben Sie zur Nachmeldung nur noch dort.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Hier lesen und antworten Sie. Melden Sie sich dazu an:
    { $link }
mail-pointer-heard =
    Guten Tag,

    eine Stelle hat zu ihrem Vorgang etwas geschrieben. Bitte lesen Sie es bald.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Hier lesen und antworten Sie. Melden Sie sich dazu an:
    { $link }
mail-pointer-mentioned =
    Guten Tag,

    jemand aus dem Team erwähnt Sie in einer Notiz. Bitte lesen Sie sie bald.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Hier lesen und antworten Sie. Melden Sie sich dazu an:
    { $link }
mail-pointer-acknowledge =
    Guten Tag,

    bitte bestätigen Sie bis { $by }, dass Sie von diesem Vorgang wissen.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Bestätigen Sie hier. Eine Anmeldung ist nicht nötig. Der Link ist nur für Sie und gilt einmal:
    { $link }

    Bestätigt niemand, geht es an die nächste Stelle. Worum es geht, lesen Sie nach der Anmeldung.
mail-pointer-advisory =
    Guten Tag,

    es gibt eine neue Warnmeldung für Sie. Bitte lesen Sie sie noch heute.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Hier lesen Sie, was zu tun ist. Melden Sie sich dazu an:
    { $link }
mail-pointer-sign-in = Haben Sie noch kein Konto, oder klappt die Anmeldung nicht? Dann rufen Sie uns bitte an.
mail-pointer-phone = Unser Telefon: { $phone }
mail-answer = Sie können auf diese E-Mail antworten. Ihre Antwort steht dann im Vorgang. Vertrauliches schreiben Sie bitte direkt im Vorgang.
mail-pointer-why = Warum steht der Inhalt nicht in dieser E-Mail? Diese E-Mail ist nicht verschlüsselt. Inhalte mit dieser Einstufung verschicken wir nie unverschlüsselt.
mail-answer-sealed = Sie können auf diese E-Mail antworten, am besten wieder verschlüsselt. Ihre Antwort steht dann im Vorgang.
mail-sealed-not-no-key = Wir können Ihnen den Inhalt nicht verschlüsselt senden. Bei uns ist für diese Adresse kein Schlüssel hinterlegt. Tragen Sie im Portal bei Ihrem Kontakt ein S/MIME-Zertifikat oder einen OpenPGP-Schlüssel ein. Danach steht der Inhalt in der E-Mail.
mail-sealed-not-ended = Wir können Ihnen den Inhalt nicht verschlüsselt senden. Ihr Zertifikat oder Schlüssel ist abgelaufen. Tragen Sie im Portal bei Ihrem Kontakt ein neues ein.
mail-sealed-not-yet = Wir können Ihnen den Inhalt nicht verschlüsselt senden. Ihr Zertifikat oder Schlüssel gilt erst später.
mail-sealed-not-unusable = Wir können Ihnen den Inhalt nicht verschlüsselt senden. Ihr Zertifikat oder Schlüssel ist dafür nicht geeignet. Tragen Sie im Portal bei Ihrem Kontakt ein anderes ein.
mail-sealed-not-function = Diesen Inhalt dürfen nur namentlich benannte Personen lesen. An ein gemeinsames Postfach senden wir ihn deshalb nicht.
mail-personal = Der Link in dieser E-Mail ist nur für Sie. Bitte leiten Sie diese E-Mail nicht weiter.
mail-no-content = Der Inhalt dieser E-Mail wurde gelöscht, bevor sie versandt war.
mail-not-composed = Diese E-Mail konnte nicht erstellt werden. Einzelheiten stehen im Protokoll des Servers.
mail-certificate = Das Signaturzertifikat ist nicht gültig. Die E-Mail wartet, bis ein gültiges im Einsatz ist.
mail-error-link-gone = Diese E-Mail enthielt einen Link, der nur einmal gilt. Er wurde gelöscht, als sie scheiterte.
    .next = Lassen Sie dort, wo sie entstand, eine neue versenden.
mail-error-content-gone = Der Inhalt dieser E-Mail wurde gelöscht. Sie kann nicht noch einmal versandt werden.
    .next = Ist die Nachricht noch wichtig, schreiben Sie sie neu.
mail-unreachable = Der Mailserver ist nicht erreichbar: { $why }
mail-in-doubt = Die Verbindung brach ab, bevor der Mailserver geantwortet hatte: { $why }
mail-no-answer = Der Mailserver hat nicht rechtzeitig geantwortet.
mail-held = Zurückgehalten: Die Stelle ist offline. Bitte rufen Sie dort an.
mail-overtaken = Überholt: Die Stelle war offline. Diese E-Mail wird nicht mehr versandt.
mail-given-up = Nach zu langer Zeit aufgegeben. Letzte Antwort: { $answer }

### audit
audit-checkpoint-subject = Prüfpunkt des Protokolls vom { $day }
audit-checkpoint-body =
    Dies ist der letzte unterschriebene Prüfpunkt vom { $day }.
    Bis dahin hat das Protokoll { $rows } Einträge.

    Bitte bewahren Sie diese E-Mail auf. Mit ihr lässt sich später prüfen,
    ob jemand das Protokoll bis zu diesem Tag verändert hat:
    meldekette audit verify --checkpoint DATEI
    DATEI enthält dabei genau die folgenden Zeilen.

    { $note }

### access
access-several-organisations = { $name } und { $more } weitere
access-nav-queue = Eingang
access-nav-calls = Telefon
access-nav-mailbox = Posteingang
access-nav-incidents = Meine Vorgänge
access-nav-report = Vorfall melden
access-nav-advisories = Warnmeldungen
access-nav-directory = Register
access-nav-own = Meine Stelle
access-nav-accounts = Konten
access-nav-audit = Protokoll
access-nav-queues = Warteschlangen
access-nav-account = Mein Konto
access-role-reporter = Meldende Person
access-role-org-lead = Leitung der Stelle
access-role-analyst = Analyse
access-role-approver = Freigabe
access-role-cert-lead = CERT-Leitung
access-role-auditor = Prüfung (nur lesen)
access-role-administrator = Administration
access-mail = E-Mail-Adresse
access-name = Name
access-name-hint = So steht die Person auf Seiten und in Mails.
access-password = Passwort
access-password-new = Neues Passwort
access-password-present = Jetziges Passwort
access-password-hint = Mindestens 12 Zeichen. Ein ganzer Satz ist gut und leicht zu merken.
access-sign-in-title = Anmelden
access-sign-in-send = Anmelden
access-to-sign-in = Zur Anmeldung
access-forgotten-link = Passwort vergessen
access-without-title = Sie haben kein Konto?
access-without-report = Sie können trotzdem melden: hier oder am Telefon. Ihre Verwaltung bestätigt die Meldung danach.
access-without-link = Ohne Konto melden
access-without-status = Stand einer Meldung abfragen
access-offline-title = Ihre Verwaltung ist offline?
access-offline-what = Rufen Sie an, Tag und Nacht:
access-missing-mail = Bitte geben Sie die E-Mail-Adresse an.
access-missing-name = Bitte geben Sie den Namen an.
access-missing-password = Bitte geben Sie das Passwort ein.
access-missing-role = Bitte wählen Sie eine Rolle.
access-missing-organisation = Bitte wählen Sie die Stelle.
access-error-sign-in = E-Mail-Adresse und Passwort passen nicht zusammen, oder das Konto ist gesperrt.
access-error-password = Das ist nicht Ihr jetziges Passwort.
access-error-no-cert = Im Register steht noch keine Stelle für das CERT.
    .next = Importieren Sie zuerst das Register, und versuchen Sie es dann noch einmal.
access-signed-out = Sie sind abgemeldet.
access-forgotten-title = Passwort vergessen
access-forgotten-what = Wir schicken Ihnen einen Link, mit dem Sie ein neues Passwort wählen.
access-forgotten-send = Link schicken
access-reset-sent = Wenn es zu dieser E-Mail-Adresse ein Konto gibt, kommt gleich eine Mail mit einem Link. Er gilt zwei Stunden.
access-new-password-title = Neues Passwort wählen
access-new-password-for = Für das Konto { $mail }.
access-new-password-send = Passwort speichern
access-new-password-ends = Danach sind Sie überall abgemeldet und melden sich mit dem neuen Passwort an.
access-password-set = Ihr neues Passwort gilt. Bitte melden Sie sich damit an.
access-invitation-title = Einladung annehmen
access-invitation-what = { $organisation } lädt Sie ein. Ihre Rolle: { $role }.
access-invitation-mail = Sie melden sich mit dieser Adresse an: { $mail }.
access-invitation-privileged = Diese Rolle gilt erst, wenn eine zweite Person mit der Rolle Administration sie bestätigt hat.
access-invitation-known = Sie haben schon ein Passwort. Es bleibt, wie es ist.
access-invitation-accept = Einladung annehmen
access-invitation-accepted = Sie haben die Einladung angenommen.
access-first-title = Administration einrichten
access-first-what = Sie werden eine der ersten beiden Personen mit der Rolle Administration. Jede hat ihren eigenen Link. Wichtige Rollen vergeben Sie später nur zu zweit.
access-first-send = Konto anlegen
access-first-done = Ihr Konto ist angelegt.
access-gone-title = Dieser Link gilt nicht
access-gone-what = Er wurde schon benutzt, ist abgelaufen, oder es gibt einen neueren. Vielleicht fehlt auch ein Stück davon: Kopieren Sie den ganzen Link aus der Mail.
access-gone-password = Neues Passwort: Lassen Sie sich einen neuen Link schicken.
access-gone-invitation = Einladung: Bitten Sie die Person, die Sie eingeladen hat, um eine neue.
access-account-title = Mein Konto
access-roles-title = Rollen
access-roles-none = Noch keine Rolle. Bitten Sie Ihre Leitung oder die Administration darum.
access-grant-waits = gilt noch nicht
access-change-title = Passwort ändern
access-change-what = Danach sind Sie auf allen anderen Geräten abgemeldet.
access-change-send = Passwort ändern
access-password-changed = Ihr neues Passwort gilt. Auf allen anderen Geräten sind Sie abgemeldet.
access-sessions-title = Wo Sie angemeldet sind
access-sessions-what = Kennen Sie eine Zeile nicht? Dann melden Sie dieses Gerät ab und ändern Sie Ihr Passwort.
access-session-this = dieses Gerät
access-session-when = angemeldet { $since }, zuletzt benutzt { $seen }
access-session-end = Abmelden
access-session-end-named = Abmelden: { $name }
access-session-unknown = Unbekannter Browser
access-sessions-end-others = Alle anderen abmelden
access-session-ended = Abgemeldet.
access-tokens-title = API-Tokens
access-tokens-what = Mit einem Token meldet sich ein Programm in Ihrem Namen. Es darf nie mehr als Sie selbst.
access-tokens-none = Noch kein Token.
access-token-over = gilt nicht mehr
access-token-until = gilt bis { $until }
access-token-used = zuletzt benutzt { $when }
access-token-unused = noch nie benutzt
access-token-revoke = Widerrufen
access-token-revoke-named = Token widerrufen: { $name }
access-token-revoke-sure = Das Token „{ $name }“ widerrufen? Das Programm, das es benutzt, kommt dann nicht mehr herein.
access-token-revoked = Das Token gilt nicht mehr.
access-token-name = Wofür ist das Token?
access-token-name-hint = Zum Beispiel: Programm für unsere Störungsmeldungen
access-token-scopes = Was darf es?
access-token-days-label = Wie viele Tage gilt es?
access-token-days-hint = Höchstens 365
access-token-make = Token anlegen
access-token-made = Ihr neues Token
access-token-once = Kopieren Sie es jetzt und geben Sie es dem Programm. Es wird nur dieses eine Mal gezeigt.
access-scope-incidents-read = Vorgänge lesen
access-scope-incidents-write = Vorfälle melden und bearbeiten
access-scope-advisories-read = Warnmeldungen lesen
access-scope-advisories-write = Warnmeldungen schreiben und freigeben
access-scope-directory-read = Register lesen
access-people-title = Konten
access-people-back = Alle Konten
access-people-none = Hier steht noch niemand. Laden Sie die erste Person ein, oder ändern Sie die Suche.
access-search = Suche nach Name, Adresse oder Stelle
access-search-send = Suchen
access-state = Zustand
access-state-invited = eingeladen
access-state-locked = gesperrt
access-granted-by-operator = Betrieb
access-waiting-title = { $count ->
    [one] Eine Rolle wartet auf Bestätigung
   *[other] { $count } Rollen warten auf Bestätigung
}
access-waiting-what = Wichtige Rollen gelten erst, wenn eine zweite Person sie bestätigt.
access-waiting-by = vergeben von { $name }, { $when }
access-waiting-other = wartet auf eine andere Person
access-confirm = Bestätigen
access-confirm-named = Bestätigen: { $name }, { $role }
access-confirmed = Die Rolle gilt jetzt.
access-grant-end = Beenden
access-grant-end-named = Beenden: { $role }, { $organisation }
access-grant-end-sure = { $name } die Rolle „{ $role }“ nehmen? Sie können später neu einladen.
access-grant-ended = Die Rolle ist beendet.
access-entry-title = Zugang
access-lock = Konto sperren
access-lock-what = Ein gesperrtes Konto kann sich nicht anmelden. Seine Tokens und Rollen gelten nicht. Sie können es wieder entsperren.
access-lock-sure = Das Konto von { $name } sperren?
access-locked = Das Konto ist gesperrt.
access-unlock = Konto entsperren
access-unlock-what = Dieses Konto ist gesperrt. Entsperrt gelten sein Passwort und seine Rollen wieder.
access-unlocked = Das Konto ist entsperrt.
access-sessions-count = { $count ->
    [0] Die Person ist gerade nirgends angemeldet.
    [one] Die Person ist auf einem Gerät angemeldet.
   *[other] Die Person ist auf { $count } Geräten angemeldet.
}
access-sessions-end-all = Überall abmelden
access-invite-link = Person einladen
access-invite-title = Person einladen
access-invite-what = Die Person bekommt eine Mail mit einem Link. Die Rolle gilt, wenn sie die Einladung annimmt.
access-invite-what-cert = Analyse, Freigabe, CERT-Leitung und Administration gelten erst, wenn eine zweite Person mit der Rolle Administration sie bestätigt.
access-invite-send = Einladung schicken
access-invited = Die Einladung ist unterwegs.
access-role = Rolle
access-role-hint = Meldende Person und Leitung gehören zu einer Stelle, alle anderen zum CERT.
access-role-hint-lead = Die Leitung kann selbst Personen einladen.
access-organisation = Stelle
access-organisation-hint = Nur für meldende Personen und Leitungen.
access-password-short = Das Passwort ist zu kurz. Nehmen Sie mindestens 12 Zeichen, zum Beispiel einen Satz.
access-password-long = Das Passwort ist zu lang. Mehr als 200 Zeichen gehen nicht.
access-password-mail = Ihre E-Mail-Adresse ist kein gutes Passwort. Bitte nehmen Sie etwas anderes.
access-password-common = Dieses Passwort probieren Angreifer zuerst. Bitte nehmen Sie ein anderes.
access-token-no-scope = Bitte wählen Sie mindestens eines, was das Token darf.
access-token-days = Bitte geben Sie 1 bis 365 Tage an.
access-error-account-exists = Zu dieser E-Mail-Adresse gibt es schon ein Konto.
access-error-nothing-to-confirm = Hier gibt es nichts zu bestätigen. Vielleicht hat es schon jemand getan.
access-error-last-administrators = Es müssen mindestens zwei Personen mit der Rolle Administration bleiben, sonst kann niemand mehr etwas bestätigen.
    .next = Geben Sie zuerst einer weiteren Person diese Rolle, und lassen Sie sie bestätigen.
access-error-not-locked = Dieses Konto ist nicht gesperrt.
access-error-own-role = Sich selbst kann niemand eine Rolle geben.
    .next = Bitten Sie eine andere Person mit der Rolle Administration.
access-factor-title = Zweiter Faktor
access-factor-what = Ein Passwort kann gestohlen werden. Deshalb fragen wir bei der Anmeldung auch nach einem Code aus einer App auf Ihrem Telefon.
access-factor-needed = Für Ihre Rolle ist das Pflicht. Richten Sie es jetzt ein. Es dauert zwei Minuten.
access-factor-needed-to-read = Vorgänge und Warnmeldungen lesen Sie nur damit. Richten Sie es jetzt ein. Es dauert zwei Minuten.
access-factor-app = Sie brauchen eine App für Einmal-Codes auf Ihrem Telefon, zum Beispiel FreeOTP, Aegis oder den Microsoft Authenticator. Ein Programm auf dem Rechner geht auch.
access-factor-begin = Zweiten Faktor einrichten
access-factor-scan = Code scannen.
access-factor-scan-how = Öffnen Sie die App, fügen Sie ein Konto hinzu und halten Sie das Telefon vor dieses Bild:
access-factor-qr = QR-Code für Ihre App. Er enthält denselben Schlüssel wie der nächste Schritt.
access-factor-type = Oder den Schlüssel eintippen.
access-factor-type-how = Wenn das Scannen nicht geht, geben Sie in der App diesen Schlüssel ein:
access-factor-check = Prüfen.
access-factor-check-how = Die App zeigt jetzt einen Code mit sechs Ziffern. Geben Sie ihn hier ein.
access-factor-confirm = Code prüfen und einrichten
access-factor-again-what = Das Bild gehört jemand anderem oder war zu lange zu sehen?
access-factor-again = Neuen Schlüssel erzeugen
access-factor-since = Bei der Anmeldung fragen wir nach einem Code aus Ihrer App: seit { $since }.
access-factor-codes-left = { $left ->
    [0] Sie haben keinen Wiederherstellungs-Code mehr. Bitte erzeugen Sie gleich neue.
    [one] Sie haben noch einen Wiederherstellungs-Code.
   *[other] Sie haben noch { $left } Wiederherstellungs-Codes.
}
access-factor-none-yet = Sie melden sich nur mit Ihrem Passwort an.
access-factor-manage = Zweiten Faktor verwalten
access-factor-back = Zurück zum zweiten Faktor
access-account-back = Zurück zu meinem Konto
access-factor-in-use = Ihr zweiter Faktor ist schon eingerichtet.
    .next = Möchten Sie ein anderes Telefon benutzen? Dann entfernen Sie ihn zuerst unter „Mein Konto“.
access-factor-none = Für Ihr Konto ist kein zweiter Faktor eingerichtet.
    .next = Richten Sie ihn unter „Mein Konto“ ein.
access-factor-none-other = Für dieses Konto ist kein zweiter Faktor eingerichtet.
access-factor-reset-what = Hat die Person ihr Telefon und ihre Codes verloren? Prüfen Sie am Telefon, ob sie es wirklich ist. Danach richtet sie bei der nächsten Anmeldung einen neuen zweiten Faktor ein. Sie bekommt eine Mail.
access-factor-reset-send = Zweiten Faktor zurücksetzen
access-factor-reset-sure = Den zweiten Faktor von { $name } zurücksetzen? Die Person wird überall abgemeldet.
access-factor-reset = Der zweite Faktor ist zurückgesetzt. Die Person bekommt eine Mail.
access-code-title = Code eingeben
access-code-what = Ihr Passwort stimmt. Öffnen Sie jetzt die App für Einmal-Codes auf Ihrem Telefon.
access-code = Code
access-code-hint = Sechs Ziffern aus der App, oder ein Wiederherstellungs-Code von Ihrer Liste
access-code-app = Code aus der App
access-code-app-hint = Sechs Ziffern
access-code-send = Anmelden
access-code-missing = Bitte geben Sie den Code ein.
access-code-form = Ein Code hat sechs Ziffern. Ein Wiederherstellungs-Code hat sechzehn Zeichen.
access-code-six = Bitte geben Sie hier die sechs Ziffern aus der App ein.
access-code-wrong = Dieser Code passt nicht. Nehmen Sie den, der gerade in der App steht. Prüfen Sie auch, ob die Uhr Ihres Telefons stimmt.
access-code-used = Dieser Code wurde schon benutzt. Warten Sie, bis die App den nächsten zeigt.
access-recovery-wrong = Dieser Wiederherstellungs-Code gilt nicht oder wurde schon benutzt. Nehmen Sie einen anderen von Ihrer Liste.
access-lost-title = Telefon verloren?
access-lost-what = Nehmen Sie einen Wiederherstellungs-Code von Ihrer Liste. Jeder gilt einmal.
access-lost-call = Auch die Liste ist weg? Rufen Sie { $cert } an:
access-report-first-title = Ist etwas passiert?
access-report-first-what = Einen Vorfall melden Sie auch ohne Code, jetzt gleich.
access-recovery-title = Ihre Wiederherstellungs-Codes
access-recovery-done = Eingerichtet. Ab jetzt fragen wir bei jeder Anmeldung nach einem Code.
access-recovery-what = Mit einem dieser Codes kommen Sie herein, wenn Ihr Telefon fehlt. Jeder gilt einmal.
access-recovery-once = Drucken Sie diese Seite oder schreiben Sie die Codes ab. Verwahren Sie sie nicht neben Ihrem Passwort. Wir zeigen sie nur dieses eine Mal.
access-recovery-on = Ich habe die Codes. Weiter
access-renew-title = Neue Wiederherstellungs-Codes
access-renew-what = Sie bekommen zehn neue Codes. Die alten gelten danach nicht mehr.
access-renew-send = Neue Codes erzeugen
access-turn-off-title = Zweiten Faktor entfernen
access-turn-off-what = Nötig, wenn Sie ein neues Telefon haben. Danach richten Sie den zweiten Faktor dort neu ein. Auf allen anderen Geräten werden Sie abgemeldet.
access-turn-off-send = Zweiten Faktor entfernen
access-turned-off = Der zweite Faktor ist entfernt.
access-error-idempotency = Dieser Schlüssel wurde schon für eine andere Anfrage benutzt. Nehmen Sie einen neuen.
access-mail-invitation-subject = Ihr Zugang zur Meldekette
access-mail-invitation =
    Guten Tag { $name },

    Sie sollen in der Meldekette mitarbeiten: { $organisation }, Rolle „{ $role }“.

    Öffnen Sie dazu diesen Link. Er gilt einmal und bis { $until }. Er ist nur für Sie.

    { $link }

    Sie erwarten keine Einladung? Dann löschen Sie diese Mail. Ohne den Link geschieht nichts.

    { $cert }, Telefon { $phone }
access-mail-factor-set-subject = Zweiter Faktor eingerichtet
access-mail-factor-set =
    Guten Tag { $name },

    für Ihr Konto in der Meldekette gilt seit { $now } ein zweiter Faktor. Bei jeder Anmeldung fragen wir nach einem Code aus Ihrer App.

    Das waren nicht Sie? Dann rufen Sie sofort an: { $cert }, Telefon { $phone }
access-mail-factor-codes-subject = Neue Wiederherstellungs-Codes
access-mail-factor-codes =
    Guten Tag { $name },

    für Ihr Konto in der Meldekette wurden am { $now } neue Wiederherstellungs-Codes erzeugt. Die alten gelten nicht mehr.

    Das waren nicht Sie? Dann rufen Sie sofort an: { $cert }, Telefon { $phone }
access-mail-factor-off-subject = Zweiter Faktor entfernt
access-mail-factor-off =
    Guten Tag { $name },

    der zweite Faktor Ihres Kontos in der Meldekette wurde am { $now } entfernt. Richten Sie bald einen neuen ein: { $address }/konto/zweiter-faktor

    Das waren nicht Sie? Dann rufen Sie sofort an: { $cert }, Telefon { $phone }
access-mail-factor-reset-subject = Zweiter Faktor zurückgesetzt
access-mail-factor-reset =
    Guten Tag { $name },

    die Administration hat den zweiten Faktor Ihres Kontos in der Meldekette am { $now } zurückgesetzt. Bei der nächsten Anmeldung richten Sie einen neuen ein. Ihr Passwort bleibt, wie es ist.

    Sie haben nicht darum gebeten? Dann rufen Sie sofort an: { $cert }, Telefon { $phone }
access-mail-recovery-used-subject = Wiederherstellungs-Code benutzt
access-mail-recovery-used =
    Guten Tag { $name },

    in Ihrem Konto in der Meldekette hat sich am { $now } jemand mit einem Wiederherstellungs-Code angemeldet. Übrig: { $left } von { $all } Codes.

    Das waren nicht Sie? Dann rufen Sie sofort an: { $cert }, Telefon { $phone }
access-mail-reset-subject = Neues Passwort für die Meldekette
access-mail-reset =
    Guten Tag { $name },

    für Ihr Konto wurde ein neues Passwort angefordert. Mit diesem Link wählen Sie es. Er gilt einmal und bis { $until }. Er ist nur für Sie.

    { $link }

    Das waren nicht Sie? Dann löschen Sie diese Mail. Ihr Passwort bleibt, wie es ist.

    { $cert }, Telefon { $phone }

### directory
directory-kind-land = Land
directory-kind-landkreis = Landkreis
directory-kind-kreisfreie-stadt = Kreisfreie Stadt
directory-kind-verwaltungsgemeinschaft = Verwaltungsgemeinschaft
directory-kind-gemeinde = Stadt oder Gemeinde
directory-kind-state-agency = Landesbehörde
directory-kind-service-provider = IT-Dienstleister
directory-kind-association = Verband
directory-kind-cert = CERT
directory-kind-federal-agency = Bundesbehörde
directory-level-municipal = Gemeinde
directory-level-district = Kreis
directory-level-state = Land
directory-level-federal = Bund
directory-enrolment-known = bekannt
directory-enrolment-invited = eingeladen
directory-enrolment-enrolled = angebunden
directory-enrolment-suspended = ausgesetzt
directory-contact-it-security-officer = IT-Sicherheitsbeauftragte Person
directory-contact-deputy = Vertretung
directory-contact-head = Leitung der Verwaltung
directory-contact-hotline = Telefon rund um die Uhr
directory-error-ags = Ein Gemeindeschlüssel (AGS) hat 8 Ziffern, der eines Landkreises 5, der eines Landes 2.
directory-error-ars = Ein Regionalschlüssel (ARS) hat 12 Ziffern und beginnt mit dem Schlüssel eines Landes (01 bis 16).
directory-error-key = Ein Schlüssel besteht aus 12 Ziffern (ARS) oder aus kleinen Buchstaben, Ziffern und Bindestrichen.
directory-error-postcode = Eine Postleitzahl hat 5 Ziffern.
directory-error-sign = Ein Kfz-Kennzeichen hat 1 bis 3 große Buchstaben. Beispiel: GTH.
directory-error-phone = Das ist keine Telefonnummer. Beispiel: 0361 123456.
directory-error-network = Das ist kein Netz. Beispiele: 192.0.2.0/24, 2001:db8::/32, AS64500.
directory-error-network-bits = Hinter der Netzmaske stehen noch Ziffern. Beispiel: 192.0.2.0/24, nicht 192.0.2.7/24.
directory-error-network-wide = Das Netz ist zu groß für eine Verwaltung.
directory-error-domain = Das ist keine Mail-Domain. Beispiel: stadt.example.
directory-import-fault-file = Die Datei: { $reason }
directory-import-fault-line = Zeile { $line }: { $reason }
directory-import-fault-cell = Zeile { $line }, Spalte { $column }: { $reason }
directory-import-fault-there = Dort steht: „{ $value }“.
directory-import-too-large = Die Datei ist größer als 16 MiB.
directory-import-no-source = Es fehlt eine Zeile wie „# source: mein-verzeichnis“ (kleine Buchstaben, Ziffern, Bindestriche, nicht „hand“).
directory-import-no-header = Es fehlt die Zeile mit den Namen der Spalten.
directory-import-not-csv = Die Datei lässt sich nicht als CSV lesen.
directory-import-not-utf8 = Die Zeile ist nicht in UTF-8 geschrieben. Bitte speichern Sie die Datei als „CSV UTF-8“.
directory-import-unknown-column = Diese Spalte gibt es nicht.
directory-import-column-twice = Diese Spalte steht zweimal da.
directory-import-missing-column = Diese Spalte fehlt.
directory-import-cell-count = Die Zeile hat mehr oder weniger Felder als die Kopfzeile.
directory-import-choice = Dieses Wort gibt es hier nicht.
directory-import-yes-no = Hier steht yes oder no.
directory-import-date = Das ist kein Datum zwischen 1800 und 2099. Beispiel: 2026-03-31.
directory-import-ends-before = Das Ende liegt nicht nach dem Anfang.
directory-import-key-twice = Diesen Schlüssel hat schon eine andere Zeile.
directory-import-ags-differs = Gemeindeschlüssel (AGS) und Regionalschlüssel (ARS) nennen verschiedene Stellen.
directory-import-unknown-key = Eine Stelle mit diesem Schlüssel gibt es weder in der Datei noch im Register.
directory-import-two-administrations = Wer selbst eine Verwaltung hat, wird nicht von einer anderen verwaltet.
directory-import-no-administration = Die genannte Stelle hat selbst keine Verwaltung.
directory-import-cycle = Die Stelle steht über sich selbst.
directory-import-relation-twice = Diese Beziehung steht schon in einer anderen Zeile.
directory-import-two-names = Derselbe Dienstleister hat in einer anderen Zeile einen anderen Namen.
directory-call-reached = erreicht
directory-call-not-reached = nicht erreicht
directory-call-call-back = Rückruf vereinbart
directory-asset-cidr = Netz
directory-asset-asn = Autonomes System (ASN)
directory-asset-mail-domain = Mail-Domain
directory-error-day = Bitte geben Sie das Datum in dieser Form an: 31.12.2027.
directory-error-cursor = Diese Stelle der Liste gibt es nicht. Bitte beginnen Sie von vorn.
directory-error-ends-before = Das Ende muss nach dem Anfang liegen.
directory-error-key-taken = Dieser Schlüssel gehört schon zu einer anderen Stelle.
directory-error-already-there = Das ist hier schon eingetragen.
directory-error-imported = Diese Stelle kommt aus einer Datei.
    .next = Ändern Sie die Datei, und lesen Sie sie neu ein.
directory-error-unreachable = Bitte geben Sie eine E-Mail-Adresse oder eine Telefonnummer an.
directory-error-out-of-band = Diese Adresse liegt im eigenen Netz der Stelle. Bitte nennen Sie eine, die auch bei einem Ausfall erreichbar ist.
directory-error-last-contact = Ohne diese Angaben erreicht keine Warnmeldung mehr die Stelle.
    .next = Tragen Sie zuerst einen anderen Kontakt mit E-Mail-Adresse ein.
directory-error-certificate = Das ist kein Zertifikat im PEM-Format. Der Text beginnt mit „-----BEGIN CERTIFICATE-----“.
directory-error-certificate-early = Das Zertifikat gilt noch nicht.
directory-error-certificate-expired = Das Zertifikat ist abgelaufen. Bitte tragen Sie das neue ein.
directory-error-certificate-purpose = Mit diesem Zertifikat lassen sich keine Mails verschlüsseln. Gebraucht wird ein S/MIME-Zertifikat.
directory-error-private-key = Das ist ein privater Schlüssel. Er darf Ihr Haus nicht verlassen. Tragen Sie nur das Zertifikat oder den öffentlichen Schlüssel ein.
directory-error-pgp = Das ist kein öffentlicher OpenPGP-Schlüssel. Der Text beginnt mit „-----BEGIN PGP PUBLIC KEY BLOCK-----“.
directory-error-pgp-expired = Der Schlüssel muss noch gelten. Bitte geben Sie seinen letzten Tag an.
directory-error-no-administration = Diese Stelle hat keine eigene Verwaltung oder besteht nicht mehr. Sie kann nicht angebunden werden.
    .next = Binden Sie die Verwaltung an, die für diese Stelle zuständig ist.
directory-error-enrolment = Dieser Schritt ist von hier aus nicht möglich. Vielleicht war jemand schneller.
directory-error-enrol-unreachable = Zur Anbindung fehlt ein Kontakt mit E-Mail-Adresse: IT-Sicherheit, Vertretung oder Leitung.
    .next = Tragen Sie bei der Stelle einen solchen Kontakt ein, und versuchen Sie es dann noch einmal.
directory-error-import-incomplete = Mehr als ein Fünftel der Einträge aus dieser Quelle steht nicht mehr in der Datei. Ist sie vollständig? Dann bestätigen Sie das.
directory-error-import-moved = Das Register wurde gleichzeitig geändert. Bitte lesen Sie die Datei noch einmal ein.
directory-save = Speichern
directory-edit = Stelle bearbeiten
directory-facts = Angaben
directory-example = Beispiel
directory-ended = beendet
directory-expired = abgelaufen
directory-since = seit { $day }
directory-until = bis { $day }
directory-until-incl = gültig bis { $day }
directory-not-valid = besteht nicht mehr
directory-by-hand = von Hand eingetragen
directory-back-to = Zurück zu { $name }
directory-back-to-list = Zurück zum Register
directory-list-title = Register
directory-list-caption = Stellen im Register, nach Orten geordnet
directory-list-count = { $count ->
    [one] Eine Stelle.
   *[other] { $count } Stellen.
}
directory-list-administrations = Verwaltungen darunter:
directory-list-empty = Zu dieser Suche gibt es keine Stelle. Nehmen Sie einen Filter weg oder suchen Sie mit weniger Wörtern.
directory-own-title = Ihre Stellen
directory-to-call-list = Noch anzurufen
directory-to-cards = Notfallkarten drucken (PDF)
directory-to-import = Datei einlesen
directory-to-new = Neue Stelle
directory-filter-label = Register durchsuchen
directory-filter-text = Name, AGS oder ARS
directory-filter-kind = Art
directory-filter-district = Kreis
directory-filter-enrolment = Anbindung
directory-filter-administrations = nur Verwaltungen
directory-filter-ended = auch beendete
directory-filter-all = alle
directory-filter-send = Filtern
directory-filter-reset = Filter löschen
directory-col-name = Name
directory-col-sign = Kreis
directory-col-kind = Art
directory-col-keys = Schlüssel
directory-col-population = Einwohner
directory-col-enrolment = Anbindung
directory-col-phone = Telefon
directory-col-call = Letzter Anruf
directory-col-do = Aktion
directory-no-administration = keine eigene Verwaltung
directory-administration = Hat eine eigene Verwaltung
directory-administered-by = Verwaltet von
directory-district = Kreis
directory-level = Ebene
directory-ags = Gemeindeschlüssel (AGS)
directory-ars = Regionalschlüssel (ARS)
directory-ags-short = AGS
directory-ars-short = ARS
directory-second-key = Zweiter Schlüssel
directory-seat = Sitz
directory-postcode = Postleitzahl
directory-valid = Besteht
directory-valid-from = Erster Tag
directory-valid-until = Erster Tag, an dem es nicht mehr gilt
directory-valid-until-hint = Leer lassen, solange es gilt.
directory-day-hint = Zum Beispiel 31.03.2026
directory-source = Quelle
directory-enrolment = Anbindung
directory-key = Schlüssel für Dateien
directory-key-hint = Ein Wort aus kleinen Buchstaben, Ziffern und Bindestrichen. Dateien nennen die Stelle so.
directory-new-what = Für Stellen, die in keinem amtlichen Verzeichnis stehen, zum Beispiel Dienstleister oder Landesbehörden.
directory-members = Verwaltet für
directory-contacts = Kontakte
directory-contacts-empty = Noch kein Kontakt. Ohne Kontakt erreicht keine Warnmeldung diese Stelle.
directory-contact-new = Neuer Kontakt
directory-contact-title = Kontakt bearbeiten
directory-confirm-title = Stimmen diese Angaben?
directory-confirm-what = So erreichen wir Sie, wenn etwas passiert. Prüfen Sie jede Zeile.
directory-confirm-send = Stimmt so
directory-confirm-link = Angaben prüfen und bestätigen
directory-confirm-wrong-lead = Stimmt etwas nicht? Ändern Sie den Kontakt. Netze und Name ändern wir für Sie. Rufen Sie an:
directory-confirm-wrong = Stimmt etwas nicht? Ihre Leitung kann Kontakte ändern. Oder rufen Sie an:
directory-confirm-changed = Gerade hat jemand etwas geändert. Prüfen Sie bitte noch einmal.
directory-confirm-no-mail = keine E-Mail-Adresse
directory-confirm-no-phone = keine Telefonnummer
directory-confirm-none = nichts angegeben
directory-confirmed = Bestätigt { $at } von { $by }.
directory-not-confirmed = Noch nicht bestätigt.
directory-note-card-printed = Gut. Legen Sie die Karte dorthin, wo Sie sie auch ohne Strom finden.
directory-note-confirmed = Danke. Die Angaben sind bestätigt.
directory-contact-confirmed = Bestätigt: { $at }
directory-alive-title = Stimmt dieser Kontakt noch?
directory-alive-what = So steht er für { $organisation } im Register. An ihn schicken wir Warnungen.
directory-alive-yes = Ja, stimmt noch
directory-alive-no = Stimmt nicht mehr? Rufen Sie uns an, dann ändern wir es:
directory-alive-thanks = Danke
directory-alive-thanks-what = Der Kontakt ist bestätigt. Sie brauchen nichts weiter zu tun.
directory-alive-gone = Dieser Link gilt nicht
directory-alive-gone-what = Er wurde schon benutzt oder ist abgelaufen. Stimmt der Kontakt nicht mehr, rufen Sie uns an:
directory-alive-mail-subject = Stimmt dieser Kontakt noch?
directory-alive-mail =
    Guten Tag,

    Sie stehen für { $organisation } im Register der Meldekette: { $contact }, { $role }. Wir haben lange nichts von Ihnen gehört, oder eine Mail kam zurück. Erreichen wir Sie hier noch?

    Öffnen Sie diesen Link und bestätigen Sie es mit einem Klick. Ein Passwort brauchen Sie nicht. Er gilt einmal und bis { $until }.

    { $link }

    Stimmt der Kontakt nicht mehr? Dann rufen Sie uns an. Das ist Mail { $times } von { $most }. Danach rufen wir Sie an.

    { $cert }, Telefon { $phone }
directory-key-end-mail-subject = Ihr Zertifikat oder Schlüssel läuft ab
directory-key-end-mail =
    Guten Tag,

    mit Ihrem Zertifikat oder Schlüssel verschlüsseln wir E-Mails an Sie. Es geht um den Kontakt { $contact }, { $organisation }. Der Schlüssel gilt nur bis { $until }.

    Danach bekommen Sie Inhalte, die strenger als TLP:GREEN eingestuft sind, nicht mehr per E-Mail. Sie lesen sie dann nur noch im Portal.

    Bitte tragen Sie hier rechtzeitig ein neues Zertifikat oder einen neuen Schlüssel ein, nach der Anmeldung: { $link }

    { $cert }, Telefon { $phone }
directory-key-end-team-mail-subject = Zertifikate und Schlüssel von Kontakten laufen ab
directory-key-end-team-mail =
    Guten Tag,

    bei diesen Kontakten läuft der letzte Schlüssel ab oder ist abgelaufen:

    { $list }

    Die Kontakte haben eine E-Mail bekommen. Ohne neuen Schlüssel gehen E-Mails über TLP:GREEN ohne Inhalt an sie.
directory-silent-title = Kontakte, die nicht antworten
directory-silent-what = Dreimal um Bestätigung gebeten, ohne Antwort. Bitte anrufen. Wer den Kontakt ändert oder sich anmeldet, fällt aus der Liste.
directory-col-alive = Zuletzt bestätigt
directory-contact-edit = bearbeiten
directory-contact-role = Aufgabe
directory-contact-role-hint = Warnmeldungen gehen an die IT-Sicherheit. Fehlt sie, gehen sie an die Vertretung, dann an die Leitung.
directory-contact-nature = Wer liest mit?
directory-contact-nature-hint = Was mit TLP:RED gekennzeichnet ist, geht nur an namentlich genannte Personen.
directory-contact-function = Funktionspostfach oder gemeinsamer Anschluss
directory-contact-person = eine Person
directory-contact-name = Name
directory-contact-name-hint = Name der Person oder der Funktion, zum Beispiel „IT-Leitstelle“
directory-contact-mail = E-Mail-Adresse
directory-contact-phone = Telefon
directory-contact-out-of-band = Erreichbar bei Ausfall
directory-contact-out-of-band-hint = Eine E-Mail-Adresse oder Telefonnummer außerhalb Ihres eigenen Netzes
directory-contact-certificate = S/MIME-Zertifikat
directory-contact-certificate-hint = Damit lassen sich Mails an diesen Kontakt verschlüsseln. Als Text im PEM-Format. Nur das Zertifikat, nie den privaten Schlüssel.
directory-contact-pgp = OpenPGP-Schlüssel
directory-contact-pgp-hint = Der öffentliche Schlüssel als Text
directory-contact-pgp-until = Letzter Tag des OpenPGP-Schlüssels
directory-contact-pgp-until-hint = Bitte selbst angeben, zum Beispiel 31.12.2027. Wir lesen das Datum nicht aus dem Schlüssel.
directory-contact-no-key = Kein Zertifikat und kein Schlüssel. Was nicht weitergegeben werden darf (strenger als TLP:GREEN), erhält dieser Kontakt nur als Hinweis auf das Portal.
directory-contact-gets-sealed = Was nicht weitergegeben werden darf (strenger als TLP:GREEN), erhält dieser Kontakt verschlüsselt.
directory-contact-gets-sealed-function = Was nicht weitergegeben werden darf (strenger als TLP:GREEN), erhält dieser Kontakt verschlüsselt. TLP:RED geht nie im Wortlaut an ein gemeinsames Postfach.
directory-contact-gets-pointer = Zertifikat oder Schlüssel lässt sich jetzt nicht nutzen. Was strenger als TLP:GREEN ist, erhält dieser Kontakt deshalb nur als Hinweis auf das Portal.
directory-ends-soon = endet bald
directory-certificate-other = andere Adresse
directory-contact-end = Kontakt beenden
directory-contact-end-ask = „{ $name }“ ({ $role }) erhält dann keine Mails mehr und steht nicht mehr auf den Anruflisten.
directory-contact-end-yes = Ja, diesen Kontakt beenden
directory-stale-title = Inzwischen hat jemand anderes gespeichert
directory-stale-what = Nichts ist verloren. Vergleichen Sie beide Fassungen. Wenn Sie jetzt speichern, gilt Ihre.
directory-stale-field = Feld
directory-stale-stored = Gespeichert
directory-stale-typed = Ihre Eingabe
directory-assets = Netze und Mail-Domains
directory-assets-empty = Noch keine eingetragen.
directory-asset-new = Netz oder Mail-Domain eintragen
directory-asset-what = Daran erkennen wir, zu welcher Stelle eine Meldung oder ein Angriff gehört.
directory-asset-kind = Was tragen Sie ein?
directory-asset-network = Netz (CIDR) oder autonomes System (ASN)
directory-asset-value = Wert
directory-asset-value-hint = Zum Beispiel 192.0.2.0/24, 2001:db8::/32, AS64500 oder stadt.example
directory-asset-remove = entfernen
directory-asset-remove-ask = „{ $value }“ gehört dann nicht mehr zu dieser Stelle.
directory-asset-remove-yes = Ja, entfernen
directory-served-by = IT-Dienstleister
directory-served-by-empty = Noch keiner eingetragen.
directory-serves = Arbeitet für
directory-relation-new = Dienstleister eintragen
directory-relation-provider = Dienstleister
directory-relation-provider-hint = Fehlt er hier? Dann legen Sie ihn zuerst als neue Stelle an.
directory-relation-service = Dienst
directory-relation-service-hint = Zum Beispiel Rechenzentrum, E-Mail, Einwohnerwesen
directory-relation-end = beenden
directory-relation-end-ask = { $provider } erbringt „{ $service }“ dann nicht mehr für diese Stelle.
directory-relation-end-yes = Ja, beenden
directory-calls = Anrufe
directory-calls-empty = Noch kein Anruf notiert.
directory-calls-title = Noch anzurufen
directory-calls-count = { $count ->
    [0] Keine Verwaltung wartet auf einen Anruf.
    [one] Eine Verwaltung ist noch nicht angebunden.
   *[other] { $count } Verwaltungen sind noch nicht angebunden.
}
directory-calls-none = Hier ist niemand mehr anzurufen. Wählen Sie einen anderen Kreis oder gehen Sie zurück zum Register.
directory-calls-caption = Verwaltungen in { $name }, die noch anzurufen sind
directory-call-new = Anruf notieren
directory-call-outcome = Wie ging der Anruf aus?
directory-call-note = Notiz
directory-call-note-hint = Was vereinbart wurde. Nur das ThüringenCERT sieht die Notiz.
directory-never-called = noch keiner
directory-no-district = Ohne Kreis
directory-no-phone = keine Nummer bekannt
directory-step-invite = Einladung vermerken
directory-step-withdraw = Einladung zurückziehen
directory-step-enrol = Anbinden
directory-step-suspend = Anbindung aussetzen
directory-step-resume = Wieder anbinden
directory-note-added = Die Stelle ist eingetragen.
directory-note-changed = Die Stelle ist geändert.
directory-note-contact-added = Der Kontakt ist eingetragen.
directory-note-contact-changed = Der Kontakt ist geändert.
directory-note-contact-ended = Der Kontakt ist beendet.
directory-note-asset-added = Der Eintrag ist gespeichert.
directory-note-asset-removed = Der Eintrag ist entfernt.
directory-note-relation-added = Der Dienstleister ist eingetragen.
directory-note-relation-ended = Der Dienstleister ist als beendet vermerkt.
directory-note-code = Der Code stimmt. Wer anruft, hat die Notfallkarte dieser Stelle.
directory-note-call = Der Anruf ist notiert.
directory-note-enrolment = Der Stand der Anbindung ist geändert.
directory-mandates = Mandate
directory-mandates-short = Wer in Ihrem Namen Vorfälle melden darf, und bis wann.
directory-mandates-show = Mandate ansehen
directory-mandates-what = Mit einem Mandat darf eine andere Stelle Vorfälle für { $name } melden, zum Beispiel ein IT-Dienstleister. Es gilt auf Zeit. Beide Seiten können es jederzeit beenden.
directory-mandates-granted = Erteilte Mandate
directory-mandates-granted-empty = Noch keines. Ohne Mandat muss die Stelle jede Meldung bestätigen, die andere für sie abgeben.
directory-mandates-held = Erhaltene Mandate
directory-mandates-held-empty = Keines. Andere Stellen erteilen ein Mandat auf ihrer eigenen Seite.
directory-back-to-mandates = Zurück zu den Mandaten
directory-mandate-new = Mandat erteilen
directory-mandate-new-what = Eine andere Stelle darf dann für { $name } melden.
directory-mandate-search = Welche Stelle suchen Sie?
directory-mandate-search-hint = Name oder Ort, zum Beispiel Rechenzentrum
directory-mandate-search-go = Suchen
directory-mandate-search-empty = Dazu steht nichts im Register. Versuchen Sie es mit weniger Wörtern, oder rufen Sie uns an.
directory-mandate-whom = Wer erhält das Mandat?
directory-mandate-whom-hint = Fehlt die Stelle hier? Dann suchen Sie oben danach.
directory-mandate-scope = Was darf diese Stelle?
directory-mandate-scope-report = Vorfälle melden und diese Meldungen verfolgen
directory-mandate-scope-read = Vorfälle melden und alle Vorgänge der Stelle lesen
directory-mandate-scope-act = Vorfälle melden, alle Vorgänge der Stelle lesen und Nachrichten beantworten
directory-mandate-until = Letzter Tag
directory-mandate-until-hint = Bis Mitternacht dieses Tages. Höchstens drei Jahre.
directory-mandate-after = Beide Stellen erhalten eine E-Mail. Vor dem Ende erinnern wir Sie.
directory-mandate-grant = Dieses Mandat erteilen
directory-mandate-days = vom { $from } bis zum { $until }
directory-mandate-coming = gilt noch nicht
directory-mandate-valid = gilt
directory-mandate-ends-in = { $days ->
    [0] läuft heute ab
    [one] läuft in einem Tag ab
   *[other] läuft in { $days } Tagen ab
}
directory-mandate-ended = abgelaufen
directory-mandate-revoked = widerrufen
directory-mandate-laid-down = niedergelegt
directory-mandate-revoke = widerrufen
directory-mandate-revoke-ask = „{ $name }“ darf dann sofort nicht mehr melden und sieht die Vorgänge nicht mehr.
directory-mandate-revoke-yes = Ja, Mandat widerrufen
directory-mandate-lay-down = niederlegen
directory-mandate-lay-down-ask = Sie dürfen dann sofort nicht mehr für „{ $name }“ melden und sehen die Vorgänge nicht mehr.
directory-mandate-lay-down-yes = Ja, Mandat niederlegen
directory-mandate-error-past = Das Mandat kann frühestens heute beginnen.
directory-mandate-error-order = Der letzte Tag liegt vor dem ersten.
directory-mandate-error-long = Ein Mandat gilt höchstens drei Jahre. Der letzte mögliche Tag ist der { $day }.
directory-mandate-error-overlap = An einem dieser Tage gilt schon ein solches Mandat.
directory-mandate-error-register = Diese Stelle handelt schon nach dem Register für Sie. Sie braucht kein Mandat.
directory-mandate-error-whom = Bitte wählen Sie eine Stelle.
directory-mandate-error-over = Dieses Mandat ist schon beendet.
directory-note-mandate-granted = Das Mandat ist erteilt. Beide Stellen erhalten eine E-Mail.
directory-note-mandate-revoked = Das Mandat ist widerrufen. Beide Stellen erhalten eine E-Mail.
directory-note-mandate-laid-down = Das Mandat ist niedergelegt. Beide Stellen erhalten eine E-Mail.
directory-reportable-mandate = { $name } (mit Mandat, also mit Erlaubnis der Stelle)
directory-reportable-service = { $name } (ohne Mandat: die Stelle muss die Meldung bestätigen)
directory-mandate-granted-mail-subject = Ein Mandat ist erteilt
directory-mandate-mail-granted =
    Guten Tag,

    { $mandated } hat ein Mandat von { $grantor }. Erteilt hat es { $who }.

    Was es erlaubt: { $scope }.
    Erster Tag: { $from }
    Letzter Tag: { $until }

    Beide Seiten können das Mandat jederzeit beenden:

    { $link }

    { $cert }, Telefon { $phone }
directory-mandate-revoked-mail-subject = Ein Mandat ist widerrufen
directory-mandate-mail-revoked =
    Guten Tag,

    Das Mandat von { $grantor } für { $mandated } gilt ab sofort nicht mehr. Widerrufen hat es { $who }.

    Was es erlaubt hat: { $scope }.

    Hier sehen Sie Ihre Mandate:

    { $link }

    { $cert }, Telefon { $phone }
directory-mandate-laid-down-mail-subject = Ein Mandat ist niedergelegt
directory-mandate-mail-laid-down =
    Guten Tag,

    Das Mandat von { $grantor } für { $mandated } gilt ab sofort nicht mehr. Niedergelegt hat es { $who }.

    Was es erlaubt hat: { $scope }.

    Hier sehen Sie Ihre Mandate:

    { $link }

    { $cert }, Telefon { $phone }
directory-mandate-ending-mail-subject = Ein Mandat läuft bald ab
directory-mandate-mail-ending =
    Guten Tag,

    das Mandat von { $grantor } für { $mandated } läuft ab. Sein letzter Tag ist der { $until }.

    Was es erlaubt: { $scope }.

    Soll es weitergehen? Dann erteilt { $grantor } ein neues:

    { $link }

    { $cert }, Telefon { $phone }
directory-error-no-card = Diese Stelle hat keine eigene Verwaltung oder besteht nicht mehr. Sie hat keine Notfallkarte.
directory-error-no-cards = Im Register steht noch keine Verwaltung.
directory-error-code = Der Code stimmt nicht. Hören Sie zu, aber geben Sie nichts heraus. Rufen Sie die Stelle unter einer Nummer aus dem Register zurück.
directory-card-title = Notfallkarte
directory-card-for = Wen Sie anrufen und was Sie zuerst tun, wenn nichts mehr geht. Mit dem Code darauf erkennt das CERT einen Anruf.
directory-card-show = Karte ansehen
directory-card-download = Karte drucken (PDF)
directory-card-what = Drucken Sie die Karte (A5) und füllen Sie sie aus. Hängen Sie sie dreimal aus: im Büro der Leitung, in der IT, zu Hause bei der Vertretung.
directory-card-heading = Notfallkarte IT-Angriff
directory-card-reference = { $name } · Karte { $year } · Stand { $day }
directory-card-phone = { $cert }
directory-card-phone-hours = { $cert }, { $hours }
directory-card-phone-second = Ersatznummer
directory-card-code = Ihr Code am Telefon
directory-card-mail = Von einem sicheren Gerät auch per Mail:
directory-card-out-of-band = Ihre Ausweichadresse:
directory-card-steps = Die ersten drei Schritte
directory-card-step-unplug = **Netzwerkkabel ziehen**, WLAN aus. Rechner **eingeschaltet lassen**.
directory-card-step-keep = **Nichts löschen**, nichts neu installieren, nichts bezahlen.
directory-card-step-call = **Anrufen**, nicht mailen. Bildschirm fotografieren, andere mündlich warnen.
directory-card-questions = Das fragen wir am Telefon
directory-card-question-what = Was sehen Sie, seit wann, auf wie vielen Geräten?
directory-card-question-services = Welche Ämter oder Dienste stehen still?
directory-card-question-backup = Läuft die Sicherung getrennt vom Netz?
directory-card-question-number = Unter welcher Nummer erreichen wir Sie in den nächsten zwei Stunden?
directory-card-own = Eigene Nummern (von Hand)
directory-card-own-provider = IT-Dienstleister
directory-card-own-district = Landkreis, IT-Sicherheit
directory-card-own-head = Leitung privat
directory-card-own-privacy = Datenschutz
directory-card-own-outside = Ausweichadresse
directory-card-warning = **Wir fragen nie nach Passwörtern.** Anruf unsicher? Auflegen, oben anrufen.
directory-card-foot = Nur innerhalb der eigenen Verwaltung
directory-card-until = Gilt bis 31. Januar { $year }. Neue Karte: jedes Jahr.
directory-cards-title = Notfallkarten { $year }
directory-code-title = Code am Telefon prüfen
directory-code-what = Lassen Sie sich den Code von der Notfallkarte vorlesen. Großbuchstaben, Leerzeichen und Striche sind gleichgültig.
directory-code = Code
directory-code-check = Prüfen
directory-import-title = Datei einlesen
directory-import-what = Eine CSV-Datei mit Stellen oder mit Dienstleistern. Alles oder nichts: Hat eine Zeile einen Fehler, ändert sich nichts. Dieselbe Datei noch einmal ändert auch nichts.
directory-import-file = Datei
directory-import-file-hint = CSV in UTF-8, höchstens 16 MiB
directory-import-send = Einlesen
directory-import-complete = Die Datei ist vollständig. Was fehlt, soll heute enden.
directory-import-done = Die Datei ist eingelesen
directory-import-from = Quelle: { $source }
directory-import-col-what = Ergebnis
directory-import-col-count = Anzahl
directory-import-added = neu
directory-import-changed = geändert
directory-import-ended = beendet
directory-import-kept = anders geführt, nicht angetastet
directory-import-unchanged = unverändert
directory-import-added-names = Neu: { $count }
directory-import-changed-names = Geändert: { $count }
directory-import-ended-names = Beendet: { $count }
directory-import-kept-names = Nicht angetastet, weil von Hand oder aus anderer Quelle: { $count }
directory-import-more = und { $count } weitere
directory-import-faults = { $count ->
    [one] Die Datei hat einen Fehler. Er steht unter „Fehler in der Datei“.
   *[other] Die Datei hat { $count } Fehler. Sie stehen unter „Fehler in der Datei“.
}
directory-import-faults-title = Fehler in der Datei
directory-import-nothing = Nichts wurde geändert. Berichtigen Sie die Datei, und lesen Sie sie noch einmal ein.

### incidents
error-date-future = Das liegt in der Zukunft. Bitte prüfen Sie Datum und Uhrzeit.
error-date-past = Das liegt in der Vergangenheit. Bitte wählen Sie einen späteren Zeitpunkt.
error-date-order = Bemerkt wurde es vor dem Beginn. Bitte prüfen Sie beide Zeiten.
error-cursor = Diese Seite der Liste gibt es nicht mehr. Bitte beginnen Sie von vorn.
incident-refused-closed = Der Vorgang ist abgeschlossen.
    .next = Nehmen Sie ihn zuerst wieder auf.
incident-refused-over = Der Vorgang ist schon abgeschlossen. Es gibt nichts zurückzunehmen.
    .next = Ist doch etwas geschehen? Melden Sie es beim Vorgang nach, dann ist er wieder offen.
incident-refused-source = Das entscheidet die Stelle selbst. Sie können etwas hinzufügen, aber nichts zurücknehmen und nicht mehr erlauben.
incident-refused-not-closed = Der Vorgang ist nicht abgeschlossen.
incident-refused-untriaged = Der Vorgang ist noch nicht eingestuft.
    .next = Stufen Sie ihn zuerst ein.
incident-refused-step = Von diesem Status führt kein Weg dorthin.
incident-refused-same = Diesen Status hat der Vorgang schon.
incident-refused-handover = Die Übergabe bestätigt, bei wem der Vorgang liegt.
incident-refused-no-handover = Hier liegt keine Übergabe mehr.
incident-refused-tlp = Weiter als TLP:AMBER geht es nicht: Die meldende Stelle hat die Weitergabe mit ihrem Namen nicht erlaubt.
incident-refused-not-yours = Diese Meldung gehört noch nicht Ihrer Stelle.
    .next = Steht auf der Seite des Vorgangs eine Frage an Sie? Dann beantworten Sie sie zuerst. Sonst rufen Sie das CERT an.
incident-back-start = Zur Startseite
incident-report-title = Vorfall melden
incident-drill = ÜBUNG
incident-receipt-title = Ihre Meldung ist angekommen
incident-receipt-what = Sie haben ohne Mandat gemeldet, also ohne Erlaubnis der Stelle. Das ThüringenCERT sieht die Meldung jetzt. Die Stelle muss sie noch bestätigen.
incident-receipt-keep = Bitte schreiben Sie beides auf, oder drucken Sie diese Seite.
incident-receipt-next = Die Stelle wurde eben benachrichtigt. Bis sie Ihnen ein Mandat gibt, sehen Sie nur, wie es steht.
incident-receipt-ask = Stand abfragen
incident-receipt-pending = Die Stelle hat die Meldung noch nicht bestätigt.
incident-receipt-confirmed = Die Stelle hat die Meldung bestätigt.
incident-receipt-refused = Die Stelle hat die Meldung abgelehnt. Sie bleibt beim ThüringenCERT.
incident-receipt-loose = Das ThüringenCERT hat die Meldung noch keiner Stelle zugeordnet.
incident-refused-attach = Diese Meldung lässt sich keiner Stelle zuordnen.
    .next = Zuordnen lassen sich nur Meldungen ohne Konto, die niemand bestätigt hat.
incident-attached = Die Meldung ist zugeordnet. Die Stelle ist benachrichtigt.
incident-attached-nobody = Die Meldung ist zugeordnet. Die Stelle hat keinen Kontakt, dem wir schreiben können. Bitte rufen Sie dort an.
incident-attach-title = Meldung einer Stelle zuordnen
incident-attach-what = Die Meldung kam ohne Konto. Wählen Sie die Stelle, die gemeint ist.
incident-attach-changed = Der Vorgang hat sich inzwischen geändert. Bitte prüfen Sie, ob Ihre Wahl noch passt.
incident-attach-search = Stelle suchen
incident-attach-search-go = Suchen
incident-attach-empty = Nichts gefunden. Versuchen Sie es mit einem anderen Wort.
incident-attach-which = Welche Stelle ist gemeint?
incident-attach-required = Bitte wählen Sie eine Stelle.
incident-attach-after = Die Stelle sieht den Vorgang sofort. Ihr Kontakt bekommt eine Mail und bestätigt die Meldung, oder lehnt sie ab.
incident-attach-go = Zuordnen und benachrichtigen
incident-mail-confirm = Ist diese Meldung von Ihnen?
incident-confirm-title = Ist diese Meldung von Ihnen?
incident-confirm-what = Jemand hat ohne Konto einen Vorfall gemeldet. Das ThüringenCERT meint, dass er { $name } betrifft.
incident-confirm-when = Gemeldet
incident-confirm-who = Gemeldet von
incident-confirm-inform = Dürfen wir andere informieren?
incident-confirm-inform-said = Gemeldet wurde: „{ $answer }“. Das gilt, wenn Sie bestätigen. Nach der Anmeldung können Sie es ändern.
incident-confirm-after = Was gemeldet ist, lesen Sie nach der Anmeldung. Bestätigen Sie, dann gilt die Meldung als Ihre. Lehnen Sie ab, sehen Sie den Vorgang nicht mehr. Eine Anmeldung ist nicht nötig.
incident-confirm-yes = Ja, das ist unsere Meldung
incident-confirm-no = Nein, ablehnen
incident-confirm-thanks = Danke, Ihre Antwort ist gespeichert
incident-confirm-thanks-what = Haben Sie die Meldung bestätigt, lesen Sie den Vorgang nach der Anmeldung unter „Meine Vorgänge“.
incident-confirm-gone = Dieser Link gilt nicht mehr
incident-confirm-gone-what = Jemand hat schon geantwortet, oder der Link ist abgelaufen. Sie müssen nichts tun.
incident-confirm-next = Haben Sie Fragen? Rufen Sie an:
incident-lookup-title = Stand einer Meldung
incident-lookup-what = Mit Aktenzeichen und Belegcode sehen Sie, wie es um Ihre Meldung steht. Eine Anmeldung ist nicht nötig.
incident-lookup-reference = Aktenzeichen
incident-lookup-reference-hint = Zum Beispiel TH-2026-00042
incident-lookup-code = Belegcode
incident-lookup-code-hint = Zwölf Zeichen, zum Beispiel 7KQM-2XWP-9RTA
incident-lookup-ask = Stand zeigen
incident-lookup-next = Das ThüringenCERT kümmert sich: bis { $at }
incident-lookup-holder = Die Meldung liegt beim { $name }.
incident-lookup-unknown = Aktenzeichen und Belegcode gehören nicht zusammen. Bitte prüfen Sie beides.
incident-list-title = Meine Vorgänge
incident-list-empty = Hier gibt es keine Vorgänge. Wenn etwas nicht stimmt, melden Sie einen Vorfall.
incident-filter-label = Vorgänge filtern
incident-filter-open = Laufende
incident-filter-closed = Abgeschlossene
incident-title-withheld = Titel zurückgehalten
incident-organisation-withheld = Eine Verwaltung
incident-observed-encrypted = Dateien lassen sich nicht öffnen, oder es steht ein Erpressertext auf dem Bildschirm
incident-observed-mail = Eine verdächtige Mail oder ein verdächtiger Anruf
incident-observed-account = Ein Konto oder Postfach wird von Fremden benutzt
incident-observed-malware = Der Virenschutz hat etwas gefunden
incident-observed-outage = Ein Dienst oder ein Fachverfahren geht nicht mehr
incident-observed-website = Unsere Webseite ist verändert oder nicht erreichbar
incident-observed-data = Daten sind in falsche Hände geraten
incident-observed-device = Ein Gerät oder Datenträger ist weg
incident-observed-vulnerability = Eine Sicherheitslücke in einem System
incident-observed-other = Etwas anderes
incident-observed-required = Bitte wählen Sie, was am besten passt.
incident-flag-critical-service = Bürgerinnen und Bürger können einen wichtigen Dienst nicht nutzen
incident-flag-personal-data = Daten von Menschen können betroffen sein
incident-flag-malicious = Verdacht: Jemand hat das mit Absicht getan
incident-flag-beyond-house = Andere Stellen können auch betroffen sein
incident-inform-by-name = Ja, mit unserem Namen
incident-inform-anonymous = Ja, aber ohne unseren Namen
incident-inform-nobody = Nein, niemanden
incident-inform-required = Bitte wählen Sie eine der drei Antworten.
incident-status-reported = gemeldet
incident-status-triaged = eingestuft
incident-status-in-progress = in Bearbeitung
incident-status-contained = eingedämmt
incident-status-closed = abgeschlossen
incident-close-resolved = gelöst
incident-close-false-alarm = Fehlalarm
incident-close-merged = mit anderem Vorgang zusammengeführt
incident-close-passed-on = an andere Stelle abgegeben
incident-class-near-miss = Beinahevorfall
incident-class-event = Ereignis
incident-class-incident = Vorfall
incident-class-significant = erheblicher Vorfall
incident-impact-none = keine Auswirkung
incident-impact-low = gering
incident-impact-high = hoch
incident-impact-severe = schwer
incident-spread-one-device = ein Gerät
incident-spread-one-office = ein Amt
incident-spread-whole-house = ganzes Haus
incident-spread-several-houses = mehrere Häuser
incident-part-reporter = meldet
incident-part-affected = betroffen
incident-part-handler = bearbeitet mit
incident-part-informed = informiert
incident-mail-received = Ihre Meldung ist angekommen
incident-mail-by-telephone = Jemand hat mit Ihrem Telefon-Code einen Vorfall gemeldet
incident-mail-in-your-name = In Ihrem Namen wurde ein Vorfall gemeldet
incident-refused-decided = Über diese Meldung ist schon entschieden.
incident-mail-message = Es gibt eine Nachricht zu Ihrem Vorgang
incident-mail-message-sealed =
    Guten Tag,

    zu Ihrem Vorgang { $reference } gibt es diese Nachricht:

    { $text }

    Alles Weitere steht im Vorgang, nach der Anmeldung: { $link }

    Unser Telefon: { $phone }

    Mit freundlichen Grüßen
    Ihr ThüringenCERT

incident-mail-duty = Eine Frist für eine Meldung an eine andere Stelle
incident-mail-duty-sealed =
    Guten Tag,

    zu Ihrem Vorgang { $reference } gibt es Fristen für Meldungen an andere Stellen:

    { $text }

    Diese Meldungen senden Sie selbst. Ein Entwurf steht im Vorgang unter „Meldepflichten“, nach der Anmeldung: { $link }

    Unser Telefon: { $phone }

    Mit freundlichen Grüßen
    Ihr ThüringenCERT
incident-mail-split = Ihre Nachmeldung ist jetzt ein eigener Vorgang
incident-mail-heard = Die Stelle hat etwas geschrieben
incident-mail-mentioned = Eine Notiz erwähnt Sie
incident-later-back = Zurück zum Vorgang
incident-later-title = Etwas nachmelden
incident-later-what = Ihre erste Meldung bleibt, wie sie ist. Was Sie jetzt schreiben, kommt dazu.
incident-later-nature = Was möchten Sie sagen?
incident-later-nature-required = Bitte wählen Sie eine der drei Antworten.
incident-stated-news = Nachtrag
incident-stated-correction = Berichtigung
incident-stated-end = Als beendet gemeldet
incident-stated-withdrawal = Als Fehlalarm zurückgenommen
incident-nature-news = Es gibt etwas Neues
incident-nature-correction = Ich berichtige etwas
incident-nature-end = Der Vorfall ist vorbei
incident-later-text = Was ist neu, falsch oder vorbei?
incident-later-text-hint = Ein paar Sätze reichen.
incident-later-flags = Was trifft jetzt zu?
incident-later-flags-hint = Angekreuzt ist, was Sie zuletzt gemeldet haben.
incident-later-phone = Unter welcher Nummer erreichen wir Sie jetzt?
incident-later-inform = Dürfen wir andere Stellen informieren?
incident-later-inform-hint = Sie können Ihre Antwort hier ändern. Es gilt immer die letzte.
incident-later-send = Nachmeldung senden
incident-later-done = Ihre Nachmeldung ist angekommen. Wir haben das ThüringenCERT benachrichtigt.
incident-later-used = Diese Seite wurde schon einmal gesendet, mit anderem Text. Soll dieser Text auch noch dazu? Dann senden Sie bitte noch einmal.
incident-withdraw-title = Es war ein Fehlalarm
incident-withdraw-closes = Das kommt vor, und Melden war richtig. Sagen Sie kurz, woran es lag. Der Vorgang wird dann abgeschlossen.
incident-withdraw-asks = Das ThüringenCERT arbeitet schon an dem Vorgang. Sagen Sie kurz, woran es lag. Das ThüringenCERT prüft es und schließt dann ab.
incident-withdraw-why = Woran haben Sie gemerkt, dass nichts passiert ist?
incident-withdraw-why-hint = Zum Beispiel: Es war eine geplante Wartung.
incident-withdraw-send = Als Fehlalarm zurücknehmen
incident-withdraw-closed = Der Vorgang ist als Fehlalarm abgeschlossen. Das ThüringenCERT weiß Bescheid.
incident-withdraw-asked = Ihr Hinweis ist angekommen. Das ThüringenCERT prüft ihn und schließt den Vorgang ab.
incident-withdraw-changed = Der Vorgang hat sich eben geändert
incident-withdraw-changed-what = Es ist noch nichts zurückgenommen. Ihr Text steht unten. Lesen Sie den Vorgang noch einmal, oder senden Sie hier.
incident-mail-body =
    Guten Tag,

    { $what }.

    Sie lesen und antworten hier, nach der Anmeldung: { $link }

    Mit freundlichen Grüßen
    Ihr ThüringenCERT
rsit-abusive-content-spam = Unerwünschte Werbung
rsit-abusive-content-harmful-speech = Hetze oder Beleidigung
rsit-abusive-content-violence = Gewalt oder Missbrauch
rsit-malicious-code-infected-system = Schadcode auf System
rsit-malicious-code-c2-server = Steuerserver
rsit-malicious-code-malware-distribution = Verteilt Schadcode
rsit-malicious-code-malware-configuration = Hält Schadcode-Konfiguration
rsit-information-gathering-scanner = Abtasten von Diensten
rsit-information-gathering-sniffing = Mitlesen
rsit-information-gathering-social-engineering = Ausfragen, Täuschung
rsit-intrusion-attempts-ids-alert = Angriffsversuch, bekannt
rsit-intrusion-attempts-brute-force = Passwörter durchprobiert
rsit-intrusion-attempts-exploit = Angriffsversuch, neu
rsit-intrusions-privileged-account-compromise = Admin-Konto übernommen
rsit-intrusions-unprivileged-account-compromise = Konto übernommen
rsit-intrusions-application-compromise = Anwendung übernommen
rsit-intrusions-system-compromise = System übernommen
rsit-intrusions-burglary = Einbruch in Räume
rsit-availability-dos = Überlastung
rsit-availability-ddos = Überlastung, verteilt
rsit-availability-misconfiguration = Fehlkonfiguration
rsit-availability-sabotage = Sabotage
rsit-availability-outage = Ausfall
rsit-information-content-security-unauthorised-information-access = Unbefugter Zugriff auf Daten
rsit-information-content-security-unauthorised-information-modification = Unbefugte Änderung von Daten
rsit-information-content-security-data-loss = Datenverlust
rsit-information-content-security-data-leak = Datenabfluss
rsit-fraud-unauthorised-use-of-resources = Fremdnutzung
rsit-fraud-copyright = Urheberrecht
rsit-fraud-masquerade = Falsche Identität
rsit-fraud-phishing = Phishing
rsit-vulnerable-weak-crypto = Schwache Verschlüsselung
rsit-vulnerable-ddos-amplifier = Als Verstärker nutzbar
rsit-vulnerable-potentially-unwanted-accessible = Dienst offen im Netz
rsit-vulnerable-information-disclosure = Gibt Informationen preis
rsit-vulnerable-vulnerable-system = Lücke im System
rsit-other-other = Sonstiges
rsit-other-undetermined = Noch unklar
rsit-test-test = Probe

evidence-title = Dateien und Beweise
evidence-back = Zum Vorgang { $reference }
evidence-none = Noch keine Dateien. Fotos vom Bildschirm, verdächtige Mails und Protokolle helfen uns weiter.
evidence-add = Dateien hinzufügen
evidence-files = Welche Dateien?
evidence-files-hint = Mehrere auf einmal gehen. Jede Datei darf bis zu { $limit } groß sein.
evidence-photo = Foto aufnehmen
evidence-drop = Oder ziehen Sie Dateien hierher.
evidence-send = Dateien senden
evidence-digest-what = SHA-256 ist eine Prüfsumme. Sie ändert sich, sobald sich in der Datei etwas ändert.
evidence-seen-by = Die Dateien sehen: { $who }.
evidence-for = Wer soll die Dateien sehen?
evidence-for-us = { $cert } und Ihre Stelle
evidence-for-organisation = { $cert } und { $name }
evidence-for-team = Nur { $cert }
evidence-for-involved = Alle Beteiligten
evidence-is-sample = Verdacht auf Schadsoftware, ein schädliches Programm: Die Datei wird nur als verschlüsseltes Archiv herausgegeben.
evidence-sample = Verdacht auf Schadsoftware
evidence-sample-what = Nicht öffnen. Sie laden ein Archiv mit dem Passwort „{ $password }“. Entpacken Sie es nur auf einem Rechner, der dafür da ist.
evidence-damaged = Beschädigt
evidence-damaged-what = Die gespeicherte Datei ist nicht mehr so, wie sie ankam. Wir geben nichts davon heraus, das verändert ist.
evidence-download = Herunterladen
evidence-verify = Prüfen, ob die Datei unverändert ist
evidence-custody = Übergaben
evidence-custody-taken-in = angenommen
evidence-custody-viewed = angesehen
evidence-custody-downloaded = heruntergeladen
evidence-custody-verified = geprüft, unverändert
evidence-custody-somebody = Eine andere beteiligte Person
evidence-custody-damaged = Schaden festgestellt
evidence-unfinished = Noch nicht vollständig
evidence-unfinished-what = Wählen Sie dieselbe Datei noch einmal. Die Übertragung geht dort weiter, wo sie abbrach.
evidence-percent = { $percent } % angekommen
evidence-added = Ihre Dateien sind angekommen.
evidence-verified = Die Datei ist unverändert.
evidence-found-damaged = Die Datei ist beschädigt. Das steht jetzt auch bei den Übergaben.
evidence-js-coming = wird gesendet
evidence-js-done = angekommen
evidence-js-waiting = Keine Verbindung. Es geht von selbst weiter.
evidence-js-failed = nicht angekommen
evidence-js-again = Noch einmal versuchen
evidence-refused-none = Bitte wählen Sie mindestens eine Datei.
evidence-refused-empty = „{ $name }“ ist leer.
evidence-refused-large = „{ $name }“ ist größer als { $limit }. Rufen Sie uns an, dann finden wir einen anderen Weg.
evidence-refused-type = „{ $name }“: Dateien mit der Endung „{ $ending }“ nehmen wir nicht an. Packen Sie die Datei in ein Archiv.
evidence-refused-many = „{ $name }“: Zu diesem Vorgang gehören schon { $limit } Dateien. Mehr nehmen wir nicht an.
evidence-refused-unfinished = „{ $name }“: Hier warten schon { $limit } Ihrer Dateien auf ihren Rest. Senden Sie zuerst diese zu Ende.
evidence-refused-slow = Diese Datei lässt sich gerade nicht anzeigen. Versuchen Sie es in einer Minute noch einmal, oder laden Sie sie herunter.
evidence-refused-busy = Gerade werden schon andere Dateien geprüft oder gepackt. Bitte versuchen Sie es in einer Minute noch einmal.
evidence-refused-length = Es kamen mehr Bytes, als angekündigt waren.
evidence-refused-stored = Diese Datei ist schon angekommen.
evidence-refused-taken-over = Dieselbe Datei wird gerade auf einem anderen Weg gesendet.
evidence-refused-erased = Diese Datei wurde gelöscht.
evidence-back-files = Zu den Dateien
evidence-letter-show = Mail ansehen
evidence-letter-what = So liest sich die Mail ohne Bilder und Verweise. Nichts daraus wird geladen.
evidence-letter-text = Text
evidence-letter-empty = Diese Mail hat keinen Text.
evidence-letter-attachments = Anhänge
evidence-letter-headers = Kopfzeilen
evidence-letter-text-cut = Hier steht der Anfang des Textes. Den Rest zeigt nur die Datei selbst.
evidence-letter-more-attachments = { $count ->
    [one] Ein weiterer Anhang ist hier nicht genannt.
   *[other] { $count } weitere Anhänge sind hier nicht genannt.
}
evidence-letter-more-headers = { $count ->
    [one] Eine weitere Kopfzeile ist hier nicht gezeigt.
   *[other] { $count } weitere Kopfzeilen sind hier nicht gezeigt.
}
evidence-refused-no-letter = Diese Datei ist keine Mail, die wir anzeigen können. Laden Sie sie herunter.
evidence-refused-damaged = Die gespeicherte Datei ist beschädigt: Sie ist nicht mehr so, wie sie ankam. Wir geben sie nicht heraus.
    .next = Rufen Sie uns an. Vielleicht gibt es die Datei noch bei Ihnen oder in einer Sicherung.

#### Beobachtungen

observable-title = Beobachtungen
observable-what = Spuren, die in den Texten dieses Vorgangs stehen: Adressen, Namen, Prüfsummen. Sie stehen hier entschärft.
observable-none = In den Texten dieses Vorgangs steht keine.
observable-kind = Art
observable-value = Wert
observable-elsewhere = Andere Vorgänge
observable-elsewhere-count = { $count ->
    [one] in einem anderen Vorgang
   *[other] in { $count } anderen Vorgängen
  }
observable-all = Alle ({ $count }) zeigen oder ergänzen
observable-first = Zuerst
observable-last = Zuletzt
observable-export = Als Tabelle laden (CSV)
observable-add = Ergänzen
observable-add-what = Adresse, Name oder Prüfsumme
observable-add-hint = Auch entschärft geschrieben, auch mehrere in einer Zeile
observable-add-go = Ergänzen
observable-added = Die Beobachtung ist ergänzt.
observable-refused-none = Darin ist keine Adresse, kein Name und keine Prüfsumme zu erkennen.
observable-history = Wo sie vorkommt
observable-judge = Harmlos
observable-judge-what = Was harmlos ist, wird in keinem Vorgang mehr mit anderen verglichen.
observable-reason = Grund
observable-reason-hint = Zum Beispiel: Server eines Dienstleisters
observable-judge-go = Als harmlos kennzeichnen
observable-judge-end = Kennzeichnung aufheben
observable-judged = Das ist festgehalten.
observable-harmless-own = eigenes Netz
observable-harmless-known = allgemein bekannt
observable-harmless-hand = harmlos
observable-source-title = im Titel
observable-source-report = in der Meldung
observable-source-entry = im Verlauf
observable-source-file = als Name einer Datei
observable-source-hand = von Hand ergänzt
observable-kind-ipv4 = IPv4
observable-kind-ipv6 = IPv6
observable-kind-cidr = Netz
observable-kind-asn = AS
observable-kind-domain = Domain
observable-kind-url = URL
observable-kind-mail = Mail
observable-kind-md5 = MD5
observable-kind-sha1 = SHA-1
observable-kind-sha256 = SHA-256
observable-kind-sha512 = SHA-512
observable-kind-cve = CVE
observable-kind-bitcoin = Bitcoin
observable-kind-monero = Monero
observable-kind-filename = Datei
observable-kind-registry-key = Registry

### guide
guide-title = Vorfall melden
guide-start-lead = Wir stellen Ihnen kurze Fragen, eine nach der anderen. Was Sie nicht wissen, lassen Sie aus. Sie können nichts falsch machen.
guide-start-open = Angefangen und noch nicht gesendet
guide-start-new = Neu beginnen
guide-start-report = Vorfall melden
guide-start-drill = Probemeldung (Übung)
guide-start-drill-what = Eine Probemeldung zeigt Ihnen alle Fragen. Niemand wird alarmiert, und das Aktenzeichen beginnt mit UE.
guide-start-kept = Zuletzt geändert: { $changed }. Gelöscht wird der Entwurf am: { $until }.
guide-untitled = Entwurf ohne Titel
guide-discard = Verwerfen
guide-discard-sure = Den Entwurf verwerfen, den Sie zuletzt { $day } geändert haben?
guide-discarded = Der Entwurf ist verworfen.
guide-kept = Ihr Entwurf ist gespeichert. Hier geht es weiter, auch an einem anderen Gerät.
guide-refused-many = Es liegen schon 20 Entwürfe von Ihnen hier.
    .next = Senden oder verwerfen Sie zuerst einen davon.
guide-refused-sent = Diese Meldung ist schon gesendet.
    .next = Sie finden sie unter „Meine Vorgänge“.
guide-refused-houses = Bitte kreuzen Sie an, wen der Vorfall betrifft.
guide-refused-reach = Bitte nennen Sie uns einen Weg, auf dem wir Sie erreichen.
guide-refused-office = Bitte wählen Sie die Stelle, die Sie meinen, oder „Keine davon“.
guide-stranger-title = Ohne Konto melden
guide-stranger-lead = Wir stellen Ihnen kurze Fragen, eine nach der anderen. Was Sie nicht wissen, lassen Sie aus. Sie können nichts falsch machen.
guide-stranger-account = Sie haben ein Konto?
guide-stranger-sign-in = Melden Sie sich an
guide-stranger-kept = Was Sie eingeben, bleibt sieben Tage in diesem Browser und auf unserem Server liegen. Gelesen wird es erst, wenn Sie es senden.
guide-stranger-other = An einem anderen Gerät angefangen?
guide-stranger-code = Code des Entwurfs
guide-stranger-code-hint = 16 Zeichen. Sie stehen am anderen Gerät unten auf jeder Seite.
guide-stranger-code-unknown = Zu diesem Code gibt es keinen Entwurf. Bitte prüfen Sie die Zeichen.
guide-stranger-go-on = Hier weitermachen
guide-stranger-sent = Sie haben schon gesendet?
guide-stranger-status = Fragen Sie den Stand ab
guide-other-device = An einem anderen Gerät weitermachen
guide-other-device-how = Öffnen Sie dort die Seite „Ohne Konto melden“, und geben Sie diesen Code ein. Zeigen Sie ihn sonst niemandem.
guide-question-stelle = Um welche Verwaltung geht es?
guide-lead-stelle = Schreiben Sie den Namen, wie Sie ihn kennen. Wir suchen im Verzeichnis danach.
guide-ask-office-name = Name der Verwaltung oder Einrichtung
guide-hint-office-name = Zum Beispiel: Stadt Mühlhausen oder VG Hügelland
guide-ask-office = Welche meinen Sie?
guide-no-office = Keine davon
guide-short-office-name = Betrifft
guide-short-office = Im Verzeichnis
guide-receipt-holder = Das { $name } hat Ihre Meldung jetzt.
guide-receipt-keep = Bitte schreiben Sie beides auf, oder drucken Sie diese Seite. Wir zeigen den Belegcode nur jetzt, eine Stunde lang und nur in diesem Browser.
guide-receipt-next-title = So geht es weiter
guide-receipt-next = Wir rufen Sie an, wenn wir etwas wissen müssen. Ihre Meldung gilt als unbestätigt, bis die betroffene Verwaltung sie bestätigt hat.
guide-receipt-print = Sie können diese Seite drucken.
guide-receipt-again = Noch eine Meldung
guide-calls-title = Telefon
guide-calls-lead = Schreiben Sie mit, was jemand am Telefon sagt. Es ist vom ersten Zeichen an gespeichert.
guide-calls-begin = Anruf aufnehmen
guide-calls-none = Kein angefangener Anruf liegt hier.
guide-call-title = Anruf aufnehmen
guide-call-danger = Ist jemand in Gefahr? Dann zuerst: Notruf 112.
guide-call-who = Wer ruft an
guide-call-what = Was ist los
guide-call-when = Seit wann
guide-call-how-bad = Wie schlimm ist es
guide-call-done = Was ist schon getan
guide-call-inform = Wen dürfen wir informieren
guide-call-code = Telefon-Code von der Notfallkarte
guide-call-code-hint = Lassen Sie ihn sich vorlesen. Ohne Code bestätigt die Stelle die Meldung später.
guide-call-check = Stelle suchen und Code prüfen
guide-call-known = Der Code stimmt. Die Meldung gilt sofort.
guide-call-code-wrong = Der Code gehört nicht zu dieser Stelle. Nehmen Sie die Meldung trotzdem auf.
guide-call-keep = Zwischenspeichern
guide-call-kept = Zwischengespeichert.
guide-call-send = Meldung aufnehmen
guide-call-keys = Tasten: 1 bis 6 führen zu den Fragen, c zum Code, m zum Aufnehmen. Esc verlässt ein Feld.
guide-call-register = Im Register
guide-call-enrolment = Anbindung
guide-call-administered = Verwaltet von
guide-call-provider = IT-Dienstleister
guide-call-back = Im Zweifel rufen Sie hier zurück:
guide-call-no-number = Keine Nummer im Register.
guide-call-outside = außerhalb des Hauses:
guide-call-advice = Jetzt vorlesen
guide-call-advice-none = Hier steht, was jetzt hilft, sobald gewählt ist, was los ist.
guide-call-open = Noch offen
guide-call-open-none = Alles Nötige ist da.
guide-called-title = Die Meldung ist aufgenommen
guide-called-say = Sagen Sie der Anruferin oder dem Anrufer Aktenzeichen und Belegcode. Damit lässt sich der Stand abfragen.
guide-called-measures = Das raten Sie jetzt
guide-progress = Vorfall melden: Frage { $number } von { $count }
guide-drill-line = Das ist eine Probemeldung. Niemand wird alarmiert.
guide-on = Weiter
guide-back = Zurück
guide-later = Speichern und später weitermachen
guide-saved = Gespeichert { $at }.
guide-saved-at = Gespeichert um { $time } Uhr.
guide-unsaved = Noch nicht gespeichert. Wir versuchen es weiter.
guide-kept-until = Der Entwurf bleibt hier liegen bis { $until }. Noch hat ihn niemand gesehen.
guide-other-title = Hier wurde inzwischen weitergeschrieben
guide-other-what = Ein anderes Fenster oder Gerät war schneller. Unten steht, was Sie hier eingegeben haben. Gespeichert ist bisher:
guide-changed-what = Der Entwurf hat sich geändert, seit Sie diese Seite geöffnet haben. Bitte prüfen Sie ihn, bevor Sie senden.
guide-nothing-said = keine Angabe
guide-alarm-first = Ist jemand in Gefahr? Wählen Sie zuerst:
guide-alarm-title = Menschen sind in Gefahr
guide-alarm-what = Rufen Sie zuerst Hilfe. Die Meldung hat Zeit. Notruf:
guide-question-lage = Ist jemand in Gefahr, oder steht ein wichtiger Dienst still?
guide-question-was = Was sehen Sie?
guide-question-naeher-encrypted = Wie viele Geräte sind betroffen?
guide-question-naeher-malware = Wie viele Geräte sind betroffen?
guide-question-naeher-mail = Hat jemand auf die Mail oder den Anruf reagiert?
guide-question-naeher-account = Um welches Konto geht es?
guide-question-naeher-data = Um welche Daten geht es?
guide-question-naeher-outage = Seit wann geht es nicht mehr?
guide-question-naeher-website = Seit wann stimmt etwas nicht?
guide-question-naeher = Was wissen Sie noch?
guide-lead-naeher = Zu dieser Art von Vorfall haben wir hier keine Frage. Gehen Sie einfach weiter.
guide-question-umfang = Wie weit reicht es?
guide-question-daten = Können Daten von Menschen betroffen sein?
guide-question-absicht = Hat das jemand mit Absicht getan?
guide-question-seit = Wann haben Sie es bemerkt?
guide-question-getan = Was haben Sie schon getan?
guide-question-erreichbar = Wie erreichen wir Sie?
guide-question-fuer = Für wen melden Sie?
guide-question-weitergabe = Dürfen wir andere informieren?
guide-question-pruefen = Stimmt alles?
guide-lead-lage = Zum Beispiel: Rettungsdienst, Wasserwerk, Standesamt, Auszahlung von Sozialleistungen.
guide-lead-was = Wählen Sie, was am besten passt. Ein Satz dazu genügt.
guide-lead-umfang = Ungefähr genügt. Sie können es später ändern.
guide-lead-daten = Gemeint sind Namen, Anschriften, Akten und alles andere, was zu einem Menschen gehört.
guide-lead-absicht = Eine Vermutung genügt.
guide-lead-seit = Ungefähr genügt. Gemeint ist der Augenblick, in dem es jemandem aufgefallen ist.
guide-lead-getan = Kreuzen Sie an, was schon geschehen ist. Nichts davon ist falsch.
guide-lead-erreichbar = Wir rufen an, wenn wir etwas wissen müssen. Am besten ist eine Nummer, die auch ohne Ihr Netz geht.
guide-lead-fuer = Sie handeln für mehrere Stellen. Kreuzen Sie an, wen der Vorfall betrifft.
guide-lead-weitergabe = Das ThüringenCERT liest Ihre Meldung immer. Hier geht es um andere, zum Beispiel um das Land.
guide-lead-pruefen = Lesen Sie noch einmal durch, was Sie uns sagen. Fehlt etwas, können Sie es später nachtragen.
guide-ask-danger = Wählen Sie eine Antwort
guide-ask-observed = Was passt am besten?
guide-ask-title = In einem Satz: Was ist los?
guide-hint-title = Zum Beispiel: Dateien im Bauamt lassen sich nicht öffnen
guide-ask-description = Möchten Sie mehr dazu schreiben?
guide-hint-description = Was haben Sie gesehen, wo, und wer ist betroffen?
guide-ask-devices = So viele Geräte zeigen es
guide-ask-clicked = Das ist geschehen
guide-ask-account-owner = Wem gehört das Konto?
guide-ask-still-used = Benutzen es Fremde noch?
guide-ask-data-about = Über wen sagen die Daten etwas?
guide-ask-data-people = Wie viele Menschen sind das ungefähr?
guide-ask-unusable-since = Tag und Uhrzeit
guide-ask-operator = Wer betreibt es?
guide-ask-spread = So weit reicht es
guide-ask-personal-data = Wählen Sie eine Antwort
guide-ask-malicious = Wählen Sie eine Antwort
guide-ask-detected-at = Bemerkt am
guide-hint-detected-at = Zum Beispiel: heute 7:40 oder 21.11.2026 7:40
guide-ask-occurred-at = Begonnen hat es wohl schon am
guide-hint-occurred-at = Nur, wenn Sie es wissen.
guide-hint-unusable-since = Zum Beispiel: heute 7:40 oder 21.11.2026 7:40
guide-ask-done = Das ist schon geschehen
guide-ask-measures = Sonst noch etwas?
guide-ask-contact-name = Nach wem fragen wir?
guide-ask-contact-phone = Telefon
guide-hint-contact-phone = Am besten ein Mobiltelefon
guide-ask-contact-other = Ein zweiter Weg, außerhalb Ihres Hauses
guide-hint-contact-other = Zum Beispiel eine private Mail-Adresse oder die Nummer Ihrer Vertretung
guide-ask-organisation = Der Vorfall betrifft
guide-ask-inform = Wählen Sie eine Antwort
guide-hint-inform = Ohne Namen heißt: Andere erfahren, was geschehen ist, aber nicht, bei wem.
guide-all-houses = Alle genannten Stellen
guide-short-danger = Gefahr oder Stillstand
guide-short-observed = Was Sie sehen
guide-short-title = In einem Satz
guide-short-description = Mehr dazu
guide-short-devices = Betroffene Geräte
guide-short-clicked = Auf die Mail oder den Anruf reagiert
guide-short-account-owner = Das Konto gehört
guide-short-still-used = Von Fremden noch benutzt
guide-short-data-about = Die Daten sagen etwas über
guide-short-data-people = Betroffene Menschen
guide-short-unusable-since = Unbrauchbar seit
guide-short-operator = Betrieben von
guide-short-spread = Umfang
guide-short-personal-data = Daten von Menschen betroffen
guide-short-malicious = Mit Absicht getan
guide-short-detected-at = Bemerkt
guide-short-occurred-at = Begonnen
guide-short-done = Schon getan
guide-short-measures = Sonst noch getan
guide-short-contact-name = Fragen Sie nach
guide-short-contact-phone = Telefon
guide-short-contact-other = Zweiter Weg
guide-short-organisation = Betrifft
guide-short-inform = Andere informieren
guide-answer-danger-people = Ja, Menschen sind in Gefahr
guide-answer-danger-service = Ja, ein wichtiger Dienst steht still
guide-answer-danger-no = Nein
guide-answer-danger-unknown = Weiß ich nicht
guide-answer-devices-one = ein Gerät
guide-answer-devices-few = zwei bis zehn Geräte
guide-answer-devices-many = mehr als zehn Geräte
guide-answer-devices-unknown = weiß ich nicht
guide-answer-clicked-nothing = Nein, niemand
guide-answer-clicked-opened = Ja, etwas wurde angeklickt oder geöffnet
guide-answer-clicked-password = Ja, ein Passwort oder andere Daten wurden eingegeben
guide-answer-clicked-unknown = Weiß ich nicht
guide-answer-account-owner-person = einer Person im Haus
guide-answer-account-owner-function = einem Amt, als gemeinsames Postfach
guide-answer-account-owner-admin = der Technik, mit besonderen Rechten
guide-answer-account-owner-unknown = weiß ich nicht
guide-answer-still-used-yes = Ja
guide-answer-still-used-no = Nein, es ist gesperrt
guide-answer-still-used-unknown = Weiß ich nicht
guide-answer-data-about-citizens = Bürgerinnen und Bürger
guide-answer-data-about-staff = Beschäftigte
guide-answer-data-about-nobody = niemanden, es sind andere Daten
guide-answer-data-about-unknown = weiß ich nicht
guide-answer-data-people-few = weniger als hundert
guide-answer-data-people-hundreds = einige hundert
guide-answer-data-people-thousands = tausend oder mehr
guide-answer-data-people-unknown = weiß ich nicht
guide-answer-operator-own = wir selbst
guide-answer-operator-provider = ein Dienstleister
guide-answer-operator-unknown = weiß ich nicht
guide-answer-spread-one-device = nur ein Gerät oder eine Person
guide-answer-spread-one-office = ein Amt oder ein Raum
guide-answer-spread-whole-house = das ganze Haus
guide-answer-spread-several-houses = auch andere Häuser
guide-answer-personal-data-yes = Ja
guide-answer-personal-data-no = Nein
guide-answer-personal-data-unknown = Weiß ich nicht
guide-answer-malicious-yes = Ja
guide-answer-malicious-no = Nein
guide-answer-malicious-unknown = Weiß ich nicht
guide-answer-done-disconnected = Netz getrennt
guide-answer-done-switched-off = Geräte ausgeschaltet
guide-answer-done-passwords = Passwörter geändert
guide-answer-done-provider = Dienstleister angerufen
guide-answer-done-police = Polizei verständigt
guide-answer-done-nothing = Noch nichts
guide-for = Sie melden für:
guide-change = Ändern
guide-send = Meldung absenden
guide-send-drill = Probemeldung absenden
guide-send-later = Später senden
guide-arrived-title = Ihre Meldung ist angekommen
guide-arrived-reference = Ihr Aktenzeichen:
guide-arrived-holder = Das { $name } hat Ihre Meldung jetzt.
guide-arrived-by = Wir sehen Ihre Meldung bis { $at } an.
guide-arrived-soon = Wir lesen Ihre Meldung und melden uns.
guide-arrived-drill = Das war eine Übung. Niemand wurde alarmiert.
guide-arrived-call = Wenn es eilt, rufen Sie an:
guide-arrived-now = Das hilft jetzt
guide-arrived-print = Sie können diese Seite drucken. Eine Mail mit dem Aktenzeichen ist unterwegs zu Ihnen.
guide-arrived-case = Zum Vorgang
guide-measure-call-us = Rufen Sie uns an.
guide-measure-call-us-how = Bei Gefahr oder Stillstand warten Sie nicht auf unsere Antwort.
guide-measure-disconnect = Trennen Sie das Netz.
guide-measure-disconnect-how = Ziehen Sie das Netzwerkkabel, und schalten Sie WLAN ab. Das gilt für jedes betroffene Gerät.
guide-measure-leave-on = Lassen Sie die Geräte an.
guide-measure-leave-on-how = Beim Ausschalten gehen Spuren verloren. Schon ausgeschaltete Geräte lassen Sie aus.
guide-measure-do-not-pay = Zahlen Sie nicht, und antworten Sie nicht.
guide-measure-do-not-pay-how = Mit Erpressern spricht nur die Polizei oder wer es gelernt hat.
guide-measure-touch-nothing = Klicken Sie nichts mehr an.
guide-measure-touch-nothing-how = Löschen Sie die Mail nicht, und leiten Sie sie nicht weiter.
guide-measure-passwords = Ändern Sie Passwörter.
guide-measure-passwords-how = Tun Sie das an einem Gerät, das sicher nicht betroffen ist.
guide-measure-lock-device = Lassen Sie das Gerät sperren.
guide-measure-lock-device-how = Ihre Technik kann es aus der Ferne sperren. Denken Sie auch an die SIM-Karte.
guide-measure-call-provider = Rufen Sie an, wer den Dienst betreibt.
guide-measure-call-provider-how = Fragen Sie, ob die Störung bekannt ist. Notieren Sie Name und Uhrzeit.
guide-measure-take-offline = Nehmen Sie das System vom Internet.
guide-measure-take-offline-how = Geht das nicht, fragen Sie uns, wie man die Lücke vorläufig schließt.
guide-measure-close-access = Schließen Sie den Zugang zu den Daten.
guide-measure-close-access-how = Löschen Sie nichts. Notieren Sie, wer die Daten gesehen haben kann.
guide-measure-warn-colleagues = Sagen Sie es im Haus weiter.
guide-measure-warn-colleagues-how = Andere sind vielleicht auch betroffen. Sagen Sie es mündlich oder am Telefon.
guide-measure-keep = Heben Sie alles auf.
guide-measure-keep-how = Fotografieren Sie Bildschirme. Löschen Sie keine Protokolle, und schreiben Sie Uhrzeiten mit.
guide-measure-data-protection = Sagen Sie Ihrer Datenschutzbeauftragten Bescheid.
guide-measure-data-protection-how = Sind Daten von Menschen betroffen, bleiben für eine Meldung oft nur 72 Stunden.
guide-measure-police = Sprechen Sie mit der Polizei.
guide-measure-police-how = Beim Landeskriminalamt gibt es eine Stelle für Computerstraftaten. Wir helfen Ihnen dabei.

### papers
paper-title = Was Ihnen jetzt hilft
paper-lead = Diese Papiere füllen wir mit dem, was im Vorgang steht. Sie ändern sie, wie es passt.
paper-own = Nur Ihr Haus sieht sie, das CERT nicht.
paper-own-one = Nur Ihr Haus sieht dieses Papier, das CERT nicht.
paper-lage = Lage für die Leitung
paper-lage-what = Eine Seite für Bürgermeisterin, Bürgermeister oder Landrat: was ist, was geht, was zu entscheiden ist.
paper-lage-happened = Was ist passiert?
paper-lage-works = Was geht, was geht nicht?
paper-lage-done = Was ist schon getan?
paper-lage-next = Was geschieht als Nächstes?
paper-lage-decide = Was ist zu entscheiden?
paper-lage-say = Was können Sie nach außen sagen?
paper-lage-ask = Wen fragen Sie?
paper-lage-foot = Nur für die Leitung des Hauses
paper-lage-reference = { $reference } · { $house } · Stand { $at }
paper-hinweis = Hinweis für die Webseite
paper-hinweis-what = Ein kurzer Text für alle, die etwas von Ihnen brauchen. Kopieren Sie ihn auf Ihre Webseite.
paper-hinweis-heading = Überschrift
paper-hinweis-notice = Text
paper-benachrichtigung = Brief an Betroffene
paper-benachrichtigung-what = Nötig, wenn für die Betroffenen ein hohes Risiko besteht. Fragen Sie Ihre Datenschutzbeauftragte.
paper-benachrichtigung-law = Das steht in Art. 34 der Datenschutz-Grundverordnung (DSGVO).
paper-benachrichtigung-subject = Wichtige Mitteilung zu Ihren Daten
paper-benachrichtigung-greeting = Sehr geehrte Damen und Herren,
paper-benachrichtigung-close = Mit freundlichen Grüßen
paper-benachrichtigung-happened = Was ist passiert?
paper-benachrichtigung-data = Welche Daten sind betroffen?
paper-benachrichtigung-risks = Was kann das für Sie bedeuten?
paper-benachrichtigung-done = Was tun wir?
paper-benachrichtigung-advice = Was können Sie selbst tun?
paper-benachrichtigung-ask = Wen können Sie fragen?
paper-gemeinden = Briefe an Ihre Gemeinden
paper-gemeinden-what = Für jede betroffene Gemeinde ein eigener Brief an die Bürgermeisterin oder den Bürgermeister.
paper-gemeinden-whom = Briefe gehen an: { $names }.
paper-gemeinden-subject = Vorfall in der Technik unserer Verwaltung
paper-gemeinden-to = An die Bürgermeisterin oder den Bürgermeister: { $name }
paper-gemeinden-foot = Nur für die Leitung der Gemeinde
paper-gemeinden-happened = Was ist passiert?
paper-gemeinden-works = Was heißt das für Ihre Gemeinde?
paper-gemeinden-done = Was tun wir?
paper-gemeinden-advice = Worum wir Sie bitten
paper-gemeinden-ask = Wen können Sie fragen?
paper-drill = ÜBUNG: { $title }
paper-suggested = Das ist unser Vorschlag aus dem Vorgang. Er ist noch nicht gespeichert.
paper-saved = Fassung { $version }, gespeichert { $at } von { $who }.
paper-open-places = { $count ->
    [one] Eine Stelle wissen nur Sie. Sie beginnt mit „[bitte“.
   *[other] { $count } Stellen wissen nur Sie. Sie beginnen mit „[bitte“.
}
paper-save = Speichern
paper-take = Mitnehmen
paper-pdf = Als PDF laden
paper-text = Als Text laden
paper-files = Die Dateien enthalten, was zuletzt gespeichert ist.
paper-files-suggested = Die Dateien enthalten unseren Vorschlag, bis Sie etwas speichern.
paper-back = Zurück zum Vorgang
paper-note-saved = Gespeichert. Die Dateien enthalten jetzt diese Fassung.
paper-error-one-page = Das wird länger als eine Seite. Kürzen Sie etwas, damit die Leitung alles auf einen Blick sieht.
paper-fill-day = [bitte Tag eintragen]
paper-fill-encrypted = Dateien lassen sich nicht mehr öffnen. Vermutlich haben Fremde sie verschlüsselt.
paper-fill-mail = Es gab eine verdächtige Mail oder einen verdächtigen Anruf.
paper-fill-account = Fremde haben ein Konto oder Postfach unseres Hauses benutzt.
paper-fill-malware = Auf Geräten unseres Hauses wurde Schadsoftware gefunden.
paper-fill-outage = Ein Dienst oder ein Programm unseres Hauses ist ausgefallen.
paper-fill-website = Unsere Webseite ist verändert oder nicht erreichbar.
paper-fill-data = Daten aus unserem Haus sind in falsche Hände geraten.
paper-fill-device = Ein Gerät oder ein Datenträger unseres Hauses ist weg.
paper-fill-vulnerability = In einem unserer Systeme wurde eine Sicherheitslücke gefunden.
paper-fill-other = In unserer Technik ist etwas vorgefallen, das wir noch klären.
paper-fill-title = Gemeldet als: { $title }
paper-fill-noticed = Bemerkt: { $at }
paper-fill-began = Begonnen: { $at }
paper-fill-stands-still = Ein wichtiger Dienst steht still: [bitte eintragen, welcher]
paper-fill-works = Das geht nicht: [bitte eintragen]
paper-fill-goes-on = Das geht weiter: [bitte eintragen]
paper-fill-beyond = Der Vorfall betrifft auch andere Häuser.
paper-fill-done-nothing = Im Haus getan: [bitte eintragen]
paper-fill-done-reported = Dem { $cert } gemeldet: { $at }. Aktenzeichen: { $reference }
paper-fill-next-by = Das { $cert } antwortet bis { $at }.
paper-fill-next-reported = Das { $cert } liest die Meldung und meldet sich.
paper-fill-next-work = Das { $cert } arbeitet an dem Vorgang.
paper-fill-next-closed = Das { $cert } hat den Vorgang abgeschlossen.
paper-fill-decide-lead = Wer leitet den Einsatz im Haus, und wer vertritt?
paper-fill-decide-service = Richten wir einen Notbetrieb ein? Welche Ämter kommen zuerst?
paper-fill-decide-data = Melden wir es der Datenschutzaufsicht? Die Frist endet spätestens am { $at }.
paper-fill-decide-letter = Schreiben wir den Betroffenen? Das ist Pflicht, wenn für sie ein hohes Risiko besteht.
paper-fill-decide-police = Erstatten wir Anzeige bei der Polizei?
paper-fill-decide-ransom = Auf Forderungen antworten wir nicht, bevor wir mit der Polizei gesprochen haben.
paper-fill-decide-speak = Wer spricht mit Rat, Personalrat und Presse?
paper-fill-say = „Wir haben eine Störung unserer Technik bemerkt und prüfen sie mit Fachleuten. Sobald wir mehr wissen, informieren wir Sie.“
paper-fill-ask-house = Im Haus: [bitte Name und Telefon eintragen]
paper-fill-notice-outage-heading = { $house }: Störung unserer Technik
paper-fill-notice-outage = Seit dem { $day } haben wir eine Störung unserer Technik. Manche Leistungen können wir deshalb zurzeit nicht anbieten.
paper-fill-notice-outage-do = Das geht weiter: [bitte eintragen]
paper-fill-notice-mail-heading = { $house }: Vorsicht bei Mails in unserem Namen
paper-fill-notice-mail = Seit dem { $day } gibt es Mails oder Anrufe, die scheinbar von uns kommen. Wir haben sie nicht veranlasst.
paper-fill-notice-mail-do = Öffnen Sie keine Anhänge und Links, die Sie nicht erwarten. Nennen Sie niemandem ein Passwort.
paper-fill-notice-website-heading = { $house }: Störung unserer Webseite
paper-fill-notice-website = Seit dem { $day } ist unsere Webseite gestört. Was Sie dort lesen, stammt vielleicht nicht von uns.
paper-fill-notice-website-do = Geben Sie dort bitte keine Daten ein, bis wir Entwarnung geben.
paper-fill-notice-data-heading = { $house }: Vorfall mit Daten
paper-fill-notice-data = Am { $day } haben wir bemerkt, dass Daten aus unserem Haus in fremde Hände gelangt sein können. Wir prüfen, wen das betrifft.
paper-fill-notice-data-do = Wenn es Sie betrifft, schreiben wir Ihnen.
paper-fill-notice-reach = So erreichen Sie uns: [bitte Telefon und Öffnungszeiten eintragen]
paper-fill-notice-again = Sobald es Neues gibt, lesen Sie es hier.
paper-fill-notice-as-of = Stand: { $at }
paper-fill-members-happened = In unserer Verwaltung gab es einen Vorfall, der auch Ihre Gemeinde betrifft. Wir haben ihn am { $day } bemerkt.
paper-fill-members-data = Vielleicht sind auch Daten von Menschen aus Ihrer Gemeinde betroffen. Wir prüfen das.
paper-fill-members-advice = Öffnen Sie keine unerwarteten Anhänge und Links, auch nicht von uns. Rufen Sie im Zweifel an.
paper-fill-members-speak = Bitte verweisen Sie Presse und Einwohner an uns. So hören alle dasselbe.
paper-fill-letter-happened = Bei uns gab es einen Vorfall, der auch Daten über Sie betrifft. Wir haben ihn am { $day } bemerkt.
paper-fill-letter-data = Betroffen sind: [bitte eintragen, zum Beispiel Name, Anschrift, Bankverbindung]
paper-fill-letter-outage-risk = Fremde haben die Daten vielleicht gelesen oder kopiert. Zeitweise konnten wir selbst nicht darauf zugreifen.
paper-fill-letter-mail-risk = Fremde haben Mails vielleicht gelesen. Sie können in unserem Namen geschrieben haben.
paper-fill-letter-website-risk = Fremde haben vielleicht gelesen, was Sie auf unserer Webseite eingegeben haben.
paper-fill-letter-data-risk = Fremde haben die Daten vielleicht gelesen oder kopiert.
paper-fill-letter-risks = Möglich sind zum Beispiel Betrug, gefälschte Mails und Anrufe, die sich auf uns berufen.
paper-fill-letter-reported = Wir haben den Vorfall dem { $cert } gemeldet. Fachleute helfen uns, den Schaden zu begrenzen.
paper-fill-letter-done = Außerdem haben wir: [bitte eintragen]
paper-fill-letter-advice = Seien Sie vorsichtig bei Mails, Anrufen und Briefen, die sich auf uns berufen. Fragen Sie im Zweifel bei uns nach.
paper-fill-letter-passwords = Ändern Sie Passwörter, die Sie bei uns benutzt haben, auch an anderen Stellen. Prüfen Sie Ihre Kontoauszüge.
paper-fill-letter-ask = Unsere Datenschutzbeauftragte: [bitte Name, Telefon und Mail eintragen]
paper-fill-letter-authority = Sie können sich auch beim Thüringer Landesbeauftragten für den Datenschutz und die Informationsfreiheit beschweren.

### correspondence
correspondence-title = Posteingang
correspondence-tabs = Teile des Posteingangs
correspondence-tab-open = Offen
correspondence-tab-done = Erledigt
correspondence-tab-noted = Ohne Zutun abgelegt
correspondence-many = über 1.000
correspondence-lead = Mails, die zu keinem Vorgang sicher gehören. Was sicher gehört, steht schon im Vorgang.
correspondence-waiting = { $count ->
    [one] 1 Mail wird noch gelesen
   *[other] { $count } Mails werden noch gelesen
}
correspondence-empty = Hier liegt keine Mail. Neue kommen von selbst dazu.
correspondence-subject = Betreff
correspondence-from = Von
correspondence-to = Zugestellt an
correspondence-kind = Art
correspondence-why = Grund
correspondence-came = Eingegangen
correspondence-back = Zum Posteingang
correspondence-perhaps = Könnte gehören zu
correspondence-belongs = Gehört zu
correspondence-no-sender = ohne Absender
correspondence-no-subject = E-Mail ohne Betreff
correspondence-no-text = Die Mail hat keinen Text. Was sie enthält, liegt bei den Dateien.
correspondence-borrowed = Diese Mail war für uns verschlüsselt, und der Absender hat sie innen nicht unterschrieben. Vielleicht stammt sie von jemand anderem. Fragen Sie nach, bevor die Stelle den Inhalt liest.
correspondence-told-sealed = Ihre verschlüsselte E-Mail ist angekommen. Was darin steht, liest nur das ThüringenCERT.
correspondence-told-subject = Betreff: { $subject }
correspondence-came-back = Die Mail kam zurück. { $answer }
correspondence-encrypted = Diese Mail ist verschlüsselt. Ihr Inhalt ist nur mit dem passenden Schlüssel zu lesen.
# Signatures and encryption of mails that came in.
correspondence-seals = Unterschrift und Verschlüsselung
correspondence-seal-valid = Unterschrift gültig, von { $who }
correspondence-seal-other-sender = Unterschrift gültig, aber von { $who } statt vom Absender
correspondence-seal-unknown-key = Unterschrift mit unbekanntem Schlüssel
correspondence-seal-expired = Unterschrift von { $who } mit abgelaufenem Schlüssel
correspondence-seal-altered = Unterschrift ungültig, die Mail wurde verändert
correspondence-seal-unsupported = Unterschrift nicht prüfbar, das Verfahren ist veraltet oder unbekannt
correspondence-seal-unreadable = Unterschrift oder Verschlüsselung nicht lesbar
correspondence-seal-opened = verschlüsselt, für uns geöffnet
correspondence-seal-not-for-us = verschlüsselt, aber nicht für uns
correspondence-seal-damaged = verschlüsselt, aber beschädigt oder verändert
correspondence-seal-unknown-cipher = verschlüsselt mit einem Verfahren, das wir nicht öffnen
correspondence-seal-too-deep = zu oft ineinander unterschrieben oder verschlüsselt
correspondence-seal-part = nur ein Teil dieser Mail ist unterschrieben oder verschlüsselt
correspondence-unreadable = Aus dieser Mail ließ sich nichts lesen. Sie liegt unverändert bei den Dateien.
correspondence-files = Dateien
correspondence-whole = Ganze Mail herunterladen (mail.eml)
correspondence-sample = führt etwas aus, erst im Vorgang als gesperrtes Archiv
correspondence-more-files = { $count ->
    [one] 1 weiterer Anhang steckt nur in der ganzen Mail.
   *[other] { $count } weitere Anhänge stecken nur in der ganzen Mail.
}
correspondence-attach = Zu einem Vorgang legen
correspondence-reference = Aktenzeichen
correspondence-reference-hint = Zum Beispiel TH-2026-00042
correspondence-for = Wer sie dort liest
correspondence-for-team = nur das Team
correspondence-for-organisation = das Team und die Stelle, die gemeldet hat
correspondence-for-thread = das Team, im Schriftwechsel mit { $party }
correspondence-thread = Schriftwechsel mit { $party }
correspondence-attach-do = Zum Vorgang legen
correspondence-file = Meldung anlegen
correspondence-file-what = Aus der Mail wird ein neuer Vorgang, unbestätigt und ohne Stelle. Der Absender bekommt keine Antwort.
correspondence-file-do = Meldung anlegen
correspondence-discard = Verwerfen
correspondence-discard-why = Warum ist nichts zu tun?
correspondence-discard-hint = Die Mail bleibt mit diesem Grund unter „Erledigt“.
correspondence-discard-do = Verwerfen
correspondence-block = Absender
correspondence-block-what = Mails eines gesperrten Absenders legt das System ohne Zutun ab. Sie bleiben lesbar.
correspondence-blocked = Dieser Absender ist gesperrt. Seine Mails liegen unter „Ohne Zutun abgelegt“.
correspondence-block-do = Absender sperren
correspondence-unblock-do = Sperre aufheben
correspondence-renew = Antwortadresse
correspondence-renew-what = Kennt jemand Fremdes die Antwortadresse der Stelle, dann erneuern Sie sie. Die Stelle erhält mit der nächsten Mail eine neue.
correspondence-renew-do = Antwortadresse erneuern
correspondence-done-renewed = Die alte Antwortadresse gilt nicht mehr.
correspondence-refused-no-address = Diese Mail kam nicht an die Antwortadresse eines Vorgangs.
correspondence-done-filed = Der Vorgang ist angelegt. Die Mail liegt bei den Dateien.
correspondence-done-joined = Die Mail steht jetzt im Vorgang.
correspondence-done-discarded = Die Mail ist verworfen und bleibt unter „Erledigt“.
correspondence-done-blocked = Der Absender ist gesperrt.
correspondence-done-unblocked = Der Absender ist nicht mehr gesperrt.
correspondence-error-reference = Einen Vorgang mit diesem Aktenzeichen gibt es nicht.
correspondence-refused-unread = Diese Mail wird noch gelesen. Bitte versuchen Sie es in einer Minute noch einmal.
correspondence-refused-decided = Über diese Mail ist schon entschieden. Sie gehört zu einem Vorgang.
correspondence-refused-no-sender = Diese Mail nennt keinen Absender. Es gibt niemanden zu sperren.
correspondence-refused-in-case = Mail und Anhänge liegen jetzt bei den Dateien des Vorgangs.
correspondence-refused-sample = Diese Datei führt etwas aus. Legen Sie die Mail zu einem Vorgang. Dort kommt sie als gesperrtes Archiv heraus.
correspondence-refused-large = Diese Mail ist größer als 25 MiB.
correspondence-state-waiting = wird gelesen
correspondence-state-open = offen
correspondence-state-joined = im Vorgang
correspondence-state-filed = Meldung angelegt
correspondence-state-noted = abgelegt
correspondence-state-discarded = verworfen
correspondence-kind-reply = Antwort
correspondence-kind-report = Zuschrift
correspondence-kind-bounce = Rückläufer
correspondence-kind-auto-reply = automatische Antwort
correspondence-kind-loop = Schleife
correspondence-kind-list = Verteiler
correspondence-kind-blocked = gesperrter Absender
correspondence-kind-repeat = Wiederholung
correspondence-kind-unreadable = nicht lesbar
correspondence-mailbox-failing = Das Postfach „{ $name }“ lässt sich nicht abrufen
correspondence-mailbox-since = Seit { $since }, { $tries ->
  [one] ein Versuch.
 *[other] { $tries } Versuche.
} Mails bleiben im Postfach liegen, verloren geht keine. Das System versucht es weiter.
correspondence-mailbox-connect = Der Mailserver antwortet nicht: Prüfen Sie mail.inbound.imap.host und port.
correspondence-mailbox-tls = Die Verbindung ist nicht sicher: Prüfen Sie mail.inbound.imap.tls, ca_file und das Zertifikat des Servers.
correspondence-mailbox-login = Die Anmeldung ist abgelehnt: Prüfen Sie mail.inbound.imap.user und password_file.
correspondence-mailbox-folder = Mit einem Ordner geht es nicht: Prüfen Sie mail.inbound.imap.folder, done_folder und refused_folder.
correspondence-mailbox-fetch = Der Mailserver gibt die Mails nicht heraus.
correspondence-mailbox-keep = Die Mails lassen sich nicht ablegen: Prüfen Sie Datenbank und Ablage der Dateien.
correspondence-mailbox-refused = { $count ->
  [one] Eine Mail ist zu groß oder nicht abzurufen. Sie liegt im Postfach, Ordner „{ $folder }“.
 *[other] { $count } Mails sind zu groß oder nicht abzurufen. Sie liegen im Postfach, Ordner „{ $folder }“.
}
correspondence-mailbox-good = Postfach „{ $name }“, zuletzt abgerufen { $time }.
correspondence-mailbox-never = Postfach „{ $name }“, noch nicht abgerufen.
correspondence-reason-same-bytes = Dieselbe Mail kam schon an dieselben Empfänger.
correspondence-reason-of-our-mail = Sie betrifft eine Mail von uns.
correspondence-reason-of-no-mail-of-ours = Sie betrifft keine Mail von uns.
correspondence-reason-sender-blocked = Der Absender ist gesperrt.
correspondence-reason-too-often = Dieser Absender schrieb in einer Stunde zu oft. Vielleicht antworten sich zwei Automaten.
correspondence-reason-to-many = Sie ging an viele.
correspondence-reason-token-right = Sie kam an die Antwortadresse dieses Vorgangs.
correspondence-reason-token-wrong = Ihre Antwortadresse sieht aus wie eine von uns, ist aber keine.
correspondence-reason-answers-our-mail = Sie antwortet auf eine Mail von uns.
correspondence-reason-sender-known = Der Absender gehört zur Stelle.
correspondence-reason-sender-foreign = Der Absender gehört nicht zur Stelle.
correspondence-reason-sender-is-party = Der Absender gehört zu denen, an die wir geschrieben haben.
correspondence-reason-sender-not-party = Der Absender gehört nicht zu denen, an die wir geschrieben haben.
correspondence-reason-organisation-gone = Die Stelle hat an dem Vorgang keinen Anteil mehr.
correspondence-reason-subject-names-case = Ihr Betreff nennt einen Vorgang. Das kann jeder schreiben.
correspondence-reason-subject-names-theirs = Ihr Betreff nennt das Zeichen eines Schriftwechsels. Das kann jeder schreiben.
correspondence-reason-sender-answers-nothing = Sie antwortet auf nichts, was wir kennen.
correspondence-reason-own-mail = Sie ist von uns selbst.
correspondence-reason-many-hops = Sie lief über sehr viele Mailserver.
correspondence-reason-delivery-report = Sie enthält den Bericht eines Mailservers.
correspondence-reason-words-of-a-mail-server = Sie liest sich wie der Bericht eines Mailservers.
correspondence-reason-to-bounce-address = Sie kam an unsere Adresse für Rückläufer.
correspondence-reason-auto-submitted = Sie sagt von sich, dass ein Automat sie schrieb.
correspondence-reason-header-of-an-autoresponder = Sie trägt das Kennzeichen eines Antwortautomaten.
correspondence-reason-precedence = Sie trägt das Kennzeichen einer automatischen Antwort.
correspondence-reason-subject-of-an-autoresponder = Ihr Betreff ist der einer automatischen Antwort.
correspondence-reason-not-to-be-answered = Auf sie darf nicht geantwortet werden.
correspondence-reason-read-receipt = Sie ist eine Lesebestätigung.
correspondence-reason-no-mail = Sie ist keine Mail oder schadet dem, der sie liest.
correspondence-reason-took-too-long = Sie zu lesen dauert zu lange.
correspondence-reason-bytes-damaged = Was von ihr gespeichert ist, ist beschädigt.

### Schriftwechsel mit Dritten
thread-board = Schriftwechsel
thread-board-what = Briefe per E-Mail an Dritte: Hoster, Polizei, andere CERTs. Nur das Team liest sie. Dritte sehen nur, was Sie ihnen schreiben.
thread-board-empty = Noch kein Schriftwechsel. Unten schreiben Sie den ersten Brief.
thread-new = Neuer Schriftwechsel
thread-kind = Art
thread-kind-hoster = Hoster
thread-kind-registrar = Registrar (vergibt Domainnamen)
thread-kind-cert = anderes CERT
thread-kind-police = Polizei
thread-kind-prosecutor = Staatsanwaltschaft
thread-kind-data-protection = Datenschutzaufsicht
thread-kind-vendor = Hersteller
thread-kind-other = andere
thread-party = An wen?
thread-party-hint = Name der Stelle oder Firma
thread-address = E-Mail-Adresse
thread-subject = Betreff
thread-subject-hint = Höchstens 100 Zeichen. Unser Aktenzeichen kommt von selbst davor.
thread-their-reference = Ihr Zeichen
thread-their-reference-hint = Die Nummer, unter der die andere Seite die Sache führt. Sie kann später kommen.
thread-text = Text
thread-text-hint = Die Mail enthält diesen Text, den Betreff und beide Zeichen. Titel und Namen aus dem Vorgang kommen nicht hinein.
thread-label = Einstufung dieses Textes
thread-label-of-case = So ist der Vorgang eingestuft.
thread-label-hint = Die Mail geht unverschlüsselt hinaus. Darum muss ihr Text für CLEAR oder GREEN geschrieben sein.
thread-confirm = Der Text ist eigens dafür geschrieben. Er enthält nichts, was nur unter der Einstufung des Vorgangs weitergegeben werden darf.
thread-confirm-short = Bestätigung
thread-remind = Wann erinnern?
thread-remind-hint = Ohne Antwort bis dahin steht der Vorgang wieder im Eingang. Zum Beispiel 24.11.2026 14:00
thread-send = Brief senden
thread-write = Weiter schreiben
thread-more = Ändern
thread-save-reference = Zeichen speichern
thread-close = Schriftwechsel schließen
thread-close-what = Danach erinnert niemand mehr daran. Eine Antwort öffnet ihn wieder.
thread-reopen = Wieder öffnen
thread-renew = Antwortadresse erneuern
thread-renew-what = Kennt jemand Fremdes die Antwortadresse, dann erneuern Sie sie. Die nächste Mail nennt die neue.
thread-no-reference = noch keines
thread-waits = Wartet seit
thread-waits-since = wartet seit { $at }
thread-reminder = Erinnerung
thread-remind-at = Erinnerung { $at }
thread-last-word = zuletzt { $at }
thread-theirs = Ihr Zeichen { $reference }
thread-answered = beantwortet
thread-silent = keine Antwort
thread-silent-waits = eine Antwort von Dritten
thread-closed = geschlossen
thread-closed-ones = { $count ->
    [one] Ein geschlossener
   *[other] { $count } geschlossene
  }
thread-mails = Briefe
thread-out = von uns
thread-in = Antwort
thread-files = { $count ->
    [one] Eine Datei bei den Dateien des Vorgangs
   *[other] { $count } Dateien bei den Dateien des Vorgangs
  }
thread-mail-queued = wird gesendet
thread-mail-leased = wird gesendet
thread-mail-accepted = vom Mailserver angenommen
thread-mail-bounced = kam zurück
thread-mail-failed = nicht angenommen
thread-erased = gelöscht
thread-changed = Dieser Schriftwechsel hat sich inzwischen geändert.
thread-changed-what = Vielleicht kam eine Antwort. Lesen Sie sie und senden Sie dann noch einmal. Was Sie geschrieben haben, steht unten.
thread-counts = { $count ->
    [0] Noch kein Schriftwechsel mit Dritten.
    [one] Ein offener
   *[other] { $count } offene
  }{ $waiting ->
    [0] {""}
   *[other] , { $waiting } ohne Antwort
  }
thread-all = Schriftwechsel öffnen
thread-refused-label = Diese Mail geht unverschlüsselt hinaus. Schreiben Sie einen eigenen Text und stufen Sie ihn als TLP:CLEAR oder TLP:GREEN ein.
thread-refused-below = Der Vorgang ist { $label }. Schreiben Sie einen eigenen Text und bestätigen Sie, dass er weniger streng eingestuft sein darf.
thread-refused-own-address = Das ist eine Adresse von uns.
thread-refused-closed = Dieser Schriftwechsel ist geschlossen.
thread-refused-open = Dieser Schriftwechsel ist offen.
thread-done-opened = Der Brief geht jetzt hinaus.
thread-done-written = Der Brief geht jetzt hinaus.
thread-done-reference = Das Zeichen ist gespeichert.
thread-done-closed = Der Schriftwechsel ist geschlossen.
thread-done-reopened = Der Schriftwechsel ist wieder offen.
thread-done-renewed = Die alte Antwortadresse gilt nicht mehr.
thread-mail-ours = Unser Zeichen: { $reference }
thread-mail-theirs = Ihr Zeichen: { $reference }
thread-mail-answer = Bitte antworten Sie auf diese E-Mail. So findet Ihre Antwort den Vorgang.
thread-told-head =
    An: { $party }
    Betreff: { $subject }
desk-told-thread-out = Brief an Dritte, { $label }
desk-told-thread-out-below = Brief an Dritte, { $label }. Der Vorgang ist { $of }; die weitere Einstufung ist bestätigt.
desk-told-thread-reference = Zeichen der anderen Seite
desk-told-thread-closed = Schriftwechsel geschlossen
desk-told-thread-reopened = Schriftwechsel wieder offen
desk-told-thread-silent = Keine Antwort auf einen Brief
desk-action-incident-thread-open = Schriftwechsel begonnen
desk-action-incident-thread-write = Brief an Dritte gesendet
desk-action-incident-thread-reference = Zeichen der anderen Seite gesetzt
desk-action-incident-thread-close = Schriftwechsel geschlossen
desk-action-incident-thread-reopen = Schriftwechsel wieder geöffnet
desk-action-incident-thread-renew = Antwortadresse eines Schriftwechsels erneuert
desk-action-incident-thread-silent = Dritte haben nicht geantwortet
desk-job-thread-silent = Dritte antworten nicht

### escalation
escalation-state-due = geplant
escalation-state-notified = benachrichtigt
escalation-state-acknowledged = bestätigt
escalation-state-overtaken = keine Antwort
escalation-state-withdrawn = zurückgenommen
escalation-drill = ÜBUNG
escalation-priority = Priorität { $priority }
escalation-priority-none = noch nicht eingestuft
escalation-mail-subject = { $reference }: Bitte bis { $by } bestätigen
escalation-mail-body =
    Der Vorgang { $reference } ist bei Ihnen: { $step }.
    Dringlichkeit: { $priority }. Gemeldet: { $reported }.

    Bitte bestätigen Sie bis { $by }, dass Sie davon wissen.
    Bestätigt niemand, geht es an die nächste Stelle.
escalation-mail-title = Worum es geht: { $title }
escalation-mail-link =
    Bestätigen Sie hier. Eine Anmeldung ist nicht nötig, der Link gilt einmal:
    { $link }
escalation-link-what = Dieser Vorgang liegt jetzt bei Ihnen ({ $step }). Bitte bestätigen Sie, dass Sie davon wissen.
escalation-link-priority = Dringlichkeit
escalation-link-reported = Gemeldet
escalation-link-by = Bestätigen bis
escalation-link-withheld = Worum es geht, lesen Sie nach der Anmeldung.
escalation-link-case = Zum Vorgang
escalation-link-otherwise = Bestätigt niemand rechtzeitig, geht der Vorgang an die nächste Stelle. Der Link gilt einmal.
escalation-link-confirm = Ich weiß Bescheid
escalation-thanks-title = Bestätigt
escalation-thanks-what = Danke. Ihre Bestätigung steht jetzt im Verlauf des Vorgangs.
escalation-thanks-next = Möchten Sie den Vorgang lesen? Dann melden Sie sich an.
escalation-thanks-cases = Zu den Vorgängen
escalation-gone-title = Dieser Link gilt nicht
escalation-gone-what = Der Vorgang wurde schon bestätigt, oder er liegt inzwischen bei der nächsten Stelle, oder ein Stück des Links fehlt.
escalation-gone-next = Verlassen Sie sich nicht darauf, dass schon jemand bestätigt hat. Öffnen Sie den ganzen Link aus der E-Mail. Wie es steht, sehen Sie nach der Anmeldung. Im Zweifel rufen Sie uns an.
escalation-silent-waits = eine Antwort auf die Eskalation, es gab keine
desk-told-escalation-silent = Eskalation ohne Antwort zu Ende
escalation-plan-title = Was geschieht, wenn niemand antwortet?
escalation-plan-link = Was geschieht, wenn niemand antwortet?
escalation-plan-back = Zurück zum Vorgang
escalation-plan-drill = Eine Übung alarmiert von selbst niemanden.
escalation-plan-name = Plan
escalation-plan-none = keiner
escalation-plan-why = Gewählt für
escalation-plan-use = Stand
escalation-plan-frozen = in Gebrauch, bleibt für diesen Vorgang, wie er ist
escalation-plan-not-yet = noch nicht begonnen
escalation-plan-silence = So geht es weiter, wenn niemand bestätigt und niemand den Vorgang übernimmt. Wo eine Freigabe nötig ist, verschiebt sich alles danach um die Zeit bis zur Freigabe.
escalation-plan-nothing = Es kommt keine weitere Stufe.
escalation-plan-when = Wann
escalation-plan-step = Stufe
escalation-plan-whom = Wer
escalation-plan-what = Was
escalation-plan-by = Antwort bis
escalation-plan-people = { $count ->
    [one] eine Person
   *[other] { $count } Personen
}
escalation-plan-nobody = niemand erreichbar
escalation-foreseen-notified = wird benachrichtigt
escalation-foreseen-again = wird noch einmal benachrichtigt
escalation-foreseen-overtaken = Zeit ist um
escalation-foreseen-approval = wartet auf Freigabe
escalation-whom-team = Team des CERT
escalation-whom-lead = Leitung des CERT
escalation-whom-reporter = meldende Stelle
escalation-whom-provider = Dienstleister
escalation-whom-state = Leitung des Landes
escalation-whom-other = andere Stelle
escalation-done-approved = Die Eskalation ist freigegeben.
escalation-done-withdrawn = Die Eskalation ist zurückgenommen.
escalation-refused-unknown = Diese Stufe gibt es nicht.
escalation-refused-not-yet = Diese Stufe wurde noch nicht benachrichtigt.
    .next = Warten Sie, bis die Nachricht dort angekommen ist. Bestätigt wird danach.
escalation-refused-over = Diese Stufe ist schon erledigt.
escalation-refused-under-way = Dorthin wird gerade schon eskaliert.
    .next = Sie müssen nichts tun. Beim Vorgang steht, wer schon bestätigt hat.
escalation-refused-same-person = Freigeben muss eine zweite Person. Sie haben die Eskalation selbst angefordert.
    .next = Bitten Sie eine andere Person, sie freizugeben.
escalation-refused-closed = Der Vorgang ist abgeschlossen.
    .next = Hier ist nichts mehr zu tun. Soll noch eskaliert werden, muss das CERT den Vorgang zuerst wieder aufnehmen.
escalation-refused-nobody = Dort ist niemand eingetragen, den wir benachrichtigen können.
    .next = Rufen Sie dort an, und lassen Sie im Register einen Kontakt eintragen.
escalation-refused-district = Ein Landkreis wird nur mit Zustimmung der Gemeinde beteiligt. Bitte klären Sie das vorher am Telefon.

### advisories
advisory-severity-low = niedrig
advisory-severity-medium = mittel
advisory-severity-high = hoch
advisory-severity-critical = kritisch
advisory-step-grey = grau
advisory-step-yellow = gelb
advisory-step-orange = orange
advisory-step-red = rot
advisory-step-advice-grey = zur Kenntnis nehmen
advisory-step-advice-yellow = in den nächsten Tagen handeln
advisory-step-advice-orange = rasch handeln
advisory-step-advice-red = sofort handeln
advisory-state-draft = Entwurf
advisory-state-in-review = in Prüfung
advisory-state-approved = freigegeben
advisory-state-published = veröffentlicht
advisory-state-superseded = durch neue Fassung ersetzt
advisory-state-withdrawn = zurückgezogen
advisory-delivery-waiting = Noch nicht versandt
advisory-delivery-queued = In Warteschlange
advisory-delivery-leased = Wird gesendet
advisory-delivery-accepted = Vom Mailserver angenommen
advisory-delivery-bounced = Zurückgekommen
advisory-delivery-failed = Nicht zustellbar
advisory-field-title = Titel
advisory-field-concerns = Wen betrifft das?
advisory-field-measures = Was ist heute zu tun?
advisory-field-body = Einzelheiten
advisory-field-products = Betroffene Produkte
advisory-field-cves = Kennungen der Sicherheitslücken (CVE)
advisory-error-cve = Das ist keine CVE-Kennung. Beispiel: CVE-2026-12345.
advisory-error-audience = Bitte wählen Sie, an wen die Warnmeldung geht.
advisory-error-audience-all = Gewählt sind alle Verwaltungen, angekreuzt sind aber einzelne. Bitte entfernen Sie die Häkchen, oder wählen Sie die Zeile, zu der sie gehören.
advisory-error-audience-other = Angekreuzt ist auch etwas, das zu einer anderen Zeile gehört. Bitte entfernen Sie diese Häkchen, oder wählen Sie die Zeile, zu der sie gehören.
advisory-form-used-title = Noch nicht gespeichert
advisory-form-used = Aus diesem Formular ist schon { $reference } entstanden. Ist das hier eine weitere Warnmeldung? Dann speichern Sie noch einmal.
advisory-form-used-open = Zu { $reference }
advisory-error-nobody-left = { $count ->
    [one] Mit TLP:RED bleibt niemand übrig: Bei { $names } ist keine Person mit eigener Adresse eingetragen.
   *[other] Mit TLP:RED bleibt niemand übrig: Bei { $count } Verwaltungen ist keine Person mit eigener Adresse eingetragen, zum Beispiel { $names }.
  }
advisory-fixed-approved = Diese Fassung ist freigegeben und kann nicht mehr geändert werden. Ist noch etwas zu ändern? Dann lassen Sie sie zurückgeben.
advisory-fixed-out = Diese Fassung ist veröffentlicht und kann nicht mehr geändert werden. Hat sich etwas geändert? Dann beginnen Sie eine neue Fassung.
advisory-refused-fixed = Der Inhalt ist freigegeben oder veröffentlicht und kann nicht mehr geändert werden. Lassen Sie die Warnmeldung zurückgeben, oder beginnen Sie eine neue Fassung.
    .next = Öffnen Sie die Warnmeldung neu. Dort steht, was jetzt möglich ist.
advisory-refused-incomplete = Es fehlt noch, wen es betrifft oder was heute zu tun ist.
advisory-refused-not-draft = Nur ein Entwurf kann zur Prüfung gegeben werden.
advisory-refused-not-in-review = Diese Fassung ist nicht in Prüfung.
advisory-refused-nobody = Zu dieser Auswahl gehört keine angebundene Verwaltung.
    .next = Geben Sie die Fassung zurück, und ändern Sie, an wen die Warnmeldung geht.
advisory-refused-not-approved = Nur eine freigegebene Fassung kann veröffentlicht werden.
advisory-refused-other-than-approved = Inhalt, Mail oder Empfänger sind nicht mehr genau das, was freigegeben wurde. Es wurde nichts versandt.
    .next = Lassen Sie die Fassung zurückgeben und neu freigeben.
advisory-refused-not-published = Das geht nur mit einer veröffentlichten Fassung.

advisory-mail-subject = { $reference }: { $title }
advisory-mail-greeting = Warnmeldung { $reference }, Fassung { $number }, für: { $organisation }
advisory-mail-scales = Warnstufe { $step } von 4 ({ $colour }): { $advice }. Schweregrad: { $severity }.
advisory-mail-concerns = Betrifft uns das?
advisory-mail-products = Betroffene Produkte: { $products }
advisory-mail-today = Was ist heute zu tun?
advisory-mail-confirm = Wie bestätigen wir?
advisory-mail-confirm-text =
    Öffnen Sie die Warnmeldung im Portal. Dann wissen wir, dass sie bei Ihnen angekommen ist:
    { $url }
advisory-mail-details = Einzelheiten
advisory-mail-cves = Kennungen der Sicherheitslücken: { $cves }
advisory-mail-genuine = Ist diese Mail echt?
advisory-mail-genuine-text =
    Diese Mail ist digital unterschrieben (S/MIME). Ihr Mailprogramm zeigt die Unterschrift von { $cert } an. Fehlt sie oder meldet das Programm einen Fehler, öffnen Sie keinen Link. Rufen Sie uns unter der Nummer an, die Sie schon von uns haben. Wir fragen nie nach Passwörtern.
advisory-mail-phone = Telefon
advisory-mail-phone-text = { $cert }, Tag und Nacht: { $phone }

advisory-list-title = Warnmeldungen
advisory-list-tlp = TLP sagt, wer eine Warnmeldung lesen darf. Was gilt, steht auf jeder Warnmeldung.
advisory-list-unread = Neu
advisory-list-empty = Noch keine Warnmeldungen an Ihre Verwaltung. Sobald eine kommt, erhalten Sie eine Mail und finden sie hier.
advisory-team-list-empty = Keine Warnmeldung passt. Ändern Sie die Auswahl, oder schreiben Sie eine neue.
advisory-list-caption = Warnmeldungen mit Zustand, die neuesten zuerst
advisory-back-start = Zur Startseite
advisory-back-list = Alle Warnmeldungen
advisory-filter-label = Warnmeldungen auswählen
advisory-filter-all = alle
advisory-filter-send = Anzeigen
advisory-filter-reset = Auswahl aufheben
advisory-col-reference = Aktenzeichen
advisory-col-state = Zustand
advisory-col-step = Warnstufe
advisory-col-severity = Schweregrad
advisory-col-tlp = TLP
advisory-col-updated = Geändert
advisory-version-short = Fassung { $number }
advisory-article-line = Warnmeldung { $reference }, Fassung { $number }
advisory-article-unnumbered = Warnmeldung, noch ohne Aktenzeichen
advisory-article-step = Warnstufe { $step } von 4
advisory-article-severity = Schweregrad:
advisory-article-concerns = Betrifft uns das?
advisory-article-today = Was müssen wir heute tun?
advisory-article-confirm = Wie bestätigen wir?
advisory-article-confirm-text = Sie müssen nichts weiter tun: Wir sehen, dass Ihre Verwaltung diese Seite geöffnet hat. Kommen Sie nicht weiter oder finden Sie etwas Verdächtiges, rufen Sie uns an:
advisory-article-signed = Geprüft und unterschrieben
advisory-article-signed-text = Von zwei Personen geprüft. Die Mail dazu ist digital unterschrieben (S/MIME).
advisory-reader-for = Für: { $organisations }
advisory-new-title = Neue Warnmeldung
advisory-edit-title = Bearbeiten
advisory-edit-in-review = Diese Fassung ist in Prüfung. Wenn Sie speichern, wird sie wieder zum Entwurf.
advisory-fixed-title = Inhalt steht fest
advisory-begin-version = Fassung { $number } beginnen
advisory-returned-title = Zur Überarbeitung zurückgegeben
advisory-stale-title = Inzwischen hat jemand anderes gespeichert
advisory-stale-text = Ihre Eingaben stehen unverändert unten. Hier sehen Sie, worin sie von der gespeicherten Fassung abweichen. Wenn Sie jetzt speichern, gelten Ihre Eingaben.
advisory-stale-same = Titel und Texte sind gleich. Prüfen Sie TLP, Warnstufe, Schweregrad und Empfänger.
advisory-stale-saved = Gespeicherte Fassung ansehen
advisory-hint-title = Höchstens 150 Zeichen. Was ist los, und was ist zu tun?
advisory-hint-markdown = Markdown ist möglich: **fett**, Listen, Links.
advisory-hint-measures = Am besten nummerierte Schritte: „1. Version prüfen.“
advisory-hint-products = Ein Produkt je Zeile
advisory-hint-cves = Zum Beispiel CVE-2026-12345, mehrere mit Komma getrennt
advisory-hint-tlp = Über TLP:GREEN enthält die Mail keinen Inhalt, nur einen Verweis auf das Portal. TLP:RED geht nur an benannte Personen.
advisory-hint-step = Wie bald ist zu handeln?
advisory-hint-severity = Wie schlimm ist die Schwachstelle für sich genommen?
advisory-field-tlp = TLP-Einstufung
advisory-field-step = Warnstufe
advisory-field-severity = Schweregrad
advisory-field-audience = An wen geht die Warnmeldung?
advisory-audience-all = Alle angebundenen Verwaltungen
advisory-audience-kinds = Nach Art der Stelle
advisory-audience-districts = Nach Kreis
advisory-audience-hand = Einzeln ausgewählt
advisory-boxes-unused = Oben ist etwas anderes gewählt. Bitte entfernen Sie diese Häkchen, oder wählen Sie oben „{ $line }“.
advisory-audience-title = Empfänger
advisory-audience-count = { $count ->
    [0] Niemand
    [one] Eine Verwaltung
   *[other] { $count } Verwaltungen
  }
advisory-audience-left-out = { $count ->
    [one] Eine Verwaltung wird so nicht erreicht:
   *[other] { $count } Verwaltungen werden so nicht erreicht:
  }
advisory-approval-nobody = Freigeben geht noch nicht: Zu dieser Auswahl gehört keine angebundene Verwaltung. Geben Sie die Fassung zurück und wählen Sie andere Empfänger, oder lassen Sie die Verwaltungen im Register anbinden.
advisory-approval-nobody-left = Freigeben geht noch nicht: Niemand würde erreicht. Wer fehlt, steht bei den Empfängern. Nötig sind die Anbindung und ein Kontakt, mit TLP:RED eine Person mit eigener Adresse.
advisory-audience-names = Namen zeigen
advisory-audience-unknown = Wählen Sie TLP, Warnstufe, Schweregrad und Empfänger. Dann stehen hier Zahl und Namen.
advisory-preview-title = So lesen es die Empfänger
advisory-preview-none = Die Vorschau erscheint, sobald Titel, TLP, Warnstufe, Schweregrad und Empfänger angegeben sind.
advisory-button-save = Speichern
advisory-button-preview = Vorschau
advisory-button-submit = Speichern und zur Prüfung geben
advisory-note-saved = Gespeichert.
advisory-note-submitted = Zur Prüfung gegeben. Freigeben kann, wer nicht mitgeschrieben hat.
advisory-note-revised = Neue Fassung begonnen. Sie sagt zunächst dasselbe wie die vorige.
advisory-note-approved = Freigegeben. Inhalt und Empfänger stehen jetzt fest.
advisory-note-returned = Zurückgegeben.
advisory-note-published = Veröffentlicht. Die Mails gehen jetzt hinaus.
advisory-to-approval = Zur Freigabe
advisory-to-editor = Bearbeiten
advisory-to-board = Zur Zustellung
advisory-to-page = Seite der Empfänger
advisory-approval-title = { $reference }, Fassung { $number } · Freigabe
advisory-approval-stale-title = Es hat sich etwas geändert
advisory-approval-stale = Inhalt oder Empfänger sind nicht mehr so, wie sie auf der Seite standen. Es wurde nichts getan. Bitte prüfen Sie noch einmal, was hier jetzt steht.
advisory-approval-mail = Genau diese Mail geht hinaus
advisory-approval-mail-hint = Gezeigt für die erste Verwaltung der Liste. Bei den anderen steht ihr eigener Name.
advisory-approval-subject = Betreff:
advisory-approval-page = Genau diese Seite sehen die Empfänger
advisory-approval-decide = Entscheidung
advisory-approval-draft = Das ist ein Entwurf. Er ist noch nicht zur Prüfung gegeben.
advisory-approval-not-you = Sie können diese Fassung nicht freigeben: Sie haben mitgeschrieben, oder Ihre Rolle sieht es nicht vor.
advisory-approved-by = Freigegeben von { $name }
advisory-button-approve = { $count ->
    [one] Für eine Verwaltung freigeben
   *[other] Für { $count } Verwaltungen freigeben
  }
advisory-approve-confirm = { $reference } für { $count ->
    [one] eine Verwaltung
   *[other] { $count } Verwaltungen
  } freigeben? Inhalt und Empfänger stehen danach fest.
advisory-button-publish = { $count ->
    [one] Jetzt an eine Verwaltung senden
   *[other] Jetzt an { $count } Verwaltungen senden
  }
advisory-publish-confirm = { $reference } jetzt an { $count ->
    [one] eine Verwaltung
   *[other] { $count } Verwaltungen
  } senden? Das lässt sich nicht zurückholen.
advisory-field-reason = Grund
advisory-hint-reason = Was soll geändert werden?
advisory-button-return = Zur Überarbeitung zurückgeben
advisory-approval-recipients = { $count ->
    [0] Keine Empfänger
    [one] Ein Empfänger
   *[other] { $count } Empfänger
  }
advisory-approval-diff = Unterschied zur letzten Fassung
advisory-approval-first = Das ist die erste Fassung.
advisory-approval-against = Verglichen mit Fassung { $number }
advisory-approval-same = Titel und Texte sind gleich.
advisory-approval-before = Vorher
advisory-approval-now = Jetzt
advisory-approval-hash = Prüfsumme über Inhalt, Mail und Empfänger (SHA-256):
advisory-diff-same = unverändert:
advisory-diff-added = neu:
advisory-diff-removed = entfallen:
advisory-board-title = Zustellung
advisory-board-heading = { $reference }, Fassung { $number } · Zustellung
advisory-board-empty = Noch keine Empfänger. Die Liste entsteht mit der Freigabe.
advisory-board-summary = { $total ->
    [one] Eine Verwaltung
   *[other] { $total } Verwaltungen
  }, { $accepted } vom Mailserver angenommen
advisory-board-sum = Summe { $total } von { $total }, keine Zustellung ohne Zustand.
advisory-board-districts = Nach Kreis
advisory-board-no-district = Ohne Kreis
advisory-board-of = { $part } von { $total }
advisory-board-call = Wen anrufen: { $count }
advisory-board-nobody-to-call = Zurzeit niemanden.
advisory-board-why-call = Diese Verwaltungen haben keine Mail bekommen.
advisory-board-no-phone = keine Telefonnummer eingetragen
advisory-board-rows = { $count ->
    [one] Ein Empfänger
   *[other] { $count } Empfänger
  }
advisory-board-all = Alle zeigen
advisory-board-as-of = Stand { $time }
advisory-board-reload = Neu laden
advisory-board-caption = Zustellung je Verwaltung, Dringendes zuerst
advisory-board-organisation = Verwaltung, Kreis
advisory-board-reason = Antwort des Mailservers
advisory-board-address = Adresse
advisory-board-answered = Antwort um
advisory-board-opened = Geöffnet
advisory-board-phone = Telefon
advisory-board-duplicate = vielleicht doppelt
advisory-board-again = Versuch { $number } { $time }
advisory-part-opened = Angenommen und im Portal geöffnet
advisory-part-accepted = Vom Mailserver angenommen
advisory-part-pending = In Warteschlange
advisory-part-undelivered = Nicht zustellbar

### desk
desk-start-title = Startseite
desk-hello = Guten Tag, { $name }
desk-what-to-do = Was möchten Sie tun?
desk-choice-report = Vorfall melden
desk-choice-report-text = Etwas stimmt nicht: verschlüsselte Dateien, verdächtige Mail, verlorenes Gerät. Dauert etwa 5 Minuten.
desk-choice-cases = Meine Vorgänge
desk-choice-cases-text = { $count ->
    [0] Gerade läuft kein Vorgang.
    [one] 1 Vorgang läuft. Sehen, wo er gerade liegt, nachtragen, antworten.
   *[other] { $count } Vorgänge laufen. Sehen, wo sie gerade liegen, nachtragen, antworten.
}
desk-choice-advisories = Warnmeldungen
desk-choice-advisories-text = { $count ->
    [0] Keine ungelesene Warnmeldung.
    [one] 1 Warnmeldung haben Sie noch nicht gelesen.
   *[other] { $count } Warnmeldungen haben Sie noch nicht gelesen.
}
desk-setup-title = Noch einzurichten
desk-setup-what = Danach ist alles bereit für den Ernstfall.
desk-setup-account = Konto anlegen
desk-setup-factor = Zweiten Faktor einrichten
desk-setup-data = Angaben zu Ihrer Stelle prüfen und bestätigen
desk-setup-card = Notfallkarte drucken und bereitlegen
desk-setup-card-printed = Ist gedruckt
desk-setup-done = erledigt
desk-setup-open = offen
desk-waits-for-you = Das wartet auf Sie
desk-nothing-waits = Gerade wartet nichts auf Sie. Wir schreiben Ihnen, wenn sich das ändert.
desk-wait-step = Bestätigen, dass Sie davon wissen: Vorgang { $reference }
desk-wait-message = Nachricht lesen: Vorgang { $reference }
desk-wait-by = bis { $at }
desk-wait-draft = Angefangene Meldung fertig schreiben
desk-wait-draft-titled = Angefangene Meldung fertig schreiben: { $title }
desk-wait-since = seit { $at }
desk-wait-advisory = Warnmeldung lesen: { $title }
desk-emergency = Für den Notfall
desk-emergency-text = Mit dieser Karte wissen Sie auch ohne Computer, wen Sie anrufen. Drucken Sie sie aus, bevor Sie sie brauchen.
desk-emergency-card = Notfallkarte { $name }
desk-manage = Verwalten
desk-else-nothing = Sonst wartet nichts. Wir schreiben Ihnen, wenn sich das ändert.
desk-queue-title = Eingang
desk-queue-caption = Vorgänge dieser Liste.
desk-queue-found-caption = Gefundene Vorgänge, offene und abgeschlossene.
desk-queue-not-found = Kein Vorgang passt dazu. Geben Sie einen Teil des Aktenzeichens oder des Titels ein.
desk-queue-empty = Hier liegt nichts. Wählen Sie einen anderen Filter, oder warten Sie auf die nächste Meldung.
desk-filter-label = Filter
desk-filter = Filtern
desk-tab-open = Alle offenen
desk-tab-free = Frei
desk-tab-mine = Meine
desk-tab-late = Überfällig
desk-tab-high = Priorität 1 und 2
desk-tab-waiting = Wartend
desk-tab-closed = Abgeschlossen
desk-as-of = Stand { $time } Uhr
desk-reload = Neu laden
desk-col-reference = Aktenzeichen
desk-col-title = Titel
desk-untriaged = nicht eingestuft
desk-free = frei
# queue: columns, order, filters
desk-queue-order = Reihenfolge: { $order }
desk-queue-back = Zum Eingang
desk-unread = ungelesen
desk-danger = Menschen in Gefahr
desk-back = wieder da
desk-waits = Wiedervorlage
desk-save = Speichern
desk-filters = Filter verwalten
desk-columns = Spalten
desk-count-exactly = { $count ->
    [one] 1 Vorgang
   *[other] { $count } Vorgänge
}
desk-count-at-least = { $count ->
    [one] mindestens 1 Vorgang
   *[other] mindestens { $count } Vorgänge
}
desk-count-over = über { $count } Vorgänge
desk-column-alter = Alter
desk-column-stelle = Stelle, Kreis
desk-column-klasse = Klasse
desk-column-art = Art
desk-column-prioritaet = Prio
desk-column-frist = Frist
desk-column-bei = Bei
desk-column-status = Status
desk-column-aenderung = Geändert
desk-column-tlp = TLP
desk-sort-frist = nächste Frist zuerst
desk-sort-alter = älteste zuerst
desk-sort-neu = neueste zuerst
desk-sort-prioritaet = nach Priorität
desk-sort-stelle = nach Stelle
desk-sort-aenderung = letzte Änderung zuerst
desk-look-title = Spalten und Reihenfolge
desk-look-what = So zeigt der Eingang die Vorgänge, nur bei Ihnen. Zeichen und Titel stehen immer da.
desk-look-columns = Spalten
desk-look-sort = Reihenfolge
desk-done-look = Gespeichert: So sieht Ihr Eingang jetzt aus.
desk-filter-title = Filter
desk-filter-change = Filter ändern
desk-filter-back = Zu den Filtern
desk-filter-none = Noch kein Filter. Legen Sie unten den ersten an; er steht dann im Eingang neben den anderen Listen.
desk-filter-new = Neuer Filter
desk-filter-own = nur für Sie
desk-filter-of-team = für das Team, von { $name }
desk-filter-edit = Ändern
desk-filter-remove = Entfernen
desk-filter-name = Name
desk-filter-team = Für das ganze Team
desk-filter-any = egal
desk-filter-priority = Priorität höchstens
desk-filter-district = Landkreis oder kreisfreie Stadt
desk-filter-whose = Bei wem
desk-filter-due = Fällig
desk-filter-waiting = Wartende Vorgänge
desk-filter-no-waiting = ohne wartende
desk-filter-drills = Übungen
desk-filter-danger = Nur wo laut Meldung Menschen in Gefahr sind
desk-filter-personal-data = Nur wo laut Meldung Daten von Menschen betroffen sind
desk-filter-text = Teil des Zeichens oder Titels
desk-filter-own-sort = wie sonst bei mir
desk-filter-office-hint = Name aus dem Register
desk-filter-office-unknown = Dazu gibt es im Register keine Stelle, oder zu viele. Schreiben Sie den Namen genauer.
desk-filter-office-several = Dazu passen mehrere Stellen. Schreiben Sie den ganzen Namen.
desk-filter-too-many = Mehr Filter haben hier keinen Platz. Entfernen Sie erst einen anderen.
desk-filter-stale = Jemand hat diesen Filter eben geändert
desk-filter-stale-what = Unten steht, was Sie eingegeben haben. Noch einmal speichern ersetzt, was jetzt gilt.
desk-filter-as-stored = Zeigen, was jetzt gilt
desk-done-filter = Filter gespeichert.
desk-done-filter-removed = Filter entfernt.
desk-whose-meine = bei mir
desk-whose-frei = frei
desk-whose-abwesende = bei Abwesenden
desk-due-ueberfaellig = überfällig
desk-due-tag = in 24 Stunden, auch Überfälliges
desk-due-woche = in 7 Tagen, auch Überfälliges
desk-waiting-auch = auch wartende
desk-waiting-nur = nur wartende
desk-drills-ohne = ohne Übungen
desk-drills-nur = nur Übungen
# queue: many at once
desk-mark = Markieren:
desk-bulk-with-marked = Mit den markierten:
desk-bulk-choose = Gemeinsam ändern …
desk-bulk-merge = Zusammenführen …
desk-bulk-title = Markierte Vorgänge ändern
desk-bulk-count = { $count ->
    [one] 1 Vorgang ist markiert.
   *[other] { $count } Vorgänge sind markiert.
}
desk-bulk-marked = Markierte Vorgänge
desk-bulk-each = Jeder Vorgang wird für sich geändert. Hat jemand einen inzwischen geändert, bleibt er, wie er ist. Danach sehen Sie, was aus jedem wurde, und können es 10 Minuten lang zurücknehmen.
desk-bulk-nobody = niemand, wieder frei
desk-bulk-note = Notiz für das Team
desk-bulk-category-save = Art setzen
desk-bulk-nothing = Nichts ist markiert. Markieren Sie im Eingang die Vorgänge, um die es geht.
desk-bulk-too-many = Das sind mehr als 200. Nehmen Sie weniger auf einmal.
desk-bulk-result = Gemeinsam geändert
desk-bulk-of = { $changed } von { $all } geändert
desk-bulk-outcome = Was daraus wurde
desk-bulk-taken-back = Zurückgenommen
desk-bulk-changed = geändert
desk-bulk-undone = zurückgenommen
desk-bulk-stale = nicht geändert: jemand hat den Vorgang inzwischen geändert
desk-bulk-none = nicht geändert: diesen Vorgang gibt es nicht
desk-bulk-held = nicht geändert: jemand anderes arbeitet daran
desk-bulk-held-by-you = nicht geändert: er liegt schon bei Ihnen
desk-bulk-too-late = Das lässt sich nicht mehr zurücknehmen.
desk-bulk-undo = Zurücknehmen
desk-bulk-undo-until = bis { $time } Uhr; was sich seither geändert hat, bleibt
desk-bulk-was-undone = Diese Änderung wurde zurückgenommen.
desk-bulk-notes-stay = Notizen bleiben stehen: Was im Verlauf steht, wird nicht entfernt.
desk-done-undone = Zurückgenommen. Unten steht, was aus jedem Vorgang wurde.
desk-bulk-uebernehmen = Übernehmen
desk-bulk-zuweisen = Zuweisen
desk-bulk-warten = Wiedervorlage
desk-bulk-art = Art setzen
desk-bulk-notiz = Notiz
desk-bulk-schliessen = Abschließen
# queue: absence and hand-over
desk-tab-absent = Bei Abwesenden
desk-absence-title = Abwesenheit
desk-absence-what = Wer abwesend ist, steht bei der Zuweisung mit der Vertretung da. Die Vorgänge zeigt der Eingang unter „Bei Abwesenden“.
desk-absence-none = Niemand ist abwesend oder hat es angekündigt.
desk-absence-now = jetzt abwesend
desk-absence-span-of = { $from } bis { $until }
desk-absence-by = Vertretung: { $name }
desk-absence-end = Ich bin da
desk-absence-new = Ich bin nicht da
desk-absence-from = Abwesend ab
desk-absence-until = Wieder da am
desk-absence-deputy = Vertretung
desk-absence-nobody = niemand
desk-absence-span = Das Ende muss nach dem Anfang liegen, höchstens ein Jahr danach.
desk-absence-too-many = Mehr Abwesenheiten haben hier keinen Platz. Nehmen Sie erst eine andere zurück.
desk-done-absence = Abwesenheit eingetragen.
desk-done-present = Abwesenheit zurückgenommen.
desk-absent-choice = { $name } (abwesend bis { $until }, Vertretung: { $deputy })
desk-absent = Abwesend bis { $until }. Vertretung: { $deputy }. Wählen Sie die Vertretung, oder bestätigen Sie unten, dass es so sein soll.
desk-assign-anyway = Trotz Abwesenheit zuweisen
desk-handover-note = Übergabe: Was muss man wissen? (nur fürs Team)
desk-handover-title = Übergabe von { $name }
desk-handover-read = Gelesen
desk-done-handover-read = Übergabe gelesen.
desk-told-handover = Übergabe:
desk-told-handover-read = Die Übergabe ist gelesen.
desk-told-categorised = Art gesetzt.
desk-preview = Vorschau
desk-preview-label = Vorschau { $reference }
desk-preview-none = Wählen Sie links einen Vorgang. Hier sehen Sie dann das Wichtigste.
desk-open = Öffnen
desk-take = Übernehmen
desk-pages-label = Seiten
desk-shown = { $count ->
    [one] 1 Vorgang gezeigt
   *[other] { $count } Vorgänge gezeigt
}
desk-next-page = Nächste Seite
desk-fact-organisation = Stelle
desk-fact-reported = Gemeldet
desk-fact-status = Status
desk-fact-phone = Telefon
desk-fact-priority = Priorität
desk-fact-assignee = Liegt bei
desk-fact-holder = Ebene
desk-fact-waiting = Wartet auf
desk-fact-named = Nur für
desk-stale-title = Inzwischen geändert
desk-stale-body = Jemand anderes hat den Vorgang geändert, während Sie daran gearbeitet haben. Links unter „Fakten“ steht der jetzige Stand, im Formular stehen noch Ihre Angaben. Prüfen Sie beides und speichern Sie dann noch einmal.
desk-first-aid = Das hilft jetzt: die ersten Schritte
desk-facts = Fakten
desk-times = Zeiten
desk-timeline = Verlauf
desk-signals = Signale
desk-act = Handeln
desk-with = bei { $name }
desk-drill = ÜBUNG
desk-restricted = nur benannte Personen
desk-unconfirmed = unbestätigt
desk-deadline = bis { $time } Uhr: { $what }
desk-time-occurred = Geschehen
desk-time-detected = Entdeckt
desk-time-aware = Bewusst
desk-time-reported = Gemeldet
desk-time-closed = Abgeschlossen
desk-suggested = Aus den Antworten der Meldung. Bitte prüfen Sie alle Felder.
desk-suggested-mark = Vorschlag
desk-proposal = Vorschlag
desk-proposal-accept = Vorschlag annehmen
desk-why-priority = Ergibt sich aus Auswirkung und Ausbreitung.
desk-why-class-people = Menschen sind in Gefahr.
desk-why-class-wide = Das ganze Haus oder mehr ist schwer getroffen.
desk-why-class-harm = Es ist Schaden entstanden, oder jemand hat angegriffen.
desk-why-class-no-harm = Von einem Schaden sagt die Meldung nichts.
desk-why-class-seen-through = Bemerkt, bevor etwas geschah.
desk-why-category-observed = Gemeldet: { $seen }
desk-why-category-admin = Gemeldet ist ein Konto mit Verwalterrechten.
desk-why-category-opened = Link oder Anhang der Mail wurde geöffnet.
desk-why-category-provider = Die Webseite betreibt ein Dienstleister, und von Absicht ist nichts gesagt.
desk-why-impact-people = Menschen sind in Gefahr.
desk-why-impact-service = Ein Dienst steht still, den viele brauchen.
desk-why-impact-encrypted = Dateien sind verschlüsselt.
desk-why-impact-hampered = Die Arbeit ist gestört, Gefahr ist nicht gemeldet.
desk-why-impact-weakness = Eine Schwachstelle allein, ausgenutzt ist sie nicht.
desk-why-impact-seen-through = Bemerkt, bevor etwas geschah.
desk-why-spread-one = Von mehr als einem Gerät sagt die Meldung nichts.
desk-why-spread-office = Gemeldet sind mehrere Geräte oder ein Bereich.
desk-why-spread-house = Gemeldet ist das ganze Haus oder viele Geräte.
desk-why-spread-houses = Auch andere Häuser sind betroffen.
desk-house = Wer meldet
desk-house-kind = Art
desk-house-district = Landkreis
desk-house-administered = Verwaltet von
desk-house-population = Einwohner
desk-house-members = Verwaltet
desk-house-served = Dienstleister
desk-house-mandates = Mandat für
desk-house-mail = Mail-Domains
desk-house-networks = Netze
desk-house-past = Früher
desk-house-past-count = { $count ->
    [0] kein abgeschlossener Vorgang
    [one] 1 abgeschlossener Vorgang
   *[other] { $count } abgeschlossene Vorgänge
}
desk-house-past-many = { $count } abgeschlossene Vorgänge oder mehr
desk-house-open = Noch offen von dieser Stelle
desk-house-more = und { $count } weitere
desk-document = Vorgang als PDF
desk-document-foot = Vorgang
desk-alike = Ähnliche Vorgänge
desk-alike-words = Text zu { $percent } % gleich
desk-alike-provider = gleicher Dienstleister, gleiche Woche: { $name }
desk-triage = Einstufen …
desk-triage-save = Einstufung speichern
desk-class = Klasse
desk-category = Art
desk-impact = Auswirkung
desk-spread = Ausbreitung
desk-tlp = Weitergabe
desk-other-priority = Andere Priorität als berechnet
desk-priority-reason = Grund der Abweichung
desk-assign = Zuweisen …
desk-assignee = Wem?
desk-assign-save = Zuweisen
desk-escalate = Eskalieren …
desk-escalate-hint = Die Stelle wird benachrichtigt und sieht den Vorgang. Was die meldende Stelle nicht erlaubt hat, bleibt dort verborgen.
desk-escalate-reason = Grund
desk-escalate-save = Eskalieren
desk-wait = Warten lassen …
desk-waiting-on = Auf wen oder was?
desk-waiting-usual = Antwort der Stelle
desk-follow-up = Wiedervorlage am (zum Beispiel 24.11.2026 09:00)
desk-wait-save = Warten lassen
desk-wait-end = Nicht mehr warten
desk-close = Abschließen …
desk-close-reason = Abschlussgrund
desk-close-save = Vorgang abschließen
desk-reopen = Wieder aufnehmen
desk-restrict = Einschränken …
desk-restrict-who = Nur diese Personen sehen den Vorgang:
desk-restrict-save = Auf diese Personen einschränken
desk-restrict-end = Einschränkung aufheben
desk-status-in-progress = Bearbeitung beginnen
desk-status-contained = Als eingedämmt markieren
desk-who-reads = Wer soll das lesen?
desk-only-team = Nur ThüringenCERT
desk-all-involved = { $count ->
    [one] Die eine beteiligte Stelle
    [2] Beide Beteiligten
   *[other] Alle { $count } Beteiligten
}
desk-internal-note = Interne Notiz. Keine andere Stelle sieht sie.
desk-goes-to = Geht hinaus an: { $names }
desk-text = Notiz oder Nachricht
desk-note-internally = Intern notieren
desk-send-to = An { $name } senden
desk-send-all = { $count ->
    [one] An 1 Stelle senden
   *[other] An { $count } Stellen senden
}
desk-readers = Sichtbar für: { $name }
desk-readers-all = Sichtbar für: alle Beteiligten
desk-form-used = Aus diesem Formular wurde schon etwas anderes gesendet. Soll auch das hinaus? Dann senden Sie es jetzt.
desk-refused-audience = Auswahl und Knopf passen nicht zusammen. Bitte wählen Sie noch einmal, wer das lesen soll.
desk-report = Meldung
desk-observed = Gesehen
desk-description = Beschreibung
desk-detected = Bemerkt
desk-measures = Schon getan
desk-contact = Rückruf bei
desk-callback = Rückruf:
desk-flags = Trifft zu
desk-may-inform = Dürfen wir andere informieren?
desk-who-sees = Wer das sehen kann
desk-involved = Beteiligte
desk-none = Keine
desk-escalation = Eskalation
desk-no-escalation = Es läuft keine Eskalation.
desk-acknowledge = Kenntnis bestätigen
desk-step-acknowledged = bestätigt von { $who }, { $at }
desk-step-by = zu bestätigen bis { $at }
desk-step-due = fällig { $at }
desk-withheld-anonymous = Die meldende Stelle möchte nicht genannt werden. Ihr Name und der Wortlaut der Meldung sind hier ausgeblendet.
desk-withheld-nobody = Die meldende Stelle hat die Weitergabe nicht erlaubt. Titel, Name und Wortlaut sind hier ausgeblendet.
desk-back-list = Zu meinen Vorgängen
desk-case-line = Vorgang { $reference } · gemeldet { $time }
desk-where-is-it = Wo der Vorgang gerade liegt
desk-chain-reported = Gemeldet
desk-chain-here = Liegt jetzt hier
desk-chain-touched = zuletzt bearbeitet { $at }
desk-chain-was-here = Hat ihn bearbeitet
desk-author-system = System
desk-chain-involved = Weiß Bescheid, ist beteiligt
desk-chain-state = Land
desk-chain-if-needed = Nur wenn nötig
desk-chain-asked = Benachrichtigt, soll es bestätigen
desk-chain-end = Ende
desk-chain-closed = Abgeschlossen
desk-next = Als Nächstes
desk-over = Stand
desk-next-triage = Das ThüringenCERT liest Ihre Meldung und stuft sie ein.
desk-next-work = Das ThüringenCERT bearbeitet Ihren Vorgang.
desk-next-otherwise = Wenn es eilt, rufen Sie an. Die Nummer steht oben auf jeder Seite.
desk-next-by = Das ThüringenCERT kümmert sich: bis { $at }
desk-next-asked = { $name } soll bis { $at } bestätigen
desk-next-by-otherwise = Geschieht bis dahin nichts, geht der Vorgang von selbst an die nächste Stelle.
desk-next-closed = Der Vorgang ist abgeschlossen.
desk-next-closed-otherwise = Wenn noch etwas ist, schreiben Sie uns hier oder melden Sie einen neuen Vorfall.
desk-escalated-to-you = Ihre Aufgabe
desk-escalated-what = Bestätigen Sie, dass Sie von diesem Vorgang wissen.
desk-messages = Nachrichten
desk-no-messages = Noch keine Nachrichten.
desk-your-message = Ihre Nachricht an das ThüringenCERT
desk-your-message-hint = Zum Beispiel eine Frage oder eine Antwort
desk-later-title = Hat sich etwas geändert?
desk-later-link = Etwas nachmelden
desk-withdraw-link = Es war ein Fehlalarm
desk-later-reports = Später gemeldet
desk-expected = Was wir von Ihnen brauchen
desk-expected-read = Das ThüringenCERT hat Ihnen geschrieben. Bitte lesen Sie die Nachricht unten, und antworten Sie dort.
desk-expected-confirm = Bitte sagen Sie uns unten, ob diese Meldung von Ihnen ist.
desk-expected-nothing = Im Moment nichts. Melden Sie nach, wenn sich etwas ändert.
desk-told-report-news = Nachgemeldet von { $who }
desk-told-report-correction = Berichtigt von { $who }
desk-told-report-end = Als beendet gemeldet von { $who }
desk-told-report-withdrawal = Als Fehlalarm zurückgenommen von { $who }
desk-send-cert = Nachricht senden
desk-history = Was bisher geschah
desk-files-open = Dateien hinzufügen und Übergaben ansehen
desk-told-filed = Meldung eingegangen
desk-told-attached = Meldung zugeordnet zu { $name }
desk-told-filed-form = Meldung eingegangen, ohne Konto über das öffentliche Formular
desk-told-filed-telephone = Meldung eingegangen, am Telefon
desk-told-filed-mail = Meldung eingegangen, per E-Mail
desk-told-mail-back = Eine Mail an { $name } kam zurück.
desk-told-mail-in = Mail eingegangen
desk-told-mail-in-sealed = Mail eingegangen · { $seals }
desk-behalf-title = Ist diese Meldung von Ihnen?
desk-behalf-ask = Bestätigen Sie, dann gilt die Meldung als Ihre. Lehnen Sie ab, bleibt sie beim ThüringenCERT vermerkt.
desk-behalf-yes = Ja, das ist unsere Meldung
desk-behalf-no = Nein, ablehnen
desk-behalf-not-asked = Ob wir andere informieren dürfen, hat noch niemand gefragt. Bis dahin erfährt es niemand.
desk-behalf-inform = Gefragt, ob wir andere informieren dürfen, hieß es: „{ $answer }“. Das gilt erst, wenn die Stelle die Meldung bestätigt.
desk-behalf-attach = Stelle zuordnen
desk-behalf-loose = Gemeldet ohne Konto. Die Meldung gehört noch zu keiner Stelle.
desk-behalf-loose-claimed = Gemeldet ohne Konto. Genannt wurde { $claimed }. Die Meldung gehört noch zu keiner Stelle.
desk-behalf-pending-form = Gemeldet ohne Konto, zugeordnet zu { $name }. Die Stelle hat das noch nicht bestätigt.
desk-behalf-confirmed-form = Gemeldet ohne Konto, zugeordnet zu { $name }. Die Stelle hat die Meldung bestätigt.
desk-behalf-refused-form = Gemeldet ohne Konto. Die Stelle, der sie zugeordnet war, hat die Meldung abgelehnt.
desk-behalf-loose-telephone = Gemeldet am Telefon. Die Meldung gehört noch zu keiner Stelle.
desk-behalf-pending-telephone = Gemeldet am Telefon, zugeordnet zu { $name }. Die Stelle hat das noch nicht bestätigt.
desk-behalf-confirmed-telephone = Gemeldet am Telefon für { $name }. Die Meldung gilt: Der Telefon-Code stimmte, oder die Stelle hat sie bestätigt.
desk-behalf-refused-telephone = Gemeldet am Telefon. Die Stelle, der sie zugeordnet war, hat die Meldung abgelehnt.
desk-organisation-loose = Noch keine Stelle
desk-behalf-mandated = Gemeldet für { $name } durch { $through }, mit Mandat.
desk-behalf-pending = Gemeldet für { $name } durch { $through }, ohne Mandat. Die Stelle hat das noch nicht bestätigt.
desk-behalf-confirmed = Gemeldet für { $name } durch { $through }. Die Stelle hat die Meldung bestätigt.
desk-behalf-refused = Gemeldet für { $name } durch { $through }. Die Stelle hat die Meldung abgelehnt.
desk-done-confirmed = Sie haben die Meldung bestätigt.
desk-done-refused = Sie haben die Meldung abgelehnt.
desk-told-filed-for = Meldung für { $name } eingegangen, durch { $through }
desk-told-report-confirmed = { $who } hat bestätigt: Die Meldung ist von dieser Stelle.
desk-told-report-vouched = { $who } hat die Meldung anerkannt: Der Telefon-Code stimmte.
desk-told-report-refused = { $who } hat die Meldung abgelehnt: Sie ist nicht von dieser Stelle.
desk-told-evidence = Datei hinzugefügt
desk-told-triaged = Eingestuft als { $class }, Priorität { $priority }
desk-told-status = Status { $from } → { $to }
desk-told-closed = Abgeschlossen: { $reason }
desk-told-assigned = Übernommen von { $name }
desk-told-released = Wieder frei, niemandem zugewiesen
desk-told-waiting = Wiedervorlage { $until }. Wartet auf:
desk-told-resumed = Wartet nicht mehr
desk-told-restricted = Auf benannte Personen eingeschränkt
desk-told-opened = Einschränkung aufgehoben
desk-told-step-requested = { $who } eskaliert an: { $name }.
desk-told-step-waits = Wartet auf Freigabe durch eine zweite Person: { $name }
desk-told-step-approved = Freigegeben von { $who }: { $name }
desk-told-step-notified = Benachrichtigt: { $name }
desk-told-step-notified-late = Verspätet benachrichtigt, fällig war es { $since }: { $name }
desk-told-step-reminded = Noch einmal benachrichtigt: { $name }
desk-told-step-reminded-late = Verspätet noch einmal benachrichtigt, fällig war es { $since }: { $name }
desk-told-step-unreachable = Nicht erreichbar, bitte anrufen: { $name }
desk-told-step-acknowledged = Bestätigt von { $who }: { $name }
desk-told-step-overtaken = Keine Antwort in der Zeit: { $name }
desk-told-step-overtaken-late = Keine Antwort in der Zeit, verspätet bemerkt, fällig war es { $since }: { $name }
desk-told-step-no-longer = Nicht mehr nötig: { $name }
desk-told-step-withdrawn = Zurückgenommen von { $who }: { $name }
desk-deadline-escalation-due = nächste Stufe der Eskalation
desk-deadline-escalation-approve = Eskalation freigeben
desk-deadline-escalation-acknowledge = Kenntnis bestätigen, sonst geht es an die nächste Stelle
desk-deadline-respond = Antwort an die Stelle
desk-approve = Freigeben
desk-withdraw = Zurücknehmen
desk-escalate-to = An wen?
desk-escalate-by-consent = Nur mit Zustimmung der Gemeinde, vorher am Telefon zu klären
desk-done-triaged = Die Einstufung ist gespeichert.
desk-done-assigned = Die Zuweisung ist gespeichert.
desk-done-status = Der Status ist geändert.
desk-done-waiting = Die Wiedervorlage ist gespeichert.
desk-done-closed = Der Vorgang ist abgeschlossen.
desk-done-reopened = Der Vorgang ist wieder offen.
desk-done-restricted = Die Einschränkung ist gespeichert.
desk-done-message = Gespeichert. Wer es lesen darf, sieht es jetzt im Vorgang.
desk-done-escalated = Die Eskalation läuft.
desk-done-acknowledged = Die Kenntnisnahme ist festgehalten.
desk-done-revived = Der Versuch beginnt von vorn.
desk-audit-title = Protokoll
desk-audit-lead = Wer hat wann was getan, und woran. Das Protokoll ist verkettet und signiert; die Ausfuhr lässt sich ohne dieses System prüfen.
desk-audit-export = Signierte Datei laden
desk-audit-action = Kennung der Handlung, zum Beispiel incident
desk-audit-empty = Keine Einträge. Wählen Sie einen anderen Filter.
desk-audit-seq = Nr.
desk-audit-at = Zeit
desk-audit-who = Wer
desk-audit-what = Was
desk-audit-on = Woran
desk-audit-from = Von wo
desk-audit-detail = Angaben, wie in der Datei
desk-queues-title = Warteschlangen
desk-queues-lead = Was hinausgeht, was wartet und was aufgegeben wurde.
desk-queues-unsigned = Ohne gültiges Signaturzertifikat geht keine E-Mail hinaus
desk-queues-unsigned-next = Das Zertifikat gilt von { $from } bis { $until }. E-Mails warten, verloren geht keine. Lassen Sie ein neues Zertifikat ausstellen („meldekette keys request“). Importieren Sie es („meldekette keys import“), und starten Sie den Dienst neu.
desk-queues-mail = Mails
desk-queues-waiting = Was der letzte Versuch ergab
desk-queues-mails = { $count ->
    [one] eine Mail
   *[other] { $count } Mails
}
desk-queues-unsealed = Ohne Inhalt versandt, weil der Schlüssel nicht zu nutzen war
desk-queues-unsealed-next = Die letzten 30 Tage. Bitten Sie die Stelle um ein neues Zertifikat oder einen neuen Schlüssel. Welche Einträge abgelaufen sind, steht im Register beim Kontakt.
desk-unsealed-ended = Zertifikat oder Schlüssel ist abgelaufen.
desk-unsealed-not-yet = Zertifikat oder Schlüssel gilt noch nicht.
desk-unsealed-unusable = Zertifikat oder Schlüssel lässt sich nicht zum Verschlüsseln nutzen.
desk-unsealed-erased = Der Inhalt war schon gelöscht.
desk-queues-jobs = Aufträge
desk-queues-no-failed-mail = Keine Mail ist gescheitert.
desk-queues-no-dead-job = Kein Auftrag ist gescheitert.
desk-queues-again = Noch einmal versuchen
desk-queues-again-alike = Alle { $count } mit dieser Antwort noch einmal versuchen
desk-queues-attempts = { $count ->
    [one] 1 Versuch
   *[other] { $count } Versuche
}
desk-mail-queued = in der Warteschlange
desk-mail-leased = wird gesendet
desk-mail-accepted = vom Mailserver angenommen
desk-mail-bounced = zurückgekommen
desk-mail-failed = gescheitert
desk-action-account-accept = Einladung angenommen
desk-action-account-create = Konto angelegt
desk-action-account-factor-begin = Zweiter Faktor begonnen
desk-action-account-factor-codes = Neue Wiederherstellungs-Codes erzeugt
desk-action-account-factor-off = Zweiter Faktor entfernt
desk-action-account-factor-refused = Falscher Code beim zweiten Faktor
desk-action-account-factor-reset = Zweiter Faktor zurückgesetzt
desk-action-account-factor-set = Zweiter Faktor eingerichtet
desk-action-account-factor-shown = Zweiter Faktor gezeigt
desk-action-account-first-administrator = Erstes Konto der Administration eingerichtet
desk-action-account-invite = Person eingeladen
desk-action-account-lock = Konto gesperrt
desk-action-account-password = Passwort geändert
desk-action-account-reset = Passwort über einen Link neu gewählt
desk-action-account-reset-sent = Link für ein neues Passwort versandt
desk-action-account-sign-in = Angemeldet
desk-action-account-sign-in-refused = Anmeldung abgewiesen
desk-action-account-sign-out = Abgemeldet
desk-action-account-unlock = Konto entsperrt
desk-action-advisory-approve = Warnmeldung freigegeben
desk-action-advisory-create = Warnmeldung begonnen
desk-action-advisory-edit = Warnmeldung bearbeitet
desk-action-advisory-open = Warnmeldung geöffnet
desk-action-advisory-publish = Warnmeldung veröffentlicht
desk-action-advisory-return = Warnmeldung zurückgegeben
desk-action-advisory-revise = Neue Fassung begonnen
desk-action-advisory-submit = Warnmeldung zur Prüfung gegeben
desk-action-advisory-supersede = Durch eine neue Fassung ersetzt
desk-action-advisory-view = Warnmeldung im CERT angesehen
desk-action-audit-export = Protokoll als Datei geladen
desk-action-audit-mail-checkpoint = Prüfpunkt nach außen geschickt
desk-action-directory-contact-ask = Kontakt um Bestätigung gebeten
desk-action-directory-key-end-tell = Ablauf eines Schlüssels angekündigt
desk-action-directory-contact-confirm = Kontakt bestätigt
desk-action-directory-card-printed = Notfallkarte als gedruckt gemeldet
desk-action-directory-confirm = Angaben der Stelle bestätigt
desk-action-directory-add = Stelle eingetragen
desk-action-session-release = Anmeldung am Telefon geprüft und freigegeben
desk-action-directory-offline = E-Mail der Stelle nicht mehr vertraut
desk-action-directory-online = E-Mail der Stelle wieder vertraut
desk-action-directory-asset-add = Netz oder Mail-Domain eingetragen
desk-action-directory-asset-remove = Netz oder Mail-Domain entfernt
desk-action-directory-call = Anruf notiert
desk-action-directory-card-download = Notfallkarte heruntergeladen
desk-action-directory-card-show = Notfallkarte angesehen
desk-action-directory-cards-export = Notfallkarten gedruckt
desk-action-directory-change = Stelle geändert
desk-action-directory-code-check = Code am Telefon geprüft
desk-action-directory-contact-add = Kontakt eingetragen
desk-action-directory-contact-change = Kontakt geändert
desk-action-directory-contact-end = Kontakt beendet
desk-action-directory-end = Stelle beendet
desk-action-directory-enrol = Anbindung geändert
desk-action-directory-import = Datei eingelesen
desk-action-directory-mandate-grant = Mandat erteilt
desk-action-directory-mandate-lay-down = Mandat niedergelegt
desk-action-directory-mandate-revoke = Mandat widerrufen
desk-action-directory-mandate-warn = An das Ende eines Mandats erinnert
desk-action-directory-relation-add = Dienstleister eingetragen
desk-action-directory-relation-change = Dienstleister geändert
desk-action-directory-relation-end = Dienstleister beendet
desk-action-escalation-acknowledge = Kenntnis bestätigt
desk-action-escalation-approve = Eskalation freigegeben
desk-action-escalation-begin = Eskalation begonnen
desk-action-escalation-notify = Stelle benachrichtigt
desk-action-escalation-overtake = Stufe ohne Antwort abgelaufen
desk-action-escalation-replace = Eskalation neu begonnen
desk-action-escalation-request = Eskalation angefordert
desk-action-escalation-withdraw = Stufe zurückgenommen
desk-action-grant-add = Rolle vergeben
desk-action-grant-confirm = Rolle bestätigt
desk-action-grant-end = Rolle beendet
desk-action-evidence-add = Datei hinzugefügt
desk-action-evidence-damage = Datei als beschädigt erkannt
desk-action-evidence-download = Datei heruntergeladen
desk-action-evidence-verify = Datei geprüft
desk-action-evidence-view = Datei angesehen
desk-action-observable-add = Beobachtung ergänzt
desk-action-observable-export = Beobachtungen als Tabelle geladen
desk-action-observable-judge = Beobachtung beurteilt
desk-action-observable-view = Beobachtung angesehen
desk-action-incident-assign = Vorgang zugewiesen
desk-action-incident-attach = Meldung einer Stelle zugeordnet
desk-action-incident-draft-begin = Meldung begonnen
desk-action-incident-draft-discard = Entwurf einer Meldung verworfen
desk-action-incident-draft-send = Entwurf als Meldung gesendet
desk-action-incident-confirm = Meldung bestätigt
desk-action-incident-refuse = Meldung abgelehnt
desk-action-incident-file = Vorfall gemeldet
desk-action-incident-message = Nachricht geschrieben
desk-action-incident-download = Vorgang als PDF geladen
desk-action-incident-paper-download = Papier zum Vorgang heruntergeladen
desk-action-incident-paper-save = Papier zum Vorgang gespeichert
desk-action-incident-paper-view = Papier zum Vorgang angesehen
desk-action-incident-restrict = Einschränkung geändert
desk-action-incident-supplement = Nachmeldung gesendet
desk-action-incident-status = Status geändert
desk-action-incident-triage = Vorgang eingestuft
desk-action-incident-view = Vorgang angesehen
desk-action-queue-filter-keep = Filter des Eingangs gespeichert
desk-action-queue-filter-remove = Filter des Eingangs entfernt
desk-action-queue-absent = Abwesenheit eingetragen
desk-action-queue-present = Abwesenheit zurückgenommen
desk-action-incident-categorise = Art gesetzt
desk-action-incident-hand-over = Vorgang mit Übergabe zugewiesen
desk-action-incident-hand-over-read = Übergabe gelesen
desk-action-queue-look = Spalten des Eingangs geändert
desk-action-incident-wait = Wiedervorlage geändert
desk-action-job-revive = Auftrag noch einmal gestartet
desk-action-mail-revive = Mail noch einmal versandt
desk-action-mail-take = Mail angenommen
desk-action-mail-read = Mail gelesen
desk-action-mail-bounce = Rückläufer verbucht
desk-action-mail-join = Mail zum Vorgang gelegt
desk-action-mail-view = Mail angesehen
desk-action-mail-download = Mail oder Anhang heruntergeladen
desk-action-mail-renew = Antwortadresse erneuert
desk-action-mail-discard = Mail verworfen
desk-action-mail-block = Absender gesperrt
desk-action-mail-unblock = Sperre des Absenders aufgehoben
desk-action-session-revoke = Sitzung beendet
desk-action-session-revoke-all = Alle Sitzungen beendet
desk-action-token-issue = API-Token ausgestellt
desk-action-token-revoke = API-Token widerrufen
desk-subject-incident = Vorgang
desk-subject-advisory = Warnmeldung
desk-subject-organisation = Stelle
desk-subject-mandate = Mandat
desk-subject-account = Konto
desk-subject-step = Stufe der Eskalation
desk-subject-evidence = Datei
desk-subject-observable = Beobachtung
desk-subject-mail = Mail
desk-subject-job = Auftrag
desk-subject-audit = Protokoll
desk-subject-session = Sitzung
desk-subject-draft = Entwurf einer Meldung
desk-via-session = im Browser
desk-via-token = mit API-Token
desk-via-link = über einen Link
desk-via-system = System
desk-via-anonymous = nicht angemeldet
desk-purpose-incident = Vorgang
desk-purpose-escalation = Eskalation
desk-purpose-advisory = Warnmeldung
desk-purpose-invitation = Einladung
desk-purpose-password = neues Passwort
desk-purpose-mandate = Mandat
desk-purpose-contact = Bestätigung eines Kontakts
desk-purpose-account = Hinweis zum Konto
desk-purpose-audit = Prüfpunkt des Protokolls
desk-job-access-send-reset = Link für ein neues Passwort senden
desk-job-directory-ask-contacts = Kontakte um Bestätigung bitten
desk-job-access-sweep = Abgelaufene Sitzungen und Links löschen
desk-job-incidents-sweep-drafts = Alte Entwürfe von Meldungen löschen
desk-job-incidents-digest = Texte eines Vorgangs auswerten
desk-job-directory-warn-mandate = An das Ende eines Mandats erinnern
desk-job-escalation-advance = Eskalation weiterführen

### merging
incident-refused-merged = Der Vorgang ist Teil eines anderen.
    .next = Lösen Sie ihn dort zuerst heraus.
incident-refused-merge-into = Sagen Sie, womit Sie ihn zusammenführen. Dafür gibt es eine eigene Seite.
merge-title = Vorgänge zusammenführen
merge-what = Mehrere Meldungen eines Ereignisses werden ein Vorgang. Jede Stelle behält ihren eigenen.
merge-which = Welche Vorgänge gehören zusammen?
merge-lead = Führender Vorgang
merge-leads = führt
merge-priority = Priorität { $priority }
merge-empty = Noch nichts gewählt. Suchen Sie unten nach Aktenzeichen oder Titel.
merge-found = Gefunden
merge-found-none = Nichts gefunden. Versuchen Sie ein anderes Wort oder ein Aktenzeichen.
merge-search = Weitere Vorgänge suchen
merge-search-hint = Aktenzeichen, beliebig viele, oder ein Wort aus dem Titel.
merge-check = Auswahl prüfen
merge-then = Was dann geschieht
merge-then-lead = { $count ->
    [one] 1 Vorgang geht in { $reference } auf.
   *[other] { $count } Vorgänge gehen in { $reference } auf.
}
merge-then-priority = Der führende Vorgang bekommt Priorität { $priority }, weil eine der Meldungen so dringend ist.
merge-then-reporters = Jede meldende Stelle behält Aktenzeichen, Seite und Nachrichten. Sie liest: „Ihr Fall ist Teil eines größeren Vorfalls.“ Den Stand des führenden Vorgangs sieht sie als ihren eigenen. Von anderen Stellen erfährt sie nichts, auch nicht deren Zahl.
merge-then-clocks = Laufende Eskalationen der aufgehenden Vorgänge enden. Wen sie außerhalb des CERT erreichen sollten, wartet im führenden Vorgang auf Ihre Freigabe.
merge-then-undo = Sie können jeden Vorgang wieder herauslösen.
merge-go = { $count ->
    [one] 1 Vorgang zusammenführen
   *[other] { $count } Vorgänge zusammenführen
}
merge-done = Zusammengeführt. Hier können Sie Vorgänge wieder herauslösen.
merge-told = Die Nachricht ist geschrieben, bei jeder Stelle einzeln.
merge-detached = Herausgelöst. Der Vorgang steht wieder in der Liste.
merge-priority-reason = Übernommen aus { $reference }
merge-refused-unknown = { $reference }: Diesen Vorgang gibt es für Sie nicht.
merge-refused-lead-closed = { $reference } ist abgeschlossen und kann nicht führen.
merge-refused-lead-merged = { $reference } ist selbst Teil eines anderen Vorgangs und kann nicht führen.
merge-refused-lead-unconfirmed = { $reference } ist noch unbestätigt und kann nicht führen.
merge-refused-no-lead = Keiner dieser Vorgänge kann führen. Suchen Sie einen offenen, bestätigten.
merge-refused-closed = { $reference } ist abgeschlossen. Nehmen Sie ihn zuerst wieder auf.
merge-refused-merged = { $reference } ist schon Teil eines Vorgangs. Lösen Sie ihn dort zuerst heraus.
merge-refused-leads = { $reference } führt selbst andere. Lassen Sie ihn führen, oder lösen Sie diese zuerst heraus.
merge-refused-drill = { $reference }: Übung und Ernstfall bleiben getrennt.
merge-refused-restricted = { $reference }: Nur einer der beiden ist auf benannte Personen eingeschränkt.
merge-refused-further = { $reference } ist schon eingestuft, der führende noch nicht. Lassen Sie diesen führen, oder stufen Sie den führenden zuerst ein.
merge-refused-many = Höchstens { $most } Vorgänge auf einmal.
merge-refused-none = Wählen Sie mindestens einen Vorgang.
merge-refused-no-member = { $reference } ist nicht Teil dieses Vorgangs.
merge-panel-part = Teil eines anderen Vorgangs
merge-panel-part-hint = Die Stelle schreibt weiter hier. Bearbeitet wird der führende Vorgang.
merge-panel-hidden = Diesen Vorgang sehen nur benannte Personen.
merge-panel-count = { $count ->
    [one] 1 zusammengeführte Meldung
   *[other] { $count } zusammengeführte Meldungen
}
merge-panel-more = { $count ->
    [one] und 1 weitere
   *[other] und { $count } weitere
}
merge-panel-open = Allen schreiben, herauslösen
merge-panel-begin = Mit anderen zusammenführen
merge-detach-this = Wieder herauslösen
merge-told-title = Teil eines größeren Vorfalls
merge-told-body = Ihr Fall ist Teil eines größeren Vorfalls. Ihre Meldung, Ihr Aktenzeichen und Ihre Nachrichten bleiben. Schreiben Sie uns weiter hier. Andere Stellen sehen nichts davon.
merge-members-window = { $reference } · Zusammengeführte Meldungen
merge-members-title = Zusammengeführte Meldungen
merge-members-what = { $count ->
    [one] 1 Vorgang ist Teil dieses Vorgangs.
   *[other] { $count } Vorgänge sind Teil dieses Vorgangs.
}
merge-members-empty = Hier ist nichts zusammengeführt. Beginnen Sie auf der Seite des Vorgangs.
merge-tell-title = Den meldenden Stellen schreiben
merge-tell-what = Jede Stelle bekommt die Nachricht in ihrem eigenen Vorgang, mit einer eigenen Mail. Keine sieht eine andere.
merge-tell-text = Nachricht
merge-tell-some = An die gewählten senden
merge-tell-all = An alle senden, auch an die Stelle des führenden Vorgangs
merge-detach-title = Herauslösen
merge-detach-what = Der Vorgang bekommt den Stand zurück, den er vorher hatte. Sein Verlauf bleibt.
merge-detach-some = Gewählte herauslösen
merge-detach-all = Alle herauslösen
desk-told-merged = Teil eines größeren Vorfalls
desk-told-merged-into = Zusammengeführt mit { $name }
desk-told-merged-here = { $count ->
    [one] 1 Vorgang zusammengeführt
   *[other] { $count } Vorgänge zusammengeführt
}
desk-told-detached = Wird wieder für sich bearbeitet
desk-told-detached-from = Herausgelöst aus { $name }
desk-told-detached-here = { $count ->
    [one] 1 Vorgang herausgelöst
   *[other] { $count } Vorgänge herausgelöst
}
desk-told-priority-raised = Priorität { $priority } übernommen aus { $name }
desk-told-step-merged = Endet hier, weil der Vorgang zusammengeführt wurde: { $name }
desk-action-incident-merge = Vorgang zusammengeführt
desk-action-incident-lead = Vorgänge aufgenommen
desk-action-incident-detach = Vorgang herausgelöst

### linking
link-title = Verknüpfungen
link-window = { $reference } · Verknüpfungen
link-what = Was hat dieser Vorgang mit anderen zu tun? Das liest nur das CERT. Eine Kampagne ist ein Vorgang, der andere umfasst.
link-empty = Noch keine Verknüpfung. Wählen Sie unten einen Vorgang.
link-add = Verknüpfen
link-relation = Dieser Vorgang …
link-is-part-of = gehört zu
link-is-comprises = umfasst
link-is-related = ist verwandt mit
link-is-duplicate-of = ist eine Dublette von
link-is-has-duplicate = hat als Dublette
link-search = Andere Vorgänge
link-search-hint = Aktenzeichen, beliebig viele, oder ein Wort aus dem Titel.
link-find = Suchen
link-which = Welche Vorgänge?
link-none-yet = Noch nichts gesucht.
link-reason = Warum?
link-reason-hint = Bei einer Dublette schreiben Sie bitte, warum. Sonst ist es freiwillig. Das liest nur das CERT.
link-go = Verknüpfen
link-open = Verknüpfungen ändern
link-remove = Lösen
link-done = Verknüpft.
link-gone = Die Verknüpfung ist gelöst.
link-refused-relation = Wählen Sie, was der Vorgang mit den anderen zu tun hat.
link-refused-reason = Sagen Sie, warum es eine Dublette ist.
link-refused-none = Wählen Sie mindestens einen anderen Vorgang.
link-refused-second = { $reference }: Ein Vorgang gehört höchstens zu einem größeren.
link-refused-circle = { $reference }: Ein Vorgang kann nicht in sich selbst liegen.
link-refused-gone = Diese Verknüpfung gibt es nicht mehr.
link-refused-deep = { $reference }: So tief liegen Vorgänge nicht ineinander.
desk-told-linked = Verknüpft: { $relation } { $name }
desk-told-unlinked = Verknüpfung gelöst: { $relation } { $name }
desk-action-incident-link = Vorgang verknüpft
desk-action-incident-unlink = Verknüpfung gelöst

### splitting
split-title = Meldung abtrennen
split-window = { $reference } · Meldung abtrennen
split-what = Eine Nachmeldung ist in Wahrheit ein neuer Vorfall? Dann wird sie ein eigener Vorgang.
split-which = Welche Nachmeldung?
split-new-title = Titel des neuen Vorgangs
split-new-title-hint = Die Stelle liest ihn auch.
split-then = Die Nachmeldung bleibt hier stehen. Der neue Vorgang bekommt ein eigenes Aktenzeichen, ist mit diesem verknüpft und beginnt als neue Meldung. Die Stelle erfährt es mit einer Mail.
split-go = Abtrennen
split-empty = Hier gibt es keine Nachmeldung, die ein eigener Vorgang werden kann.
split-done = Abgetrennt. Das ist der neue Vorgang.
split-open = Nachmeldung abtrennen
split-refused-none = Wählen Sie eine Nachmeldung.
split-refused-gone = Diese Nachmeldung ist keine, die abgetrennt werden kann.
desk-told-split-from = Entstanden aus einer Nachmeldung zu { $name }
desk-told-split-off = Eine Nachmeldung ist jetzt ein eigener Vorgang: { $name }
desk-action-incident-split = Nachmeldung abgetrennt

### demo
demo-mails-title = Mails der Demonstration
demo-mails-lead = { $count ->
    [one] 1 Mail liegt hier. Sie hat diesen Rechner nicht verlassen.
   *[other] { $count } Mails liegen hier. Sie haben diesen Rechner nicht verlassen.
}
demo-mails-to = Empfänger enthält
demo-mails-empty = Keine Mail gefunden. Wählen Sie einen anderen Filter.
demo-mails-back = Zu allen Mails
demo-mail-from = Von
demo-mail-to = An
demo-mail-signature = Signatur
demo-mail-signed = S/MIME-signiert
demo-mail-unsigned = nicht signiert

# Live updates, keys and commands.
live-on = live
live-off = getrennt seit TIME Uhr
live-fresh = neu
live-gone = nicht mehr in dieser Liste
live-one = 1 neuer Vorgang
live-many = COUNT neue Vorgänge
live-failed = Das Neue lässt sich gerade nicht laden. Bitte laden Sie die Seite neu.
live-news = Es gibt Neues in diesem Vorgang.
live-show = Anzeigen
live-looks-one = NAMES sieht diesen Vorgang gerade an.
live-looks-many = NAMES sehen diesen Vorgang gerade an.
live-writes-one = NAMES schreibt gerade in diesem Vorgang.
live-writes-many = NAMES schreiben gerade in diesem Vorgang.
keys-title = Tasten
keys-open-sheet = Tasten
keys-intro = Einzelne Tasten wirken nur, wenn Sie nicht gerade schreiben. Sie lassen sich abschalten.
keys-everywhere = Überall
keys-help = diese Übersicht
keys-palette = Befehle
keys-search = zum Suchfeld
keys-escape = Feld oder Fenster verlassen
keys-go-queue = Eingang
keys-go-tasks = Aufgaben
keys-go-mailbox = Posteingang
keys-go-calls = Telefon
keys-go-advisories = Warnmeldungen
keys-go-directory = Register
keys-go-audit = Protokoll
keys-go-account = Mein Konto
keys-lists = In Listen
keys-down = eine Zeile nach unten
keys-up = eine Zeile nach oben
keys-open = Vorschau, noch einmal: ganz öffnen
keys-reload = neu laden
keys-open-accept = Vorschau, noch einmal: Vorschlag annehmen und weiter
keys-mark = Zeile markieren
keys-marked = die markierten übernehmen, ändern, zusammenführen
keys-undo = gemeinsame Änderung zurücknehmen
keys-send = Formular absenden
keys-block = Frage aus Baustein
keys-begin = Bearbeitung beginnen
keys-contained = als eingedämmt markieren
keys-merge = mit anderen zusammenführen
keys-case = Im Vorgang und in der Zeile des Eingangs
keys-take = übernehmen
keys-accept = Vorschlag annehmen
keys-triage = einstufen
keys-assign = zuweisen
keys-note = interne Notiz
keys-message = Nachricht an die Stelle
keys-wait = warten lassen
keys-close = abschließen
keys-escalate = eskalieren
keys-next = nächster, voriger Vorgang der Liste
keys-show-news = Neues anzeigen
palette-title = Befehle
palette-open = Befehle
palette-label = Ort, Handlung oder Vorgang
palette-action = Handlung
palette-place = Ort
palette-case = Vorgang
palette-cases = Vorgänge
palette-places = Orte
palette-no-case = Kein Vorgang passt dazu. Geben Sie einen Teil des Aktenzeichens oder des Titels ein.
palette-none = Nichts passt dazu.
palette-count = COUNT Treffer
palette-close = Schließen

# --- tasks and playbooks
incident-mail-task = Wir bitten Sie, zu Ihrem Vorgang etwas zu tun
incident-mail-task-sealed =
    Guten Tag,

    zu Ihrem Vorgang { $reference } bitten wir Sie:

    { $text }

    Einzelheiten stehen im Vorgang, nach der Anmeldung: { $link }

    Unser Telefon: { $phone }

    Mit freundlichen Grüßen
    Ihr ThüringenCERT

access-nav-tasks = Aufgaben
task-board = Aufgaben
task-board-empty = Es ist nichts offen. Beginnen Sie einen Ablauf oder legen Sie eine Aufgabe an.
task-all = Alle Aufgaben und Abläufe
task-one = Aufgabe
task-progress = { $done } von { $count } Aufgaben abgeschlossen
task-ended = { $count ->
    [one] Eine abgeschlossene Aufgabe
   *[other] { $count } abgeschlossene Aufgaben
  }
task-nobody = niemand
task-erased = (Inhalt gelöscht)
task-due-at = fällig { $at }
task-needs-evidence = mit Nachweis
task-state-open = offen
task-state-done = erledigt
task-state-not-needed = nicht nötig
task-answered-done = Stelle: erledigt
task-answered-question = Stelle hat eine Frage
task-answered-cannot = Stelle: geht nicht
task-do-done = Erledigt
task-do-not-needed = Nicht nötig
task-do-up = Nach oben
task-do-down = Nach unten
task-do-reopen = Wieder öffnen
task-end-title = Abschließen
task-edit-title = Ändern
task-save = Änderung speichern
task-add-title = Aufgabe anlegen
task-add = Aufgabe anlegen
task-title = Titel
task-body = Was ist zu tun?
task-body-hint = Eine Stelle liest diesen Text. Schreiben Sie ihr in kurzen Sätzen, ohne Fachwörter.
task-why = Warum?
task-why-hint = Für die Stelle, ein Satz genügt.
task-owner = Wer?
task-owner-hint = Eine Stelle bekommt die Aufgabe auf ihre Seite und eine Mail.
task-due = Bis wann?
task-evidence = Nachweis nötig
task-result = Ergebnis oder Grund
task-result-hint = Für „Nicht nötig“ ein Grund.
task-files = Nachweise
task-files-hint = Dateien dieses Vorgangs
task-files-required = Diese Aufgabe braucht einen Nachweis. Fügen Sie dem Vorgang eine Datei hinzu und wählen Sie sie hier.
task-reason-required = Bitte nennen Sie den Grund.
task-refused-closed = Diese Aufgabe ist schon abgeschlossen.
task-refused-open = Diese Aufgabe ist offen.
task-changed = Diese Aufgabe hat sich inzwischen geändert.
task-changed-what = Unten steht, was Sie eingegeben haben. Prüfen Sie es und senden Sie es noch einmal.
task-overdue-waits = eine überfällige Aufgabe
task-mine = Meine Aufgaben
task-mine-empty = Sie haben keine offenen Aufgaben.
task-mine-late = Überfällig
task-mine-next = Als Nächstes
task-count = { $count ->
    [one] Eine eigene Aufgabe
   *[other] { $count } eigene Aufgaben
  }{ $late ->
    [0] {""}
   *[other] , { $late } überfällig
  }
task-done-added = Die Aufgabe ist angelegt.
task-done-saved = Die Aufgabe ist geändert.
task-done-done = Die Aufgabe ist erledigt.
task-done-not-needed = Die Aufgabe ist nicht mehr nötig.
task-done-reopened = Die Aufgabe ist wieder offen.
task-done-moved = Die Reihenfolge ist geändert.
task-done-answered = Ihre Antwort ist da. Danke. Wir lesen sie bald.
task-asked-title = Das bitten wir Sie zu tun
task-expected = { $count ->
    [one] Wir bitten Sie um etwas. Es steht hier unten.
   *[other] Wir bitten Sie um { $count } Dinge. Sie stehen hier unten.
  }
task-asked-what = Öffnen Sie einen Punkt. Dort steht, was zu tun ist und warum. Dort antworten Sie auch.
task-asked-by = bis { $at }
task-asked-soon = so bald Sie können
task-asked-late = Die Zeit ist um. Bitte antworten Sie jetzt, auch wenn es nicht geklappt hat.
task-asked-why = Warum?
task-asked-answered = Das haben Sie geantwortet
task-asked-done = Dieser Punkt ist erledigt. Sie müssen nichts mehr tun.
task-asked-not-needed = Dieser Punkt ist nicht mehr nötig. Sie müssen nichts mehr tun.
task-asked-files = Bitte fügen Sie auch eine Datei hinzu, die es zeigt.
task-say-done = Das ist erledigt.
task-say-question = Ich habe eine Frage.
task-say-cannot = Das geht bei uns nicht.
task-answer = Ihre Antwort
task-answer-required = Bitte wählen Sie eine der drei Antworten.
task-answer-text = Was möchten Sie uns sagen?
task-answer-text-hint = Bei einer Frage oder wenn es nicht geht, schreiben Sie bitte ein paar Worte.
task-answer-words = Bitte schreiben Sie ein paar Worte dazu.
task-answer-send = Antwort senden
playbook-of-case = Abläufe dieses Vorgangs
playbook-version = Fassung { $version } ({ $digest })
playbook-since = begonnen { $at }
playbook-stopped = beendet { $at }:
playbook-stop = Ablauf beenden
playbook-stop-what = Was davon offen ist, wird als nicht nötig abgeschlossen. Eine gefragte Stelle sieht es.
playbook-stop-reason = Grund
playbook-start-title = Ablauf beginnen
playbook-start-what = Die Schritte werden zu Aufgaben. Vorgeschlagen ist, was zur Kategorie passt.
playbook-start = Ablauf beginnen
playbook-start-one = Ablauf beginnen: { $title }
playbook-which = Ablauf
playbook-give = Schritte der Stelle gleich an sie geben
playbook-block = Frage aus Baustein
playbook-block-insert = Baustein einfügen
playbook-done-started = Der Ablauf hat begonnen.
playbook-done-stopped = Der Ablauf ist beendet.
desk-job-duty-sweep = Fristen aller offenen Vorgänge werden geprüft
desk-job-duty-remind = Fristen von Meldepflichten werden geprüft
desk-job-task-due = Eine Aufgabe wird fällig
desk-told-playbook-started = Ablauf begonnen: { $name }, Fassung { $version }
desk-told-playbook-stopped = Ablauf beendet: { $name }
desk-told-tasks-given = { $count ->
    [one] Das CERT bittet die Stelle, etwas zu tun
   *[other] Das CERT bittet die Stelle um { $count } Dinge
  }
desk-told-tasks-withdrawn = Was noch zu tun war, ist nicht mehr nötig
desk-told-task-given = Das CERT bittet die Stelle, etwas zu tun
desk-told-task-withdrawn = Ein Punkt ist für die Stelle nicht mehr nötig
desk-told-task-changed = Ein Punkt für die Stelle ist geändert
desk-told-task-added = Aufgabe angelegt
desk-told-task-assigned = Aufgabe neu vergeben
desk-told-task-done = Erledigt
desk-told-task-not-needed = Nicht mehr nötig
desk-told-task-reopened = Aufgabe wieder offen
desk-told-task-overdue = Aufgabe überfällig
desk-told-task-answer-done = { $who } hat geantwortet: erledigt
desk-told-task-answer-question = { $who } hat eine Frage
desk-told-task-answer-cannot = { $who } hat geantwortet: geht nicht
desk-action-incident-playbook-start = Ablauf begonnen
desk-action-incident-playbook-stop = Ablauf beendet
desk-action-incident-task-add = Aufgabe angelegt
desk-action-incident-task-answer = Aufgabe beantwortet
desk-action-incident-task-close = Aufgabe abgeschlossen
desk-action-incident-task-edit = Aufgabe geändert
desk-action-incident-task-move = Aufgabe verschoben
desk-action-incident-task-overdue = Aufgabe überfällig
desk-action-incident-task-reopen = Aufgabe wieder geöffnet
# ---- Suche ----
web-search = Suchen
web-search-hint = Suche in allen Vorgängen
search-title = Suche
search-back = Zurück zu Meine Vorgänge
search-label = Was suchen Sie?
search-hint = Wörter, ein Aktenzeichen oder eine Wortgruppe in Anführungszeichen. Gesucht wird in allem, was Sie in Ihren Vorgängen lesen können.
search-total = { $count ->
    [one] 1 Vorgang gefunden
   *[other] { $count } Vorgänge gefunden
 }
search-total-more = Über 1.000 Vorgänge gefunden. Die neuesten 1.000 sind hier geordnet; ältere finden Sie mit einem Wort oder Zeitraum mehr.
search-none = Kein Vorgang passt dazu. Prüfen Sie die Schreibweise, oder lassen Sie ein Wort weg.
search-named = Vorgang mit dieser Nummer:
search-examples = So können Sie suchen
search-place-report = Meldung
search-place-contact = Ansprechperson
search-place-entry = Verlauf
search-place-file = Dateiname
search-place-title = Titel
search-place-reference = Aktenzeichen
search-place-organisation = Stelle
search-example-words = Rechnung Anhang
search-example-words-what = Vorgänge, in denen beide Wörter vorkommen, auch in anderer Form
search-example-phrase = "verschlüsselte Dateien"
search-example-phrase-what = diese Wörter hintereinander
search-example-beginning = verschl*
search-example-beginning-what = Wörter, die so beginnen
search-example-status = status:offen -Übung
search-example-status-what = offene Vorgänge ohne das Wort Übung
search-example-organisation = org:Gotha Server
search-example-organisation-what = Vorgänge einer Stelle, deren Name das Wort enthält
search-example-category = kategorie:phishing seit:30t
search-example-category-what = Phishing der letzten 30 Tage
search-example-value = ioc:evil.example
search-example-value-what = IP-Adresse, Domain, URL, Mailadresse, Hash oder Rufnummer, wie auch immer geschrieben
search-example-cve = cve:2026-1234
search-example-cve-what = Vorgänge zu einer Schwachstelle
search-example-dates = von:1.10.2026 bis:31.10.2026
search-example-dates-what = Vorgänge, die in dieser Zeit gemeldet wurden
error-search-field = Ein Feld „{ $field }:“ gibt es nicht. Möglich sind status:, org:, kategorie:, ioc:, cve:, von:, bis:, seit: und am:. Suchen Sie den Doppelpunkt selbst, setzen Sie die Wörter in Anführungszeichen.
error-search-value = Hinter „{ $field }:“ fehlt, was Sie suchen. Schreiben Sie es ohne Leerzeichen dahinter.
error-search-status = „{ $field }:“ kennt „{ $typed }“ nicht. Möglich sind offen, gemeldet, eingestuft, in_bearbeitung, eingedämmt und abgeschlossen.
error-search-nothing = Damit bleibt kein Status übrig, in dem ein Vorgang sein kann.
error-search-category = „{ $field }:“ kennt „{ $typed }“ nicht. Schreiben Sie einen Teil des Namens, zum Beispiel kategorie:phishing, kategorie:ausfall oder kategorie:malicious-code.
error-search-cve = „{ $field }:“ braucht Jahr und Nummer, zum Beispiel cve:2026-1234.
error-search-date = „{ $field }:“ versteht „{ $typed }“ nicht als Tag. Schreiben Sie zum Beispiel 1.10.2026, 1.10., gestern oder 7t für sieben Tage.
error-search-order = Der Zeitraum endet, bevor er beginnt. Tauschen Sie von: und bis:.
error-search-twice = „{ $field }:“ darf nur einmal vorkommen. Mehrere Wörter eines Namens stehen in Anführungszeichen.
error-search-left-out = Ein Minus vor „{ $field }:“ ist nicht möglich, nur vor Wörtern und vor status:, ioc: und cve:.
error-search-beginning = „{ $typed }“ ist zu kurz: Vor dem Stern stehen mindestens drei Zeichen.
error-search-many = Das sind zu viele Wörter. Möglich sind 24.
desk-action-incident-find = Inhalt eines Vorgangs in einer Suche gezeigt
desk-job-incidents-fill-search = Suche über alte Vorgänge füllen

## The timeline as people work with it
timeline-mentioned = erwähnt
timeline-mentions = Erwähnt: { $names }
timeline-pin = Anheften
timeline-unpin = Lösen
timeline-pinned = Angeheftet
timeline-line = Zeile des Verlaufs
timeline-done-pinned = Angeheftet.
timeline-done-unpinned = Gelöst.
timeline-refused-pin = Anheften lässt sich nur, was jemand geschrieben hat.
timeline-refused-pins = Es sind schon acht Einträge angeheftet. Lösen Sie zuerst einen.
timeline-filter = Verlauf filtern
timeline-shown = { $shown } von { $all } Einträgen
timeline-what = Was
timeline-readers = Wer es liest
timeline-who = Von wem
timeline-any = alle
timeline-narrow = Filtern
timeline-all = Alles zeigen
timeline-empty = Kein Eintrag passt dazu. Wählen Sie weniger aus.
timeline-author-none = jemand ohne Eintrag hier
timeline-group-worte = Notizen und Nachrichten
timeline-group-meldungen = Meldungen
timeline-group-aufgaben = Aufgaben
timeline-group-dateien = Dateien
timeline-group-eskalation = Eskalation
timeline-group-stand = Stand des Vorgangs
timeline-reader-team = nur ThüringenCERT
timeline-reader-stelle = eine Stelle
timeline-reader-alle = alle Beteiligten
timeline-preview = Vorschau
timeline-preview-team = Vorschau der internen Notiz
timeline-preview-org = Vorschau der Nachricht an { $name }
timeline-preview-all = Vorschau der Nachricht an alle Beteiligten
timeline-hint = Markdown: **fett**, - Liste, > Zitat. Mit @Name rufen Sie jemanden dazu: { $names }
desk-tab-mentioned = Erwähnt
desk-whose-erwaehnt = mit Erwähnung von mir
desk-action-incident-pin = Eintrag des Verlaufs angeheftet
desk-action-incident-unpin = Eintrag des Verlaufs gelöst

## A whole case as an archive
dossier-export = Ganzer Vorgang als Archiv
desk-told-exported = { $who } hat den ganzen Vorgang als Archiv mitgenommen.
desk-action-incident-export = Ganzer Vorgang als Archiv mitgenommen
desk-action-incident-import = Vorgang von anderswo übernommen

## A case that came from elsewhere
desk-told-imported = Von anderswo übernommen
desk-told-imported-line = Eintrag von dort: { $name }
dossier-imported = Übernommen aus { $origin }, dort { $reference }. Das Archiv ist vom { $at }, erstellt von { $by }. Prüfsumme des Archivs (SHA-256): { $digest }. Schlüssel der Unterschrift: { $key }.
dossier-imported-ticket = Übernommen aus { $origin }, dort { $reference }, am { $at }. Stand dort: { $status }. Bearbeitet von: { $owner }. Anfragende: { $requestors }.
dossier-imported-lacks = Nicht übernommen: { $names }
dossier-imported-tasks = Aufgaben laut Archiv:
dossier-imported-report = Gemeldet von { $name }. Diese Stelle steht hier nicht im Register.
dossier-imported-archive = Archiv aus { $origin }

## Duties to report
duty-title = Meldepflichten
duty-lead = Wer muss diesen Vorfall noch melden, wem und bis wann? Das steht hier. Nichts davon geht von selbst hinaus.
duty-none = Aus diesem Vorgang folgt nach unserem Stand keine Meldepflicht.
duty-link = Meldepflichten ansehen
duty-none-open = Im Moment ist keine Meldung an eine andere Stelle offen.
duty-back = Zurück zu den Meldepflichten
duty-house = Meldende Stelle
duty-recipient = Empfänger
duty-law = Grundlage
duty-why = Warum
duty-aware = Bekannt seit
duty-due = Spätestens
duty-state = Stand
duty-by = bis { $at }
duty-perhaps = vielleicht
duty-perhaps-why = Das hängt davon ab, wie schwer der Vorfall ist. Er ist noch nicht eingestuft. Die Frist läuft trotzdem.
duty-not-any-more = gilt nicht mehr
duty-waits = noch nicht fällig
duty-runs = offen
duty-late = überfällig
duty-sent = gesendet
duty-sent-late = zu spät gesendet
duty-void = nicht nötig
duty-nothing-by-itself = Es geht nur hinaus, wenn Sie es selbst senden.
duty-missing = { $count ->
    [one] Ein Punkt fehlt noch. Er ist leer oder enthält „[bitte“.
   *[other] { $count } Punkte fehlen noch. Sie sind leer oder enthalten „[bitte“.
}
duty-save = Entwurf speichern
duty-note-saved = Der Entwurf ist gespeichert.
duty-send = Senden
duty-send-how = Senden Sie die Meldung auf dem Weg, den der Empfänger vorgibt. Speichern Sie vorher Ihren Entwurf.
duty-json = Als JSON laden
duty-mail-before = - { $house }: { $stage }, Empfänger: { $recipient }. Die Frist endet am { $at }.
duty-mail-over = - { $house }: { $stage }, Empfänger: { $recipient }. Die Frist ist seit dem { $at } vorbei.
duty-waits-for = eine Frist für eine Meldung
duty-foot = Entwurf aus Meldekette. Gesendet wird er von Hand.
duty-nothing-said = (keine Angabe)
duty-mark = Vermerken
duty-at = Wann?
duty-receipt = Nummer der Eingangsbestätigung
duty-receipt-hint = Falls der Empfänger eine genannt hat.
duty-mark-sent = Als gesendet vermerken
duty-mark-asked = Als angefordert vermerken
duty-at-once = ohne Verzug
duty-asked-at = Angefordert: { $at }.
duty-unmark-asked = Doch nicht angefordert
duty-people = Sind Daten von Menschen betroffen, und im Vorgang steht das noch nicht? Dann kommt eine Meldung an die Datenschutzaufsicht dazu. Melden Sie es uns im Vorgang nach.
duty-asked-what = Diese Meldung ist erst fällig, wenn der Empfänger sie anfordert.
duty-marked-by = Vermerkt von { $who }.
duty-marked-receipt = Eingangsbestätigung: { $receipt }
duty-unmark = Doch nicht gesendet
duty-note-marked = Das ist vermerkt.
duty-error-ahead = Diese Zeit liegt in der Zukunft.
duty-error-before = Da hatte der Vorfall noch nicht begonnen.
duty-content-what = Was ist passiert?
duty-content-severity = Wie schwer ist es?
duty-content-impact = Welche Folgen hat es?
duty-content-observables = Woran erkennt man den Angriff?
duty-content-malicious = War es Absicht?
duty-content-cross-border = Betrifft es auch andere Länder der EU?
duty-content-cause = Was war die Ursache?
duty-content-measures = Was wurde getan, was ist geplant?
duty-content-status = Wie ist der Stand?
duty-content-vcv-category = Kategorie im VerwaltungsCERT-Verbund
duty-content-installation = Welche Anlage und welche Dienstleistung ist betroffen?
duty-content-persons = Wessen Daten, welche Daten, wie viele?
duty-content-data-officer = Wer ist Datenschutzbeauftragte oder Datenschutzbeauftragter?
duty-content-consequences = Welche Folgen drohen den Menschen?
duty-content-delay = Warum kommt die Meldung später als nach 72 Stunden?
duty-fill-severity = Eingestuft als: { $class }.
duty-fill-severity-open = [bitte ergänzen: Wie schwer ist der Vorfall? Er ist noch nicht eingestuft.]
duty-fill-impact = Auswirkung: { $impact }. Ausbreitung: { $spread }.
duty-fill-service = Eine Leistung für Bürgerinnen und Bürger ist gestört.
duty-fill-impact-open = [bitte ergänzen: Was geht nicht, für wen, seit wann?]
duty-fill-observables-none = [bitte ergänzen: Adressen, Dateinamen, Prüfsummen, falls bekannt]
duty-fill-malicious = Es gibt Anzeichen für eine absichtliche Tat.
duty-fill-malicious-open = [bitte ergänzen: Gibt es Anzeichen für eine absichtliche Tat? ja, nein oder unbekannt]
duty-fill-cross-border = [bitte ergänzen: ja, nein oder unbekannt]
duty-fill-cause = [bitte ergänzen: Art der Bedrohung oder wahrscheinliche Ursache]
duty-fill-measures = [bitte ergänzen: Was ist noch geplant?]
duty-fill-status = Stand beim CERT: { $status }.
duty-fill-status-open = [bitte ergänzen: Was hat sich seit der letzten Meldung geändert?]
duty-fill-vcv-open = [bitte ergänzen: eine der acht Kategorien]
duty-fill-installation = [bitte ergänzen: Art der Anlage, Art der kritischen Dienstleistung, Auswirkung darauf]
duty-fill-persons = [bitte ergänzen: Kategorien der Menschen und der Daten, ungefähre Zahl beider]
duty-fill-data-officer = [bitte ergänzen: Name und Kontakt]
duty-fill-consequences = [bitte ergänzen: wahrscheinliche Folgen, etwa Betrug mit den Daten]
duty-fill-delay = [bitte ergänzen: Gründe für die Verzögerung]
duty-fill-what-open = [bitte ergänzen: Was ist passiert?]
duty-fill-began = Beginn: { $at }.
duty-fill-noticed = Bemerkt: { $at }.
duty-vcv-1 = 1 Externer Angriff
duty-vcv-2 = 2 Datenverlust
duty-vcv-3 = 3 Sicherheitslücke
duty-vcv-4 = 4 Störung von Soft- oder Hardware
duty-vcv-5 = 5 Widerrechtliche Aktion
duty-vcv-6 = 6 Interne Ursachen
duty-vcv-7 = 7 Externe Einflüsse
duty-vcv-8 = 8 Besondere Erkenntnisse
access-nav-figures = Statistik
duty-figures-title = Statistik für den VerwaltungsCERT-Verbund
duty-figures-what = Gezählt sind die Vorfälle, die in diesem Monat gemeldet wurden. Fälle, die nur benannten Personen offen stehen, zählen nur bei diesen mit. Übungen, Fehlalarme und Fälle, die zu einem anderen gehören, zählen nicht mit. Die Kategorie folgt aus der Einstufung. Die Kategorien 3 und 8 dienen nur der Information.
duty-figures-category = Kategorie
duty-figures-no-class = ohne Einstufung
duty-figures-without = Noch ohne Kategorie
duty-figures-total = Summe
duty-figures-before = Monat davor
duty-figures-after = Monat danach
duty-figures-csv = Als Tabelle laden (CSV)
desk-action-incident-duties-view = Meldepflichten angesehen
desk-action-incident-duty-sent = Meldung an andere Stelle als gesendet vermerkt
desk-action-incident-duty-asked = Meldung an andere Stelle als angefordert vermerkt
desk-action-incident-duty-remind = An Meldefristen erinnert
desk-action-incident-duty-unmark = Vermerk einer Meldung zurückgenommen
desk-action-incident-duty-draft-view = Entwurf einer Meldung angesehen
desk-action-incident-duty-draft-download = Entwurf einer Meldung geladen
desk-action-incident-duty-draft-save = Entwurf einer Meldung gespeichert
desk-told-duty-sent = { $stage } gesendet. Empfänger: { $recipient }
desk-told-duty-asked = { $stage } angefordert. Empfänger: { $recipient }
desk-told-duty-ends = Frist endet am { $at }: { $stage }, Empfänger: { $recipient }
desk-told-duty-over = Frist seit dem { $at } vorbei: { $stage }, Empfänger: { $recipient }
desk-told-duty-unmarked = Vermerk zurückgenommen: { $stage }, Empfänger: { $recipient }
duty-set-lead = Hier steht, welche Regeln für diese Stelle gelten. Eine Regel kann auch von Hand ein- oder ausgeschaltet werden.
duty-sectors = Was betreibt die Stelle selbst?
duty-sectors-hint = Nur was sie selbst betreibt, nicht über eine Gesellschaft.
duty-sector-energy = Energie
duty-sector-water = Trinkwasser
duty-sector-waste-water = Abwasser
duty-sector-health = Gesundheit
duty-sector-waste = Abfall
duty-sector-transport = Verkehr
duty-sector-digital = Digitale Dienste
duty-as-rule = Wie die Regel es sagt
duty-binds = Gilt für diese Stelle
duty-does-not-bind = Gilt nicht für diese Stelle
duty-binds-now = gilt
duty-binds-not-now = gilt nicht
duty-binds-ask = Gilt die Regel?
duty-binds-why = Begründung
duty-binds-why-hint = Nötig, wenn die Regel nicht gelten soll.
duty-note-set = Die Regeln sind gespeichert.
duty-sets = Regeln
duty-sets-show = Welche Regeln gelten
duty-by-hand = von Hand
duty-back-to-sets = Zurück zu den Regeln der Stelle
desk-action-directory-sectors-set = Bereiche einer Stelle geändert
desk-action-directory-rule-set = Meldepflicht einer Stelle von Hand gesetzt

# --- Wer ist betroffen: eine Frage an alle, die ein Dienstleister betreut
mail-pointer-affected =
    Guten Tag,

    bei einem IT-Dienstleister, der für Sie arbeitet, gibt es einen Sicherheitsvorfall. Bitte sagen Sie uns bis { $by }, ob Ihre Stelle betroffen ist.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Antworten Sie hier. Eine Anmeldung ist nicht nötig. Der Link ist nur für Sie und gilt einmal:
    { $link }

    Wichtig: Mit dieser Nachricht kann für Ihre Stelle eine Frist von 72 Stunden beginnen. In dieser Zeit müssen Sie den Datenschutz informieren (Art. 33 DSGVO). Was Sie melden müssen, lesen Sie nach der Anmeldung.
mail-pointer-still-asked =
    Guten Tag,

    wir haben von Ihrer Stelle noch keine Antwort. Bei einem IT-Dienstleister, der für Sie arbeitet, gibt es einen Sicherheitsvorfall. Bitte sagen Sie uns bis { $by }, ob Ihre Stelle betroffen ist. Sonst rufen wir Sie an.

    Aktenzeichen: { $reference }
    Einstufung: { $label }

    Antworten Sie hier. Eine Anmeldung ist nicht nötig. Der Link ist nur für Sie und gilt einmal:
    { $link }

    Wichtig: Für Ihre Stelle kann schon eine Frist von 72 Stunden laufen. In dieser Zeit müssen Sie den Datenschutz informieren (Art. 33 DSGVO).
fanout-again-subject = Noch ohne Antwort: Sind Sie betroffen?
fanout-again-body =
    Guten Tag,

    wir haben von Ihrer Stelle noch keine Antwort.

    { $heading }

    { $notice }

    Bitte sagen Sie uns bis { $by }, ob Ihre Stelle betroffen ist. Sonst rufen wir Sie an. Eine Anmeldung ist nicht nötig. Der Link ist nur für Sie und gilt einmal:
    { $link }

    Wichtig: Für Ihre Stelle kann schon eine Frist von 72 Stunden laufen. In dieser Zeit müssen Sie den Datenschutz informieren (Art. 33 DSGVO).

    Mit freundlichen Grüßen
    Ihr ThüringenCERT
fanout-mail-subject = Sind Sie betroffen?
fanout-mail-body =
    Guten Tag,

    { $heading }

    { $notice }

    Bitte sagen Sie uns bis { $by }, ob Ihre Stelle betroffen ist. Eine Anmeldung ist nicht nötig. Der Link ist nur für Sie und gilt einmal:
    { $link }

    Wichtig: Mit dieser Nachricht kann für Ihre Stelle eine Frist von 72 Stunden beginnen. In dieser Zeit müssen Sie den Datenschutz informieren (Art. 33 DSGVO).

    Mit freundlichen Grüßen
    Ihr ThüringenCERT
fanout-title = Wer ist betroffen?
fanout-what = Fällt ein IT-Dienstleister aus, sind oft alle Stellen betroffen, die er betreut. Hier fragen Sie alle auf einmal. Jede Stelle antwortet mit einem Klick, ohne Anmeldung.
fanout-back = Zurück zum Vorgang
fanout-back-board = Zurück zur Übersicht
fanout-back-list = Zurück zu meinen Vorgängen
fanout-nobody-asked = In diesem Vorgang wurde noch niemand gefragt.
fanout-no-source = Im Register steht kein Dienstleister. Tragen Sie ihn zuerst dort ein, mit den Stellen, die er betreut.
fanout-stale = Die Zahl der Stellen hat sich inzwischen geändert. Ihre Eingaben sind noch da. Bitte sehen Sie die Liste noch einmal an.
fanout-source = Dienstleister
fanout-source-hint = Bei wem ist es passiert? Gefragt werden alle Stellen, die er laut Register heute betreut.
fanout-others = Weitere Stellen
fanout-others-hint = Eine Stelle je Zeile, mit Namen oder amtlichem Schlüssel. Sie können eine Spalte aus der Kundenliste einfügen.
fanout-heading = Überschrift
fanout-heading-hint = Das lesen die Stellen zuerst.
fanout-heading-proposal = Sicherheitsvorfall bei einem IT-Dienstleister
fanout-notice = Was die Stellen wissen müssen
fanout-notice-hint = Nur was alle lesen dürfen. Den Vorgang selbst sehen die Stellen nicht.
fanout-notice-proposal =
    Bei einem IT-Dienstleister, der für Sie arbeitet, gibt es einen Sicherheitsvorfall. Wir prüfen, wen er betrifft.

    Bitte prüfen Sie: Fallen bei Ihnen Fachverfahren, E-Mail oder Telefon aus? Sehen Sie fremde Anmeldungen oder verschlüsselte Dateien?

    Öffnen Sie bis auf Weiteres keine Mails dieses Dienstleisters, die Sie nicht erwartet haben. Lassen Sie keine Fernwartung zu.
fanout-named = Den Dienstleister beim Namen nennen
fanout-not-named = Ein Dienstleister wird nur genannt, wenn er den Vorfall selbst gemeldet und das erlaubt hat. Die Stellen lesen nur „ein IT-Dienstleister, der für Sie arbeitet“.
fanout-patience = Zeit für die Antwort
fanout-patience-hint = Nach der Hälfte fragen wir noch einmal und schreiben auch an Vertretung und Leitung. Danach steht die Stelle auf der Anrufliste.
fanout-hours-4 = 4 Stunden
fanout-hours-8 = 8 Stunden
fanout-hours-24 = 24 Stunden
fanout-hours-48 = 48 Stunden
fanout-preview = Ansehen, wer gefragt wird
fanout-preview-title = { $count ->
        [one] Eine Stelle wird gefragt
       *[other] { $count } Stellen werden gefragt
    }
fanout-preview-what = Dienstleister: { $name }. Mails: { $mails }. Noch ist nichts gesendet.
fanout-unreached = { $count ->
        [one] Eine Stelle erreicht keine Mail
       *[other] { $count } Stellen erreicht keine Mail
    }
fanout-unreached-what = Für sie steht keine Adresse im Register. Sie kommen gleich auf die Anrufliste.
fanout-abroad = { $count ->
        [one] Eine Stelle liegt in einem anderen Land.
       *[other] { $count } Stellen liegen in einem anderen Land.
    }
fanout-abroad-what = Dort führt das CERT jenes Landes. Wir schreiben ihnen nicht. Sie bekommen eine Liste, die Sie dem anderen CERT übergeben.
fanout-abroad-table = Liste für die anderen CERTs (CSV)
fanout-abroad-tag = anderes Land
fanout-who = Wer gefragt wird
fanout-people = { $count ->
        [0] keine Adresse
        [one] eine Adresse
       *[other] { $count } Adressen
    }
fanout-they-read = Das lesen die Stellen
fanout-ask = { $count ->
        [one] Eine Stelle jetzt fragen
       *[other] { $count } Stellen jetzt fragen
    }
fanout-change = Doch noch ändern
fanout-counts = { $asked } gefragt: { $affected } betroffen, { $not_affected } nicht betroffen, { $unclear } wissen es noch nicht, { $silent } ohne Antwort.
fanout-asked-at = Gefragt am
fanout-answer-by = Antwort bis
fanout-over = beendet
fanout-call = { $count ->
        [0] Niemand ist anzurufen
        [one] Eine Stelle ist anzurufen
       *[other] { $count } Stellen sind anzurufen
    }
fanout-call-nobody = Alle haben geantwortet, oder die Zeit läuft noch.
fanout-call-why = Diese Stellen haben nicht geantwortet, oder keine Mail erreicht sie.
fanout-no-phone = keine Nummer
fanout-no-contact = Im Register steht niemand.
fanout-register = Im Register nachsehen
fanout-house = Stelle
fanout-houses = Stellen
fanout-answer = Antwort
fanout-said = Wann und durch wen
fanout-mail = Mail
fanout-silent = ohne Antwort
fanout-answer-affected = betroffen
fanout-answer-not-affected = nicht betroffen
fanout-answer-unclear = noch unklar
fanout-way-link = mit dem Link
fanout-way-page = auf der Seite
fanout-way-telephone = am Telefon
fanout-way-provider = durch den Dienstleister
fanout-mail-none = keine Mail
fanout-mail-queued = wird gesendet
fanout-mail-accepted = vom Mailserver angenommen
fanout-mail-bounced = kam zurück
fanout-mail-failed = nicht angenommen
fanout-count-queued = { $count } in der Warteschlange
fanout-count-accepted = { $count } vom Mailserver angenommen
fanout-count-bounced = { $count } zurückgekommen
fanout-count-failed = { $count } nicht angenommen
fanout-as-of = Stand { $time }
fanout-reload = Neu laden
fanout-broadcast = Rundmeldung
fanout-broadcast-hint = Das lesen alle Stellen, die gefragt sind, und alle, die am Vorgang beteiligt sind.
fanout-broadcast-send = { $count ->
        [one] An eine Stelle senden
       *[other] An alle { $count } Stellen senden
    }
fanout-broadcast-none = Noch keine Rundmeldung.
fanout-text = Nachricht
fanout-text-hint = Nur das CERT liest sie.
fanout-end = Frage beenden
fanout-end-sure = Frage beenden? Die Links in den Mails gelten dann nicht mehr, und niemand wird erinnert. In diesem Vorgang kann nicht noch einmal gefragt werden.
fanout-whom-to-call = Wen Sie anrufen
fanout-out-of-band = Außerhalb des eigenen Netzes:
fanout-call-note = Antwort am Telefon
fanout-said-by = Wer hat das gesagt?
fanout-note = Anmerkung
fanout-note-hint = Zum Beispiel: was ausgefallen ist, seit wann, wie wir Sie erreichen.
fanout-call-save = Antwort festhalten
fanout-thread = Nachrichten
fanout-thread-none = Noch keine Nachrichten.
fanout-tell = An { $name } senden
fanout-say = An das CERT senden
fanout-source-title = Ihre Kunden: Wer ist betroffen?
fanout-source-what = Das CERT hat die Stellen gefragt, die Sie betreuen. Sie sehen die Zahlen. Namen sehen Sie nur von Stellen, die Ihnen ein Mandat gegeben haben. Das ist die Erlaubnis, in ihrem Namen zu handeln.
fanout-mandates = Stellen, die Ihnen das erlaubt haben
fanout-answer-for = Für Stellen antworten
fanout-answer-for-what = Diese Stellen haben Ihnen die Erlaubnis gegeben, für sie zu handeln (Mandat). Eine Antwort von Ihnen gilt als Antwort der Stelle.
fanout-answer-send = Antwort senden
fanout-house-title = Sind Sie betroffen?
fanout-house-line = Aktenzeichen { $reference } · gefragt { $time }
fanout-house-source = Dienstleister: { $name }
fanout-house-over = Diese Frage ist beendet. Brauchen Sie Hilfe? Dann melden Sie einen Vorfall, oder rufen Sie uns an.
fanout-house-ask = Bitte antworten Sie bis { $at }.
fanout-house-said = Ihre Antwort: { $answer }, { $at }.
fanout-button-affected = Wir sind betroffen
fanout-button-not-affected = Wir sind nicht betroffen
fanout-button-unclear = Wir wissen es noch nicht
fanout-clock-title = Eine Frist kann schon laufen
fanout-clock = Sind Daten von Menschen betroffen? Dann müssen Sie das in 72 Stunden dem Datenschutz melden (Art. 33 DSGVO). Die Frist kann mit der Nachricht begonnen haben, die Sie von uns bekommen haben. Fragen Sie Ihre Datenschutzbeauftragte oder Ihren Datenschutzbeauftragten.
fanout-link-ask = Ist { $name } betroffen?
fanout-link-again = Sie können die Antwort ändern.
fanout-gone-title = Dieser Link gilt nicht mehr
fanout-gone-what = Entweder haben Sie damit schon geantwortet, oder das CERT hat die Frage beendet.
fanout-gone-next = Möchten Sie Ihre Antwort ändern? Melden Sie sich an, oder rufen Sie uns an.
fanout-thanks-title = Danke für Ihre Antwort
fanout-thanks-what = Ihre Antwort ist gespeichert. Das CERT sieht sie jetzt.
fanout-thanks-next = Hat sich etwas geändert? Melden Sie sich an und antworten Sie noch einmal.
fanout-thanks-cases = Zu meinen Vorgängen
fanout-error-named = Ein Dienstleister wird nur genannt, wenn er den Vorfall selbst gemeldet und das erlaubt hat. Bitte nehmen Sie das Häkchen weg.
fanout-error-nobody = Dieser Dienstleister betreut laut Register niemanden. Fügen Sie die Stellen unten ein.
fanout-error-lines = Das sind zu viele Zeilen. Höchstens 1000 sind möglich.
fanout-error-unknown = Diese Zeilen finden wir nicht eindeutig im Register: { $lines }
fanout-error-answer = Bitte wählen Sie eine Antwort.
fanout-error-houses = Bitte wählen Sie mindestens eine Stelle.
fanout-refused-over = Diese Frage ist beendet. Es wurde nichts geändert.
fanout-refused-closed = Der Vorgang ist abgeschlossen. Nehmen Sie ihn zuerst wieder auf.
fanout-refused-twice = In diesem Vorgang sind die Stellen schon gefragt.
fanout-done-asked = Die Stellen sind gefragt.
fanout-done-broadcast = Die Rundmeldung ist unterwegs.
fanout-done-ended = Die Frage ist beendet.
fanout-done-answered = Die Antwort ist gespeichert.
fanout-done-said = Ihre Nachricht ist beim CERT.
fanout-done-told = Die Nachricht ist unterwegs.
fanout-done-call = Die Antwort ist festgehalten.
fanout-silent-waits = Stellen ohne Antwort, bitte anrufen
fanout-wait = Sind Sie betroffen? { $heading }
fanout-list-title = Fragen an Sie
fanout-list-answered = beantwortet
fanout-link = Wer ist betroffen? Alle auf einmal fragen
fanout-open = Zur Übersicht
desk-told-fanout-started = { $count ->
        [one] Eine Stelle gefragt, ob sie betroffen ist. Dienstleister: { $name }
       *[other] { $count } Stellen gefragt, ob sie betroffen sind. Dienstleister: { $name }
    }
desk-told-fanout-reminded = { $count ->
        [one] Eine Stelle ohne Antwort, noch einmal gefragt, auch Vertretung und Leitung
       *[other] { $count } Stellen ohne Antwort, noch einmal gefragt, auch Vertretung und Leitung
    }
desk-told-fanout-silent = { $count ->
        [one] Eine Stelle ohne Antwort, anzurufen
       *[other] { $count } Stellen ohne Antwort, anzurufen
    }
desk-told-fanout-ended = Frage an die Stellen beendet
desk-told-fanout-answered = { $name }: { $answer }
desk-action-incident-fan-out = Stellen gefragt, ob sie betroffen sind
desk-action-incident-fan-out-end = Frage an Stellen beendet
desk-action-incident-fan-out-remind = Stellen noch einmal gefragt
desk-action-incident-fan-out-silent = Stellen ohne Antwort, anzurufen
desk-action-incident-answer = Stelle hat gesagt, ob sie betroffen ist
desk-job-fanout-chase = Stellen ohne Antwort werden erinnert

# Bereitschaft
escalation-whom-on-call = Bereitschaft des CERT
escalation-whom-on-call-is = Bereitschaft des CERT: { $name }
desk-told-step-unattended = Niemand hatte Bereitschaft. Die Leitung des CERT wird benachrichtigt: { $name }
desk-action-roster-plan = Bereitschaft geplant
desk-action-roster-cancel = Bereitschaft gestrichen
desk-action-roster-offer = Bereitschaft zur Übergabe angeboten
desk-action-roster-accept = Bereitschaft übernommen
desk-action-roster-decline = Übergabe der Bereitschaft abgelehnt
desk-action-roster-withdraw = Übergabe der Bereitschaft zurückgenommen
roster-title = Bereitschaft
roster-back = Zurück zur Bereitschaft
roster-absent = Ich bin nicht da
roster-empty = Noch ist keine Bereitschaft geplant. Bis dahin geht alles an die Leitung des CERT. Sie plant die Bereitschaft.
roster-gaps = Lücken in den nächsten 14 Tagen
roster-gaps-what = In dieser Zeit hat niemand Bereitschaft. Was dann kommt, geht an die Leitung des CERT.
roster-gap = Lücke
roster-span = { $from } bis { $until }
roster-now = Jetzt
roster-next = Danach
roster-nobody = niemand
roster-to-time = bis { $until }
roster-from-time = ab { $from }
roster-deputy-is = Vertretung: { $name }
roster-own = Sie
roster-why-handed-over = übernommen
roster-why-stands-in = vertritt
roster-why-all-away = alle abwesend
roster-why-no-shift = nichts geplant
roster-weeks-ahead = Die nächsten vier Wochen
roster-col-time = Zeit
roster-col-first = Bereitschaft
roster-col-deputy = Vertretung
roster-col-why = Hinweis
roster-shifts = Geplant
roster-cancel = Streichen
roster-cancel-sure = Bereitschaft von { $name } streichen?
roster-plan = Bereitschaft planen
roster-plan-what = Die genannten Personen wechseln sich Woche für Woche ab, immer zur gleichen Uhrzeit.
roster-plan-do = Planen
roster-from = Beginn der ersten Woche
roster-until = Ende der ersten Woche
roster-weeks = Für wie viele Wochen?
roster-weeks-hint = 1 bis 52. Bei 1 gilt nur die Zeit oben.
roster-turn-1 = Erste Person
roster-turn-2 = Zweite Person
roster-turn-3 = Dritte Person
roster-turn-4 = Vierte Person
roster-turn-5 = Fünfte Person
roster-turn-6 = Sechste Person
roster-deputy = Vertretung
roster-deputy-none = niemand
roster-deputy-next = wer als Nächstes an der Reihe ist
roster-hand-over = Bereitschaft übergeben
roster-hand-over-what = Die andere Person muss die Übergabe annehmen. Bis dahin bleiben Sie verantwortlich.
roster-to = An wen?
roster-handover-from = Ab wann?
roster-handover-from-hint = Ohne Angabe ab jetzt. Sonst zum Beispiel 21.11.2026 07:40
roster-handover-until = Bis wann?
roster-handover-until-hint = Ohne Angabe bis zum Ende Ihrer Bereitschaft. Sonst zum Beispiel 21.11.2026 17:00
roster-note = Was muss die andere Person wissen?
roster-note-hint = Bitte keine Inhalte aus Vorgängen. Ein Aktenzeichen genügt.
roster-offer-do = Übergabe anbieten
roster-offers = Angebotene Übergaben
roster-offers-what = Bis zur Annahme bleibt verantwortlich, wer die Bereitschaft jetzt hat.
roster-offer = { $giver } an { $taker }:
roster-accept = Annehmen
roster-decline = Ablehnen
roster-withdraw = Zurücknehmen
roster-done-planned = Die Bereitschaft ist geplant.
roster-done-cancelled = Die Bereitschaft ist gestrichen.
roster-done-offered = Die Übergabe ist angeboten.
roster-done-accepted = Sie haben die Bereitschaft übernommen.
roster-done-withdrawn = Die Übergabe findet nicht statt.
roster-error-span = Das Ende muss nach dem Anfang liegen, höchstens 31 Tage danach.
roster-error-weeks = Bitte eine Zahl von 1 bis 52.
roster-error-week = Bei mehreren Wochen darf eine Bereitschaft höchstens eine Woche dauern.
roster-error-ahead = Bitte höchstens zwei Jahre im Voraus planen.
roster-error-same = Wer Bereitschaft hat, kann sich nicht selbst vertreten.
roster-error-taken = In dieser Zeit hat schon { $name } Bereitschaft: { $from } bis { $until }.
roster-error-not-yours = In dieser Zeit haben Sie keine Bereitschaft.
roster-error-no-longer = Diese Bereitschaft liegt inzwischen bei jemand anderem.
    .next = Sie müssen nichts tun. Die Seite zeigt, wer jetzt Bereitschaft hat.
roster-error-too-many = Mehr Übergaben können hier nicht offen sein.
    .next = Nehmen Sie erst eine andere zurück.
desk-action-roster-feed-open = Kalender der Bereitschaft eingerichtet
desk-action-roster-feed-close = Kalender der Bereitschaft entfernt
desk-action-roster-gap = Lücke in der Bereitschaft gemeldet
desk-job-roster-watch = Lücken in der Bereitschaft suchen
roster-calendar = Kalender
roster-calendar-what = Ihre Bereitschaft im eigenen Kalender: Abonnieren Sie dort diese Adresse. Der Kalender enthält keine Inhalte aus Vorgängen.
roster-calendar-once = Ihre Adresse steht nur jetzt hier. Geben Sie sie nicht weiter.
roster-calendar-all = Mit „?alle=ja“ am Ende zeigt der Kalender die Bereitschaft aller.
roster-calendar-renew-what = Jede Person hat eine eigene geheime Adresse. Wenn Sie eine neue einrichten, gilt die alte nicht mehr. Eine Adresse gilt ein Jahr.
roster-calendar-renew = Neue Adresse einrichten
roster-calendar-close = Adresse entfernen
roster-calendar-name = Bereitschaft { $cert }
roster-calendar-event = Bereitschaft: { $name }
roster-done-feed-closed = Die Adresse gilt nicht mehr.
roster-gap-mail-subject = In den nächsten Tagen hat niemand Bereitschaft
roster-gap-mail = In dieser Zeit hat niemand Bereitschaft:

    { $gaps }

    Was dann kommt, geht an die Leitung des CERT. Bitte planen Sie jemanden ein:
    { $link }

### crisis: when the victim is offline
crisis-title = Krisenseite
crisis-what = Wen Sie in welcher Reihenfolge anrufen, und was bekannt ist. Die Seite lässt sich drucken.
crisis-show = Krisenseite öffnen
crisis-back = Zurück zur Krisenseite
crisis-download = Als PDF herunterladen
crisis-reference = Krisenseite { $name }
crisis-foot = Nur für das Team des CERT. Nach der Krise vernichten.
crisis-since = E-Mail der Stelle nicht mehr vertrauen: seit { $since }, von { $who }
crisis-lifted = Aufgehoben: { $at }, von { $who }
crisis-not-marked = Die E-Mail dieser Stelle gilt als vertrauenswürdig. Niemand hat sie als offline gekennzeichnet.
crisis-order = Anrufen, in dieser Reihenfolge
crisis-order-empty = Im Register steht kein Kontakt. Fragen Sie beim IT-Dienstleister oder über die Zentrale der Verwaltung nach.
crisis-no-number = keine Nummer bekannt
crisis-mail-to = E-Mail geht jetzt an:
crisis-provider = IT-Dienstleister für { $service }
crisis-supervisor = { $name } führt die Aufsicht. Der Landkreis erfährt nur davon, wenn die Stelle einwilligt.
crisis-cases = Offene Vorgänge und was zuletzt bekannt war
crisis-cases-empty = Zu dieser Stelle ist kein Vorgang offen.
crisis-mails = E-Mails seit der Kennzeichnung
crisis-mails-empty = Seit der Kennzeichnung wurde keine E-Mail umgeleitet oder zurückgehalten.
crisis-mail-accepted = vom Mailserver angenommen
crisis-mail-queued = wartet auf Versand
crisis-mail-bounced = zurückgekommen, bitte anrufen
crisis-mail-held = zurückgehalten, bitte anrufen
crisis-mail-failed = gescheitert, bitte anrufen
crisis-calls = Anrufe
crisis-calls-empty = Seit der Kennzeichnung ist kein Anruf notiert.
crisis-call-blank = Wann, mit wem, Ergebnis
crisis-assets = Netze und Mail-Domains
crisis-members = Mitgliedsgemeinden
crisis-serves = Für wen sie Dienste betreibt
crisis-others = Wer denselben IT-Dienstleister hat
crisis-others-count = { $provider }: { $count ->
    [one] eine weitere Stelle
   *[other] { $count } weitere Stellen
}
crisis-earlier = Frühere Kennzeichnungen
offline-link = E-Mail der Stelle nicht mehr vertrauen
offline-lift-link = Kennzeichnung aufheben
offline-banner = Dieser Stelle ist per E-Mail nicht zu trauen, seit { $since }.
offline-banner-of = { $name } ist per E-Mail nicht zu trauen, seit { $since }.
offline-title = E-Mail der Stelle nicht mehr vertrauen
offline-what = Ab sofort geht nichts mehr an die eigenen Postfächer der Stelle. Prüfen Sie vorher, wer dann wie erreicht wird.
offline-contacts = So werden die Kontakte dann erreicht
offline-as-before = Wie bisher: Das Postfach liegt in keiner eingetragenen Mail-Domain der Stelle. Prüfen Sie, ob das stimmt.
offline-by-mail = E-Mail geht an die Adresse für den Notfall: { $address }
offline-to-call = Bitte anrufen, E-Mail wird zurückgehalten:
offline-accounts = Konten der Stelle
offline-accounts-empty = Niemand hat bei dieser Stelle ein Konto.
offline-accounts-what = Diese Personen werden sofort abgemeldet. Links für ein neues Passwort gelten nicht mehr.
offline-waiting = E-Mails, die jetzt warten
offline-rerouted = { $count ->
    [one] Eine E-Mail wird umgeleitet.
   *[other] { $count } E-Mails werden umgeleitet.
}
offline-held = { $count ->
    [one] Eine E-Mail wird zurückgehalten.
   *[other] { $count } E-Mails werden zurückgehalten.
}
offline-leaving = { $count ->
    [one] Eine E-Mail wird gerade versandt und ist nicht aufzuhalten.
   *[other] { $count } E-Mails werden gerade versandt und sind nicht aufzuhalten.
}
offline-reason = Begründung
offline-reason-hint = Was ist geschehen, und von wem wissen Sie es? Das Team liest es auf der Krisenseite.
offline-send = Ab sofort nicht mehr vertrauen
offline-lift-title = Kennzeichnung aufheben
offline-lift-what = Danach geht E-Mail wieder an die eigenen Postfächer. Zurückgehaltene E-Mails der letzten sieben Tage werden dann versandt.
offline-lift-reason-hint = Wer hat die Postfächer geprüft, und wie haben Sie es erfahren? Rufen Sie die Stelle dazu an.
offline-works = Die Stelle hat am Telefon bestätigt: Ihre E-Mail läuft wieder und gehört nur ihr.
offline-lift-send = Wieder vertrauen
offline-error-works = Heben Sie die Kennzeichnung erst auf, wenn die Stelle das bestätigt hat.
offline-error-cert = Das CERT selbst lässt sich nicht kennzeichnen.
offline-error-already = Diese Stelle ist schon gekennzeichnet.
offline-note-marked = Gekennzeichnet. An die Postfächer der Stelle geht nichts mehr.
offline-note-lifted = Aufgehoben. E-Mail geht wieder an die Stelle.
desk-told-offline-marked = { $name }: Der E-Mail der Stelle wird nicht mehr vertraut.
desk-told-offline-lifted = { $name }: Der E-Mail der Stelle wird wieder vertraut.
callback-title = Bitte rufen Sie das CERT an
callback-what = Ihre Stelle ist als angegriffen gemeldet. Deshalb prüfen wir jede Anmeldung am Telefon.
callback-call = { $cert } anrufen:
callback-code = Nennen Sie diesen Code:
callback-then = Danach sind Sie für diese eine Anmeldung freigegeben. Lassen Sie die Seite so lange offen.
callback-again = Ich habe angerufen, weiter
callback-report = Einen Vorfall melden Sie jederzeit auch ohne Konto.
callback-report-link = Ohne Konto melden
callback-leave = Abmelden
callback-waiting = Anmeldungen, die auf einen Anruf warten
callback-waiting-what = Rufen Sie unter einer bekannten Nummer zurück. Lassen Sie sich den Code der Notfallkarte nennen.
callback-release = Am Telefon geprüft, freigeben
callback-note-released = Freigegeben, nur für diese Anmeldung.
error-token-offline = Die Organisation ist als angegriffen gemeldet. API-Token gelten nicht, bis das CERT die Kennzeichnung aufhebt.
