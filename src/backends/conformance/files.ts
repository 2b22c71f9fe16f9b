/** Conformance: objects from local files and into them. */
import assert from 'node:assert/strict';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertBytes, benchCase, body, file, namesIn, rejects } from './bench.js';

/** Above what any client reads or writes at once. */
const LARGE = 3 * 1024 * 1024 + 17;

export const fileCases = [
  benchCase('a file is stored whole', async ({ client, bucket, prefix, directory, hash }) => {
    for (const length of [0, 1, 70_000, LARGE]) {
      const path = await file(directory, `f${length}`, body(length));
      let moved = 0;
      const onBytes = (delta: number): void => {
        moved += delta;
      };
      const options = { xxh128: hash.oneShot(body(length)), onBytes };
      assert.equal(
        (await client.putObjectFromFile(bucket, `${prefix}${length}`, path, options)).created,
        true,
      );
      assert.equal(moved, length);
      assertBytes((await client.getObject(bucket, `${prefix}${length}`)).data, body(length));
    }
  }),

  benchCase('a file is stored with metadata, and ifAbsent keeps what is there', async (bench) => {
    const { client, bucket, prefix, directory, can } = bench;
    const path = await file(directory, 'f', body(100));
    const key = `${prefix}f`;
    await client.putObjectFromFile(bucket, key, path, {
      contentType: 'text/plain',
      userMetadata: { a: 'b' },
    });
    assert.deepEqual((await client.headObject(bucket, key))?.userMetadata, { a: 'b' });
    if (!can.conditionalWrites) return;
    const other = await file(directory, 'g', body(200));
    assert.equal((await client.putObjectFromFile(bucket, key, other, { ifAbsent: true })).created, false);
    assert.equal((await client.headObject(bucket, key))?.size, 100);
  }),

  benchCase('a range of a file is stored', async ({ client, bucket, prefix, directory, hash }) => {
    const bytes = body(LARGE);
    const path = await file(directory, 'f', bytes);
    for (const [offset, length] of [
      [0, 0],
      [0, 1],
      [0, LARGE],
      [LARGE - 1, 1],
      [1, LARGE - 2],
      [1_048_576, 1_048_576],
      [LARGE, 0],
    ] as const) {
      const key = `${prefix}${offset}-${length}`;
      const part = bytes.slice(offset, offset + length);
      const options = { xxh128: hash.oneShot(part) };
      await client.putObjectFromFileRange(bucket, key, path, offset, length, options);
      assertBytes((await client.getObject(bucket, key)).data, part);
    }
  }),

  benchCase(
    'a file that ends before its range is FileChanged',
    async ({ client, bucket, prefix, directory }) => {
      const path = await file(directory, 'f', body(100));
      for (const [offset, length] of [
        [0, 101],
        [100, 1],
        [50, 51],
        [1000, 1],
      ] as const) {
        const put = client.putObjectFromFileRange(bucket, `${prefix}f`, path, offset, length);
        await rejects(put, 'FileChanged', { path });
      }
      for (const [offset, length] of [
        [-1, 5],
        [0, -1],
        [0.5, 1],
      ] as const) {
        await rejects(
          client.putObjectFromFileRange(bucket, `${prefix}f`, path, offset, length),
          'InvalidConfig',
          { path },
        );
      }
      assert.equal(await client.headObject(bucket, `${prefix}f`), null);
    },
  ),

  benchCase('a file that is not what was hashed is FileChanged, and nothing is stored', async (bench) => {
    const { client, bucket, prefix, directory, hash } = bench;
    for (const length of [100, LARGE]) {
      const path = await file(directory, `f${length}`, body(length));
      const options = { xxh128: hash.oneShot(body(length, 2)) };
      await rejects(client.putObjectFromFile(bucket, `${prefix}f`, path, options), 'FileChanged', { path });
      const range = client.putObjectFromFileRange(bucket, `${prefix}f`, path, 0, length, options);
      await rejects(range, 'FileChanged', { path });
    }
    assert.equal(await client.headObject(bucket, `${prefix}f`), null);
  }),

  benchCase(
    'what is no readable regular file is refused by kind',
    async ({ client, bucket, prefix, directory }) => {
      const key = `${prefix}f`;
      const target = await file(directory, 'target', body(10));
      await symlink(target, join(directory, 'link'));
      await mkdir(join(directory, 'folder'));
      await rejects(client.putObjectFromFile(bucket, key, join(directory, 'absent')), 'FileVanished');
      await rejects(client.putObjectFromFile(bucket, key, join(directory, 'no/such/folder')), 'FileVanished');
      await rejects(client.putObjectFromFile(bucket, key, join(directory, 'folder')), 'NotAFile');
      await rejects(client.putObjectFromFile(bucket, key, join(directory, 'link')), 'NotAFile');
      await rejects(
        client.putObjectFromFileRange(bucket, key, join(directory, 'absent'), 0, 1),
        'FileVanished',
      );
      assert.equal(await client.headObject(bucket, key), null);
    },
  ),

  benchCase('an object becomes a new file', async ({ client, bucket, prefix, directory }) => {
    for (const length of [0, 1, 70_000, LARGE]) {
      const key = `${prefix}${length}`;
      await client.putObject(bucket, key, body(length), { userMetadata: { a: 'b' } });
      const path = join(directory, `to${length}`);
      let moved = 0;
      const onBytes = (delta: number): void => {
        moved += delta;
      };
      const head = await client.getObjectToFile(bucket, key, path, { onBytes });
      assert.equal(head.size, length);
      assert.deepEqual(head.userMetadata, { a: 'b' });
      assert.equal(moved, length);
      assertBytes(await readFile(path), body(length));
      assert.equal((await stat(path)).mode & 0o111, 0);
    }
  }),

  benchCase('getObjectToFile refuses a path that exists and leaves it alone', async (bench) => {
    const { client, bucket, prefix, directory } = bench;
    await client.putObject(bucket, `${prefix}f`, body(100_000));
    const taken = await file(directory, 'taken', body(3, 9));
    await symlink(join(directory, 'nowhere'), join(directory, 'dangling'));
    await mkdir(join(directory, 'folder'));
    for (const path of [taken, join(directory, 'dangling'), join(directory, 'folder')]) {
      await rejects(client.getObjectToFile(bucket, `${prefix}f`, path), 'AlreadyExists', { path });
    }
    assertBytes(await readFile(taken), body(3, 9));
    assert.deepEqual(await namesIn(directory), ['dangling', 'folder', 'taken']);
  }),

  benchCase(
    'getObjectToFile leaves no file after a failure',
    async ({ client, bucket, prefix, directory }) => {
      await rejects(client.getObjectToFile(bucket, `${prefix}absent`, join(directory, 'to')), 'NotFound');
      await client.putObject(bucket, `${prefix}f`, body(10));
      await rejects(client.getObjectToFile(bucket, `${prefix}f`, join(directory, 'no/folder')), 'LocalIo', {
        errno: 'ENOENT',
      });
      assert.deepEqual(await namesIn(directory), []);
    },
  ),

  benchCase('an object is written into a file, the rest of which stays', async (bench) => {
    const { client, bucket, prefix, directory } = bench;
    await client.putObject(bucket, `${prefix}f`, body(1000));
    await client.putObject(bucket, `${prefix}empty`, body(0));
    const path = await file(directory, 'to', body(3000, 5));
    const expected = body(3000, 5);
    expected.set(body(1000), 700);
    assert.equal((await client.getObjectToFileOffset(bucket, `${prefix}f`, path, 700)).size, 1000);
    await client.getObjectToFileOffset(bucket, `${prefix}empty`, path, 100);
    assertBytes(await readFile(path), expected);
    await client.getObjectToFileOffset(bucket, `${prefix}f`, path, 2900);
    assert.equal((await stat(path)).size, 3900);
  }),

  benchCase('parallel writes into one file all arrive', async ({ client, bucket, prefix, directory }) => {
    const path = await file(directory, 'to', new Uint8Array(0));
    const parts = [0, 1, 2, 3].map((at) => body(100_000, at + 1));
    await Promise.all(parts.map((part, at) => client.putObject(bucket, `${prefix}${at}`, part)));
    await Promise.all(
      parts.map((_, at) => client.getObjectToFileOffset(bucket, `${prefix}${at}`, path, at * 100_000)),
    );
    assertBytes(await readFile(path), Buffer.concat(parts));
  }),

  benchCase('getObjectToFileOffset makes no file', async ({ client, bucket, prefix, directory }) => {
    await client.putObject(bucket, `${prefix}f`, body(10));
    const path = join(directory, 'absent');
    await rejects(client.getObjectToFileOffset(bucket, `${prefix}f`, path, 0), 'LocalIo', {
      errno: 'ENOENT',
      path,
    });
    await writeFile(path, 'kept');
    await rejects(client.getObjectToFileOffset(bucket, `${prefix}absent`, path, 0), 'NotFound');
    assert.equal(await readFile(path, 'utf8'), 'kept');
  }),
];
