import { expect, it } from 'vitest';
import { outcomeDocument } from '../../../src/cli/output/json-document.js';

const OUTCOME = { text: 'text', result: { a: 1 }, document: { b: 2 } };

it('prints the shape of the client library unchanged, with its indent', () => {
  expect(outcomeDocument(OUTCOME, false)).toBe('{"b":2}\n');
  expect(outcomeDocument({ ...OUTCOME, documentIndent: 4 }, false)).toBe('{\n    "b": 2\n}\n');
});

it('prints the envelope where there is no such shape, or on request', () => {
  const { document: _document, ...plain } = OUTCOME;
  expect(JSON.parse(outcomeDocument(plain, false))).toEqual({ status: 'ok', result: { a: 1 }, stats: null });
  expect(JSON.parse(outcomeDocument(OUTCOME, true))).toMatchObject({ status: 'ok', result: { a: 1 } });
});

it('says "failed" when the command found something wrong', () => {
  const error = { code: 'ObjectsMissing', message: 'm', details: {} };
  const { status, error: printed } = JSON.parse(outcomeDocument({ text: '', result: null, error }, false));
  expect({ status, printed }).toEqual({ status: 'failed', printed: error });
});

it('writes big integers, maps and errors as what they say', () => {
  const result = { big: 2n ** 60n, map: new Map([['k', 1]]), error: new Error('why') };
  expect(JSON.parse(outcomeDocument({ text: '', result }, false)).result).toEqual({
    big: '1152921504606846976',
    map: { k: 1 },
    error: 'why',
  });
});
