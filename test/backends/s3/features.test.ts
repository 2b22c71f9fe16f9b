import { describe, expect, it } from 'vitest';
import { s3Error } from '../../../src/backends/s3/failure.js';
import { type FeatureName, StoreFeatures } from '../../../src/backends/s3/features.js';

const ALL: readonly FeatureName[] = ['conditionalWrites', 'xxh128', 'fullObjectChecksum', 'crc32'];
const refusal = (httpStatus: number, code: string, message = '', header?: string) =>
  s3Error(
    { httpStatus, code, message, ...(header && { header }) },
    { operation: 'putObject', bucket: 'b', key: 'k' },
  );

describe('StoreFeatures', () => {
  it('drops a feature once, with one line', () => {
    const lines: string[] = [];
    const features = new StoreFeatures((_, line) => lines.push(line));
    expect([features.drop('xxh128'), features.drop('xxh128')]).toEqual([true, false]);
    expect(features.xxh128).toBe('no');
    expect(lines).toEqual(['the store does not support the checksum XXHASH128: going on without']);
  });

  it('learns that the checksum is kept, and does not forget that it was dropped', () => {
    const features = new StoreFeatures();
    features.confirmXxh128();
    expect(features.xxh128).toBe('yes');
    features.drop('xxh128');
    features.confirmXxh128();
    expect(features.xxh128).toBe('no');
  });

  it.each<[FeatureName, number, string, string, string?]>([
    [
      'conditionalWrites',
      501,
      'NotImplemented',
      'A header you provided implies functionality',
      'If-None-Match',
    ],
    ['conditionalWrites', 400, 'InvalidArgument', 'If-None-Match is not supported'],
    ['xxh128', 400, 'InvalidRequest', 'Value for x-amz-checksum-xxhash128 header is invalid.'],
    ['xxh128', 400, 'InvalidRequest', 'unsupported checksum algorithm XXHASH128 is not supported'],
    ['crc32', 501, 'NotImplemented', 'x-amz-checksum-crc32 is not implemented'],
    ['fullObjectChecksum', 400, 'InvalidRequest', 'The x-amz-checksum-type FULL_OBJECT is not supported'],
  ])('takes a refusal for %s (%s %s)', (feature, status, code, message, header) => {
    const features = new StoreFeatures();
    expect(features.dropRefused(refusal(status, code, message, header), ALL)).toBe(true);
    expect(ALL.filter((name) => !features.uses(name))).toEqual([feature]);
  });

  it('drops the features of an unclear refusal one by one', () => {
    const features = new StoreFeatures();
    const used = (): FeatureName[] => ALL.filter((name) => features.uses(name));
    const unclear = refusal(501, 'NotImplemented');
    while (used().length > 0) expect(features.dropRefused(unclear, used())).toBe(true);
    expect(features.dropRefused(unclear, used())).toBe(false);
  });

  it('repeats a call that was under way while another dropped its feature, and drops no second one', () => {
    const features = new StoreFeatures();
    features.drop('conditionalWrites');
    expect(features.dropRefused(refusal(501, 'NotImplemented'), ['conditionalWrites', 'crc32'])).toBe(true);
    expect(features.crc32).toBe(true);
  });

  it('keeps everything after any other failure', () => {
    const features = new StoreFeatures();
    expect(features.dropRefused(refusal(400, 'BadDigest', 'The XXHASH128 did not match'), ALL)).toBe(false);
    expect(ALL.every((name) => features.uses(name))).toBe(true);
  });
});
