import { expect, it } from 'vitest';
import { renameOver } from '../../src/sinks/rename-over.js';

const failing = (code: string): Error => Object.assign(new Error(code), { code });

async function tries(platform: NodeJS.Platform, code: string, failures: number) {
  const waits: number[] = [];
  let calls = 0;
  const rename = async (): Promise<void> => {
    calls += 1;
    if (calls <= failures) throw failing(code);
  };
  const sleep = async (ms: number): Promise<void> => {
    waits.push(ms);
  };
  const error: unknown = await renameOver('a', 'b', { platform, rename, sleep }).then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return { calls, waits, error };
}

it.each(['EPERM', 'EACCES', 'EBUSY'])('tries five times on Windows, waiting longer, on %s', async (code) => {
  expect(await tries('win32', code, 4)).toEqual({ calls: 5, waits: [100, 200, 400, 800], error: undefined });
  expect(await tries('win32', code, 5)).toMatchObject({ calls: 5, error: { code } });
});

it.each<[NodeJS.Platform, string]>([
  ['linux', 'EBUSY'],
  ['win32', 'ENOSPC'],
])('tries once on %s for %s', async (platform, code) => {
  expect(await tries(platform, code, 1)).toMatchObject({ calls: 1, waits: [], error: { code } });
});
