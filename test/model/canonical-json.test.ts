import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonString } from '../../src/model/canonical-json.js';

describe('jsonString', () => {
  it('writes printable ASCII that reads back as the same text', () => {
    const halves = fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    });
    fc.assert(
      fc.property(halves, (text) => {
        const literal = jsonString(text);
        expect(literal).toMatch(/^[ -~]*$/);
        expect(JSON.parse(literal)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['"\\/', '"\\"\\\\/"'],
    ['\b\f\n\r\t', '"\\b\\f\\n\\r\\t"'],
    ['\0\x1f', '"\\u0000\\u001f"'],
    ['\x7e\x7f\x80\u00ff', '"~\\u007f\\u0080\\u00ff"'],
    ['\u2028\ufeff\u{1f600}', '"\\u2028\\ufeff\\ud83d\\ude00"'],
    ['\ud800x\udfff', '"\\ud800x\\udfff"'],
  ])('writes %j as Python does', (text, literal) => {
    expect(jsonString(text)).toBe(literal);
  });
});
