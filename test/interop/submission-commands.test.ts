/** The same words to both command lines, `bundle submit`: the CreateJob request, what is stored, the exit code. */
import { afterAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';
import { requireServer } from '../support/require-server.js';
import { useBoth } from './submission-both.js';
import { COMMAND_CASES, OTHER_COMMANDS } from './submission-command-cases.js';
import { commandedByUs } from './submission-ours.js';
import type { Outcome } from './submission-outcome.js';

requireServer('python')('bundle submit, beside the Python command', { timeout: 60_000 }, () => {
  const sandbox = new Sandbox();
  afterAll(() => sandbox.remove());
  const bothOf = useBoth([...COMMAND_CASES, ...OTHER_COMMANDS], (request) => commandedByUs(request, sandbox));

  it.each(COMMAND_CASES)('$name', async (testCase) => {
    const { python, ours } = await bothOf(testCase);
    expect(comparable(ours), ours.output).toEqual(comparable(python));
    expect(JSON.stringify(ours.createJob?.attachments)).toBe(JSON.stringify(python.createJob?.attachments));
    if (python.exitCode === 1) expect(ours.output).toContain(reason(python));
  });

  it.each(OTHER_COMMANDS)('$name (differs by $differs.spec)', async (testCase) => {
    const { python, ours, root } = await bothOf(testCase);
    testCase.differs.check(python, ours, root);
  });
});

function comparable({ exitCode, createJob, stored }: Outcome): object {
  return { exitCode, createJob, stored };
}

/** What it ends with is why; of a refusal there is one more line. */
function reason({ output = '' }: Outcome): string {
  const lines = output.split('\n').filter((line) => line !== '' && line !== 'Operation canceled');
  return lines.at(-1) ?? '';
}
