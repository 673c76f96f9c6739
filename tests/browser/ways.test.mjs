// Other ways to walk: without JavaScript, by keyboard alone, with the colours of one's own system, on paper.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accountOf, answerAll, enter, follow, press, says, send, signIn, visitor } from './people.mjs';

test('a town hall follows its case with JavaScript switched off', async () => {
  const page = await visitor({ javaScriptEnabled: false });
  await page.goto('/melden');
  await enter(page, await accountOf('reporter'));
  await page.waitForURL('/melden');
  await answerAll(page, {
    observed: 'Ein Gerät oder Datenträger ist weg',
    title: 'Ein Laptop ist weg',
    description: 'Der Laptop des Ordnungsamts lag im Auto.',
    inform: 'Ja, aber ohne unseren Namen',
  });
  await send(page);
  await follow(page, 'Zum Vorgang');
  await page.getByLabel('Ihre Nachricht an das ThüringenCERT').fill('Er war verschlüsselt.');
  await press(page, 'Nachricht senden');
  await says(page, 'Er war verschlüsselt.');
  await follow(page, 'Zu meinen Vorgängen');
  await says(page, 'Ein Laptop ist weg');
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('an analyst opens the composer for the town hall with JavaScript switched off', async () => {
  const page = await signIn('analyst', { javaScriptEnabled: false });
  await follow(page, 'TH-2026-00001');
  await follow(page, 'Öffnen');
  await page.getByRole('radio', { name: 'Stadt Waltershausen' }).check();
  await says(page, 'Geht hinaus an: Stadt Waltershausen');
  await page.getByRole('button', { name: 'An Stadt Waltershausen senden' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Intern notieren' }).count(), 0);
  await page.context().close();
});

test('an analyst moves through the queue by j, k and o, and switches the keys off', async () => {
  const page = await signIn('analyst');
  await page.waitForURL('/eingang');
  const rows = page.locator('table[data-keys] tbody th a');
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press('j');
  assert.equal(await focused(), await rows.nth(0).innerText());
  await page.keyboard.press('j');
  assert.equal(await focused(), await rows.nth(1).innerText());
  await page.keyboard.press('k');
  const reference = await focused();
  await page.keyboard.press('o');
  await page.getByRole('complementary', { name: `Vorschau ${reference}` }).waitFor();
  await page.waitForFunction((row) => document.activeElement.textContent === row, reference);
  await page.keyboard.press('o');
  await page.waitForURL(`/vorgaenge/${reference}`);
  await page.goBack();
  await page.getByRole('complementary', { name: `Vorschau ${reference}` }).waitFor();
  await press(page, 'Tasten abschalten');
  await page.keyboard.press('Tab');
  const before = await focused();
  await page.keyboard.press('j');
  assert.equal(await focused(), before);
  await page.context().close();
});

test('a row of the queue opens on a telephone too', async () => {
  const page = await signIn('analyst', { viewport: { width: 360, height: 740 } });
  await follow(page, 'TH-2026-00001');
  await follow(page, 'Öffnen');
  await page.waitForURL('/vorgaenge/TH-2026-00001');
  await page.context().close();
});

test('with forced colours every sign still shows: who has the case, how urgent, how far', async () => {
  const page = await signIn('analyst', { forcedColors: 'active' });
  await page.goto('/eingang');
  const outlined = (locator) => locator.evaluate((element) => getComputedStyle(element).outlineStyle);
  assert.equal(await outlined(page.locator('.mk-tabs a[aria-current]')), 'solid');
  assert.equal(await outlined(page.locator('.mk-prio--1').first()), 'solid');
  await page.goto('/vorgaenge/TH-2026-00001');
  const label = page.locator('.mk-tlp').first();
  const tlp = await label.evaluate((element) => getComputedStyle(element).backgroundColor);
  assert.equal(tlp, 'rgb(0, 0, 0)', 'the TLP label keeps its colours');
  const icon = page.locator('.mk-banner .kern-icon').first();
  const colours = await icon.evaluate((element) => [getComputedStyle(element).backgroundColor, getComputedStyle(document.body).backgroundColor]);
  assert.notEqual(colours[0], colours[1], 'icons stand out');
  await page.goto('/warnmeldungen/TH-CERT-2026-0001/zustellung');
  const bar = page.locator('.mk-stack rect').first();
  const fill = await bar.evaluate((element) => getComputedStyle(element).fill);
  const canvas = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(fill, canvas, 'the bar of the delivery shows');
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('a case prints on white paper with its reference, label and page number, without buttons', async () => {
  const page = await signIn('reporter', { colorScheme: 'dark' });
  await page.goto('/vorgaenge/TH-2026-00001');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--kern-color-layout-background-default').trim());
  assert.equal(paper, '#fff');
  assert.equal(await page.getByRole('button').count(), 0, 'nothing to press on paper');
  const sheet = await page.locator('link[media="print"]').evaluate((link) => fetch(link.href).then((answer) => answer.text()));
  assert.match(sheet, /TH-2026-00001/);
  assert.match(sheet, /TLP:AMBER/);
  await page.context().close();
});

test('a title of one long word fits a telephone on every page that shows it', async () => {
  const word = 'Verschlüsselungstrojaner'.repeat(7).slice(0, 160);
  const telephone = { viewport: { width: 360, height: 740 } };
  const wide = [];
  const measure = async (page, at) => {
    if (at) await page.goto(at);
    await page.waitForLoadState();
    const [needs, has] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    if (needs > has) wide.push(`${page.url()}: ${needs} px`);
  };

  const hall = await signIn('reporter', telephone);
  await answerAll(hall, { observed: 'Etwas anderes', title: word, description: word });
  await measure(hall);
  const incident = `/vorgaenge/${await send(hall)}`;
  await measure(hall);
  await hall.goto(incident);
  for (const at of [undefined, '/', '/vorgaenge']) await measure(hall, at);

  const desk = await signIn('analyst', telephone);
  const preview = `/eingang?vorschau=${incident.split('/').pop()}`;
  for (const at of ['/eingang', preview, incident, '/vorgaenge']) await measure(desk, at);
  await desk.goto('/warnmeldungen/neu');
  await desk.getByLabel('Titel', { exact: true }).fill(word.slice(0, 150));
  await desk.getByLabel('Wen betrifft das?').fill(word);
  await desk.getByLabel('Was ist heute zu tun?').fill(word);
  for (const name of ['tlp', 'warning_step', 'severity', 'audience']) {
    const field = desk.locator(`select[name="${name}"]`);
    if (await field.count()) await field.selectOption({ index: 1 });
    else await desk.locator(`input[name="${name}"]`).first().check();
  }
  await press(desk, 'Speichern und zur Prüfung geben');
  await desk.waitForURL(/\/freigabe$/);
  const advisory = new URL(desk.url()).pathname.replace('/freigabe', '');
  for (const at of [undefined, advisory, `${advisory}/bearbeiten`, '/warnmeldungen']) await measure(desk, at);

  const house = await signIn('administrator', telephone);
  await house.goto('/register/neu');
  await house.getByLabel('Name', { exact: true }).fill(word.slice(0, 100));
  await house.getByLabel('Art', { exact: true }).selectOption({ label: 'Verband' });
  await house.getByLabel('Ebene').selectOption({ label: 'Gemeinde' });
  await house.getByLabel('Erster Tag', { exact: true }).fill('01.01.2026');
  await press(house, 'Speichern');
  await house.waitForURL(/\/register\/[0-9a-f-]{36}$/);
  const organisation = new URL(house.url()).pathname;
  for (const at of [undefined, `${organisation}/kontakte/neu`, '/register/anbindung', '/konten/neu']) await measure(house, at);
  await house.goto('/register');
  await house.getByLabel('Name, AGS oder ARS').fill('Verschlüsselung');
  await press(house, 'Filtern');
  await says(house, word.slice(0, 100));
  await measure(house);

  assert.deepEqual(wide, []);
  for (const page of [hall, desk, house]) {
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
});
