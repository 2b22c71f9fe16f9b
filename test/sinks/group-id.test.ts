import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { groupId } from '../../src/sinks/group-id.js';

const FILE = 'root:x:0:\ndaemon:x:1:a,b\nbroken:x:\nodd\n12:x:99:\nlast:x:4294967294:';
const asked: string[] = [];
const sources = {
  groupFile: () => Promise.resolve(FILE),
  nameService: (name: string) => {
    asked.push(name);
    return Promise.resolve(name === 'remote' ? 'remote:*:70001:\n' : '');
  },
};

it.each<[string, number, readonly string[]]>([
  ['0', 0, []],
  ['12', 12, []], // a number is one, also where a group has it as its name
  ['4294967294', 4_294_967_294, []],
  ['root', 0, []],
  ['daemon', 1, []],
  ['last', 4_294_967_294, []],
  ['remote', 70_001, ['remote']],
])('%s is %d', async (group, id, services) => {
  asked.length = 0;
  expect(await groupId(group, sources)).toBe(id);
  expect(asked).toEqual(services);
});

it.each(['nobody-has-this', 'daem', 'Daemon', 'broken', 'odd', 'x', '', '4294967295', '-1', '1.5'])(
  'there is no group %j',
  async (group) => {
    await expect(groupId(group, sources)).rejects.toMatchObject({
      code: 'InvalidConfig',
      message: expect.stringContaining(JSON.stringify(group)),
    });
  },
);

it.runIf(process.platform === 'linux')('asks this system', async () => {
  const [name = '', , id] = (readFileSync('/etc/group', 'utf8').split('\n').at(-2) ?? '').split(':');
  expect(await groupId(name)).toBe(Number(id));
  expect(await groupId(name, { groupFile: () => Promise.resolve('') })).toBe(Number(id)); // through getent
  await expect(groupId('rx-no-such-group')).rejects.toMatchObject({ code: 'InvalidConfig' });
  await expect(groupId('--help')).rejects.toMatchObject({ code: 'InvalidConfig' });
});
