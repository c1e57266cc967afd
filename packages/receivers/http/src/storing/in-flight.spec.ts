import { isMillraceError, ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { problemFrom } from '../../test/payloads.ts';
import { InFlight } from './in-flight.ts';

const BOUNDS = { maxConcurrentRequests: 2, maxBytesInFlight: 100, maxRecordsInFlight: 10 };

const inFlight = (clock = new ManualClock()) => new InFlight(BOUNDS, clock);

describe('InFlight', () => {
  it('refuses a request above the bound until one leaves', () => {
    const flight = inFlight();
    const first = flight.enter(0);
    flight.enter(0);
    expect(problemFrom(() => flight.enter(0)).code).toBe('MR_HTTP_BUSY');
    first.leave();
    first.leave();
    expect(flight.requests).toBe(1);
    flight.enter(0);
  });

  it('counts the received bytes, not the announced ones', () => {
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

  it('refuses a request that would not fit alone as too large, not as too early', () => {
    const flight = inFlight();
    const passage = flight.enter(0);
    passage.addBytes(60);
    expect(problemFrom(() => passage.addBytes(41)).code).toBe('MR_HTTP_BODY_TOO_LARGE');
    passage.addBytes(-60);
    expect(flight.bytes).toBe(0);
  });

  it('frees bytes when the records are stored and records when they are acknowledged', () => {
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

  it('makes the oldest slow body give way to a request, and no complete body', async () => {
    const clock = new ManualClock();
    const flight = inFlight(clock);
    const gaveWay: string[] = [];
    const told = (name: string) => (error: Error) =>
      void gaveWay.push(`${name} ${isMillraceError(error) ? error.code : ''}`);
    const read = flight.enter(0, told('read'));
    read.endReading();
    const slow = flight.enter(0, told('slow'));
    slow.addBytes(60);
    await clock.advance(4_999);
    expect(problemFrom(() => flight.enter(0)).code).toBe('MR_HTTP_BUSY');
    await clock.advance(1);
    const newcomer = flight.enter(0, told('newcomer'));
    expect(gaveWay).toEqual(['slow MR_HTTP_BUSY']);
    expect([flight.requests, flight.bytes]).toEqual([2, 0]);
    // Later bytes of the body are no longer counted.
    slow.addBytes(50);
    slow.leave();
    expect([flight.requests, flight.bytes]).toEqual([2, 0]);
    newcomer.addBytes(100);
  });

  it('makes slow bodies give way to the bytes of others, and not to their own', async () => {
    const clock = new ManualClock();
    const flight = inFlight(clock);
    let gaveWay = 0;
    const slow = flight.enter(0, () => (gaveWay += 1));
    slow.addBytes(60);
    await clock.advance(5_000);
    const other = flight.enter(0);
    slow.addBytes(30);
    expect(gaveWay).toBe(0);
    other.addBytes(50);
    expect([gaveWay, flight.bytes]).toEqual([1, 50]);
  });
});
