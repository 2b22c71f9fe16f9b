import { describe, expect, it } from 'vitest';
import {
  classifySubmitPaths,
  decideSubmit,
  REFUSED_BY_SETTING,
  type SubmitPaths,
  submitPathsText,
} from '../../src/model/submit-confirmation.js';

const places = (known: string[], unknown: string[]): SubmitPaths => ({
  ...{ known, unknown, defaultAnswer: unknown.length === 0 },
});

describe('decideSubmit', () => {
  it.each<[string[], string[], boolean, object]>([
    [[], [], false, { kind: 'proceed' }],
    [[], [], true, { kind: 'proceed' }],
    [['/k'], [], false, { kind: 'ask', defaultAnswer: true }],
    [['/k'], [], true, { kind: 'proceed' }],
    [['/k'], ['/u'], false, { kind: 'ask', defaultAnswer: false }],
    [['/k'], ['/u'], true, { kind: 'cancel', message: REFUSED_BY_SETTING }],
  ])('known %j, unknown %j, agreed beforehand %s', (known, unknown, autoAccept, expected) => {
    expect(decideSubmit(places(known, unknown), autoAccept)).toEqual(expected);
  });
});

it('shows an output of two groups once, and leaves out directories below one of their class only', () => {
  const group = (inputs: string[], outputs: string[]) => ({
    inputs: new Set(inputs),
    outputs: new Set(outputs),
  });
  const groups = [group(['/u/x', '/u/k/y', '/u/k/z/y'], ['/o']), group([], ['/o'])];
  expect(classifySubmitPaths(groups, { format: 'posix', knownPaths: ['/u/k', '/o'] })).toEqual({
    ...{ known: ['/u/k', '(output) /o'], unknown: ['/u'], defaultAnswer: false },
  });
});

it('marks known paths only, and those of LOCAL locations only', () => {
  const locations = [
    { name: 'L', path: '/l', locationType: 'LOCAL' },
    { name: 'S', path: '/s', locationType: 'SHARED' },
  ] as const;
  const groups = [{ inputs: new Set(['/l/x', '/s/x']), outputs: new Set(['/l/o']) }];
  const storageProfile = { displayName: 'D', locations };
  expect(
    classifySubmitPaths(groups, { format: 'posix', knownPaths: ['/s', '/l/o'], storageProfile }),
  ).toEqual({
    ...{ known: ['/s', '(output) [D] /l/o'], unknown: ['/l'], defaultAnswer: false },
  });
});

it('tells counts and places in one text', () => {
  const text = submitPathsText(places(['/k'], ['/u']), { files: 3, bytes: 1500, outputDirectories: 1 });
  expect(text).toMatch(/^Input files: 3 totaling 1\.5 KB\. Output directories: 1\.\n/);
  expect(text).toMatch(/\n {4}\/k\n[^\n]+\n {4}\/u\n$/);
});
