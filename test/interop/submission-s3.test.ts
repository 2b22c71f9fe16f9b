/** Over a real S3 server: a job bundle, and paths attached by the library's own classes; the buckets hold the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NO_REFERENCES } from '../../src/model/asset-references.js';
import { readStorageProfile } from '../../src/model/storage-profile.js';
import { openStore } from '../../src/presets/open-store.js';
import type { Store } from '../../src/presets/store.js';
import {
  type SubmitBundleAttachmentsResult,
  submitBundleAttachments,
} from '../../src/presets/submit-bundle-attachments.js';
import { AWKWARD_NAMES } from '../support/interop-tree.js';
import { runPythonJson } from '../support/peers.js';
import { requireServer } from '../support/require-server.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity } from '../support/versitygw.js';
import { type AttachmentsCase, at, type BundleCase, type PythonCase, plantCase } from './submission-case.js';
import { file, references, template } from './submission-kit.js';
import { submittedByUs } from './submission-ours.js';
import { submittedByPython, withoutId } from './submission-outcome.js';

const PREFIX = 'studio A/show+1';
/** A named root, one without a name, equal contents in both, and an empty file. */
const TREE = [
  ...AWKWARD_NAMES.map((name) => file(`p/${name}`, name)),
  ...['p/same', 'home/same'].map((path) => file(path, 'same')),
  file('home/empty', ''),
  file('home/d/other'),
  file('s/shared'),
];
const LOCATIONS = [
  { name: 'Project', path: at('p'), type: 'LOCAL' },
  { name: 'Shared', path: at('s'), type: 'SHARED' },
] as const;

const BUNDLE: BundleCase = {
  name: 'a job bundle',
  tree: [
    template([{ name: 'Scene', type: 'PATH', dataFlow: 'IN', objectType: 'FILE' }]),
    references({
      inputs: { directories: [at('p'), at('home')], filenames: [at('s/shared')] },
      outputs: { directories: [at('p/out'), at('home/out')] },
    }),
    ...TREE,
  ],
  locations: LOCATIONS,
  parameters: [['Scene', at('home/d/other')]],
};
const PATHS: AttachmentsCase = {
  name: 'paths',
  tree: TREE,
  locations: LOCATIONS,
  references: {
    inputFilenames: TREE.map(({ path }) => at(path)),
    outputDirectories: [at('p/out'), at('home/out')],
    referencedPaths: [at('home/mentioned')],
  },
};

const COUNTS = ['total_files', 'total_bytes', 'processed_files', 'processed_bytes', 'skipped_files'] as const;

interface PythonAttached {
  readonly attachments: object;
  readonly hashing: Readonly<Record<(typeof COUNTS)[number], number>>;
  readonly uploading: Readonly<Record<(typeof COUNTS)[number], number>>;
}

requireServer('versitygw', 'python')(
  'submissions over S3, beside the Python library',
  { timeout: 60_000 },
  () => {
    const server = useVersity({ buckets: ['ours', 'theirs', 'our-paths', 'their-paths'] });
    const open = (bucket: string): Promise<Store> =>
      openStore(`s3://${bucket}/${PREFIX}`, { s3: server().settings() });

    it('a job bundle: the same request, the same objects', async () => {
      const folder = tempDir('submission-s3');
      const { snapshotDir: _, ...request } = plantCase(BUNDLE, folder).request;
      const place = { folder, bucket: 'theirs', prefix: PREFIX };
      const [python] = await submittedByPython([request], place, server().env());
      const ours = await submittedByUs(request, () => open('ours'));
      expect(ours.createJob).toEqual(python?.createJob);
      expect(ours.createJob?.attachments?.manifests).toHaveLength(2);
      expectSameBuckets('ours', 'theirs');
    });

    it('paths: the same attachments, objects, local manifests and counts', async () => {
      const folder = tempDir('submission-s3');
      const { request } = plantCase(PATHS, folder);
      const [theirs, own] = [join(folder, 'their manifests'), join(folder, 'our manifests')];
      const python = await attachedByPython(request, theirs);
      const ours = await attachedByUs(request, own);
      expect(withoutId(JSON.stringify(ours.attachments))).toBe(withoutId(JSON.stringify(python.attachments)));
      expectSameBuckets('our-paths', 'their-paths');
      expect(textsIn(join(own, 'manifests'))).toEqual(textsIn(join(theirs, 'manifests')));
      const { totalFiles, totalBytes, processedFiles, processedBytes, skippedFiles } = ours.hashingStats;
      const { hashing, uploading } = python;
      expect([totalFiles, totalBytes, processedFiles, processedBytes, skippedFiles]).toEqual(
        COUNTS.map((name) => hashing[name]),
      );
      // Which of two equal files is the one that is sent depends on who comes first, in both programs.
      expect([ours.uploadStats.totalFiles, ours.uploadStats.totalBytes]).toEqual([
        uploading.total_files,
        uploading.total_bytes,
      ]);
    });

    async function attachedByPython(request: PythonCase, manifestWriteDir: string): Promise<PythonAttached> {
      const { references: paths, profile } = request;
      const argument = {
        ...{ bucket: 'their-paths', prefix: PREFIX, cacheDir: `${manifestWriteDir} cache`, manifestWriteDir },
        inputs: paths?.inputFilenames,
        outputs: paths?.outputDirectories,
        references: paths?.referencedPaths,
        locations: profile?.fileSystemLocations,
      };
      const script = readFileSync(new URL('submission_assets.py', import.meta.url), 'utf8');
      const env = server().env();
      return (await runPythonJson(script, { env, args: [JSON.stringify(argument)] })) as PythonAttached;
    }

    async function attachedByUs(
      { references: assetReferences = NO_REFERENCES, profile }: PythonCase,
      manifestWriteDir: string,
    ): Promise<SubmitBundleAttachmentsResult> {
      const store = await open('our-paths');
      const ids = { farmId: 'farm-1', queueId: 'queue-1' };
      const storageProfile = readStorageProfile(profile);
      const result = await submitBundleAttachments({
        ...{ store, assetReferences, storageProfile, manifestWriteDir },
        ...ids,
      });
      await store.close();
      return result;
    }

    /** Keys but for the random ids, and every byte. */
    function expectSameBuckets(one: string, other: string): void {
      const objectsOf = (bucket: string): string[] =>
        server()
          .keys(bucket)
          .map((key) => `${withoutId(key)} ${readFileSync(join(server().directory, bucket, key), 'hex')}`)
          .sort();
      expect(objectsOf(one)).toEqual(objectsOf(other));
      expect(objectsOf(one).filter((key) => key.includes('/Inputs/ID/'))).toHaveLength(2);
    }
  },
);

/** Names and contents of the files of a folder; lines in any order, since groups may be worked on in any. */
function textsIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => {
      const lines = withoutId(readFileSync(join(folder, name), 'utf8')).split('\n');
      return [name, ...lines.sort()].join('\n');
    })
    .sort();
}
