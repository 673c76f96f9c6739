// The chain as people walk it: a report goes up by clicks and typing, an advisory comes down to every administration.
import assert from 'node:assert/strict';

import {
  accountOf, answerAll, confirm, enter, follow, linkIn, look, mailTo, press, refused, says, send, signIn, story,
  untilItSays, visitor,
} from './people.mjs';

const TITLE = 'Postfach des Bauhofs verschickt fremde Mails';
const LAND = 'it-leitung@land.example';
let first, second, advisory;
let analyst, approver;
const step = story();

async function report(page, title) {
  await answerAll(page, {
    observed: 'Ein Konto oder Postfach wird von Fremden benutzt',
    title,
    description: 'Seit heute früh gehen Mails hinaus, die niemand geschrieben hat.',
  });
  return send(page);
}

async function escalate(page) {
  await page.getByText('Eskalieren …').click();
  await page.getByLabel('An wen?').selectOption({ label: 'Land Thüringen' });
  await page.getByLabel('Grund', { exact: true }).fill('Das Land soll Bescheid wissen.');
  await press(page, 'Eskalieren');
  await says(page, 'Die Eskalation läuft.');
}

step('a town hall signs in and reports; a refused form gives back what was typed', async () => {
  const page = await visitor();
  await page.goto('/');
  await look(page, 'anmelden');
  const account = await accountOf('reporter');
  await enter(page, { mail: account.mail, password: 'falsch geraten' });
  await refused(page, 'mail');
  assert.equal(await page.getByLabel('E-Mail-Adresse').inputValue(), account.mail);
  await look(page, 'anmelden-abgelehnt');
  await enter(page, account);
  await page.getByRole('heading', { name: 'Guten Tag' }).waitFor();
  await look(page, 'start');

  await follow(page, 'Vorfall melden');
  await page.waitForURL('/melden');
  await look(page, 'melden');
  first = await report(page, TITLE);
  await says(page, 'Ihre Meldung ist angekommen');
  await says(page, first);
  await look(page, 'eingegangen');
  await follow(page, 'Zum Vorgang');
  await page.waitForURL(`/vorgaenge/${first}`);
  await look(page, 'vorgang-neu');
  second = await report(page, 'Webseite zeigt fremde Bilder');
  await page.goto('/');
  await follow(page, 'Meine Vorgänge');
  await says(page, TITLE);
  await look(page, 'vorgaenge');
  await page.context().close();
});

step('an analyst finds the report in the queue, classes it, takes it and writes to the town hall', async () => {
  analyst = await signIn('analyst');
  await analyst.waitForURL('/eingang');
  await look(analyst, 'eingang');
  await follow(analyst, first);
  await analyst.getByRole('complementary', { name: `Vorschau ${first}` }).waitFor();
  await look(analyst, 'eingang-vorschau');
  await follow(analyst, 'Öffnen');
  await analyst.waitForURL(`/vorgaenge/${first}`);
  await look(analyst, 'vorfall');

  await analyst.getByText('Einstufen …').click();
  await says(analyst, 'Aus den Antworten der Meldung.');
  assert.equal(await analyst.getByLabel('Klasse').inputValue(), 'incident', 'as the answers suggest');
  await look(analyst, 'vorfall-vorschlag');
  await analyst.getByLabel('Art', { exact: true }).selectOption('');
  await press(analyst, 'Einstufung speichern');
  await refused(analyst, 'category');
  assert.equal(await analyst.getByLabel('Klasse').inputValue(), 'incident');
  await look(analyst, 'vorfall-abgelehnt');
  await analyst.getByLabel('Art', { exact: true }).selectOption({ label: 'Konto übernommen' });
  await analyst.getByLabel('Auswirkung').selectOption({ label: 'hoch' });
  await analyst.getByLabel('Ausbreitung').selectOption({ label: 'ein Amt' });
  await analyst.getByLabel('Weitergabe').selectOption({ index: 4 });
  await press(analyst, 'Einstufung speichern');
  await says(analyst, 'Die Einstufung ist gespeichert.');
  await press(analyst, 'Übernehmen');
  await says(analyst, 'Die Zuweisung ist gespeichert.');

  await analyst.getByLabel('Notiz oder Nachricht').fill('Absender im Protokoll des Mailservers suchen.');
  await press(analyst, 'Intern notieren');
  await says(analyst, 'Gespeichert. Wer es lesen darf, sieht es jetzt im Vorgang.');
  await analyst.getByRole('radio', { name: 'Stadt Waltershausen' }).check();
  await analyst.getByLabel('Notiz oder Nachricht').fill('Bitte ändern Sie heute das Passwort des Postfachs.');
  await look(analyst, 'vorfall-nach-aussen');
  await press(analyst, 'An Stadt Waltershausen senden');
  await says(analyst, 'Gespeichert. Wer es lesen darf, sieht es jetzt im Vorgang.');
  await says(analyst, 'Sichtbar für: Stadt Waltershausen');
  await escalate(analyst);
  await look(analyst, 'vorfall-eskaliert');
  await follow(analyst, 'Was geschieht, wenn niemand antwortet?');
  await says(analyst, 'Gewählt für');
  await look(analyst, 'vorfall-plan');
  await follow(analyst, 'Zurück zum Vorgang');
});

