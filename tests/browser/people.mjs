// The stage that all walks share, and what people do on any page: sign in, answer a question, read a mail.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { checkPage, launch, openPage, startDemo } from './support.mjs';

let raised;
const looked = [];

/** One browser and one demonstration for all files of a run; both end with it. */
export function stage() {
  raised ??= Promise.all([launch(), startDemo()]).then(([browser, demo]) => ({ browser, demo }));
  return raised;
}

after(async () => {
  const up = await raised?.catch(() => undefined);
  await up?.browser.close();
  await up?.demo.stop();
});

/** Tests that build on each other: when one fails, the rest of the story is not told. */
export function story() {
  let broken;
  return (name, tell) =>
    test(name, async (t) => {
      if (broken) return t.skip(`after: ${broken}`);
      broken = name;
      await tell();
      broken = undefined;
    });
}

/** The paths of all pages that were looked at so far, and came as what they are: a page that says no is none of them. */
export const lookedAt = () => looked.map((url) => new URL(url).pathname);

/** Looks at the page as it stands: `checkPage`, once and under this name. */
export async function look(page, name) {
  if (page.answered === 200) looked.push(page.url());
  if (page.hasScripts) return checkPage(page, name);
  const twin = await twinOf(page);
  await checkPage(twin, name);
  await twin.context().close();
}

/** The page as it is drawn without scripts, where a script of ours can look at it: axe waits, and nothing waits there. */
async function twinOf(page) {
  const { browser } = await stage();
  // A click's page may be on its way still: it has its address already and nothing in it.
  await page.waitForLoadState('load');
  const drawn = (await page.content()).replace(/<(\/?)noscript\b/g, '<$1div');
  const storageState = await page.context().storageState();
  const twin = await openPage(browser, { storageState, viewport: page.viewportSize() });
  twin.faults.push(...page.faults.splice(0));
  await twin.route('**', (route) => {
    const request = route.request();
    if (request.isNavigationRequest()) return route.fulfill({ contentType: 'text/html; charset=utf-8', body: drawn });
    if (request.resourceType() === 'script') return route.fulfill({ contentType: 'text/javascript', body: '' });
    return route.continue();
  });
  await twin.goto(page.url());
  return twin;
}

/** Somebody who has not signed in. */
export async function visitor(options = {}) {
  const { browser, demo } = await stage();
  const page = await openPage(browser, { baseURL: demo.url, ...options });
  page.setDefaultTimeout(30_000);
  return page;
}

/** The account of the demonstration with this role; `which` counts those that share it. */
export async function accountOf(role, which = 0) {
  const { demo } = await stage();
  return demo.access.accounts.filter((one) => one.role === role)[which];
}

/** Signs in by typing. */
export async function signIn(role, { which = 0, ...options } = {}) {
  const page = await visitor(options);
  await page.goto('/anmelden');
  await enter(page, await accountOf(role, which));
  await page.waitForURL((at) => at.pathname !== '/anmelden').catch(async (error) => {
    throw new Error(`${role} was not let in: ${await page.locator('main').innerText()}`, { cause: error });
  });
  return page;
}

/** The six digits that an authenticator app shows for a key, now (RFC 6238). */
export function codeOf(key, now = Date.now()) {
  const bits = [...key.replace(/\s/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac('sha1', secret).update(step).digest();
  const word = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, '0');
}

/** Sets up the second factor on the page that asks for it; the key and the recovery codes. */
export async function setUpFactor(page, lookAt = async () => {}) {
  await press(page, 'Zweiten Faktor einrichten');
  const key = await page.locator('#schluessel').innerText();
  await lookAt('zweiter-faktor-einrichten');
  await page.getByLabel('Code aus der App').fill(codeOf(key));
  await press(page, 'Code prüfen und einrichten');
  await says(page, 'Ab jetzt fragen wir bei jeder Anmeldung');
  await lookAt('wiederherstellungs-codes');
  return { key, codes: await page.locator('.mk-codes li').allInnerTexts() };
}

/** Fills in the sign-in form that the page shows and sends it. */
export async function enter(page, { mail, password }) {
  await page.getByLabel('E-Mail-Adresse').fill(mail);
  await page.getByLabel('Passwort', { exact: true }).fill(password);
  await press(page, 'Anmelden');
}

/** Presses the button of this name. */
export const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click();

/** Follows the link of this name. */
export const follow = (page, name) => page.getByRole('link', { name }).first().click();

/** How an element is drawn, as far as a focus shows in it. */
const drawn = (target) =>
  target.evaluate((element) => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle === 'none' ? '' : `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`;
    const borders = ['Top', 'Right', 'Bottom', 'Left'].map((side) => `${style[`border${side}Width`]} ${style[`border${side}Color`]}`);
    return [outline, style.boxShadow, ...borders, style.backgroundColor, style.textDecorationLine].join('; ');
  });

