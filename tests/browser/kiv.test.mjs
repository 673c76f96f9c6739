// The day on which a provider fell, from its report to the telephone: seventy customers are asked, 58 answer by the link of
// their mail, twelve are silent, their deputies are asked, and then somebody calls. The program's clock goes forward by
// hours meanwhile; the demonstration is one of its own.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { answerAll, customers, enter, follow, linkIn, look, mailTo, press, says, send, story, untilItSays, visitor } from './people.mjs';
import { makeClock, startDemo } from './support.mjs';

const step = story();
const HOUSE = 'Stadt Waltershausen';
const CUSTOMERS = 70;
const SILENT = 12;
let clock, demo, analyst, provider, town;
let reference, page;
/** Of each that is asked: its name, its page in the register, and whom the question was mailed to. */
let asked;
let silent;

after(async () => {
  await demo?.stop();
  await clock?.close();
});

const guest = () => visitor({ baseURL: demo.url });

/** Signs in with an account of this demonstration. */
async function signIn(role, which = 0) {
  const at = await guest();
  await at.goto('/anmelden');
  await enter(at, demo.access.accounts.filter((one) => one.role === role)[which]);
  await at.waitForURL((url) => url.pathname !== '/anmelden');
  return at;
}

/** Lets hours pass; all sign in again, since sessions end by the clock. */
async function later(hours) {
  await clock.forward(hours);
  for (const one of [analyst, provider, town]) await one?.context().close();
  analyst = await signIn('analyst');
  provider = await signIn('org_lead', 2);
  town = await signIn('reporter');
}

/** To whom mails with the question went, and how often each. */
async function mailed() {
  const folder = join(demo.data, 'maildir');
  const found = new Map();
  for (const name of await readdir(folder, { recursive: true })) {
    const mail = await readFile(join(folder, name), 'utf8').catch(() => '');
    const head = mail.split(/\r?\n\r?\n/)[0];
    // Long lines are broken softly (RFC 2045, section 6.7).
    const isQuestion = mail.replace(/=\r?\n/g, '').includes('/betroffenheit/');
    if (!head.includes(reference) || !isQuestion) continue;
    const to = head.match(/^To:.*?([\w.+-]+@[\w.-]+)>?$/m)[1];
    found.set(to, (found.get(to) ?? 0) + 1);
  }
  return found;
}

async function untilMailed(isEnough) {
  for (const until = Date.now() + 60_000; ; await sleep(300)) {
    const now = await mailed();
    if (isEnough(now)) return now;
    assert.ok(Date.now() < until, `mails to ${[...now.keys()].join(', ')}`);
  }
}

/** Whom the list of calls names. */
const toCall = (at) => at.locator('section.mk-callnow li a[href*="/betroffenheit/"]').allInnerTexts();

step('a provider falls, and seventy customers are asked with one click', async () => {
  clock = await makeClock();
  demo = await startDemo({ env: clock.env });
  provider = await signIn('org_lead', 2);
  await answerAll(provider, {
    observed: 'Dateien lassen sich nicht öffnen, oder es steht ein Erpressertext auf dem Bildschirm',
    title: 'Alle Server im Rechenzentrum sind verschlüsselt',
    description: 'Interne Notiz: Der Zugang kam über die Fernwartung.',
  });
  reference = await send(provider);
  page = `/vorgaenge/${reference}/betroffenheit`;
  analyst = await signIn('analyst');
  await analyst.goto(page);
  await analyst.getByLabel('Weitere Stellen').fill((await customers(CUSTOMERS, HOUSE)).join('\n'));
  await analyst.getByLabel('Zeit für die Antwort').selectOption({ label: '4 Stunden' });
  await press(analyst, 'Ansehen, wer gefragt wird');
  await press(analyst, `${CUSTOMERS} Stellen jetzt fragen`);
  await says(analyst, `${CUSTOMERS} gefragt: 0 betroffen`);
  const rows = await analyst.locator('tbody th a').evaluateAll((all) => all.map((one) => [one.textContent, one.pathname.split('/').pop()]));
  asked = rows.map(([name, id]) => ({ name, register: `/register/${id}` }));
  assert.equal(asked.length, CUSTOMERS);
});

