import { expect, it } from 'vitest';
import { checkDefinition } from '../../src/model/check-definition.js';
import { type DocumentValue, FloatNumber } from '../../src/model/document-value.js';
import { deepFreeze } from '../support/deep-freeze.js';

const check = (definition: DocumentValue, more = {}) =>
  checkDefinition(definition, { file: 'template', ...more });

it.each<[DocumentValue]>([
  [{ name: 'a', type: 'STRING', allowedValues: ['x'], minLength: 0, maxLength: 3 }],
  [{ name: 'a', type: 'INT', minValue: '1', maxValue: new FloatNumber(3), default: 2 }],
  [{ name: 'a', type: 'BOOL', default: true }],
  [{ name: 'a', type: 'RANGE_EXPR', default: '1-3', minLength: 1 }],
  [
    {
      name: 'a',
      type: 'LIST[PATH]',
      objectType: 'FILE',
      dataFlow: 'INOUT',
      item: { maxLength: 5 },
      default: ['x'],
    },
  ],
  [{ name: 'a', type: 'LIST[INT]', item: { minValue: 1 }, default: [1, 2] }],
  [{ name: 'a', value: 1 }],
])('takes %j', (definition) => {
  expect(check(deepFreeze(definition))).toEqual(definition);
});

it.each<[DocumentValue, string]>([
  ['x', 'Expected a dict for job parameter, but got str'],
  [{ type: 'INT' }, 'must have a "name"'],
  [{ name: '' }, 'must have a "name"'],
  [{ name: 'a', type: 'int' }, '"a" had "type" int but expected one of ("STRING", "PATH"'],
  [{ name: 'a', type: 'INT', default: null }, 'had None for "default"'],
  [{ name: 'a', type: 'BOOL', allowedValues: [] }, 'has "allowedValues" but type "BOOL"'],
  [{ name: 'a', type: 'STRING', item: {} }, 'has "item" but type "STRING"'],
  [{ name: 'a', type: 'LIST[STRING]', dataFlow: 'IN' }, 'has "dataFlow" but type "LIST[STRING]"'],
  [{ name: 'a', type: 'LIST[BOOL]', item: {} }, 'has "item" but type "LIST[BOOL]"'],
  [{ name: 'a', type: 'LIST[INT]', minValue: 1 }, 'has "minValue" but type "LIST[INT]"'],
  [{ name: 'a', type: 'STRING', allowedValues: 'x' }, 'got str for "allowedValues"'],
  [{ name: 'a', type: 'STRING', minLength: -1 }, '"minLength"'],
  [{ name: 'a', type: 'STRING', maxLength: new FloatNumber(1) }, '"maxLength"'],
  [{ name: 'a', type: 'INT', maxValue: 'x' }, '"maxValue"'],
  [{ name: 'a', type: 'LIST[STRING]', item: [] }, 'an object as "item"'],
  [{ name: 'a', type: 'LIST[STRING]', item: { minLength: 'x' } }, '"item" -> "minLength"'],
  [
    { name: 'a', type: 'PATH', dataFlow: 'BOTH' },
    'got "BOTH" for "dataFlow" but expected one of ("NONE", "IN"',
  ],
  [{ name: 'a', type: 'PATH', objectType: 1 }, '"objectType"'],
  [{ name: 'a', type: 'PATH', userInterface: 'HIDDEN' }, '"userInterface"'],
  [{ name: 'a', type: 'PATH', default: 1 }, '"default"'],
  [{ name: 'a', type: 'PATH', default: 'x', allowedValues: ['y'] }, 'not an allowed value'],
  [{ name: 'a', type: 'RANGE_EXPR', default: '3-1' }, 'not a valid range expression'],
  [
    { name: 'a', type: 'LIST[INT]', default: '[1]' },
    'got str for "default" but type "LIST[INT]" expects list',
  ],
  [{ name: 'a', type: 'LIST[INT]', default: ['1'] }, 'item 0'],
  [{ name: 'a', type: 'LIST[STRING]', minLength: 65, default: [] }, '"minLength" 65'],
])('refuses %j', (definition, part) => {
  expect(() => check(definition)).toThrowError(
    expect.objectContaining({
      ...{ code: 'DeadlineOperationError', file: 'template', message: expect.stringContaining(part) },
    }),
  );
});

it('asks for a type and a default where they must be', () => {
  expect(() => check({ name: 'a' }, { typeRequired: true })).toThrowError(/missing required key "type"/);
  expect(() => check({ name: 'a', type: 'INT' }, { defaultRequired: true })).toThrowError(/key "default"/);
});