/** Presses Tab until the element has the focus, and shows it: it is drawn otherwise than before. */
export async function tabTo(page, target) {
  await target.waitFor();
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  if (await isThere()) await page.keyboard.press('Shift+Tab');
  const without = await drawn(target);
  for (let press = 0; press < 80 && !(await isThere()); press += 1) await page.keyboard.press('Tab');
  assert.ok(await isThere(), `Tab never reaches ${target}`);
  assert.notEqual(await drawn(target), without, `${target} shows that it has the focus`);
}

/** Waits until the page says this. */
export const says = (page, words) => page.getByText(words).first().waitFor();

/** Says yes to the question that a button asked. */
export const confirm = (page) => page.getByRole('dialog').getByRole('button', { name: 'Ja, fortfahren' }).click();

/** The refused form: a title that says so, and a summary whose link leads to the field. */
export async function refused(page, field) {
  const summary = page.getByRole('alert');
  await summary.waitFor();
  assert.match(await page.title(), /^Fehler:/);
  await summary.locator(`a[href="#${field}"]`).click();
  const focused = await page.evaluate(() => document.activeElement.id);
  assert.equal(focused, field, 'the summary leads to the field');
}

/** Opens the newest mail to an address whose subject matches, in the demonstration's mailbox; its text. */
export async function mailTo(page, address, subject, { patience = 60_000 } = {}) {
  for (const until = Date.now() + patience; ; await sleep(500)) {
    await page.goto(`/demo/mails?an=${encodeURIComponent(address)}`);
    const found = page.getByRole('link', { name: subject }).first();
    if (await found.count()) {
      await found.click();
      await page.waitForURL(/\/demo\/mails\/./);
      return page.locator('main').innerText();
    }
    assert.ok(Date.now() < until, `no mail to ${address} about ${subject}`);
  }
}

/** The path of the first link in a text that begins with `prefix`. */
export function linkIn(text, prefix) {
  const found = text.match(new RegExp(`https?://[^\\s/]+(${prefix}[\\w/-]+)`));
  assert.ok(found, `a link to ${prefix} in: ${text}`);
  return found[1];
}

/** Loads the page again until it says this. */
export async function untilItSays(page, words, { patience = 60_000 } = {}) {
  for (const until = Date.now() + patience; !(await page.getByText(words).count()); await page.reload()) {
    assert.ok(Date.now() < until, `${page.url()} never said ${words}`);
    await sleep(500);
  }
}

/** The question that the guided report shows: the last part of its address. */
export const question = (page) => new URL(page.url()).pathname.split('/').pop();

/** Goes on from one question of the guided report to the next. */
export async function onward(page) {
  const here = page.url();
  await press(page, 'Weiter');
  await page.waitForURL((at) => at.href !== here);
}

/** Begins a report, answers what it needs, and passes by the rest; stands on the summary then. */
export async function answerAll(page, { observed, title, description, inform = 'Ja, mit unserem Namen' }) {
  await page.goto('/melden');
  await press(page, 'Vorfall melden');
  await page.waitForURL(/\/lage$/);
  while (question(page) !== 'pruefen') {
    const here = question(page);
    if (here === 'was') {
      await page.getByLabel(observed).check();
      await page.getByLabel('In einem Satz: Was ist los?').fill(title);
      if (description) await page.getByLabel('Möchten Sie mehr dazu schreiben?').fill(description);
    }
    if (here === 'erreichbar') await page.getByLabel('Telefon', { exact: true }).fill('030 23125 114');
    if (here === 'fuer') await page.locator('input[name="organisation"]').first().check();
    if (here === 'weitergabe') await page.getByLabel(inform).check();
    await onward(page);
  }
}

/** Sends the report whose summary is shown; the reference of its case. */
export async function send(page) {
  await press(page, 'Meldung absenden');
  await page.waitForURL(/\/eingegangen$/);
  return new URL(page.url()).pathname.split('/').at(-2);
}

async function table(name) {
  const text = await readFile(new URL(`../../config/directory/${name}.csv`, import.meta.url), 'utf8');
  const [head, ...rows] = text.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(head.map((column, at) => [column, row[at]])));
}

/** Keys of administrations beside those that the register knows as KIV's customers, so that all together are so many. */
export async function customers(count, house) {
  const served = new Set((await table('beispiel-dienstleister')).filter((row) => row.provider.startsWith('kiv')).map((row) => row.organisation));
  const free = (await table('thueringen')).filter((row) => row.administration === 'yes' && !row.valid_until && !served.has(row.key));
  const first = free.filter((row) => row.name === house);
  const rest = free.filter((row) => row.name !== house && row.kind !== 'landkreis');
  return [...first, ...rest].slice(0, count - served.size).map((row) => row.key);
}
