// Windows of event time against a naive model: random records, out of order and late, from two sources one of which may
// be idle, on any number of partitions, in one piece or over the deaths of drivers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  happenings,
  runEventTime,
  type BatchTexts,
  type EventTimeProgram,
} from '../../test/event-time-world.ts';

interface Plan {
  readonly rule: { readonly kind: 'fixed'; readonly sizeMs: number; readonly slideMs: number; readonly offsetMs: number } | { readonly kind: 'session'; readonly gapMs: number }; // prettier-ignore
  readonly latenessMs: number;
  readonly outOfOrdernessMs: number;
  readonly idleAfterMs: number;
  readonly idleAdvanceMs: number;
  readonly sources: readonly (readonly string[])[];
}

const record = fc
  .record({ key: fc.constantFrom('a', 'b', 'c'), atMs: fc.nat(60) })
  .map(({ key, atMs }) => `${key}@${atMs}`);
const batch = fc.array(record, { maxLength: 5 }).map((records) => records.join(' '));
const length = 7;
const source = fc.array(batch, { minLength: length, maxLength: length });
const rule = fc.oneof(
  fc
    .record({
      sizeMs: fc.integer({ min: 1, max: 20 }),
      slideMs: fc.integer({ min: 1, max: 20 }),
      movedMs: fc.integer({ min: -19, max: 19 }),
    })
    .map(({ sizeMs, slideMs, movedMs }) => {
      return { kind: 'fixed' as const, sizeMs, slideMs, offsetMs: movedMs % slideMs };
    }),
  fc.integer({ min: 1, max: 12 }).map((gapMs) => ({ kind: 'session' as const, gapMs })),
);
const plans: fc.Arbitrary<Plan> = fc.record({
  rule,
  latenessMs: fc.constantFrom(0, 0, 5, 20),
  outOfOrdernessMs: fc.constantFrom(0, 5, 20),
  idleAfterMs: fc.constantFrom(1_000, 2_000, 100_000),
  idleAdvanceMs: fc.constantFrom(0, 0, 10, 30),
  sources: fc.array(source, { minLength: 1, maxLength: 2 }),
});

function programOf({ rule: windows, latenessMs, ...plan }: Plan, partitions: number): EventTimeProgram {
  return {
    sources: plan.sources,
    options: [
      {
        outOfOrdernessMs: plan.outOfOrdernessMs,
        idleAfterMs: plan.idleAfterMs,
        idleAdvanceMs: plan.idleAdvanceMs,
      },
    ],
    partitions,
    windows: (events) =>
      (windows.kind === 'fixed'
        ? events.sliding(windows.sizeMs, windows.slideMs, { offsetMs: windows.offsetMs })
        : events.session(windows.gapMs)
      )
        .allowedLateness(latenessMs)
        // Sorted, because only the content of a window is compared.
        .aggregateByKey(
          () => [],
          sortedWith,
          (a: number[], b) => sortedWith(a, ...b),
          { partitions },
        ),
  };
}

function sortedWith(values: readonly number[], ...more: readonly number[]): number[] {
  return [...values, ...more].toSorted((a, b) => a - b);
}

interface Span {
  startMs: number;
  endMs: number;
  times: number[];
  isNew: boolean;
}

/** The naive model of windows, in a few loops over all records. */
function naive({ rule: windows, latenessMs, outOfOrdernessMs, sources, ...plan }: Plan): BatchTexts[] {
  const { idleAfterMs, idleAdvanceMs } = plan;
  const newest = sources.map(() => Number.NEGATIVE_INFINITY);
  const seenAt = sources.map(() => 0);
  const spans = new Map<string, Span[]>([['a', []], ['b', []], ['c', []]]); // prettier-ignore
  let before = Number.NEGATIVE_INFINITY;
  const texts: BatchTexts[] = [];
  for (let index = 0; index < length; index += 1) {
    const incoming = sources.map((batches) => happenings(batches[index] ?? ''));
    for (const [number, records] of incoming.entries()) {
      newest[number] = Math.max(newest[number] ?? 0, ...records.map(({ atMs }) => atMs));
      if (records.length > 0) seenAt[number] = index;
    }
    const active = newest.filter((_, number) => (index - (seenAt[number] ?? 0)) * 1_000 < idleAfterMs);
    // Batches are so much longer than event times that the bound is reached at once.
    const furthest = idleAdvanceMs === 0 ? Number.NEGATIVE_INFINITY : Math.max(...newest) + idleAdvanceMs;
    const after = Math.max(before, active.length === 0 ? furthest : Math.min(...active) - outOfOrdernessMs);
    const late: string[] = [];
    const said: string[] = [];
    for (const [key, open] of spans) {
      for (const span of open) span.isNew = span.endMs > before;
      const records = incoming.flat().filter((happening) => happening.key === key);
      const isOver = (endMs: number) => endMs + latenessMs <= before;
      const lost = windows.kind === 'fixed' ? addFixed(open, records, windows, isOver) : addSessions(open, records, windows.gapMs, isOver); // prettier-ignore
      late.push(...lost.map((atMs) => `${key}@${atMs}`));
      for (const { startMs, endMs, times, isNew } of open)
        if (isNew && endMs <= after) said.push(`${key}[${startMs},${endMs})=${sortedWith(times).join(',')}`);
      spans.set(
        key,
        open.filter(({ endMs }) => endMs + latenessMs > after),
      );
    }
    texts.push({
      windows: said.toSorted().join(' '),
      late: late.toSorted().join(' '),
      watermark: String(after),
    });
    before = after;
  }
  return texts;
}

