// Records that no codec accepts are left out, counted and reported, wherever they enter, with and without a log.
// All other records are processed, and the source continues.
import {
  type AckToken,
  pluginModule,
  type Block,
  Codec,
  definePlugin,
  defineReceiver,
  type LeftOutRecordsInfo,
  MsgpackCodec,
  MemoryBlockStore,
  noOptions,
  type Plugin,
  ReceivedBlockHandler,
  type Receiver,
  type ReceiverCapabilities,
  type ReceiverContext,
} from '@millrace/core';
import type { PortToken } from '@millrace/core/engine';
import { MemoryReceivedBlockHandler } from '@millrace/core/engine';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamingContext } from './streaming-context.ts';

class Money {
  readonly amount = 1;
}

const circle: Record<string, unknown> = {};
circle['self'] = circle;

const BAD: readonly (readonly [string, unknown])[] = [
  ['half of a surrogate pair', JSON.parse('"cut \\ud83d"')],
  ['a class instance', new Money()],
  ['a function inside', { f: () => 1 }],
  ['a circle', circle],
  ['a symbol', Symbol('s')],
  ['a getter that throws', Object.defineProperty({}, 'a', { enumerable: true, get: () => 'x'.repeat(-1) })], // prettier-ignore
];

/** A handler that encodes, like a handler with a log. */
class EncodingHandler extends MemoryReceivedBlockHandler {
  readonly refusesUnsupported = true;
  readonly #codec = new MsgpackCodec();

  override storeBlock(id: string, block: Block) {
    if (block.kind === 'records')
      this.#codec.encodeRecords(block.chunks.flatMap(({ records, length }) => records.slice(0, length)));
    return super.storeBlock(id, block);
  }
}

/** A plugin that provides one port. */
function pluginOf<T>(name: string, token: PortToken<T>, value: T): Plugin {
  return definePlugin({
    name,
    version: '1.0.0',
    contract: 1,
    provides: [token],
    optionsSchema: noOptions,
    module: () => pluginModule((bind) => void bind(token).toConstantValue(value)),
  })();
}

const encoding = () =>
  pluginOf(
    'encoding-handler',
    ReceivedBlockHandler,
    new EncodingHandler(new MemoryBlockStore({ maxBytes: 2 ** 20 })),
  );

/** The engine's codec as written by an author who does not know `refusalsIn`. */
const foreignCodec = () => {
  const codec = new MsgpackCodec();
  const foreign: Codec = {
    name: 'foreign',
    encodeRecords: (records) => codec.encodeRecords(records),
    decodeRecords: (bytes) => codec.decodeRecords(bytes),
  };
  return pluginOf('foreign-codec', Codec, foreign);
};

function receiver(
  start: (context: ReceiverContext<unknown>) => void,
  capabilities: Partial<ReceiverCapabilities> = {},
) {
  const acknowledged: AckToken[] = [];
  const lives: ReceiverContext<unknown>[] = [];
  const configured = defineReceiver({
    name: 'source',
    contract: 1,
    capabilities: { ack: 'individual', replayable: false, ordering: 'per-stream', pause: true, bounded: false, format: 'records', touches: [], ...capabilities }, // prettier-ignore
    options: noOptions,
    create: (): Receiver<unknown> => ({
      start: (context) => {
        lives.push(context);
        if (lives.length === 1) start(context);
      },
      stop: () => undefined,
      acknowledge: (tokens) => void acknowledged.push(...tokens),
    }),
  })({});
  return { configured, acknowledged, lives };
}

async function run(
  define: (ssc: StreamingContext, seen: unknown[]) => void,
  plugins: readonly Plugin[] = [],
  seconds = 3,
) {
  const world = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'test',
    batchIntervalMs: 1_000,
    plugins: [world.plugin, ...plugins],
  });
  const seen: unknown[] = [];
  const leftOut: LeftOutRecordsInfo[] = [];
  const errorCodes: string[] = [];
  define(ssc, seen);
  ssc.on('records:left-out', (event) => void leftOut.push(event.leftOut));
  ssc.on('receiver:error', (event) => void errorCodes.push(event.receiver.lastError?.code ?? 'no code'));
  const ended = ssc.awaitTermination().catch((error: unknown) => error);
  await ssc.start();
  for (let second = 0; second < seconds; second += 1) {
    await world.clock.advance(1_000);
    await settle();
  }
  const { state } = ssc;
  if (state === 'ACTIVE') await ssc.stop({ graceful: false });
  const warnings = world.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  return { seen, leftOut, errorCodes, state, warnings, ended };
}

const collectInto = (
  seen: unknown[],
  ssc: StreamingContext,
  configured: ReturnType<typeof receiver>['configured'],
) => ssc.receiverStream(configured).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));

