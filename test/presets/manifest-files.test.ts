import { execFile } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { encodeManifest } from '../../src/model/encode.js';
import { ManifestError } from '../../src/model/errors.js';
import { readManifest, uploadManifestFile, writeManifest } from '../../src/presets/manifest-files.js';
import { LOCATION, testStore, v2023 } from '../support/contents.js';
import { makeFifo } from '../support/fifo.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('manifest-files');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const manifest = v2023([{ path: 'a', hash: '0'.repeat(32), size: 1, mtime: 2 }]);

describe('readManifest', () => {
  it('gives the manifest, and the hash of the bytes as they are', async () => {
    const path = join(fresh(), 'm');
    const bytes = Buffer.from(` ${Buffer.from(encodeManifest(manifest)).toString()}\n`);
    writeFileSync(path, bytes);
    expect(await readManifest(path)).toMatchObject({ manifest, hash: xxh128(bytes) });
  });

  it.each([
    ['not UTF-8', Buffer.of(0xff, 0xfe), 'INVALID_ENCODING'],
    ['not JSON', Buffer.from('{'), 'INVALID_JSON'],
    ['of an unknown version', Buffer.from('{"manifestVersion":"2099-01-01"}'), 'UNKNOWN_VERSION'],
  ])('refuses a file that is %s, and names it', async (_what, bytes, code) => {
    const path = join(fresh(), 'broken.manifest');
    writeFileSync(path, bytes);
    const failed = (await readManifest(path).catch((error: unknown) => error)) as Error;
    expect(failed).toMatchObject({
      kind: 'ManifestInvalid',
      path,
      message: expect.stringContaining(path),
      cause: { code },
    });
    expect(failed.cause).toBeInstanceOf(ManifestError);
  });

  it('refuses what is not there, and what is no file', async () => {
    const directory = fresh();
    await expect(readManifest(join(directory, 'none'))).rejects.toMatchObject({ kind: 'PathNotFound' });
    await expect(readManifest(directory)).rejects.toMatchObject({ kind: 'NotAFile', path: directory });
  });
});

describe('writeManifest', () => {
  it('writes canonical bytes, over what was there', async () => {
    const path = join(fresh(), 'm');
    writeFileSync(path, 'old');
    const bytes = Buffer.from(encodeManifest(manifest));
    expect(await writeManifest(path, manifest)).toEqual({ hash: xxh128(bytes), bytes: bytes.length });
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readdirSync(join(path, '..'))).toEqual(['m']);
  });

  it('writes through a link, which stays one', async () => {
    const directory = fresh();
    const [path, link] = [join(directory, 'm'), join(directory, 'link')];
    writeFileSync(path, 'old and longer than the manifest'.repeat(100));
    symlinkSync('m', link);
    await writeManifest(link, manifest);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path).equals(encodeManifest(manifest))).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('writes into a pipe, which stays one', async () => {
    const path = makeFifo(join(fresh(), 'pipe'));
    const [read] = await Promise.all([promisify(execFile)('cat', [path]), writeManifest(path, manifest)]);
    expect(Buffer.from(read.stdout).equals(encodeManifest(manifest))).toBe(true);
    expect(lstatSync(path).isFIFO()).toBe(true);
  });

  it('leaves nothing when it fails', async () => {
    const directory = fresh();
    mkdirSync(join(directory, 'm/below'), { recursive: true });
    await expect(writeManifest(join(directory, 'm'), manifest)).rejects.toMatchObject({
      kind: 'NotAFile',
      path: join(directory, 'm'),
    });
    expect(readdirSync(directory)).toEqual(['m']);
    await expect(writeManifest(join(directory, 'none/m'), manifest)).rejects.toMatchObject({
      kind: 'LocalIo',
      hint: expect.stringMatching(/create it first/),
    });
    chmodSync(directory, 0o755);
  });
});

it('uploadManifestFile stores bytes, type and root', async () => {
  const store = testStore();
  const request = { store, manifest, partialKey: 'farm/queue/Inputs/x_input', assetRoot: '/projekt/ä' };
  const { key, hash } = await uploadManifestFile(request);
  expect(key).toBe('root/Manifests/farm/queue/Inputs/x_input');
  const { data, head } = await store.inner.getObject(LOCATION.bucket, key);
  expect(xxh128(data)).toBe(hash);
  expect(head).toMatchObject({
    contentType: 'application/x-deadline-manifest-2023-03-03',
    userMetadata: { 'asset-root-json': '"/projekt/\\u00e4"' },
  });
});
