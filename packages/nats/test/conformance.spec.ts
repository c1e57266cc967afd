// The kit of logs over the fake servers, without a wait. `conformance.int.spec.ts` runs the same kit over real servers.
import { type WriteAheadLogTarget, writeAheadLogConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { ENTRY_BYTES, HEAD_BYTES, placeOf } from '../src/log/log-format.ts';
import { logConfig, LogWorld } from './log-world.ts';

/** The names under which the kit opens logs. */
const NAMES = ['log', 'one', 'two', 'another'];

for (const servers of [1, 3]) {
  writeAheadLogConformance(
    { describe, it },
    {
      name: `NatsLog over ${servers === 1 ? 'a server' : 'three servers'} in memory`,
      module: import.meta.url,
      capabilities: { durability: 'machine', takesOver: true },
      create: () => logsOverFake(servers),
    },
  );
}

async function logsOverFake(servers: number): Promise<WriteAheadLogTarget> {
  const world = new LogWorld({ servers });
  for (const name of NAMES) await world.createStream(name);
  const streamOf = (name: string) => world.streams.stream(logConfig(name, servers).name);
  const stateOf = (name: string) => streamOf(name).info(streamOf(name).servers[0] ?? '').state;
  return {
    createFactory: () => world.process(),
    // The log is not on the machine of the process.
    crashProcess: () => undefined,
    crashMachine: () => undefined,
    setFull: (isFull) => {
      streamOf('log').isFull = isFull;
    },
    hold: () => streamOf('log').hold(),
    advance: (ms) => world.clock.advance(ms),
    damage: (handle) => {
      const { sequence, index } = placeOf(handle);
      world.streams.stream(handle.segment).damage(sequence, (data) => {
        let at = HEAD_BYTES;
        for (let i = 0; i < index; i += 1) at += ENTRY_BYTES + data.readUInt32LE(at);
        data[at + ENTRY_BYTES] = (data[at + ENTRY_BYTES] ?? 0) ^ 1;
      });
    },
    raiseFormat: (name) => streamOf(name).damage(stateOf(name).last_seq, (data) => data.writeUInt8(2, 0)),
    contents: () => NAMES.map((name) => stateOf(name)),
  };
}
