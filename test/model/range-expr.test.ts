import { expect, it } from 'vitest';
import { rangeExprProblem } from '../../src/model/range-expr.js';

it.each([
  ...['1', '-5', '1-10', '1-10:2', ' 1 - 10 : 2 , 20\t', '-10--5', '10-1:-3', '5-5', '5-5:-1'],
  ...['1-10:4,10-15', '3,1,2', '-9223372036854775808', '1-5,9-6:-1'],
])('%s is a range expression', (text) => {
  expect(rangeExprProblem(text)).toBeUndefined();
});

it.each([
  ['', /empty/],
  [' \t', /empty/],
  ['1,,2', /''/],
  ['a', /'a'/],
  ['1.5', /'1\.5'/],
  ['1-', /'1-'/],
  ['1:2', /'1:2'/],
  ['1-10:0', /zero/],
  ['10-1', /leads away/],
  ['1-10:-1', /leads away/],
  ['1-9:2,2-10:2', /1-9 and 2-10 overlap/],
  ['5,1-10', /1-10 and 5-5 overlap/],
  ['9223372036854775808', /64 bits/],
  [`${'1,'.repeat(600)}1`, /1201 characters/],
])('%s is none', (text, problem) => {
  expect(rangeExprProblem(text)).toMatch(problem);
});
