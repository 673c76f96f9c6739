// Two people at the same cases: what one does shows at the other, and nothing moves under their hands. And all of it
// by keys, from the help sheet to the palette.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { accountOf, follow, look, press, says, signIn, story } from './people.mjs';

const tell = story();
let one;
let two;
let reference;

/** Waits until a condition holds on the page. */
const until = (page, condition, argument) => page.waitForFunction(condition, argument, { timeout: 20_000 });
const rows = (page) => page.locator('table[data-live-list] tbody tr');
/** Waits until the page is told of changes. */
const isLive = (page) => page.locator('[data-live][data-state=on]').waitFor({ state: 'attached' });
/** Files a report by API. */
async function file(page, title) {
  const reporter = await accountOf('reporter');
  const answer = await page.request.post('/api/v1/incidents', {
    headers: { Authorization: `Bearer ${reporter.token}` },
    data: { organisation: reporter.organisation_id, title, observed: 'mail', description: 'Bitte ansehen.', inform: 'by_name' },
  });
  assert.equal(answer.status(), 201, await answer.text());
  return (await answer.json()).reference;
}

tell('an analyst’s queue shows a new report by itself, and the focus stays where it is', async () => {
  // A low window: the row lies below its edge, and the focus brings it up.
  one = await signIn('analyst', { viewport: { width: 1280, height: 200 } });
  reference = await file(one, 'Live: erste Meldung');
  await one.goto('/eingang');
  await isLive(one);
  const link = one.getByRole('link', { name: reference });
  await link.focus();
  const before = await link.evaluate((element) => element.getBoundingClientRect().top);
  const second = await file(one, 'Live: zweite Meldung');
  await one.getByRole('link', { name: second }).waitFor();
  assert.equal(await rows(one).filter({ hasText: second }).count(), 1);
  assert.ok(await link.evaluate((element) => element === document.activeElement), 'the focus stays');
  const after = await link.evaluate((element) => element.getBoundingClientRect().top);
  assert.ok(Math.abs(after - before) < 2, `the row stays: ${before} → ${after}`);
  assert.equal(await one.locator('[data-live-say]').innerText(), '1 neuer Vorgang');
  assert.ok(await rows(one).filter({ hasText: second }).getByText('neu', { exact: true }).count(), 'marked in words');
  await look(one, 'live-eingang');
});

tell('what a colleague takes is theirs on the other’s page a moment later', async () => {
  two = await signIn('analyst', { which: 1 });
  await two.goto(`/vorgaenge/${reference}`);
  await two.keyboard.press('u');
  await two.waitForLoadState('load');
  await until(one, (name) => {
    const row = [...document.querySelectorAll('table[data-live-list] tbody tr')].find((it) => it.textContent.includes(name));
    return row && !row.textContent.includes('frei');
  }, reference);
});

tell('two at one case see each other, and who writes; it goes when one leaves', async () => {
  await one.goto(`/vorgaenge/${reference}`);
  await isLive(one);
  await one.getByText(/sieht diesen Vorgang gerade an/).waitFor();
  await two.getByText(/sieht diesen Vorgang gerade an/).waitFor();
  await two.getByLabel('Notiz oder Nachricht').fill('Ich rufe dort an');
  await one.getByText(/schreibt gerade in diesem Vorgang/).waitFor();
  await look(one, 'live-vorgang');

  await one.getByLabel('Notiz oder Nachricht').fill('halb getippt');
  await two.getByRole('button', { name: 'Intern notieren' }).click();
  await one.getByText('Es gibt Neues in diesem Vorgang.').waitFor();
  assert.equal(await one.getByText('Ich rufe dort an').count(), 0, 'not before it is asked for');
  await press(one, 'Anzeigen');
  await says(one, 'Ich rufe dort an');
  assert.equal(await one.getByLabel('Notiz oder Nachricht').inputValue(), 'halb getippt');

  await two.goto('/konto');
  // That a page is gone shows when it is written to: within some seconds.
  await one.waitForFunction(() => document.querySelector('[data-live-others]').hidden, undefined, { timeout: 60_000 });
});

