import { closeSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readWholeFile } from '../../src/backends/whole-file.js';
import { makeFifo, writerOf } from '../support/fifo.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('whole-file');
const content = Buffer.alloc(3_000_000, 'some text ');

function fifo(): string {
  return makeFifo(join(mkdtempSync(join(base, 'case-')), 'fifo'));
}

it('reads a file, also an empty one', async () => {
  const path = join(base, 'file');
  writeFileSync(path, content);
  expect((await readWholeFile(path)).equals(content)).toBe(true);
  writeFileSync(path, '');
  expect(await readWholeFile(path)).toHaveLength(0);
});

it('reads a pipe to its end, and waits for its writer', async () => {
  const path = fifo();
  const read = readWholeFile(path);
  await writeFile(path, content);
  expect((await read).equals(content)).toBe(true);
});

it.each([
  ['nobody writes to', false],
  ['says nothing', true],
])('stops to wait for a pipe that %s when it is cancelled', async (_case, hasWriter) => {
  const path = fifo();
  const stop = new AbortController();
  const read = readWholeFile(path, stop.signal);
  const writer = hasWriter ? await writerOf(path) : undefined;
  stop.abort('enough');
  await expect(read).rejects.toMatchObject({ code: 'Cancelled', cause: 'enough' });
  if (writer !== undefined) closeSync(writer);
});

it('reads nothing when it is cancelled before', async () => {
  const signal = AbortSignal.abort('enough');
  await expect(readWholeFile('/etc/hosts', signal)).rejects.toMatchObject({ code: 'Cancelled' });
});

it.each(['/dev/zero', '/dev/null'])('refuses the device %s', async (path) => {
  await expect(readWholeFile(path)).rejects.toMatchObject({ kind: 'NotAFile', path });
});

it('refuses what no memory can hold before it is read', async () => {
  const path = join(base, 'large');
  writeFileSync(path, '');
  truncateSync(path, 3 * 1024 ** 3);
  await expect(readWholeFile(path)).rejects.toMatchObject({ code: 'ERR_FS_FILE_TOO_LARGE' });
});

it('passes on what the file system says', async () => {
  await expect(readWholeFile(base)).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(readWholeFile(join(base, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
