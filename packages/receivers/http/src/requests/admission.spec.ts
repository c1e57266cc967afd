import { describe, expect, it } from 'vitest';
import { problemFrom } from '../../test/payloads.ts';
import { recordParsers } from '../bodies/body-parsers.ts';
import { httpSettings } from '../http-settings.ts';
import { type HttpRecordsInput, httpRecordsOptions } from '../http.options.ts';
import { Admission, type AdmissionPlace, type RequestHead } from './admission.ts';

const HEAD: RequestHead = {
  method: 'POST',
  url: '/events?from=a',
  headers: { 'content-type': 'application/json' },
};

const ONE = 'one-token-of-length';
const TWO = 'two-token-of-length';

function admit(
  head: Partial<RequestHead> & { readonly headers?: RequestHead['headers'] },
  input: Partial<HttpRecordsInput> = {},
  place: Partial<AdmissionPlace> = {},
) {
  const options = httpRecordsOptions.parse({ port: 0, path: '/events', healthPath: '/healthz', ...input });
  const headers = { ...HEAD.headers, ...head.headers };
  const admission = new Admission(httpSettings(options), recordParsers(options));
  return admission.admit({ ...HEAD, ...head, headers }, { isHealthOnly: false, isLoopback: true, ...place });
}

const codeFor = (...args: Parameters<typeof admit>) => problemFrom(() => admit(...args)).code;

