// Somebody calls: an analyst listens and writes, by keyboard alone, with JavaScript and without, and nothing that was
// said is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accountOf, follow, look, press, refused, says, signIn, story, tabTo, visitor } from './people.mjs';

const TELEPHONE = { viewport: { width: 360, height: 740 } };
const DESK = { viewport: { width: 1280, height: 900 } };
const step = story();
let page;
let code;

const field = (at, label) => at.getByLabel(label, { exact: true });
const button = (at, name) => at.getByRole('button', { name, exact: true });

/** Signs in as analyst with keys only. */
async function enterByKeys(at) {
  const { mail, password } = await accountOf('analyst');
  await at.goto('/anmelden');
  await tabTo(at, field(at, 'E-Mail-Adresse'));
  await at.keyboard.type(mail);
  await tabTo(at, field(at, 'Passwort'));
  await at.keyboard.type(password);
  await at.keyboard.press('Enter');
  await at.waitForURL((url) => url.pathname !== '/anmelden');
}

/** Chooses a radio button with keys: the first of its kind, then down to it. */
async function choose(at, name, label) {
  const all = at.locator(`input[name="${name}"]`);
  await tabTo(at, all.first());
  const wanted = at.getByLabel(label);
  for (let press = 0; press < 12 && !(await wanted.isChecked()); press += 1) {
    await at.keyboard.press(press === 0 ? 'Space' : 'ArrowDown');
  }
  assert.ok(await wanted.isChecked(), `${label} is chosen`);
}

async function isAsWideAsTheWindow(at) {
  const [needs, has] = await at.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(needs <= has, `${at.url()} is wider than the window`);
}

step('the card of a town hall bears the code that its caller reads out', async () => {
  page = await signIn('analyst', DESK);
  await page.goto('/register?q=Waltershausen');
  await follow(page, 'Stadt Waltershausen');
  await follow(page, 'Karte ansehen');
  code = await page.getByText(/^[3-9FKLMRTVXY]{4}-[3-9FKLMRTVXY]{4}$/).innerText();
});

step('who listens writes at once, what is typed is kept from the first keystroke, and survives the window', async () => {
  await page.goto('/telefon');
  await look(page, 'telefon');
  await press(page, 'Anruf aufnehmen');
  await page.waitForURL(/\/telefon\/.+/);
  const call = page.url().split('#')[0];
  assert.equal(await page.evaluate(() => document.activeElement.id), 'office_name', 'the first field waits');
  await page.keyboard.type('Waltershausen');
  await page.getByText(/Gespeichert um/).waitFor();
  await page.goto('/telefon');
  await look(page, 'telefon-angefangen');
  await page.goto(call);
  assert.equal(await field(page, 'Name der Verwaltung oder Einrichtung').inputValue(), 'Waltershausen');
  await press(page, 'Meldung aufnehmen');
  await refused(page, 'title');
  await look(page, 'telefon-abgelehnt');
});

step('keys lead to the questions and take no letter from a field', async () => {
  await page.keyboard.press('Escape');
  const here = () => page.evaluate(() => document.activeElement.name);
  for (const [key, name] of [['2', 'observed'], ['3', 'detected_at']]) {
    await page.keyboard.press(key);
    assert.equal(await here(), name, `${key} leads to ${name}`);
  }
  await page.keyboard.type('2 c m');
  assert.equal(await page.locator('#detected_at').inputValue(), '2 c m', 'what is typed in a field stays there');
  await page.locator('#detected_at').fill('');
  await page.keyboard.press('Escape');
  await page.keyboard.press('m');
  assert.equal(await page.evaluate(() => document.activeElement.value), 'senden', 'the button is found, not pressed');
  await page.keyboard.press('c');
  assert.equal(await here(), 'contact_code');
  await page.keyboard.press('Escape');
  await press(page, 'Tasten abschalten');
  await page.keyboard.press('2');
  assert.notEqual(await here(), 'observed', 'switched off');
  await press(page, 'Tasten abschalten');
});

