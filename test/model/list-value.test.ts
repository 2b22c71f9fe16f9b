import { expect, it } from 'vitest';
import { type DocumentValue, FloatNumber } from '../../src/model/document-value.js';
import { checkList, type ListType } from '../../src/model/list-value.js';

const check = (type: ListType, value: DocumentValue, more: Record<string, DocumentValue> = {}) =>
  checkList({ name: 'p', type, ...more }, type, value);

it.each<[ListType, DocumentValue, DocumentValue]>([
  ['LIST[STRING]', '["a", ""]', ['a', '']],
  ['LIST[INT]', [1, 2n ** 62n], [1, 2n ** 62n]],
  ['LIST[FLOAT]', '[0.5, 2]', [0.5, new FloatNumber(2)]],
  ['LIST[BOOL]', [true, 'off', 1], [true, false, true]],
  ['LIST[LIST[INT]]', '[[1], []]', [[1], []]],
  ['LIST[PATH]', [], []],
])('%s takes %s', (type, value, expected) => {
  expect(check(type, value)).toEqual(expected);
});

it.each<[ListType, Record<string, DocumentValue>, DocumentValue, string]>([
  ['LIST[STRING]', {}, 'a', "but got value 'a' which is not a JSON array"],
  ['LIST[STRING]', {}, '{}', "of type <class 'dict'>"],
  ['LIST[STRING]', {}, 5, "of type <class 'int'>"],
  ['LIST[STRING]', {}, ['a', 1], 'item 1 is 1'],
  ['LIST[INT]', {}, ['1'], "item 0 is '1'"],
  ['LIST[INT]', {}, [new FloatNumber(1)], 'item 0 is 1.0'],
  ['LIST[INT]', {}, [true], 'item 0 is True'],
  ['LIST[INT]', {}, [2n ** 63n], 'outside the 64-bit integer range'],
  ['LIST[FLOAT]', {}, [Number.POSITIVE_INFINITY], 'item 0 is inf'],
  ['LIST[BOOL]', {}, ['x'], "item 0 is 'x'"],
  ['LIST[LIST[INT]]', {}, [1], 'item 0 is 1'],
  ['LIST[LIST[INT]]', {}, [['1']], "item 0 is '1'"],
  ['LIST[STRING]', {}, ['x'.repeat(1025)], 'longer than the maximum of 1024'],
  ['LIST[STRING]', {}, Array.from({ length: 65 }, () => ''), 'has 65 items but at most 64'],
  ['LIST[INT]', {}, Array.from({ length: 513 }, () => 1), 'at most 512'],
  ['LIST[INT]', { minLength: 2 }, [1], 'has 1 items but minLength 2'],
  ['LIST[INT]', { maxLength: 1 }, [1, 2], 'has 2 items but maxLength 1'],
  ['LIST[STRING]', { item: { minLength: 2 } }, ['ab', 'a'], "item 1 'a' is shorter than item minLength 2"],
  ['LIST[INT]', { item: { minValue: 2 } }, [2, 1], 'item 1 1 is less than item minValue 2'],
  ['LIST[FLOAT]', { item: { maxValue: '1.5' } }, [2], 'item 0 2.0 is greater than item maxValue 1.5'],
  ['LIST[STRING]', { item: { allowedValues: ['a', 'b'] } }, ['c'], "not an allowed value from ('a', 'b')"],
])('%s with %s refuses %s', (type, more, value, part) => {
  expect(() => check(type, value, more)).toThrowError(
    expect.objectContaining({ field: 'p', message: expect.stringContaining(part) }),
  );
});

it('compares numbers of both kinds with what is allowed', () => {
  expect(check('LIST[FLOAT]', [1], { item: { allowedValues: [1] } })).toEqual([new FloatNumber(1)]);
});
