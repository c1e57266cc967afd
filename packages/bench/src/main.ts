// `npm run bench`: measures, prints, and fails when a benchmark throws.
import { endWhenUnread } from '@millrace/core/engine';
import { keepObjectsYoung } from './runner/heap.ts';
import { runCommand } from './command/bench-command.ts';
import { SUITES } from './suites.ts';

endWhenUnread();
keepObjectsYoung();
process.exitCode = await runCommand(process.argv.slice(2), {
  suites: SUITES,
  write: (line) => console.log(line),
});
