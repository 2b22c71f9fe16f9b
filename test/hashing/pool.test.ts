import { execFileSync } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createHashPool } from '../../src/hashing/pool.js';
import { type HashOutcome, type HashRequest, STAT_STRIDE } from '../../src/hashing/ports.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { asNobody, canBecomeNobody, compiled } from '../support/as-nobody.js';
import { ramp } from '../support/fixture-bytes.js';
import { tempDir } from '../support/temp-dir.js';

const MIB = 1024 * 1024;
const dir = tempDir('pool');
const pool = createHashPool({ threads: 2 });
afterAll(() => pool.close());

let count = 0;
const newPath = (): string => join(dir, `file-${count++}`);
function write(bytes: Uint8Array, path = newPath()): string {
  writeFileSync(path, bytes);
  return path;
}
function sparse(size: number): string {
  const path = write(new Uint8Array(0));
  truncateSync(path, size);
  return path;
}
const whole = (path: string, keepBody = false): HashRequest => ({ path, chunkSizeBytes: -1, keepBody });
const fileOf = (outcome: HashOutcome | undefined) => {
  if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
  return outcome.file;
};
const codeOf = (outcome: HashOutcome | undefined) =>
  outcome && 'error' in outcome && Reflect.get(outcome.error, 'code');

describe('hashFiles', () => {
  const sizes = [0, 1, 1023, 65_535, 65_536, 65_537, MIB - 1, MIB, MIB + 1, 3 * MIB + 5];
  it.each(sizes)('reads a file of %i bytes once and gives digest, state and body', async (size) => {
    const bytes = ramp(size, 5);
    const path = write(bytes);
    const began = BigInt(Date.now()) * 1_000_000n;
    const [kept, dropped] = await pool.hashFiles([whole(path, true), whole(path)]);
    const { mtimeNs, ctimeNs, mode } = statSync(path, { bigint: true });
    const { body, startedNs, ...file } = fileOf(kept);
    expect(file).toEqual({ hashes: [xxh128(bytes)], size, mtimeNs, ctimeNs, mode: Number(mode) });
    expect(Buffer.compare(body ?? Buffer.of(1), bytes)).toBe(0);
    expect(startedNs).toBeGreaterThanOrEqual(began);
    expect(fileOf(dropped).hashes).toEqual([xxh128(bytes)]);
    expect(fileOf(dropped)).not.toHaveProperty('body');
  });

  it.each([MIB / 2, MIB, MIB + 1, 2 * MIB])(
    'gives one digest per chunk of %i bytes',
    async (chunkSizeBytes) => {
      const bytes = ramp(2 * MIB + 77, 6);
      const [outcome] = await pool.hashFiles([{ path: write(bytes), chunkSizeBytes, keepBody: true }]);
      const expected = [];
      for (let at = 0; at < bytes.length; at += chunkSizeBytes)
        expected.push(xxh128(bytes.subarray(at, at + chunkSizeBytes)));
      expect(fileOf(outcome).hashes).toEqual(expected);
      expect(Buffer.compare(fileOf(outcome).body ?? Buffer.of(1), bytes)).toBe(0);
    },
  );

  it('keeps the order of many files, chunked and whole, good and bad, and their bodies apart', async () => {
    const files = Array.from({ length: 200 }, (_, i) => ramp((i * 977) % 40_000, i));
    const requests = files.map((bytes, i) => ({
      path: i % 50 === 49 ? join(dir, 'absent') : write(bytes),
      chunkSizeBytes: i % 3 === 0 ? 10_000 : -1,
      keepBody: i % 2 === 0,
    }));
    const outcomes = await pool.hashFiles(requests);
    expect(outcomes.map(codeOf).filter((code) => code === 'FileVanished')).toHaveLength(4);
    outcomes.forEach((outcome, i) => {
      if (i % 50 === 49) return;
      const bytes = files[i] ?? new Uint8Array(0);
      const file = fileOf(outcome);
      expect(file.hashes[0]).toBe(xxh128(bytes.subarray(0, i % 3 === 0 ? 10_000 : bytes.length)));
      expect(file.body && xxh128(file.body)).toBe(i % 2 === 0 ? xxh128(bytes) : undefined);
    });
  });

  it('opens a name that is not UTF-8', async () => {
    const raw = Buffer.concat([Buffer.from(`${dir}/bad-`), Buffer.of(0xff, 0xe9), Buffer.from('é.txt')]);
    closeSync(openSync(raw, 'w'));
    const [outcome] = await pool.hashFiles([whole(`${dir}/bad-\udcff\udce9é.txt`)]);
    expect(fileOf(outcome).hashes).toEqual(['99aa06d3014798d86001c324468d497f']);
  });

  it('reports the bytes of every file, and no more', async () => {
    const requests = [MIB, 10, 0, 5 * MIB].map((size) => whole(sparse(size)));
    let sum = 0;
    await pool.hashFiles(requests, { onBytes: (delta) => (sum += delta) });
    expect(sum).toBe(6 * MIB + 10);
  });

  it('rejects with the error that onBytes threw', async () => {
    const failing = pool.hashFiles([whole(sparse(MIB))], {
      onBytes: () => {
        throw new TypeError('the bar broke');
      },
    });
    await expect(failing).rejects.toThrow('the bar broke');
  });
});