tell('a town hall’s page says that there is news, and nothing of what the team notes', async () => {
  const hall = await signIn('reporter');
  await hall.goto(`/vorgaenge/${reference}`);
  await isLive(hall);
  await two.goto(`/vorgaenge/${reference}`);
  await isLive(two);
  await one.goto(`/vorgaenge/${reference}`);
  await one.keyboard.press('n');
  await one.keyboard.type('Nur für uns');
  await press(one, 'Intern notieren');
  await says(one, 'Nur für uns');
  await one.waitForLoadState('load');
  // Whoever is told of it is told now: the colleague is.
  await two.getByText('Es gibt Neues').waitFor();
  assert.ok(!(await hall.getByText('Es gibt Neues').isVisible()));
  await one.keyboard.press('m');
  await one.keyboard.type('Bitte melden Sie sich bei uns.');
  await one.getByRole('button', { name: /^An .* senden$/ }).first().click();
  await hall.getByText('Es gibt Neues').waitFor();
  await press(hall, 'Anzeigen');
  await says(hall, 'Bitte melden Sie sich bei uns.');
  await look(hall, 'live-rathaus');
  await hall.context().close();
});

tell('the palette finds places, actions and cases by keys alone', async () => {
  await one.goto(`/vorgaenge/${reference}`);
  await one.keyboard.press('Control+k');
  const field = one.getByRole('combobox', { name: 'Ort, Handlung oder Vorgang' });
  await field.waitFor();
  await look(one, 'befehle-dialog');
  await field.pressSequentially('einstufen');
  assert.equal(await one.getByRole('dialog').getByRole('option', { selected: true }).count(), 1);
  await one.keyboard.press('Enter');
  await until(one, () => document.activeElement.id === 'class');

  await one.keyboard.press('Escape');
  await one.keyboard.press(':');
  await one.getByRole('dialog').getByRole('combobox').pressSequentially('Live: zweite');
  await one.getByRole('dialog').getByRole('option', { name: /Live: zweite Meldung/ }).waitFor();
  await one.keyboard.press('ArrowDown');
  await one.keyboard.press('ArrowUp');
  await one.keyboard.press('Enter');
  await one.waitForURL(/\/vorgaenge\/TH-/);
  await says(one, 'Live: zweite Meldung');
});

tell('keys lead everywhere, explain themselves, rest while somebody types and can be switched off', async () => {
  await one.keyboard.press('?');
  const sheet = one.getByRole('dialog', { name: 'Tasten' });
  await sheet.waitFor();
  const above = (line) => line.closest('dialog').getBoundingClientRect().top - line.getBoundingClientRect().top;
  assert.ok(await sheet.locator('p').first().evaluate(above) <= 0, 'it is read from its top');
  await look(one, 'tasten-dialog');
  await one.keyboard.press('Escape');
  for (const [key, place] of [['u', 'aufgaben'], ['m', 'posteingang'], ['e', 'eingang']]) {
    await one.keyboard.press('g');
    await one.keyboard.press(key);
    await one.waitForURL(`**/${place}`);
  }
  await one.keyboard.press('/');
  await one.keyboard.type('gj?');
  assert.equal(await one.getByRole('searchbox').inputValue(), 'gj?', 'typing is typing');
  await one.keyboard.press('Tab');
  await one.getByRole('link', { name: reference }).focus();
  await one.keyboard.press('s');
  await one.waitForURL(/\/vorgaenge\//);
  await until(one, () => document.activeElement.id === 'class');
  await one.goto('/tasten');
  await look(one, 'tasten');
  await press(one, 'Tasten abschalten');
  await one.keyboard.press('g');
  await one.keyboard.press('e');
  await sleep(500);
  assert.match(one.url(), /\/tasten$/);
  await press(one, 'Tasten abschalten');
});

tell('without scripts the same places are there', async () => {
  const plain = await signIn('analyst', { javaScriptEnabled: false });
  await plain.goto('/eingang');
  await follow(plain, 'Befehle');
  await plain.getByLabel('Ort, Handlung oder Vorgang').fill('Live: erste');
  await press(plain, 'Suchen');
  await says(plain, 'Live: erste Meldung');
  await look(plain, 'befehle');
  await follow(plain, /Live: erste Meldung/);
  await says(plain, 'Live: erste Meldung');
  await follow(plain, 'Tasten');
  await says(plain, 'nächster, voriger Vorgang');
  await plain.context().close();
  await two.context().close();
  await one.context().close();
});
