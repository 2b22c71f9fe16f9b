import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  localManifestFolder,
  MAPPING_FILE,
  mappingLine,
  readManifestMapping,
  writeLocalManifest,
} from '../../src/presets/local-manifests.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('local-manifests');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const bytes = Buffer.from('{}');
const content = { kind: 'bytes', bytes } as const;

describe('writeLocalManifest', () => {
  it('writes copies beside one file of keys, line by line', async () => {
    const manifestWriteDir = join(fresh(), 'made/too');
    const path = await writeLocalManifest({ manifestWriteDir, name: 'a_input', s3Key: "r/it's", content });
    await writeLocalManifest({ manifestWriteDir, name: 'b_input', s3Key: 'r/é', content });
    expect(path).toBe(join(manifestWriteDir, 'manifests/a_input'));
    expect(readFileSync(path)).toEqual(bytes);
    const folder = localManifestFolder(manifestWriteDir);
    expect(readFileSync(join(folder, MAPPING_FILE), 'utf8')).toBe(
      `{'local_file': 'a_input', 's3_key': "r/it's"}\n{'local_file': 'b_input', 's3_key': 'r/é'}\n`,
    );
    expect(readdirSync(folder).sort()).toEqual(['a_input', 'b_input', MAPPING_FILE]);
  });

  it('names the folder after a root that has a name, and takes the bytes of a file', async () => {
    const manifestWriteDir = fresh();
    const source = join(manifestWriteDir, 'spooled');
    writeFileSync(source, bytes);
    const request = { manifestWriteDir, rootDirName: 'proj', name: 'a', s3Key: 'k' };
    const path = await writeLocalManifest({ ...request, content: { kind: 'file', path: source } });
    expect(path).toBe(join(manifestWriteDir, 'proj_manifests/a'));
    expect(readFileSync(path)).toEqual(bytes);
  });

  it('replaces a copy, whole lines side by side', async () => {
    const manifestWriteDir = fresh();
    const write = (n: number) =>
      writeLocalManifest({ manifestWriteDir, name: `m${n % 5}`, s3Key: `k/${n}`, content });
    await Promise.all(Array.from({ length: 40 }, (_, n) => write(n)));
    const mapping = await readManifestMapping(localManifestFolder(manifestWriteDir));
    expect(mapping.map(({ s3Key }) => s3Key).sort()).toEqual(
      Array.from({ length: 40 }, (_, n) => `k/${n}`).sort(),
    );
  });

  it('leaves no half copy, and no line, when it fails', async () => {
    const manifestWriteDir = fresh();
    mkdirSync(join(manifestWriteDir, 'manifests/a/below'), { recursive: true });
    const request = { manifestWriteDir, name: 'a', s3Key: 'k', content };
    await expect(writeLocalManifest(request)).rejects.toMatchObject({
      kind: 'NotAFile',
      path: join(manifestWriteDir, 'manifests/a'),
    });
    expect(readdirSync(join(manifestWriteDir, 'manifests'))).toEqual(['a']);
    writeFileSync(join(manifestWriteDir, 'file'), '');
    const below = { ...request, manifestWriteDir: join(manifestWriteDir, 'file') };
    await expect(writeLocalManifest(below)).rejects.toMatchObject({ kind: 'LocalIo' });
    expect(existsSync(join(manifestWriteDir, 'manifests', MAPPING_FILE))).toBe(false);
  });
});

describe('readManifestMapping', () => {
  it('reads lines of Python and of JSON, and skips empty ones', async () => {
    const folder = fresh();
    const json = JSON.stringify({ local_file: 'b', s3_key: 'k/é', more: 'x' });
    writeFileSync(join(folder, MAPPING_FILE), `${mappingLine({ localFile: 'a', s3Key: 'k' })}\r\n\n${json}`);
    expect(await readManifestMapping(folder)).toEqual([
      { localFile: 'a', s3Key: 'k' },
      { localFile: 'b', s3Key: 'k/é' },
    ]);
  });

  it('is empty where there is no file', async () => {
    expect(await readManifestMapping(fresh())).toEqual([]);
  });

  it.each([
    ['neither', 'local_file: a'],
    ['a member short', "{'local_file': 'a'}"],
    ['a list', "['a', 'k']"],
  ])('names the line that is %s', async (_what, line) => {
    const folder = fresh();
    writeFileSync(join(folder, MAPPING_FILE), `${mappingLine({ localFile: 'a', s3Key: 'k' })}${line}\n`);
    await expect(readManifestMapping(folder)).rejects.toMatchObject({
      ...{ kind: 'ManifestInvalid', path: join(folder, MAPPING_FILE) },
      message: expect.stringContaining('line 2 '),
    });
  });
});
