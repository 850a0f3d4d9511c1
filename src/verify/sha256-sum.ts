import { descriptorsOf, ROOT_PATH, type Root } from '../manifest/index.ts';

/**
 * A line as `sha256sum` writes it. A name with a backslash or a line end is escaped and the line marked by a leading
 * backslash (GNU coreutils, md5sum invocation), or the name would end where it should not.
 */
export function sha256SumLine(digest: string, path: string): string {
  const hexadecimal = digest.replace(/^sha256:/, '');
  if (!/[\\\n\r]/.test(path)) return `${hexadecimal}  ${path}\n`;
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `\\${hexadecimal}  ${escaped}\n`;
}

/**
 * The content of `manifest-sha256.txt`: every file of the run, and `manifest.json` itself where its digest is given.
 * `sha256sum -c manifest-sha256.txt` in the run's folder checks the run without Mailproof.
 */
export function sha256SumLines(root: Root, rootDigest?: string): string {
  const lines = [...descriptorsOf(root)].map(({ path, descriptor }) => sha256SumLine(descriptor.digest, path));
  if (rootDigest !== undefined) lines.push(sha256SumLine(rootDigest, ROOT_PATH));
  return lines.join('');
}
