// Faults of the network between machines. Nobody is told of a fault: messages vanish, as behind a broken switch.
//
//   cut         the port of a machine on the bridge takes and gives nothing
//   one way     a machine, or all others, have a wrong address for the other end, so what is sent in this direction is gone
//   pair        the same between two machines, both ways; both still reach all others
//   slow        a machine sends only so many bits a second
import { addressOf, BRIDGE, ip, type Network, run } from '../cluster/network.ts';

const NOBODY = '02:00:00:00:00:01';
const STP = { disabled: '0', forwarding: '3' } as const;

/** What may be wrong with what a machine sends and receives. */
export class NetworkFaults {
  readonly #network: Network;
  readonly #machines: readonly number[];

  constructor(network: Network, machines: readonly number[]) {
    this.#network = network;
    this.#machines = machines;
  }

  /** Cuts a machine off everything, both ways. */
  cut(machine: number): void {
    this.#setPort(machine, 'disabled');
  }

  /** What the machine sends is gone. */
  mute(machine: number): void {
    for (const other of this.#othersOf(machine)) this.#mislead(machine, other);
  }

  /** What others send to the machine is gone. */
  deafen(machine: number): void {
    for (const other of this.#othersOf(machine)) this.#mislead(other, machine);
  }

  /** Cuts two machines off each other. */
  cutPair(one: number, other: number): void {
    this.#mislead(one, other);
    this.#mislead(other, one);
  }

  /** The machine sends at most `kilobits` a second. */
  slow(machine: number, kilobits: number): void {
    const namespace = this.#network.namespaceOf(machine);
    const rate = ['rate', `${kilobits}kbit`, 'burst', '16kb', 'latency', '400ms'];
    run('tc', '-n', namespace, 'qdisc', 'replace', 'dev', 'wire', 'root', 'tbf', ...rate);
  }

  /** Ends every fault. */
  heal(): void {
    for (const machine of this.#machines) {
      this.#setPort(machine, 'forwarding');
      // Without a fault there is nothing to remove, and the command fails.
      attempt(() =>
        run('tc', '-n', this.#network.namespaceOf(machine), 'qdisc', 'del', 'dev', 'wire', 'root'),
      );
      for (const other of this.#othersOf(machine)) attempt(() => this.#lead(machine, other));
    }
    for (const machine of this.#machines) attempt(() => this.#lead(BRIDGE, machine));
  }

  #setPort(machine: number, state: keyof typeof STP): void {
    const bridge = this.#network.namespaceOf(BRIDGE);
    ip('netns', 'exec', bridge, 'bridge', 'link', 'set', 'dev', `port${machine}`, 'state', STP[state]);
  }

  #othersOf(machine: number): readonly number[] {
    return [BRIDGE, ...this.#machines].filter((other) => other !== machine);
  }

  #mislead(from: number, to: number): void {
    const place = [addressOf(to), 'lladdr', NOBODY, 'dev', deviceOf(from), 'nud', 'permanent'];
    ip('-n', this.#network.namespaceOf(from), 'neigh', 'replace', ...place);
  }

  #lead(from: number, to: number): void {
    ip('-n', this.#network.namespaceOf(from), 'neigh', 'del', addressOf(to), 'dev', deviceOf(from));
  }
}

function deviceOf(machine: number): string {
  return machine === BRIDGE ? 'bridge' : 'wire';
}

function attempt(command: () => void): void {
  try {
    command();
  } catch {
    // See the caller.
  }
}
