/** The look that spares reading a document agrees with what the document says; the tables themselves are in failure.test.ts. */
import { expect, it } from 'vitest';
import { isPlainlyThere, kindOf } from '../../../src/backends/s3/failure-kinds.js';

const CODES = ['PreconditionFailed', 'SlowDown', 'SlowDownRead', 'ThrottlingException', 'KMS.Disabled', ''];
const MESSAGES = [
  'At least one of the pre-conditions you specified did not hold',
  'not allowed: kms:Decrypt',
  '',
];
const STATUSES = [200, 400, 403, 404, 409, 412, 500, 503];
const cases = STATUSES.flatMap((status) =>
  CODES.flatMap((code) => MESSAGES.map((message) => [status, code, message] as const)),
);

it.each(cases)('%d %j %j is there only when it is AlreadyExists', (httpStatus, code, message) => {
  const text = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  const kind = kindOf({ operation: 'putObject', httpStatus, code, message });
  expect(isPlainlyThere({ status: httpStatus, text })).toBe(kind === 'AlreadyExists' && httpStatus === 412);
});
