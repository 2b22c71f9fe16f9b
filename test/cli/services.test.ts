/** What presets are given, as settings say. */
import { expect, it } from 'vitest';
import type { CommandContext } from '../../src/cli/command.js';
import { ClientConfig } from '../../src/cli/options/client-config.js';
import { parseIni } from '../../src/cli/options/ini.js';
import { Settings } from '../../src/cli/options/settings.js';
import { networkOptions, withOptions } from '../../src/cli/services.js';

function context(config: string, env: Record<string, string> = {}): CommandContext {
  const settings = new Settings({}, env, () => new ClientConfig('config', parseIni(config)));
  const nothing = (): void => {};
  return {
    ...{ settings, env, cwd: '/', colour: false, signal: new AbortController().signal },
    ...{ log: nothing, report: nothing, notice: nothing },
  };
}

it.each([
  ['', undefined],
  ['[settings]\nsmall_file_threshold_multiplier = 20\n', 160 * 1024 * 1024],
])('the threshold of small files with the configuration %j is %s bytes', async (config, expected) => {
  const options = await withOptions(context(config), {}, async (given) => given);
  expect(options.smallFileThresholdBytes).toBe(expected);
});

it.each([
  [{ RX_ATTACHMENTS_HTTPS_PROXY: 'http://own', https_proxy: 'http://lower' }, 'http://own'],
  [{ HTTPS_PROXY: 'http://upper' }, 'http://upper'],
  [{}, 'http://configured'],
])('with %j the proxy is %s', (env, expected) => {
  const options = networkOptions(context('[settings]\nhttps_proxy = http://configured\n', env));
  expect(options.env['https_proxy']).toBe(expected); // which is read before HTTPS_PROXY
});
