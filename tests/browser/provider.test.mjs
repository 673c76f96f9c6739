// A provider falls: seventy customers are asked with one click, each says whether it is affected, and everybody sees what is
// theirs to see.
import assert from 'node:assert/strict';

import { accountOf, answerAll, customers, follow, linkIn, look, mailTo, press, refused, says, send, signIn, story, untilItSays, visitor } from './people.mjs';

const step = story();
const HOUSE = 'Stadt Waltershausen';
const CUSTOMERS = 70;
let provider;
let analyst;
let town;
let reference;
let page;

step('the provider reports that it fell', async () => {
  provider = await signIn('org_lead', { which: 2 });
  await answerAll(provider, {
    observed: 'Dateien lassen sich nicht öffnen, oder es steht ein Erpressertext auf dem Bildschirm',
    title: 'Verschlüsselung im Rechenzentrum',
    description: 'Interne Notiz: Der Zugang kam über die Fernwartung von 203.0.113.80.',
  });
  reference = await send(provider);
  page = `/vorgaenge/${reference}/betroffenheit`;
  await provider.goto(page);
  await says(provider, 'Nicht gefunden');
});

step('the team sees whom a question would reach, and asks all with one click', async () => {
  analyst = await signIn('analyst');
  await analyst.goto(`/vorgaenge/${reference}`);
  await follow(analyst, 'Wer ist betroffen? Alle auf einmal fragen');
  await look(analyst, 'betroffenheit-fragen');
  await analyst.getByLabel('Weitere Stellen').fill('Stadt Nirgendwo');
  await press(analyst, 'Ansehen, wer gefragt wird');
  await refused(analyst, 'others');
  await look(analyst, 'betroffenheit-abgelehnt');
  await analyst.getByLabel('Weitere Stellen').fill((await customers(CUSTOMERS, HOUSE)).join('\n'));
  await analyst.getByLabel('Überschrift').fill('Ausfall im Rechenzentrum der KIV');
  await press(analyst, 'Ansehen, wer gefragt wird');
  await says(analyst, `${CUSTOMERS} Stellen werden gefragt`);
  await says(analyst, HOUSE);
  await look(analyst, 'betroffenheit-vorschau');
  await press(analyst, 'Doch noch ändern');
  assert.equal(await analyst.getByLabel('Überschrift').inputValue(), 'Ausfall im Rechenzentrum der KIV');
  await press(analyst, 'Ansehen, wer gefragt wird');
  await press(analyst, `${CUSTOMERS} Stellen jetzt fragen`);
  await says(analyst, 'Die Stellen sind gefragt.');
  await says(analyst, `${CUSTOMERS} gefragt: 0 betroffen`);
  await look(analyst, 'betroffenheit');
});

step('a town hall answers by the link of its mail, without signing in', async () => {
  const guest = await visitor();
  const { mail } = await accountOf('reporter');
  const text = await mailTo(guest, mail, new RegExp(reference));
  assert.match(text, /72 Stunden/);
  assert.ok(!text.includes('Rechenzentrum der KIV'), 'what is TLP:AMBER does not travel in clear');
  const link = linkIn(text, '/betroffenheit/');
  await guest.goto(link);
  await says(guest, 'Ausfall im Rechenzentrum der KIV');
  await look(guest, 'betroffenheit-link');
  await press(guest, 'Antwort senden');
  await refused(guest, 'antwort');
  await look(guest, 'betroffenheit-link-abgelehnt');
  await guest.getByLabel('noch unklar').check();
  await guest.getByLabel('Anmerkung').fill('Das Einwohnermeldewesen steht still.');
  await press(guest, 'Antwort senden');
  await says(guest, 'Danke für Ihre Antwort');
  await look(guest, 'betroffenheit-danke');
  await guest.goto(link);
  await says(guest, 'Dieser Link gilt nicht mehr');
  await guest.context().close();
});

