import { describe, expect, it } from 'vitest';
import { validateOptions } from '../assembly/validate-options.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import { CLIENT_TLS_RULE, type ClientTlsOptions } from '../connectors/client-tls.ts';
import { filledText, required, wholeNumberWithin } from './option-rules.ts';
import { schemaByTable } from './schema-by-table.ts';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly tls?: ClientTlsOptions;
}

const schema = schemaByTable<object, Options>(
  {
    host: required(filledText('the name of a host')),
    port: wholeNumberWithin(1, 65_535, 9_092),
    tls: CLIENT_TLS_RULE,
  },
  ({ host, port }) => (host === 'taken' ? [{ name: 'port', expected: `another port than ${port}` }] : []),
);

const validate = (input: unknown): unknown =>
  validateOptions({ owner: 'thing', schema, secrets: ['passphrase'], input }).options;

function issuesOf(input: unknown): readonly string[] {
  try {
    validate(input);
  } catch (error) {
    if (!isMillraceError(error, 'MR_CONFIG_INVALID_OPTION')) throw error;
    const issues = error.details['issues'] as {
      path: string;
      expected: string;
      got: string;
      hint?: string;
    }[];
    return issues.map(({ path, expected, got, hint = '' }) => [path, expected, got, hint].join(' | '));
  }
  return [];
}

describe('schemaByTable', () => {
  it('fills in defaults at every level and treats undefined as left out', () => {
    const tls = { caFile: 'ca.pem', serverName: undefined };
    expect(validate({ host: 'h', port: undefined, tls })).toEqual({
      host: 'h',
      port: 9_092,
      tls: { caFile: 'ca.pem' },
    });
    expect(schema.parse({ host: 'h' })).toEqual({ host: 'h', port: 9_092 });
    expect(() => schema.parse({})).toThrow(TypeError);
  });

  it.each([
    [{}, ['host | expected the name of a host | nothing | ']],
    [{ host: 'h', port: 65_536 }, ['port | expected a whole number, from 1 to 65535 | 65536 | ']],
    [{ host: 'h', ports: 1 }, ['ports | there is no such option | 1 | did you mean port?']],
    [{ host: 'h', tls: 1 }, ['tls | expected an object of options | 1 | ']],
    [
      { host: 'h', tls: { caFlie: 'a' } },
      ['tls.caFlie | there is no such option | "a" | did you mean caFile?'],
    ],
    [
      { host: 'h', tls: { certFile: 'a' } },
      ['tls | expected certFile and keyFile together, or neither | an object with certFile | '],
    ],
    [{ host: 'h', tls: { passphrase: 7 } }, ['tls.passphrase | expected a text | *** | ']],
    [{ host: 'taken' }, ['port | expected another port than 9092 | nothing | ']],
  ])('reports %j', (input, issues) => {
    expect(issuesOf(input)).toEqual(issues);
  });

  it('refuses objects without options by name', () => {
    expect(issuesOf(new Map([['host', 'h']]))).toHaveLength(1);
    expect(issuesOf({ host: 'h', tls: new Map() })).toHaveLength(1);
  });
});
