import { chmodSync, mkdirSync, mkdtempSync, rmdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileSystemPermissionSettings } from '../../src/model/file-system-permissions.js';
import { type Sharing, sharingFor, TargetPermissions } from '../../src/sinks/target-permissions.js';
import { TargetTree } from '../../src/sinks/target-tree.js';
import { asNobody, canBecomeNobody, compiled } from '../support/as-nobody.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('target-permissions');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const GID = process.getgid?.() ?? 0;
const own = { osUser: 'job-user', osGroup: String(GID), dirMode: 0o20, fileMode: 0o20 };
const mode = (path: string): number => statSync(path).mode & 0o7777;

/** Notes the directories it is asked to share, and opens the gate of each by hand. */
function noting(): { sharing: Sharing; asked: string[]; finish: () => void } {
  const asked: string[] = [];
  let finish = (): void => {};
  const gate = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const directory = async (_tree: TargetTree, path: string): Promise<void> => {
    asked.push(path);
    await gate;
  };
  return { sharing: { file: () => Promise.resolve(), directory }, asked, finish };
}

describe('directories above a file', () => {
  it('are shared once, from the root down, also when many files ask at the same time', async () => {
    const { sharing, asked, finish } = noting();
    const permissions = new TargetPermissions(await TargetTree.open(fresh()), sharing);
    const all = Promise.all(
      ['a/b/1', 'a/b/2', 'a/c', 'd', 'a/b/c/3'].map((at) => permissions.directoriesAbove(at)),
    );
    finish();
    await all;
    expect(asked[0]).toBe('');
    expect([...asked].sort()).toEqual(['', 'a', 'a/b', 'a/b/c']);
  });

  it.each(['../x', '/x', 'a/../../x', '..', ''])('of %j are refused', async (path) => {
    const { sharing, asked } = noting();
    const permissions = new TargetPermissions(await TargetTree.open(fresh()), sharing);
    await expect(permissions.directoriesAbove(path)).rejects.toMatchObject({ kind: 'PathOutsideRoot' });
    expect(asked).toEqual([]);
  });

  it.runIf(process.platform !== 'win32')('get the bits that they lack, and keep the others', async () => {
    const root = fresh();
    const tree = await TargetTree.open(root);
    mkdirSync(join(root, 'a'));
    chmodSync(join(root, 'a'), 0o1705);
    chmodSync(root, 0o700);
    await new TargetPermissions(tree, await sharingFor(own)).directoriesAbove('a/f');
    expect([mode(root), mode(join(root, 'a'))]).toEqual([0o720, 0o1725]);
  });

  it.runIf(process.platform !== 'win32')('are shared where a link inside the root leads to', async () => {
    const root = fresh();
    mkdirSync(join(root, 'real'), { mode: 0o700 });
    symlinkSync('real', join(root, 'link'));
    const tree = await TargetTree.open(root);
    await tree.makeDirectory('link');
    await new TargetPermissions(tree, await sharingFor(own)).directoriesAbove('link/f');
    expect(mode(join(root, 'real'))).toBe(0o720);
  });

  it.runIf(process.platform !== 'win32')('are not shared through a link that came meanwhile', async () => {
    const root = fresh();
    const outside = fresh();
    chmodSync(outside, 0o700);
    const tree = await TargetTree.open(root);
    await tree.makeDirectory('d');
    rmdirSync(join(root, 'd'));
    symlinkSync(outside, join(root, 'd'));
    const permissions = new TargetPermissions(tree, await sharingFor(own));
    await expect(permissions.directoriesAbove('d/f')).rejects.toMatchObject({ kind: 'SymlinkEscape' });
    expect(mode(outside)).toBe(0o700);
  });
});

it.runIf(canBecomeNobody)('a user who is no member of the group is told so', () => {
  const root = fresh();
  chmodSync(root, 0o777);
  const code = `
    import { sharingFor, TargetPermissions } from ${JSON.stringify(compiled('sinks/target-permissions.js'))};
    import { TargetTree } from ${JSON.stringify(compiled('sinks/target-tree.js'))};
    const tree = await TargetTree.open(${JSON.stringify(join(root, 'mine'))});
    const sharing = await sharingFor({ osUser: 'u', osGroup: '1', dirMode: 0, fileMode: 0 });
    const failed = await new TargetPermissions(tree, sharing).directoriesAbove('f').catch((error) => error);
    console.log(JSON.stringify({ kind: failed.kind, errno: failed.errno, hint: failed.hint }));`;
  const hint = expect.stringMatching(/member of the group/);
  expect(asNobody(code)).toEqual({ kind: 'LocalIo', errno: 'EPERM', hint });
});

describe('on Windows', () => {
  const settings = { osUser: 'job-user', dirMode: 'READ_WRITE', fileMode: 'READ' } as const;

  it('one entry is added per file and directory', async () => {
    const root = fresh();
    const calls: string[][] = [];
    const icacls = (args: readonly string[]): Promise<void> => {
      calls.push([...args]);
      return Promise.resolve();
    };
    const sharing = await sharingFor(settings, { host: 'windows', icacls });
    expect(calls.splice(0)).toEqual([[expect.any(String), '/findsid', 'job-user']]);
    const permissions = new TargetPermissions(await TargetTree.open(root), sharing);
    await permissions.directoriesAbove('a/f');
    await permissions.directoriesAbove('a/g');
    expect(calls).toEqual([
      [root, '/grant', 'job-user:(RC,S,RD,WD,AD,REA,WEA,RA,WA)'],
      [join(root, 'a'), '/grant', 'job-user:(RC,S,RD,WD,AD,REA,WEA,RA,WA)'],
    ]);
  });

  it('a user that is not known is InvalidConfig', async () => {
    const icacls = (): Promise<never> => Promise.reject(new Error('exit 1332'));
    await expect(sharingFor(settings, { host: 'windows', icacls })).rejects.toMatchObject({
      code: 'InvalidConfig',
      message: expect.stringContaining('job-user'),
    });
  });
});

it.each<[FileSystemPermissionSettings, 'posix' | 'windows']>([
  [own, 'windows'],
  [{ osUser: 'u', dirMode: 'READ', fileMode: 'READ' }, 'posix'],
])('settings of the other kind are InvalidConfig', async (settings, host) => {
  await expect(sharingFor(settings, { host })).rejects.toMatchObject({ code: 'InvalidConfig' });
});