step('the page says at once what helps, whom the register means and how to call back', async () => {
  await choose(page, 'observed', 'Der Virenschutz hat etwas gefunden');
  await says(page, 'Trennen Sie das Netz.');
  await says(page, 'Wie viele Geräte sind betroffen?');
  await choose(page, 'office', 'Stadt Waltershausen');
  await page.locator('#register').getByText('Stadt Waltershausen').waitFor();
  await look(page, 'telefon-stelle');
  await page.context().close();
});

/** A whole call with keys only; the reference of its case. */
async function take(at, { javaScriptEnabled, name }) {
  await enterByKeys(at);
  await at.goto('/telefon');
  await tabTo(at, button(at, 'Anruf aufnehmen'));
  await at.keyboard.press('Enter');
  await at.waitForURL(/\/telefon\/.+/);
  await at.waitForLoadState('load');
  await isAsWideAsTheWindow(at);
  await tabTo(at, field(at, 'Name der Verwaltung oder Einrichtung'));
  await at.keyboard.type('Stadtverwaltung Waltershausen');
  if (!javaScriptEnabled) {
    await tabTo(at, button(at, 'Stelle suchen und Code prüfen'));
    await at.keyboard.press('Enter');
  }
  await at.locator('input[name="office"]').first().waitFor();
  await choose(at, 'office', /Stadt Waltershausen/);
  await tabTo(at, at.locator('#contact_code'));
  await at.keyboard.type(code.toLowerCase());
  await at.keyboard.press('Enter');
  await says(at, 'Der Code stimmt.');
  await at.waitForLoadState('load');
  await at.locator('#register a[href^="tel:"]').first().waitFor();
  await isAsWideAsTheWindow(at);
  await tabTo(at, field(at, 'Nach wem fragen wir?'));
  await at.keyboard.type('Amtsleitung');
  await tabTo(at, field(at, 'Telefon'));
  await at.keyboard.type('030 23125 114');
  await choose(at, 'observed', /Dateien lassen sich nicht öffnen/);
  await tabTo(at, field(at, 'In einem Satz: Was ist los?'));
  await at.keyboard.type('Alle Dateien heißen plötzlich anders');
  await choose(at, 'inform', 'Ja, mit unserem Namen');
  if (!javaScriptEnabled) {
    await tabTo(at, button(at, 'Zwischenspeichern'));
    await at.keyboard.press('Enter');
    await says(at, 'Zwischengespeichert.');
  }
  await says(at, 'Zahlen Sie nicht, und antworten Sie nicht.');
  await says(at, 'Alles Nötige ist da.');
  await isAsWideAsTheWindow(at);
  if (javaScriptEnabled) await look(at, `telefon-code-${name}`);
  await tabTo(at, button(at, 'Meldung aufnehmen'));
  await at.keyboard.press('Enter');
  await says(at, 'Die Meldung ist aufgenommen');
  // axe waits by timers, which do not run there without JavaScript.
  if (javaScriptEnabled) await look(at, `telefon-aufgenommen-${name}`);
  assert.deepEqual(at.faults, []);
  await tabTo(at, at.getByRole('link', { name: 'Zum Vorgang' }));
  await at.keyboard.press('Enter');
  await at.waitForURL(/\/vorgaenge\/TH-/);
}

for (const [name, size] of [['360', TELEPHONE], ['1280', DESK]]) {
  for (const javaScriptEnabled of [true, false]) {
    test(`a call is taken by keyboard alone, ${name} px, JavaScript ${javaScriptEnabled ? 'on' : 'off'}, and with the code the report stands`, async () => {
      assert.ok(code, 'the code of the card');
      const at = await visitor({ javaScriptEnabled, ...size });
      await take(at, { javaScriptEnabled, name });
      await says(at, 'Alle Dateien heißen plötzlich anders');
      await says(at, 'Stadt Waltershausen');
      assert.equal(await at.getByText('unbestätigt').count(), 0, 'the report stands');
      await at.context().close();
    });
  }
}
