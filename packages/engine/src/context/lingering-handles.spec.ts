import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { LINGERING_AFTER_MS, reportLingeringHandles } from './lingering-handles.ts';

/** The log lines after the wait, for these active resources. */
function linesFor(resources: readonly string[]) {
  const log = new RecordingLogger();
  const waits: { readonly delayMs: number; readonly callback: () => void }[] = [];
  reportLingeringHandles({
    log,
    afterWhileAlive: (delayMs, callback) => void waits.push({ delayMs, callback }),
    activeResources: () => resources,
  });
  expect([log.lines, waits.map(({ delayMs }) => delayMs)]).toEqual([[], [LINGERING_AFTER_MS]]);
  for (const { callback } of waits) callback();
  return log.lines;
}

describe('handles behind a stop', () => {
  it('are named in one line, each kind with its number', () => {
    const lines = linesFor(['TCPServerWrap', 'Timeout', 'Timeout', 'Immediate', 'SomethingNew']);
    expect(lines).toMatchObject([
      { level: 'info', fields: { handles: ['a TCP server', 'a timer (2 times)', 'SomethingNew'] } },
    ]);
  });

  it.each([[[]], [['Immediate', 'CloseReq']]])(
    'are no matter when nothing holds the process: %j',
    (resources) => {
      expect(linesFor(resources)).toEqual([]);
    },
  );
});
