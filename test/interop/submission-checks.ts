/** In which ways the two programs may differ where both refuse a job bundle. */
import { expect } from 'vitest';
import type { Difference } from './submission-case.js';
import type { Outcome } from './submission-outcome.js';

/** Both refuse, and the first line says the same; Python's parsers have other words for the place. */
export const parseError = (spec: string): Difference => ({
  spec,
  check: (python, ours) => {
    expect(python.error?.type).toBe('DeadlineOperationError');
    expect(ours.error?.type).toBe('DeadlineOperationError');
    expect(firstLine(ours)).toBe(firstLine(python));
  },
});

const firstLine = ({ error }: Outcome): string | undefined => error?.message.split('\n')[0];

/** The Python library fails with an error that names no file. */
export const namesTheFile = (type: string, name: string): Difference => ({
  spec: 'files-and-submission.md 7.3',
  check: (python, ours) => {
    expect(python.error?.type).toBe(type);
    expect(ours.error).toMatchObject({
      type: 'DeadlineOperationError',
      message: expect.stringContaining(name),
    });
  },
});

/** Both name parameter, type and value; how a value should look is said in words of one's own. */
export const ownWords: Difference = {
  spec: 'files-and-submission.md 7.4 step 7',
  check: (python, ours) => {
    const head = /^Job parameter '\w+' has type \S+ but (got value|item \d+ is) '[^']*'/;
    expect(python.error).toMatchObject({
      type: 'DeadlineOperationError',
      message: expect.stringMatching(head),
    });
    expect(ours.error?.type).toBe('DeadlineOperationError');
    expect(head.exec(ours.error?.message ?? '')?.[0]).toBe(head.exec(python.error?.message ?? '')?.[0]);
  },
};
