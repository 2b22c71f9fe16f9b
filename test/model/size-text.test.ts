import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floatText, roundHalfEven } from '../../src/model/python-float.js';
import { sizeText } from '../../src/model/size-text.js';
import { summaryText } from '../../src/model/summary-text.js';

describe('roundHalfEven', () => {
  // Values of `round(x, 2)`, CPython 3.11.
  it.each([
    [0.125, 0.12],
    [0.375, 0.38],
    [2.5, 2.5],
    [1.005, 1],
    [1.015, 1.01],
    [1.025, 1.02],
    [2.675, 2.67],
    [1000.625, 1000.62],
    [999.995, 1000],
    [12345.875, 12345.88],
  ])('%d to two digits is %d', (value, rounded) => {
    expect(roundHalfEven(value, 2)).toBe(rounded);
  });

  it('is exact for every multiple of an eighth', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), (eighths) => {
        const hundredths = (BigInt(eighths) * 100n) / 8n;
        const rest = (BigInt(eighths) * 100n) % 8n;
        const up = rest > 4n || (rest === 4n && hundredths % 2n === 1n);
        expect(roundHalfEven(eighths / 8, 2)).toBe(Number(hundredths + (up ? 1n : 0n)) / 100);
      }),
    );
  });
});

describe('floatText', () => {
  // Values of `repr(x)`, CPython 3.11.
  it.each([
    [0, '0.0'],
    [12, '12.0'],
    [1e-5, '1e-05'],
    [1.2e-5, '1.2e-05'],
    [0.0001, '0.0001'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [1.5e300, '1.5e+300'],
    [-2.5, '-2.5'],
  ])('of %d', (value, text) => {
    expect(floatText(value)).toBe(text);
  });
});

describe('sizeText', () => {
  it.each([
    [999, '999 B'],
    [999.9, '999 B'],
    [999_994_999, '999.99 MB'],
    [999_995_000, '1.0 GB'],
    [Number.MAX_SAFE_INTEGER, '9.01 PB'],
  ])('of %d', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});

describe('summaryText', () => {
  it('says file for one processed file only', () => {
    const counts = {
      processedFiles: 1,
      processedBytes: 1500,
      skippedFiles: 1,
      skippedBytes: 7,
      totalTime: 0.000015,
      transferRate: 999.99,
    };
    expect(summaryText(counts)).toBe(
      'Processed 1 file totaling 1.5 KB.\nSkipped re-processing 1 files totaling 7 B.\n' +
        'Total processing time of 2e-05 seconds at 999 B/s.\n',
    );
  });
});
