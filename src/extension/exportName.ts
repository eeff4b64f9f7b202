import type { ExportMessage } from '../view/messages';

/** A name any file system takes: `web-2026-01-31T12-00-00.log`. */
export function exportName(stream: string, { format }: Pick<ExportMessage, 'format'>, now: number): string {
  const name = stream.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-');
  return `${name.slice(0, 80) || 'log'}-${time}.${format === 'text' ? 'log' : 'jsonl'}`;
}
