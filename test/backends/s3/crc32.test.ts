import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Crc32Stream, combineCrc32, crc32Text, joinedCrc32 } from '../../../src/backends/s3/crc32.js';

it('is written as base64 of the bytes, highest first', () => {
  expect(crc32Text(Buffer.from('123456789'))).toBe(Buffer.from('cbf43926', 'hex').toString('base64'));
  expect(crc32Text(new Uint8Array(0))).toBe('AAAAAA==');
});

it('can be fed piece by piece', () => {
  const stream = new Crc32Stream();
  for (const piece of ['12', '', '3456', '789']) stream.update(Buffer.from(piece));
  expect(stream.text()).toBe(crc32Text(Buffer.from('123456789')));
});

it('of joined bytes follows from the parts', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 8 }), (parts) => {
      const whole = crc32Text(Buffer.concat(parts));
      expect(joinedCrc32(parts.map((part) => ({ checksum: crc32Text(part), size: part.length })))).toBe(
        whole,
      );
    }),
  );
});

it.each([2 ** 24, 2 ** 24 + 1, 2 ** 28 - 1])('of parts of %d bytes', (size) => {
  const part = Buffer.alloc(size, 0xa5);
  const crc = crc32(part);
  expect(combineCrc32({ crc, size }, { crc, size })).toEqual({ crc: crc32(part, crc), size: size * 2 });
});

it('of sizes beyond 32 bits: 5 TiB of zeros, appended at once or in halves', () => {
  let zeros = { crc: crc32(Buffer.alloc(5)), size: 5 };
  let half = zeros;
  while (zeros.size < 5 * 2 ** 40) {
    half = zeros;
    zeros = combineCrc32(half, half);
  }
  const first = { crc: crc32(Buffer.from('x')), size: 1 };
  expect(combineCrc32(first, zeros)).toEqual(combineCrc32(combineCrc32(first, half), half));
  expect(combineCrc32(first, zeros).size).toBe(5 * 2 ** 40 + 1);
});
