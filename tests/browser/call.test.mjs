// Somebody calls: an analyst listens and writes, by keyboard, and nothing that was said is lost.
import assert from 'node:assert/strict';

import { follow, look, press, refused, says, signIn, story } from './people.mjs';

const step = story();
let page;
let code;

step('the card of a town hall bears the code that its caller reads out', async () => {
  page = await signIn('analyst');
  await page.goto('/register?q=Waltershausen');
  await follow(page, 'Stadt Waltershausen');
  await follow(page, 'Karte ansehen');
  code = await page.getByText(/^[3-9FKLMRTVXY]{4}-[3-9FKLMRTVXY]{4}$/).innerText();
});

step('what is typed is kept from the first keystroke, and survives the window', async () => {
  await page.goto('/telefon');
  await look(page, 'telefon');
  await press(page, 'Anruf aufnehmen');
  await page.waitForURL(/\/telefon\/.+/);
  const call = page.url();
  await page.getByLabel('Name der Verwaltung oder Einrichtung').pressSequentially('Waltershausen');
  await page.getByText(/Gespeichert um/).waitFor();
  await page.goto('/telefon');
  await look(page, 'telefon-angefangen');
  await page.goto(call);
  assert.equal(await page.getByLabel('Name der Verwaltung oder Einrichtung').inputValue(), 'Waltershausen');
  await press(page, 'Meldung aufnehmen');
  await refused(page, 'title');
  await look(page, 'telefon-abgelehnt');
});

step('the register finds the house, the code holds, and the report stands', async () => {
  await page.getByLabel('Nach wem fragen wir?').fill('Amtsleitung');
  await page.getByLabel('Telefon', { exact: true }).fill('030 23125 114');
  await page.getByLabel('Telefon-Code von der Notfallkarte').fill(code.toLowerCase());
  await press(page, 'Stelle suchen und Code prüfen');
  await page.getByLabel('Stadt Waltershausen').check();
  await page.getByLabel('Telefon-Code von der Notfallkarte').fill(code);
  await press(page, 'Stelle suchen und Code prüfen');
  await says(page, 'Der Code stimmt.');
  await look(page, 'telefon-code');
  await page.getByLabel('Dateien lassen sich nicht öffnen').check();
  await page.getByLabel('In einem Satz: Was ist los?').fill('Alle Dateien heißen plötzlich anders');
  await page.getByLabel('Ja, mit unserem Namen').check();
  await press(page, 'Meldung aufnehmen');
  await says(page, 'Die Meldung ist aufgenommen');
  await look(page, 'telefon-aufgenommen');
  await page.context().close();
});
