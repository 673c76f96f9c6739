// The guided report, walked by somebody who does it for the first time: by keyboard alone, on a telephone's width, with
// JavaScript and without; and what becomes of a draft that is left.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accountOf, confirm, follow, look, onward, press, question, refused, says, signIn, tabTo, visitor } from './people.mjs';

const TELEPHONE = { viewport: { width: 360, height: 740 } };

/** What is typed or chosen at each question; the keys that do it. */
const ANSWERS = {
  was: async (page) => {
    await tabTo(page, page.locator('input[name="observed"]').first());
    await page.keyboard.press('Space');
    await tabTo(page, page.getByLabel('In einem Satz: Was ist los?'));
    await page.keyboard.type('Dateien im Bauamt gehen nicht auf');
  },
  erreichbar: async (page) => {
    await tabTo(page, page.getByLabel('Telefon', { exact: true }));
    await page.keyboard.type('030 23125 114');
  },
  fuer: async (page) => {
    await tabTo(page, page.locator('input[name="organisation"]').first());
    await page.keyboard.press('Space');
  },
  weitergabe: async (page) => {
    await tabTo(page, page.locator('input[name="inform"]').first());
    await page.keyboard.press('Space');
  },
};

/** What the page brings along in its fields: what nobody sees, and what is filled in already. */
const brought = (page) =>
  page.locator('main form').evaluateAll((forms) => {
    const fields = forms.flatMap((form) => [...form.elements]);
    const isFilled = (field) => (['radio', 'checkbox'].includes(field.type) ? field.defaultChecked : field.defaultValue);
    return {
      unseen: fields.filter((field) => field.type === 'hidden' || field.localName === 'button').map((field) => field.name),
      filled: fields.filter(isFilled).map((field) => field.name),
    };
  });

/** Presses a button by keyboard; the fields that hold something in what the browser then posts. */
async function posted(page, button) {
  const { unseen, filled } = await brought(page);
  await tabTo(page, page.getByRole('button', { name: button, exact: true }));
  const isForm = (request) => request.method() === 'POST' && request.isNavigationRequest();
  const [request] = await Promise.all([page.waitForRequest(isForm), page.keyboard.press('Enter')]);
  const fields = [...new URLSearchParams(request.postData())]
    .filter(([name, value]) => value.trim() && !unseen.includes(name))
    .map(([name]) => name);
  return { fields: fields.length, typed: fields.filter((name) => !filled.includes(name)).length };
}

/** Signs in and reports with the least that is needed, pressing keys only; what is posted, typed and asked. */
async function walk(page, how) {
  const { mail, password } = await accountOf('reporter');
  await page.goto('/anmelden');
  await look(page, `tastatur-anmelden-${how}`);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  // The first stop leads past the head of the page.
  await page.waitForURL(/#inhalt$/);
  await tabTo(page, page.getByLabel('E-Mail-Adresse'));
  await page.keyboard.type(mail);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Guten Tag' }).waitFor();
  await look(page, `tastatur-start-${how}`);
  await tabTo(page, page.getByRole('link', { name: 'Vorfall melden' }).first());
  await page.keyboard.press('Enter');
  await page.waitForURL('/melden');
  await look(page, `tastatur-melden-${how}`);
  await tabTo(page, page.getByRole('button', { name: 'Vorfall melden' }));
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/lage$/);
  const all = { fields: 0, typed: 0, questions: 0 };
  while (question(page) !== 'pruefen') {
    const here = question(page);
    await look(page, `tastatur-${here}-${how}`);
    await ANSWERS[here]?.(page);
    const { fields, typed } = await posted(page, 'Weiter');
    all.fields += fields;
    all.typed += typed;
    all.questions += 1;
    await page.waitForURL((at) => !at.pathname.endsWith(here));
    await page.waitForLoadState('load');
    const [needs, has] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(needs <= has, `${question(page)} is wider than the telephone`);
  }
  await look(page, `tastatur-pruefen-${how}`);
  await tabTo(page, page.getByRole('button', { name: 'Meldung absenden' }));
  await page.keyboard.press('Enter');
  await says(page, 'Ihre Meldung ist angekommen');
  await look(page, `tastatur-eingegangen-${how}`);
  assert.ok(all.typed > 0, 'what is typed is posted');
  assert.ok(all.fields <= 12, `${all.fields} fields`);
  assert.deepEqual(page.faults, []);
  return all;
}

