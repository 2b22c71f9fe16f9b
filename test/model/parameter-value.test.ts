import { expect, it } from 'vitest';
import { type DocumentValue, FloatNumber } from '../../src/model/document-value.js';
import { checkParameterValue } from '../../src/model/parameter-value.js';

const parameter = (type: string, more: Record<string, DocumentValue> = {}) => ({ name: 'p', type, ...more });

it.each<[string, DocumentValue, DocumentValue]>([
  ['STRING', new FloatNumber(1), new FloatNumber(1)],
  ['INT', 'no number at all', 'no number at all'], // the service looks at it
  ['PATH', '😀'.repeat(1024), '😀'.repeat(1024)],
  ['BOOL', 'Yes', true],
  ['BOOL', 0, false],
  ['BOOL', new FloatNumber(1), true],
  ['RANGE_EXPR', '1-3', '1-3'],
])('%s takes %j as %j', (type, value, expected) => {
  expect(checkParameterValue(parameter(type), value)).toEqual(expected);
});

it.each<[string, Record<string, DocumentValue>, DocumentValue, string]>([
  ['PATH', {}, 5, "Job parameter 'p' has type PATH but got value 5 of type <class 'int'>."],
  [
    'PATH',
    {},
    'x'.repeat(1025),
    `Job parameter 'p' value '${'x'.repeat(40)}...' is longer than the maximum of 1024 characters.`,
  ],
  ['PATH', { minLength: 3 }, '/a', "Job parameter 'p' value '/a' is shorter than minLength 3."],
  ['PATH', { maxLength: 1 }, '/a', "Job parameter 'p' value '/a' is longer than maxLength 1."],
  [
    'PATH',
    { allowedValues: ['/b'] },
    '/a',
    "Job parameter 'p' value '/a' is not an allowed value from ('/b',).",
  ],
  ['BOOL', {}, 2, "Job parameter 'p' has type BOOL but got value 2 which is not boolean."],
  ['BOOL', {}, 'maybe', "Job parameter 'p' has type BOOL but got value 'maybe' which is not boolean."],
  ['BOOL', {}, [true], "Job parameter 'p' has type BOOL but got value [True] which is not boolean."],
  ['RANGE_EXPR', {}, 1, "Job parameter 'p' has type RANGE_EXPR but got value 1 of type <class 'int'>."],
  ['RANGE_EXPR', { maxLength: 2 }, '1-3', "Job parameter 'p' value '1-3' is longer than maxLength 2."],
])('%s with %j refuses %j', (type, more, value, message) => {
  expect(() => checkParameterValue(parameter(type, more), value)).toThrowError(
    expect.objectContaining({ code: 'DeadlineOperationError', field: 'p', message }),
  );
});
