// A town hall gets ready for the worst day: the task list of its first page, from the second factor to the card.
import { accountOf, follow, look, press, refused, says, setUpFactor, signIn, story } from './people.mjs';

const step = story();
let page;
let codes;

step('the first page lists what is left to do', async () => {
  page = await signIn('org_lead');
  await says(page, 'Noch einzurichten');
  await look(page, 'start-einrichten');
});

step('the second factor is set up, its codes are made anew', async () => {
  await follow(page, 'Zweiten Faktor einrichten');
  await page.waitForURL(/zweiter-faktor/);
  ({ codes } = await setUpFactor(page));
  await page.goto('/konto/zweiter-faktor/codes');
  await look(page, 'codes-erneuern');
  await page.getByLabel('Code', { exact: true }).fill(codes[0]);
  await press(page, 'Neue Codes erzeugen');
  codes = await page.locator('.mk-codes li').allInnerTexts();
});

step('the data of the organisation are looked at and confirmed', async () => {
  await page.goto('/');
  await follow(page, 'Angaben zu Ihrer Stelle prüfen und bestätigen');
  await page.waitForURL(/\/angaben$/);
  await look(page, 'angaben');
  await press(page, 'Stimmt so');
  await page.goto('/');
  await look(page, 'start-angaben-bestaetigt');
});

step('the second factor goes with password and code, for the next telephone', async () => {
  const { password } = await accountOf('org_lead');
  await page.goto('/konto/zweiter-faktor/entfernen');
  await look(page, 'zweiten-faktor-entfernen');
  await page.getByLabel('Jetziges Passwort').fill(password);
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await press(page, 'Zweiten Faktor entfernen');
  await refused(page, 'code');
  await page.getByLabel('Jetziges Passwort').fill(password);
  await page.getByLabel('Code', { exact: true }).fill(codes[0]);
  await press(page, 'Zweiten Faktor entfernen');
  await page.goto('/konto');
  await says(page, 'Sie melden sich nur mit Ihrem Passwort an.');
  await page.context().close();
});
