// A container's fluent binding that also notes what a binding injects. From these notes the assembly knows the start
// order and finds circles and undeclared needs before anything is made; the container alone would tell only while
// making it, and in its own words.
import type {
  BindInWhenOnFluentSyntax,
  BindToFluentSyntax,
  BindWhenOnFluentSyntax,
  DynamicValueBuilder,
  MapToResolvedValueInjectOptions,
  Newable,
} from 'inversify';
import type { PortToken } from '../contracts/port-token.ts';
import { LazyServiceIdentifier } from './container.ts';

/** One collaborator that a binding asks for. */
export interface Injection {
  readonly port: PortToken<unknown>;
  /** It is made without, if nothing provides the port: with undefined, or an empty list where it asks for all. */
  readonly isOptional: boolean;
}

type FactoryArgument<T> = Parameters<BindToFluentSyntax<T>['toFactory']>[0];

/** Passes everything on to the container; `note` gets what `toResolvedValue` and `toService` inject. */
export class WatchedBind<T> implements BindToFluentSyntax<T> {
  readonly #inner: BindToFluentSyntax<T>;
  readonly #note: (injections: readonly Injection[]) => void;

  constructor(inner: BindToFluentSyntax<T>, note: (injections: readonly Injection[]) => void) {
    this.#inner = inner;
    this.#note = note;
  }

  toResolvedValue<TArgs extends unknown[] = []>(
    factory: (...args: TArgs) => T | Promise<T>,
    injectOptions?: MapToResolvedValueInjectOptions<TArgs>,
  ): BindInWhenOnFluentSyntax<T> {
    const injected = injectOptions ?? ([] as unknown as MapToResolvedValueInjectOptions<TArgs>);
    this.#note(injected.map(injectionOf));
    return this.#inner.toResolvedValue(factory, injected);
  }

  toService(service: PortToken<T>): void {
    this.#note([{ port: service, isOptional: false }]);
    this.#inner.toService(service);
  }

  to(type: Newable<T>): BindInWhenOnFluentSyntax<T> {
    return this.#inner.to(type);
  }

  toSelf(): BindInWhenOnFluentSyntax<T> {
    return this.#inner.toSelf();
  }

  toConstantValue(value: T): BindWhenOnFluentSyntax<T> {
    return this.#inner.toConstantValue(value);
  }

  toDynamicValue(builder: DynamicValueBuilder<T>): BindInWhenOnFluentSyntax<T> {
    return this.#inner.toDynamicValue(builder);
  }

  toFactory(factory: FactoryArgument<T>): BindWhenOnFluentSyntax<T> {
    return this.#inner.toFactory(factory);
  }
}

/** A token alone, a token to be read later, or an object that holds either beside `optional` and the like. */
type InjectOption =
  | PortToken<unknown>
  | LazyServiceIdentifier
  | {
      readonly serviceIdentifier: PortToken<unknown> | LazyServiceIdentifier;
      readonly optional?: boolean;
      readonly isMultiple?: boolean;
    };

function injectionOf(option: unknown): Injection {
  const asked = option as InjectOption;
  if (typeof asked === 'object' && 'serviceIdentifier' in asked) {
    const isOptional = asked.optional === true || asked.isMultiple === true;
    return { port: unwrap(asked.serviceIdentifier), isOptional };
  }
  return { port: unwrap(asked), isOptional: false };
}

function unwrap(token: PortToken<unknown> | LazyServiceIdentifier): PortToken<unknown> {
  return LazyServiceIdentifier.is(token) ? token.unwrap() : token;
}
