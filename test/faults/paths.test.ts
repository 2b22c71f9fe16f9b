/** Rows 29, 30 and 34 of the fault table (spec/storage.md section 7): names and links that lead elsewhere, and names that are odd. */
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeManifest } from '../../src/model/decode.js';
import { planDownload } from '../../src/model/download-plan.js';
import type { FileEntry, Manifest } from '../../src/model/manifest.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { downloadManifest } from '../../src/presets/stored-manifests.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { partFiles, v2023, v2025, writeTree } from '../support/contents.js';
import { requireServer } from '../support/require-server.js';
import { entryOf, failureOf, manifestFor, scratch, useS3 } from './support.js';

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

requireServer('versitygw')('paths of a manifest', () => {
  const s3 = useS3();
  const good = { good: 'g', 'z/last': 'l' };
  const stored = (files: Readonly<Record<string, string>>): Promise<string[]> =>
    s3.putObjects(...Object.values(files));

  describe.each(['../x', '/abs', 'C:\\x', 'a/../../x'])('path traversal %j', (path) => {
    it.each<[string, (entry: ReturnType<typeof entryOf>) => Manifest]>([
      ['v2023-03-03', (entry) => v2023([...manifestFor(good).paths, entry])],
      ['v2025-12', (entry) => v2025([...manifestFor(good).paths, entry])],
    ])(
      `fault 29: path traversal ${JSON.stringify(path)}: PathOutsideRoot before any write (%s)`,
      async (_version, make) => {
        await stored({ ...good, x: 'evil' });
        const above = scratch();
        const root = join(above, 'root');
        const run = downloadManifestContents({
          manifest: make(entryOf(path, 'evil')),
          ...{ root, store: await s3.store(), conflictResolution: 'OVERWRITE', onFileError: 'collect' },
        });
        await expect(run).rejects.toMatchObject({ kind: 'PathOutsideRoot', path });
        expect(readdirSync(above)).toEqual([]);
        expect(existsSync('/abs')).toBe(false);
        expect(s3.proxy().requests).toEqual([]);
      },
    );
  });

  it.each(['..\\x', 'a\\..\\..\\x', 'C:x', 'C:\\x', '\\\\host\\share\\x', '/x', '../x'])(
    'fault 29: path traversal %j on Windows (its decision table): PathOutsideRoot in planning',
    (path) => {
      const plan = (): unknown => planDownload(manifestFor({ ...good, [path]: 'evil' }), { host: 'windows' });
      expect(thrownBy(plan)).toMatchObject({ kind: 'PathOutsideRoot', path });
    },
  );

  it.each<[string, readonly FileEntry[]]>([
    ['a -> /etc plus file a/b', [{ path: 'a', symlinkTarget: '/etc' }, entryOf('a/b', 'evil')]],
    ['a -> ../.. plus file a/b', [{ path: 'a', symlinkTarget: '../..' }, entryOf('a/b', 'evil')]],
    ['a -> d, inside, plus file a/b', [{ path: 'a', symlinkTarget: 'd' }, entryOf('a/b', 'evil')]],
    ['a -> /etc alone', [{ path: 'a', symlinkTarget: '/etc' }]],
  ])('fault 30: manifest symlink %s: rejected in planning', async (_what, entries) => {
    await stored({ ...good, x: 'evil' });
    const above = scratch();
    const manifest = v2025([...manifestFor(good).paths, ...entries]);
    const run = downloadManifestContents({ manifest, root: join(above, 'root'), store: await s3.store() });
    await expect(run).rejects.toMatchObject({ kind: 'SymlinkEscape' });
    expect(readdirSync(above)).toEqual([]);
    expect(s3.proxy().requests).toEqual([]);
  });

  it.each(['SKIP', 'OVERWRITE', 'CREATE_COPY'] as const)(
    'fault 30: existing local link inside the root to outside: SymlinkEscape at write (%s)',
    async (conflictResolution) => {
      const files = { 'link/x': 'evil', 'link/deep/y': 'evil too' };
      await stored(files);
      const outside = writeTree(scratch(), { x: 'mine' });
      const root = scratch();
      symlinkSync(outside, join(root, 'link'));
      const run = downloadManifestContents({
        ...{ manifest: manifestFor(files), root, store: await s3.store(), conflictResolution },
      });
      await expect(run).rejects.toMatchObject({
        ...{ kind: 'SymlinkEscape', path: join(root, 'link'), hint: expect.stringMatching(/\w/) },
      });
      expect(readdirSync(outside)).toEqual(['x']);
      expect(readFileSync(join(outside, 'x'), 'utf8')).toBe('mine');
      expect(readdirSync(root)).toEqual(['link']);
    },
  );
});

