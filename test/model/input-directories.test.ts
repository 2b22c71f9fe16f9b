import { expect, it } from 'vitest';
import { InputDirectories } from '../../src/model/input-directories.js';

it('makes references of empty and missing directories, and warns of the missing', () => {
  const warnings: string[] = [];
  const directories = new InputDirectories({ onWarning: (text) => warnings.push(text) });
  directories.add('/full', 'files');
  directories.add('/empty', 'empty');
  directories.add('/gone', 'missing');
  expect(directories.finish()).toEqual(['/empty', '/gone']);
  expect(warnings).toEqual(["Input path '/gone' does not exist. Adding to referenced paths."]);
});

it('names every missing directory where all must exist', () => {
  const directories = new InputDirectories({ requirePathsExist: true });
  for (const path of ['/z', '/a']) directories.add(path, 'missing');
  directories.add('/empty', 'empty');
  expect(() => directories.finish()).toThrowError(
    expect.objectContaining({
      ...{ code: 'MisconfiguredInputsError', missingDirectories: ['/a', '/z'] },
      message: expect.stringMatching(/exist\.\nNon-existent directories:\n\t\/a\n\t\/z$/),
    }),
  );
});
