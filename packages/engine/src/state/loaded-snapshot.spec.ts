import { expect, it } from 'vitest';
import { MemoryParts } from '../../test/memory-parts.ts';
import { KeptStates } from './loaded-snapshot.ts';
import { extendChain } from './state-chain.ts';

it('a failed read of states is repeated for the next caller, and once for all callers', async () => {
  const parts = new MemoryParts();
  const segment = { partition: 0, upTo: 1, from: 1, isFull: true, told: undefined };
  const chain = await extendChain(
    [],
    [{ ...segment, keys: ['a'], values: [7], touched: [1], removed: [] }],
    parts,
  );
  const data = { upTo: 1, partitions: 1, chain };
  const states = new KeptStates();
  let [failures, reads] = [1, 0];
  const flaky = {
    codec: parts.codec,
    write: (bytes: Uint8Array) => parts.write(bytes),
    read: async (part: number) => {
      reads += 1;
      if (failures-- > 0) throw new Error('the disk does not answer');
      return parts.read(part);
    },
  };
  await expect(states.partition(data, 0, flaky)).rejects.toThrow('the disk does not answer');
  const read = await Promise.all([states.partition(data, 0, flaky), states.partition(data, 0, flaky)]);
  expect(read.map((entries) => entries?.get('a')?.value)).toEqual([7, 7]);
  expect(reads).toBe(2);
});
