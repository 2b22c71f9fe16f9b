import { expect, it } from 'vitest';
import { confirmFiles } from '../../src/stages/confirm-files.js';
import { entry, hashed, runStage, WITHOUT_CONTENT } from '../support/stages.js';

it('lets everything pass in order; what was read counts as sent', async () => {
  const read = hashed('a', ['h']);
  const cached = hashed('b', ['h'], { hashedBy: 'cache' });
  const unread = entry('c');
  const all = [read, cached, unread, ...WITHOUT_CONTENT];
  const { values } = await runStage(confirmFiles(), all);
  expect(values.map(({ file }) => file)).toEqual(all);
  expect(values.map(({ objects, outcome }) => [objects, outcome])).toEqual([
    [1, 'sent'],
    [1, 'skipped'],
    [1, 'skipped'],
    [0, 'skipped'],
    [0, 'skipped'],
  ]);
});
