import { expect, it } from 'vitest';
import { fileCircles } from './file-circles.ts';

const found = (sources: Record<string, string>) => fileCircles(new Map(Object.entries(sources)));

it('finds two files that import each other, also for types alone', () => {
  expect(
    found({
      'packages/a/src/x.ts': "import type { Y } from './y.ts';\n",
      'packages/a/src/y.ts': "import {\n  x,\n  type X,\n} from './x.ts';\n",
    }),
  ).toEqual([['packages/a/src/x.ts', 'packages/a/src/y.ts']]);
});

it('finds a circle of three files once, also through another folder', () => {
  expect(
    found({
      'packages/a/src/x.ts': "import { y } from './inner/y.ts';\n",
      'packages/a/src/inner/y.ts': "export type { Z } from '../z.ts';\n",
      'packages/a/src/z.ts': "import type { X } from './x.ts';\n",
      'packages/a/src/aside.ts': "import { y } from './inner/y.ts';\n",
    }),
  ).toEqual([['packages/a/src/inner/y.ts', 'packages/a/src/x.ts', 'packages/a/src/z.ts']]);
});

it.each([
  ['one direction', { 'a/x.ts': "import { y } from './y.ts';\n", 'a/y.ts': '' }],
  ['another package', { 'a/x.ts': "import { x } from '@millrace/x';\n" }],
  [
    'the circle of streams and streams of event time',
    {
      'packages/engine/src/dstream/dstream.ts': "import { E } from '../event-time/event-time-stream.ts';\n",
      'packages/engine/src/event-time/event-time-stream.ts':
        "import type { D } from '../dstream/dstream.ts';\nimport { W } from './event-time-windows.ts';\n",
      'packages/engine/src/event-time/event-time-windows.ts':
        "import type { D } from '../dstream/dstream.ts';\n",
    },
  ],
])('accepts %s', (_, sources) => {
  expect(found(sources)).toEqual([]);
});

it('refuses a file more in the circle of streams and streams of event time', () => {
  expect(
    found({
      'packages/engine/src/dstream/dstream.ts': "import { E } from '../event-time/event-time-stream.ts';\n",
      'packages/engine/src/event-time/event-time-stream.ts':
        "import type { D } from '../dstream/dstream.ts';\nimport { W } from './event-time-windows.ts';\n",
      'packages/engine/src/event-time/event-time-windows.ts': "import { A } from './arrivals.ts';\n",
      'packages/engine/src/event-time/arrivals.ts': "import type { D } from '../dstream/dstream.ts';\n",
    }),
  ).toHaveLength(1);
});
