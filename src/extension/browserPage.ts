import { texts } from '../text/texts';
import type { LogServer } from './logServer';

/** An address in parts, as a `vscode.Uri` has them. */
export interface UriLike {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
  with(change: { readonly fragment: string }): UriLike;
}

/** What VS Code does with addresses. */
export interface Addresses<Uri extends UriLike> {
  parse(address: string): Uri;
  /** Where the same is to be had from the person's own machine; makes a tunnel in a remote window. */
  asExternal(uri: Uri): Thenable<Uri>;
  /** Resolves to false where nothing was opened. */
  open(uri: Uri): Thenable<boolean>;
}

/**
 * Opens the page of a server in the person's browser. It gets in with a ticket, which works once; that
 * stands behind the #, which browsers keep to themselves: no server, no proxy and no log of theirs sees it.
 *
 * @param port that the server shall open, if it has none yet; 0: any free one.
 * @throws Error with one sentence.
 */
export async function openPage<Uri extends UriLike>(
  server: Pick<LogServer, 'openPort' | 'issueTicket'>,
  port: number,
  addresses: Addresses<Uri>,
): Promise<void> {
  const local = addresses.parse(`${await server.openPort(port)}/`);
  const external = await addresses.asExternal(local);
  const ticket = await server.issueTicket(originOutside(external));
  // What is opened is resolved once more, and a tunnel's own end on the loopback would get a tunnel of its own.
  const target = isLoopback(external) && external.path === local.path ? local : external;
  if (!(await addresses.open(target.with({ fragment: `ticket=${ticket}` }) as Uri))) {
    throw new Error(texts.extension.server.browserRefused);
  }
}

/** The origin of a page there, as its browser will send it; null on the loopback, which a server knows anyway. */
function originOutside(uri: UriLike): string | null {
  return isLoopback(uri) ? null : new URL(`${uri.scheme}://${uri.authority}`).origin;
}

function isLoopback({ authority }: UriLike): boolean {
  return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(authority);
}
