import { describe, expect, it } from 'vitest';
import { problemFrom } from '../../test/payloads.ts';
import { recordParsers } from '../bodies/body-parsers.ts';
import { type HttpRecordsInput, httpRecordsOptions } from '../http.options.ts';
import { Admission, type RequestHead } from './admission.ts';

const HEAD: RequestHead = {
  method: 'POST',
  url: '/events?from=a',
  headers: { 'content-type': 'application/json' },
};

function admit(
  head: Partial<RequestHead> & { readonly headers?: RequestHead['headers'] },
  input: Partial<HttpRecordsInput> = {},
) {
  const options = httpRecordsOptions.parse({ port: 0, path: '/events', healthPath: '/healthz', ...input });
  const headers = { ...HEAD.headers, ...head.headers };
  return new Admission(options, recordParsers(options)).admit({ ...HEAD, ...head, headers });
}

const codeFor = (...args: Parameters<typeof admit>) => problemFrom(() => admit(...args)).code;

describe('Admission', () => {
  it('lets a post of records in, whatever its query', () => {
    expect(admit({ headers: { 'content-length': '12' } })).toMatchObject({
      kind: 'post',
      type: 'application/json',
      encoding: 'identity',
      declaredBytes: 12,
      key: undefined,
    });
  });

  it.each([
    ['application/x-ndjson; charset=UTF-8'],
    ['TEXT/plain;charset="utf-8"'],
    ['application/json; profile=x'],
  ])('reads %s', (type) => {
    expect(admit({ headers: { 'content-type': type } }).kind).toBe('post');
  });

  it.each([['text/html'], ['text/plain; charset=latin1'], ['application/json, text/plain'], ['']])(
    'refuses the content type %j and says what it reads',
    (type) => {
      expect(problemFrom(() => admit({ headers: { 'content-type': type } }))).toMatchObject({
        code: 'MR_HTTP_TYPE_UNSUPPORTED',
        details: { 'Accept-Post': 'application/x-ndjson, application/json, text/plain' },
      });
    },
  );

  it('knows gzip, deflate and br, and nothing packed twice', () => {
    expect(admit({ headers: { 'content-encoding': 'GZip' } })).toMatchObject({ encoding: 'gzip' });
    expect(codeFor({ headers: { 'content-encoding': 'gzip, br' } })).toBe('MR_HTTP_TYPE_UNSUPPORTED');
    expect(codeFor({ headers: { 'content-encoding': 'zstd' } })).toBe('MR_HTTP_TYPE_UNSUPPORTED');
  });

  it('refuses other paths and methods', () => {
    expect(codeFor({ url: '/event' })).toBe('MR_HTTP_PATH_UNKNOWN');
    expect(codeFor({ url: '/events/' })).toBe('MR_HTTP_PATH_UNKNOWN');
    expect(codeFor({ method: 'PUT' })).toBe('MR_HTTP_METHOD_REFUSED');
    expect(problemFrom(() => admit({ url: '/healthz' })).details).toEqual({ Allow: 'GET, HEAD' });
  });

  it('answers the health path, if there is one, without a token', () => {
    const head = { method: 'GET', url: '/healthz?deep' };
    expect(admit(head, { bearerTokens: ['secret'] })).toEqual({ kind: 'health' });
    expect(codeFor(head, { healthPath: undefined })).toBe('MR_HTTP_PATH_UNKNOWN');
  });

  it('refuses a body that says that it is too large', () => {
    expect(codeFor({ headers: { 'content-length': '11' } }, { maxBodyBytes: 10 })).toBe(
      'MR_HTTP_BODY_TOO_LARGE',
    );
    expect(admit({ headers: { 'content-length': '10' } }, { maxBodyBytes: 10 }).kind).toBe('post');
  });

  it.each([[undefined], ['Bearer'], ['Bearer other'], ['Basic one'], ['Bearer one two'], ['Bearer onee']])(
    'refuses the authorization %s',
    (authorization) => {
      const headers = authorization === undefined ? {} : { authorization };
      expect(codeFor({ headers }, { bearerTokens: ['one', 'two'] })).toBe('MR_HTTP_UNAUTHORIZED');
    },
  );

  it('takes any of its tokens, and keeps the keys of their senders apart', () => {
    const keyOf = (token: string) =>
      admit(
        { headers: { authorization: `bearer ${token}`, 'idempotency-key': 'k-1' } },
        { bearerTokens: ['one', 'two'] },
      );
    expect(keyOf('one')).toMatchObject({ key: '0 k-1' });
    expect(keyOf('two')).toMatchObject({ key: '1 k-1' });
  });

  it.each([[''], ['with space'], ['é'], ['x'.repeat(256)]])('refuses the idempotency key %j', (key) => {
    expect(codeFor({ headers: { 'idempotency-key': key } })).toBe('MR_HTTP_MALFORMED_REQUEST');
  });
});
