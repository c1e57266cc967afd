import { describe, expect, it } from 'vitest';
import { circularArrows, circularTypeArrows, folderArrows } from './folder-arrows.ts';

const circles = (sources: Record<string, string>) =>
  circularArrows(folderArrows(new Map(Object.entries(sources)))).map(({ from, to }) => `${from} → ${to}`);

describe('folder arrows', () => {
  it('finds a circle of two folders and names its files', () => {
    const sources = new Map([
      ['state/store.ts', "import { Node } from '../graph/node.ts';"],
      ['graph/node.ts', "import {\n  Store,\n  type Key,\n} from '../state/store.ts';"],
    ]);
    expect(circularArrows(folderArrows(sources))).toEqual([
      { from: 'state', to: 'graph', files: ['state/store.ts → graph/node.ts'] },
      { from: 'graph', to: 'state', files: ['graph/node.ts → state/store.ts'] },
    ]);
  });

  it('finds a circle of three folders, and leaves the arrows beside the circle alone', () => {
    expect(
      circles({
        'a/a.ts': "import { b } from '../b/b.ts';",
        'b/b.ts': "export { c } from '../c/c.ts';",
        'c/c.ts': "import * as a from '../a/a.ts';\nimport { d } from '../d/d.ts';",
        'd/d.ts': '',
      }),
    ).toEqual(['a → b', 'b → c', 'c → a']);
  });

  it('makes no arrow of types, of imports within a folder, or of the index that re-exports folders', () => {
    expect(
      circles({
        'a/a.ts': "import { b } from '../b/b.ts';\nimport { version } from '../version.ts';",
        'b/b.ts': "import type { A } from '../a/a.ts';\nimport { type C, type D } from '../a/a.ts';",
        'version.ts': '',
        'index.ts': "export { a } from './a/a.ts';",
      }),
    ).toEqual([]);
  });
});

describe('circles of types', () => {
  const found = (sources: Record<string, string>) =>
    circularTypeArrows(new Map(Object.entries(sources))).map(({ from, to }) => `${from} → ${to}`);

  it('count imports of types alone', () => {
    expect(
      found({
        'a/a.ts': "import { b } from '../b/b.ts';",
        'b/b.ts': "import type { A } from '../a/a.ts';",
      }),
    ).toEqual(['a → b', 'b → a']);
  });

  it('leave out files beside the folders, and event time, whose streams return DStreams', () => {
    expect(
      found({
        'dstream/dstream.ts': "import { events } from '../event-time/events.ts';",
        'event-time/events.ts': "import type { DStream } from '../dstream/dstream.ts';",
        'a/a.ts': "import type { Options } from '../options.ts';",
        'options.ts': "import type { A } from './a/a.ts';",
      }),
    ).toEqual([]);
  });
});