describe.each([
  ['without a log', () => []],
  ['with a handler that encodes', () => [encoding()]],
  ['with a codec that only encodes', () => [foreignCodec()]],
])('%s', (_how, plugins) => {
  it.each(BAD)(
    'leaves out %s in store, counts the record, reports it once and acknowledges it',
    async (_what, bad) => {
      const { configured, acknowledged, lives } = receiver((context) => {
        for (let id = 0; id < 100; id += 1) context.store(id === 50 ? bad : id, id);
      });
      const { seen, leftOut, errorCodes, warnings } = await run(
        (ssc, into) => collectInto(into, ssc, configured),
        plugins(),
      );
      expect(seen).toEqual(Array.from({ length: 100 }, (_, id) => id).filter((id) => id !== 50));
      expect(acknowledged).toHaveLength(100);
      expect(lives).toHaveLength(1);
      expect(leftOut).toEqual([
        { streamId: 0, name: 'source', recordCount: 1, totalCount: 1, reason: expect.stringContaining('record') as string, record: expect.any(String) as string }, // prettier-ignore
      ]);
      expect(errorCodes).toEqual(['MR_RECEIVER_RECORD_UNSUPPORTED']);
      expect(warnings).toEqual(['records were left out']);
    },
  );

  it('acknowledges a block without any other record, too', async () => {
    const { configured, acknowledged } = receiver((context) => void context.store(new Money(), 'token'));
    const { seen, leftOut } = await run((ssc, into) => collectInto(into, ssc, configured), plugins());
    expect(seen).toEqual([]);
    expect(acknowledged).toEqual(['token']);
    expect(leftOut.map(({ totalCount }) => totalCount)).toEqual([1]);
  });

  it('resolves storeBlock without the record', async () => {
    let isStored = false;
    const { configured } = receiver((context) => {
      void context.storeBlock([1, new Money(), 2]).then(() => (isStored = true));
    });
    const { seen, leftOut } = await run((ssc, into) => collectInto(into, ssc, configured), plugins());
    expect([isStored, seen, leftOut.length]).toEqual([true, [1, 2], 1]);
  });

  it('leaves such records out of queue entries', async () => {
    const { seen, leftOut } = await run((ssc, into) => {
      const queue = [[1, Symbol('s'), 2], [new Money()], [3]];
      ssc.queueStream<unknown>(queue).foreachRDD(async (rdd) => void into.push(...(await rdd.collect())));
    }, plugins());
    expect(seen).toEqual([1, 2, 3]);
    expect(leftOut.map(({ name, totalCount }) => [name, totalCount])).toEqual([
      ['queue [0]', 1],
      ['queue [0]', 2],
    ]);
  });

  it('logs the first, the tenth and the hundredth record, and tells listeners of all', async () => {
    const { configured } = receiver((context) => {
      let count = 0;
      const timer = () => {
        context.store(new Money());
        count += 1;
        if (count < 120) context.clock.schedule(context.clock.now() + 200, timer);
      };
      timer();
    });
    const { leftOut, errorCodes, warnings } = await run(
      (ssc, into) => collectInto(into, ssc, configured),
      plugins(),
      30,
    );
    expect(leftOut.at(-1)?.totalCount).toBe(120);
    expect(leftOut.reduce((sum, { recordCount }) => sum + recordCount, 0)).toBe(120);
    expect([errorCodes.length, warnings.length]).toEqual([3, 3]);
  });
});

describe('a record that is left out', () => {
  it('is reported in bounded text that is safe for a terminal', async () => {
    const { configured } = receiver(
      (context) => void context.store({ text: '\u001b[2J'.repeat(10_000), money: new Money() }),
    );
    const { leftOut } = await run((ssc, into) => collectInto(into, ssc, configured));
    expect(leftOut[0]?.record.length).toBeLessThanOrEqual(1_024);
    expect(leftOut[0]?.record).not.toContain('\u001b');
    expect(leftOut[0]?.reason).toBe('record.money is an instance of Money');
  });

  it('advances the position of a replayable source', async () => {
    const { configured } = receiver(
      (context) => {
        context.store(1, 1);
        context.store(new Money(), 2);
        context.restart('again', undefined, 100);
      },
      { replayable: true },
    );
    const resumed: unknown[] = [];
    const watched = {
      ...configured,
      create: () => {
        const inner = configured.create();
        return {
          ...inner,
          start: (context: ReceiverContext<unknown>) => {
            resumed.push(context.resumeFrom);
            return inner.start(context);
          },
          stop: inner.stop.bind(inner),
        };
      },
    };
    const { seen } = await run((ssc, into) => collectInto(into, ssc, watched), [], 5);
    expect(seen).toEqual([1]);
    expect(resumed).toEqual([undefined, 2]);
  });

  it('is not looked for when a receiver declares its records plain, until a log refuses the block', async () => {
    const start = (context: ReceiverContext<unknown>) => {
      for (const record of [1, new Money(), 2]) context.store(record);
    };
    const trusted = receiver(start, { plainRecords: true });
    const without = await run((ssc, into) => collectInto(into, ssc, trusted.configured));
    expect(without.seen).toHaveLength(3);
    const logged = receiver(start, { plainRecords: true });
    const withLog = await run((ssc, into) => collectInto(into, ssc, logged.configured), [encoding()]);
    expect([withLog.seen, withLog.leftOut.length]).toEqual([[1, 2], 1]);
  });
});

describe('metadata of a block that is no data', () => {
  it.each([
    [
      'a position',
      (context: ReceiverContext<unknown>) => void context.store(1, new Money()),
      'metadata.position',
    ],
    [
      'metadata',
      (context: ReceiverContext<unknown>) => void context.storeBlock([1], { at: Symbol('s') }),
      'metadata.at',
    ],
  ])('stops the engine at once: %s', async (_what, start, path) => {
    const { configured, lives } = receiver(start, { replayable: true });
    const { state, ended } = await run((ssc, into) => collectInto(into, ssc, configured));
    expect(state).toBe('STOPPED');
    expect(await ended).toMatchObject({
      code: 'MR_RECEIVER_METADATA_UNSUPPORTED',
      details: { streamId: 0, path },
    });
    expect(lives).toHaveLength(1);
  });
});
