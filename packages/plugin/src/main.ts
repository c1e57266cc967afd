#!/usr/bin/env node
// `npx millrace-plugin validate`: ends with 1 when a check finds a problem, or when there is no package.
import { messageOf } from '@millrace/core';
import { endWhenUnread, escapeLines } from '@millrace/core/engine';
import { createCommand } from './plugin-command.ts';

endWhenUnread();
const command = createCommand({
  write: (text) => process.stdout.write(escapeLines(text)),
  end: (problemCount) => {
    if (problemCount > 0) process.exitCode = 1;
  },
});
try {
  await command.parseAsync();
} catch (error) {
  process.stderr.write(`${escapeLines(messageOf(error))}\n`);
  process.exitCode = 1;
}