type Records = readonly { readonly atMs: number }[];

function addFixed(
  open: Span[],
  records: Records,
  rule: { readonly sizeMs: number; readonly slideMs: number; readonly offsetMs: number },
  isOver: (endMs: number) => boolean,
): number[] {
  const { sizeMs, slideMs, offsetMs } = rule;
  return records.flatMap(({ atMs }) => {
    const taken = { by: 0, refusedBy: 0 };
    for (let startMs = -40 * slideMs + offsetMs; startMs <= atMs; startMs += slideMs) {
      const endMs = startMs + sizeMs;
      if (atMs >= endMs) continue;
      taken[isOver(endMs) ? 'refusedBy' : 'by'] += 1;
      if (isOver(endMs)) continue;
      const known = open.find((span) => span.startMs === startMs);
      if (known === undefined) open.push({ startMs, endMs, times: [atMs], isNew: true });
      else known.times.push(atMs);
      if (known !== undefined) known.isNew = true;
    }
    return taken.by === 0 && taken.refusedBy > 0 ? [atMs] : [];
  });
}

/** Joins any two that overlap until none do. A session of new records alone counts unless it is over. */
function addSessions(
  open: Span[],
  records: Records,
  gapMs: number,
  isOver: (endMs: number) => boolean,
): number[] {
  const known = new Set(open);
  open.push(
    ...records.map(({ atMs }) => ({ startMs: atMs, endMs: atMs + gapMs, times: [atMs], isNew: true })),
  );
  for (let pair = overlapping(open); pair !== undefined; pair = overlapping(open)) {
    const [one, other] = pair;
    const joined = {
      startMs: Math.min(one.startMs, other.startMs),
      endMs: Math.max(one.endMs, other.endMs),
      times: [...one.times, ...other.times],
      isNew: true,
    };
    if (known.has(one) || known.has(other)) known.add(joined);
    open.splice(open.indexOf(one), 1);
    open.splice(open.indexOf(other), 1, joined);
  }
  const late = open.filter((span) => !known.has(span) && isOver(span.endMs));
  for (const span of late) open.splice(open.indexOf(span), 1);
  return late.flatMap(({ times }) => times);
}

function overlapping(spans: readonly Span[]): readonly [Span, Span] | undefined {
  for (const one of spans)
    for (const other of spans)
      if (one !== other && one.startMs < other.endMs && other.startMs < one.endMs) return [one, other];
  return undefined;
}

describe('windows of event time over random records', () => {
  it('are those of a naive account, on any number of partitions (BAT-4)', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.integer({ min: 1, max: 5 }), async (plan, partitions) => {
        expect(await runEventTime(programOf(plan, partitions))).toEqual(naive(plan));
      }),
      { numRuns: 60 },
    );
  });

  it('are those of a naive account when drivers die and batches are missed meanwhile (STA-1)', async () => {
    const deaths = fc
      .array(fc.record({ lives: fc.nat(3), downMs: fc.constantFrom(0, 1_000, 2_000) }), { maxLength: 3 })
      .map((list) => {
        let batches = 0;
        return list.map(({ lives, downMs }) => {
          const death = { afterBatches: batches + lives, downMs };
          batches += lives + downMs / 1_000;
          return death;
        });
      })
      .filter((list) => list.every(({ afterBatches, downMs }) => afterBatches + downMs / 1_000 <= length));
    await fc.assert(
      fc.asyncProperty(plans, deaths, async (plan, list) => {
        expect(await runEventTime(programOf(plan, 2), list)).toEqual(naive(plan));
      }),
      { numRuns: 60 },
    );
  });
});
