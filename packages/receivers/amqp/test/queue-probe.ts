// Asks a running RabbitMQ how many messages a queue has, delivered and not acknowledged ones included. AMQP tells only the number
// of messages that are ready, and `rabbitmqctl` takes a second for an answer; a node of Erlang answers at once.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RealServer } from '../../../../tools/servers/real-server.ts';

const NODE = 'millrace@localhost';
/** Reads names of queues, a line each, and prints numbers; -1 when the node does not answer. */
const PROGRAM = `
  Ask = fun(Name) ->
    case rpc:call('${NODE}', rabbit_amqqueue, lookup, [{resource, <<"/">>, queue, Name}]) of
      {ok, Queue} ->
        case rpc:call('${NODE}', rabbit_amqqueue, info, [Queue, [messages]]) of
          [{messages, Count}] when is_integer(Count) -> Count;
          _ -> -1
        end;
      _ -> -1
    end
  end,
  Loop = fun Loop() ->
    case io:get_line("") of
      eof -> halt();
      Line -> io:format("~p~n", [Ask(list_to_binary(string:trim(Line)))]), Loop()
    end
  end,
  Loop().`;

/** A node of Erlang beside a server. */
export class QueueProbe {
  readonly #process: ChildProcess;
  readonly #waiting: ((count: number) => void)[] = [];

  private constructor(process_: ChildProcess) {
    this.#process = process_;
    if (process_.stdout === null) throw new TypeError('the probe has no output');
    createInterface({ input: process_.stdout }).on('line', (line) => this.#waiting.shift()?.(Number(line)));
  }

  static async start({ log }: RealServer): Promise<QueueProbe> {
    const directory = dirname(log);
    const cookie = await readFile(join(directory, '.erlang.cookie'), 'utf8');
    const port = (await readFile(join(directory, 'epmd-port'), 'utf8')).trim();
    const name = `probe-${process.pid}@localhost`;
    const kernel = ['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'];
    const args = ['-noshell', '-sname', name, '-setcookie', cookie, ...kernel, '-eval', PROGRAM];
    const env = { ...process.env, HOME: directory, ERL_EPMD_PORT: port, ERL_EPMD_ADDRESS: '127.0.0.1' };
    return new QueueProbe(spawn('erl', args, { env, stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  /** The number of messages; -1 when the server does not answer or has no such queue. */
  count(queue: string): Promise<number> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#process.stdin?.write(`${queue}\n`);
    });
  }

  stop(): void {
    this.#process.stdin?.end();
    this.#process.kill('SIGKILL');
  }
}
