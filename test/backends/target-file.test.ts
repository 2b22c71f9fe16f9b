import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeAll, writeIntoFile, writeNewFile } from '../../src/backends/target-file.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'target-file-'));
});
afterEach(() => rm(dir, { recursive: true }));
const request = () => ({ operation: 'test', path: join(dir, 'f') });

it('a new file is whole or not there', async () => {
  const error = new Error('made for this test');
  const failing = writeNewFile(request(), async (handle) => {
    await writeAll(request(), handle, new Uint8Array(10), 0);
    throw error;
  });
  await expect(failing).rejects.toBe(error);
  expect(existsSync(request().path)).toBe(false);
  await writeNewFile(request(), (handle) => writeAll(request(), handle, new Uint8Array(10), 5));
  expect((await readFile(request().path)).length).toBe(15);
  await expect(writeNewFile(request(), async () => undefined)).rejects.toMatchObject({
    kind: 'AlreadyExists',
  });
  expect((await readFile(request().path)).length).toBe(15);
});

it('a write into a file keeps what was there, also after a failure', async () => {
  await writeFile(request().path, 'abcdef');
  await writeIntoFile(request(), (handle) => writeAll(request(), handle, Buffer.from('XY'), 2));
  expect(await readFile(request().path, 'utf8')).toBe('abXYef');
  await expect(writeIntoFile(request(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readFile(request().path, 'utf8')).toBe('abXYef');
});

it('what is not an existing regular file is refused, and a FIFO is not waited for', async () => {
  await expect(writeIntoFile(request(), async () => undefined)).rejects.toMatchObject({
    kind: 'LocalIo',
    errno: 'ENOENT',
  });
  const at = (path: string) => writeIntoFile({ operation: 'test', path }, async () => undefined);
  await expect(at(dir)).rejects.toMatchObject({ kind: 'NotAFile' });
  await symlink(join(dir, 'elsewhere'), join(dir, 'link'));
  await expect(at(join(dir, 'link'))).rejects.toMatchObject({ kind: 'SymlinkEscape' });
  execFileSync('mkfifo', [join(dir, 'fifo')]);
  await expect(at(join(dir, 'fifo'))).rejects.toMatchObject({ kind: 'NotAFile' });
});
