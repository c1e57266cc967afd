// A reader of the live channel in a process of its own, so that its work is not counted with that of the engine. The argument
// is the address of a dashboard; the first message says that the channel is open.
import { get } from 'node:http';

const [url = ''] = process.argv.slice(2);
get(new URL('events', url), (response) => {
  response.on('error', () => process.exit()).on('end', () => process.exit());
  response.resume();
  process.send?.(response.statusCode);
});
process.on('disconnect', () => process.exit());
