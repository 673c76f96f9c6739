// Somebody without an account reports: with JavaScript and without, on two devices, and asks how it stands; by keyboard
// alone as well.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  accountOf, follow, linkIn, look, mailTo, onward, press, question, refused, says, signIn, story, tabTo, visitor,
} from './people.mjs';

const TELEPHONE = { viewport: { width: 360, height: 740 } };
const HOUSE = 'Stadt Waltershausen';
const step = story();
let page;
let code;
let receipt;

/** What a report cannot do without, by question. */
const ANSWERS = {
  was: async (at) => {
    await at.getByLabel('Eine verdächtige Mail oder ein verdächtiger Anruf').check();
    await at.getByLabel('In einem Satz: Was ist los?').fill('Jemand hat einen Anhang geöffnet');
  },
  erreichbar: async (at) => {
    await at.getByLabel('Nach wem fragen wir?').fill('Hausmeisterei');
    await at.getByLabel('Telefon', { exact: true }).fill('030 23125 114');
  },
  weitergabe: (at) => at.getByLabel('Ja, mit unserem Namen').check(),
};

async function until(at, last) {
  while (question(at) !== last) {
    await ANSWERS[question(at)]?.(at);
    await onward(at);
  }
}

step('somebody without an account begins a report from the page for signing in', async () => {
  page = await visitor(TELEPHONE);
  await page.goto('/anmelden');
  await look(page, 'anmelden-ohne-konto');
  await follow(page, 'Ohne Konto melden');
  await look(page, 'ohne-konto');
  await page.getByLabel('Code des Entwurfs').fill('2222-2222-2222-2222');
  await press(page, 'Hier weitermachen');
  await refused(page, 'code');
  await look(page, 'ohne-konto-code-abgelehnt');
  await press(page, 'Vorfall melden');
  await page.waitForURL(/\/ohne-konto\/lage$/);
  await look(page, 'ohne-konto-lage');
  await until(page, 'was');
  await page.getByLabel('In einem Satz: Was ist los?').fill('Jemand hat einen Anhang geöffnet');
  await press(page, 'Speichern und später weitermachen');
  await says(page, 'Ihr Entwurf ist gespeichert.');
  await look(page, 'ohne-konto-angefangen');
  [code] = await page.locator('.mk-code').allInnerTexts();
});

step('the draft goes on at another device without JavaScript, where the register finds the house', async () => {
  await page.context().close();
  page = await visitor({ javaScriptEnabled: false });
  await page.goto('/ohne-konto');
  await page.getByLabel('Code des Entwurfs').fill(code.toLowerCase().replaceAll('-', ' '));
  await press(page, 'Hier weitermachen');
  await page.waitForURL(/\/ohne-konto\/\w+$/);
  await page.goto('/ohne-konto/was');
  assert.equal(await page.getByLabel('In einem Satz: Was ist los?').inputValue(), 'Jemand hat einen Anhang geöffnet');
  await until(page, 'erreichbar');
  await press(page, 'Weiter');
  await refused(page, 'contact_name');
  await page.goto('/ohne-konto/erreichbar');
  await until(page, 'stelle');
  await page.getByLabel('Name der Verwaltung oder Einrichtung').fill('Stadtverwaltung Waltershausen');
  await press(page, 'Weiter');
  await says(page, 'Welche meinen Sie?');
});

step('with JavaScript again, the choice is made, checked and sent', async () => {
  await page.context().close();
  page = await visitor(TELEPHONE);
  await page.goto('/ohne-konto');
  await page.getByLabel('Code des Entwurfs').fill(code);
  await press(page, 'Hier weitermachen');
  await page.waitForURL(/\/ohne-konto\/\w+$/);
  await page.goto('/ohne-konto/stelle');
  await look(page, 'ohne-konto-stelle');
  await press(page, 'Weiter');
  await refused(page, 'office');
  await page.getByLabel(new RegExp(HOUSE)).check();
  await onward(page);
  await until(page, 'pruefen');
  await look(page, 'ohne-konto-pruefen');
  await press(page, 'Meldung absenden');
  await says(page, 'Ihre Meldung ist angekommen');
  await look(page, 'ohne-konto-beleg');
  receipt = await page.locator('.mk-code').allInnerTexts();
  assert.equal(receipt.length, 2);
});

step('reference and receipt code show how it stands, and nothing else does', async () => {
  await follow(page, 'Stand abfragen');
  await page.getByLabel('Aktenzeichen').fill(receipt[0]);
  await page.getByLabel('Belegcode').fill('2222-2222-2222');
  await press(page, 'Stand zeigen');
  await refused(page, 'code');
  await page.getByLabel('Belegcode').fill(receipt[1]);
  await press(page, 'Stand zeigen');
  await says(page, 'Das ThüringenCERT hat die Meldung noch keiner Stelle zugeordnet.');
  await look(page, 'status');
  await page.context().close();
});

