/**
 * Why a profile gives no keys, where the AWS config files themselves tell: the SDK asks one provider after the other and
 * says only that none had any. Runs nothing, and shows no value but names of profiles.
 */

/** A clause for a message; `undefined` where the files look right. `named`: default `AWS_PROFILE`, else `default`. */
export async function profileProblem(named: string | undefined): Promise<string | undefined> {
  const { getProfileName, parseKnownFiles } = await import('@smithy/core/config');
  const name = getProfileName(named === undefined ? {} : { profile: named });
  const profiles = await parseKnownFiles({ ignoreCache: true });
  const profile = profiles[name];
  if (!profile)
    return name === 'default' ? undefined : `the AWS config files have no profile ${quoted(name)}`;
  const { source_profile: source = name } = profile;
  const from = profiles[source];
  if (!from)
    return `the AWS config files have no profile ${quoted(source)}, the source_profile of ${quoted(name)}`;
  if (!profile['credential_process'] && !from['credential_process']) return undefined;
  return `the credential_process of the profile ${quoted(profile['credential_process'] ? name : source)} failed, whose output is not shown: run it by itself to see why`;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
