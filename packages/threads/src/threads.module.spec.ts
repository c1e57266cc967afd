import { ExecutorBackend, isMillraceError, ProcessRole } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { threads } from './index.ts';

describe('threads()', () => {
  it('binds the backend of the driver outside its threads', () => {
    const { ports } = assemblePorts([threads()]);
    expect(ports.get(ExecutorBackend).name).toBe('threads');
    expect(ports.get(ProcessRole).executor).toBeUndefined();
  });

  it.each([
    [{ executors: 0 }, 'executors'],
    [{ heartbeatMs: 0.5 }, 'heartbeatMs'],
    [{ resourceLimits: { heap: 1 } } as object, 'resourceLimits'],
    [{ thread: 2 } as object, 'thread'],
  ])('refuses the options %j', (options, path) => {
    try {
      threads(options);
      expect.unreachable();
    } catch (error) {
      expect(isMillraceError(error, 'MR_CONFIG_INVALID_OPTION')).toBe(true);
      expect(String(error)).toContain(path);
    }
  });
});
