import { describe, expect, it } from 'vitest';
import { type DocumentValue, FloatNumber } from '../../src/model/document-value.js';
import { readJobParameters, valuesOf } from '../../src/model/read-parameters.js';
import { deepFreeze } from '../support/deep-freeze.js';

const options = { bundleDir: 'b', format: 'posix', cwd: '/w', realPath: (path: string) => path } as const;
const template = (definitions: DocumentValue, more = {}): DocumentValue => ({
  ...{ specificationVersion: 'jobtemplate-2023-09', parameterDefinitions: definitions },
  ...more,
});
const read = (definitions: DocumentValue[], values?: DocumentValue) =>
  readJobParameters(deepFreeze(template(definitions)), values, options);
const values = (...pairs: [string, DocumentValue][]): DocumentValue => ({
  parameterValues: pairs.map(([name, value]) => ({ name, value })),
});

describe('the template', () => {
  it.each<[DocumentValue | undefined, string]>([
    [undefined, 'The document does not contain a top-level object.'],
    [[], 'The document does not contain a top-level object.'],
    [{}, 'Document does not contain a specificationVersion.'],
    [{ specificationVersion: new FloatNumber(1) }, 'Document has an unsupported specificationVersion: 1.0'],
    [template({}), 'Job parameter definitions must be a list.'],
  ])('%j is refused', (document, problem) => {
    expect(() => readJobParameters(document, undefined, options)).toThrowError(
      expect.objectContaining({
        ...{ code: 'DeadlineOperationError', file: 'template' },
        message: `Job Template for job bundle b:\n${problem}`,
      }),
    );
  });

  it.each<[DocumentValue, RegExp]>([
    ['x', /Expected a dict/],
    [{ type: 'INT' }, /"name"/],
    [{ name: 'a' }, /missing required key "type"/],
    [{ name: 'a', type: 'bool' }, /had "type" bool/],
  ])('its definition %j is refused', (definition, message) => {
    expect(() => read([definition])).toThrowError(message);
  });

  it('may write types in any case with the extension', () => {
    const document = template([{ name: 'a', type: 'List[Int]', default: [1] }], { extensions: ['EXPR'] });
    expect(readJobParameters(document, undefined, options)).toEqual([
      { name: 'a', type: 'LIST[INT]', default: [1] },
    ]);
  });
});

describe('values', () => {
  it('belong to definitions by name; others come after them', () => {
    const found = read([{ name: 'a', type: 'INT' }], values(['q', 1], ['a', 2], ['deadline:priority', 3]));
    expect(found).toEqual([
      { name: 'a', type: 'INT', value: 2 },
      { name: 'q', value: 1 },
      { name: 'deadline:priority', value: 3 },
    ]);
  });

  it.each<[DocumentValue, string]>([
    [[], 'parameterValues'],
    [{ parameterValues: {} }, 'parameterValues'],
    [{ parameterValues: ['x'] }, 'parameterValues[0]'],
    [values(['', 1]), 'parameterValues[0]'],
    [{ parameterValues: [{ name: 'a', value: 1 }, { name: 'b' }] }, 'parameterValues[1]'],
  ])('%j is refused', (document, field) => {
    expect(() => valuesOf(document)).toThrowError(
      expect.objectContaining({ code: 'DeadlineOperationError', file: 'parameter_values', field }),
    );
  });

  it('of no document are none', () => {
    expect([valuesOf(undefined), valuesOf(null), valuesOf({})]).toEqual([new Map(), new Map(), new Map()]);
  });
});

describe('hidden parameters', () => {
  const hidden = (name: string, more = {}): DocumentValue => ({
    ...{ name, type: 'STRING', userInterface: { control: 'HIDDEN' } },
    ...more,
  });

  it('need a value or a default, also an empty one', () => {
    expect(read([hidden('a', { default: '' }), hidden('b')], values(['b', '']))).toHaveLength(2);
  });

  it('are named together', () => {
    expect(() => read([hidden('a'), hidden('b')])).toThrowError(
      /\nHidden parameters "a", "b" are missing values\. /,
    );
  });
});
