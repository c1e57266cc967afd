import { describe, expect, it } from 'vitest';
import { traceparent } from '../test/batch-events.ts';
import { linkTo } from './trace-source.ts';

const PARENT = traceparent(0xabc, 0xdef);
const CONTEXT = {
  traceId: '00000000000000000000000000000abc',
  spanId: '0000000000000def',
  traceFlags: 1,
  isRemote: true,
};

describe('linkTo', () => {
  it('reads a header as text, as bytes and among headers', () => {
    for (const source of [
      PARENT,
      ` ${PARENT} `,
      Buffer.from(PARENT),
      { traceparent: PARENT },
      { traceparent: new TextEncoder().encode(PARENT), tracestate: undefined },
    ]) {
      expect(linkTo(source)).toEqual({ context: CONTEXT });
    }
    expect(linkTo(PARENT.replace(/01$/, '00'))?.context.traceFlags).toBe(0);
  });

  it('reads the state of vendors beside the header', () => {
    const link = linkTo({ traceparent: PARENT, tracestate: Buffer.from('vendor=abc') });
    expect(link?.context.traceState?.get('vendor')).toBe('abc');
  });

  it('takes fields of later versions', () => {
    expect(linkTo(`01${PARENT.slice(2)}-further`)).toEqual({ context: CONTEXT });
  });

  it('finds nothing in anything else', () => {
    for (const source of [
      undefined,
      null,
      7,
      '',
      {},
      [],
      () => PARENT,
      { traceparent: 7 },
      PARENT.toUpperCase(),
      `${PARENT}-further`,
      `ff${PARENT.slice(2)}`,
      PARENT.slice(1),
      traceparent(0),
      traceparent(1, 0),
      `01${PARENT.slice(2)}-${'x'.repeat(200)}`,
    ]) {
      expect(linkTo(source)).toBeUndefined();
    }
  });
});
