/**
 * The endpoint of a service, and the region, that the environment or the AWS config files name, read as the SDK reads them,
 * but for the profile of the settings: the SDK's own look-up of endpoints knows only that of `AWS_PROFILE`.
 */
import { OptionError } from '../../pipeline/errors.js';
import { checkEndpoint } from './settings.js';

/** Services as the config files name them. */
type Service = 's3' | 'sts' | 'deadline';

/**
 * `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `s3.endpoint_url` of the profile's services, its `endpoint_url`: the first that
 * there is, unless all of them are to be ignored. `profile`: default `AWS_PROFILE`, else `default`. Rejects with
 * `OptionError` for one that is no endpoint, and for services that the config file does not have.
 */
export async function configuredEndpoint(
  service: Service,
  profile: string | undefined,
): Promise<string | undefined> {
  const init = profile === undefined ? {} : { profile };
  const { loadConfig } = await configModule();
  const isIgnored = loadConfig<boolean>(
    {
      environmentVariableSelector: ({ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS }) =>
        truth(AWS_IGNORE_CONFIGURED_ENDPOINT_URLS),
      configFileSelector: ({ ignore_configured_endpoint_urls }) => truth(ignore_configured_endpoint_urls),
      default: false,
    },
    init,
  );
  if (await isIgnored()) return undefined;
  return endpointIn(await named(service, init));
}

/** `AWS_REGION`, else the region of the profile, if either names one. */
export async function configuredRegion(profile: string | undefined): Promise<string | undefined> {
  const { loadConfig } = await configModule();
  const region = loadConfig<string | undefined>(
    {
      environmentVariableSelector: ({ AWS_REGION }) => AWS_REGION || undefined,
      configFileSelector: ({ region: named }) => named || undefined,
      default: undefined,
    },
    { preferredFile: 'credentials', ...(profile !== undefined && { profile }) },
  );
  return region();
}

/** Loaded when it is needed: where commands share this file, a static import would be part of every start. */
function configModule() {
  return import('@smithy/core/config');
}

/** An endpoint, or the services that should have had one. */
type Named = { readonly url: string } | { readonly missing: string };

async function named(service: Service, init: { readonly profile?: string }): Promise<Named | undefined> {
  const { loadConfig } = await configModule();
  const find = loadConfig<Named | undefined>(
    {
      environmentVariableSelector: (env) =>
        urlOf(env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env['AWS_ENDPOINT_URL']),
      configFileSelector: ({ services, endpoint_url }, file) => {
        // What a selector throws is taken for "not set".
        const section = services ? file?.[`services.${services}`] : {};
        return section
          ? urlOf(section[`${service}.endpoint_url`] || endpoint_url)
          : { missing: services ?? '' };
      },
      default: undefined,
    },
    init,
  );
  return find();
}

function urlOf(url: string | undefined): Named | undefined {
  return url ? { url } : undefined;
}

function endpointIn(found: Named | undefined): string | undefined {
  if (!found) return undefined;
  if ('url' in found) return checkEndpoint('endpoint', found.url).href;
  throw new OptionError(
    'profile',
    `its services ${JSON.stringify(found.missing)} are not in the config file: add the section, or name the endpoint`,
  );
}

/** `undefined` for anything else, which is as good as not set. */
function truth(text: string | undefined): boolean | undefined {
  const word = text?.toLowerCase();
  return word === 'true' || word === 'false' ? word === 'true' : undefined;
}
