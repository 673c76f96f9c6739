// Runs every *.test.mjs beside it, or those named on the command line, one test after the other in one process.
// Node's own test runner counts and prints; it closes with lines such as `# pass 5` and sets the exit code.
//
//   node tests/browser/run.mjs [NAME…]
//
// MELDEKETTE_BIN       the program to test (target/debug/meldekette)
// MELDEKETTE_CHROMIUM  the browser (/usr/bin/chromium)
// MELDEKETTE_SHOTS     a folder for screenshots of every checked page; none are kept without it
import { readdir } from 'node:fs/promises';

const wanted = process.argv.slice(2);
const files = (await readdir(import.meta.dirname ?? new URL('.', import.meta.url)))
  .filter((name) => name.endsWith('.test.mjs'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`No browser test is called ${wanted.join(' or ')}.`);
  process.exit(1);
}
for (const file of files) await import(`./${file}`);
