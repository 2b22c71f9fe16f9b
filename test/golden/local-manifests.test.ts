/** The local manifests directory against the golden data: names, contents, the file of keys. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { decodeManifest } from '../../src/model/decode.js';
import { readManifestMapping } from '../../src/presets/local-manifests.js';
import { storeOf } from '../../src/presets/store.js';
import { uploadInputManifest } from '../../src/presets/upload-manifests.js';
import { golden, goldenDocument } from '../support/golden.js';
import { fixtureDocument } from '../support/golden-files.js';
import { memoryStore } from '../support/memory-store.js';
import { tempDir } from '../support/temp-dir.js';

const FILE = 'storage/local_manifests.json';

interface Entry {
  readonly fileSystemLocationName: string | null;
  readonly rootPath: string;
  readonly name: string;
  readonly s3Key: string;
  readonly manifestHash: string;
}

interface Document {
  readonly files: Record<string, string>;
}

const base = tempDir('golden-local-manifests');

async function upload({ rootPath, fileSystemLocationName, s3Key }: Entry, text: string, directory: string) {
  const [rootPrefix = '', , farmId = '', queueId = '', , guid = ''] = s3Key.split('/');
  return await uploadInputManifest({
    store: storeOf(memoryStore(), { bucket: 'bucket', rootPrefix }),
    ...{ farmId, queueId, newGuid: () => guid, rootPathFormat: 'posix' },
    manifest: decodeManifest(text),
    assetRoot: rootPath,
    fileSystemLocationName: fileSystemLocationName ?? undefined,
    manifestWriteDir: directory,
  });
}

golden<Entry, Document>(
  FILE,
  async (entry, { files }) => {
    const { name, s3Key, manifestHash } = entry;
    const directory = join(base, name);
    const text = files[`manifests/${name}`] ?? '';
    const uploaded = await upload(entry, text, directory);
    expect(uploaded).toMatchObject({ key: s3Key, inputManifestHash: manifestHash });
    expect(uploaded.localPath).toBe(join(directory, 'manifests', name));
    expect(readFileSync(join(directory, 'manifests', name), 'utf8')).toBe(text);
    expect(xxh128(Buffer.from(text))).toBe(manifestHash);
  },
  'entries',
);

goldenDocument<Document>(FILE, async ({ files }) => {
  const entries = fixtureDocument(FILE)['entries'] as Entry[];
  const directory = join(base, 'all');
  for (const entry of entries) await upload(entry, files[`manifests/${entry.name}`] ?? '', directory);
  const names = readdirSync(join(directory, 'manifests'));
  const written = names.map((name) => [
    `manifests/${name}`,
    readFileSync(join(directory, 'manifests', name), 'utf8'),
  ]);
  expect(Object.fromEntries(written)).toEqual(files);
  expect(await readManifestMapping(join(directory, 'manifests'))).toEqual(
    entries.map(({ name, s3Key }) => ({ localFile: name, s3Key })),
  );
});
