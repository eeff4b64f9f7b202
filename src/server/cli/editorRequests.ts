import { texts } from '../../text/texts';
import type { LogServer } from '../logServer';
import { answerEditor, type EditorRequests } from './editorChannel';
import { whyPortIsClosed } from './listening';

/** Answers the editor that started this process. */
export function serveEditor(server: LogServer, host: string, token: string | undefined): void {
  answerEditor(
    {
      on: (event, listener) => process.on(event, listener),
      // The editor may go at any time; that ends this process.
      send: (answer) => process.connected && process.send?.(answer, undefined, undefined, () => undefined),
    },
    editorRequests(server, host, token),
  );
}

/** What the editor that started this server may ask of it. */
function editorRequests(server: LogServer, host: string, token: string | undefined): EditorRequests {
  return {
    async openPort(port) {
      if (token === undefined) {
        throw new Error(texts.server.pageNeedsToken);
      }
      try {
        return await server.openPort(port);
      } catch (error) {
        throw new Error(await whyPortIsClosed(error, host, port));
      }
    },
    issueTicket: (origin) => server.issueTicket(origin),
  };
}
