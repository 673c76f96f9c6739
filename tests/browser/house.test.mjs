// What keeps the house in order: register, accounts, invitations, passwords, tokens, sessions, the audit trail; and the
// pages that say no.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  accountOf, confirm, enter, follow, linkIn, look, mailTo, onward, press, refused, says, signIn, story,
  visitor,
} from './people.mjs';

const step = story();
const PASSWORD = 'Ein Satz, den nur ich kenne.';
let administrator;

test('an administrator looks after the register', async () => {
  const page = await signIn('administrator');
  await follow(page, 'Register');
  await look(page, 'register');
  await page.getByLabel('Name, AGS oder ARS').fill('Waltershausen');
  await press(page, 'Filtern');
  await follow(page, 'Stadt Waltershausen');
  await page.waitForURL(/\/register\/[0-9a-f-]{36}$/);
  await look(page, 'register-stelle');
  const organisation = page.url();

  await page.getByRole('link', { name: /^bearbeiten/ }).first().click();
  await page.getByLabel('Telefon').fill('030 23125 300');
  await look(page, 'register-kontakt');
  await press(page, 'Speichern');
  await says(page, 'Der Kontakt ist geändert.');
  await follow(page, 'Neuer Kontakt');
  await page.getByLabel('Name', { exact: true }).fill('Vertretung im Hauptamt');
  await press(page, 'Speichern');
  await refused(page, 'role');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Vertretung im Hauptamt');
  await look(page, 'register-kontakt-abgelehnt');

  await page.goto(organisation);
  await follow(page, 'Dienstleister eintragen');
  await look(page, 'register-dienstleister');
  for (const [link, choice, label, text, shot] of [
    ['Netz oder Mail-Domain eintragen', 'Netz (CIDR) oder autonomes System (ASN)', 'Wert', '192.0.2.0/24', 'register-netz'],
    ['Anruf notieren', 'Rückruf vereinbart', 'Notiz', 'Ruft am Nachmittag zurück.', 'register-anruf'],
  ]) {
    await page.goto(organisation);
    await follow(page, link);
    await page.getByLabel(choice).check();
    await page.getByLabel(label).fill(text);
    await look(page, shot);
    await press(page, 'Speichern');
    await says(page, text);
  }
  await look(page, 'register-stelle-gepflegt');
  await follow(page, 'Karte ansehen');
  await page.getByRole('heading', { name: 'Notfallkarte IT-Angriff' }).waitFor();
  await look(page, 'register-notfallkarte');

  await page.goto('/register/neu');
  await look(page, 'register-neu');
  await page.getByLabel('Name', { exact: true }).fill('Rechenzentrum Beispiel');
  await press(page, 'Speichern');
  await refused(page, 'kind');
  await look(page, 'register-neu-abgelehnt');
  await page.getByLabel('Art', { exact: true }).selectOption({ label: 'Verband' });
  await page.getByLabel('Ebene').selectOption({ label: 'Gemeinde' });
  await page.getByLabel('Hat eine eigene Verwaltung').check();
  await page.getByLabel('Erster Tag', { exact: true }).fill('01.01.2026');
  await press(page, 'Speichern');
  await says(page, 'Die Stelle ist eingetragen.');
  await follow(page, 'Stelle bearbeiten');
  await look(page, 'register-bearbeiten');
  await page.goto('/register/anbindung');
  await says(page, 'Rechenzentrum Beispiel');
  await look(page, 'register-anbindung');
  await page.context().close();
});

test('a town hall comes to its card from the first page and takes it with it as a file', async () => {
  const page = await signIn('reporter', { acceptDownloads: true });
  await follow(page, 'Notfallkarte Stadt Waltershausen');
  await page.getByRole('heading', { name: 'Notfallkarte IT-Angriff' }).waitFor();
  await look(page, 'notfallkarte');
  const [file] = await Promise.all([page.waitForEvent('download'), follow(page, 'Karte drucken')]);
  assert.match(file.suggestedFilename(), /^notfallkarte-stadt-waltershausen-\d{4}\.pdf$/);
  await page.context().close();
});

