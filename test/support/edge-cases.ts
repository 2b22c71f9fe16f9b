/** What the tests of spec/files-and-submission.md section 9 ask of a submission: what was said, stored and refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeManifest } from '../../src/model/decode.js';
import type { Manifest, ManifestV2023 } from '../../src/model/manifest.js';
import type { Logger } from '../../src/pipeline/types.js';
import type { SubmitBundleAttachmentsRequest } from '../../src/presets/submit-bundle-attachments.js';
import { LOCATION, type TestStore, testStore } from './contents.js';
import { plantTree } from './tree-on-disk.js';

/** A log whose warnings can be read. */
export function warnings(): { readonly log: Logger; readonly said: string[] } {
  const said: string[] = [];
  return { said, log: (level, message) => void (level === 'warning' && said.push(message)) };
}

/** The manifest under a full key. */
export async function manifestIn(store: TestStore, key: string | undefined): Promise<Manifest> {
  const { data } = await store.inner.getObject(LOCATION.bucket, key ?? '');
  return decodeManifest(data);
}

/** Path and size of each file of a v2023 manifest under a full key. */
export async function filesIn(store: TestStore, key: string | undefined): Promise<Record<string, number>> {
  const { paths } = (await manifestIn(store, key)) as ManifestV2023;
  return Object.fromEntries(paths.map(({ path, size }) => [path, size]));
}

/** Every key that the store holds. */
export async function keysIn(store: TestStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of store.inner.listObjects(LOCATION.bucket, ''))
    keys.push(...page.map(({ key }) => key));
  return keys;
}

export function paths(manifest: Manifest | undefined): string[] {
  if (!manifest) return [];
  return (manifest.version === 'v2023-03-03' ? manifest.paths : manifest.files).map(({ path }) => path);
}

/** A request over `references` into a store of its own. */
export function referring(
  references: Partial<SubmitBundleAttachmentsRequest['assetReferences']>,
  more: Partial<SubmitBundleAttachmentsRequest> = {},
): SubmitBundleAttachmentsRequest & { readonly store: TestStore } {
  const none = { inputFilenames: [], inputDirectories: [], outputDirectories: [], referencedPaths: [] };
  return { store: testStore(), ...more, assetReferences: { ...none, ...references } } as ReturnType<
    typeof referring
  >;
}

export interface BundleParts {
  readonly template?: object;
  readonly parameterValues?: readonly object[];
  readonly assetReferences?: object;
}

/** A job bundle at `dir`. */
export function plantBundle(
  dir: string,
  { template, parameterValues, assetReferences }: BundleParts,
): string {
  plantTree(dir, []);
  const write = (name: string, document: object): void =>
    writeFileSync(join(dir, name), JSON.stringify(document));
  write('template.json', {
    specificationVersion: 'jobtemplate-2023-09',
    name: 'Edge',
    steps: [],
    ...template,
  });
  if (parameterValues) write('parameter_values.json', { parameterValues });
  if (assetReferences) write('asset_references.json', { assetReferences });
  return dir;
}
