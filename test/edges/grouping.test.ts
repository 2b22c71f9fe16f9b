/** Which inputs go where (spec/files-and-submission.md section 9, rows 26 to 33 and 36), with real files where there is a disk to ask. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { groupAssetPaths } from '../../src/model/asset-groups.js';
import { attachmentsOf } from '../../src/model/group-attachments.js';
import type { FileSystemLocation } from '../../src/model/storage-profile.js';
import { submitBundle } from '../../src/presets/bundle/submit-bundle.js';
import { submitBundleAttachments } from '../../src/presets/submit-bundle-attachments.js';
import { testStore } from '../support/contents.js';
import { keysIn, plantBundle, referring, warnings } from '../support/edge-cases.js';
import { listedGroups } from '../support/submission-facts.js';
import { files, link, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('edge-grouping');
type Type = FileSystemLocation['locationType'];
const profile = (...locations: readonly (readonly [name: string, path: string, type: Type])[]) => ({
  storageProfile: {
    locations: locations.map(([name, path, locationType]) => ({ name, path, locationType })),
  },
});

it('edge 26: SHARED above LOCAL is skipped, /p does not hold /p2, a link into SHARED is skipped', async () => {
  const root = plantTree(fresh(), [...files('s/l/x', 's/x', 'p2/x', 'p/y'), link('q', 's')]);
  const at = (path: string): string => join(root, path);
  const locations = profile(
    ['Shared', at('s'), 'SHARED'],
    ['Below', at('s/l'), 'LOCAL'],
    ['Project', at('p'), 'LOCAL'],
  );
  const groupsOf = async (...inputs: string[]): Promise<object[]> => {
    const request = referring({ inputFilenames: inputs.map(at) }, locations);
    return listedGroups((await submitBundleAttachments(request)).groups);
  };
  expect(await groupsOf('s/l/x')).toEqual([]);
  expect(await groupsOf('p2/x')).toMatchObject([
    { fileSystemLocationName: null, rootPath: at('p2'), inputs: [at('p2/x')] },
  ]);
  expect(await groupsOf('p/y')).toMatchObject([{ fileSystemLocationName: 'Project', rootPath: at('p') }]);
  expect(await groupsOf('q/x')).toEqual([]);
  const asText = referring({ inputFilenames: [at('q/x')] }, { ...locations, resolveLocationSymlinks: false });
  expect(listedGroups((await submitBundleAttachments(asText)).groups)).toMatchObject([
    { inputs: [at('q/x')] },
  ]);
});

it('edge 27: missing input under SHARED, strict: an error', async () => {
  const root = plantTree(fresh(), files('s/x'));
  const gone = join(root, 's/gone');
  const request = referring(
    { inputFilenames: [gone] },
    { ...profile(['Shared', join(root, 's'), 'SHARED']), requirePathsExist: true },
  );
  await expect(submitBundleAttachments(request)).rejects.toMatchObject({
    code: 'MisconfiguredInputsError',
    missing: [gone],
  });
  const lenient = await submitBundleAttachments({ ...request, requirePathsExist: false });
  expect(lenient).toMatchObject({ groups: { assetGroups: [] } });
});

it('edge 28: directory among the input files of a bundle, lenient: an error all the same', async () => {
  const root = plantTree(fresh(), files('tex/a'));
  const tex = join(root, 'tex');
  const bundleDir = plantBundle(join(root, 'bundle'), { assetReferences: { inputs: { filenames: [tex] } } });
  const store = testStore();
  const refused = submitBundle({ bundleDir, store, dryRun: 'print-request', requirePathsExist: false });
  await expect(refused).rejects.toMatchObject({ code: 'MisconfiguredInputsError', directories: [tex] });
  await expect(refused).rejects.toThrow(`\nDirectories classified as files:\n\t${tex}`);
  expect(await keysIn(store)).toEqual([]);
});

it('edge 29: missing and misclassified together, lenient: missing becomes a reference, the error lists directories only', async () => {
  const root = plantTree(fresh(), files('tex/a'));
  const [gone, tex] = [join(root, 'gone'), join(root, 'tex')];
  const { log, said } = warnings();
  const request = referring({ inputFilenames: [gone, tex] }, { directoriesInInputFilenames: 'error', log });
  const refused = submitBundleAttachments(request);
  await expect(refused).rejects.toMatchObject({
    code: 'MisconfiguredInputsError',
    missing: [],
    directories: [tex],
  });
  await expect(refused).rejects.not.toThrow('Missing input files');
  expect(said).toEqual([
    `Input path '${gone}' resolving to '${gone}' does not exist. Adding to referenced paths.`,
  ]);
});

it('edge 30: only a missing input, lenient: a payload without manifest, rooted at it; only a reference to a file: rooted above it', async () => {
  const root = plantTree(fresh(), files('x/there.txt'));
  const missing = join(root, 'x/a.txt');
  const lone = referring({ inputFilenames: [missing] });
  const { attachments, manifestKeys, groups } = await submitBundleAttachments(lone);
  expect(listedGroups(groups)).toMatchObject([{ rootPath: missing, inputs: [], references: [missing] }]);
  expect([attachments?.manifests, manifestKeys]).toEqual([
    [{ rootPath: missing, rootPathFormat: 'posix' }],
    [],
  ]);
  expect(await keysIn(lone.store)).toEqual([]);
  const reference = referring({ referencedPaths: [join(root, 'x/there.txt')] });
  expect((await submitBundleAttachments(reference)).attachments?.manifests).toEqual([
    { rootPath: join(root, 'x'), rootPathFormat: 'posix' },
  ]);
});

it('edge 31: all inputs SHARED: no groups, no `attachments` key', async () => {
  const root = plantTree(fresh(), files('s/a', 's/d/b'));
  const shared = profile(['Shared', join(root, 's'), 'SHARED']);
  const inputs = { filenames: [join(root, 's/a')], directories: [join(root, 's/d')] };
  const result = await submitBundleAttachments(
    referring({ inputFilenames: inputs.filenames, inputDirectories: inputs.directories }, shared),
  );
  expect(result.groups.assetGroups).toEqual([]);
  expect(Object.keys(result)).not.toContain('attachments');
  const bundleDir = plantBundle(join(root, 'bundle'), { assetReferences: { inputs } });
  const { request } = await submitBundle({
    bundleDir,
    store: testStore(),
    dryRun: 'print-request',
    ...shared,
  });
  expect(Object.keys(request)).not.toContain('attachments');
});

/** Groups of inputs that all are files on a Windows host. */
function onWindows(...inputs: readonly string[]) {
  const options = { format: 'windows', cwd: 'C:\\work', requirePathsExist: true } as const;
  return groupAssetPaths({ inputs, outputs: [], references: [] }, () => ({ kind: 'file', size: 1 }), options);
}

