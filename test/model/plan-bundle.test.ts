import { expect, it } from 'vitest';
import { planBundle } from '../../src/model/plan-bundle.js';
import { deepFreeze } from '../support/deep-freeze.js';

it('reads the documents together and leaves them as they are', () => {
  const documents = deepFreeze({
    template: {
      specificationVersion: 'jobtemplate-2023-09',
      parameterDefinitions: [
        { name: 'In', type: 'PATH', objectType: 'FILE', dataFlow: 'IN', default: 'in.txt' },
        { name: 'Out', type: 'PATH', dataFlow: 'OUT' },
      ],
    },
    parameterValues: { parameterValues: [{ name: 'Queue', value: 'q' }] },
    assetReferences: { assetReferences: { referencedPaths: ['/r', ''] } },
  });
  const warnings: string[] = [];
  const plan = planBundle(documents, {
    ...{ bundleDir: '/b', format: 'posix', cwd: '/w', realPath: (path) => path },
    queueParameters: [{ name: 'Queue', type: 'STRING', default: '' }],
    given: new Map([['Out', 'o']]),
    onWarning: (text) => warnings.push(text),
  });
  expect(plan.parameters.map(({ name, value }) => [name, value])).toEqual([
    ['Queue', 'q'],
    ['In', '/b/in.txt'],
    ['Out', '/w/o'],
  ]);
  expect(plan.references).toEqual({
    ...{ inputFilenames: ['/b/in.txt'], inputDirectories: [] },
    ...{ outputDirectories: ['/w/o'], referencedPaths: ['/r'] },
  });
  expect(warnings).toHaveLength(1);
});
