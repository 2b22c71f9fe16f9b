import { describe, expect, it } from 'vitest';
import { compareOutputs, OutputSelection, outputManifest } from '../../src/model/output-selection.js';

const JOB = 'render-task-data/step-9/Manifests/farm/queue/job-1/';
const select = (
  keys: readonly string[],
  selectBy: 'folder' | 'lastModified' = 'folder',
  times: number[] = [],
) => {
  const selection = new OutputSelection(JOB, selectBy);
  // One page per key: nothing may depend on pages, nor on the order of keys.
  for (const [index, key] of keys.entries())
    selection.add([{ key: JOB + key, lastModified: times[index] ?? 0 }]);
  return selection.selected().map(({ key }) => key.slice(JOB.length));
};

it('looks at the part below the job only', () => {
  const run = 'step-1/task-1/2025_sessionaction-a-1/h_output';
  expect(select([run])).toEqual([run]);
});

it.each([
  ['nothing below the job', ['']],
  ['an input', ['step-1/task-1/t_sessionaction-a-1/h_input']],
  ['a file of the step', ['step-1/h_output']],
  ['a file of the task', ['step-1/task-1/h_output']],
  ['something deeper', ['step-1/task-1/t_a/x/h_output']],
  ['another kind of parent', ['Inputs/task-1/t_a/h_output', 'inputs/t_a/h_output']],
  ['a step in a step', ['step-1/step-2/t_a/h_output']],
  ['an empty folder', ['step-1/task-1//h_output', 'step-1//h_output']],
])('leaves out %s', (_what, keys) => {
  expect(select(keys)).toEqual([]);
});

it('leaves out keys elsewhere', () => {
  const selection = new OutputSelection(JOB);
  selection.add([{ key: `${JOB.slice(0, -1)}2/step-1/task-1/t_a/h_output` }]);
  expect(selection.selected()).toEqual([]);
});

describe('of several runs of a task', () => {
  const keys = [
    'step-1/task-1/2025-02_sessionaction-a-2/h1_output',
    'step-1/task-1/2025-01_sessionaction-a-9/h1_output',
    'step-1/task-1/2025-02_sessionaction-a-2/h2_output.json',
    'step-1/task-2/2024-01_sessionaction-b-1/h1_output',
  ];
  it('keeps the one with the greatest folder, with all its manifests', () => {
    expect(select(keys)).toEqual([keys[0], keys[2], keys[3]]);
    expect(select(keys.toReversed())).toEqual([keys[0], keys[2], keys[3]]);
  });

  it('keeps the one that was stored last, if so asked', () => {
    expect(select(keys, 'lastModified', [10, 12, 11, 1])).toEqual([keys[1], keys[3]]);
    expect(select(keys, 'lastModified', [10, 12, 13, 1])).toEqual([keys[0], keys[2], keys[3]]);
    expect(select(keys, 'lastModified', [10, 12, 12, 1])).toEqual([keys[0], keys[2], keys[3]]); // a tie: the greater folder
  });
});

it('keeps every run of a step without tasks', () => {
  const keys = ['step-1/2025-01_sessionaction-a-1/h_output', 'step-1/2025-02_sessionaction-a-2/h_output'];
  expect(select(keys.toReversed())).toEqual(keys);
});

it('compares folders as text, by code points', () => {
  const [bmp, astral] = ['step-1/task-1/\uffff_a/h_output', 'step-1/task-1/\u{1f3ac}_a/h_output'];
  expect(select([astral, bmp])).toEqual([astral]);
});

it('orders merges by time, folder, key', () => {
  const at = (key: string, folder: string, lastModified?: number) =>
    outputManifest({ key, ...(lastModified !== undefined && { lastModified }) }, folder);
  const ordered = [at('z', 'z'), at('b', 'a', 1), at('a', 'b', 1), at('c', 'b', 1), at('a', 'a', 2)];
  expect(ordered.toReversed().sort(compareOutputs)).toEqual(ordered);
});

it('says which session action wrote a manifest, where the folder does', () => {
  expect(outputManifest({ key: 'k', size: 3, lastModified: 4 }, 't_sessionaction-a-1')).toEqual({
    ...{ key: 'k', folder: 't_sessionaction-a-1', size: 3, lastModified: 4 },
    sessionActionId: 'sessionaction-a-1',
  });
  expect(outputManifest({ key: 'k' }, 'foreign')).toEqual({ key: 'k', folder: 'foreign', size: 0 });
});
