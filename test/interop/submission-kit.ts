/** Nodes of trees, and the files of job bundles as such. */
import type { DiskNode } from '../support/tree-on-disk.js';

export const file = (path: string, content = path, more: Partial<DiskNode> = {}): DiskNode => ({
  ...{ path, type: 'file', content },
  ...more,
});
export const dir = (path: string): DiskNode => ({ path, type: 'dir' });
export const json = (value: unknown): string => JSON.stringify(value, undefined, 1);

export const VERSION = 'jobtemplate-2023-09';

export const template = (parameterDefinitions: readonly object[], more: object = {}): DiskNode =>
  file(
    'bundle/template.json',
    json({ specificationVersion: VERSION, name: 'Job', parameterDefinitions, steps: [], ...more }),
  );

export const yaml = (...lines: readonly string[]): DiskNode =>
  file(
    'bundle/template.yaml',
    `${[`specificationVersion: ${VERSION}`, 'name: Job', ...lines, 'steps: []'].join('\n')}\n`,
  );

export const values = (parameterValues: Readonly<Record<string, unknown>>): DiskNode =>
  file(
    'bundle/parameter_values.json',
    json({ parameterValues: Object.entries(parameterValues).map(([name, value]) => ({ name, value })) }),
  );

export const references = (assetReferences: object): DiskNode =>
  file('bundle/asset_references.json', json({ assetReferences }));
