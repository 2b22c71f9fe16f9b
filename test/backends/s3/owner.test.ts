import { describe, expect, it } from 'vitest';
import { expectedOwner, type OwnerDeps } from '../../../src/backends/s3/owner.js';
import type { S3Credentials } from '../../../src/backends/s3/settings.js';

const ACCOUNT = '123456789012';
const keys = (id = 'id', accountId?: string): S3Credentials => ({
  accessKeyId: id,
  secretAccessKey: 'secret',
  ...(accountId !== undefined && { accountId }),
});

function ownerOf(
  setting: string,
  given: Partial<OwnerDeps> & { answers?: readonly (string | Error)[] } = {},
) {
  const asked: string[] = [];
  const lines: string[] = [];
  const askAccount = async ({ accessKeyId }: S3Credentials): Promise<string> => {
    const answer = given.answers?.[asked.push(accessKeyId) - 1] ?? new Error('nobody');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const deps: OwnerDeps = {
    ...{ credentials: () => keys(), environmentAccount: undefined, askAccount },
    log: (_, line) => lines.push(line),
    ...given,
  };
  return { owner: expectedOwner(setting, deps), asked, lines };
}

describe('expectedOwner', () => {
  it.each([
    ['none', undefined],
    [ACCOUNT, ACCOUNT],
  ])('%s asks nobody', (setting, account) => {
    const { owner, asked } = ownerOf(setting);
    expect(owner()).toBe(account);
    expect(asked).toEqual([]);
  });

  it('takes the account of the keys, then that of the environment', () => {
    expect(
      ownerOf('caller', {
        credentials: () => keys('id', ACCOUNT),
        environmentAccount: '2'.repeat(12),
      }).owner(),
    ).toBe(ACCOUNT);
    expect(ownerOf('caller', { environmentAccount: ACCOUNT }).owner()).toBe(ACCOUNT);
  });

  it('asks once for callers that come together, then answers without a promise', async () => {
    const { owner, asked } = ownerOf('caller', { answers: [ACCOUNT] });
    expect(await Promise.all([owner(), owner(), owner()])).toEqual([ACCOUNT, ACCOUNT, ACCOUNT]);
    expect(owner()).toBe(ACCOUNT);
    expect(asked).toEqual(['id']);
  });

  it('asks again for other keys, and keeps the account when that fails', async () => {
    let id = 'a';
    const { owner, asked, lines } = ownerOf('caller', { credentials: () => keys(id), answers: [ACCOUNT] });
    await owner();
    id = 'b';
    expect([await owner(), owner()]).toEqual([ACCOUNT, ACCOUNT]);
    expect([asked, lines]).toEqual([['a', 'b'], []]);
  });

  it('leaves the owner out with one warning when nobody knows', async () => {
    let id = 'a';
    const { owner, lines } = ownerOf('caller', { credentials: async () => keys(id) });
    expect(await owner()).toBeUndefined();
    id = 'b';
    expect(await owner()).toBeUndefined();
    expect(lines).toEqual([expect.stringMatching(/AWS_ACCOUNT_ID/)]);
  });
});
