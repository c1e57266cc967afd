#!/usr/bin/env node
// `npm create millrace-receiver`: ends with 1, and one line, after a mistake of the caller.
import { runCreateCommand } from '@millrace/scaffold';
import { createCommand } from './create-receiver-command.ts';

await runCreateCommand(createCommand);
