#!/usr/bin/env node
// `npm create millrace-receiver`: ends with 1, and one line, after a mistake of the caller.
import { createCommand } from './create-receiver-command.ts';
import { UsageError } from './usage-error.ts';

// A reader that closes its end (`| head`) is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
const command = createCommand({
  isInteractive: process.stdin.isTTY && process.stdout.isTTY,
  write: (text) => process.stdout.write(text),
});
try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
