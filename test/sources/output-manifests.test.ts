import { expect, it } from 'vitest';
import { drain } from '../../src/pipeline/drain.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { findOutputs, type ListPages, outputManifests } from '../../src/sources/output-manifests.js';

const LOCATION = { bucket: 'b', rootPrefix: 'r', farmId: 'f', queueId: 'q' };
const PREFIX = 'r/Manifests/f/q/job-1/';
const key = (step: string, task: string | undefined, run: string, name = 'h_output'): string =>
  `${PREFIX}${step}/${task === undefined ? '' : `${task}/`}${run}/${name}`;

/** A listing of `count` runs of a task, page by page; counts what was asked for. */
function pages(keys: readonly string[], pageSize: number) {
  const asked = { prefixes: [] as string[], pages: 0 };
  const list: ListPages = async function* read(prefix) {
    asked.prefixes.push(prefix);
    const below = keys.filter((each) => each.startsWith(prefix));
    for (let at = 0; at < below.length; at += pageSize) {
      asked.pages += 1;
      yield below.slice(at, at + pageSize).map((each) => ({ key: each, size: 1 }));
    }
  };
  return { list, asked };
}

it.each([0, 1, 1000, 1001, 100_000])(
  'selects from a listing of %d keys, foreign ones among them',
  async (count) => {
    const keys = Array.from({ length: count }, (_, index) =>
      index % 10 === 3
        ? `${PREFIX}step-1/task-${index}/readme.txt`
        : key(
            'step-1',
            `task-${Math.floor(index / 4)}`,
            `2025-${String(index % 4)}_sessionaction-a-${index}`,
          ),
    );
    const { list, asked } = pages(keys, 1000);
    const found = await findOutputs(list, LOCATION, { jobId: 'job-1' });
    expect(asked).toEqual({ prefixes: [PREFIX], pages: Math.ceil(count / 1000) });
    const latest = new Map<string, string>();
    for (const each of keys.filter((name) => name.endsWith('_output'))) {
      const task = each.slice(0, each.indexOf('/2025-'));
      if (each > (latest.get(task) ?? '')) latest.set(task, each);
    }
    expect(found.map((each) => each.key)).toEqual([...latest.values()].sort());
  },
);

it('lists only what was asked for, and answers as a source too', async () => {
  const keys = [
    key('step-1', 'task-1', 't_sessionaction-a-1'),
    key('step-2', 'task-1', 't_sessionaction-b-1'),
  ];
  const { list, asked } = pages(keys, 1);
  const found: string[] = [];
  await Pipeline.from(outputManifests(list, LOCATION, { jobId: 'job-1', stepId: 'step-2' }))
    .into((ctx) => drain(ctx, { accept: (each) => void found.push(each.key), finish: () => found.length }))
    .run();
  expect(found).toEqual([keys[1]]);
  expect(asked.prefixes).toEqual([`${PREFIX}step-2/`]);
});

it.each([
  ['the task', 'task-1', [`${PREFIX}step-1/task-1/`], 1],
  ['the step, where the task has nothing', 'task-9', [`${PREFIX}step-1/task-9/`, `${PREFIX}step-1/`], 2],
  ['the step alone', undefined, [`${PREFIX}step-1/`], 2],
])('looks for a session action below %s', async (_what, taskId, prefixes, count) => {
  const keys = [
    key('step-1', undefined, 't_sessionaction-a-1'),
    key('step-1', 'task-1', 't_sessionaction-a-1'),
    key('step-1', 'task-1', 't_sessionaction-a-12'),
  ];
  const { list, asked } = pages(keys, 1000);
  const query = { jobId: 'job-1', stepId: 'step-1', taskId, sessionActionId: 'sessionaction-a-1' };
  const found = await findOutputs(list, LOCATION, query);
  expect(found).toHaveLength(count);
  expect(asked.prefixes).toEqual(prefixes);
});

it.each([
  ['a task without its step', { jobId: 'j', taskId: 't' }],
  ['a session action without its step', { jobId: 'j', sessionActionId: 'sessionaction-a-1' }],
  ['an empty session action', { jobId: 'j', stepId: 's', sessionActionId: '' }],
  ['an empty job', { jobId: '' }],
])('refuses %s before anything is listed', async (_what, query) => {
  const { list, asked } = pages([], 1);
  await expect(findOutputs(list, LOCATION, query)).rejects.toMatchObject({ kind: 'InvalidConfig' });
  expect(() => outputManifests(list, LOCATION, query)).toThrowError(
    expect.objectContaining({ kind: 'InvalidConfig' }),
  );
  expect(asked.prefixes).toEqual([]);
});

it('hands the signal to the listing', async () => {
  const stop = new AbortController();
  const list: ListPages = async function* endless(_prefix, signal) {
    for (;;) {
      if (signal?.aborted) throw new CancelledError();
      yield [];
      stop.abort();
    }
  };
  await expect(findOutputs(list, LOCATION, { jobId: 'j' }, stop.signal)).rejects.toBeInstanceOf(
    CancelledError,
  );
});