for (const javaScriptEnabled of [true, false]) {
  test(`a town hall signs in and reports by keyboard alone, 360 px, JavaScript ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
    const page = await visitor({ javaScriptEnabled, ...TELEPHONE });
    const { fields, typed, questions } = await walk(page, javaScriptEnabled ? 'mit-skript' : 'ohne-skript');
    const how = `JavaScript ${javaScriptEnabled ? 'on' : 'off'}`;
    console.log(`guided report, ${how}: ${typed} fields typed of ${fields} posted, ${questions} questions`);
    await page.context().close();
  });
}

/** What the longest way says, by question. */
const WHOLE = {
  lage: (page) => page.getByLabel('Ja, Menschen sind in Gefahr').check(),
  was: async (page) => {
    await page.getByLabel('Ein Dienst oder ein Fachverfahren geht nicht mehr').check();
    await page.getByLabel('In einem Satz: Was ist los?').fill('Das Wasserwerk sieht seine Pumpen nicht');
    await page.getByLabel('Möchten Sie mehr dazu schreiben?').fill('Die Anzeige ist schwarz.');
  },
  naeher: async (page) => {
    await page.getByLabel('Tag und Uhrzeit').fill('gestern 7:40');
    await page.getByLabel('ein Dienstleister').check();
  },
  umfang: (page) => page.getByLabel('das ganze Haus').check(),
  daten: (page) => page.getByLabel('Weiß ich nicht').check(),
  absicht: (page) => page.getByLabel('Weiß ich nicht').check(),
  seit: (page) => page.getByLabel('Bemerkt am').fill('gestern 7:45'),
  getan: async (page) => {
    await page.getByLabel('Dienstleister angerufen').check();
    await page.getByLabel('Sonst noch etwas?').fill('Bereitschaft gerufen.');
  },
  erreichbar: async (page) => {
    await page.getByLabel('Telefon', { exact: true }).fill('030 23125 114');
    await page.getByLabel('Ein zweiter Weg, außerhalb Ihres Hauses').fill('Vertretung: 030 23125 115');
  },
  fuer: (page) => page.locator('input[name="organisation"]').first().check(),
  weitergabe: (page) => page.getByLabel('Ja, aber ohne unseren Namen').check(),
};

test('every question of the longest way is looked at, refused and answered; back and forth loses nothing', async () => {
  const page = await signIn('reporter');
  await page.goto('/melden');
  await press(page, 'Probemeldung (Übung)');
  await page.waitForURL(/\/lage$/);
  const draft = page.url().replace(/\/lage$/, '');
  const seen = [];
  while (question(page) !== 'pruefen') {
    const here = question(page);
    seen.push(here);
    assert.match(await page.title(), /^ÜBUNG · /);
    await look(page, `melden-${here}`);
    const field = { was: 'observed', erreichbar: 'contact_phone', weitergabe: 'inform', fuer: 'organisation' }[here];
    if (field) {
      await press(page, 'Weiter');
      const summary = page.getByRole('alert').last();
      await summary.waitFor();
      assert.ok(await summary.evaluate((element) => element === document.activeElement), 'the summary is read first');
      await refused(page, field);
      await look(page, `melden-${here}-abgelehnt`);
    }
    await WHOLE[here](page);
    await onward(page);
  }
  await look(page, 'melden-pruefen');
  // All the way back, by the button that saves, and on again: the summary says the same.
  const summary = await page.locator('main dl').innerText();
  await page.goto(`${draft}/${seen.at(-1)}`);
  for (const here of [...seen].reverse()) {
    assert.equal(question(page), here);
    await press(page, 'Zurück');
    await page.waitForURL((at) => !at.pathname.endsWith(here));
  }
  assert.equal(new URL(page.url()).pathname, '/melden');
  await says(page, 'Das Wasserwerk sieht seine Pumpen nicht');
  await look(page, 'melden-weiter');
  await follow(page, 'Das Wasserwerk sieht seine Pumpen nicht');
  await page.waitForURL(/\/pruefen$/);
  assert.equal(await page.locator('main dl').innerText(), summary);
  await page.getByRole('link', { name: 'Ändern Umfang' }).click();
  await page.waitForURL(/\/umfang/);
  await page.goto(`${draft}/pruefen`);
  await press(page, 'Probemeldung absenden');
  await page.waitForURL(/\/vorgaenge\/UE-[\d-]+\/eingegangen$/);
  await says(page, 'Das war eine Übung.');
  await look(page, 'eingegangen-uebung');
  await page.goto(`${draft}/was`);
  await page.waitForURL(/\/eingegangen$/);
  await page.context().close();
});

test('what is typed is saved while somebody types, and another device goes on with it', async () => {
  const page = await signIn('reporter');
  await page.goto('/melden');
  await press(page, 'Vorfall melden');
  await page.waitForURL(/\/lage$/);
  await onward(page);
  await page.getByLabel('In einem Satz: Was ist los?').fill('Mitten im Sa');
  await says(page, /Gespeichert um \d\d:\d\d Uhr\./);
  const there = page.url();
  await page.getByLabel('In einem Satz: Was ist los?').fill('Mitten im Satz');
  // The browser is closed before anybody pressed anything.
  await page.waitForResponse((answer) => answer.status() === 204);
  await page.context().close();

  const telephone = await signIn('reporter', TELEPHONE);
  await telephone.goto('/melden');
  await telephone.getByRole('link', { name: 'Mitten im Satz' }).waitFor();
  await telephone.goto(there);
  const sentence = (page) => page.getByLabel('In einem Satz: Was ist los?');
  assert.equal(await sentence(telephone).inputValue(), 'Mitten im Satz');
  const desk = await signIn('reporter');
  await desk.goto(there);
  await desk.getByLabel('Etwas anderes').check();
  await sentence(desk).fill('Am Rechner zu Ende geschrieben');
  await onward(desk);
  await telephone.getByLabel('Etwas anderes').check();
  await sentence(telephone).fill('Am Telefon zu Ende geschrieben');
  await press(telephone, 'Weiter');
  await says(telephone, 'Hier wurde inzwischen weitergeschrieben');
  await says(telephone, 'Am Rechner zu Ende geschrieben');
  assert.equal(await sentence(telephone).inputValue(), 'Am Telefon zu Ende geschrieben');
  await look(telephone, 'melden-inzwischen');
  await onward(telephone);
  await telephone.goto('/melden');
  await telephone.getByRole('listitem').filter({ hasText: 'Am Telefon zu Ende geschrieben' }).getByRole('button').click();
  await confirm(telephone);
  await says(telephone, 'Der Entwurf ist verworfen.');
  await desk.context().close();
  await telephone.context().close();
});

test('a page that cannot save says so, and saves when it can again', async () => {
  const page = await signIn('reporter');
  await page.goto('/melden');
  await press(page, 'Vorfall melden');
  await page.waitForURL(/\/lage$/);
  await onward(page);
  await page.context().setOffline(true);
  await page.getByLabel('In einem Satz: Was ist los?').fill('Ohne Netz geschrieben');
  await says(page, 'Noch nicht gespeichert.');
  await page.context().setOffline(false);
  await says(page, /Gespeichert um \d\d:\d\d Uhr\./);
  await page.reload();
  assert.equal(await page.getByLabel('In einem Satz: Was ist los?').inputValue(), 'Ohne Netz geschrieben');
  await page.context().close();
});