step('the CERT reads it as unconfirmed and as nobody\'s', async () => {
  const analyst = await signIn('analyst');
  await analyst.goto(`/vorgaenge/${receipt[0]}`);
  await says(analyst, 'unbestätigt');
  await says(analyst, `Genannt wurde ${HOUSE}`);
  await look(analyst, 'vorfall-ohne-konto');
  await follow(analyst, 'Stelle zuordnen');
  await look(analyst, 'zuordnen');
  await press(analyst, 'Zuordnen und benachrichtigen');
  await refused(analyst, 'organisation');
  await analyst.getByLabel('Stelle suchen').fill('Waltershausen');
  await press(analyst, 'Suchen');
  await analyst.getByLabel(new RegExp(HOUSE)).check();
  await press(analyst, 'Zuordnen und benachrichtigen');
  await says(analyst, 'Die Meldung ist zugeordnet.');
  await look(analyst, 'vorfall-zugeordnet');
  await analyst.context().close();
});

step('the house says by the link in its mail, without signing in, that it is its report', async () => {
  const { mail } = await accountOf('org_lead');
  page = await visitor(TELEPHONE);
  const text = await mailTo(page, mail, receipt[0]);
  const link = linkIn(text, '/bestaetigung/');
  await page.goto(link);
  await says(page, 'Hausmeisterei');
  await look(page, 'bestaetigung');
  await press(page, 'Ja, das ist unsere Meldung');
  await says(page, 'Danke, Ihre Antwort ist gespeichert');
  await look(page, 'bestaetigung-danke');
  await page.goto(link);
  await says(page, 'Dieser Link gilt nicht mehr');
  await page.goto('/status');
  await page.getByLabel('Aktenzeichen').fill(receipt[0]);
  await page.getByLabel('Belegcode').fill(receipt[1]);
  await press(page, 'Stand zeigen');
  await says(page, 'Die Stelle hat die Meldung bestätigt.');
  await page.context().close();
});

/** What a report cannot do without, by question; the keys that say it. */
const KEYS = {
  was: async (at) => {
    await tabTo(at, at.locator('input[name="observed"]').first());
    await at.keyboard.press('Space');
    await tabTo(at, at.getByLabel('In einem Satz: Was ist los?'));
    await at.keyboard.type('Dateien im Bauamt gehen nicht auf');
  },
  erreichbar: async (at) => {
    await tabTo(at, at.getByLabel('Nach wem fragen wir?'));
    await at.keyboard.type('Hausmeisterei');
    await tabTo(at, at.getByLabel('Telefon', { exact: true }));
    await at.keyboard.type('030 23125 114');
  },
  stelle: async (at) => {
    await tabTo(at, at.getByLabel('Name der Verwaltung oder Einrichtung'));
    await at.keyboard.type('Stadtverwaltung Waltershausen');
    await at.keyboard.press('Enter');
    await tabTo(at, at.getByLabel(new RegExp(HOUSE)));
    await at.keyboard.press('Space');
  },
  weitergabe: async (at) => {
    await tabTo(at, at.locator('input[name="inform"]').first());
    await at.keyboard.press('Space');
  },
};

/** Begins with this button, answers what is needed and sends, pressing keys only; reference and receipt code. */
async function walk(at, begin) {
  await at.goto('/anmelden');
  await tabTo(at, at.getByRole('link', { name: 'Ohne Konto melden' }).first());
  await at.keyboard.press('Enter');
  await at.waitForURL('/ohne-konto');
  await tabTo(at, at.getByRole('button', { name: begin, exact: true }));
  await at.keyboard.press('Enter');
  await at.waitForURL(/\/ohne-konto\/lage$/);
  while (question(at) !== 'pruefen') {
    const here = question(at);
    await KEYS[here]?.(at);
    await tabTo(at, at.getByRole('button', { name: 'Weiter', exact: true }));
    await at.keyboard.press('Enter');
    await at.waitForURL((url) => !url.pathname.endsWith(here));
    await at.waitForLoadState('load');
    const [needs, has] = await at.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(needs <= has, `${question(at)} is wider than the window`);
  }
  await tabTo(at, at.getByRole('button', { name: /absenden$/ }));
  await at.keyboard.press('Enter');
  await says(at, 'Ihre Meldung ist angekommen');
  assert.deepEqual(at.faults, []);
  return at.locator('.mk-code').allInnerTexts();
}

for (const width of [360, 1280]) {
  for (const javaScriptEnabled of [true, false]) {
    test(`somebody without an account reports by keyboard alone, ${width} px, JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
      const at = await visitor({ javaScriptEnabled, viewport: { width, height: 800 } });
      const [reference, secret] = await walk(at, 'Vorfall melden');
      assert.match(reference, /^TH-/);
      await tabTo(at, at.getByRole('link', { name: 'Stand abfragen' }));
      await at.keyboard.press('Enter');
      await tabTo(at, at.getByLabel('Aktenzeichen'));
      await at.keyboard.type(reference);
      await tabTo(at, at.getByLabel('Belegcode'));
      await at.keyboard.type(secret);
      await at.keyboard.press('Enter');
      await says(at, 'Das ThüringenCERT hat die Meldung noch keiner Stelle zugeordnet.');
      await at.context().close();
    });
  }
}

test('a trial run without an account says on each page that it is one, and alarms nobody', async () => {
  const at = await visitor(TELEPHONE);
  const [reference] = await walk(at, 'Probemeldung (Übung)');
  assert.match(reference, /^UE-/);
  assert.match(await at.title(), /^ÜBUNG/);
  await says(at, 'Niemand wurde alarmiert.');
  await look(at, 'ohne-konto-probe-beleg');
  await at.context().close();
});
