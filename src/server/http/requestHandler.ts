import type { IncomingMessage, ServerResponse } from 'node:http';
import { HEALTH_PATH, HEALTH_SERVER, SESSION_PATH, WEBSOCKET_PATH } from '../../protocol/version';
import { texts } from '../../text/texts';
import type { Redeemed } from './access';
import { type AccessRules, checkRequest } from './accessRules';
import { endWithShared, PageFiles } from './pageFiles';

/** What `/healthz` says besides that all is well. */
export interface Health {
  readonly version: string;
  readonly clients: number;
  readonly sources: number;
}

/** The files of the page: the only ones that can be asked for. No path ever comes from a request. */
const PAGE_FILES: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
  '/viewer.css': { file: 'viewer.css', type: 'text/css; charset=utf-8' },
  '/page-theme.css': { file: 'page-theme.css', type: 'text/css; charset=utf-8' },
  '/codicon.css': { file: 'codicon.css', type: 'text/css; charset=utf-8' },
  '/codicon.ttf': { file: 'codicon.ttf', type: 'font/ttf' },
  '/icon.svg': { file: 'icon.svg', type: 'image/svg+xml' },
  '/favicon.ico': { file: 'icon.svg', type: 'image/svg+xml' },
};

/** A ticket and the JSON around it; longer bodies are refused. */
const MOST_BODY_BYTES = 1024;

function pageHeaders(host: string, external: URL | undefined): Record<string, string> {
  // A tunnel may put another name into the request than the one the page is under.
  const hosts = new Set([host, ...(external ? [external.host] : [])]);
  const webSockets = [...hosts].map((each) => `ws://${each} wss://${each}`);
  // Safari does not let 'self' cover WebSockets, so the address stands there by name.
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    // The thread for a person's patterns, made from a text in the page's own script.
    'worker-src blob:',
    `connect-src 'self' ${webSockets.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-cache',
  };
}

function answer(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(`${body}\n`);
}

/** The body as text; undefined where it is too long, and what follows is let go by. Rejects when the request breaks off. */
function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((settle, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MOST_BODY_BYTES) {
        chunks.length = 0;
        settle(undefined);
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => settle(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });
}

function readTicket(body: string): string | undefined {
  try {
    const { ticket } = JSON.parse(body) as { readonly ticket?: unknown };
    return typeof ticket === 'string' && ticket !== '' ? ticket : undefined;
  } catch {
    return undefined;
  }
}

/** A page shows its ticket and gets a token of its own (PROTOCOL.md section 12). */
async function exchangeTicket(
  request: IncomingMessage,
  response: ServerResponse,
  { redeem, onRefused }: RequestHandling,
): Promise<void> {
  const words = texts.server.http;
  const refuse = (status: number, sentence: string, headers: Record<string, string> = {}) => {
    onRefused(sentence, request);
    answer(response, status, sentence, headers);
  };
  if (request.method !== 'POST') {
    answer(response, 405, words.sessionMethod, { Allow: 'POST' });
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    refuse(413, words.bodyTooLong, { Connection: 'close' });
    return;
  }
  const ticket = readTicket(body);
  if (ticket === undefined) {
    refuse(400, words.noTicket);
    return;
  }
  const redeemed = redeem(ticket);
  switch (redeemed.kind) {
    case 'token':
      answer(response, 200, JSON.stringify({ token: redeemed.token }), { 'Content-Type': 'application/json' });
      break;
    case 'spent':
      refuse(403, words.ticketSpent);
      break;
    case 'tooMany':
      // Not told to the log, which whoever tries could fill.
      answer(response, 429, words.tooManyTickets, { 'Retry-After': '1' });
      break;
  }
}

export interface RequestHandling {
  readonly pageFolder: string;
  readonly rules: AccessRules;
  readonly health: () => Health;
  readonly redeem: (ticket: string) => Redeemed;
  readonly onRefused: (why: string, request: IncomingMessage) => void;
}

/**
 * Answers plain HTTP requests: the page, its files, `/healthz`, and a page's ticket. The page holds no
 * log lines, so it needs no token; those come over the WebSocket, which does.
 */
export function createRequestHandler(
  handling: RequestHandling,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { pageFolder, rules, health, onRefused } = handling;
  const files = new PageFiles(pageFolder);
  return (request, response) => {
    const refusal = checkRequest(request, rules);
    if (refusal) {
      onRefused(texts.server.http[refusal], request);
      answer(response, 403, texts.server.http[refusal]);
      return;
    }
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (path === SESSION_PATH) {
      exchangeTicket(request, response, handling).catch(() => response.destroy());
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, texts.server.http.method, { Allow: 'GET, HEAD' });
      return;
    }
    if (path === HEALTH_PATH) {
      const body = JSON.stringify({ status: 'ok', server: HEALTH_SERVER, ...health() });
      answer(response, 200, body, { 'Content-Type': 'application/json' });
      return;
    }
    if (path === WEBSOCKET_PATH) {
      // Of a connection that asked for another upgrade Node.js reads no more requests, so it is closed.
      answer(response, 426, texts.server.http.upgrade, { Upgrade: 'websocket', Connection: 'Upgrade, close' });
      return;
    }
    const page = Object.hasOwn(PAGE_FILES, path) ? PAGE_FILES[path] : undefined;
    if (!page) {
      answer(response, 404, texts.server.http.notFound);
      return;
    }
    files
      .read(page.file)
      .then(
        (content) => {
          const headers = pageHeaders(request.headers.host ?? '', rules.external());
          response.writeHead(200, { ...headers, 'Content-Type': page.type, 'Content-Length': content.length });
          if (request.method === 'HEAD') {
            response.end();
          } else {
            endWithShared(response, content);
          }
        },
        () => answer(response, 404, texts.server.http.noPage),
      )
      // Headers take the host from outside; whatever is wrong with them costs this request only.
      .catch(() => response.destroy());
  };
}
