import { expect, it } from 'vitest';
import { BundleError } from '../../src/model/bundle-error.js';
import { floatNumber } from '../../src/model/document-value.js';
import { checkScalarValue } from '../../src/model/scalar-value.js';

it.each([
  ['STRING', 'text'],
  ['STRING', ''],
  ['STRING', 5],
  ['STRING', true],
  ['INT', 5],
  ['INT', '-17'],
  ['INT', floatNumber(1)],
  ['FLOAT', 5],
  ['FLOAT', floatNumber(0.5)],
  ['FLOAT', '1e-3'],
  ['FLOAT', '.5'],
] as const)('%s takes %j', (type, value) => {
  expect(() => checkScalarValue('P', type, value)).not.toThrow();
});

it.each([
  ['STRING', ['a'], "Job parameter 'P' has type STRING but got value ['a'] of type <class 'list'>."],
  ['STRING', { a: 1 }, "Job parameter 'P' has type STRING but got value {'a': 1} of type <class 'dict'>."],
  ['STRING', null, "Job parameter 'P' has type STRING but got value None of type <class 'NoneType'>."],
  ['INT', true, "Job parameter 'P' has type INT but got value True of type <class 'bool'>."],
  ['INT', 'five', "Job parameter 'P' has type INT but got value 'five' which is not an integer."],
  ['INT', '1.5', "Job parameter 'P' has type INT but got value '1.5' which is not an integer."],
  ['FLOAT', 'much', "Job parameter 'P' has type FLOAT but got value 'much' which is not a number."],
  ['FLOAT', [1], "Job parameter 'P' has type FLOAT but got value [1] of type <class 'list'>."],
] as const)('%s refuses %j', (type, value, message) => {
  const check = () => checkScalarValue('P', type, value);
  expect(check).toThrow(BundleError);
  expect(check).toThrow(message);
});