describe('what cannot be hashed', () => {
  const cases: readonly (readonly [string, string, () => string])[] = [
    ['a missing file', 'FileVanished', newPath],
    ['a file below a file', 'FileVanished', () => join(write(new Uint8Array(1)), 'x')],
    ['a directory', 'NotAFile', () => makeDirectory()],
    ['a FIFO', 'NotAFile', () => makeFifo(newPath())],
    ['a device', 'NotAFile', () => '/dev/null'],
    ['a link to a file', 'SymlinkEscape', () => makeLink(write(new Uint8Array(1)))],
    ['a broken link', 'SymlinkEscape', () => makeLink(newPath())],
    ['a name that is too long', 'PathTooLong', () => join(dir, 'x'.repeat(256))],
  ];
  it.each(cases)('%s is %s, and the others of the task are hashed', async (_case, code, make) => {
    const path = make();
    const good = write(Buffer.from('hello'));
    const outcomes = await pool.hashFiles([whole(good), whole(path, true), whole(good)]);
    expect(codeOf(outcomes[1])).toBe(code);
    expect(outcomes[1]).toMatchObject({
      error: { path, operation: 'hash', message: expect.stringContaining(path) },
    });
    expect([fileOf(outcomes[0]).hashes, fileOf(outcomes[2]).hashes].flat()).toEqual(
      Array(2).fill('b5e9c1ad071b3e7fc779cfaa5e523818'),
    );
    await expect(pool.hashRange(path, 0, 1)).rejects.toMatchObject({ code, path });
  });

  it('a socket is NotAFile', async () => {
    const path = newPath();
    const server = createServer().listen(path);
    await once(server, 'listening');
    const [outcome] = await pool.hashFiles([whole(path)]);
    server.close();
    expect(codeOf(outcome)).toBe('NotAFile');
  });

  it.runIf(canBecomeNobody)('a file without permission is FileUnreadable with errno and hint', () => {
    const path = write(Buffer.from('secret'));
    chmodSync(path, 0o600);
    const code = `import { createHashPool } from ${JSON.stringify(compiled('hashing/pool.js'))};
      const pool = createHashPool({ threads: 1 });
      const [{ error }] = await pool.hashFiles([${JSON.stringify(whole(path))}]);
      console.log(JSON.stringify({ code: error.code, errno: error.errno, hint: typeof error.hint }));
      await pool.close();`;
    expect(asNobody(code)).toEqual({ code: 'FileUnreadable', errno: 'EACCES', hint: 'string' });
  });
});

describe('a full table of open files', () => {
  const code = (freeAfterMs: number) => `
    import { closeSync, openSync } from 'node:fs';
    import { createHashPool } from ${JSON.stringify(compiled('hashing/pool.js'))};
    const pool = createHashPool({ threads: 1 });
    await pool.stat(['/']);
    const held = [];
    try { for (;;) held.push(openSync('/dev/null')); } catch {}
    setTimeout(() => held.forEach((fd) => closeSync(fd)), ${freeAfterMs});
    const [outcome] = await pool.hashFiles([${JSON.stringify(whole('FILE'))}]);
    const { code, errno, hint } = outcome.error ?? {};
    if (${freeAfterMs} > 1000) held.splice(0).forEach((fd) => closeSync(fd));
    console.log(JSON.stringify({ hashes: outcome.file?.hashes, code, errno, hint }));
    await pool.close(); process.exit();`;
  const run = (freeAfterMs: number) => {
    const script = code(freeAfterMs).replace('FILE', write(Buffer.from('hello')));
    const out = execFileSync('sh', [
      '-c',
      'ulimit -n 60; exec "$0" "$@"',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ]);
    return JSON.parse(out.toString()) as unknown;
  };

  it('is waited for', () => {
    expect(run(60)).toEqual({ hashes: ['b5e9c1ad071b3e7fc779cfaa5e523818'] });
  });

  it('is an error with a hint when it stays full', () => {
    expect(run(5000)).toMatchObject({ errno: 'EMFILE', hint: expect.stringContaining('open files') });
  });
});