requireServer('versitygw')('odd names', () => {
  const s3 = useS3();
  const NAMES = [
    'caf\u00e9', // NFC
    'cafe\u0301', // and its NFD twin
    '🎬 clip 👩‍👩‍👧.mov',
    `quo"te's & <tags> $(x) \`y\` %41 + ?#`,
    'new\nline\ttab\rreturn',
    '-rf',
    '--help',
    ' leading and trailing ',
    'back\\slash',
    'x'.repeat(255),
    'ä'.repeat(127),
    `${'d'.repeat(255)}/${'e'.repeat(255)}/deep`,
    '...',
    '~',
    '\u202eright to left',
    '\u0001control\u007f',
  ];
  const FILES = Object.fromEntries(NAMES.map((name, index) => [name, `content ${index}`]));

  /** Every file's name as bytes, with its content and time. */
  function bytesOf(folder: Buffer, below = ''): string[] {
    return readdirSync(folder, { encoding: 'buffer' })
      .flatMap((name) => {
        const path = Buffer.concat([folder, Buffer.from('/'), name]);
        const place = `${below}/${name.toString('hex')}`;
        const stat = statSync(path, { bigint: true });
        if (stat.isDirectory()) return bytesOf(path, place);
        return [`${place} ${readFileSync(path, 'utf8')} ${stat.mtimeNs / 1000n}`];
      })
      .sort();
  }

  it.each(['v2023-03-03', 'v2025-12'] as const)(
    'fault 34: names: NFC and NFD twins, emoji, quotes, newline, leading dash, 255-byte segment: round trip byte for byte (%s)',
    async (manifestVersion) => {
      const root = writeTree(join(scratch(), '-root "ü" 🎬'), FILES);
      const store = await s3.store();
      const { uploadStats, manifestKey = '' } = await submitTree({ root, store, manifestVersion });
      expect(uploadStats).toMatchObject({ totalFiles: NAMES.length, processedFiles: NAMES.length });
      const { manifest, assetRoot } = await downloadManifest({ store, key: manifestKey });
      expect(assetRoot).toBe(root);
      const target = scratch();
      const stats = await downloadManifestContents({ manifest, root: target, store });
      expect(stats).toMatchObject({ processedFiles: NAMES.length, status: 'COMPLETE' });
      expect(bytesOf(Buffer.from(target))).toEqual(bytesOf(Buffer.from(root)));
      expect(partFiles(target)).toEqual([]);
    },
  );

  it.each([`d/${'x'.repeat(256)}`, 'ä'.repeat(128), '\udcff'.repeat(256)])(
    'fault 34: names: over-long (case %#): PathTooLong before any write',
    async (path) => {
      const root = join(scratch(), 'root');
      const manifest = v2023([entryOf('good', 'g'), { ...entryOf('x', 'x'), path }]);
      const run = downloadManifestContents({ manifest, root, store: await s3.store() });
      await expect(run).rejects.toMatchObject({ kind: 'PathTooLong', path });
      expect(existsSync(root)).toBe(false);
      expect(s3.proxy().requests).toEqual([]);
    },
  );

  it('fault 34: names: invalid UTF-8 is InvalidPath when scanned, and nothing is stored', async () => {
    const root = writeTree(scratch(), { good: 'g' });
    writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.of(0xff)]), 'bad');
    const failure = await failureOf(submitTree({ root, store: await s3.store() }));
    expect(failure).toMatchObject({ kind: 'InvalidPath' });
    expect(s3.manifests()).toEqual([]);
  });

  it('fault 34: names: lone U+DC80 to U+DCFF of a manifest to download become the bytes they stand for', async () => {
    const hashes = await s3.putObjects('one', 'two');
    // As the newer Python writes them: escaped, in an ASCII document.
    const paths = ['d\\udcff/n\\udc80', 'plain'];
    const entries = paths.map(
      (path, at) => `{"hash":"${hashes[at]}","mtime":1700000000000000,"path":"${path}","size":3}`,
    );
    const text = `{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[${entries}],"totalSize":6}`;
    const store = await s3.store();
    const key = `${store.location.rootPrefix}/Manifests/m`;
    await store.client.putObject(s3.bucket(), key, Buffer.from(text), {
      userMetadata: { 'asset-root': '/r' },
    });
    const { manifest } = await downloadManifest({ store, key });
    expect(manifest).toEqual(decodeManifest(Buffer.from(text)));
    const root = scratch();
    await downloadManifestContents({ manifest, root, store });
    const bytes = Buffer.concat([
      Buffer.from(`${root}/d`),
      Buffer.of(0xff),
      Buffer.from('/n'),
      Buffer.of(0x80),
    ]);
    expect(readFileSync(bytes, 'utf8')).toBe('one');
    expect(readFileSync(join(root, 'plain'), 'utf8')).toBe('two');
  });

  it.each(['\ud800', 'a\udc7f', '\udbff/x'])(
    'fault 34: names: another lone surrogate in a manifest to download (case %#): InvalidPath before any write',
    async (path) => {
      const root = join(scratch(), 'root');
      const manifest = v2023([entryOf('good', 'g'), { ...entryOf('x', 'x'), path }]);
      const run = downloadManifestContents({ manifest, root, store: await s3.store() });
      await expect(run).rejects.toMatchObject({ kind: 'InvalidPath', path });
      expect(existsSync(root)).toBe(false);
      expect(s3.proxy().requests).toEqual([]);
    },
  );
});
