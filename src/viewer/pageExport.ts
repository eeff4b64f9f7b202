import type { ExportMessage } from '../view/messages';

/** The address of a download is given back after so long, ms: browsers read it within a moment. */
const KEPT_MS = 60_000;

/** Saves an export as a download, or opens it as text in another tab: a page has no files of its own. */
export async function exportFromPage(
  { format, target }: ExportMessage,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const parts: BlobPart[] = [];
  for await (const part of content) {
    parts.push(part.slice());
    // Others get their turn between two pieces.
    await new Promise((resolve) => setTimeout(resolve));
  }
  // Never as HTML: what a log holds must not run in the page's origin.
  const address = URL.createObjectURL(new Blob(parts, { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  if (target === 'editor') {
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
  } else {
    link.download = fileName(format);
  }
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

function fileName(format: ExportMessage['format']): string {
  const stamp = new Date().toISOString().replace(/\..*$/, '').replaceAll(':', '-');
  return `live-log-${stamp}.${format === 'text' ? 'log' : 'jsonl'}`;
}
