import { describe, expect, it } from 'vitest';
import { problemFrom } from '../../test/payloads.ts';
import { InFlight } from './in-flight.ts';

const inFlight = () =>
  new InFlight({ maxConcurrentRequests: 2, maxBytesInFlight: 100, maxRecordsInFlight: 10 });

describe('InFlight', () => {
  it('refuses a request too many until one leaves', () => {
    const flight = inFlight();
    const first = flight.enter(0);
    flight.enter(0);
    expect(problemFrom(() => flight.enter(0)).code).toBe('MR_HTTP_BUSY');
    first.leave();
    first.leave();
    expect(flight.requests).toBe(1);
    flight.enter(0);
  });

  it('counts the bytes that came, not those that were announced', () => {
    const flight = inFlight();
    const first = flight.enter(100);
    const second = flight.enter(100);
    first.addBytes(60);
    expect(problemFrom(() => second.addBytes(41)).code).toBe('MR_HTTP_BUSY');
    second.addBytes(40);
    expect(flight.bytes).toBe(100);
    first.leave();
    expect(problemFrom(() => flight.enter(61)).code).toBe('MR_HTTP_BUSY');
    flight.enter(60);
  });

  it('says too large, and not too early, of what would not fit alone', () => {
    const flight = inFlight();
    const passage = flight.enter(0);
    passage.addBytes(60);
    expect(problemFrom(() => passage.addBytes(41)).code).toBe('MR_HTTP_BODY_TOO_LARGE');
    passage.addBytes(-60);
    expect(flight.bytes).toBe(0);
  });

  it('frees bytes when they are stored and records when they are acknowledged', () => {
    const flight = inFlight();
    const passage = flight.enter(0);
    passage.addBytes(50);
    passage.addRecords(10);
    passage.releaseBytes();
    expect([flight.bytes, flight.records]).toEqual([0, 10]);
    expect(problemFrom(() => flight.enter(0).addRecords(1)).code).toBe('MR_HTTP_BUSY');
    passage.leave();
    expect([flight.bytes, flight.records]).toEqual([0, 0]);
  });
});
