// Who reports for whom: a mandate that a town hall grants and takes back, and a report in its name that it confirms.
import assert from 'node:assert/strict';

import { accountOf, enter, follow, look, press, question, refused, says, signIn, story, visitor } from './people.mjs';

const step = story();
const HOUSE = 'Stadt Waltershausen';
const PROVIDER = 'Landkreis Gotha';
let lead;
let receipt;

step('a town hall finds its provider in the register and grants it a mandate', async () => {
  lead = await signIn('org_lead');
  await follow(lead, 'Meine Stelle');
  await follow(lead, 'Mandate ansehen');
  await says(lead, 'Noch keines.');
  await look(lead, 'mandate-leer');
  await follow(lead, 'Mandat erteilen');
  await look(lead, 'mandat-neu');
  await lead.getByLabel('Welche Stelle suchen Sie?').fill(PROVIDER);
  await press(lead, 'Suchen');
  await press(lead, 'Dieses Mandat erteilen');
  await refused(lead, 'mandated');
  await look(lead, 'mandat-neu-abgelehnt');
  await lead.getByLabel(`${PROVIDER} (GTH)`).check();
  await lead.getByLabel('Vorfälle melden und diese Meldungen verfolgen').check();
  await press(lead, 'Dieses Mandat erteilen');
  await says(lead, 'Das Mandat ist erteilt.');
  await says(lead, 'gilt');
  await look(lead, 'mandate');
});

step('the town hall takes the mandate back with one confirmation', async () => {
  await lead.getByText('widerrufen', { exact: false }).first().click();
  await press(lead, 'Ja, Mandat widerrufen');
  await says(lead, 'Das Mandat ist widerrufen.');
  await look(lead, 'mandate-widerrufen');
});

step('without a mandate the provider gets a receipt and sees the status alone', async () => {
  const administrator = await signIn('administrator');
  await administrator.goto('/register');
  await administrator.getByLabel('Name, AGS oder ARS').fill('Waltershausen');
  await press(administrator, 'Filtern');
  await follow(administrator, HOUSE);
  await follow(administrator, 'Dienstleister eintragen');
  await administrator.getByLabel('Dienstleister', { exact: true }).selectOption({ label: PROVIDER });
  await administrator.getByLabel('Dienst', { exact: true }).fill('Rechenzentrum');
  await press(administrator, 'Speichern');
  await says(administrator, 'Der Dienstleister ist eingetragen.');
  await administrator.context().close();

  const page = await provider();
  await page.goto('/melden');
  await press(page, 'Vorfall melden');
  await page.waitForURL(/\/lage$/);
  const answers = {
    was: async () => {
      await page.locator('input[name="observed"]').first().check();
      await page.getByLabel('In einem Satz: Was ist los?').fill('Das Fachverfahren steht');
    },
    erreichbar: () => page.getByLabel('Telefon', { exact: true }).fill('030 23125 114'),
    fuer: async () => {
      await look(page, 'melden-fuer-ohne-mandat');
      await page.getByLabel(`${HOUSE} (ohne Mandat`).check();
    },
    weitergabe: () => page.locator('input[name="inform"]').first().check(),
  };
  while (question(page) !== 'pruefen') {
    const here = question(page);
    await answers[here]?.();
    await press(page, 'Weiter');
    await page.waitForURL((at) => !at.pathname.endsWith(here));
  }
  await page.locator('form[action$="/pruefen"] button').last().click();
  await says(page, 'Sie haben ohne Mandat gemeldet');
  await look(page, 'meldung-beleg');
  receipt = await page.locator('.mk-code').allInnerTexts();
  await follow(page, 'Stand abfragen');
  await page.getByLabel('Aktenzeichen').fill(receipt[0]);
  await page.getByLabel('Belegcode').fill('2222-2222-2222');
  await press(page, 'Stand zeigen');
  await refused(page, 'code');
  await look(page, 'meldestand-abgelehnt');
  await page.getByLabel('Belegcode').fill(receipt[1]);
  await press(page, 'Stand zeigen');
  await says(page, 'Die Stelle hat die Meldung noch nicht bestätigt.');
  await look(page, 'meldestand');
  await page.goto(`/vorgaenge/${receipt[0]}`);
  await says(page, 'Nicht gefunden');
  await page.context().close();
});

step('the town hall reads who reported in its name and confirms it', async () => {
  await lead.goto(`/vorgaenge/${receipt[0]}`);
  await says(lead, `Gemeldet für ${HOUSE} durch ${PROVIDER}, ohne Mandat.`);
  await look(lead, 'vorgang-bestaetigen');
  const analyst = await signIn('analyst');
  await analyst.goto(`/vorgaenge/${receipt[0]}`);
  await says(analyst, 'unbestätigt');
  await look(analyst, 'vorfall-unbestaetigt');
  await analyst.context().close();
  await press(lead, 'Ja, das ist unsere Meldung');
  await says(lead, 'Sie haben die Meldung bestätigt.');
  await look(lead, 'vorgang-bestaetigt');
  await lead.context().close();
});

/** The IT security officer of the provider. */
async function provider() {
  const administrator = await signIn('administrator');
  await administrator.goto(`/konten?suche=${encodeURIComponent(PROVIDER)}`);
  const mail = await administrator.getByText(/it-sicherheit@landkreis-gotha-\d+\.example/).first().innerText();
  await administrator.context().close();
  const page = await visitor();
  await page.goto('/anmelden');
  const { password } = await accountOf('reporter');
  await enter(page, { mail: mail.match(/it-sicherheit@\S+\.example/)[0], password });
  await page.getByRole('heading', { name: 'Guten Tag' }).waitFor();
  assert.ok(page.url());
  return page;
}
