#!/usr/bin/env node
// `millrace-conformance README.md …`: writes the badge and the table of guarantees into READMEs, from the reports
// beside them. The exit code is 1 when a report has failures or a README could not be updated.
import { messageOf } from '@millrace/core';
import { endWhenUnread } from '@millrace/core/engine';
import { updateReadme } from './update-readmes.ts';

endWhenUnread();
const paths = process.argv.slice(2);
if (paths.length === 0) {
  process.stderr.write('usage: millrace-conformance README.md …\n');
  process.exitCode = 2;
}
for (const path of paths) {
  try {
    const { hasChanged, failed } = await updateReadme(path);
    process.stdout.write(`${path}: ${hasChanged ? 'updated' : 'is up to date'}\n`);
    if (failed > 0) process.exitCode = 1;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}
