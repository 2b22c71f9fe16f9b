/** Runs cases through both programs: the trees are made and the Python library runs once for all, ours runs case by case. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import { tempDir } from '../support/temp-dir.js';
import { type Planted, type PythonCase, plantCase, type SubmissionCase } from './submission-case.js';
import { type Outcome, submittedByPython } from './submission-outcome.js';

export interface Both {
  readonly python: Outcome;
  readonly ours: Outcome;
  readonly root: string;
}

/** To be called within `describe`; names of cases are unique. */
export function useBoth<C extends SubmissionCase>(
  cases: readonly C[],
  submit: (request: PythonCase) => Promise<Outcome>,
): (testCase: C) => Promise<Both> {
  const base = tempDir('submission');
  const done = new Map<string, { readonly planted: Planted<C>; readonly python: Outcome }>();

  beforeAll(async () => {
    const planted = cases.map((testCase, index) => {
      const folder = join(base, String(index));
      mkdirSync(folder);
      return plantCase(testCase, folder);
    });
    const outcomes = await submittedByPython(
      planted.map(({ request }) => request),
      { folder: base },
    );
    for (const [index, each] of planted.entries()) {
      const python = outcomes[index];
      if (python !== undefined) done.set(each.testCase.name, { planted: each, python });
    }
  }, 120_000);

  return async ({ name }) => {
    const found = done.get(name);
    if (found === undefined) throw new Error(`the Python library was not asked about: ${name}`);
    const { planted, python } = found;
    return { python, ours: await submit(planted.request), root: planted.root };
  };
}
