import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileCalls } from '../../src/backends/directory/file-calls.js';
import { openDirectoryStore } from '../../src/backends/directory.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { NOBODY, runModule, startModule } from '../support/run-module.js';

const BODY = new Uint8Array(100_000).fill(7);
const failing = (code: string) =>
  (async () => {
    throw Object.assign(new Error(`${code}: made for this test`), { code });
  }) as never;

let base: string;
let dir: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'directory-store-'));
  await chmod(base, 0o755);
  dir = join(base, 'store');
});
afterEach(() => rm(base, { recursive: true, force: true }));

const open = (options: Partial<Parameters<typeof openDirectoryStore>[1]> = {}) =>
  openDirectoryStore(dir, { xxh128: hasher, ...options });
const tree = async () =>
  (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();

describe('opening', () => {
  it('has bucket and root prefix "local", which appear in no path', async () => {
    const store = await open();
    await store.putObject('local', 'local/Data/abc.xxh128', BODY);
    await store.putObject('local', 'local/Manifests/f/q/x_input', BODY, {
      userMetadata: { 'asset-root': '/a' },
    });
    expect(await tree()).toEqual([
      'Data/abc.xxh128',
      'Manifests/f/q/x_input',
      'Manifests/f/q/x_input.metadata.json',
    ]);
    expect(JSON.parse(await readFile(join(dir, 'Manifests/f/q/x_input.metadata.json'), 'utf8'))).toEqual({
      size: BODY.length,
      userMetadata: { 'asset-root': '/a' },
    });
  });

  it('refuses what is no directory, and a missing one that it may not make', async () => {
    await expect(open({ create: false })).rejects.toMatchObject({ kind: 'PathNotFound' });
    await writeFile(dir, 'a file');
    await expect(open()).rejects.toMatchObject({ kind: 'NotADirectory' });
    await expect(open({ create: false })).rejects.toMatchObject({ kind: 'NotADirectory' });
    await expect(open({ bucket: '' })).rejects.toMatchObject({ kind: 'InvalidConfig' });
  });

  it('reads a snapshot that was copied elsewhere', async () => {
    const store = await open();
    await store.putObject('local', 'local/Manifests/m', BODY, {
      userMetadata: { a: 'b' },
      contentType: 'x/y',
    });
    await cp(dir, join(base, 'copy'), { recursive: true });
    const copy = await openDirectoryStore(join(base, 'copy'), {
      xxh128: hasher,
      bucket: 'other',
      rootPrefix: 'p/',
    });
    const { head } = await copy.getObject('other', 'p//Manifests/m');
    expect(head).toMatchObject({ userMetadata: { a: 'b' }, contentType: 'x/y', size: BODY.length });
  });

  it('goes on when its folders vanish', async () => {
    const store = await open();
    await store.putObject('local', 'local/Data/a', BODY);
    await rm(join(dir, 'Data'), { recursive: true });
    expect((await store.putObject('local', 'local/Data/b', BODY)).created).toBe(true);
    await rm(dir, { recursive: true });
    expect(await store.headObject('local', 'local/Data/b')).toBeNull();
    await expect(store.putObject('local', 'local/Data/c', BODY)).rejects.toMatchObject({
      kind: 'LocalIo',
      errno: 'ENOENT',
    });
  });
});

describe('sidecars', () => {
  it('never exist for plain objects, and go when a plain object replaces one that had any', async () => {
    const store = await open();
    await store.putObject('local', 'local/x', BODY, { tags: { a: 'b' } });
    expect(await tree()).toEqual(['x', 'x.metadata.json']);
    await store.putObject('local', 'local/x', BODY);
    expect(await tree()).toEqual(['x']);
  });

  it('are not confused with an object of their name', async () => {
    const store = await open();
    await store.putObject('local', 'local/x', BODY, { userMetadata: { of: 'x' } });
    await store.putObject('local', 'local/x.metadata.json', new Uint8Array(3), {
      userMetadata: { of: 'json' },
    });
    expect((await store.headObject('local', 'local/x'))?.userMetadata).toEqual({ of: 'x' });
    expect(await store.headObject('local', 'local/x.metadata.json')).toMatchObject({
      size: 3,
      userMetadata: { of: 'json' },
    });
  });

  it.each([
    ['of an object of another size', '{"size":1,"userMetadata":{"a":"b"}}'],
    ['that is no JSON', 'not json'],
    ['that is null', 'null'],
  ])('%s are not believed', async (_case, text) => {
    const store = await open();
    await store.putObject('local', 'local/x', BODY);
    await writeFile(join(dir, 'x.metadata.json'), text);
    expect((await store.headObject('local', 'local/x'))?.userMetadata).toEqual({});
  });
});

describe('links', () => {
  beforeEach(async () => {
    await mkdir(join(base, 'outside'));
    await writeFile(join(base, 'outside/secret'), 'secret');
    await mkdir(dir);
  });

  it('refuses a folder that leads outside, for reads, writes and listings', async () => {
    await symlink(join(base, 'outside'), join(dir, 'Data'));
    const store = await open();
    const refused = {
      kind: 'SymlinkEscape',
      operation: expect.any(String),
      bucket: 'local',
      key: expect.any(String),
    };
    await expect(store.getObject('local', 'local/Data/secret')).rejects.toMatchObject(refused);
    await expect(store.headObject('local', 'local/Data/secret')).rejects.toMatchObject(refused);
    await expect(store.putObject('local', 'local/Data/new', BODY)).rejects.toMatchObject(refused);
    await expect(store.putObject('local', 'local/Data/deep/new', BODY)).rejects.toMatchObject(refused);
    await expect(store.listObjects('local', 'local/')[Symbol.asyncIterator]().next()).rejects.toMatchObject(
      refused,
    );
    expect(await readdir(join(base, 'outside'))).toEqual(['secret']);
  });

  it('refuses an object that is a link, replaces it by a put, and does not list it', async () => {
    await symlink(join(base, 'outside/secret'), join(dir, 'x'));
    const store = await open();
    await expect(store.getObject('local', 'local/x')).rejects.toMatchObject({ kind: 'SymlinkEscape' });
    await expect(store.headObject('local', 'local/x')).rejects.toMatchObject({ kind: 'SymlinkEscape' });
    await expect(store.getObjectToFile('local', 'local/x', join(base, 'to'))).rejects.toMatchObject({
      kind: 'SymlinkEscape',
    });
    await expect(store.putObject('local', 'local/x', BODY, { ifAbsent: true })).rejects.toMatchObject({
      kind: 'SymlinkEscape',
    });
    for await (const page of store.listObjects('local', 'local/')) expect(page).toEqual([]);
    await store.putObject('local', 'local/x', BODY);
    expect(await readFile(join(base, 'outside/secret'), 'utf8')).toBe('secret');
    expect((await store.headObject('local', 'local/x'))?.size).toBe(BODY.length);
  });

  it('follows a folder link that stays inside, and is not caught by a circle', async () => {
    await mkdir(join(dir, 'real'));
    await symlink('real', join(dir, 'also'));
    await symlink('..', join(dir, 'real/up'));
    const store = await open();
    await store.putObject('local', 'local/also/x', BODY);
    const keys: string[] = [];
    for await (const page of store.listObjects('local', 'local/')) keys.push(...page.map(({ key }) => key));
    expect(keys).toEqual(['local/also/x', 'local/real/x']);
  });
});

describe('failures', () => {
  it('a name that is too long is PathTooLong', async () => {
    const store = await open();
    const key = `local/${'x'.repeat(256)}`;
    await expect(store.putObject('local', key, BODY)).rejects.toMatchObject({ kind: 'PathTooLong', key });
    await expect(store.putObject('local', `${key}/y`, BODY)).rejects.toMatchObject({ kind: 'PathTooLong' });
    await expect(store.getObject('local', key)).rejects.toMatchObject({ kind: 'PathTooLong' });
    await store.putObject('local', `local/${'x'.repeat(255)}`, BODY);
    expect((await store.headObject('local', `local/${'x'.repeat(255)}`))?.size).toBe(BODY.length);
  });

  it.each(['write', 'close', 'rename'] as const)(
    'a full disk at %s is NoSpace and leaves no file (injected ENOSPC)',
    async (call) => {
      const calls = call === 'close' ? { close: closedButFull } : { [call]: failing('ENOSPC') };
      const store = await open({ calls });
      const put = store.putObject('local', 'local/Data/x', BODY);
      await expect(put).rejects.toMatchObject({
        kind: 'NoSpace',
        errno: 'ENOSPC',
        hint: expect.stringContaining('space'),
        key: 'local/Data/x',
      });
      expect(await tree()).toEqual([]);
    },
  );

  it('puts on a full tmpfs are NoSpace, and the store works again when there is room', async ({ skip }) => {
    await mkdir(dir);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir], { stdio: 'ignore' });
    } catch {
      return skip('mounting is not allowed here; the injected cases cover it');
    }
    try {
      const store = await open();
      await store.putObject('local', 'local/Data/a', new Uint8Array(700_000));
      const large = join(base, 'large');
      await writeFile(large, new Uint8Array(700_000));
      const full = { kind: 'NoSpace', errno: 'ENOSPC' };
      await expect(store.putObject('local', 'local/Data/b', new Uint8Array(700_000))).rejects.toMatchObject(
        full,
      );
      await expect(store.putObjectFromFile('local', 'local/Data/b', large)).rejects.toMatchObject(full);
      await expect(store.getObjectToFile('local', 'local/Data/a', join(dir, 'to'))).rejects.toMatchObject(
        full,
      );
      expect(await tree()).toEqual(['Data/a']);
      await rm(join(dir, 'Data/a'));
      expect((await store.putObject('local', 'local/Data/b', new Uint8Array(700_000))).created).toBe(true);
    } finally {
      execFileSync('umount', [dir]);
    }
  });

  it('a store that may not be written to can be read; writes are LocalIo with a hint', async () => {
    const store = await open();
    await store.putObject('local', 'local/Data/x', BODY);
    await chmod(dir, 0o555);
    await chmod(join(dir, 'Data'), 0o555);
    const output = await runModule(
      `const store = await open(${JSON.stringify(dir)});
       console.log((await store.getObject('local', 'local/Data/x')).data.length);
       await store.putObject('local', 'local/Data/y', new Uint8Array(1)).catch(report);
       await store.putObject('local', 'local/New/y', new Uint8Array(1)).catch(report);`,
      NOBODY,
    );
    const [size, ...errors] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(size).toBe(BODY.length);
    const denied = { kind: 'LocalIo', errno: 'EACCES', hint: expect.stringContaining('not writable') };
    expect(errors).toMatchObject([denied, denied]);
    await chmod(dir, 0o755);
  });

  it('an object that may not be read is LocalIo', async () => {
    const store = await open();
    await store.putObject('local', 'local/x', BODY);
    await chmod(join(dir, 'x'), 0o000);
    const text = `await (await open(${JSON.stringify(dir)})).getObject('local', 'local/x').catch(report);`;
    expect(JSON.parse(await runModule(text, NOBODY))).toMatchObject({ kind: 'LocalIo', errno: 'EACCES' });
  });

  it('processes killed in the middle of puts leave whole objects only, and what they leave stays invisible', async () => {
    const text = `const store = await open(${JSON.stringify(dir)});
      const bodies = [1, 2, 3].map((n) => new Uint8Array(2_000_000 + n).fill(n));
      console.log('ready');
      for (let at = 0; ; at += 1)
        await Promise.all(bodies.map((body, n) => store.putObject('local', 'local/Data/' + ((at + n) % 7), body, { userMetadata: { n: String(n + 1) } })));`;
    for (let round = 0; round < 4; round += 1) {
      const child = startModule(text);
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, 60 + 37 * round)); // any moment is as good as another
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
    }
    const store = await open();
    let objects = 0;
    for await (const page of store.listObjects('local', 'local/')) {
      for (const { key } of page) {
        const { data } = await store.getObject('local', key);
        objects += 1;
        expect(data.every((byte) => byte === data[0])).toBe(true);
        expect(data.length).toBe(2_000_000 + (data[0] ?? 0));
      }
    }
    expect(objects).toBeGreaterThan(0);
  });
});