describe('files that change', () => {
  it('a file that changes in every reading is FileChanged, never a wrong digest', async () => {
    const path = sparse(1024 * MIB);
    let seconds = 0;
    const onBytes = (): void => {
      seconds += 1; // each report comes from the middle of a reading
      utimesSync(path, seconds, seconds);
    };
    const [outcome] = await pool.hashFiles([whole(path)], { onBytes });
    expect(seconds).toBeGreaterThan(1);
    expect(codeOf(outcome)).toBe('FileChanged');
  });

  it('a file that changes once is read again, and the bytes of the first reading are taken back', async () => {
    const path = sparse(1024 * MIB);
    const deltas: number[] = [];
    let touched = false;
    const [outcome] = await pool.hashFiles([whole(path)], {
      onBytes: (delta) => {
        deltas.push(delta);
        if (touched) return;
        touched = true;
        utimesSync(path, 1, 1);
      },
    });
    expect(fileOf(outcome).mtimeNs).toBe(1_000_000_000n);
    expect(deltas.reduce((a, b) => a + b, 0)).toBe(1024 * MIB);
  });

  it('a file that is replaced by a FIFO between two calls does not block', async () => {
    const path = write(ramp(1000, 1));
    fileOf((await pool.hashFiles([whole(path)]))[0]);
    renameSync(makeFifo(newPath()), path);
    expect(codeOf((await pool.hashFiles([whole(path)]))[0])).toBe('NotAFile');
  });

  it('a file that is deleted between two calls has vanished', async () => {
    const path = write(ramp(1000, 1));
    fileOf((await pool.hashFiles([whole(path)]))[0]);
    rmSync(path);
    expect(codeOf((await pool.hashFiles([whole(path)]))[0])).toBe('FileVanished');
  });
});

describe('hashRange', () => {
  it.each([
    [0, 0],
    [0, 10],
    [5, 2 * MIB],
    [MIB - 1, MIB + 2],
    [3 * MIB, 5],
  ])('hashes from %i, %i bytes', async (offset, length) => {
    const bytes = ramp(3 * MIB + 5, 9);
    const path = write(bytes);
    expect(await pool.hashRange(path, offset, length)).toBe(xxh128(bytes.subarray(offset, offset + length)));
  });

  it.each([
    [0, 11],
    [10, 1],
    [100, 1],
  ])('a file of 10 bytes that should have %i + %i has changed', async (offset, length) => {
    const path = write(new Uint8Array(10));
    await expect(pool.hashRange(path, offset, length)).rejects.toMatchObject({ code: 'FileChanged', path });
  });
});

describe('stat', () => {
  it('gives what lstat gives, and the errno names of what is missing', async () => {
    const file = write(ramp(123, 1));
    const link = makeLink(file);
    const { rows, errors } = await pool.stat([file, newPath(), link, join(file, 'x'), '/']);
    const row = (i: number) => [...rows.subarray(i * STAT_STRIDE, (i + 1) * STAT_STRIDE)];
    const { mode, size, mtimeNs, ctimeNs, dev, ino } = statSync(file, { bigint: true });
    expect(row(0)).toEqual([mode, size, mtimeNs, ctimeNs, dev, ino]);
    expect(Number(row(2)[0] ?? 0n) & 0o170000).toBe(0o120000);
    expect(errors.get(1)).toBe('ENOENT');
    expect(errors.get(3)).toMatch(/^ENO(ENT|TDIR)$/);
    expect(errors.size).toBe(2);
  });
});

