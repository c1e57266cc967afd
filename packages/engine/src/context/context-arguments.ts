// Checks the arguments of a context's methods at the call: a wrong argument is reported by name at once.
import type { StreamingListener } from '@millrace/core';
import {
  describeValue,
  pathText,
  optionError,
  option,
  required,
  resolveOptions,
} from '@millrace/core/engine';
import { patience } from './stop-options.ts';

const isFunction = (value: unknown): boolean => typeof value === 'function';

const CREATE = {
  expected: 'a function that returns a StreamingContext',
  hint: 'return the context of the factory',
};

const GET_OR_CREATE_RULES = {
  directory: required(pathText('the path of a directory')),
  create: required(option<object>(CREATE.expected, isFunction)),
};

/** @throws `MR_CONFIG_INVALID_OPTION`. */
export function checkGetOrCreate(directory: string, create: object): void {
  resolveOptions({ owner: 'getOrCreate', table: GET_OR_CREATE_RULES, given: { directory, create } });
}

/** The error of `getOrCreate` when `create` returned something other than a context. */
export function notAContext(got: unknown): Error {
  const type = got === null ? 'null' : typeof got;
  const { expected, hint } = CREATE;
  return optionError('getOrCreate', [
    {
      path: 'create',
      expected: `expected ${expected}`,
      got: `one that returns a value of type ${type}`,
      hint,
    },
  ]);
}

/** @throws `MR_CONFIG_INVALID_OPTION`. */
export function checkTimeout(timeoutMs: number): void {
  const table = { timeoutMs: required(patience) };
  resolveOptions({ owner: 'awaitTerminationOrTimeout', table, given: { timeoutMs } });
}

/** @throws `MR_CONFIG_INVALID_OPTION`. */
export function checkListener(listener: StreamingListener): void {
  const onEvent: unknown = (listener as Partial<StreamingListener> | null | undefined)?.onEvent;
  if (isFunction(onEvent)) return;
  throw optionError('addStreamingListener', [
    {
      path: 'listener',
      expected: 'expected an object with a function onEvent',
      got: describeValue(listener),
    },
  ]);
}
