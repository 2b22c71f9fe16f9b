import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeManifest } from '../../src/model/decode.js';
import { encodeManifest, encodeManifestChunks } from '../../src/model/encode.js';
import { encodeV2023Stream } from '../../src/model/encode-v2023.js';
import type { FileEntry, Manifest, ManifestV2025, PathV2023 } from '../../src/model/manifest.js';
import { compareUtf16 } from '../../src/model/order.js';
import { parentPaths } from '../../src/model/paths.js';
import { joinPieces } from '../../src/model/pieces.js';

import { deepFreeze } from '../support/deep-freeze.js';
import { nastyV2023, nastyV2025 } from '../support/nasty-manifests.js';

async function streamed(entries: readonly PathV2023[], totalSize: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeV2023Stream(entries, totalSize)) pieces.push(piece);
  return joinPieces(pieces);
}

function byPath<E extends { readonly path: string }>(entries: readonly E[]): E[] {
  return [...entries].sort((a, b) => compareUtf16(a.path, b.path));
}

const FORMATS: [string, fc.Arbitrary<Manifest>][] = [
  ['v2023-03-03', nastyV2023],
  ['v2025-12-04-beta', nastyV2025('v2025-12-04-beta')],
  ['v2025-12', nastyV2025('v2025-12')],
];

describe.each(FORMATS)('%s', (_, manifests) => {
  it('round trips: encode(decode(bytes)) is bytes, whichever encoder wrote them', () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        const bytes = encodeManifest(deepFreeze(manifest));
        expect(Buffer.from(bytes).toString('latin1')).toMatch(/^[ -~]*$/);
        expect(joinPieces(encodeManifestChunks(manifest))).toEqual(bytes);
        expect(encodeManifest(deepFreeze(decodeManifest(bytes)))).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('sorts and writes members as JSON would, but for their escapes', () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        const text = Buffer.from(encodeManifest(manifest)).toString('latin1');
        const sorted = JSON.stringify(JSON.parse(text), (__, value: unknown) =>
          typeof value === 'object' && value !== null && !Array.isArray(value)
            ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareUtf16(a, b)))
            : value,
        );
        const escaped = sorted.replace(
          /[\x7f-\uffff]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        expect(text).toBe(escaped);
      }),
    );
  });
});

describe('v2023-03-03', () => {
  it('decodes to its entries sorted, duplicates in their order', () => {
    fc.assert(
      fc.property(nastyV2023, (manifest) => {
        const decoded = decodeManifest(encodeManifest(manifest));
        expect(decoded).toEqual({ ...manifest, paths: byPath(manifest.paths) });
      }),
    );
  });

  it('streams the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(nastyV2023, async ({ paths, totalSize, ...rest }) => {
        const bytes = await streamed(byPath(paths), totalSize);
        expect(bytes).toEqual(encodeManifest({ ...rest, paths, totalSize }));
      }),
    );
  });

  it('streams an empty manifest too', async () => {
    const bytes = await streamed([], 0);
    const empty = { version: 'v2023-03-03', hashAlg: 'xxh128', totalSize: 0, paths: [] } as const;
    expect(bytes).toEqual(encodeManifest(empty));
    expect(() => decodeManifest(bytes)).toThrowError(expect.objectContaining({ code: 'SCHEMA' }));
    expect(decodeManifest(bytes, { allowEmptyPaths: true })).toEqual(empty);
  });

  it.each([
    ['out of order', [{ path: 'b' }, { path: 'a' }], 'INVALID_ENTRY', 1],
    ['with a bad hash', [{ path: 'a' }, { path: 'b', hash: '../x' }], 'HASH_NOT_ALPHANUMERIC', 1],
    ['with a negative size', [{ path: 'a', size: -1 }], 'SCHEMA', 0],
  ])('refuses to stream entries %s', async (_, overrides, code, index) => {
    const entries = overrides.map((override) => ({ hash: 'aa', size: 1, mtime: 1, ...override }));
    await expect(streamed(entries, 1)).rejects.toMatchObject({ code, index });
  });
});