describe('Admission', () => {
  it('admits a post of records, with any query', () => {
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
    ['application/ndjson'],
    ['application/jsonl'],
    ['application/cloudevents+json; charset=utf8'],
    ['application/cloudevents-batch+json;charset=UTF-8'],
    ['application/vnd.acme.order.v2+JSON'],
    ['text/json'],
    ['TEXT/plain;charset="utf-8"'],
    ['text/plain; Charset=US-ASCII'],
    ['text/plain ; charset="U\\TF-8" ; format=flowed'],
    ['application/json; profile=x'],
    ['application/json; profile="a;charset=latin1"'],
    ['application/json;'],
  ])('reads %s', (type) => {
    expect(admit({ headers: { 'content-type': type } }).kind).toBe('post');
  });

  it.each([
    ['text/html'],
    ['text/plain; charset=latin1'],
    ['text/plain; charset=utf-8; CHARSET="utf-16"'],
    ['application/json, text/plain'],
    ['application/json charset=utf-8'],
    ['application/json-seq'],
    ['json'],
    [''],
  ])('refuses the content type %j and lists the accepted types', (type) => {
    expect(problemFrom(() => admit({ headers: { 'content-type': type } }))).toMatchObject({
      code: 'MR_HTTP_TYPE_UNSUPPORTED',
      details: { 'Accept-Post': 'application/x-ndjson, application/json, text/plain' },
    });
  });

  it('accepts gzip, deflate and br, and no body compressed twice', () => {
    expect(admit({ headers: { 'content-encoding': 'GZip' } })).toMatchObject({ encoding: 'gzip' });
    expect(admit({ headers: { 'content-encoding': 'x-gzip' } })).toMatchObject({ encoding: 'gzip' });
    expect(admit({ headers: { 'content-encoding': 'identity, Deflate' } })).toMatchObject({
      encoding: 'deflate',
    });
    expect(admit({ headers: { 'content-encoding': '' } })).toMatchObject({ encoding: 'identity' });
    expect(codeFor({ headers: { 'content-encoding': 'gzip, br' } })).toBe('MR_HTTP_TYPE_UNSUPPORTED');
    expect(codeFor({ headers: { 'content-encoding': 'zstd' } })).toBe('MR_HTTP_TYPE_UNSUPPORTED');
  });

  it('refuses a body with a transfer coding besides chunks', () => {
    const coded = (coding: string) => ({ headers: { 'transfer-encoding': coding } });
    expect(admit(coded('Chunked')).kind).toBe('post');
    expect(codeFor(coded('gzip, chunked'))).toBe('MR_HTTP_MALFORMED_REQUEST');
    expect(codeFor(coded('chunked, chunked'))).toBe('MR_HTTP_MALFORMED_REQUEST');
  });

  it.each([['Host'], ['Content-Type'], ['Authorization'], ['Origin']])('refuses two headers %s', (name) => {
    const rawHeaders = ['X-Other', name, name, 'one', 'X-Other', 'b', name.toLowerCase(), 'two'];
    expect(admit({ rawHeaders: rawHeaders.slice(0, 6) }).kind).toBe('post');
    expect(codeFor({ rawHeaders })).toBe('MR_HTTP_MALFORMED_REQUEST');
  });

  it('refuses other paths and methods', () => {
    expect(codeFor({ url: '/event' })).toBe('MR_HTTP_PATH_UNKNOWN');
    expect(codeFor({ url: '/events/' })).toBe('MR_HTTP_PATH_UNKNOWN');
    expect(codeFor({ method: 'PUT' })).toBe('MR_HTTP_METHOD_REFUSED');
    expect(problemFrom(() => admit({ url: '/healthz' })).details).toEqual({ Allow: 'GET, HEAD, OPTIONS' });
  });

  it('lists the allowed methods of a path and of the server', () => {
    const ask = (url: string) => admit({ method: 'OPTIONS', url });
    expect(ask('/events')).toEqual({ kind: 'options', allow: ['POST', 'OPTIONS'] });
    expect(ask('*')).toEqual({ kind: 'options', allow: ['POST', 'OPTIONS', 'GET', 'HEAD'] });
    expect(ask('http://localhost')).toMatchObject({ kind: 'options' });
    expect(codeFor({ method: 'OPTIONS', url: '/other' })).toBe('MR_HTTP_PATH_UNKNOWN');
    expect(codeFor({ url: '*' })).toBe('MR_HTTP_MALFORMED_REQUEST');
  });

  it('serves only health on the port for health', () => {
    const place = { isHealthOnly: true };
    expect(admit({ method: 'GET', url: '/healthz' }, {}, place)).toEqual({ kind: 'health' });
    expect(codeFor({}, {}, place)).toBe('MR_HTTP_PATH_UNKNOWN');
  });

  it('checks the host on loopback, in the target before the header', () => {
    const headers = { host: 'rebound.example.com' };
    expect(codeFor({ headers })).toBe('MR_HTTP_HOST_REFUSED');
    expect(codeFor({ url: 'http://rebound.example.com/events', headers: { host: 'localhost' } })).toBe(
      'MR_HTTP_HOST_REFUSED',
    );
    expect(admit({ url: 'http://localhost/events', headers }).kind).toBe('post');
    expect(admit({ headers }, { allowedHosts: ['Rebound.example.com'] }).kind).toBe('post');
    expect(admit({ headers }, {}, { isLoopback: false }).kind).toBe('post');
  });

  it('answers the health path, if configured, without a token', () => {
    const head = { method: 'GET', url: '/healthz?deep' };
    expect(admit(head, { bearerTokens: ['a-secret-of-length'] })).toEqual({ kind: 'health' });
    expect(codeFor(head, { healthPath: undefined })).toBe('MR_HTTP_PATH_UNKNOWN');
  });

  it('refuses a body announced as too large', () => {
    expect(codeFor({ headers: { 'content-length': '11' } }, { maxBodyBytes: 10 })).toBe(
      'MR_HTTP_BODY_TOO_LARGE',
    );
    expect(admit({ headers: { 'content-length': '10' } }, { maxBodyBytes: 10 }).kind).toBe('post');
  });

  it.each([
    [undefined],
    ['Bearer'],
    ['Bearer other'],
    [`Basic ${ONE}`],
    [`Bearer ${ONE} ${TWO}`],
    [`Bearer ${ONE}e`],
  ])('refuses the authorization %s', (authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect(codeFor({ headers }, { bearerTokens: [ONE, TWO] })).toBe('MR_HTTP_UNAUTHORIZED');
  });

  it('accepts any of its tokens, and separates the keys of their senders', () => {
    const keyOf = (token: string) =>
      admit(
        { headers: { authorization: `bearer ${token}`, 'idempotency-key': 'k-1' } },
        { bearerTokens: [ONE, TWO] },
      );
    expect(keyOf(ONE)).toMatchObject({ key: '0 k-1' });
    expect(keyOf(TWO)).toMatchObject({ key: '1 k-1' });
  });

  it.each([[''], ['with space'], ['é'], ['x'.repeat(256)]])('refuses the idempotency key %j', (key) => {
    expect(codeFor({ headers: { 'idempotency-key': key } })).toBe('MR_HTTP_MALFORMED_REQUEST');
  });
});
