/** The reader of YAML, loaded when the first document is read: the library is large, and most runs need none. */
import type { ParseYaml } from '../../model/bundle-files.js';

export async function yamlParser(): Promise<ParseYaml> {
  const { parseYaml } = await import('./yaml.js');
  return parseYaml;
}
