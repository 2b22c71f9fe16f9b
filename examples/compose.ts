/**
 * Composes an upload by hand: a custom stage is one function, and another backend is
 * another argument. Run as a test in test/examples/compose.test.ts.
 */
import { readFile } from 'node:fs/promises';
import {
  bindCas,
  cacheLookup,
  existenceCheck,
  filterPaths,
  GlobFilter,
  type HashCache,
  type HashedEntry,
  type HashPool,
  hashFiles,
  type ManifestResult,
  manifestSink,
  mapLeased,
  Pipeline,
  type ProgressSnapshot,
  type S3Location,
  type Stage,
  type StorageClient,
  splitObjects,
  transfer,
  walkTree,
} from 'rx-attachments';

/** A stage of our own: refuses files that hold a test virus. */
export function virusScan(signature: string): Stage<HashedEntry, HashedEntry> {
  return (ctx) =>
    mapLeased<HashedEntry, HashedEntry>(ctx, 8, async (file, signal) => {
      if (file.kind !== 'file') return file;
      const content = file.body ?? (await readFile(file.sourcePath, { signal }));
      if (Buffer.from(content).includes(signature)) throw new Error(`${file.path} holds a virus`);
      return file;
    });
}

export interface UploadOptions {
  readonly client: StorageClient;
  readonly location: S3Location;
  readonly hashCache: HashCache;
  readonly pool: HashPool;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ProgressSnapshot) => unknown;
}

/** Uploads a tree and gives its manifest. */
export async function upload(root: string, options: UploadOptions): Promise<ManifestResult> {
  const { client, location, hashCache, pool, ...run } = options;
  const cas = bindCas(client, location);
  const pipeline = Pipeline.from(walkTree(root))
    .through(filterPaths(new GlobFilter({ exclude: ['**/*.tmp'] })))
    .through(cacheLookup(hashCache))
    .through(hashFiles(pool, { cache: hashCache }))
    .through(virusScan('EICAR-STANDARD-ANTIVIRUS-TEST-FILE'))
    .through(splitObjects())
    .through(existenceCheck(cas.head))
    .through(transfer(cas.put))
    .into(manifestSink());
  return pipeline.run({ ...run, limits: { maxInFlightFiles: 64 } });
}
