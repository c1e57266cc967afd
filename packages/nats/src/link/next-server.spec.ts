import type { Server } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { nextServer } from './next-server.ts';

const pool = (...listens: readonly string[]) => listens.map((listen) => ({ listen }) as Server);
const listenOf = (answer: unknown) => (answer as Server | null)?.listen;

it('a link begins with the first server of its list and tries each other server before the same one again', () => {
  const next = nextServer();
  // The library moves its own choice, which may be the server that was just left, to the front.
  const lists = ['abc', 'abc', 'bca', 'cab', 'cab', 'bac'].map((list) => pool(...list.split('')));
  expect(lists.map((list) => listenOf(next(list, null)))).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
});

it('a link with one server stays with that server, and a link without servers leaves the choice to the library', () => {
  const next = nextServer();
  expect([listenOf(next(pool('a'), null)), listenOf(next(pool('a'), null))]).toEqual(['a', 'a']);
  expect(next([], null)).toBeNull();
});
