// `npm run bench`: measures, prints, and fails when a benchmark throws.
import { endWhenUnread } from '@millrace/core';
import { keepObjectsYoung } from './runner/heap.ts';
import { runCommand } from './runner/command-line.ts';
import { SUITES } from './suites.ts';

endWhenUnread();
keepObjectsYoung();
process.exitCode = await runCommand(process.argv.slice(2), {
  suites: SUITES,
  write: (line) => console.log(line),
});
