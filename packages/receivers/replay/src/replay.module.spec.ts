import { assembleEngine, ReceiverFactory } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { replay, replayReceivers } from './index.ts';

describe('replayReceivers', () => {
  it('offers the receiver by its name', () => {
    const factories = assembleEngine([replayReceivers()]).ports.getAll(ReceiverFactory);
    expect(factories.map(({ receiverName }) => receiverName)).toEqual(['replay']);
    expect(factories[0]).toBe(replay);
  });
});
