/** Stores that do not know checksums or conditions (spec/storage.md 2.5, 2.6): one repetition, then never again. */
import { expect, it } from 'vitest';
import { hasher } from '../../../src/hashing/xxh128.js';
import { type Answer, errorDocument, scriptedStore } from './scripted-store.js';

const bytes = new TextEncoder().encode('the body');
const xxh128 = hasher.oneShot(bytes);
const value = Buffer.from(xxh128, 'hex').toString('base64');
const PUT: Answer = { headers: { etag: '"e"' } };
const CHECKED: Answer = { headers: { etag: '"e"', 'x-amz-checksum-xxhash128': value } };
const XXH128 = 'x-amz-checksum-xxhash128';
const CRC32 = 'x-amz-checksum-crc32';
const CONDITION = 'if-none-match';

const sent = (headers: object): string[] =>
  [XXH128, CRC32, CONDITION].filter((name) => Object.keys(headers).includes(name));

it.each([
  ['501', { status: 501, body: errorDocument('NotImplemented', 'A header is not implemented') }],
  ['400 that names it', { status: 400, body: errorDocument('InvalidRequest', `${XXH128} is not known`) }],
  ['400 that calls a right digest wrong', { status: 400, body: errorDocument('BadDigest') }],
] satisfies [string, Answer][])('XXHASH128 refused by a %s: CRC32 from then on', async (_name, refusal) => {
  const { client, seen } = await scriptedStore([refusal, PUT, PUT]);
  expect(await client.putObject('bucket', 'k', bytes, { xxh128 })).toEqual({ created: true, etag: '"e"' });
  await client.putObject('bucket', 'k', bytes, { xxh128 });
  expect(seen.map(({ headers }) => sent(headers))).toEqual([[XXH128], [CRC32], [CRC32]]);
  expect(client.features.xxh128).toBe('no');
});

it('XXHASH128 that only HEAD gives back is asked for once', async () => {
  const { client, seen } = await scriptedStore([PUT, CHECKED, PUT]);
  await client.putObject('bucket', 'k', bytes, { xxh128 });
  await client.putObject('bucket', 'k', bytes, { xxh128 });
  expect(seen.map(({ method }) => method)).toEqual(['PUT', 'HEAD', 'PUT']);
  expect(seen[1]?.headers['x-amz-checksum-mode']).toBe('ENABLED');
  expect(client.features.xxh128).toBe('yes');
});

it.each([
  ['gives none', { headers: { etag: '"e"' } }],
  ['may not be asked', { status: 403 }],
] satisfies [string, Answer][])(
  'a store that ignores XXHASH128, and whose HEAD %s, is left with CRC32',
  async (_name, head) => {
    const { client, seen } = await scriptedStore([PUT, head, PUT]);
    expect((await client.putObject('bucket', 'k', bytes, { xxh128 })).created).toBe(true);
    await client.putObject('bucket', 'k', bytes, { xxh128 });
    expect(seen.map(({ headers }) => sent(headers))).toEqual([[XXH128], [], [CRC32]]);
  },
);

it('a HEAD without an answer decides nothing', async () => {
  const { client, seen } = await scriptedStore([PUT, { status: 500 }, PUT, CHECKED]);
  await client.putObject('bucket', 'k', bytes, { xxh128 });
  expect(client.features.xxh128).toBe('unknown');
  await client.putObject('bucket', 'k', bytes, { xxh128 });
  expect(seen.map(({ method }) => method)).toEqual(['PUT', 'HEAD', 'PUT', 'HEAD']);
  expect(client.features.xxh128).toBe('yes');
});

it('puts that run side by side at first ask once together', async () => {
  const { client, seen } = await scriptedStore([PUT, PUT, PUT, CHECKED]);
  const put = (key: string) => client.putObject('bucket', key, bytes, { xxh128 });
  await Promise.all([put('a'), put('b'), put('c')]);
  expect(seen.filter(({ method }) => method === 'HEAD')).toHaveLength(1);
});

