/**
 * Which proxy a request takes, from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`,
 * lower case first, as curl, Python and Go read them. Opens no connection.
 */
import { BlockList, isIP } from 'node:net';
import { OptionError } from '../../pipeline/errors.js';

export type ProxyFor = (url: string) => string | undefined;

type Environment = Readonly<Record<string, string | undefined>>;
type Exception = (host: string, port: number) => boolean;

/** The function for `env`, which is read once. Throws `OptionError` for a proxy that is no URL. */
export function proxiesOf(env: Environment): ProxyFor {
  const every = proxyOf(env, 'ALL_PROXY', 'http');
  const proxies = {
    'https:': proxyOf(env, 'HTTPS_PROXY', 'http') ?? every,
    'http:': proxyOf(env, 'HTTP_PROXY', 'http') ?? every,
  };
  const exceptions = exceptionsOf(settingOf(env, 'NO_PROXY')?.value ?? '');
  return (text) => {
    const { protocol, hostname, port } = new URL(text);
    const proxy = protocol === 'https:' || protocol === 'http:' ? proxies[protocol] : undefined;
    if (proxy === undefined) return undefined;
    const host = hostname
      .toLowerCase()
      .replace(/^\[|\]$/g, '')
      .replace(/\.$/, '');
    const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
    return exceptions.some((matches) => matches(host, number)) ? undefined : proxy;
  };
}

function settingOf(env: Environment, name: string): { name: string; value: string } | undefined {
  for (const spelling of [name.toLowerCase(), name]) {
    const value = env[spelling]?.trim();
    if (value) return { name: spelling, value };
  }
  return undefined;
}

function proxyOf(env: Environment, variable: string, scheme: string): string | undefined {
  const found = settingOf(env, variable);
  if (!found) return undefined;
  const text = found.value.includes('://') ? found.value : `${scheme}://${found.value}`;
  // The text may hold a password, so the error names the variable only.
  if (!URL.canParse(text) || new URL(text).hostname === '')
    throw new OptionError(found.name, 'must be the URL of a proxy');
  return text;
}

function exceptionsOf(list: string): Exception[] {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(exceptionOf);
}

/** `*`, a host with all names below it, `host:port`, an address, or a block of addresses such as `10.0.0.0/8`. */
function exceptionOf(entry: string): Exception {
  if (entry === '*') return () => true;
  const block = blockOf(entry);
  if (block) return (host) => isIP(host) !== 0 && block.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
  const [, name = entry, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  const wanted = name
    .replace(/^\[|\]$/g, '')
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  return (host, number) =>
    (port === undefined || Number(port) === number) &&
    (host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`)));
}

function blockOf(entry: string): BlockList | undefined {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 6 ? 128 : 32)) return undefined;
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return block;
}