describe('leftovers', () => {
  it('are invisible, and removed when they are older than a day and their folder is written to', async () => {
    await mkdir(join(dir, 'Data'), { recursive: true });
    const young = '.ja-00000000000000aa.part';
    const names = ['.ja-0000000000000000.part', young, '.ja-mine.part'];
    for (const name of names) await writeFile(join(dir, 'Data', name), 'torn');
    const old = Date.now() / 1000 - 25 * 3600;
    for (const name of [names[0], names[2]]) await utimes(join(dir, 'Data', name ?? ''), old, old);
    const store = await open();
    for await (const page of store.listObjects('local', 'local/')) expect(page).toEqual([]);
    expect(await store.headObject('local', 'local/Data/x')).toBeNull();
    await store.putObject('local', 'local/Data/x', BODY);
    await store.swept();
    expect(await tree()).toEqual([`Data/${young}`, 'Data/.ja-mine.part', 'Data/x']);
  });
});

describe('system calls', () => {
  it('a cold put of a small object makes no folder, and asks nothing, for each object', async () => {
    const counts: Record<string, number> = {};
    const counted = Object.fromEntries(
      Object.entries(fileCalls).map(([name, call]) => [
        name,
        (...args: unknown[]) => {
          counts[name] = (counts[name] ?? 0) + 1;
          return (call as (...args: unknown[]) => unknown)(...args);
        },
      ]),
    );
    const store = await open({ calls: counted as Partial<typeof fileCalls> });
    await store.putObject('local', 'local/Data/first', BODY, { ifAbsent: true });
    for (const name of Object.keys(counts)) delete counts[name];
    for (let at = 0; at < 10; at += 1)
      await store.putObject('local', `local/Data/${at}`, BODY, { ifAbsent: true });
    expect(counts).toEqual({ open: 10, write: 10, close: 10, link: 10, unlink: 10 });
    for (const name of Object.keys(counts)) delete counts[name];
    for (let at = 0; at < 10; at += 1) await store.headObject('local', `local/Data/absent${at}`);
    expect(counts).toEqual({ lstat: 10 });
  });
});

