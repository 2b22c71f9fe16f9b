/**
 * Where keys come from: the settings, the environment, or the SDK's own chain (profile, SSO,
 * web identity, process, container, instance), which is loaded only when it is needed.
 */
import { isAnswer, type KeyProvider, NoKeysError } from './credentials.js';
import { profileProblem } from './profile-problem.js';
import { sdkLogger } from './sdk-logger.js';
import type { CheckedS3Settings, S3Credentials } from './settings.js';

/** The provider that the settings ask for. `region` is where the chain looks up roles. */
export function keyProvider(settings: CheckedS3Settings, region: string): KeyProvider {
  const { credentials } = settings;
  if (typeof credentials === 'function') return () => credentials();
  if (credentials !== undefined) return async () => credentials;
  return defaultChain(settings, region);
}

/**
 * Keys of the environment come first unless a profile is named, as in the SDK's chain. They are read here because
 * the chain's packages cost a tenth of a second to load, more than all else that a short command does.
 */
function defaultChain(settings: CheckedS3Settings, region: string): KeyProvider {
  let chain: Promise<KeyProvider> | undefined;
  return async (options) => {
    const keys =
      settings.profile === undefined && !process.env['AWS_PROFILE'] ? environmentKeys() : undefined;
    if (keys) return keys;
    chain ??= sdkChain(settings, region);
    return (await chain)(options);
  };
}

function environmentKeys(): S3Credentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_CREDENTIAL_EXPIRATION: expiration,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    ...(expiration && { expiration: new Date(expiration) }),
  };
}

async function sdkChain({ profile, log }: CheckedS3Settings, region: string): Promise<KeyProvider> {
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  const chain = fromNodeProviderChain({
    ...(profile !== undefined && { profile }),
    clientConfig: { region },
    // Keys that somebody else renews in the files are seen only by reading these again.
    ignoreCache: true,
    logger: sdkLogger(log),
  });
  return async ({ force }) => {
    try {
      return await chain({ forceRefresh: force });
    } catch (cause) {
      const problem = isAnswer(cause) ? undefined : await profileProblem(profile).catch(() => undefined);
      throw problem === undefined ? cause : new NoKeysError(problem, { cause });
    }
  };
}
