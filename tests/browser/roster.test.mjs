// Who is on call: the lead plans four weeks, somebody is absent, the duty is handed over, and a calendar program reads it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { follow, look, press, refused, says, signIn, story } from './people.mjs';

const step = story();
const run = promisify(execFile);
let lead;
let first;
let second;

/** `24.11.2026 08:00`, so many days from now. */
const at = (days) => {
  const day = new Date(Date.now() + days * 86_400_000);
  return `${new Intl.DateTimeFormat('de-DE', { timeZone: 'Europe/Berlin', day: '2-digit', month: '2-digit', year: 'numeric' }).format(day)} 08:00`;
};

async function plan(weeks) {
  await lead.goto('/bereitschaft/planen');
  // Yesterday, so that somebody is on call now.
  await lead.getByLabel('Beginn der ersten Woche').fill(at(-1));
  await lead.getByLabel('Ende der ersten Woche').fill(at(6));
  await lead.getByLabel('Für wie viele Wochen?').fill(weeks);
  await lead.getByLabel('Erste Person').selectOption({ label: 'Analyse 1' });
  await lead.getByLabel('Zweite Person').selectOption({ label: 'Analyse 2' });
  await press(lead, 'Planen');
}

step('the lead plans four weeks, and nobody is on call beside another', async () => {
  lead = await signIn('cert_lead');
  await lead.goto('/eingang');
  await follow(lead, 'Bereitschaft');
  await says(lead, 'Noch ist keine Bereitschaft geplant.');
  await look(lead, 'bereitschaft-leer');
  await follow(lead, 'Bereitschaft planen');
  await look(lead, 'bereitschaft-planen');
  await plan('0');
  await refused(lead, 'wochen');
  await plan('4');
  await says(lead, 'Die Bereitschaft ist geplant.');
  assert.equal(await lead.getByRole('button', { name: /^Streichen/ }).count(), 4);
  await look(lead, 'bereitschaft-geplant');
  await plan('1');
  await says(lead, /In dieser Zeit hat schon Analyse 1 Bereitschaft/);
  await refused(lead, 'von');
});

step('while somebody is absent the deputy stands in, and the gap of both is told on top', async () => {
  [first, second] = await Promise.all([signIn('analyst'), signIn('analyst', { which: 1 })]);
  await first.goto('/bereitschaft');
  assert.equal(await first.getByRole('link', { name: 'Bereitschaft planen' }).count(), 0);
  await follow(first, 'Ich bin nicht da');
  await first.getByLabel('Abwesend ab').fill(at(2));
  await first.getByLabel('Wieder da am').fill(at(3));
  await press(first, 'Speichern');
  await second.goto('/eingang/abwesenheit');
  await second.getByLabel('Abwesend ab').fill(at(2).replace('08:00', '20:00'));
  await second.getByLabel('Wieder da am').fill(at(3));
  await press(second, 'Speichern');
  await lead.goto('/bereitschaft');
  await says(lead, 'Lücken in den nächsten 14 Tagen');
  await says(lead, 'vertritt');
  await says(lead, 'alle abwesend');
  await look(lead, 'bereitschaft-luecke');
});

step('the duty goes over when the other person accepts it', async () => {
  await first.goto('/bereitschaft');
  await follow(first, 'Bereitschaft übergeben');
  await look(first, 'bereitschaft-uebergeben');
  await press(first, 'Übergabe anbieten');
  await refused(first, 'wem');
  await first.getByLabel('An wen?').selectOption({ label: 'Analyse 2' });
  await first.getByLabel('Bis wann?').fill(at(1));
  await first.getByLabel('Was muss die andere Person wissen?').fill('Es ist ruhig.');
  await press(first, 'Übergabe anbieten');
  await says(first, 'Die Übergabe ist angeboten.');
  const now = (page) => page.locator('main dl dd').first().innerText();
  assert.match(await now(first), /^Analyse 1 /, 'responsible until it is accepted');
  await lead.goto('/bereitschaft');
  await says(lead, 'Es ist ruhig.');
  assert.equal(await lead.getByRole('button', { name: 'Annehmen' }).count(), 0);
  await second.goto('/bereitschaft');
  await look(second, 'bereitschaft-angeboten');
  await press(second, 'Annehmen');
  await says(second, 'Sie haben die Bereitschaft übernommen.');
  assert.match(await now(second), /^Analyse 2 /);
  await look(second, 'bereitschaft-uebernommen');
});

step('a calendar program reads the own duty under a secret address', async () => {
  await second.goto('/bereitschaft/kalender');
  await look(second, 'bereitschaft-kalender');
  await press(second, 'Neue Adresse einrichten');
  const address = await second.locator('main code').innerText();
  const read = async (url) => {
    const { stdout } = await run('curl', ['--fail', '--silent', '--show-error', '--max-time', '20', url]);
    assert.ok(stdout.split('\r\n').every((line) => Buffer.byteLength(line) <= 75));
    // What another's parser makes of it.
    const script =
      'import sys, json, icalendar\n' +
      'read = icalendar.Calendar.from_ical(sys.argv[1])\n' +
      'print(json.dumps([[str(e["SUMMARY"]), e["DTSTART"].dt.isoformat(), str(e["UID"]), int(e["SEQUENCE"])] for e in read.walk("VEVENT")]))';
    return JSON.parse((await run('/usr/bin/python3', ['-c', script, stdout])).stdout);
  };
  const own = await read(address);
  assert.deepEqual(own.map(([summary]) => summary), Array(3).fill('Bereitschaft: Analyse 2'), 'two weeks and what was taken over');
  assert.equal(own[0][3], 1, 'the shift was changed');
  assert.equal(new Set(own.map(([, , uid]) => uid)).size, 3);
  const all = await read(`${address}?alle=ja`);
  assert.equal(all.length, 6);
  await press(second, 'Adresse entfernen');
  await says(second, 'Die Adresse gilt nicht mehr.');
  await assert.rejects(run('curl', ['--fail', '--silent', '--max-time', '20', address]), 'revoked');
});
