import { describe, expect, it } from 'vitest';
import {
  type KeyProvider,
  KeyRing,
  NoKeysError,
  RENEW_BEFORE_MS,
} from '../../../src/backends/s3/credentials.js';
import type { S3Credentials } from '../../../src/backends/s3/settings.js';

const START = Date.parse('2031-01-01T00:00:00Z');
const MINUTE = 60_000;

/** A ring whose provider gives keys that live as long as `lives` says, `undefined` for ever; an error is thrown. */
function ringOf(lives: readonly (number | undefined | Error)[]) {
  const state = { now: START, asked: [] as boolean[], lines: [] as string[] };
  const provider: KeyProvider = async ({ force }) => {
    const life = lives[state.asked.push(force) - 1];
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (life instanceof Error) throw life;
    return {
      accessKeyId: `id${state.asked.length}`,
      secretAccessKey: 'secret',
      ...(life !== undefined && { expiration: new Date(state.now + life) }),
    };
  };
  const log = (_: string, line: string): void => void state.lines.push(line);
  return { state, ring: new KeyRing(provider, { now: () => state.now, log, profile: 'studio' }) };
}

describe('KeyRing', () => {
  it('asks once for everybody, then answers without a promise', async () => {
    const { ring, state } = ringOf([undefined]);
    const keys = await Promise.all(Array.from({ length: 50 }, () => ring.current()));
    expect(new Set(keys.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['id1']));
    expect((ring.current() as S3Credentials).accessKeyId).toBe('id1');
    expect(state.asked).toEqual([false]);
  });

  it('renews before expiry, once', async () => {
    const { ring, state } = ringOf([15 * MINUTE, 15 * MINUTE]);
    await ring.current();
    state.now = START + 15 * MINUTE - RENEW_BEFORE_MS - 1;
    expect((ring.current() as S3Credentials).accessKeyId).toBe('id1');
    state.now += 1;
    const keys = await Promise.all([
      ring.current(),
      ring.current(),
      ring.refresh().then(() => ring.current()),
    ]);
    expect(keys.map(({ accessKeyId }) => accessKeyId)).toEqual(['id2', 'id2', 'id2']);
    expect(state.asked).toEqual([false, true]);
  });

  it('is refreshed by force, also when fresh', async () => {
    const { ring, state } = ringOf([undefined, undefined]);
    await ring.current();
    await Promise.all([ring.refresh(), ring.refresh()]);
    expect((ring.current() as S3Credentials).accessKeyId).toBe('id2');
    expect(state.asked).toEqual([false, true]);
  });

  it('does not ask at every call for keys that are always about to expire', async () => {
    const { ring, state } = ringOf([4 * MINUTE, 4 * MINUTE]);
    await ring.current();
    await ring.current();
    expect(state.asked).toHaveLength(1);
    state.now += MINUTE;
    await ring.current();
    expect(state.asked).toHaveLength(2);
  });

  it('uses the old keys while they last when the provider fails', async () => {
    const { ring, state } = ringOf([10 * MINUTE, new Error('down'), new Error('down')]);
    await ring.current();
    state.now += 6 * MINUTE;
    expect((await ring.current()).accessKeyId).toBe('id1');
    expect(state.lines).toHaveLength(1);
    state.now += 4 * MINUTE;
    await expect(ring.current()).rejects.toMatchObject({ kind: 'MissingCredentials' });
  });

  it('says that keys have expired which nobody renews', async () => {
    const { ring } = ringOf([-1]);
    await expect(ring.current()).rejects.toMatchObject({
      kind: 'ExpiredCredentials',
      hint: expect.stringMatching(/"studio"/),
    });
  });

  it.each([
    [new Error('Could not load credentials from any providers'), 'MissingCredentials'],
    [
      new Error('The SSO session associated with this profile has expired. To refresh run aws sso login'),
      'ExpiredCredentials',
    ],
    [new Error('Command failed: tool --password hidden'), 'MissingCredentials'],
  ])('%s is %s, and the provider is asked again next time', async (cause, kind) => {
    const { ring } = ringOf([cause, undefined]);
    const error = await Promise.resolve(ring.current()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind, cause, hint: expect.stringMatching(/sign in/) });
    expect(String(error)).not.toContain('hidden');
    expect((await ring.current()).accessKeyId).toBe('id2');
  });

  it.each([
    [new NoKeysError('there is no profile "studio"'), ': there is no profile "studio"'],
    [
      Object.assign(new Error('not authorized to perform sts:AssumeRole, token=hidden'), { $metadata: {} }),
      ': not authorized to perform sts:AssumeRole, token=***',
    ],
    [new Error('Command failed: tool --password hidden'), ''],
  ])('%s: what can be shown of it', async (cause, reason) => {
    const { ring } = ringOf([cause]);
    await expect(ring.current()).rejects.toMatchObject({
      message: `no credentials could be had${reason}`,
      cause,
    });
  });

  it('refuses what is no key pair', async () => {
    const ring = new KeyRing(async () => ({ accessKeyId: 'id' }) as S3Credentials, {
      now: Date.now,
      log: () => {},
    });
    await expect(ring.current()).rejects.toMatchObject({
      code: 'InvalidConfig',
      option: 'credentials.secretAccessKey',
    });
  });
});