it('puts that are refused side by side are all made again', async () => {
  const { client, seen } = await scriptedStore(({ headers }) =>
    XXH128 in headers ? { status: 400, body: errorDocument('BadDigest') } : PUT,
  );
  const put = (key: string) => client.putObject('bucket', key, bytes, { xxh128 });
  const outcomes = await Promise.all([put('a'), put('b'), put('c')]);
  expect(outcomes.map(({ created }) => created)).toEqual([true, true, true]);
  expect(seen.filter(({ headers }) => CRC32 in headers)).toHaveLength(3);
});

it('bytes are compared here until the store is known to do it, and then by the store', async () => {
  const refusal = { status: 400, body: errorDocument('BadDigest') };
  const { client, seen } = await scriptedStore([CHECKED, refusal]);
  const wrong = { xxh128: hasher.oneShot(new Uint8Array(1)) };
  const early = await client.putObject('bucket', 'k', bytes, wrong).catch((cause: unknown) => cause);
  expect(early).toMatchObject({ kind: 'ChecksumMismatch', httpStatus: undefined });
  expect(seen).toHaveLength(0);
  await client.putObject('bucket', 'k', bytes, { xxh128 });
  await expect(client.putObject('bucket', 'k', bytes, wrong)).rejects.toMatchObject({
    ...{ kind: 'ChecksumMismatch', httpStatus: 400, retryable: true },
  });
  expect(client.features.xxh128).toBe('yes');
});

it('CRC32 and a condition that are refused one after the other are both left out', async () => {
  const refuse = (text: string): Answer => ({ status: 501, body: errorDocument('NotImplemented', text) });
  const { client, seen } = await scriptedStore([
    refuse('If-None-Match'),
    refuse('x-amz-checksum-crc32'),
    PUT,
    PUT,
  ]);
  const put = () => client.putObject('bucket', 'k', bytes, { ifAbsent: true });
  expect((await put()).created).toBe(true);
  await put();
  expect(seen.map(({ headers }) => sent(headers))).toEqual([[CRC32, CONDITION], [CRC32], [], []]);
});

it('a condition that is not met is an outcome, and no feature is dropped', async () => {
  const { client } = await scriptedStore([{ status: 412, body: errorDocument('PreconditionFailed') }]);
  const moved: number[] = [];
  const options = { ifAbsent: true, onBytes: (delta: number) => moved.push(delta) };
  expect(await client.putObject('bucket', 'k', bytes, options)).toEqual({ created: false });
  expect(moved).toEqual([]);
  expect(client.features.conditionalWrites).toBe(true);
});

it('a race that the store calls a conflict is one', async () => {
  const { client } = await scriptedStore([
    { status: 409, body: errorDocument('ConditionalRequestConflict') },
  ]);
  const put = client.putObject('bucket', 'k', bytes, { ifAbsent: true });
  await expect(put).rejects.toMatchObject({ kind: 'Conflict', httpStatus: 409 });
});

it('an upload in parts does without the type of checksum, then without any', async () => {
  const created = {
    body: '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
  };
  const refuse = (text: string): Answer => ({ status: 400, body: errorDocument('InvalidRequest', text) });
  const { client, seen } = await scriptedStore([
    refuse('x-amz-checksum-type is not supported'),
    refuse('x-amz-checksum-algorithm is not supported'),
    created,
    PUT,
  ]);
  expect(await client.createMultipart('bucket', 'k')).toBe('u');
  const part = await client.uploadPart('bucket', 'k', 'u', 1, bytes);
  expect(part).not.toHaveProperty('checksum');
  const asked = seen.map(({ headers }) => [
    headers['x-amz-checksum-type'],
    headers['x-amz-checksum-algorithm'],
  ]);
  expect(asked.slice(0, 3)).toEqual([
    ['FULL_OBJECT', 'CRC32'],
    [undefined, 'CRC32'],
    [undefined, undefined],
  ]);
  expect(sent(seen[3]?.headers ?? {})).toEqual([]);
});
