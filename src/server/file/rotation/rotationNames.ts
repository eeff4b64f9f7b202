/** Compressed files hold other bytes than the log had. */
export const COMPRESSED = /\.(gz|bz2|xz|zst|zip|lz4|lzma)$/i;
/** What rotations put into names: numbers and dates (logrotate, log4j, Python's handlers, Docker). */
const ROTATION_MARK = '[-._][0-9][-0-9TtZz_.:+]*';
/** What else copies of a log are called. Nothing but these: `web.env` beside `web` is a file of its own. */
const COPY_MARK = /^(~|[-._](old|bak|backup|prev|previous|last|save|saved|orig|copy)~?)$/i;

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * How a rotation of `base` is named, numbers of one to three digits and dates of one form alike; undefined
 * for other names. `app.log.1`, `app.log-20261124`, `app-2026-11-24.log`, all of them compressed or not.
 */
export function rotationShape(name: string, base: string): string | undefined {
  const stem = stemOf(base);
  const extension = base.slice(stem.length);
  const plain = name.replace(COMPRESSED, '');
  const [, behind] = new RegExp(`^${escaped(base)}(${ROTATION_MARK})$`).exec(plain) ?? [];
  const [, within] = new RegExp(`^${escaped(stem)}(${ROTATION_MARK})${escaped(extension)}$`).exec(plain) ?? [];
  const mark = behind ?? (stem === '' ? undefined : within);
  const shape = mark?.replace(/[0-9]+/g, (digits) => (digits.length <= 3 ? '#' : '#'.repeat(digits.length)));
  return shape && (behind === undefined ? `${shape}${extension}` : `${extension}${shape}`);
}

/** What every rotation and copy of `base` begins with: its name without the extension. */
export function stemOf(base: string): string {
  return base.slice(0, base.length - (/\.[^.]+$/.exec(base)?.[0].length ?? 0));
}

/** Whether `name` is that of a rotation of `base`. */
export function isRotationName(name: string, base: string): boolean {
  return rotationShape(name, base) !== undefined;
}

/** Whether `name` is that of `base` with a mark of rotation behind it, which no log has of its own. */
export function isRotationBehind(name: string, base: string): boolean {
  return new RegExp(`^${escaped(base)}${ROTATION_MARK}$`).test(name.replace(COMPRESSED, ''));
}

/** All names that have `name` as a rotation behind them: those for which {@link isRotationBehind} holds. */
export function namesRotatedTo(name: string): readonly string[] {
  const plain = name.replace(COMPRESSED, '');
  const isMark = new RegExp(`^${ROTATION_MARK}$`);
  const ends = Array.from(plain, (_character, at) => at).filter((at) => at > 0 && isMark.test(plain.slice(at)));
  return ends.map((at) => plain.slice(0, at));
}

/** Whether `name` is a rotation of `base` and of no other log: behind its whole name, or by a date that begins with the year. */
export function isEvidentRotation(name: string, base: string): boolean {
  const isDated = /^[^#]*(####[-_.]##?[-_.]##?|########)/.test(rotationShape(name, base) ?? '');
  return isDated || isRotationBehind(name, base);
}

/** The shape of a rotation; and for what else a copy of `base` is called (`app.log.old`), its name. */
export function copyShape(name: string, base: string): string | undefined {
  const isCopy = name.startsWith(base) && COPY_MARK.test(name.slice(base.length));
  return rotationShape(name, base) ?? (isCopy ? name : undefined);
}
