import { expect, it } from 'vitest';
import { WriterTurns } from './turns.ts';

it('WriterTurns run a number of works at once, and go on after a failure', async () => {
  const turns = new WriterTurns(2);
  const order: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const work = (name: string) =>
    turns.run(async () => {
      order.push(name);
      const gate = Promise.withResolvers<void>();
      gates.set(name, gate);
      await gate.promise;
    });
  const works = ['a', 'b', 'c', 'd'].map(work);
  expect(order).toEqual(['a', 'b']);
  gates.get('b')?.reject(new Error('failed'));
  await expect(works[1]).rejects.toThrow('failed');
  expect(order).toEqual(['a', 'b', 'c']);
  gates.get('a')?.resolve();
  await works[0];
  expect(order).toEqual(['a', 'b', 'c', 'd']);
  gates.get('c')?.resolve();
  gates.get('d')?.resolve();
  await Promise.all([works[2], works[3]]);
  const last = work('e');
  expect(order.at(-1)).toBe('e');
  gates.get('e')?.resolve();
  await last;
});