describe('shared blocks', () => {
  const cloning = {
    copyFile: (async (from: string, to: string) =>
      writeFile(to, await readFile(from), { flag: 'wx' })) as never,
  };

  it('a file is stored as a clone, with its digest checked and the mode of a new file', async () => {
    const store = await open({ calls: cloning });
    const path = join(base, 'source');
    await writeFile(path, BODY, { mode: 0o700 });
    await store.putObjectFromFile('local', 'local/x', path, { xxh128: hasher.oneShot(BODY), ifAbsent: true });
    expect((await stat(join(dir, 'x'))).mode & 0o777).toBe(0o666 & ~process.umask());
    const wrong = { xxh128: hasher.oneShot(new Uint8Array(1)) };
    await expect(store.putObjectFromFile('local', 'local/y', path, wrong)).rejects.toMatchObject({
      kind: 'FileChanged',
      path,
    });
    expect(await tree()).toEqual(['x']);
  });

  it.each([
    ['a clone', cloning],
    [
      'a copy',
      { copyFile: (() => Promise.reject(Object.assign(new Error(), { code: 'ENOTSUP' }))) as never },
    ],
  ])('%s of a large file is counted while it is made', async (_how, calls) => {
    const store = await open({ calls });
    const path = join(base, 'large');
    const data = Buffer.alloc(3_000_000, 'large');
    await writeFile(path, data);
    const deltas: number[] = [];
    const options = { xxh128: hasher.oneShot(data), onBytes: (delta: number) => void deltas.push(delta) };
    await store.putObjectFromFile('local', 'local/x', path, options);
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.reduce((sum, delta) => sum + delta, 0)).toBe(data.length);
    deltas.length = 0;
    await store.putObjectFromFile('local', 'local/x', path, { ...options, ifAbsent: true });
    expect(deltas.reduce((sum, delta) => sum + delta, 0)).toBe(0);
  });

  it('an object becomes a file by cloning, never over one that is there', async () => {
    const store = await open({ calls: cloning });
    await store.putObject('local', 'local/x', BODY);
    await store.getObjectToFile('local', 'local/x', join(base, 'to'));
    expect(hasher.oneShot(await readFile(join(base, 'to')))).toBe(hasher.oneShot(BODY));
    await expect(store.getObjectToFile('local', 'local/x', join(base, 'to'))).rejects.toMatchObject({
      kind: 'AlreadyExists',
    });
  });

  it('bytes are copied where the volume cannot share blocks, and it is asked once', async () => {
    let asked = 0;
    const copyFile = (async () => {
      asked += 1;
      throw Object.assign(new Error('ENOTSUP'), { code: 'ENOTSUP' });
    }) as never;
    const store = await open({ calls: { copyFile } });
    await writeFile(join(base, 'source'), BODY);
    for (const name of ['a', 'b', 'c'])
      await store.putObjectFromFile('local', `local/${name}`, join(base, 'source'));
    expect(asked).toBe(1);
    expect((await store.headObject('local', 'local/c'))?.size).toBe(BODY.length);
  });
});

