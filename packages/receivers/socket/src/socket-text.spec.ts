import { isMillraceError, ReceiverFactory } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { socketFrames, socketReceivers, socketText } from './index.ts';

describe('socketText', () => {
  it('describes its stream', () => {
    const configured = socketText({ host: 'localhost', port: 9_999 });
    expect(configured.name).toBe('socket-text');
    expect(configured.description).toBe('socket localhost:9999');
    expect(configured.capabilities).toMatchObject({ ack: 'none', format: 'text', touches: ['network'] });
  });

  it.each([
    ['port', { host: 'localhost', port: 65_536 }],
    ['host', { host: '', port: 1 }],
    ['maxLineBytes', { host: 'localhost', port: 1, maxLineBytes: 0 }],
  ])('refuses a wrong %s', (path, options) => {
    expect(errorOf(() => socketText(options))).toMatchObject({ details: { issues: [{ path }] } });
  });

  it('refuses an unknown option', () => {
    const options = { host: 'localhost', port: 1, hots: 'localhost' };
    expect(
      isMillraceError(
        errorOf(() => socketText(options)),
        'MR_CONFIG_INVALID_OPTION',
      ),
    ).toBe(true);
  });
});

describe('socketFrames', () => {
  it('describes its stream, and refuses impossible options', () => {
    const configured = socketFrames({ host: 'localhost', port: 9_999 });
    expect([configured.name, configured.description]).toEqual(['socket-frames', 'socket localhost:9999']);
    expect(errorOf(() => socketFrames({ host: 'localhost', port: 1, maxFrameBytes: 0 }))).toMatchObject({
      details: { issues: [{ path: 'maxFrameBytes' }] },
    });
  });
});

describe('socketReceivers', () => {
  it('offers its receivers by name', () => {
    const { ports } = assemblePorts([socketReceivers()]);
    expect(ports.getAll(ReceiverFactory).map(({ receiverName }) => receiverName)).toEqual([
      'socket-text',
      'socket-frames',
    ]);
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
