// The timeline without a script: a note is previewed, calls a colleague, stays on top; the list is narrowed; all of it
// leaves as an archive.
import assert from 'node:assert/strict';

import { accountOf, answerAll, follow, look, press, says, send, signIn, story } from './people.mjs';

const step = story();
let town;
let analyst;
let reference;
const timeline = () => analyst.locator('#verlauf-liste');

step('a note is shown as it will look, with what was typed, and nothing is sent', async () => {
  town = await signIn('reporter');
  await answerAll(town, { observed: 'Ein Konto oder Postfach wird von Fremden benutzt', title: 'Postfach leitet weiter', description: 'Seit gestern.' });
  reference = await send(town);
  analyst = await signIn('analyst', { javaScriptEnabled: false });
  await analyst.goto(`/vorgaenge/${reference}`);
  const colleague = await accountOf('cert_lead');
  await analyst.locator('textarea[name="text"]').fill(`**Wichtig**, @${colleague.name}:\n- Regel gelöscht\n- siehe [hier](https://boese.example/)\n\n<img src=x>`);
  await press(analyst, 'Vorschau');
  const shown = analyst.locator('#vorschau');
  assert.equal(await shown.locator('strong').innerText(), 'Wichtig');
  assert.equal(await shown.locator('a, img').count(), 0);
  assert.match(await shown.innerText(), /hier \(https:\/\/boese\.example\/\)/);
  assert.match(await analyst.locator('textarea[name="text"]').inputValue(), /^\*\*Wichtig\*\*/);
  assert.doesNotMatch(await timeline().innerText(), /Regel gelöscht/);
  await look(analyst, 'verlauf-vorschau');
  await analyst.locator('button[name="senden"][value="team"]').click();
  await says(analyst, `Erwähnt: ${colleague.name}`);
});

step('a note and a message stay on top, and the house sees its own alone', async () => {
  await analyst.locator('input[name="an"][value="organisation"]').check();
  await analyst.locator('textarea[name="text"]').fill('Bitte ändern Sie das Passwort.');
  await analyst.locator('button[name="senden"][value="organisation"]').click();
  for (const words of ['Regel gelöscht', 'Bitte ändern Sie das Passwort.']) {
    await timeline().locator('li', { hasText: words }).getByRole('button', { name: /^Anheften/ }).first().click();
    await says(analyst, 'Angeheftet.');
  }
  await analyst.locator('#angeheftet .mk-line > li').nth(1).waitFor();
  assert.equal(await analyst.locator('#angeheftet .mk-line > li').count(), 2);
  await look(analyst, 'verlauf-angeheftet');
  await town.goto(`/vorgaenge/${reference}`);
  assert.match(await town.locator('#nachrichten li').first().innerText(), /Angeheftet/);
  assert.doesNotMatch(await town.locator('main').innerText(), /Regel gelöscht/);
  await look(town, 'vorgang-angeheftet');
  await analyst.locator('#angeheftet').getByRole('button', { name: /^Lösen/ }).first().click();
  await says(analyst, 'Gelöst.');
});

step('the timeline is narrowed by an address that can be kept', async () => {
  await analyst.locator('#verlauf summary', { hasText: 'Verlauf filtern' }).click();
  await analyst.locator('select[name="art"]').selectOption('worte');
  await analyst.getByLabel('Wer es liest').selectOption('team');
  await press(analyst, 'Filtern');
  const kept = new URL(analyst.url());
  assert.deepEqual([kept.searchParams.get('art'), kept.searchParams.get('leser')], ['worte', 'team']);
  await timeline().locator('.mk-line > li').first().waitFor();
  assert.equal(await timeline().locator('.mk-line > li').count(), 1);
  await look(analyst, 'verlauf-gefiltert');
  await follow(analyst, 'Alles zeigen');
  await timeline().locator('.mk-line > li').nth(2).waitFor();
});

step('who was called finds the case under a list of its own until it is opened', async () => {
  const lead = await signIn('cert_lead');
  await lead.goto('/eingang?f=erwaehnt');
  await says(lead, reference);
  await look(lead, 'eingang-erwaehnt');
  await lead.goto(`/vorgaenge/${reference}`);
  const taken = lead.waitForEvent('download');
  await follow(lead, 'Ganzer Vorgang als Archiv');
  assert.equal((await taken).suggestedFilename(), `${reference}.zip`);
  await lead.goto('/eingang?f=erwaehnt');
  assert.doesNotMatch(await lead.locator('main').innerText(), new RegExp(reference));
});
