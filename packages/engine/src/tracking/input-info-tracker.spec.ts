import type { StreamInputInfo } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { InputInfoTracker } from './input-info-tracker.ts';

function infoOf(streamId: number, over: Partial<StreamInputInfo> = {}): StreamInputInfo {
  return {
    streamId,
    streamName: `s${streamId}`,
    recordCount: 1,
    sizeBytes: 1,
    blockCount: 1,
    metadata: {},
    ...over,
  };
}

describe('InputInfoTracker', () => {
  it('returns the reports of each stream for a batch', () => {
    const tracker = new InputInfoTracker();
    tracker.report(1_000, infoOf(0));
    tracker.report(1_000, infoOf(1, { recordCount: 7 }));
    expect([...tracker.getInfo(1_000).values()].map((info) => info.recordCount)).toEqual([1, 7]);
    expect(tracker.getInfo(2_000).size).toBe(0);
  });

  it('refuses a second report of a stream for a batch', () => {
    const tracker = new InputInfoTracker();
    tracker.report(1_000, infoOf(0));
    tracker.report(2_000, infoOf(0));
    expect(() => tracker.report(1_000, infoOf(0))).toThrow(
      expect.objectContaining({ code: 'MR_TRACKING_INPUT_REPORTED_TWICE' }),
    );
  });

  it.each([-1, 0.5, Number.NaN])('refuses %s records', (recordCount) => {
    expect(() => new InputInfoTracker().report(1_000, infoOf(0, { recordCount }))).toThrow(
      expect.objectContaining({ code: 'MR_TRACKING_INVALID_COUNT' }),
    );
  });

  it('accepts new reports for a forgotten batch', () => {
    const tracker = new InputInfoTracker();
    tracker.report(1_000, infoOf(0));
    tracker.forget(1_000);
    tracker.report(1_000, infoOf(0, { recordCount: 2 }));
    expect(tracker.getInfo(1_000).get(0)?.recordCount).toBe(2);
  });

  it('cleans up batches before the threshold, not the threshold itself', () => {
    const tracker = new InputInfoTracker();
    for (const time of [1_000, 2_000, 3_000]) tracker.report(time, infoOf(0));
    tracker.cleanup(2_000);
    expect([1_000, 2_000, 3_000].map((time) => tracker.getInfo(time).size)).toEqual([0, 1, 1]);
  });

  it('returns snapshots', () => {
    const tracker = new InputInfoTracker();
    tracker.report(1_000, infoOf(0));
    const before = tracker.getInfo(1_000);
    tracker.report(1_000, infoOf(1));
    expect(before.size).toBe(1);
  });
});
