import { type ReceiverWorld, receiverConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { textFiles, type WholeFile, wholeFiles } from '../src/index.ts';
import { textFilesOptions } from '../src/text-files.options.ts';
import { wholeFilesOptions } from '../src/whole-files.options.ts';
import { PUBLISHED_TEXT_OPTIONS, PUBLISHED_WHOLE_OPTIONS } from './published-options.ts';

const test = { describe, it };
const module = import.meta.url;

/** A directory for new files, each a little younger than the previous one. */
function spool({ clock, storage }: ReceiverWorld) {
  storage.writeFile('/spool/.keep', '');
  let youngestMs = 0;
  return (name: string, content: string | Uint8Array) => {
    youngestMs = Math.max(youngestMs, clock.now()) + 1;
    storage.writeFile(`/spool/${name}`, content, { modifiedMs: youngestMs });
  };
}

receiverConformance<string>(test, {
  name: 'textFiles',
  module,
  capabilities: textFiles.capabilities,
  heldBytesMax: 200,
  options: { schema: textFilesOptions, published: PUBLISHED_TEXT_OPTIONS },
  create: (world) => {
    const put = spool(world);
    return {
      receiver: textFiles({ directory: '/spool', chunkBytes: 16, maxLineBytes: 40 }),
      send: (ids) => {
        if (ids.length > 0) put(`from-${ids[0]}.txt`, ids.map((id) => `${id}\n`).join(''));
      },
      idOf: (line) => (/^\d+$/.test(line) ? Number(line) : undefined),
      sendPoison: () => put('poison.txt', `${'x'.repeat(100)}\n`),
      forget: () => put('from-0.txt', 'what was here is gone\n'),
    };
  },
});

receiverConformance<WholeFile>(test, {
  name: 'wholeFiles',
  module,
  capabilities: wholeFiles.capabilities,
  heldBytesMax: 200,
  options: { schema: wholeFilesOptions, published: PUBLISHED_WHOLE_OPTIONS },
  create: (world) => {
    const put = spool(world);
    return {
      receiver: wholeFiles({ directory: '/spool', maxFileBytes: 100 }),
      send: (ids) => ids.forEach((id) => put(`${id}.bin`, `content ${id}`)),
      idOf: ({ name }) => (/^\d+\.bin$/.test(name) ? Number.parseInt(name, 10) : undefined),
      sendPoison: () => put('poison.bin', new Uint8Array(200)),
      forget: () => put('0.bin', 'another content'),
    };
  },
});
