// `npm run bench`: measures, prints, and fails when a benchmark throws.
import { keepObjectsYoung } from './heap.ts';
import { runCommand } from './command-line.ts';
import { SUITES } from './suites.ts';

keepObjectsYoung();
process.exitCode = await runCommand(process.argv.slice(2), {
  suites: SUITES,
  write: (line) => console.log(line),
});
