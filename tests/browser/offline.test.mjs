// When the victim is offline: marked, called in order, let in by telephone, trusted again.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accountOf, enter, follow, look, press, refused, says, signIn, visitor } from './people.mjs';

let organisation;
let analyst;

test('an analyst sees what a mark leads to, sets it, and has the crisis page', async () => {
  const victim = await signIn('reporter');
  await victim.goto('/register/meine');
  await victim.waitForURL(/\/register\/[0-9a-f-]{36}$/);
  organisation = victim.url();

  analyst = await signIn('analyst');
  await analyst.goto(organisation);
  await follow(analyst, 'Krisenseite öffnen');
  await look(analyst, 'krise-ohne-kennzeichnung');
  await follow(analyst, 'E-Mail der Stelle nicht mehr vertrauen');
  await look(analyst, 'offline-vorschau');
  await press(analyst, 'Ab sofort nicht mehr vertrauen');
  await refused(analyst, 'warum');
  await analyst.getByLabel('Begründung').fill('Verschlüsselung im Rathaus, gemeldet am Telefon durch die Leitung.');
  await press(analyst, 'Ab sofort nicht mehr vertrauen');
  await says(analyst, 'An die Postfächer der Stelle geht nichts mehr.');
  await look(analyst, 'krise');
  await analyst.goto(organisation);
  await says(analyst, 'ist per E-Mail nicht zu trauen');
  await look(analyst, 'offline-stelle');

  await victim.goto('/');
  assert.equal(new URL(victim.url()).pathname, '/anmelden', 'its sessions are over');
});

test('whoever signs in there calls, reads a code aloud and is let in', async () => {
  const page = await visitor();
  await page.goto('/anmelden');
  await enter(page, await accountOf('reporter'));
  await page.waitForURL(/\/anmelden\/rueckruf/);
  await look(page, 'rueckruf');
  const code = await page.locator('.mk-code').first().innerText();
  await analyst.goto(`${organisation}/krise`);
  await says(analyst, code);
  await look(analyst, 'krise-anmeldung-wartet');
  await analyst.getByRole('button', { name: new RegExp(`^Am Telefon geprüft.*${code}`) }).click();
  await says(analyst, 'Freigegeben, nur für diese Anmeldung.');
  await press(page, 'Ich habe angerufen, weiter');
  await page.waitForURL((at) => !at.pathname.startsWith('/anmelden'));
});

test('the mark is lifted when the house has said that its mail works again', async () => {
  await analyst.goto(`${organisation}/krise`);
  await follow(analyst, 'Kennzeichnung aufheben');
  await look(analyst, 'offline-aufheben');
  await analyst.getByLabel('Begründung').fill('Neu aufgesetzt und geprüft, am Telefon bestätigt.');
  await press(analyst, 'Wieder vertrauen');
  await refused(analyst, 'works');
  await analyst.getByLabel(/^Die Stelle hat am Telefon bestätigt/).check();
  await press(analyst, 'Wieder vertrauen');
  await says(analyst, 'E-Mail geht wieder an die Stelle.');
});
