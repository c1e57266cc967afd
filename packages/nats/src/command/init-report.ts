// The output of `millrace-nats init`: the streams, and the permissions that users of the application need.
import { streamName } from '../servers/app-names.ts';
import type { InitializedStream } from './init-streams.ts';

/** The lines of the report. `inboxPrefix`: the one of the application's connections. */
export function initReport(
  app: string,
  streams: readonly InitializedStream[],
  inboxPrefix = '_INBOX',
): string {
  const inbox = `${inboxPrefix}.>`;
  const made = streams.map(
    ({ name, subjects, isNew }) => `${isNew ? 'made ' : 'found'} ${name} with ${subjects.join(', ')}`,
  );
  return [
    ...made,
    '',
    'Permissions of the user of drivers, in the configuration of the servers:',
    '',
    'permissions {',
    `  publish { allow: [${quoted(driverSubjects(app, streams))}] }`,
    `  subscribe { allow: [${quoted([inbox, `ml.${app}.>`])}] }`,
    '}',
    '',
    'Permissions of the user of hosts (millrace-host):',
    '',
    'permissions {',
    `  publish { allow: [${quoted(hostSubjects(app, streams, inbox))}] }`,
    `  subscribe { allow: [${quoted([inbox, `ml.${app}.s.>`, `ml.${app}.ask.>`, `ml.${app}.driver`])}] }`,
    '}',
    '',
  ].join('\n');
}

function driverSubjects(app: string, streams: readonly InitializedStream[]): readonly string[] {
  const api = streams.flatMap(({ name }) =>
    ['STREAM.INFO', 'STREAM.MSG.GET', 'DIRECT.GET', 'STREAM.PURGE', 'CONSUMER.CREATE']
      .map((operation) => `$JS.API.${operation}.${name}`)
      .concat([`$JS.API.CONSUMER.DELETE.${name}.>`, `$JS.API.CONSUMER.MSG.NEXT.${name}.>`]),
  );
  const led = [streamName(app, 'META'), streamName(app, 'CTL')]
    .filter((led) => streams.some(({ name }) => name === led))
    .map((name) => `$JS.API.STREAM.LEADER.STEPDOWN.${name}`);
  return [`ml.${app}.>`, ...api, ...led];
}

/** Executors write and read blocks, and remove nothing. */
function hostSubjects(app: string, streams: readonly InitializedStream[], inbox: string): readonly string[] {
  const prefix = `ml.${app}.blk.`;
  const blocks = streams.filter(({ subjects }) => subjects.every((subject) => subject.startsWith(prefix)));
  const api = blocks.flatMap(({ name }) =>
    ['STREAM.INFO', 'STREAM.MSG.GET', 'DIRECT.GET'].map((operation) => `$JS.API.${operation}.${name}`),
  );
  const written = blocks.length === 0 ? [] : [`${prefix}*`];
  return [`ml.${app}.s.>`, `ml.${app}.host.>`, inbox, ...written, ...api];
}

function quoted(subjects: readonly string[]): string {
  return subjects.map((subject) => `"${subject}"`).join(', ');
}
