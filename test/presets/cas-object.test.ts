import { expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { legacyCasKey } from '../../src/model/s3-location.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { casObjectExists } from '../../src/presets/cas-object.js';
import { LOCATION, storeObject, testStore } from '../support/contents.js';

const content = Buffer.from('hello');
const hash = xxh128(content);

it.each([
  ['the right size', 5, true],
  ['another size', 6, false],
])('an object of %s counts: %s', async (_what, size, expected) => {
  const store = testStore();
  await storeObject(store, content);
  expect(await casObjectExists({ store, hash, size })).toBe(expected);
});

it('an absent one, and one under the key of old releases, does not', async () => {
  const store = testStore();
  await store.inner.putObject(LOCATION.bucket, legacyCasKey(LOCATION, hash), content);
  expect(await casObjectExists({ store, hash, size: 5 })).toBe(false);
});

it('refuses what is no hash, and ends when it is cancelled', async () => {
  const store = testStore();
  await expect(casObjectExists({ store, hash: '../x', size: 5 })).rejects.toMatchObject({
    kind: 'InvalidConfig',
  });
  const signal = AbortSignal.abort();
  await expect(casObjectExists({ store, hash, size: 5, signal })).rejects.toBeInstanceOf(CancelledError);
});