describe('cancelling', () => {
  it('ends a large file within half a second, and the thread goes on working', async () => {
    const only = createHashPool({ threads: 1 });
    const stop = new AbortController();
    const path = sparse(512 * MIB);
    const running = only.hashFiles(
      Array.from({ length: 200 }, () => whole(path)),
      {
        signal: stop.signal,
        onBytes: () => stop.abort(new Error('enough')),
      },
    );
    const aborted = once(stop.signal, 'abort').then(() => performance.now());
    await expect(running).rejects.toMatchObject({ code: 'Cancelled', cause: { message: 'enough' } });
    expect(performance.now() - (await aborted)).toBeLessThan(500);
    fileOf((await only.hashFiles([whole(write(ramp(10, 1)))]))[0]);
    await only.close();
  });

  it('drops calls that wait, at once', async () => {
    const only = createHashPool({ threads: 1 });
    const path = sparse(512 * MIB);
    const first = only
      .hashFiles(Array.from({ length: 200 }, () => whole(path)))
      .catch((error: unknown) => error);
    const stop = new AbortController();
    const second = only.stat([path], { signal: stop.signal });
    stop.abort();
    await expect(second).rejects.toMatchObject({ code: 'Cancelled' });
    await only.close();
    expect(await first).toMatchObject({ code: 'Cancelled' });
  });

  it('rejects a call whose signal was aborted before, and calls after the end', async () => {
    const only = createHashPool({ threads: 1 });
    await expect(only.stat([dir], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'Cancelled',
    });
    await only.close();
    await expect(only.stat([dir])).rejects.toMatchObject({ code: 'Cancelled' });
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    await Promise.all([pool.stat([dir], { signal }), pool.hashFiles([], { signal })]);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

describe('threads', () => {
  it('are there before the first task when they were prepared, and end with the pool', async () => {
    const code = `import { once } from 'node:events';
      import { createHashPool } from ${JSON.stringify(compiled('hashing/pool.js'))};
      const pool = createHashPool({ threads: 2 });
      const begun = [];
      process.on('worker', (worker) => begun.push(worker.threadId));
      pool.prepare();
      await new Promise((told) => setImmediate(told));
      console.log(begun.length);
      const { rows } = await pool.stat(['/']);
      console.log(begun.length, rows.length > 0);
      pool.prepare();
      await pool.close();
      pool.prepare();
      console.log(begun.length);`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    expect(printed).toBe('2\n2 true\n2\n');
  });

  const worker = (code: string): URL => {
    const path = `${newPath()}.mjs`;
    writeFileSync(path, code);
    return pathToFileURL(path);
  };

  it('a thread that dies rejects its call naming the files, and the waiting call gets a new thread', async () => {
    const workerFile = worker(
      `export const perform = ({ name }) => (name === 'hashFiles' ? process.exit(3) : { alive: true });`,
    );
    const only = createHashPool({ threads: 1, workerFile });
    const dying = only.hashFiles(['a', 'b', 'c', 'd'].map((path) => whole(path)));
    const next = only.stat(['e']);
    await expect(dying).rejects.toMatchObject({
      code: 'LocalIo',
      message: 'a hashing thread failed while it worked on "a", "b", "c" and 1 more',
      cause: { message: expect.stringContaining('3') },
    });
    expect(await next).toEqual({ alive: true });
    await only.close();
  });

  it('code that does not load rejects the call instead of waiting for ever', async () => {
    const only = createHashPool({ threads: 1, workerFile: worker(`throw new Error('broken install');`) });
    await expect(only.stat(['x'])).rejects.toMatchObject({
      code: 'LocalIo',
      cause: { message: 'broken install' },
    });
    await only.close();
  });

  it('a process ends by itself although it never closed its pool', () => {
    const code = `import { createHashPool } from ${JSON.stringify(compiled('hashing/pool.js'))};
      await createHashPool().stat(['/']); console.log('done');`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      timeout: 8000,
    });
    expect(out).toBe('done\n');
  });

  it('closes a thread that was started ahead only once it has loaded its code, native modules among it', async () => {
    const loaded = newPath();
    const workerFile = worker(`import { writeFileSync } from 'node:fs';
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      writeFileSync(${JSON.stringify(loaded)}, '');
      export const perform = () => undefined;`);
    const only = createHashPool({ threads: 1, workerFile });
    only.prepare?.();
    await only.close();
    expect(existsSync(loaded)).toBe(true);
  });

  it('closes while threads start', async () => {
    const only = createHashPool({ threads: 2 });
    const calls = Promise.allSettled([only.stat([dir]), only.stat([dir]), only.stat([dir])]);
    await sleep(1);
    await only.close();
    expect(await calls).toHaveLength(3);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d threads', (threads) => {
    expect(() => createHashPool({ threads })).toThrow(/^threads: must be a whole number/);
  });
});

function makeDirectory(): string {
  const path = newPath();
  mkdirSync(path);
  return path;
}

function makeFifo(path: string): string {
  execFileSync('mkfifo', [path]);
  return path;
}

function makeLink(target: string): string {
  const path = newPath();
  symlinkSync(target, path);
  return path;
}
