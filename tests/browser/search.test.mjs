// One box for all words of all cases, at the CERT and in a town hall.
import assert from 'node:assert/strict';

import { look, press, signIn, story } from './people.mjs';

const step = story();
const REFERENCE = /^TH-\d{4}-\d{5}/;

/** Searches until the case that was just filed is in the index. */
async function search(page, typed) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    await page.goto(`/suche?q=${encodeURIComponent(typed)}`);
    if (await page.locator('main mark').count()) return;
    await page.waitForTimeout(500);
  }
  assert.fail(`nothing is found for ${typed}`);
}

step('an analyst presses a key, types a word and reads where it stands', async () => {
  const page = await signIn('analyst');
  await page.goto('/eingang');
  await page.keyboard.press('/');
  await page.keyboard.type('Verschlüsselung OR egal');
  assert.equal(await page.locator('#suche').inputValue(), 'Verschlüsselung OR egal');
  await search(page, 'Datei*');
  await page.getByRole('status').filter({ hasText: /gefunden/ }).waitFor();
  assert.match(await page.locator('main li .mk-muted').first().innerText(), REFERENCE);
  await look(page, 'suche-treffer');
  await page.keyboard.press('/');
  await page.locator('#q').fill('status:zu');
  await page.keyboard.press('Enter');
  await page.locator('#q-fehler').waitFor();
  assert.equal(await page.locator('#q').inputValue(), 'status:zu');
  assert.match(await page.locator('#q-fehler').innerText(), /offen, gemeldet/);
  await look(page, 'suche-fehler');
  await page.goto('/suche');
  await look(page, 'suche-leer');
  await page.locator('dl a').first().click();
  await page.waitForURL(/\/suche\?q=/);
});

step('a town hall finds its own case and is told how to search', async () => {
  const page = await signIn('reporter');
  await page.goto('/vorgaenge');
  await page.getByLabel('Was suchen Sie?').fill('Nachtigall');
  await press(page, 'Suchen');
  await page.getByText('Kein Vorgang passt dazu.').waitFor();
  await look(page, 'suche-rathaus-nichts');
  await search(page, 'Datei*');
  await look(page, 'suche-rathaus');
  const reference = (await page.locator('main li .mk-muted').first().innerText()).match(REFERENCE)[0];
  await page.getByLabel('Was suchen Sie?').fill(reference.toLowerCase());
  await press(page, 'Suchen');
  await page.waitForURL(new RegExp(`/vorgaenge/${reference}$`));
});
