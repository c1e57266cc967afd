import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { ChannelLogger, unpackFields } from './channel-logger.ts';
import type { FromExecutor } from './envelope.ts';

type Line = Extract<FromExecutor, { type: 'log' }>;

function lines() {
  const sent: Line[] = [];
  // A sent line has to cross a thread border.
  return { sent, log: new ChannelLogger((line) => void sent.push(structuredClone(line))) };
}

describe('the log of an executor', () => {
  it('sends level, message and the fields of all loggers it came through', () => {
    const { sent, log } = lines();
    log.child({ streamId: 1 }).warn('late', { byMs: 5 });
    expect(sent).toEqual([{ type: 'log', level: 'warn', message: 'late', fields: { streamId: 1, byMs: 5 } }]);
  });

  it('restores errors as errors, with their codes and causes', () => {
    const { sent, log } = lines();
    const error = coreError('MR_WAL_FULL', 'no room', { cause: new Error('ENOSPC') });
    log.error('failed', { error });
    const fields = unpackFields(sent[0]?.fields ?? {});
    expect(fields['error']).toMatchObject({ code: 'MR_WAL_FULL', message: 'no room' });
    expect((fields['error'] as Error).cause).toMatchObject({ message: 'ENOSPC' });
  });

  it('replaces values that are not data, and does not follow circles', () => {
    const { sent, log } = lines();
    const circle: Record<string, unknown> = { fn: () => 1, bytes: Uint8Array.of(1, 2) };
    circle['self'] = circle;
    log.info('odd', circle);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.fields).toMatchObject({ bytes: '2 bytes' });
  });
});
