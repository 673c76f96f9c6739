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
error-direction-characters = Der Text enthält unsichtbare Zeichen, die die Leserichtung ändern. Bitte tippen Sie ihn neu.
error-mail-address = Das ist keine gültige E-Mail-Adresse. Beispiel: it@stadt.example.
error-choice = Bitte wählen Sie eine der angebotenen Möglichkeiten.
error-date = Bitte geben Sie Datum und Uhrzeit in dieser Form an: 21.11.2026 07:40.
error-date-range = Das Datum liegt außerhalb des möglichen Bereichs (1970 bis 2100).
error-number = Bitte geben Sie eine Zahl ein.
error-unknown-field = Dieses Feld kennt das Formular nicht.

error-token-scope = Dieses API-Token darf das nicht. Legen Sie ein Token mit dem passenden Umfang an.
error-not-allowed = Das dürfen Sie mit Ihrer Rolle nicht. Wenden Sie sich an Ihre Administration.

### web

### mail

### audit

### access

### directory

### incidents

### escalation

### advisories

### desk

### demo