it('writers of several processes never overwrite each other with ifAbsent', async () => {
  const text = (n: number) => `const store = await open(${JSON.stringify(dir)});
    let created = 0;
    for (let at = 0; at < 200; at += 1)
      created += Number((await store.putObject('local', 'local/Data/' + at, new Uint8Array(100 + ${n}), { ifAbsent: true })).created);
    console.log(created);`;
  const outputs = await Promise.all([1, 2, 3].map((n) => runModule(text(n))));
  expect(outputs.reduce((sum, output) => sum + Number(output), 0)).toBe(200);
});

it('a folder of 20,000 names is listed in pages', async () => {
  await mkdir(join(dir, 'Data'), { recursive: true });
  for (let at = 0; at < 20_000; at += 500) {
    await Promise.all(
      Array.from({ length: 500 }, (_, more) => writeFile(join(dir, 'Data', String(at + more)), 'x')),
    );
  }
  const store = await open();
  let count = 0;
  let last = '';
  for await (const page of store.listObjects('local', 'local/Data/')) {
    expect(page.length).toBe(1000);
    for (const { key } of page) {
      expect(key > last).toBe(true);
      last = key;
      count += 1;
    }
  }
  expect(count).toBe(20_000);
  expect(existsSync(join(dir, '.ja-multipart'))).toBe(false);
});

async function closedButFull(file: number): Promise<void> {
  await fileCalls.close(file);
  throw Object.assign(new Error('ENOSPC: made for this test'), { code: 'ENOSPC' });
}
