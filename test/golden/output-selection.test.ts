/** Which output manifests a listing yields, against the golden data; through a store in memory, pages and all. */
import { expect } from 'vitest';
import type { ObjectInfo } from '../../src/backends/storage-client.js';
import { compareOutputs } from '../../src/model/output-selection.js';
import { findOutputs, type ListPages, type OutputQuery } from '../../src/sources/output-manifests.js';
import { golden } from '../support/golden.js';

interface Listed {
  readonly key: string;
  readonly lastModified: string;
}

const BUCKET = 'bucket';

/** `{root}/Manifests/{farm}/{queue}/{job}/` and what is below it, taken apart. */
function partsOf(jobPrefix: string, prefix: string) {
  const match = /^(.+)\/Manifests\/([^/]+)\/([^/]+)\/([^/]+)\/$/.exec(jobPrefix);
  const [, rootPrefix = '', farmId = '', queueId = '', jobId = ''] = match ?? [];
  const [stepId, taskId] = prefix
    .slice(jobPrefix.length)
    .split('/')
    .filter((id) => id !== '');
  const query: OutputQuery = { jobId, ...(stepId && { stepId }), ...(taskId && { taskId }) };
  return { location: { bucket: BUCKET, rootPrefix, farmId, queueId }, query };
}

/** Answers as a store does: keys below the prefix in order, page by page. */
function lister(objects: readonly Listed[], pageSize = 1000): ListPages & { prefixes: string[] } {
  const prefixes: string[] = [];
  const list = async function* pages(prefix: string): AsyncGenerator<readonly ObjectInfo[]> {
    prefixes.push(prefix);
    const below = objects
      .filter(({ key }) => key.startsWith(prefix))
      .map(({ key, lastModified }) => ({ key, size: 1, lastModified: Date.parse(lastModified) / 1000 }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    for (let at = 0; at < below.length; at += pageSize) yield below.slice(at, at + pageSize);
  };
  return Object.assign(list, { prefixes });
}

const keysOf = (found: readonly { readonly key: string }[]): string[] => found.map(({ key }) => key);

interface SelectionCase {
  readonly jobPrefix: string;
  readonly prefix: string;
  readonly pageSize?: number;
  readonly objects: readonly Listed[];
  readonly requiredSelected: readonly string[];
  readonly mergeOrder: readonly string[];
}

golden<SelectionCase>('storage/output_selection.json', async (c) => {
  const { location, query } = partsOf(c.jobPrefix, c.prefix);
  const list = lister(c.objects, c.pageSize);
  const found = await findOutputs(list, location, query);
  expect(keysOf(found)).toEqual(c.requiredSelected);
  expect(list.prefixes).toEqual([c.prefix]);
  expect(keysOf(found.toSorted(compareOutputs))).toEqual(c.mergeOrder);
});

interface LatestCase {
  readonly jobPrefix: string;
  readonly prefix: string;
  readonly objects: readonly Listed[];
  readonly selected: readonly string[];
  readonly selectedByLastModified: readonly string[];
}

golden<LatestCase>('worker/latest-per-task-keys.json', async (c) => {
  const { location, query } = partsOf(c.jobPrefix, c.prefix);
  for (const [selectBy, expected] of [
    ['folder', c.selected],
    ['lastModified', c.selectedByLastModified],
  ] as const) {
    const found = await findOutputs(lister(c.objects), location, { ...query, selectBy });
    expect(keysOf(found)).toEqual(expected);
  }
});

interface SessionActionCase {
  readonly jobPrefix: string;
  readonly stepId: string;
  readonly taskId: string;
  readonly sessionActionId: string;
  readonly keys: readonly string[];
  readonly required: readonly string[];
}

golden<SessionActionCase>('storage/session_action.json', async (c) => {
  const { stepId, taskId, sessionActionId } = c;
  const { location, query } = partsOf(c.jobPrefix, c.jobPrefix);
  const list = lister(c.keys.map((key) => ({ key, lastModified: '2025-01-01T00:00:00Z' })));
  const found = await findOutputs(list, location, { ...query, stepId, taskId, sessionActionId });
  expect(keysOf(found)).toEqual(c.required);
  for (const { sessionActionId: id } of found) expect(id).toBe(sessionActionId);
});
