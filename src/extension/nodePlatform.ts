import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../base/clock';
import { systemRandom } from '../base/random';
import { nodeTransport } from '../client/nodeTransport';
import { createByteScanner, useByteScanner } from '../store/byteScanner';
import { texts } from '../text/texts';
import { LogServerError, startLogServer } from './logServer';
import { openNodeThread } from './nodePatternThread';
import type { Platform } from './platform';
import { makeServerSocket } from './serverSocket';
import { serverArguments } from './serverSources';
import { writeFile } from './writeFile';

/** The extension's surroundings on the desktop and in remote windows: Node.js, with processes and sockets. */
export function nodePlatform(context: vscode.ExtensionContext): Platform {
  useByteScanner(createByteScanner());
  const program = context.asAbsolutePath(join('dist', 'server.js'));
  return {
    clock: systemClock,
    random: systemRandom,
    transport: nodeTransport,
    openPatternThread: openNodeThread,
    writeFile,
    servers: {
      name: process.platform,
      async start(sources, port) {
        if (serverArguments(sources, port, process.platform) === null) {
          throw new LogServerError(texts.extension.server.commandUnreadable);
        }
        const socket = port === 0 ? makeServerSocket(process.platform) : undefined;
        return startLogServer({
          program,
          arguments: serverArguments(sources, socket?.path ?? port, process.platform) ?? [],
          directory: workingDirectory(),
          clock: systemClock,
          // For its lifetime; nobody but the client in this process and the server itself ever sees it.
          token: randomBytes(32).toString('base64url'),
          socketFolder: socket?.folder,
        });
      },
    },
  };
}

/** Where commands run: in the workspace's first folder, as VS Code's own terminal does. */
function workingDirectory(): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder?.scheme === 'file' ? folder.fsPath : homedir();
}
