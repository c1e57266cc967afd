#!/usr/bin/env node
// `npx millrace-plugin validate`: ends with 1 when something has to be mended, or there is nothing to look at.
import { createCommand } from './command-line.ts';

const command = createCommand({
  write: (text) => process.stdout.write(text),
  end: (problemCount) => {
    if (problemCount > 0) process.exitCode = 1;
  },
});
try {
  await command.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
