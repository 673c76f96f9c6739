// Whom a case must be reported to: a town hall sees its duties, fills a draft, takes it away and notes what it sent.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { answerAll, follow, look, onward, press, refused, says, send, signIn, story } from './people.mjs';

const step = story();
let town;
let analyst;
let address;

async function taken(page, link) {
  const [file] = await Promise.all([page.waitForEvent('download'), follow(page, link)]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

/** Local time, this long ago, as a field of date and time takes it. */
function ago(minutes) {
  const at = new Date(Date.now() - minutes * 60_000);
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'short' })
    .format(at)
    .replace(' ', 'T');
}

step('a town hall whose report is about personal data sees until when it must tell the data protection authority', async () => {
  town = await signIn('reporter');
  await answerAll(town, {
    observed: 'Ein Konto oder Postfach wird von Fremden benutzt',
    title: 'Fremde lesen im Postfach des Sozialamts',
    description: 'Anmeldungen von 203.0.113.77 seit gestern Abend.',
  });
  await town.goto(town.url().replace(/pruefen$/, 'daten'));
  await town.getByRole('radio', { name: 'Ja', exact: true }).check();
  await onward(town);
  await town.goto(town.url().replace(/[a-z]+$/, 'pruefen'));
  address = `/vorgaenge/${await send(town)}`;
  await town.goto(address);
  await says(town, 'Meldepflichten');
  await look(town, 'vorgang-pflichten');
  await follow(town, 'Meldepflichten ansehen');
  await says(town, 'Thüringer Landesbeauftragter für den Datenschutz');
  await look(town, 'pflichten');
});

step('its draft says what the case says, and keeps what is typed', async () => {
  await town.locator('main ol a').first().click();
  assert.match(await town.getByLabel('Was ist passiert?').inputValue(), /Postfach des Sozialamts/);
  await look(town, 'pflicht-entwurf');
  const first = await taken(town, 'Als PDF laden');
  assert.equal(first.bytes.subarray(0, 5).toString(), '%PDF-');
  await town.getByLabel('Wessen Daten, welche Daten, wie viele?').fill('x'.repeat(4001));
  await press(town, 'Entwurf speichern');
  await refused(town, 'persons');
  await town.getByLabel('Wessen Daten, welche Daten, wie viele?').fill('Etwa 40 Menschen: Namen und Bescheide.');
  await press(town, 'Entwurf speichern');
  await says(town, 'Der Entwurf ist gespeichert.');
  await look(town, 'pflicht-gespeichert');
  const { contents, missing } = JSON.parse((await taken(town, 'Als JSON laden')).bytes);
  assert.match(contents.persons, /^Etwa 40 Menschen/);
  assert.ok(missing.includes('data_officer') && !missing.includes('persons'));
});

step('what was sent is noted with its receipt, and a time ahead is refused without losing the draft', async () => {
  await town.locator('input[name="at"]').fill(ago(-120));
  await town.getByLabel('Nummer der Eingangsbestätigung').fill('DS-2026-0815');
  await press(town, 'Als gesendet vermerken');
  await refused(town, 'at');
  assert.match(await town.getByLabel('Wessen Daten, welche Daten, wie viele?').inputValue(), /^Etwa 40 Menschen/);
  assert.equal(await town.getByLabel('Nummer der Eingangsbestätigung').inputValue(), 'DS-2026-0815');
  await look(town, 'pflicht-abgelehnt');
  await town.locator('input[name="at"]').fill(ago(0));
  await press(town, 'Als gesendet vermerken');
  await says(town, 'Das ist vermerkt.');
  await says(town, 'DS-2026-0815');
  await town.goto(`${address}/pflichten`);
  await says(town, 'gesendet');
});

step('the team sees it too, and says for an organisation which rules hold', async () => {
  analyst = await signIn('cert_lead');
  await analyst.goto(`${address}/pflichten`);
  await says(analyst, 'VerwaltungsCERT-Verbund');
  await look(analyst, 'pflichten-team');
  await analyst.getByRole('link', { name: 'Sofortmeldung', exact: true }).click();
  await says(analyst, 'Kategorie im VerwaltungsCERT-Verbund');
  await look(analyst, 'pflicht-entwurf-team');

  const boss = await signIn('org_lead');
  await boss.goto('/register/meine');
  await follow(boss, 'Welche Regeln gelten');
  await boss.getByLabel('Trinkwasser').check();
  await press(boss, 'Speichern');
  await says(boss, 'Die Regeln sind gespeichert.');
  await look(boss, 'pflichten-regeln');
  await follow(boss, 'Meldung an das BSI nach § 32 BSIG');
  await look(boss, 'pflichten-regel-frei');
  await boss.getByLabel('Gilt nicht für diese Stelle').check();
  await press(boss, 'Speichern');
  await refused(boss, 'warum');
  await look(boss, 'pflichten-regel');
  await boss.getByLabel('Begründung').fill('Das Wasserwerk gehört dem Zweckverband.');
  await press(boss, 'Speichern');
  await says(boss, 'Die Regeln sind gespeichert.');
  await says(boss, 'von Hand');
});

step('the month is counted by the eight categories', async () => {
  await analyst.goto('/statistik');
  await says(analyst, '1 Externer Angriff');
  await look(analyst, 'statistik');
  const { name, bytes } = await taken(analyst, 'Als Tabelle laden (CSV)');
  assert.match(name, /^vcv-\d{4}-\d{2}\.csv$/);
  assert.equal(bytes.toString().trim().split('\n').length, 10);
  await follow(analyst, 'Monat davor');
  await says(analyst, 'Monat danach');
});
