// What the CERT writes with third parties: a letter that is refused, sent, closed and taken up again; the town hall
// sees nothing of it.
import assert from 'node:assert/strict';

import { answerAll, follow, look, mailTo, press, refused, says, send, signIn, story } from './people.mjs';

const step = story();
let town;
let analyst;
let reference;

step('an analyst reads that no third party was written to yet', async () => {
  town = await signIn('reporter');
  await answerAll(town, { observed: 'Ein Konto oder Postfach wird von Fremden benutzt', title: 'Anmeldeseite nachgebaut', description: 'Seit heute früh.' });
  reference = await send(town);
  analyst = await signIn('analyst');
  await analyst.goto(`/vorgaenge/${reference}`);
  await follow(analyst, 'Schriftwechsel öffnen');
  await says(analyst, 'Noch kein Schriftwechsel.');
  await look(analyst, 'schriftwechsel-leer');
});

step('a text below the label of the case is refused until somebody confirms it, and nothing typed is lost', async () => {
  await analyst.getByLabel('Art', { exact: true }).selectOption('hoster');
  await analyst.getByLabel('An wen?').fill('Beispiel Hosting');
  await analyst.getByLabel('E-Mail-Adresse').fill('abuse@dritte.example');
  await analyst.getByLabel('Betreff').fill('Falsche Anmeldeseite');
  await analyst.getByLabel('Text', { exact: true }).fill('Auf Ihrem Server liegt eine falsche Anmeldeseite.');
  await analyst.getByLabel(/^TLP:GREEN/).check();
  await press(analyst, 'Brief senden');
  await refused(analyst, 'confirm');
  await look(analyst, 'schriftwechsel-abgelehnt');
  assert.equal(await analyst.getByLabel('Betreff').inputValue(), 'Falsche Anmeldeseite');
  await analyst.getByLabel(/^Der Text ist eigens dafür geschrieben/).check();
  await press(analyst, 'Brief senden');
  await says(analyst, 'Der Brief geht jetzt hinaus.');
  await look(analyst, 'schriftwechsel');
});

step('the third party gets the text with our number, and nothing of the case', async () => {
  const told = await mailTo(await signIn('administrator'), 'abuse@dritte.example', reference);
  assert.match(told, /Auf Ihrem Server liegt eine falsche Anmeldeseite\./);
  assert.doesNotMatch(told, /nachgebaut/);
});

step('the analyst notes their number, closes the thread, and takes it up again', async () => {
  await follow(analyst, 'Beispiel Hosting');
  await look(analyst, 'schriftwechsel-einer');
  await analyst.getByLabel('Ihr Zeichen').fill('Ticket#884213');
  await press(analyst, 'Zeichen speichern');
  await says(analyst, 'Das Zeichen ist gespeichert.');
  await press(analyst, 'Schriftwechsel schließen');
  await says(analyst, 'Der Schriftwechsel ist geschlossen.');
  await press(analyst, 'Wieder öffnen');
  await says(analyst, 'Der Schriftwechsel ist wieder offen.');
  await analyst.goto(`/vorgaenge/${reference}`);
  await says(analyst, 'Ein offener');
});

step('the town hall sees nothing of it', async () => {
  await town.goto(`/vorgaenge/${reference}`);
  assert.doesNotMatch(await town.locator('main').innerText(), /Hosting|Schriftwechsel/);
  const answer = await town.goto(`/vorgaenge/${reference}/schriftwechsel`);
  assert.equal(answer.status(), 403);
});
