#!/usr/bin/env node
// `npx millrace-plugin validate`: ends with 1 when something has to be mended, or there is nothing to look at.
import { messageOf } from '@millrace/core';
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
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