describe('2025 formats', () => {
  it.each(['v2025-12-04-beta', 'v2025-12'] as const)('%s decodes to the canonical model', (version) => {
    fc.assert(
      fc.property(nastyV2025(version), (manifest) => {
        const decoded = decodeManifest(encodeManifest(manifest)) as ManifestV2025;
        const { dirs, files, ...document } = decoded;
        const { dirs: givenDirs, files: givenFiles, ...given } = manifest;
        expect(document).toEqual(given);
        expect(files).toEqual(byPath(givenFiles));
        expect(dirs).toEqual(expect.arrayContaining([...givenDirs]));
        if (version === 'v2025-12') expectAllParents(givenFiles, decoded);
      }),
      { numRuns: 300 },
    );
  });

  function expectAllParents(files: readonly FileEntry[], { dirs, files: live }: ManifestV2025): void {
    const listed = new Set(dirs.map((dir) => dir.path));
    const taken = live.filter((file) => file.deleted !== true).map((file) => file.path);
    const isShadowed = (dir: string): boolean =>
      taken.some((file) => dir === file || dir.startsWith(`${file}/`));
    const parents = files.flatMap(({ path, symlinkTarget }) => [
      ...parentPaths(path),
      ...(symlinkTarget === undefined ? [] : parentPaths(symlinkTarget)),
    ]);
    expect(parents.filter((dir) => !listed.has(dir) && !isShadowed(dir))).toEqual([]);
  }

  it('writes index entries at a live file as deletions in diffs, live in snapshots', () => {
    const base = {
      version: 'v2025-12',
      pathStyle: 'relative',
      hashAlg: 'xxh128',
      totalSize: 0,
      dirs: [],
      fileChunkSizeBytes: -1,
    } as const;
    const link = { path: 'current', symlinkTarget: 'v2' };
    const tool = { path: 'tool', symlinkTarget: 'current/bin/x' };
    const text = (type: 'snapshot' | 'diff'): string =>
      Buffer.from(encodeManifest({ ...base, type, files: [link, tool] })).toString();
    expect(text('snapshot')).toContain('"dirs":[{"name":"current"},{"name":"$0/bin"}]');
    expect(text('diff')).toContain(
      '"dirs":[{"delete":true,"name":"current"},{"delete":true,"name":"$0/bin"}]',
    );
    expect(decodeManifest(text('diff'))).toMatchObject({ dirs: [], files: [link, tool] });
  });
});