test('an analyst checks the code that a caller reads from the card, which is one page on paper', async () => {
  const page = await signIn('analyst');
  await page.goto('/register?q=Waltershausen');
  await follow(page, 'Stadt Waltershausen');
  const organisation = page.url();
  await follow(page, 'Karte ansehen');
  const code = await page.getByText(/^[3-9FKLMRTVXY]{4}-[3-9FKLMRTVXY]{4}$/).innerText();
  const paper = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  assert.equal(paper.match(/\/Type \/Page\b/g).length, 1);
  assert.match(paper, /\/MediaBox \[0 0 4(19|20)[.\d]* 59[45]/, 'A5');

  await page.goto(organisation);
  await page.getByLabel('Code', { exact: true }).fill('7777 7777');
  await press(page, 'Prüfen');
  await refused(page, 'code');
  await look(page, 'register-telefon-code-falsch');
  await page.goto(`${organisation}/telefon-code`);
  await look(page, 'register-telefon-code');
  await page.getByLabel('Code', { exact: true }).fill(code.toLowerCase().replace('-', ' '));
  await press(page, 'Prüfen');
  await says(page, 'Der Code stimmt.');
  await page.context().close();
});

test('an administrator reads a file in: a fault changes nothing, and the same file twice neither', async () => {
  const page = await signIn('administrator');
  await page.goto('/register/import');
  await look(page, 'register-import');
  const send = async (text) => {
    await page.getByLabel('Datei', { exact: true }).setInputFiles({ name: 'stellen.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await press(page, 'Einlesen');
  };
  const head = '# source: probe\nprovider,provider_name,organisation,service,valid_from,valid_until\n';
  await send(`${head}rz-probe,Rechenzentrum Probe,000000000000,Mail,2026-01-01,\n`);
  await says(page, 'Fehler in der Datei');
  await look(page, 'register-import-fehler');
  const { readFile } = await import('node:fs/promises');
  await send(await readFile(new URL('../../config/directory/beispiel-dienstleister.csv', import.meta.url), 'utf8'));
  await says(page, 'Die Datei ist eingelesen');
  await look(page, 'register-import-fertig');
  await page.context().close();
});

step('an administrator invites a town hall, and a privileged role waits for a second administrator', async () => {
  administrator = await signIn('administrator');
  await follow(administrator, 'Konten');
  await look(administrator, 'konten');
  await follow(administrator, 'Person einladen');
  await press(administrator, 'Einladung schicken');
  await refused(administrator, 'mail');
  await look(administrator, 'konten-neu-abgelehnt');
  await administrator.getByLabel('E-Mail-Adresse').fill('neu@gotha.example');
  await administrator.getByLabel('Name', { exact: true }).fill('Neue Person');
  await administrator.getByLabel('Meldende Person').check();
  await administrator.getByLabel('Stelle', { exact: true }).selectOption({ label: 'Stadt Gotha (GTH)' });
  await press(administrator, 'Einladung schicken');
  await says(administrator, 'Die Einladung ist unterwegs.');
  await administrator.goto('/konten/neu');
  await administrator.getByLabel('E-Mail-Adresse').fill('analyse3@thueringencert.example');
  await administrator.getByLabel('Name', { exact: true }).fill('Analyse 3');
  await administrator.getByLabel('Analyse').check();
  await press(administrator, 'Einladung schicken');
  await says(administrator, 'Die Einladung ist unterwegs.');

  const page = await visitor();
  const mail = await mailTo(page, 'analyse3@thueringencert.example', 'Ihr Zugang zur Meldekette');
  await page.goto(linkIn(mail, '/einladung/'));
  await page.getByLabel('Neues Passwort').fill(PASSWORD);
  await press(page, 'Einladung annehmen');
  await says(page, 'Sie haben die Einladung angenommen.');
  await page.context().close();
  const second = await signIn('administrator', { which: 1 });
  await says(second, 'Eine Rolle wartet auf Bestätigung');
  await look(second, 'konten-wartet');
  await press(second, 'Bestätigen: Analyse 3, Analyse');
  await says(second, 'Die Rolle gilt jetzt.');
  await second.context().close();
});

step('the invited person opens the link of the mail, chooses a password and is in; the link works once', async () => {
  const page = await visitor();
  const link = linkIn(await mailTo(page, 'neu@gotha.example', 'Ihr Zugang zur Meldekette'), '/einladung/');
  await page.goto(link);
  await look(page, 'einladung');
  await page.getByLabel('Neues Passwort').fill('kurz');
  await press(page, 'Einladung annehmen');
  await refused(page, 'password');
  await page.getByLabel('Neues Passwort').fill(PASSWORD);
  await press(page, 'Einladung annehmen');
  await says(page, 'Sie haben die Einladung angenommen.');
  await page.goto(link);
  await says(page, 'Dieser Link gilt nicht');
  await look(page, 'einladung-verbraucht');
  await page.context().close();
});

step('a forgotten password: the mail leads to a new one', async () => {
  const page = await visitor();
  await page.goto('/anmelden');
  await follow(page, 'Passwort vergessen');
  await look(page, 'passwort-vergessen');
  await page.getByLabel('E-Mail-Adresse').fill('neu@gotha.example');
  await press(page, 'Link schicken');
  await says(page, 'Wenn es zu dieser E-Mail-Adresse ein Konto gibt');
  const link = linkIn(await mailTo(page, 'neu@gotha.example', 'Neues Passwort für die Meldekette'), '/passwort/');
  await page.goto(link);
  await look(page, 'passwort-neu');
  await page.getByLabel('Neues Passwort').fill(`${PASSWORD} Wirklich.`);
  await press(page, 'Passwort speichern');
  await says(page, 'Ihr neues Passwort gilt.');
  await enter(page, { mail: 'neu@gotha.example', password: `${PASSWORD} Wirklich.` });
  await page.getByRole('heading', { name: 'Guten Tag, Neue Person' }).waitFor();
  await page.context().close();
});

step('an administrator locks an account, and its sessions are over', async () => {
  const page = await visitor();
  await page.goto('/anmelden');
  await enter(page, { mail: 'neu@gotha.example', password: `${PASSWORD} Wirklich.` });
  await page.getByRole('heading', { name: 'Guten Tag' }).waitFor();
  await administrator.goto('/konten');
  await administrator.getByLabel('Suche nach Name, Adresse oder Stelle').fill('Gotha');
  await press(administrator, 'Suchen');
  await follow(administrator, 'neu@gotha.example');
  await look(administrator, 'konto-person');
  await press(administrator, 'Konto sperren');
  await confirm(administrator);
  await says(administrator, 'Das Konto ist gesperrt.');
  await look(administrator, 'konto-gesperrt');
  await page.reload();
  await page.waitForURL(/\/anmelden/);
  await page.context().close();
  await press(administrator, 'Konto entsperren');
  await says(administrator, 'Das Konto ist entsperrt.');
  await administrator.context().close();
});

test('the leadership of a town hall sees its own people and its own organisation', async () => {
  const page = await signIn('org_lead');
  await follow(page, 'Konten');
  await page.waitForURL('/konten');
  await look(page, 'konten-stelle');
  await follow(page, 'it-sicherheit@');
  await look(page, 'konto-person-stelle');
  await page.goto('/konten');
  await follow(page, 'Person einladen');
  await look(page, 'konten-neu-stelle');
  await page.goto('/');
  await follow(page, 'Meine Stelle');
  await page.getByRole('heading', { name: 'Stadt Waltershausen' }).waitFor();
  await look(page, 'meine-stelle');
  await follow(page, 'Neuer Kontakt');
  await look(page, 'meine-stelle-kontakt');
  await page.context().close();
});

test('people keep their own account: token, sessions, password', async () => {
  const page = await signIn('cert_lead');
  const elsewhere = await signIn('cert_lead');
  await elsewhere.goto('/konto');
  await page.goto('/konto');
  await press(page, 'Token anlegen');
  await refused(page, 'name');
  await page.getByLabel('Wofür ist das Token?').fill('Anbindung Ticketsystem');
  await page.getByLabel('Vorgänge lesen').check();
  await page.getByLabel('Wie viele Tage gilt es?').fill('30');
  await press(page, 'Token anlegen');
  assert.match(await page.locator('#token').innerText(), /^mk_/);
  await look(page, 'konto');
  await press(page, 'Token widerrufen: Anbindung Ticketsystem');
  await confirm(page);
  await says(page, 'Das Token gilt nicht mehr.');
  await press(page, 'Alle anderen abmelden');
  await says(page, 'Abgemeldet.');
  await elsewhere.reload();
  await elsewhere.waitForURL(/\/anmelden/);
  await elsewhere.context().close();
  const account = await accountOf('cert_lead');
  await page.getByLabel('Jetziges Passwort').fill('nicht meines');
  await page.getByLabel('Neues Passwort').fill(PASSWORD);
  await press(page, 'Passwort ändern');
  await refused(page, 'present_password');
  await page.getByLabel('Jetziges Passwort').fill(account.password);
  await page.getByLabel('Neues Passwort').fill(PASSWORD);
  await press(page, 'Passwort ändern');
  await says(page, 'Ihr neues Passwort gilt.');
  // Walks that come later sign in with it.
  account.password = PASSWORD;
  await page.context().close();
});

test('the auditor reads the trail and takes a signed copy', async () => {
  const page = await signIn('auditor');
  await page.waitForURL('/protokoll');
  await page.getByLabel('Kennung der Handlung, zum Beispiel incident').fill('incident');
  await press(page, 'Filtern');
  await says(page, 'Vorfall gemeldet');
  await look(page, 'protokoll');
  const [file] = await Promise.all([page.waitForEvent('download'), follow(page, 'Signierte Datei laden')]);
  assert.equal(await file.failure(), null);
  await page.context().close();
});

test('pages that say no say what to do next', async () => {
  const page = await signIn('reporter');
  await follow(page, 'Mein Konto');
  await page.waitForURL('/konto');
  await look(page, 'konto-stelle');
  await page.goto('/gibt-es-nicht');
  await says(page, 'Nicht gefunden');
  await look(page, 'fehler-nicht-gefunden');
  await page.goto('/abmelden');
  await says(page, 'So geht das nicht');
  const approver = await signIn('approver');
  await approver.goto('/register/neu');
  await says(approver, 'Nicht erlaubt');
  await look(approver, 'fehler-nicht-erlaubt');
  await approver.context().close();

  await page.goto('/melden');
  await press(page, 'Vorfall melden');
  await page.waitForURL(/\/lage$/);
  await onward(page);
  await page.getByLabel('Etwas anderes').check();
  await page.getByLabel('Möchten Sie mehr dazu schreiben?').fill('Während des Schreibens lief die Sitzung ab.');
  await page.context().clearCookies();
  await press(page, 'Weiter');
  await page.getByText('Während des Schreibens lief die Sitzung ab.').waitFor();
  assert.equal(await page.getByText('other', { exact: true }).count(), 0, 'codes of the form are nothing to read');
  await look(page, 'fehler-formular');
  await page.context().close();
});

test('signing out ends the session', async () => {
  const page = await signIn('reporter');
  await press(page, 'Abmelden');
  await says(page, 'Sie sind abgemeldet.');
  await look(page, 'abgemeldet');
  await page.goto('/vorgaenge');
  await page.waitForURL(/\/anmelden/);
  await page.context().close();
});
