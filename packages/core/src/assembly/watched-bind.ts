// A container's fluent binding that also records the injections of a binding. From these records the assembly computes
// the start order and finds circles and undeclared requirements before anything is constructed; the container alone
// would report such problems only during construction, and with its own messages.
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

/** One injected collaborator of a binding. */
export interface Injection {
  readonly port: PortToken<unknown>;
  /**
   * True: without a provider the binding is constructed with undefined, or with an empty list for a multi-injection.
   */
  readonly isOptional: boolean;
}

type FactoryArgument<T> = Parameters<BindToFluentSyntax<T>['toFactory']>[0];

/** Passes everything on to the container; `note` receives the injections of `toResolvedValue` and `toService`. */
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

/** A token alone, a lazily read token, or an object with either of them beside `optional` and similar keys. */
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
