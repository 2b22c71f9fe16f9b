/** Trees that are not as one would wish, through the command line: what is taken, what is left out and said, what comes back. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeManifest } from '../../src/model/decode.js';
import type { Manifest } from '../../src/model/manifest.js';
import { Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
const MIB = 1024 * 1024;

let cases = 0;
/** A directory, and the store of its submissions. */
function place() {
  cases += 1;
  const store = `store-${cases}`;
  const root = sandbox.tree(`tree-${cases}`, {});
  const target = `target-${cases}`;
  const submit = async (...flags: string[]) => {
    const { code, stdout, stderr } = await sandbox.run([
      'submit',
      root,
      '--store',
      store,
      '--json',
      ...flags,
    ]);
    const document = JSON.parse(stdout);
    const partial: string | undefined = document.result?.manifests[0].inputManifestPath;
    const stored = partial === undefined ? '' : sandbox.join(store, 'Manifests', partial);
    return { code, stderr, document, stored };
  };
  const download = async (manifest: string) => {
    const args = ['attachment', 'download', '-m', manifest, '--store', store, '--destination', target];
    const done = await sandbox.run(args);
    return { ...done, difference: difference(root, sandbox.join(target)) };
  };
  return { root, store: sandbox.join(store), submit, download };
}

/** What `diff` says of two trees: nothing when they are equal. */
function difference(one: string, other: string): string {
  const { stdout, stderr } = spawnSync('diff', ['-r', '--no-dereference', one, other], { encoding: 'utf8' });
  return stdout + stderr;
}

function paths(stored: string): string[] {
  const manifest: Manifest = decodeManifest(readFileSync(stored));
  const entries = manifest.version === 'v2023-03-03' ? manifest.paths : manifest.files;
  return entries.map(({ path }) => path).sort();
}

describe('the root', () => {
  it('that does not exist is named, and no store is made', async () => {
    const { root, store, submit } = place();
    rmSync(root, { recursive: true });
    const { code, stderr, document } = await submit();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`"${root}" does not exist`),
    });
    expect(document.error.code).toBe('PathNotFound');
    expect(existsSync(join(store, 'Manifests'))).toBe(false);
  });

  it('that is a file is submitted below its directory', async () => {
    const file = sandbox.write('lonely/only.txt', 'x');
    const args = ['submit', file, '--store', 'store-of-one', '--json'];
    const { code, stdout } = await sandbox.run(args);
    const { result, stats } = JSON.parse(stdout);
    expect([code, result.manifests[0].rootPath, stats.upload.total_files]).toEqual([
      0,
      sandbox.join('lonely'),
      1,
    ]);
  });

  it('that is a file is no directory to take a snapshot of', async () => {
    const file = sandbox.write('lonely/other.txt', 'x');
    const { code, stderr } = await sandbox.run(['manifest', 'snapshot', '--root', file]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('other.txt');
  });

  it('that is empty gives no manifest in v2023-03-03, and an empty one comes back in v2025-12', async () => {
    const { root, store, submit, download } = place();
    expect(await submit()).toMatchObject({ code: 0, stored: '' });
    expect(existsSync(join(store, 'Manifests'))).toBe(false);
    mkdirSync(join(root, 'no/files/below'), { recursive: true });
    const { code, stored } = await submit('--manifest-version', 'v2025-12');
    expect(code).toBe(0);
    expect(await download(stored)).toMatchObject({ code: 0, difference: '' });
  });
});

it('empty files are one object, and come back', async () => {
  const { root, store, submit, download } = place();
  for (const name of ['a', 'b', 'c']) writeFileSync(join(root, name), '');
  const { stored, document } = await submit();
  expect(document.stats.upload).toMatchObject({ total_files: 3, processed_files: 1, skipped_files: 2 });
  expect(readdirSync(join(store, 'Data'))).toEqual(['99aa06d3014798d86001c324468d497f.xxh128']);
  expect(await download(stored)).toMatchObject({ code: 0, difference: '' });
});

describe('what is no file', () => {
  it.each(['v2023-03-03', 'v2025-12'])(
    'is left out of %s with a warning each, and not waited for',
    async (version) => {
      const { root, submit } = place();
      writeFileSync(join(root, 'file'), 'x');
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
      const special = ['fifo', 'socket'];
      try {
        expect(spawnSync('mkfifo', [join(root, 'fifo')]).status).toBe(0);
        // Devices need rights that not every tester has.
        if (spawnSync('mknod', [join(root, 'device'), 'c', '1', '3']).status === 0) special.push('device');
        const { code, stored, stderr } = await submit('--manifest-version', version);
        expect([code, paths(stored)]).toEqual([0, ['file']]);
        for (const name of special) expect(stderr).toMatch(new RegExp(`WARNING: "${name}" .*left out`));
      } finally {
        server.close();
      }
    },
  );
});

