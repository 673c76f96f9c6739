// A playbook on a case: its steps become tasks, the town hall is asked, answers on its own page, and the CERT sees it.
import assert from 'node:assert/strict';

import { accountOf, answerAll, follow, look, mailTo, press, refused, says, send, signIn, story } from './people.mjs';

const step = story();
let town;
let analyst;
let reference;

step('an analyst begins the playbook that fits, by one button', async () => {
  town = await signIn('reporter');
  await answerAll(town, { observed: 'Ein Konto oder Postfach wird von Fremden benutzt', title: 'Postfach verschickt fremde Mails', description: 'Seit heute früh.' });
  reference = await send(town);
  analyst = await signIn('analyst');
  await analyst.goto(`/vorgaenge/${reference}`);
  const signals = analyst.locator('#aufgaben');
  await signals.getByRole('button', { name: /^Ablauf beginnen: / }).click();
  await says(analyst, 'Der Ablauf hat begonnen.');
  assert.match(await analyst.locator('main').innerText(), /0 von \d+ Aufgaben abgeschlossen/);
  await look(analyst, 'aufgaben');
  await analyst.goto(`/vorgaenge/${reference}`);
  await says(analyst, 'Ablauf begonnen');
  await look(analyst, 'vorfall-aufgaben');
});

step('a task by hand without a title is refused, and with one it stands behind the others', async () => {
  await follow(analyst, 'Alle Aufgaben und Abläufe');
  await analyst.getByLabel('Was ist zu tun?').fill('Bitte ziehen Sie das Kabel.');
  await press(analyst, 'Aufgabe anlegen');
  await refused(analyst, 'title');
  assert.equal(await analyst.getByLabel('Was ist zu tun?').inputValue(), 'Bitte ziehen Sie das Kabel.');
  await analyst.getByLabel('Titel').fill('Netz trennen');
  const mine = await analyst.getByLabel('Wer?').locator('option').nth(1).getAttribute('value');
  await analyst.getByLabel('Wer?').selectOption(mine);
  await press(analyst, 'Aufgabe anlegen');
  await says(analyst, 'Die Aufgabe ist angelegt.');
  await follow(analyst, 'Netz trennen');
  await look(analyst, 'aufgabe');
  await press(analyst, 'Nicht nötig');
  await refused(analyst, 'result');
  await analyst.goto('/aufgaben');
  await look(analyst, 'meine-aufgaben');
});

step('the town hall is told by mail, reads what it is asked, and answers', async () => {
  const { mail } = await accountOf('reporter');
  const told = await mailTo(await signIn('administrator'), mail, reference);
  assert.match(told, /wir bitten Sie, zu Ihrem Vorgang etwas zu tun/);
  await town.goto(`/vorgaenge/${reference}`);
  await says(town, 'Das bitten wir Sie zu tun');
  await look(town, 'vorgang-gebeten');
  await town.locator('#bitte a').first().click();
  await says(town, 'Warum?');
  await look(town, 'gebeten');
  await town.getByLabel('Ich habe eine Frage.').check();
  await press(town, 'Antwort senden');
  await refused(town, 'text');
  await town.getByLabel('Was möchten Sie uns sagen?').fill('Welches Konto meinen Sie?');
  await press(town, 'Antwort senden');
  await says(town, 'Ihre Antwort ist da.');
  await analyst.goto(`/vorgaenge/${reference}`);
  await says(analyst, 'Stelle hat eine Frage');
  await says(analyst, 'Welches Konto meinen Sie?');
});

step('a text block fills the composer without a script, behind what was typed', async () => {
  const plain = await signIn('analyst', { javaScriptEnabled: false });
  await plain.goto(`/vorgaenge/${reference}`);
  await plain.locator('input[name="an"][value="organisation"]').check();
  await plain.locator('textarea[name="text"]').fill('Danke für Ihren Anruf.');
  await plain.getByLabel('Frage aus Baustein').selectOption('umfang');
  await press(plain, 'Baustein einfügen');
  const filled = await plain.locator('textarea[name="text"]').inputValue();
  assert.match(filled, /^Danke für Ihren Anruf\.\n\nGuten Tag,/);
  assert.match(filled, new RegExp(reference));
  await look(plain, 'vorfall-baustein');
  await plain.locator('button[name="senden"][value="organisation"]').click();
  await says(plain, 'Gespeichert. Wer es lesen darf, sieht es jetzt im Vorgang.');
});
