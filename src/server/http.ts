import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { HEALTH_PATH, HEALTH_SERVER, WEBSOCKET_PATH } from '../protocol/version';
import { texts } from '../text/texts';
import { type AccessRules, checkRequest } from './security';

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

function pageHeaders(host: string): Record<string, string> {
  // Safari does not let 'self' cover WebSockets, so the address stands there by name.
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ws://${host} wss://${host}`,
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

/**
 * Answers plain HTTP requests: the page, its files, and `/healthz`. The page holds no log lines, so
 * it needs no token; those come over the WebSocket, which does.
 */
export function createRequestHandler(
  pageFolder: string,
  rules: AccessRules,
  health: () => Health,
  onRefused: (why: string, request: IncomingMessage) => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const refusal = checkRequest(request, rules);
    if (refusal) {
      onRefused(texts.server.http[refusal], request);
      answer(response, 403, texts.server.http[refusal]);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, texts.server.http.method, { Allow: 'GET, HEAD' });
      return;
    }
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
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
    readFile(join(pageFolder, page.file))
      .then(
        (content) => {
          const headers = pageHeaders(request.headers.host ?? '');
          response.writeHead(200, { ...headers, 'Content-Type': page.type, 'Content-Length': content.length });
          response.end(request.method === 'HEAD' ? undefined : content);
        },
        () => answer(response, 404, texts.server.http.noPage),
      )
      // Headers take the host from outside; whatever is wrong with them costs this request only.
      .catch(() => response.destroy());
  };
}
