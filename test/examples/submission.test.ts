/** The example of a submission, run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { attachBundle } from '../../examples/submission.js';
import { filesBelow } from '../support/cli.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('example-submission');

const TEMPLATE = `
specificationVersion: jobtemplate-2023-09
name: Example
parameterDefinitions:
  - {name: Scene, type: PATH, objectType: FILE, dataFlow: IN}
  - {name: Frames, type: RANGE_EXPR, default: 1-10}
steps: []
`;

beforeAll(() => {
  for (const directory of ['bundle', 'show/tex', 'lib', 'far'])
    mkdirSync(join(base, directory), { recursive: true });
  const inputs = { directories: [join(base, 'show/tex'), join(base, 'lib')] };
  const outputs = { directories: [join(base, 'show/renders')] };
  writeFileSync(join(base, 'bundle/template.yaml'), TEMPLATE);
  writeFileSync(
    join(base, 'bundle/asset_references.json'),
    JSON.stringify({ assetReferences: { inputs, outputs } }),
  );
  for (const file of ['show/scene.ma', 'show/tex/wood.png', 'lib/shared.exr', 'far/x.ma']) {
    writeFileSync(join(base, file), `content of ${file}`);
  }
  const fileSystemLocations = [
    { name: 'Show', path: join(base, 'show'), type: 'LOCAL' },
    { name: 'Lib', path: join(base, 'lib'), type: 'SHARED' },
  ];
  const profile = { storageProfileId: 'sp-1', displayName: 'Studio', osFamily: 'LINUX', fileSystemLocations };
  writeFileSync(join(base, 'profile.json'), JSON.stringify(profile));
});

const job = (scene: string, snapshot: string) => ({
  bundleDir: join(base, 'bundle'),
  profileFile: join(base, 'profile.json'),
  snapshotDir: join(base, snapshot),
  parameters: { Scene: join(base, scene) },
});

it('stores the files of a local location, none of a shared one, and prints the attachments', async () => {
  const printed: string[] = [];
  const request = await attachBundle(job('show/scene.ma', 'snapshot'), (text) => printed.push(text));
  expect(printed).toEqual([JSON.stringify(request.attachments, null, 2)]);
  expect(request.storageProfileId).toBe('sp-1');
  expect(request.attachments).toEqual({
    manifests: [
      {
        rootPath: join(base, 'show'),
        fileSystemLocationName: 'Show',
        rootPathFormat: 'posix',
        inputManifestPath: expect.stringMatching(/^farm-local\/queue-local\/Inputs\//),
        inputManifestHash: expect.stringMatching(/^[0-9a-f]{32}$/),
        outputRelativeDirectories: ['renders'],
      },
    ],
    fileSystem: 'COPIED',
  });
  const stored = Object.values(filesBelow(join(base, 'snapshot/Data'))).sort();
  expect(stored).toEqual(['content of show/scene.ma', 'content of show/tex/wood.png']);
});

it('takes the directory of a file that was given as a parameter for known', async () => {
  const request = await attachBundle(job('far/x.ma', 'known'), () => {});
  expect(request.attachments?.manifests.map(({ rootPath }) => rootPath)).toEqual([
    join(base, 'far'),
    join(base, 'show'),
  ]);
});

it('refuses a place that nobody named, before anything is stored', async () => {
  const directories = [join(base, 'far')];
  mkdirSync(join(base, 'odd'));
  writeFileSync(join(base, 'odd/template.yaml'), TEMPLATE);
  writeFileSync(
    join(base, 'odd/asset_references.json'),
    JSON.stringify({ assetReferences: { inputs: { directories } } }),
  );
  const run = attachBundle({ ...job('show/scene.ma', 'refused'), bundleDir: join(base, 'odd') });
  await expect(run).rejects.toThrow(`not among the known places: ${join(base, 'far')}`);
  expect(filesBelow(join(base, 'refused'))).toEqual({});
});
