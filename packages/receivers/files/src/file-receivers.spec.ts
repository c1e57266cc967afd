import { isMillraceError, ReceiverFactory } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { fileReceivers, textFiles, wholeFiles } from './index.ts';

describe('file receivers', () => {
  it('describe their streams', () => {
    expect(textFiles({ directory: './spool' })).toMatchObject({
      name: 'text-files',
      description: 'lines of files in ./spool',
      capabilities: { format: 'text', replayable: true },
    });
    expect(wholeFiles({ directory: './spool' })).toMatchObject({
      name: 'whole-files',
      description: 'files in ./spool',
      capabilities: { format: 'records', replayable: true },
    });
  });

  it.each([
    { directory: './spool/*' },
    { directory: '' },
    { directory: './spool', pollIntervalMs: 0 },
    { directory: './spool', suffixes: [''] },
    { directory: './spool', recursive: true },
  ])('refuse wrong options like $directory', (options) => {
    expect(
      isMillraceError(
        errorOf(() => textFiles(options)),
        'MR_CONFIG_INVALID_OPTION',
      ),
    ).toBe(true);
  });

  it('are offered by name', () => {
    const { ports } = assemblePorts([fileReceivers()]);
    const names = ports.getAll(ReceiverFactory).map(({ receiverName }) => receiverName);
    expect(names).toEqual(['text-files', 'whole-files']);
  });
});

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('expected an error');
}
