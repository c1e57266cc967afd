#!/usr/bin/env node
// `npm create millrace`: ends with 1, and one line, after a mistake of the caller.
import { runCreateCommand } from '@millrace/scaffold';
import { createCommand } from './create-app-command.ts';

await runCreateCommand(createCommand);
