import { expect, it } from 'vitest';
import { PathStates } from '../../src/model/path-states.js';
import { codeOf, diff, file, gone, snapshot } from '../support/manifests.js';

const applied = (...diffs: ReturnType<typeof diff>[]) => {
  const states = new PathStates();
  for (const one of diffs) states.applyDiff(one);
  return states;
};

it('sees the same states as a snapshot and as a diff', () => {
  const states = applied(diff([file('d/a'), gone('x')], [gone('y')]));
  expect(states.liveEntries()).toEqual({ files: [file('d/a')], dirs: [{ path: 'd' }] });
  expect(states.diffEntries().files).toEqual([gone('x'), file('d/a')]);
  expect(states.diffEntries().dirs).toEqual([gone('y'), { path: 'd' }]);
});

it('forgets below a file deletion and starts anew there', () => {
  const states = applied(diff([file('d/a'), file('d/b')]), diff([gone('d')]), diff([file('d/c')]));
  expect(states.diffEntries()).toEqual({ files: [gone('d'), file('d/c')], dirs: [{ path: 'd' }] });
});

it('digs out deletions buried twice, once each, when a file takes the place', () => {
  const fill = diff([file('d/e/a'), gone('d/b')]);
  const states = applied(
    fill,
    diff([gone('d/e')]),
    diff([gone('d')]),
    fill,
    diff([gone('d')]),
    diff([file('d')]),
  );
  const { files, dirs } = states.diffEntries();
  expect(files.map(({ path }) => path).sort()).toEqual(['d', 'd/b', 'd/e', 'd/e/a']);
  expect(files.filter((entry) => entry.deleted !== true)).toEqual([file('d')]);
  expect(dirs).toEqual([]);
});

it('refuses a snapshot that contradicts itself', () => {
  expect(codeOf(() => new PathStates().addSnapshot(snapshot([file('d'), file('d/a')])))).toBe(
    'PATH_CONFLICT',
  );
});

it('takes a hundred thousand files in and out of one directory again and again', () => {
  const files = Array.from({ length: 100_000 }, (_, at) => file(`d/${at}`));
  const states = applied(diff(files));
  const remove = diff([...files.map(({ path }) => gone(path)), file('d')]);
  for (let round = 0; round < 3; round++) {
    states.applyDiff(remove);
    states.applyDiff(diff([gone('d'), ...files]));
  }
  expect(states.liveEntries().files).toHaveLength(100_000);
});
