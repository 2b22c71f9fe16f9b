/** Real files to a v2023-03-03 manifest, against the golden data of the Python library. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { encodeManifest } from '../../src/model/encode.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { type ByteSource, bytesOf } from '../support/fixture-bytes.js';
import { golden } from '../support/golden.js';
import { tempDir } from '../support/temp-dir.js';
import { plantTree } from '../support/tree-on-disk.js';

interface Case {
  readonly id: string;
  readonly files: readonly {
    readonly path: string;
    readonly content: ByteSource;
    readonly mtimeNs: string;
  }[];
  readonly symlinks: readonly { readonly path: string; readonly target: string }[];
  readonly expected: { readonly encoded: string; readonly encodedXxh128: string; readonly totalSize: number };
}

const base = realpathSync(tempDir('golden-snapshot'));
let count = 0;

golden<Case>('manifests/snapshot-directory.json', async ({ files, symlinks, expected }) => {
  count += 1;
  const root = plantTree(join(base, String(count)), [
    ...files.map((file) => ({ ...file, type: 'file' as const, content: bytesOf(file.content) })),
    ...symlinks.map((symlink) => ({ ...symlink, type: 'symlink' as const })),
  ]);
  const manifest = await createManifest({ root });
  if (!manifest) throw new Error('nothing was selected');
  const encoded = encodeManifest(manifest);
  expect(Buffer.from(encoded).toString('utf8')).toBe(expected.encoded);
  expect(xxh128(encoded)).toBe(expected.encodedXxh128);
  expect(manifest.totalSize).toBe(expected.totalSize);
});
