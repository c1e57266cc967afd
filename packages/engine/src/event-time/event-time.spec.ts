// The results of windows of event time, batch by batch, as tables. Every table also runs with a driver that dies after
// each batch, which must change nothing (STA-1).
import { describe, expect, it } from 'vitest';
import { runEventTime, type EventTimeProgram } from '../../test/event-time-world.ts';

interface Scenario extends EventTimeProgram {
  readonly it: string;
  /** For each batch `windows | late | watermark`. */
  readonly gives: readonly string[];
}

const tumbling: EventTimeProgram['windows'] = (events) => events.tumbling(10).groupByKey();
const sessions: EventTimeProgram['windows'] = (events) => events.session(10).groupByKey();

const scenarios: readonly Scenario[] = [
  {
    it: 'emits tumbling windows when the watermark passes their end',
    sources: [['a@1 b@2 a@9', 'a@10', 'a@25 b@12', '']],
    windows: tumbling,
    gives: [' |  | 9', 'a[0,10)=1,9 b[0,10)=2 |  | 10', 'a[10,20)=10 b[10,20)=12 |  | 25', ' |  | 25'],
  },
  {
    it: 'waits for records out of order, and counts older records as late',
    sources: [['a@12', 'a@3 a@14', 'a@16', 'a@9 a@2 a@17']],
    options: [{ outOfOrdernessMs: 5 }],
    windows: tumbling,
    gives: [' |  | 7', ' |  | 9', 'a[0,10)=3 |  | 11', ' | a@2 a@9 | 12'],
  },
  {
    it: 'records of the batch that completes a window are not late',
    sources: [['a@1', 'b@30 a@2 a@3', 'a@4']],
    windows: tumbling,
    gives: [' |  | 1', 'a[0,10)=1,2,3 |  | 30', ' | a@4 | 30'],
  },
  {
    it: 'adds a record to every sliding window that contains its time',
    sources: [['a@3', 'a@7', 'a@12', 'a@40']],
    windows: (events) => events.sliding(10, 5).groupByKey(),
    gives: [' |  | 3', 'a[-5,5)=3 |  | 7', 'a[0,10)=3,7 |  | 12', 'a[10,20)=12 a[5,15)=7,12 |  | 40'],
  },
  {
    it: 'counts a record as late only for closed windows',
    sources: [['a@3', 'b@11', 'a@8', 'a@2 b@40']],
    windows: (events) => events.sliding(10, 5).groupByKey(),
    gives: [
      ' |  | 3',
      'a[-5,5)=3 a[0,10)=3 |  | 11',
      ' |  | 11',
      'a[5,15)=8 b[10,20)=11 b[5,15)=11 | a@2 | 40',
    ],
  },
  {
    it: 'records between windows shorter than their slide are in none, and not late',
    sources: [['a@1 a@7', 'a@12', 'b@50', 'a@8 a@2']],
    windows: (events) => events.sliding(5, 10).groupByKey(),
    gives: ['a[0,5)=1 |  | 7', ' |  | 12', 'a[10,15)=12 |  | 50', ' | a@2 | 50'],
  },
  {
    it: 'emits a window again with its late records within the allowed lateness',
    sources: [['a@1', 'b@12', 'a@5', '', 'a@7 b@20', 'a@9']],
    windows: (events) => events.tumbling(10).allowedLateness(10).groupByKey(),
    gives: [
      ' |  | 1',
      'a[0,10)=1 |  | 12',
      'a[0,10)=1,5 |  | 12',
      ' |  | 12',
      'a[0,10)=1,5,7 b[10,20)=12 |  | 20',
      ' | a@9 | 20',
    ],
  },
  {
    it: 'merges sessions that a record joins',
    sources: [['a@1 a@20', 'a@11 b@3', 'a@21', 'c@60']],
    options: [{ outOfOrdernessMs: 20 }],
    windows: sessions,
    gives: [' |  | 0', ' |  | 0', ' |  | 1', 'a[1,11)=1 a[11,31)=20,11,21 b[3,13)=3 |  | 40'],
  },
  {
    it: 'merges three sessions joined by two records of one batch',
    sources: [['a@0 a@15 a@30', 'a@22 a@8', 'b@90']],
    options: [{ outOfOrdernessMs: 30 }],
    windows: sessions,
    gives: [' |  | 0', ' |  | 0', 'a[0,40)=0,15,30,8,22 |  | 60'],
  },
  {
    it: 'extends an emitted session while lateness is allowed',
    sources: [['a@1', 'b@13', 'a@8', 'b@40', 'a@2']],
    windows: (events) => events.session(10).allowedLateness(15).groupByKey(),
    gives: [' |  | 1', 'a[1,11)=1 |  | 13', ' |  | 13', 'a[1,18)=1,8 b[13,23)=13 |  | 40', ' | a@2 | 40'],
  },
  {
    it: 'does not count an old record that meets an open session as late',
    sources: [['a@25', 'b@30', 'a@19 a@12 a@5']],
    windows: sessions,
    gives: [' |  | 25', ' |  | 30', ' |  | 30'],
  },
  {
    it: 'follows the slower of two sources',
    sources: [
      ['a@5', 'a@30', '', 'a@31'],
      ['b@1', '', 'b@12', 'b@40'],
    ],
    windows: tumbling,
    gives: [' |  | 1', ' |  | 1', 'a[0,10)=5 b[0,10)=1 |  | 12', 'a[30,40)=30,31 b[10,20)=12 |  | 31'].map(
      (text, batch) => (batch === 3 ? 'b[10,20)=12 |  | 31' : text),
    ),
  },
  {
    it: 'ignores an idle source until its next record',
    sources: [
      ['a@5', 'a@30', 'a@41', 'a@50', 'a@61'],
      ['b@1', '', '', 'b@35 b@45', ''],
    ],
    options: [{}, { idleAfterMs: 2_000 }],
    windows: tumbling,
    gives: [' |  | 1', ' |  | 1', 'a[0,10)=5 a[30,40)=30 b[0,10)=1 |  | 41', ' | b@35 | 45', ' |  | 45'],
  },
  {
    it: 'emits the last windows in silence with idleAdvanceMs, and counts later records as late',
    sources: [['a@5 b@13', '', '', '', 'a@9 a@22 a@24', 'a@12 a@40']],
    options: [{ idleAfterMs: 2_000, idleAdvanceMs: 10 }],
    windows: tumbling,
    gives: [
      'a[0,10)=5 |  | 13',
      ' |  | 13',
      'b[10,20)=13 |  | 23',
      ' |  | 23',
      ' | a@9 | 24',
      'a[20,30)=22,24 | a@12 | 40',
    ],
  },
  {
    it: 'advances the watermark in silence at the pace of batches, behind by outOfOrdernessMs, up to the bound',
    sources: [['a@10', '', '', '', '', '']],
    options: [{ outOfOrdernessMs: 1_500, idleAfterMs: 1_000, idleAdvanceMs: 3_000 }],
    windows: tumbling,
    gives: [' |  | -1490', ' |  | -490', 'a[10,20)=10 |  | 510', ' |  | 1510', ' |  | 2510', ' |  | 3010'],
  },
  {
    it: 'follows the furthest source in silence, and advances only when all sources are idle',
    sources: [
      ['a@15', '', '', '', ''],
      ['b@3', '', 'b@4', '', ''],
    ],
    options: [{ idleAfterMs: 2_000, idleAdvanceMs: 20 }],
    windows: tumbling,
    gives: [' |  | 3', ' |  | 3', ' |  | 4', ' |  | 4', 'a[10,20)=15 b[0,10)=3,4 |  | 35'],
  },
  {
    it: 'counts a source without any record as idle in the end',
    sources: [
      ['a@15', 'a@16', 'a@30'],
      ['', '', ''],
    ],
    options: [{ idleAfterMs: 2_000 }],
    windows: tumbling,
    gives: [' |  | -Infinity', ' |  | -Infinity', 'a[10,20)=15,16 |  | 30'],
  },
  {
    it: 'has windows before 1970',
    sources: [['a@-15 a@-1', 'b@11']],
    windows: tumbling,
    gives: ['a[-20,-10)=-15 |  | -1', 'a[-10,0)=-1 |  | 11'],
  },
  {
    it: 'emits and forgets nothing in empty batches',
    sources: [['', 'a@1', '', '', 'a@12', '']],
    windows: tumbling,
    gives: [' |  | -Infinity', ' |  | 1', ' |  | 1', ' |  | 1', 'a[0,10)=1 |  | 12', ' |  | 12'],
  },
];

function textOf(batches: Awaited<ReturnType<typeof runEventTime>>): string[] {
  return batches.map(({ windows, late, watermark }) => `${windows} | ${late} | ${watermark}`);
}

describe('windows of event time', () => {
  it.each(scenarios)('$it', async (scenario) => {
    expect(textOf(await runEventTime(scenario))).toEqual(scenario.gives);
  });

  it.each(scenarios)('$it, also over deaths of the driver (STA-1)', async (scenario) => {
    const { length } = scenario.gives;
    for (let batch = 1; batch < length; batch += 1)
      expect(textOf(await runEventTime(scenario, [{ afterBatches: batch }]))).toEqual(scenario.gives);
    const each = Array.from({ length }, (_, batch) => ({ afterBatches: batch }));
    expect(textOf(await runEventTime(scenario, each))).toEqual(scenario.gives);
  });

  it.each(scenarios)('$it, also when batches are missed meanwhile (STA-1)', async (scenario) => {
    const deaths = [{ afterBatches: 1, downMs: 1_000 }];
    expect(textOf(await runEventTime(scenario, deaths))).toEqual(scenario.gives);
  });
});
