// What helps next: a town hall makes papers of its case, by typing and clicking, with scripts and without.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { answerAll, follow, look, onward, press, refused, says, send, signIn } from './people.mjs';

/** Files a report in which data about people are affected; the case's page. */
async function file(page, title) {
  await answerAll(page, {
    observed: 'Ein Dienst oder ein Fachverfahren geht nicht mehr',
    title,
    description: 'Seit heute früh öffnet sich die Anwendung des Standesamts nicht mehr.',
  });
  await page.goto(page.url().replace(/pruefen$/, 'daten'));
  await page.getByRole('radio', { name: 'Ja', exact: true }).check();
  await onward(page);
  await page.goto(page.url().replace(/[a-z]+$/, 'pruefen'));
  return `/vorgaenge/${await send(page)}`;
}

async function taken(page, link) {
  const [file] = await Promise.all([page.waitForEvent('download'), follow(page, link)]);
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? '' : ', without scripts';
  test(`a town hall makes the situation for its mayor, a notice and a letter${how}`, async () => {
    const page = await signIn('reporter', { javaScriptEnabled });
    const seen = (name) => (javaScriptEnabled ? look(page, name) : undefined);
    const address = await file(page, 'Standesamt steht still');
    await page.goto(address);
    await says(page, 'Was Ihnen jetzt hilft');
    await seen('vorgang-papiere');
    await follow(page, 'Lage für die Leitung');
    await says(page, 'Das ist unser Vorschlag aus dem Vorgang.');
    assert.match(await page.getByLabel('Was ist passiert?').inputValue(), /Standesamt steht still/);
    await seen('papier-lage');
    const suggested = await taken(page, 'Als PDF laden');
    assert.match(suggested.name, /^lage-fuer-die-leitung-th-\d{4}-\d{5}\.pdf$/);
    assert.equal(suggested.bytes.subarray(0, 5).toString(), '%PDF-');

    await page.getByLabel('Was geht, was geht nicht?').fill('Ein Satz.\n'.repeat(80));
    await press(page, 'Speichern');
    await refused(page, 'happened');
    await says(page, 'Das wird länger als eine Seite.');
    assert.match(await page.getByLabel('Was geht, was geht nicht?').inputValue(), /^Ein Satz\./);
    await seen('papier-lage-abgelehnt');
    await page.getByLabel('Was geht, was geht nicht?').fill('Bürgerbüro offen, Standesamt zu.');
    await press(page, 'Speichern');
    await says(page, 'Gespeichert. Die Dateien enthalten jetzt diese Fassung.');
    await says(page, 'Fassung 1, gespeichert');
    await seen('papier-lage-gespeichert');
    assert.notDeepEqual((await taken(page, 'Als PDF laden')).bytes, suggested.bytes);

    await page.goto(address);
    await follow(page, 'Hinweis für die Webseite');
    await seen('papier-hinweis');
    await page.getByLabel('Text', { exact: true }).fill('Das Standesamt ist heute zu.');
    await press(page, 'Speichern');
    await says(page, 'Fassung 1, gespeichert');
    const notice = await taken(page, 'Als Text laden');
    assert.match(notice.bytes.toString(), /Störung unserer Technik\r\n\r\nDas Standesamt ist heute zu\.\r\n$/);

    await page.goto(address);
    await follow(page, 'Brief an Betroffene');
    await says(page, 'wissen nur Sie');
    await seen('papier-brief');
    assert.match((await taken(page, 'Als PDF laden')).name, /^wichtige-mitteilung-zu-ihren-daten-/);
    await page.context().close();
  });
}
