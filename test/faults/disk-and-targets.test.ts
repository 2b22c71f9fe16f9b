/** Rows 27, 28 and 31 to 33 of the fault table (spec/storage.md section 7): what stands, or happens, where a download writes. */
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { encodeManifest } from '../../src/model/encode.js';
import type { ManifestV2023 } from '../../src/model/manifest.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { TargetTree } from '../../src/sinks/target-tree.js';
import { compiled } from '../support/as-nobody.js';
import { Sandbox } from '../support/cli.js';
import { noise, partFiles, read, writeTree } from '../support/contents.js';
import { requireServer } from '../support/require-server.js';
import { NOBODY, runModule } from '../support/run-module.js';
import { remount, smallDisk } from '../support/small-disk.js';
import { failureOf, MIB, manifestFor, ROOT_PREFIX, recordedLog, scratch, useS3 } from './support.js';

const mayMount = smallDisk(MIB) !== undefined;
const plenty = async (): Promise<bigint> => 1n << 50n;
const MANY = Object.fromEntries(
  Array.from({ length: 60 }, (_, index) => [`d${index % 3}/${index}`, noise(100_000, index)]),
);
/** More than two parts: it is fetched in ranges. */
const LARGE = { large: noise(40 * MIB, 1) };

requireServer('versitygw')('the place of a download', () => {
  const s3 = useS3();
  const stored = async (files: Readonly<Record<string, Uint8Array | string>>): Promise<ManifestV2023> => {
    await s3.putObjects(...Object.values(files));
    return manifestFor(files);
  };

  describe.runIf(mayMount)('a full disk', () => {
    it('fault 27: disk full before the download: InsufficientDisk before any write and any request', async () => {
      const root = smallDisk(4 * MIB) ?? '';
      const manifest = await stored(MANY);
      const failure = await failureOf(downloadManifestContents({ manifest, root, store: await s3.store() }));
      expect(failure).toMatchObject({ kind: 'InsufficientDisk', code: 'InsufficientDisk', path: root });
      expect(failure.message).toMatch(/6000000 bytes\) are needed, .*\(\d+ bytes\) are free/);
      expect(failure.hint).toMatch(/free space on the volume/);
      expect(readdirSync(root)).toEqual([]);
      expect(s3.proxy().requests).toEqual([]);
    });

    it.each([
      ['small files', MANY, 'stop'],
      ['small files, failures collected', MANY, 'collect'],
      ['a large file in ranges', LARGE, 'stop'],
    ] as const)(
      'fault 27: disk full during the download of %s: NoSpace, temporary files removed',
      async (_what, files, onFileError) => {
        const root = smallDisk(4 * MIB) ?? '';
        const manifest = await stored(files);
        const store = await s3.store();
        const run = downloadManifestContents({ manifest, root, store, freeBytes: plenty, onFileError });
        await expect(run).rejects.toMatchObject({
          ...{ kind: 'NoSpace', errno: 'ENOSPC', path: expect.stringContaining(root) },
          hint: expect.stringMatching(/free space/),
        });
        expect(partFiles(root)).toEqual([]);
        for (const { path, hash } of manifest.paths) {
          if (existsSync(join(root, path))) expect(xxh128(readFileSync(join(root, path)))).toBe(hash);
        }
      },
    );

    it('fault 28: target directory on a read-only volume: LocalIo with hint before any GET', async () => {
      const disk = smallDisk(MIB) ?? '';
      const manifest = await stored({ 'd/a': 'x' });
      const store = await s3.store();
      remount(disk, 'ro');
      for (const root of [disk, join(disk, 'new'), join(disk, 'new/below/it')]) {
        await expect(downloadManifestContents({ manifest, root, store })).rejects.toMatchObject({
          ...{ kind: 'LocalIo', errno: 'EROFS' },
          hint: expect.stringMatching(/not writable/),
        });
      }
      expect(s3.proxy().requests).toEqual([]);
    });
  });

  it.each(['itself', 'above it'])(
    'fault 28: root is a file (%s): LocalIo with hint before any GET',
    async (place) => {
      const manifest = await stored({ a: 'x' });
      const file = join(scratch(), 'file');
      writeFileSync(file, 'mine');
      const root = place === 'itself' ? file : join(file, 'below');
      const failure = await failureOf(downloadManifestContents({ manifest, root, store: await s3.store() }));
      expect(failure).toMatchObject({ kind: 'LocalIo', hint: expect.stringMatching(/\w/) });
      expect(readFileSync(file, 'utf8')).toBe('mine');
      expect(s3.proxy().requests).toEqual([]);
    },
  );

  it('fault 28: target directory not writable for the user: LocalIo with hint before any GET', async () => {
    const manifest = await stored({ 'd/a': 'x' });
    const root = scratch();
    const place = `s3://${s3.bucket()}/${ROOT_PREFIX}`;
    const settings = s3.server().settings({ endpoint: s3.proxy().endpoint });
    const code = `
      import { downloadManifestContents, openStore } from ${JSON.stringify(compiled('index.js'))};
      const store = await openStore(${JSON.stringify(place)}, { s3: ${JSON.stringify(settings)} });
      const failures = [];
      for (const root of ${JSON.stringify([root, join(root, 'new')])}) {
        await downloadManifestContents({ manifest: ${JSON.stringify(manifest)}, root, store }).catch((error) => failures.push(error));
      }
      console.log(JSON.stringify(failures.map(({ kind, errno, hint }) => ({ kind, errno, hint }))));
      await store.close();`;
    const failures = JSON.parse(await runModule(code, NOBODY)) as unknown[];
    const expected = { kind: 'LocalIo', errno: 'EACCES', hint: expect.stringMatching(/is not writable for/) };
    expect(failures).toEqual([expected, expected]);
    expect(s3.proxy().requests).toEqual([]);
    expect(readdirSync(root)).toEqual([]);
  });

  it.each([
    ['OVERWRITE', 'x'],
    ['CREATE_COPY', 'x (1)'],
  ] as const)(
    'fault 31: target replaced by a symlink during the run: replaced by rename, its target untouched (%s)',
    async (conflictResolution, name) => {
      const manifest = await stored({ x: 'new content' });
      const outside = writeTree(scratch(), { victim: 'old' });
      const root = writeTree(scratch(), conflictResolution === 'OVERWRITE' ? { x: 'before' } : {});
      const victim = join(outside, 'victim');
      const plant = (): undefined => {
        rmSync(join(root, 'x'), { force: true });
        symlinkSync(victim, join(root, 'x'));
        return undefined;
      };
      const rule = s3.proxy().inject({ match: { operation: 'GetObject' }, optional: true, fault: plant });
      await downloadManifestContents({ manifest, root, store: await s3.store(), conflictResolution });
      expect(rule.matched).toBe(1);
      expect(read(outside, 'victim')).toBe('old');
      expect(lstatSync(join(root, name)).isFile()).toBe(true);
      expect(read(root, name)).toBe('new content');
      if (conflictResolution === 'CREATE_COPY')
        expect(lstatSync(join(root, 'x')).isSymbolicLink()).toBe(true);
      expect(partFiles(root)).toEqual([]);
    },
  );

  describe('conflicts', () => {
    const sandboxes: Sandbox[] = [];
    afterEach(() => {
      for (const sandbox of sandboxes.splice(0)) sandbox.remove();
    });
    const PROCESSES = 20;
    const COPIES = 1000;

    it('fault 32: 1,000 copies exist, and 20 processes create more at once: unique names, none lost, none empty', async () => {
      const sandbox = new Sandbox();
      sandboxes.push(sandbox);
      const manifest = await stored({ 'f.txt': 'content', 'd/g.tar.gz': noise(50_000, 1) });
      sandbox.write('manifest', encodeManifest(manifest));
      const names = ['f.txt', ...Array.from({ length: COPIES }, (_, n) => `f (${n + 1}).txt`)];
      const target = sandbox.tree('target', Object.fromEntries(names.map((name) => [name, `old ${name}`])));
      const args = [
        ...['attachment', 'download', '-m', 'manifest', '--destination', 'target', '--json'],
        ...['--store', `s3://${s3.bucket()}/${ROOT_PREFIX}`, '--s3-endpoint-url', s3.proxy().endpoint],
        ...['--conflict-resolution', 'create_copy', '--progress', 'none'],
      ];
      const runs = await Promise.all(
        Array.from({ length: PROCESSES }, () => sandbox.run(args, { env: s3.server().env() })),
      );
      expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
        runs.map(() => ({ code: 0, stderr: '' })),
      );

      const copies = Array.from({ length: PROCESSES }, (_, n) => `f (${COPIES + n + 1}).txt`);
      const others = ['g.tar.gz', ...Array.from({ length: PROCESSES - 1 }, (_, n) => `g.tar (${n + 1}).gz`)];
      expect(readdirSync(target).sort()).toEqual(['d', ...names, ...copies].sort());
      expect(readdirSync(join(target, 'd')).sort()).toEqual(others.sort());
      for (const name of names) expect(read(target, name)).toBe(`old ${name}`);
      for (const name of copies) expect(read(target, name)).toBe('content');
      for (const name of others) expect(readFileSync(join(target, 'd', name))).toEqual(noise(50_000, 1));
    }, 240_000);
  });

  /** Where no case-insensitive volume can be mounted, a tree of ours takes the names for one, as such a volume does. */
  it('fault 33: File.txt and file.txt on a case-insensitive volume (names folded): the second is a conflict', async () => {
    const files = { 'File.txt': 'upper', 'file.txt': 'lower', 'd/Ä': 'composed', 'd/A\u0308': 'decomposed' };
    const manifest = await stored(files);
    const exact = TargetTree.prototype.filePath;
    const folded = vi.spyOn(TargetTree.prototype, 'filePath').mockImplementation(function (
      this: TargetTree,
      path,
    ) {
      return exact.call(this, path.normalize('NFC').toLowerCase());
    });
    try {
      for (const conflictResolution of ['OVERWRITE', 'CREATE_COPY'] as const) {
        const root = scratch();
        const { lines, log } = recordedLog();
        const stats = await downloadManifestContents({
          ...{ manifest, root, conflictResolution, log, store: await s3.store() },
        });
        expect(stats).toMatchObject({ totalFiles: 4, processedFiles: 4, skippedFiles: 0 });
        expect(readdirSync(root).sort()).toEqual(['d', 'file (1).txt', 'file.txt']);
        expect([read(root, 'file.txt'), read(root, 'file (1).txt')].sort()).toEqual(['lower', 'upper']);
        const twins = readdirSync(join(root, 'd')).map((name) => read(root, `d/${name}`));
        expect(twins.sort()).toEqual(['composed', 'decomposed']);
        const warnings = lines.filter(({ message }) => message.includes('are one name on this file system'));
        expect(warnings).toHaveLength(conflictResolution === 'OVERWRITE' ? 2 : 0);
        expect(partFiles(root)).toEqual([]);
      }
    } finally {
      folded.mockRestore();
    }
    const sensitive = scratch();
    await downloadManifestContents({ manifest, root: sensitive, store: await s3.store() });
    expect(readdirSync(sensitive).sort()).toEqual(['File.txt', 'd', 'file.txt']);
  });
});
