import { ReceiverFactory } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { replay, replayReceivers } from './index.ts';

describe('replayReceivers', () => {
  it('offers the receiver by its name', () => {
    const factories = assemblePorts([replayReceivers()]).ports.getAll(ReceiverFactory);
    expect(factories.map(({ receiverName }) => receiverName)).toEqual(['replay']);
    expect(factories[0]).toBe(replay);
  });
});
