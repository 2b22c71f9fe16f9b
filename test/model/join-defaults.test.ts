import { describe, expect, it } from 'vitest';
import type { DocumentValue } from '../../src/model/document-value.js';
import type { JoinDefaultsOptions } from '../../src/model/join-defaults.js';
import { readJobParameters } from '../../src/model/read-parameters.js';
import { deepFreeze } from '../support/deep-freeze.js';

const options = { bundleDir: 'b', format: 'posix', cwd: '/w', realPath: (path: string) => path } as const;
const template = (definitions: DocumentValue, more = {}): DocumentValue => ({
  ...{ specificationVersion: 'jobtemplate-2023-09', parameterDefinitions: definitions },
  ...more,
});
const read = (
  definitions: DocumentValue[],
  values?: DocumentValue,
  more: Partial<JoinDefaultsOptions> = {},
) => readJobParameters(deepFreeze(template(definitions)), values, { ...options, ...more });
const values = (...pairs: [string, DocumentValue][]): DocumentValue => ({
  parameterValues: pairs.map(([name, value]) => ({ name, value })),
});

describe('defaults of paths', () => {
  const path = (more: Record<string, DocumentValue>): DocumentValue => ({ name: 'p', type: 'PATH', ...more });

  it.each<[DocumentValue, DocumentValue | undefined]>([
    [path({ default: 'x/../y' }), '/w/b/y'],
    [path({ default: '.' }), '/w/b'],
    [path({ default: '' }), undefined],
    [{ name: 'p', type: 'LIST[PATH]', default: ['x', ''] }, ['/w/b/x', '']],
    [{ name: 'p', type: 'STRING', default: 'x' }, undefined],
  ])('%j becomes the value %j', (definition, expected) => {
    expect(read([definition])[0]?.['value']).toEqual(expected);
  });

  it('are not joined where there is a value', () => {
    expect(read([path({ default: '/abs' })], values(['p', 'x']))[0]?.['value']).toBe('x');
  });

  it('may be URIs with the extension only', () => {
    const definitions = [path({ default: 's3://b/k' })];
    const document = template(definitions, { extensions: ['EXPR'] });
    expect(readJobParameters(document, undefined, options)[0]?.['value']).toBe('s3://b/k');
    expect(read(definitions)[0]?.['value']).toBe('/w/b/s3:/b/k');
  });

  it('are judged by what they resolve to, and keep their own text', () => {
    const inside = (path: string) => path.replace('/w/b', '/real/b').replace('/link', '/in');
    expect(read([path({ default: 'link/x' })], undefined, { realPath: inside })[0]?.['value']).toBe(
      '/w/b/link/x',
    );
    const outside = (path: string) => (path.endsWith('/x') ? '/elsewhere/x' : path);
    expect(() => read([path({ default: 'link/x' })], undefined, { realPath: outside })).toThrowError(
      /Default PATH '\/elsewhere\/x' for parameter 'p' specifies files outside of Job Bundle directory '\/w\/b'\./,
    );
  });

  it('of a list are named by their place', () => {
    expect(() => read([{ name: 'p', type: 'LIST[PATH]', default: ['x', '/y'] }])).toThrowError(
      /Default LIST\[PATH\] item 1 '\/y' for parameter 'p' is absolute\./,
    );
  });

  it('must satisfy the constraints when joined', () => {
    expect(() => read([path({ default: 'x', maxLength: 2 })])).toThrowError(
      expect.objectContaining({
        field: 'p',
        message: expect.stringMatching(/joined with the Job Bundle directory.*maxLength 2/s),
      }),
    );
    const allowed = path({ default: 'x', allowedValues: ['x', '/w/b/x'] });
    expect(read([allowed])[0]?.['value']).toBe('/w/b/x');
  });
});
