import { describe, expect, it } from 'vitest';
import { RecordingLogger } from './recording-logger.ts';

describe('RecordingLogger', () => {
  it('keeps the lines of all levels and children in order', () => {
    const log = new RecordingLogger();
    const child = log.child({ streamId: 1 }).child({ attempt: 2 });
    log.debug('a');
    child.info('b', { more: true });
    child.warn('c');
    log.error('d', { error: 'e' });
    expect(log.lines).toEqual([
      { level: 'debug', message: 'a', fields: {} },
      { level: 'info', message: 'b', fields: { streamId: 1, attempt: 2, more: true } },
      { level: 'warn', message: 'c', fields: { streamId: 1, attempt: 2 } },
      { level: 'error', message: 'd', fields: { error: 'e' } },
    ]);
    expect(log.messages('warn')).toEqual(['c']);
  });
});
