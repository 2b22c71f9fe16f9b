/** Parameters and paths of a bundle (spec/files-and-submission.md section 9, rows 41 to 43), through the whole of a submission but for the call. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readParameterArgument } from '../../src/model/parameter-arguments.js';
import { submitBundle } from '../../src/presets/bundle/submit-bundle.js';
import type { SubmitBundleRequest } from '../../src/presets/bundle/submit-bundle-request.js';
import { testStore } from '../support/contents.js';
import { type BundleParts, keysIn, plantBundle } from '../support/edge-cases.js';
import { files, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('edge-parameters');

const printed = (bundleDir: string, more: Partial<SubmitBundleRequest> = {}) =>
  submitBundle({ bundleDir, store: testStore(), dryRun: 'print-request', ...more });

function bundle(
  root: string,
  definitions: readonly object[],
  more: Omit<BundleParts, 'template'> = {},
): string {
  return plantBundle(join(root, 'bundle'), { template: { parameterDefinitions: definitions }, ...more });
}

/** The values of `-p` arguments. */
function given(...args: readonly string[]) {
  const values = args
    .map((text) => readParameterArgument(text))
    .flatMap((read) => (read.kind === 'values' ? [...read.values] : []));
  return { given: new Map(values) };
}

it('edge 41: `-p Scene=` for a PATH: ignored', async () => {
  const root = plantTree(fresh(), files('scene.ma', 'other.ma'));
  const scene = { name: 'Scene', type: 'PATH', objectType: 'FILE', dataFlow: 'IN' };
  const bundleDir = bundle(root, [scene], {
    parameterValues: [{ name: 'Scene', value: join(root, 'scene.ma') }],
  });
  const kept = await printed(bundleDir, given('Scene='));
  expect(kept.request.parameters).toEqual({ Scene: { path: join(root, 'scene.ma') } });
  expect(kept.attached).toBeUndefined(); // and no reference is added, as in Python
  const other = await printed(bundleDir, given(`Scene=${join(root, 'other.ma')}`));
  expect(other.request.parameters).toEqual({ Scene: { path: join(root, 'other.ma') } });
  expect(other.attached?.groups.totalInputFiles).toBe(1);
});

it('edge 42: STRING parameter 1.0, true; BOOL parameter true: sent as `"1.0"`, `"True"`; `"true"`', async () => {
  const root = plantTree(fresh(), []);
  const definitions = [
    { name: 'Number', type: 'STRING' },
    { name: 'Truth', type: 'STRING' },
    { name: 'Flag', type: 'BOOL' },
  ];
  const bundleDir = bundle(root, definitions);
  const expected = { Number: { string: '1.0' }, Truth: { string: 'True' }, Flag: { bool: 'true' } };
  const values = 'name: Number, value: 1.0 | name: Truth, value: true | name: Flag, value: true'.split(' | ');
  const yaml = join(bundleDir, 'parameter_values.yaml');
  writeFileSync(yaml, ['parameterValues:', ...values.map((value) => `- {${value}}`), ''].join('\n'));
  expect((await printed(bundleDir)).request.parameters).toEqual(expected);
  writeFileSync(yaml, '');
  const json = '{"Number": 1.0, "Truth": true, "Flag": true}';
  expect((await printed(bundleDir, given(json))).request.parameters).toEqual(expected);
});

it('edge 43: relative path in asset_references means the working directory; relative default `../x` is an error', async () => {
  const root = plantTree(fresh(), files('cwd/data/a', 'bundle/data/a', 'x'));
  const cwd = join(root, 'cwd');
  const bundleDir = bundle(root, [], { assetReferences: { inputs: { filenames: ['data/a'] } } });
  const { attached } = await printed(bundleDir, { cwd });
  expect(attached?.groups.assetGroups.map(({ inputs }) => [...inputs])).toEqual([[join(cwd, 'data/a')]]);
  const outside = bundle(plantTree(fresh(), files('x')), [{ name: 'Scene', type: 'PATH', default: '../x' }]);
  const store = testStore();
  const refused = printed(outside, { store });
  await expect(refused).rejects.toMatchObject({ code: 'DeadlineOperationError' });
  await expect(refused).rejects.toThrow('Scene');
  expect(await keysIn(store)).toEqual([]);
});