step('the town hall reads the message, answers, and never sees the internal note', async () => {
  const page = await signIn('reporter');
  await page.goto(`/vorgaenge/${first}`);
  await says(page, 'das Passwort des Postfachs');
  assert.equal(await page.getByText('Absender im Protokoll').count(), 0);
  await page.getByLabel('Ihre Nachricht an das ThüringenCERT').fill('Ist geändert.');
  await press(page, 'Nachricht senden');
  await says(page, 'Ist geändert.');
  await look(page, 'vorgang');
  await page.context().close();
});

step('the Land acknowledges on the page of the case', async () => {
  const page = await signIn('org_lead', { which: 1 });
  await untilItSays(page, 'Bestätigen, dass Sie davon wissen');
  await look(page, 'start-land');
  await page.locator(`a[href="/vorgaenge/${first}"]`).click();
  await page.waitForURL(`/vorgaenge/${first}`);
  await look(page, 'vorgang-land');
  await press(page, 'Kenntnis bestätigen');
  await says(page, 'Die Kenntnisnahme ist festgehalten.');
  await page.context().close();
  await analyst.reload();
  await says(analyst, 'bestätigt von IT-Leitung Land');
});

step('the Land acknowledges another case by the link in its mail, once', async () => {
  await analyst.goto(`/vorgaenge/${second}`);
  await escalate(analyst);
  const page = await visitor();
  const text = await mailTo(page, LAND, second);
  await look(page, 'mail');
  await follow(page, 'Zu allen Mails');
  await look(page, 'mails');
  const link = linkIn(text, '/eskalation/');
  await page.goto(link);
  await page.goto(link);
  await look(page, 'eskalation-link');
  await press(page, 'Ich weiß Bescheid');
  await page.waitForURL('/eskalation/bestaetigt');
  await look(page, 'eskalation-bestaetigt');
  await page.goto(link);
  await says(page, 'Dieser Link gilt nicht');
  await look(page, 'eskalation-verbraucht');
  await page.context().close();
  await analyst.reload();
  await says(analyst, 'bestätigt von');
});

step('an analyst drafts an advisory, and a second person sends it back with a reason', async () => {
  await follow(analyst, 'Warnmeldungen');
  await look(analyst, 'warnmeldungen-team');
  await follow(analyst, 'Neue Warnmeldung');
  await look(analyst, 'warnmeldung-neu');
  const districts = analyst.getByRole('group', { name: 'Nach Kreis' });
  assert.equal(await districts.isVisible(), false, 'all are chosen: there is nothing to tick');
  await analyst.getByRole('radio', { name: 'Nach Kreis' }).check();
  await districts.getByRole('checkbox').first().check();
  assert.equal(await analyst.getByText('Oben ist etwas anderes gewählt.').filter({ visible: true }).count(), 0);
  await analyst.getByRole('radio', { name: 'Alle angebundenen Verwaltungen' }).check();
  await analyst.getByText('wählen Sie oben „Nach Kreis“.').waitFor();
  await press(analyst, 'Speichern');
  await refused(analyst, 'title');
  await analyst.getByRole('link', { name: /Gewählt sind alle Verwaltungen, angekreuzt sind aber einzelne\./ }).waitFor();
  await look(analyst, 'warnmeldung-widerspruch');
  await districts.getByRole('checkbox').first().uncheck();
  assert.equal(await districts.isVisible(), false);
  await analyst.getByLabel('Was ist heute zu tun?').fill('1. Version prüfen.\n2. Aktualisieren.');
  await press(analyst, 'Speichern und zur Prüfung geben');
  await refused(analyst, 'title');
  await look(analyst, 'warnmeldung-abgelehnt');
  await analyst.getByLabel('Titel').fill('Lücke in „AktenBote“ bis 4.2: heute aktualisieren');
  await analyst.getByLabel('Wen betrifft das?').fill('Alle, die **AktenBote** bis Version 4.2 benutzen.');
  await analyst.getByLabel('TLP-Einstufung').selectOption('TLP:GREEN');
  await analyst.getByRole('radio', { name: /orange/ }).check();
  await analyst.getByRole('group', { name: 'Schweregrad' }).getByLabel('hoch').check();
  await analyst.getByLabel('Alle angebundenen Verwaltungen').check();
  await analyst.locator('#vorschau').getByText('Alle, die').waitFor();
  await look(analyst, 'warnmeldung-entwurf');
  await press(analyst, 'Speichern und zur Prüfung geben');
  await says(analyst, 'Zur Prüfung gegeben.');
  advisory = new URL(analyst.url()).pathname.match(/TH-CERT-[\d-]+/)[0];
  await analyst.goto(`/warnmeldungen/${advisory}/freigabe`);
  await says(analyst, 'Sie können diese Fassung nicht freigeben');

  approver = await signIn('approver');
  await follow(approver, advisory);
  await look(approver, 'freigabe');
  await approver.getByLabel('Grund').fill('Bitte die betroffenen Versionen nennen.');
  await press(approver, 'Zur Überarbeitung zurückgeben');
  await says(approver, 'Zurückgegeben.');
  await analyst.goto(`/warnmeldungen/${advisory}/bearbeiten`);
  await says(analyst, 'Bitte die betroffenen Versionen nennen.');
  await analyst.getByLabel('Betroffene Produkte').fill('AktenBote 3.0 bis 4.2');
  await look(analyst, 'warnmeldung-zurueckgegeben');
  await press(analyst, 'Speichern und zur Prüfung geben');
  await says(analyst, 'Zur Prüfung gegeben.');
});

