// `npm run bench`: measures, prints, and fails when a benchmark throws.
import { runCommand } from './command-line.ts';
import { SUITES } from './suites.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  suites: SUITES,
  write: (line) => console.log(line),
});
