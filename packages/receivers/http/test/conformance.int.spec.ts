import { receiverConformance } from '@millrace/harness/conformance';
import { describe, it } from 'vitest';
import { httpRecords, httpRecordsOptions, httpText, httpTextOptions } from '../src/index.ts';
import { PostingClient } from './posting-client.ts';
import { PUBLISHED_RECORDS_OPTIONS, PUBLISHED_TEXT_OPTIONS } from './published-options.ts';

const token = 'a-token-nobody-says';
const shared = { module: import.meta.url, secrets: [token], inFlightMax: 50 };
const bounds = { maxRecordsPerRequest: 10, maxRecordsInFlight: 50 };
const test = { describe, it };

receiverConformance<unknown>(test, {
  ...shared,
  name: 'httpRecords',
  capabilities: httpRecords.capabilities,
  options: { schema: httpRecordsOptions, published: PUBLISHED_RECORDS_OPTIONS },
  create: () =>
    PostingClient.create<unknown>({
      token,
      contentType: 'application/x-ndjson',
      line: (id) => `${JSON.stringify({ id })}\n`,
      idOf: (record) => (record as { readonly id?: number }).id,
      poison: '{"id": no json}\n',
      createReceiver: (port) => httpRecords({ port, bearerTokens: [token], ...bounds }),
    }),
});

receiverConformance<string>(test, {
  ...shared,
  name: 'httpText',
  capabilities: httpText.capabilities,
  options: { schema: httpTextOptions, published: PUBLISHED_TEXT_OPTIONS },
  create: () =>
    PostingClient.create<string>({
      token,
      contentType: 'text/plain',
      line: (id) => `${id}\n`,
      idOf: (line) => (/^\d+$/.test(line) ? Number(line) : undefined),
      poison: 'x'.repeat(200),
      createReceiver: (port) => httpText({ port, bearerTokens: [token], maxRecordBytes: 100, ...bounds }),
    }),
});
