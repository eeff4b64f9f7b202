import { parseServerRequest, type ServerAnswer, type ServerRequest } from '../../protocol/serverChannel';

/** The end of the channel that Node.js gives to a process that was started with one. */
export interface EditorChannel {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  send(answer: ServerAnswer): void;
}

/** What the editor may ask of its server. */
export interface EditorRequests {
  /** Resolves to the address of the page; rejects with a sentence. */
  openPort(port: number): Promise<string>;
  issueTicket(origin: string | null): string;
}

/** Answers what the editor that started this server asks over their channel; all else is ignored. */
export function answerEditor(channel: EditorChannel, requests: EditorRequests): void {
  channel.on('message', (message) => {
    const request = parseServerRequest(message);
    if (request === null) {
      return;
    }
    answer(request, requests)
      .catch((error: unknown): ServerAnswer => {
        const reason = error instanceof Error ? error.message : String(error);
        return { type: 'failed', id: request.id, reason };
      })
      .then((reply) => channel.send(reply));
  });
}

async function answer(request: ServerRequest, requests: EditorRequests): Promise<ServerAnswer> {
  const { id } = request;
  switch (request.type) {
    case 'openPort':
      return { type: 'portOpen', id, address: await requests.openPort(request.port) };
    case 'issueTicket':
      return { type: 'ticket', id, ticket: requests.issueTicket(request.origin) };
  }
}
