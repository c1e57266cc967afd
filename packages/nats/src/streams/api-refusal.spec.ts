import { describe, expect, it } from 'vitest';
import { apiRefusal } from './api-refusal.ts';

describe('an error in an answer of JetStream', () => {
  it.each([
    [503, 10008, 'JetStream system temporarily unavailable'],
    [500, 10009, 'JetStream cluster can not handle request'],
    [500, 10118, 'stream is offline'],
    [500, 10119, 'consumer is offline'],
  ])('is no answer while the servers have no leader: %i %i %s', (code, err_code, description) => {
    expect(apiRefusal('$JS.API.STREAM.INFO.S', { code, err_code, description })).toMatchObject({
      code: 'MR_CLUSTER_UNANSWERED',
      details: { subject: '$JS.API.STREAM.INFO.S', reason: 'no-leader' },
    });
  });

  it.each([
    [503, 10039, 'JetStream not enabled for account'],
    [503, 10023, 'insufficient resources'],
    [400, 10058, 'stream name already in use with a different configuration'],
  ])('is a refusal otherwise: %i %i %s', (code, err_code, description) => {
    expect(apiRefusal('$JS.API.STREAM.CREATE.S', { code, err_code, description })).toMatchObject({
      code: 'MR_CLUSTER_REFUSED',
      message: `a server of NATS refused $JS.API.STREAM.CREATE.S: ${err_code} ${description}`,
      details: { subject: '$JS.API.STREAM.CREATE.S', code: err_code },
    });
  });

  it('is a refusal with the status in place of a code', () => {
    expect(apiRefusal('$JS.API.DIRECT.GET.S', { code: 408 })).toMatchObject({
      code: 'MR_CLUSTER_REFUSED',
      details: { code: 408 },
    });
  });
});
