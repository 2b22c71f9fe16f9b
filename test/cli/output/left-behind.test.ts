import { expect, it } from 'vitest';
import { LeftBehind } from '../../../src/cli/output/left-behind.js';

const upload = (number: number) => ({ bucket: 'b', key: `root/Data/${number}`, uploadId: `id${number}` });

it('names the uploads that are under way, and how they go away', () => {
  const left = new LeftBehind();
  const [first, second] = [upload(1), upload(2)];
  expect(left.text()).toBe('');
  left.onUpload('begun', first);
  left.onUpload('begun', second);
  left.onUpload('ended', first);
  const [line, how, end] = left.text().split('\n');
  expect(line).toBe('Not aborted: upload id2 of "root/Data/2" in bucket "b".');
  expect(how).toMatch(/sweepOrphans.*abort-multipart-upload.*lifecycle rule/);
  expect(end).toBe('');
  left.onUpload('ended', second);
  expect(left.text()).toBe('');
});

it('counts those that are too many to name', () => {
  const left = new LeftBehind();
  for (let number = 0; number < 23; number += 1) left.onUpload('begun', upload(number));
  const lines = left.text().split('\n');
  expect(lines).toHaveLength(20 + 3);
  expect(lines[20]).toBe('Not aborted: 3 more uploads.');
});

it('lets no key write a line of its own', () => {
  const left = new LeftBehind();
  left.onUpload('begun', { bucket: 'b', key: 'a\nb\u001b[31m', uploadId: 'x\ny' });
  expect(left.text().split('\n')).toHaveLength(3);
  expect(left.text()).not.toContain('\u001b');
});
