import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { ask } from '../../../src/cli/output/ask.js';

function asking(defaultAnswer: boolean) {
  const input = new PassThrough();
  const stop = new AbortController();
  const shown: string[] = [];
  const write = (text: string): void => void shown.push(text);
  const answer = ask('Go on?', defaultAnswer, { input, write, signal: stop.signal });
  return { input, stop, shown, answer };
}

it.each([
  ['y\n', false, true],
  ['Yes\n', false, true],
  [' n \n', true, false],
  ['NO\r\n', true, false],
  ['\n', true, true],
  ['\n', false, false],
])('%j with the default %s means %s', async (line, defaultAnswer, expected) => {
  const { input, answer, shown } = asking(defaultAnswer);
  input.write(line);
  expect(await answer).toBe(expected);
  expect(shown).toEqual([`Go on? [${defaultAnswer ? 'Y/n' : 'y/N'}]: `]);
});

it('asks again until the answer is one', async () => {
  const { input, answer, shown } = asking(true);
  input.write('maybe\nyes please\nn\n');
  expect(await answer).toBe(false);
  expect(shown).toEqual(['Go on? [Y/n]: ', 'Go on? [Y/n]: ', 'Go on? [Y/n]: ']);
});

it('takes the end of the input for a no, whatever the default', async () => {
  const { input, answer, shown } = asking(true);
  input.end();
  expect(await answer).toBe(false);
  expect(shown.at(-1)).toBe('\n');
});

it('rejects when it is cancelled', async () => {
  const { answer, stop } = asking(true);
  stop.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
});
