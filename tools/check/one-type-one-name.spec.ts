import { expect, it } from 'vitest';
import { isShippedSource, repeatedTypes } from './one-type-one-name.ts';

const found = (sources: Record<string, string>) => repeatedTypes(new Map(Object.entries(sources)));

it.each([
  'export interface Sink<T> {',
  'export type Sink = string;',
  'export class Sink implements Writer {',
  'export abstract class Sink {',
  'export enum Sink {',
  'export const enum Sink {',
  'export declare class Sink {',
])('finds a second type of one name: %s', (line) => {
  expect(found({ 'a.ts': '// A.\nexport interface Sink {}\n', 'b.ts': `${line}\n` })).toEqual([
    { name: 'Sink', files: ['a.ts', 'b.ts'] },
  ]);
});

it.each([
  ['a type that stays inside its file', 'interface Sink {}\n'],
  ['a type that is passed on', "export type { Sink } from './a.ts';\n"],
  ['a name that only begins alike', 'export interface SinkWriter {}\n'],
  ['a function', 'export function Sink() {}\n'],
])('accepts %s', (_, text) => {
  expect(found({ 'a.ts': 'export interface Sink {}\n', 'b.ts': text })).toEqual([]);
});

it('counts a class and an interface that one file merges once', () => {
  expect(found({ 'a.ts': 'export interface Sink {}\nexport class Sink {}\n' })).toEqual([]);
});

it.each([
  ['packages/engine/src/rdd/sinks.ts', true],
  ['packages/sinks/files/src/files-sink.ts', true],
  ['packages/engine/src/rdd/sinks.spec.ts', false],
  ['packages/engine/src/index.spec-d.ts', false],
  ['packages/engine/test/cluster.ts', false],
  ['packages/sim/src/sim-process.ts', false],
  ['packages/bench/src/main.ts', false],
  ['packages/create-receiver/template/src/index.ts', false],
])('applies to %s: %s', (file, expected) => {
  expect(isShippedSource(file)).toBe(expected);
});