it('edge 32: inputs `C:\\a\\x` and `c:\\A\\y`: one group', () => {
  const { assetGroups, totalInputFiles } = onWindows('C:\\a\\x', 'c:\\A\\y');
  expect([assetGroups.length, totalInputFiles]).toEqual([1, 2]);
});

it('edge 33: `\\\\srv\\s1\\a` and `\\\\srv\\s2\\b`: two groups', () => {
  const { assetGroups } = onWindows('\\\\srv\\s1\\a', '\\\\srv\\s2\\b');
  expect(assetGroups.map(({ inputs }) => [...inputs])).toEqual([['\\\\srv\\s1\\a'], ['\\\\srv\\s2\\b']]);
});

it('edge 36: 11 drives with inputs, 101 output directories in one root: InvalidConfig before anything is hashed', async () => {
  const drives = (count: number) =>
    onWindows(...Array.from({ length: count }, (_, at) => `${String.fromCharCode(67 + at)}:\\x\\a`));
  const payload = (count: number) =>
    attachmentsOf(drives(count).assetGroups, {
      format: 'windows',
      fileSystem: 'COPIED',
      manifestOf: () => undefined,
    });
  expect(payload(10)?.manifests).toHaveLength(10);
  expect(() => payload(11)).toThrow(
    expect.objectContaining({ code: 'InvalidConfig', message: expect.stringContaining('M:\\\\') }),
  );
  const root = plantTree(fresh(), files('a'));
  mkdirSync(join(root, 'out'));
  const outputs = (count: number) => ({
    inputFilenames: [join(root, 'a')],
    outputDirectories: Array.from({ length: count }, (_, at) => join(root, 'out', `${at}`)),
  });
  let hashed = 0;
  const onProgress = (): void => {
    hashed += 1;
  };
  const refused = referring(outputs(101), { onProgress });
  await expect(submitBundleAttachments(refused)).rejects.toMatchObject({
    code: 'InvalidConfig',
    message: expect.stringMatching(/outputRelativeDirectories of the root .*101/),
  });
  expect([hashed, await keysIn(refused.store), refused.store.meter.totals().calls]).toEqual([0, [], 0]);
  expect((await submitBundleAttachments(referring(outputs(100)))).attachments?.manifests).toHaveLength(1);
});
