/**
 * Joins the lines of `format=flowed` text (RFC 3676 §4.2): a line that ends in a space goes on in the next one of the
 * same quote depth; with `delsp` that space goes. Space-stuffing is undone. `-- ` is a signature and never flows.
 */
export function unflow(text: string, deleteSpace: boolean): string {
  const out: string[] = [];
  let paragraph: string[] = [];
  let paragraphDepth = 0;
  const end = (): void => {
    if (paragraph.length === 0) return;
    out.push(paragraphDepth > 0 ? `${'>'.repeat(paragraphDepth)} ${paragraph.join('')}` : paragraph.join(''));
    paragraph = [];
  };
  const lines = text.split('\n');
  const last = lines.at(-1) === '' ? lines.pop() : undefined;
  for (const line of lines) {
    let depth = 0;
    while (line[depth] === '>') depth++;
    const content = line[depth] === ' ' ? line.slice(depth + 1) : line.slice(depth);
    if (paragraph.length > 0 && depth !== paragraphDepth) end();
    paragraphDepth = depth;
    const signature = content === '-- ';
    if (signature) end();
    const flows = content.endsWith(' ') && !signature;
    paragraph.push(flows && deleteSpace ? content.slice(0, -1) : content);
    if (!flows) end();
  }
  end();
  if (last !== undefined) out.push('');
  return out.join('\n');
}