step('a second person approves, publishes, and every administration gets the mail', async () => {
  await approver.goto(`/warnmeldungen/${advisory}/freigabe`);
  await says(approver, 'AktenBote 3.0 bis 4.2');
  await press(approver, 'Für 206 Verwaltungen freigeben');
  await approver.getByRole('dialog').waitFor();
  await look(approver, 'freigabe-rueckfrage');
  await confirm(approver);
  await says(approver, 'Freigegeben. Inhalt und Empfänger stehen jetzt fest.');
  await press(approver, 'Jetzt an 206 Verwaltungen senden');
  await confirm(approver);
  await says(approver, 'Veröffentlicht.');
  await approver.goto(`/warnmeldungen/${advisory}/zustellung`);
  await says(approver, '206 Verwaltungen, 206 vom Mailserver angenommen');
  await look(approver, 'zustellung');
});

step('the recipient opens the advisory, and the delivery page shows it', async () => {
  const page = await signIn('reporter');
  await follow(page, /Warnmeldungen/);
  await page.waitForURL('/warnmeldungen');
  await look(page, 'warnmeldungen');
  await follow(page, /AktenBote/);
  await says(page, 'Was müssen wir heute tun?');
  await look(page, 'warnmeldung');
  await page.context().close();
  await approver.reload();
  await says(approver, /1\s*Angenommen und im Portal geöffnet/);
});

step('a new version shows what it changes, and two who write at once lose nothing', async () => {
  await analyst.goto(`/warnmeldungen/${advisory}/bearbeiten`);
  await look(analyst, 'warnmeldung-fest');
  await press(analyst, 'Fassung 2 beginnen');
  await says(analyst, 'Neue Fassung begonnen.');
  const other = await signIn('analyst', { which: 1 });
  await other.goto(analyst.url());
  await analyst.getByLabel('Was ist heute zu tun?').fill('1. Version prüfen.\n2. Auf 4.3 aktualisieren.');
  await press(analyst, 'Speichern');
  await says(analyst, 'Gespeichert.');
  await other.getByLabel('Einzelheiten').fill('Der Hersteller hat nachgebessert.');
  await press(other, 'Speichern');
  await says(other, 'Inzwischen hat jemand anderes gespeichert');
  assert.equal(await other.getByLabel('Einzelheiten').inputValue(), 'Der Hersteller hat nachgebessert.');
  await look(other, 'warnmeldung-inzwischen');
  await other.context().close();
  await press(analyst, 'Speichern und zur Prüfung geben');
  await says(analyst, 'Zur Prüfung gegeben.');
  await approver.goto(`/warnmeldungen/${advisory}/freigabe`);
  await says(approver, 'Auf 4.3 aktualisieren.');
  await look(approver, 'freigabe-unterschied');
  await approver.context().close();
});

step('the analyst closes the case, and the town hall sees that it is over', async () => {
  await analyst.goto(`/vorgaenge/${first}`);
  await analyst.getByText('Abschließen …').click();
  await analyst.getByLabel('Abschlussgrund').selectOption({ label: 'gelöst' });
  await press(analyst, 'Vorgang abschließen');
  await says(analyst, 'Der Vorgang ist abgeschlossen.');
  await look(analyst, 'vorfall-abgeschlossen');
  await analyst.context().close();
  const page = await signIn('reporter');
  await page.goto(`/vorgaenge/${first}`);
  await says(page, 'Der Vorgang ist abgeschlossen.');
  await look(page, 'vorgang-abgeschlossen');
  await page.context().close();
});
