import { describe, expect, it } from 'vitest';
import { type DocumentValue, FloatNumber } from '../../src/model/document-value.js';
import {
  definitionDifferences,
  mergeQueueParameters,
  queueParameters,
} from '../../src/model/merge-parameters.js';
import { deepFreeze } from '../support/deep-freeze.js';

const parameter = (name: string, more: Record<string, DocumentValue> = {}) => ({
  name,
  type: 'STRING',
  ...more,
});

describe('definitionDifferences', () => {
  it.each<[Record<string, DocumentValue>, Record<string, DocumentValue>, string[]]>([
    [{ default: 'a', description: 'x' }, { default: 'b', userInterface: {} }, []],
    [{ type: 'INT' }, { maxValue: 3 }, ['type', 'maxValue']],
    [{ minValue: 1 }, { minValue: new FloatNumber(1) }, []],
    [{ allowedValues: ['a', 'b'] }, { allowedValues: ['b', 'a', 'a'] }, []],
    [{ allowedValues: ['a'] }, { allowedValues: ['a', 'b'] }, ['allowedValues']],
    [{ allowedValues: ['a'] }, {}, ['allowedValues']],
    [{ item: {} }, {}, []],
    [{ item: { minLength: 1 } }, {}, ['item']],
    [{ item: { allowedValues: [1, 2] } }, { item: { allowedValues: [2, 1] } }, []],
    [
      { dataFlow: 'IN', minLength: 1 },
      { objectType: 'FILE', maxLength: 1 },
      ['minLength', 'maxLength', 'dataFlow', 'objectType'],
    ],
  ])('%j and %j differ in %j', (a, b, expected) => {
    expect(definitionDifferences(parameter('p', a), parameter('p', b))).toEqual(expected);
    expect(definitionDifferences(parameter('p', b), parameter('p', a))).toEqual(expected);
  });
});

describe('mergeQueueParameters', () => {
  it('puts the queue first, and lets default and value of the bundle win', () => {
    const queue = deepFreeze([
      parameter('q', { default: 1 }),
      parameter('both', { default: 2, description: 'd' }),
    ]);
    const bundle = deepFreeze([
      ...[parameter('b'), parameter('both', { default: 3, value: 4 }), { name: 'q', value: 5 }],
      { name: 'other:x', value: 6 },
    ]);
    expect(mergeQueueParameters(queue, bundle)).toEqual([
      ...[
        parameter('q', { default: 1, value: 5 }),
        parameter('both', { default: 3, value: 4, description: 'd' }),
      ],
      ...[parameter('b'), { name: 'other:x', value: 6 }],
    ]);
  });

  it('names every conflict, and the queue where it is known', () => {
    const queue = [parameter('a'), parameter('b')];
    const bundle = [parameter('a', { type: 'INT' }), parameter('b', { minLength: 1 })];
    const lines = `have conflicting parameter definitions:\n\n\ta: differences for fields "['type']"\n\tb: differences for fields "['minLength']"`;
    expect(() => mergeQueueParameters(queue, bundle, 'queue-1')).toThrowError(
      `The target queue (queue-1) and job bundle ${lines}`,
    );
    expect(() => mergeQueueParameters(queue, bundle)).toThrowError(
      `The target queue and job bundle ${lines}`,
    );
  });

  it('refuses a value that nothing defines', () => {
    expect(() => mergeQueueParameters([], [{ name: 'x', value: 1 }])).toThrowError(
      expect.objectContaining({ file: 'parameter_values', field: 'x' }),
    );
  });
});

describe('queueParameters', () => {
  const environment = (priority: number, ...parameterDefinitions: DocumentValue[]) => ({
    ...{ priority, template: { parameterDefinitions } },
  });

  it('types may be in any case where the environment has the extension EXPR', () => {
    const parameterDefinitions = [{ ...parameter('a', { default: 'x' }), type: 'String' }];
    const read = (extensions: string[]) =>
      queueParameters([{ priority: 1, template: { extensions, parameterDefinitions } }]);
    expect(read(['EXPR'])).toEqual([parameter('a', { default: 'x' })]);
    expect(() => read(['OTHER'])).toThrow('String');
  });

  it('go by ascending priority, a name twice counts once', () => {
    const one = parameter('a', { default: 'x' });
    const found = queueParameters([
      ...[environment(2, parameter('b', { default: 'y' }), parameter('a', { default: 'z' }))],
      ...[environment(1, one), { priority: 0, template: {} }],
    ]);
    expect(found).toEqual([one, parameter('b', { default: 'y' })]);
  });

  it('refuses definitions that disagree, and those without a default', () => {
    const differing = [
      environment(1, parameter('a', { default: 1 })),
      environment(2, parameter('a', { default: 1, minLength: 1 })),
    ];
    expect(() => queueParameters(differing)).toThrowError(
      /a is duplicated .* mismatched fields:\nminLength$/,
    );
    expect(() => queueParameters([environment(1, parameter('a'))])).toThrowError(/"default"/);
  });
});
