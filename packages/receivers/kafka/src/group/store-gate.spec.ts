import { RecordingReceiverContext, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StoreGate } from './store-gate.ts';

describe('StoreGate', () => {
  it('holds every reader back until there is room', async () => {
    const context = new RecordingReceiverContext({ room: 1 });
    const gate = new StoreGate(context);
    gate.store(1, 'a', 1);
    expect(gate.isShut).toBe(true);
    let passed = 0;
    for (let reader = 0; reader < 2; reader += 1) void gate.opened().then(() => (passed += 1));
    await settle();
    expect(passed).toBe(0);
    context.makeRoom();
    await settle();
    expect([passed, gate.isShut]).toEqual([2, false]);
  });

  it('lets every reader go on when the receiver is stopped', async () => {
    const context = new RecordingReceiverContext({ room: 1 });
    const gate = new StoreGate(context);
    gate.store(1, 'a', 1);
    const waiting = gate.opened();
    context.abort();
    expect(await waiting).toBeUndefined();
  });
});
