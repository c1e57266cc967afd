import { isMillraceError, ReceiverFactory } from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { type HttpRecordsInput, httpReceivers, httpRecords, httpText } from './index.ts';

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('expected an error');
}

describe('httpRecords and httpText', () => {
  it('describe their streams without secrets', () => {
    const options = { port: 8_080, path: '/events', bearerTokens: ['hunter2-hunter2-hunter2'] };
    expect(httpRecords(options).description).toBe('http POST 127.0.0.1:8080/events');
    expect(httpText(options).description).toBe('http POST 127.0.0.1:8080/events (text)');
    expect(httpRecords.capabilities).toMatchObject({
      ack: 'individual',
      ordering: 'none',
      format: 'records',
    });
    expect(httpText.capabilities).toMatchObject({
      format: 'text',
      touches: ['network'],
      maxInFlight: 1_000_000,
    });
  });

  it.each<[string, HttpRecordsInput]>([
    ['port', { port: 65_536 }],
    ['path', { port: 0, path: 'events' }],
    ['healthPath', { port: 0, healthPath: '/' }],
    ['bearerTokens[0]', { port: 0, bearerTokens: ['fifteen-letters'] }],
    ['bearerTokens', { port: 0, requireTokens: true }],
    ['bearerTokens', { port: 0, bearerTokens: undefined }],
    ['healthPath', { port: 0, healthPort: 1 }],
    ['healthPort', { port: 1, healthPort: 1, healthPath: '/healthz' }],
    ['allowedOrigins[0]', { port: 0, allowedOrigins: ['app.example.com'] }],
    ['allowedHosts[0]', { port: 0, allowedHosts: ['app.example.com:80'] }],
    ['headersTimeoutMs', { port: 0, headersTimeoutMs: 2, requestTimeoutMs: 1 }],
    ['maxRecordsPerRequest', { port: 0, maxRecordsPerRequest: 11, maxRecordsInFlight: 10 }],
    ['maxDecompressedBytes', { port: 0, maxBodyBytes: 1, maxDecompressedBytes: 11, maxBytesInFlight: 10 }],
  ])('refuse a wrong %s', (path, options) => {
    expect(errorOf(() => httpRecords(options))).toMatchObject({ details: { issues: [{ path }] } });
  });

  it('refuse an unknown option', () => {
    const options = { port: 0, onMalformed: 'skip' };
    expect(
      isMillraceError(
        errorOf(() => httpText(options)),
        'MR_CONFIG_INVALID_OPTION',
      ),
    ).toBe(true);
  });

  it('never print a refused token', () => {
    const error = errorOf(() => httpRecords({ port: 0, bearerTokens: ['hunter 2 hunter 2 hunter 2'] }));
    expect(isMillraceError(error, 'MR_CONFIG_INVALID_OPTION')).toBe(true);
    expect(JSON.stringify([String(error), error])).not.toContain('hunter');
  });
});

describe('httpReceivers', () => {
  it('offers both receivers by name', () => {
    const { ports } = assemblePorts([httpReceivers()]);
    const names = ports.getAll(ReceiverFactory).map(({ receiverName }) => receiverName);
    expect(names).toEqual(['http-records', 'http-text']);
  });
});