step('the same town hall sees the question after signing in, and nothing else of the case', async () => {
  town = await signIn('reporter');
  await town.goto('/');
  await says(town, 'Sind Sie betroffen? Ausfall im Rechenzentrum der KIV');
  await town.goto(`/vorgaenge/${reference}`);
  assert.equal(new URL(town.url()).pathname, page);
  await says(town, 'Ihre Antwort: noch unklar');
  assert.ok(!(await town.content()).includes('Interne Notiz'));
  await look(town, 'betroffenheit-stelle');
  await press(town, 'Wir sind betroffen');
  await says(town, 'Ihre Antwort: betroffen');
  await town.getByLabel('Nachricht').fill('Wir brauchen Hilfe bei der Wiederherstellung.');
  await press(town, 'An das CERT senden');
  await says(town, 'Wir brauchen Hilfe bei der Wiederherstellung.');
  await look(town, 'betroffenheit-stelle-nachricht');
  await follow(town, 'Meldepflichten ansehen');
  await says(town, 'Meldepflichten');
  await look(town, 'betroffenheit-pflichten');
  await town.goto('/vorgaenge?abgeschlossen=ja');
  await says(town, 'Fragen an Sie');
  await look(town, 'vorgaenge-fragen');
});

step('the provider sees numbers, and names where it holds a mandate', async () => {
  await provider.goto(`/vorgaenge/${reference}`);
  await says(provider, `${CUSTOMERS} gefragt: 1 betroffen`);
  await look(provider, 'vorgang-kunden');
  await follow(provider, 'Zur Übersicht');
  assert.ok(!(await provider.content()).includes(HOUSE), 'no name without a mandate');
  await look(provider, 'betroffenheit-dienstleister');

  const lead = await signIn('org_lead');
  await lead.goto('/register/meine');
  await follow(lead, 'Mandate ansehen');
  await follow(lead, 'Mandat erteilen');
  await lead.getByLabel('Welche Stelle suchen Sie?').fill('KIV');
  await press(lead, 'Suchen');
  await lead.getByLabel(/^KIV Thüringen/).check();
  await lead.locator('input[name="scope"]').last().check();
  await press(lead, 'Dieses Mandat erteilen');
  await says(lead, 'Das Mandat ist erteilt.');
  await lead.context().close();

  await provider.reload();
  await says(provider, HOUSE);
  await provider.locator('input[name="stelle"]').first().check();
  await provider.getByLabel('nicht betroffen', { exact: true }).check();
  await look(provider, 'betroffenheit-fuer');
  await press(provider, 'Antwort senden');
  await says(provider, 'Die Antwort ist gespeichert.');
  await says(provider, `${CUSTOMERS} gefragt: 0 betroffen, 1 nicht betroffen`);
});

step('the team writes down what was said on the telephone, and writes to all', async () => {
  await analyst.goto(page);
  await says(analyst, 'durch den Dienstleister');
  await analyst.locator('tbody a').nth(1).click();
  await look(analyst, 'betroffenheit-anruf');
  await press(analyst, 'Antwort festhalten');
  await refused(analyst, 'said_by');
  await look(analyst, 'betroffenheit-anruf-abgelehnt');
  await analyst.getByLabel('betroffen', { exact: true }).check();
  await analyst.getByLabel('Wer hat das gesagt?').fill('Hauptamtsleitung');
  await press(analyst, 'Antwort festhalten');
  await says(analyst, 'Die Antwort ist festgehalten.');
  await analyst.goto(page);
  await analyst.getByLabel('Nachricht').fill('Bis 18 Uhr gibt es einen neuen Stand.');
  await press(analyst, `An alle ${CUSTOMERS} Stellen senden`);
  await says(analyst, 'Die Rundmeldung ist unterwegs.');
  await untilItSays(analyst, /vom Mailserver angenommen/);
  await look(analyst, 'betroffenheit-rundmeldung');
  await town.goto(page);
  await says(town, 'Bis 18 Uhr gibt es einen neuen Stand.');
  await analyst.goto(`/vorgaenge/${reference}`);
  await says(analyst, `${HOUSE}: noch unklar: Das Einwohnermeldewesen steht still.`);
  await look(analyst, 'vorfall-betroffenheit');
});
