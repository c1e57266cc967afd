import { receiverConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { httpRecords, httpRecordsOptions, httpText, httpTextOptions } from '../src/index.ts';
import { PostingClient } from './posting-client.ts';
import { PUBLISHED_RECORDS_OPTIONS, PUBLISHED_TEXT_OPTIONS } from './published-options.ts';

const token = 'a-token-nobody-says';
const IN_FLIGHT_MAX = 50;
const shared = { module: import.meta.url, secrets: [token], inFlightMax: IN_FLIGHT_MAX };
const bounds = {
  maxRecordsPerRequest: 10,
  maxRecordsInFlight: IN_FLIGHT_MAX,
  // Longer than a check delays the receiver: only the bound on records refuses requests.
  storeWaitMs: 10_000,
};
const lineOf = { record: (id: number) => `${JSON.stringify({ id })}\n`, text: (id: number) => `${id}\n` };
/** The length of the longest line sent. */
const heldBytesMax = (line: (id: number) => string) => IN_FLIGHT_MAX * line(999).length;
const test = { describe, it };

receiverConformance<unknown>(test, {
  ...shared,
  name: 'httpRecords',
  heldBytesMax: heldBytesMax(lineOf.record),
  capabilities: httpRecords.capabilities,
  options: { schema: httpRecordsOptions, published: PUBLISHED_RECORDS_OPTIONS },
  create: () =>
    PostingClient.create<unknown>({
      token,
      contentType: 'application/x-ndjson',
      line: lineOf.record,
      idOf: (record) => (record as { readonly id?: number }).id,
      poison: '{"id": no json}\n',
      createReceiver: (port) => httpRecords({ port, bearerTokens: [token], ...bounds }),
    }),
});

receiverConformance<string>(test, {
  ...shared,
  name: 'httpText',
  heldBytesMax: heldBytesMax(lineOf.text),
  capabilities: httpText.capabilities,
  options: { schema: httpTextOptions, published: PUBLISHED_TEXT_OPTIONS },
  create: () =>
    PostingClient.create<string>({
      token,
      contentType: 'text/plain',
      line: lineOf.text,
      idOf: (line) => (/^\d+$/.test(line) ? Number(line) : undefined),
      poison: 'x'.repeat(200),
      createReceiver: (port) => httpText({ port, bearerTokens: [token], maxRecordBytes: 100, ...bounds }),
    }),
});