step('the silent ones have a deputy', async () => {
  silent = asked.filter((one) => one.name !== HOUSE).slice(-SILENT);
  for (const [number, one] of silent.entries()) {
    one.deputy = `vertretung@stelle${number}.example`;
    await analyst.goto(`${one.register}/kontakte/neu`);
    await analyst.getByLabel('Aufgabe').selectOption({ label: 'Vertretung' });
    await analyst.getByLabel('Funktionspostfach oder gemeinsamer Anschluss').check();
    await analyst.getByLabel('Name').fill('Vertretung der IT-Sicherheit');
    await analyst.getByLabel('E-Mail-Adresse').fill(one.deputy);
    await press(analyst, 'Speichern');
    await analyst.waitForURL((url) => url.pathname === one.register);
  }
});

step('58 answer by the link of their mail', async () => {
  const mails = await untilMailed((now) => now.size >= CUSTOMERS);
  const quiet = new Set(silent.map((one) => one.name));
  const somebody = await guest();
  const answered = new Set();
  for (const address of mails.keys()) {
    await somebody.goto(linkIn(await mailTo(somebody, address, new RegExp(reference)), '/betroffenheit/'));
    const name = (await somebody.getByRole('heading', { level: 2 }).first().innerText()).match(/^Ist (.*) betroffen\?$/)[1];
    // Where two are asked, one answers.
    if (quiet.has(name) || answered.has(name)) continue;
    // Two of three run on the provider's machines, one of ten does not know yet.
    const says = answered.size % 10 === 9 ? 'noch unklar' : answered.size % 3 === 2 ? 'nicht betroffen' : 'betroffen';
    await somebody.getByLabel(says, { exact: true }).check();
    await press(somebody, 'Antwort senden');
    await somebody.getByText('Danke für Ihre Antwort').first().waitFor();
    answered.add(name);
  }
  assert.equal(answered.size, CUSTOMERS - SILENT);
  await analyst.goto(page);
  await says(analyst, `${SILENT} ohne Antwort`);
  assert.deepEqual(await toCall(analyst), [], 'there is still time');
});

step('at half time the silent ones are asked again, and their deputies', async () => {
  const before = await mailed();
  await later(2.1);
  const now = await untilMailed((mails) => silent.every((one) => mails.has(one.deputy)));
  const again = [...now].filter(([to, count]) => count > (before.get(to) ?? 0)).map(([to]) => to);
  assert.equal(again.length, 2 * SILENT, `the officer and the deputy of each, nobody else: ${again.join(', ')}`);
  await analyst.goto(page);
  await look(analyst, 'kiv-team-nach-zwei-stunden');
  const deputy = await guest();
  await deputy.goto(linkIn(await mailTo(deputy, silent[0].deputy, new RegExp(reference)), '/betroffenheit/'));
  await says(deputy, `Ist ${silent[0].name} betroffen?`);
  await look(deputy, 'kiv-vertretung');
  await deputy.context().close();
});

step('when the time is over, twelve are to be called, and nobody else', async () => {
  await later(2);
  await analyst.goto(page);
  await untilItSays(analyst, `${SILENT} ohne Antwort`);
  assert.deepEqual((await toCall(analyst)).sort(), silent.map((one) => one.name).sort());
  await look(analyst, 'kiv-team');
  await analyst.goto(`/vorgaenge/${reference}`);
  await says(analyst, 'Stellen ohne Antwort, bitte anrufen');
  const mails = await mailed();
  await analyst.goto(page);
  await analyst.locator('section.mk-callnow li a[href*="/betroffenheit/"]').first().click();
  await says(analyst, 'Vertretung der IT-Sicherheit');
  await look(analyst, 'kiv-anruf');
  await analyst.getByLabel('nicht betroffen', { exact: true }).check();
  await analyst.getByLabel('Wer hat das gesagt?').fill('Hauptamtsleitung');
  await press(analyst, 'Antwort festhalten');
  await analyst.goto(page);
  await says(analyst, `${SILENT - 1} ohne Antwort`);
  assert.equal((await toCall(analyst)).length, SILENT - 1);
  assert.deepEqual(await mailed(), mails, 'a call sends no mail');
});

step('the provider sees numbers, a town hall sees its own', async () => {
  await provider.goto(page);
  await says(provider, `${SILENT - 1} ohne Antwort`);
  const seen = await provider.content();
  assert.deepEqual(asked.filter((one) => seen.includes(one.name)), [], 'no name without a mandate');
  await look(provider, 'kiv-dienstleister');
  await town.goto(page);
  await says(town, 'Ihre Antwort:');
  const told = await town.content();
  assert.ok(!told.includes('Interne Notiz'));
  assert.deepEqual(asked.filter((one) => one.name !== HOUSE && told.includes(one.name)), [], 'nobody else');
  await look(town, 'kiv-rathaus');
});
