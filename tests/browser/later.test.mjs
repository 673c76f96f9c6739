// A report that grows: news beside the first word, an answer from the CERT, and a false alarm that is taken back.
import assert from 'node:assert/strict';

import { accountOf, answerAll, follow, look, mailTo, press, refused, says, send, signIn, story } from './people.mjs';

const step = story();
let town;
let reference;

step('a town hall that stopped in the middle finds its report on the first page', async () => {
  town = await signIn('reporter');
  await town.goto('/melden');
  await press(town, 'Vorfall melden');
  await town.waitForURL(/\/lage$/);
  await town.goto('/');
  await says(town, 'Angefangene Meldung fertig schreiben');
  await look(town, 'start-entwurf');
});

step('it reports, states more, and its first word stays as it was', async () => {
  await answerAll(town, {
    observed: 'Ein Konto oder Postfach wird von Fremden benutzt',
    title: 'Postfach der Kasse verschickt fremde Mails',
    description: 'Seit heute früh.',
  });
  reference = await send(town);
  await follow(town, 'Zum Vorgang');
  await says(town, 'Im Moment nichts. Melden Sie nach, wenn sich etwas ändert.');
  await follow(town, 'Etwas nachmelden');
  await says(town, 'Ihre erste Meldung bleibt, wie sie ist.');
  await look(town, 'nachtrag');
  await town.getByLabel('Was ist neu, falsch oder vorbei?').fill('Es war die Bauverwaltung, nicht die Kasse.');
  await press(town, 'Nachmeldung senden');
  await refused(town, 'nature');
  assert.match(await town.getByLabel('Was ist neu, falsch oder vorbei?').inputValue(), /Bauverwaltung/);
  await look(town, 'nachtrag-abgelehnt');
  await town.getByLabel('Ich berichtige etwas').check();
  await town.getByLabel('Nein, niemanden').check();
  await press(town, 'Nachmeldung senden');
  await says(town, 'Ihre Nachmeldung ist angekommen.');
  await says(town, 'Es war die Bauverwaltung, nicht die Kasse.');
  await says(town, 'Seit heute früh.');
  await look(town, 'vorgang-nachgemeldet');
  const { mail } = await accountOf('analyst');
  const told = await mailTo(await signIn('administrator'), mail, reference);
  assert.match(told, /eine Stelle hat zu ihrem Vorgang etwas geschrieben/);
  assert.doesNotMatch(told, /Bauverwaltung/);
});

step('the CERT writes, and the town hall is told that it is asked', async () => {
  const analyst = await signIn('analyst');
  await analyst.goto(`/vorgaenge/${reference}`);
  await says(analyst, 'Berichtigt von');
  await look(analyst, 'vorfall-nachgemeldet');
  await analyst.locator('textarea[name="text"]').fill('Wer hat heute Zugriff auf das Postfach?');
  await analyst.locator('input[name="an"][value="organisation"]').check();
  await analyst.locator('button[name="senden"][value="organisation"]').click();
  await says(analyst, 'Gespeichert. Wer es lesen darf, sieht es jetzt im Vorgang.');
  await analyst.context().close();
  await town.goto(`/vorgaenge/${reference}`);
  await says(town, 'Das ThüringenCERT hat Ihnen geschrieben.');
  await look(town, 'vorgang-gefragt');
  await town.getByLabel('Ihre Nachricht an das ThüringenCERT').fill('Nur die Amtsleitung.');
  await press(town, 'Nachricht senden');
  await says(town, 'Im Moment nichts.');
});

step('it was a false alarm: a reason, and the case is closed', async () => {
  await follow(town, 'Es war ein Fehlalarm');
  await look(town, 'fehlalarm');
  await press(town, 'Als Fehlalarm zurücknehmen');
  await refused(town, 'text');
  await town.getByLabel('Woran haben Sie gemerkt, dass nichts passiert ist?').fill('Es war ein Test der IT.');
  await press(town, 'Als Fehlalarm zurücknehmen');
  await says(town, 'Der Vorgang ist als Fehlalarm abgeschlossen.');
  await says(town, 'Abgeschlossen: Fehlalarm');
  await look(town, 'vorgang-fehlalarm');
  await town.context().close();
});
