/** What the AWS SDK finds where options leave it open. Asks the environment and the AWS config files, and no service. */

export interface AwsConfiguration {
  /** `undefined`: the fallback is used. */
  readonly region?: string | undefined;
  readonly s3Endpoint?: string | undefined;
  readonly deadlineEndpoint?: string | undefined;
}

/** Of `profile`, default `AWS_PROFILE`, else `default`. Rejects with `OptionError` for an endpoint that is none. */
export async function awsConfiguration(profile?: string): Promise<AwsConfiguration> {
  const { configuredEndpoint, configuredRegion } = await import('../backends/s3/configured-endpoint.js');
  const [region, s3Endpoint, deadlineEndpoint] = await Promise.all([
    configuredRegion(profile),
    configuredEndpoint('s3', profile),
    configuredEndpoint('deadline', profile),
  ]);
  return { region, s3Endpoint, deadlineEndpoint };
}
