import { expect, it } from 'vitest';
import { assertHeartbeats } from './heartbeat-member.ts';

it('a broker without the protocol is named, with the remedy', () => {
  const fetch = { apiKey: 1, maxVersion: 17 };
  for (const apis of [[fetch], [fetch, { apiKey: 68, maxVersion: 0 }]]) {
    expect(() => assertHeartbeats(apis)).toThrow(
      expect.objectContaining({
        code: 'MR_KAFKA_FAILED',
        message: expect.stringContaining("set groupProtocol to 'classic'"),
      }),
    );
  }
  expect(() => assertHeartbeats([fetch, { apiKey: 68, maxVersion: 1 }])).not.toThrow();
});
