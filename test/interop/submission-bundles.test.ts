/** Job bundles through the Python library and through this one: CreateJob request, question, groups, manifests, objects. */
import { expect, it } from 'vitest';
import { runPythonJson } from '../support/peers.js';
import { requireServer } from '../support/require-server.js';
import { useBoth } from './submission-both.js';
import { DOCUMENT_CASES, OTHER_DOCUMENTS } from './submission-document-cases.js';
import { JOB_CASES } from './submission-job-cases.js';
import { submittedByUs } from './submission-ours.js';
import type { Outcome } from './submission-outcome.js';
import { PATH_CASES } from './submission-path-cases.js';
import { OTHER_BUNDLES, REFUSED_CASES } from './submission-refusals.js';
import { VALUE_CASES } from './submission-value-cases.js';

const SAME = [...PATH_CASES, ...VALUE_CASES, ...DOCUMENT_CASES, ...JOB_CASES, ...REFUSED_CASES];
const OTHER = [...OTHER_BUNDLES, ...OTHER_DOCUMENTS];

requireServer('python')('job bundles, beside the Python library', { timeout: 60_000 }, () => {
  const bothOf = useBoth([...SAME, ...OTHER], (request) => submittedByUs(request));

  it.each(SAME)('$name', async (testCase) => {
    const { python, ours } = await bothOf(testCase);
    if (testCase.options?.name !== undefined) await expectSameDocument(ours, python);
    const isRewritten = testCase.options?.name !== undefined;
    expect(comparable(ours, isRewritten)).toEqual(comparable(python, isRewritten));
    expect(payload(ours)).toBe(payload(python));
  });

  it.each(OTHER)('$name (differs by $differs.spec)', async (testCase) => {
    const { python, ours, root } = await bothOf(testCase);
    testCase.differs.check(python, ours, root);
  });
});

/** What must be the same; a template that was written anew may be another text. */
function comparable({ groups = [], inputs, createJob, ...outcome }: Outcome, isRewritten: boolean): object {
  const request = createJob && { ...createJob, ...(isRewritten && { template: '' }) };
  return { ...outcome, createJob: request, groups, inputs: inputs ?? { files: 0, bytes: 0 } };
}

/** Text, so that the order of members counts. */
function payload({ createJob }: Outcome): string {
  return JSON.stringify(createJob?.attachments ?? null);
}

const AS_PYTHON_READS = `
import json, sys, yaml
print(json.dumps([repr(yaml.safe_load(text)) for text in json.loads(sys.argv[1])]))`;

/** The same values of the same types in the same order, for the library that will read them. */
async function expectSameDocument(ours: Outcome, python: Outcome): Promise<void> {
  const texts = [ours.createJob?.template, python.createJob?.template];
  const [own, other] = (await runPythonJson(AS_PYTHON_READS, { args: [JSON.stringify(texts)] })) as string[];
  expect(own).toBe(other);
}