describe('what cannot be written', () => {
  const file = { path: 'a', hash: 'aa', size: 1, mtime: 1 };
  const v2023 = { version: 'v2023-03-03', hashAlg: 'xxh128', totalSize: 1, paths: [file] } as const;
  const v2025 = {
    version: 'v2025-12',
    pathStyle: 'relative',
    type: 'snapshot',
    hashAlg: 'xxh128',
    totalSize: 1,
    dirs: [],
    files: [file],
    fileChunkSizeBytes: 4,
  } as const;
  const beta = { ...v2025, version: 'v2025-12-04-beta', fileChunkSizeBytes: 268435456 } as const;

  it.each<[string, unknown, string]>([
    ['v2023: another algorithm', { ...v2023, hashAlg: 'md5' }, 'UNSUPPORTED_HASH_ALGORITHM'],
    ['v2023: a path that is no text', { ...v2023, paths: [{ ...file, path: 5 }] }, 'SCHEMA'],
    ['v2023: a bad hash', { ...v2023, paths: [{ ...file, hash: 'a\n' }] }, 'HASH_NOT_ALPHANUMERIC'],
    ['v2023: a negative size', { ...v2023, paths: [{ ...file, size: -1 }] }, 'SCHEMA'],
    ['v2023: a fraction', { ...v2023, paths: [{ ...file, mtime: 1.5 }] }, 'SCHEMA'],
    ['v2023: an mtime of 2^53', { ...v2023, paths: [{ ...file, mtime: 2 ** 53 }] }, 'UNSAFE_INTEGER'],
    ['v2023: a total that is missing', { ...v2023, totalSize: undefined }, 'SCHEMA'],
    ['chunk size 0', { ...v2025, fileChunkSizeBytes: 0 }, 'SCHEMA'],
    [
      'chunks with chunking off',
      {
        ...v2025,
        fileChunkSizeBytes: -1,
        files: [{ path: 'a', chunkhashes: ['a', 'b'], size: 5, mtime: 1 }],
      },
      'CHUNK_MISMATCH',
    ],
    [
      'chunks of a small file',
      { ...v2025, files: [{ path: 'a', chunkhashes: ['a'], size: 4, mtime: 1 }] },
      'CHUNK_MISMATCH',
    ],
    [
      'too few chunks',
      { ...v2025, files: [{ path: 'a', chunkhashes: ['a', 'b'], size: 9, mtime: 1 }] },
      'CHUNK_MISMATCH',
    ],
    ['a deletion in a snapshot', { ...v2025, files: [{ path: 'a', deleted: true }] }, 'DELETION_IN_SNAPSHOT'],
    ['a path above the root', { ...v2025, files: [{ ...file, path: 'a/../../b' }] }, 'INVALID_PATH'],
    [
      'a path of 32,769 characters',
      { ...v2025, files: [{ ...file, path: 'x'.repeat(32_769) }] },
      'INVALID_PATH',
    ],
    ['an absolute path', { ...v2025, files: [{ ...file, path: '/a' }] }, 'PATH_STYLE'],
    ['a relative path among absolute ones', { ...v2025, pathStyle: 'absolute' }, 'PATH_STYLE'],
    ['two files of one path', { ...v2025, files: [file, { ...file, mtime: 2 }] }, 'DUPLICATE_PATH'],
    ['a file below a file', { ...v2025, files: [file, { ...file, path: 'a/b' }] }, 'DUPLICATE_PATH'],
    [
      'a file below a link',
      {
        ...v2025,
        files: [
          { path: 'a', symlinkTarget: 'z' },
          { ...file, path: 'a/b/c' },
        ],
      },
      'DUPLICATE_PATH',
    ],
    ['a file at a directory', { ...v2025, dirs: [{ path: 'a' }] }, 'DUPLICATE_PATH'],
    [
      '-beta: absolute paths',
      { ...beta, pathStyle: 'absolute', files: [{ ...file, path: '/a' }] },
      'PATH_STYLE',
    ],
    ['-beta: another chunk size', { ...beta, fileChunkSizeBytes: 4 }, 'SCHEMA'],
    ['-beta: an unhashed file', { ...beta, files: [{ path: 'a', size: 1, mtime: 1 }] }, 'INVALID_ENTRY'],
    [
      '-beta: a deletion without a parent',
      { ...beta, type: 'diff', files: [{ path: 'a', deleted: true }] },
      'DELETION_IN_SNAPSHOT',
    ],
  ])('%s', (_, manifest, code) => {
    expect(() => encodeManifest(manifest as Manifest)).toThrowError(expect.objectContaining({ code }));
  });

  it('a path of exactly 32,768 characters can be', () => {
    const path = `${'x/'.repeat(16_383)}yy`;
    const manifest = { ...v2025, files: [{ ...file, path }] };
    expect(decodeManifest(encodeManifest(manifest))).toMatchObject({ files: [{ path }] });
  });
});

describe('pieces', () => {
  it('are between 64 KiB and 1 MiB, the last one excepted', () => {
    const chunkhashes = Array.from({ length: 100_000 }, (_, index) => index.toString(16).padStart(32, '0'));
    const manifest: Manifest = {
      version: 'v2025-12',
      pathStyle: 'relative',
      type: 'snapshot',
      hashAlg: 'xxh128',
      totalSize: 100_000,
      dirs: [],
      files: [{ path: 'a', chunkhashes, size: 100_000, mtime: 1 }],
      fileChunkSizeBytes: 1,
    };
    const pieces = [...encodeManifestChunks(manifest)];
    const lengths = pieces.slice(0, -1).map((piece) => piece.length);
    expect(pieces.length).toBeGreaterThan(3);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(64 * 1024);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1024 * 1024);
    expect(decodeManifest(joinPieces(pieces))).toEqual(manifest);
  });
});
