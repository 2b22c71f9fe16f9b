import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PIECE_BYTES, readSource } from '../../src/backends/source-file.js';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'source-file-'));
  path = join(dir, 'f');
  await writeFile(path, new Uint8Array(2 * PIECE_BYTES + 5).fill(1));
});
afterEach(() => rm(dir, { recursive: true }));
const read = (consume: () => unknown, more = {}) =>
  readSource({ operation: 'test', path, ...more }, async () => void (await consume()));

it('hands on pieces in order and gives the length', async () => {
  const seen: number[][] = [];
  const length = await readSource(
    { operation: 'test', path },
    (piece, position) => void seen.push([position, piece.length]),
  );
  expect(length).toBe(2 * PIECE_BYTES + 5);
  expect(seen).toEqual([
    [0, PIECE_BYTES],
    [PIECE_BYTES, PIECE_BYTES],
    [2 * PIECE_BYTES, 5],
  ]);
});

it.each([
  ['grows', () => appendFile(path, 'x')],
  ['shrinks', () => truncate(path, PIECE_BYTES + 1)],
  ['is touched', () => utimes(path, 1, 1)],
])('a file that %s while it is read is FileChanged', async (_how, change) => {
  let done = false;
  const once = async () => {
    if (!done) await change();
    done = true;
  };
  await expect(read(once)).rejects.toMatchObject({
    kind: 'FileChanged',
    path,
    hint: expect.stringContaining('submit again'),
  });
});

it('a file of another size than it must have is FileChanged before a byte of it is read', async () => {
  let pieces = 0;
  const count = (): void => {
    pieces += 1;
  };
  const wrong = { fileBytes: 2 * PIECE_BYTES + 4 };
  await expect(read(count, wrong)).rejects.toMatchObject({ kind: 'FileChanged', path });
  expect(pieces).toBe(0);
  expect(await read(count, { fileBytes: 2 * PIECE_BYTES + 5 })).toBe(2 * PIECE_BYTES + 5);
});

it('a FIFO is NotAFile and is not waited for', async () => {
  const fifo = join(dir, 'fifo');
  execFileSync('mkfifo', [fifo]);
  await expect(read(() => undefined, { path: fifo })).rejects.toMatchObject({ kind: 'NotAFile', path: fifo });
  await expect(read(() => undefined, { path: '/dev/null' })).rejects.toMatchObject({ kind: 'NotAFile' });
});

it('a link in the last segment is NotAFile, one above it is followed', async () => {
  await symlink(path, join(dir, 'link'));
  await symlink(dir, join(dir, 'folder'));
  await expect(read(() => undefined, { path: join(dir, 'link') })).rejects.toMatchObject({
    kind: 'NotAFile',
    errno: 'ELOOP',
  });
  expect(await read(() => undefined, { path: join(dir, 'folder/f') })).toBe(2 * PIECE_BYTES + 5);
});

it('a name that no file can have is InvalidPath', async () => {
  await expect(read(() => undefined, { path: 'a\0b' })).rejects.toMatchObject({ kind: 'InvalidPath' });
});

it('an abort between pieces is CancelledError', async () => {
  const stop = new AbortController();
  await expect(read(() => stop.abort(), { signal: stop.signal })).rejects.toMatchObject({
    code: 'Cancelled',
  });
});

it('errors of the consumer pass through', async () => {
  const error = new Error('made for this test');
  await expect(read(() => Promise.reject(error))).rejects.toBe(error);
});