describe('links', () => {
  const linked = () => {
    const { root, submit } = place();
    writeFileSync(join(root, 'file'), 'x');
    mkdirSync(join(root, 'd'));
    symlinkSync('loop b', join(root, 'loop a'));
    symlinkSync('loop a', join(root, 'loop b'));
    symlinkSync('self', join(root, 'self'));
    symlinkSync('..', join(root, 'd/up'));
    symlinkSync(sandbox.write('outside.txt', 'outside'), join(root, 'out file'));
    symlinkSync(sandbox.tree('outside', { x: 'x' }), join(root, 'out directory'));
    return { root, submit };
  };

  it('in a loop are left out, those to an outside file are followed, those to directories are not', async () => {
    const { root, submit } = linked();
    const { code, stored, stderr } = await submit();
    expect([code, paths(stored)]).toEqual([0, ['file', 'out file']]);
    for (const name of ['d/up', 'out directory']) expect(stderr).toContain(`WARNING: "${name}" is left out`);
    for (const name of ['loop a', 'loop b', 'self']) {
      const path = join(root, name);
      const warning = `Input path '${path}' resolving to '${path}' does not exist. Adding to referenced paths.`;
      expect(stderr).toContain(`WARNING: ${warning}\n`);
    }
  });

  it('in a loop come back as links in v2025-12, and no walk goes around in them', async () => {
    const { root, submit } = linked();
    const { code, stored } = await submit('--manifest-version', 'v2025-12');
    expect(code).toBe(0);
    const manifest = decodeManifest(readFileSync(stored));
    const links =
      manifest.version === 'v2023-03-03' ? [] : manifest.files.filter(({ symlinkTarget }) => symlinkTarget);
    expect(links.map(({ path }) => path).sort()).toEqual(['d/up', 'loop a', 'loop b', 'self']);
    expect(paths(stored)).toEqual(expect.arrayContaining(['out file', 'out directory/x']));
    expect(existsSync(join(root, 'file'))).toBe(true);
  });
});

describe('names', () => {
  const NAMES = {
    newline: 'two\nlines',
    'carriage return and tab': 'a\r\tb',
    emoji: '\u{1f600} \u{1f468}\u200d\u{1f469}',
    'NFC and NFD twins': ['caf\u00e9', 'cafe\u0301'],
    '255 bytes': ['x'.repeat(255), `${'\u00e9'.repeat(127)}x`],
    'quotes and shell signs': ['"\'', '$(id)', '`id`', '-rf', '*?[x]', 'a;b|c&d'],
    'a protocol line': 'openjd_fail: x',
    'names of JavaScript': ['__proto__', 'constructor', 'toString'],
  };

  it.each(Object.entries(NAMES))('with %s come back, as files and as directories', async (_what, names) => {
    const { root, submit, download } = place();
    for (const name of [names].flat()) {
      mkdirSync(join(root, 'below', name), { recursive: true });
      writeFileSync(join(root, name), name);
      writeFileSync(join(root, 'below', name, name), name);
    }
    const { code, stored, stderr } = await submit();
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/^openjd_/m);
    expect(await download(stored)).toMatchObject({ code: 0, difference: '' });
  });

  it('that are no UTF-8 end the submission, which shows the bytes and stores no manifest', async () => {
    const { root, store, submit } = place();
    writeFileSync(Buffer.concat([Buffer.from(`${root}/b`), Buffer.of(0xff), Buffer.from('d')]), 'x');
    const { code, stderr, document } = await submit();
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(String.raw`b\xffd`) });
    expect(document.error.code).toBe('InvalidPath');
    expect(existsSync(join(store, 'Manifests'))).toBe(false);
  });
});

describe('sizes around what is decided by size', () => {
  const sparse = (path: string, size: number): void => {
    const file = openSync(path, 'w');
    ftruncateSync(file, size);
    closeSync(file);
  };

  it.each([
    [80 * MIB, 'v2023-03-03', 3],
    // 256 MiB are one object; the last of the three files is such an object and another byte.
    [256 * MIB, 'v2025-12', 3],
  ])(
    '%d bytes, one less and one more come back (%s)',
    async (size, version, objects) => {
      const { root, store, submit, download } = place();
      for (const more of [-1, 0, 1]) sparse(join(root, String(size + more)), size + more);
      const { code, stored } = await submit('--manifest-version', version);
      expect(code).toBe(0);
      expect(readdirSync(join(store, 'Data'))).toHaveLength(objects);
      expect(await download(stored)).toMatchObject({ code: 0, difference: '' });
      const manifest = decodeManifest(readFileSync(stored));
      const files = manifest.version === 'v2023-03-03' ? [] : manifest.files;
      const chunks = files.map(({ path, chunkhashes }) => [Number(path) - size, chunkhashes?.length ?? 1]);
      if (version === 'v2025-12')
        expect(chunks.sort()).toEqual([
          [-1, 1],
          [0, 1],
          [1, 2],
        ]);
      for (const path of [root, store]) rmSync(path, { recursive: true }); // they are large
    },
    240_000,
  );
});

it('a file with several names is sent once', async () => {
  const { root, submit, download } = place();
  writeFileSync(join(root, 'one'), 'content');
  linkSync(join(root, 'one'), join(root, 'two'));
  const { stored, document } = await submit();
  expect(document.stats.upload).toMatchObject({ total_files: 2, processed_files: 1 });
  expect(await download(stored)).toMatchObject({ code: 0, difference: '' });
});
