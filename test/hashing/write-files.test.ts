import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createHashPool } from '../../src/hashing/pool.js';
import type { WriteRequest } from '../../src/hashing/ports.js';
import { StorageError } from '../../src/model/errors.js';
import { ramp } from '../support/fixture-bytes.js';
import { smallDisk } from '../support/small-disk.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('write-files');
const pool = createHashPool({ threads: 1 });
afterAll(() => pool.close());

let cases = 0;
function fresh(): string {
  const directory = join(base, `case-${cases++}`);
  mkdirSync(directory);
  return directory;
}
function request(directory: string, name: string, more: Partial<WriteRequest> = {}): WriteRequest {
  const places = { temporary: join(directory, `${name}.part`), path: join(directory, name) };
  return { ...places, bytes: Buffer.from(name), runnable: false, ...more };
}
const write = (requests: readonly WriteRequest[], replace = false) =>
  pool.writeFiles?.(requests, { replace }) ?? Promise.reject(new Error('the pool cannot write'));

it('makes every file with its content, time and mode, and leaves no other name', async () => {
  const directory = fresh();
  const around = ramp(100_000, 3);
  const files = [
    request(directory, 'empty', { bytes: new Uint8Array(0) }),
    request(directory, 'view', { bytes: around.subarray(5, 70_005), mtime: 1_700_000_000.123_456_5 }),
    request(directory, 'early', { mtime: '-1.0000005' }),
    request(directory, 'run', { runnable: true }),
    request(directory, 'ünï cödé'),
  ];
  expect(await write(files)).toEqual(files.map(() => 'named'));
  expect(readdirSync(directory).sort()).toEqual(['early', 'empty', 'run', 'view', 'ünï cödé'].sort());
  for (const { path, bytes } of files) expect(readFileSync(path).equals(bytes)).toBe(true);
  const stat = (name: string) => lstatSync(join(directory, name), { bigint: true });
  expect(stat('view').mtimeNs / 1000n).toBe(1_700_000_000_123_456n);
  expect(stat('early').mtimeNs).toBeLessThan(0n);
  expect(stat('run').mode & 0o111n).toBe((stat('run').mode & 0o444n) >> 2n);
  expect(stat('view').mode & 0o111n).toBe(0n);
});

it('writes what it was given, task after task', async () => {
  const directory = fresh();
  const tasks = Array.from({ length: 20 }, (_, task) =>
    Array.from({ length: 1 + (task % 5) }, (_, index) =>
      request(directory, `${task}-${index}`, { bytes: ramp(((task * 7919) % 13) * 9973, task) }),
    ),
  );
  const outcomes = await Promise.all(tasks.map((files) => write(files)));
  expect(new Set(outcomes.flat())).toEqual(new Set(['named']));
  for (const { path, bytes } of tasks.flat()) expect(readFileSync(path).equals(bytes)).toBe(true);
});

describe('a name that is taken', () => {
  it('stays as it is, and the whole file keeps its temporary name', async () => {
    const directory = fresh();
    const file = request(directory, 'a');
    writeFileSync(file.path, 'old');
    expect(await write([file, request(directory, 'b')])).toEqual(['unnamed', 'named']);
    expect(readFileSync(file.path, 'utf8')).toBe('old');
    expect(readFileSync(file.temporary, 'utf8')).toBe('a');
  });

  it('is given to the new file where that is asked for', async () => {
    const directory = fresh();
    const file = request(directory, 'a');
    writeFileSync(file.path, 'old');
    expect(await write([file], true)).toEqual(['named']);
    expect(readFileSync(file.path, 'utf8')).toBe('a');
    expect(existsSync(file.temporary)).toBe(false);
  });

  it.each([true, false])('is never that of a directory (replace: %s)', async (replace) => {
    const directory = fresh();
    const file = request(directory, 'a');
    mkdirSync(file.path);
    expect(await write([file], replace)).toEqual(['unnamed']);
    expect(lstatSync(file.path).isDirectory()).toBe(true);
    expect(readFileSync(file.temporary, 'utf8')).toBe('a');
  });
});

describe('a file that cannot be made', () => {
  it('leaves nothing, nor takes the others with it', async () => {
    const directory = fresh();
    const lost = request(join(directory, 'missing'), 'a');
    expect(await write([lost, request(directory, 'b')])).toEqual(['failed', 'named']);
    expect(readdirSync(directory)).toEqual(['b']);
  });

  it('never writes over what has the temporary name', async () => {
    const directory = fresh();
    const file = request(directory, 'a');
    writeFileSync(file.temporary, 'of another run');
    chmodSync(file.temporary, 0o600);
    expect(await write([file])).toEqual(['failed']);
    expect(readFileSync(file.temporary, 'utf8')).toBe('of another run');
    expect(existsSync(file.path)).toBe(false);
  });

  it.runIf(smallDisk(1024 * 1024) !== undefined)('leaves nothing on a volume that is full', async () => {
    const disk = smallDisk(64 * 1024) ?? '';
    const file = request(disk, 'a', { bytes: ramp(200_000, 1) });
    expect(await write([file, request(disk, 'b')])).toEqual(['failed', 'named']);
    expect(readdirSync(disk)).toEqual(['b']);
  });
});

it('a pool that was closed makes nothing', async () => {
  const directory = fresh();
  const closed = createHashPool({ threads: 1 });
  await closed.close();
  await expect(closed.writeFiles?.([request(directory, 'a')], { replace: false })).rejects.toMatchObject({
    code: 'Cancelled',
  });
  expect(readdirSync(directory)).toEqual([]);
});

it('a thread that fails names the files that it had in hand', async () => {
  const directory = fresh();
  const file = request(directory, 'a', { mtime: Symbol.iterator as never });
  const failed = await write([file]).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failed).toBeInstanceOf(StorageError);
  expect(failed).toMatchObject({ kind: 'LocalIo', path: file.path, message: expect.stringContaining('"') });
});
