import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HeaderList } from '../../../src/backends/s3-direct/header-list.js';

it('keeps headers in the order of their names, whatever order they come in', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z-]{1,12}$/)), (names) => {
      const list = new HeaderList();
      for (const name of names) list.add(name, `value of ${name}`);
      expect(list.flat).toEqual([...names].sort().flatMap((name) => [name, `value of ${name}`]));
    }),
  );
});

it('takes a header out by its name, not by a value that reads the same', () => {
  const list = new HeaderList();
  for (const [name, value] of [
    ['content-type', 'host'],
    ['host', 'b'],
    ['x-amz-date', 'host'],
  ] as const)
    list.add(name, value);
  list.remove('host');
  list.remove('absent');
  expect(list.flat).toEqual(['content-type', 'host', 'x-amz-date', 'host']);
});
