type Environment = Readonly<Record<string, string | undefined>>;

export const USAGE: string;

export function planSoak(
  argv: readonly string[],
  env: Environment,
): {
  readonly calls: readonly { readonly files: readonly string[]; readonly pattern?: string }[];
  readonly env: Environment;
};
