import { texts } from '../../text/texts';
import { isLoopback } from '../http/accessRules';
import type { ServerSettings } from './commandLine';
import { readOptionFile } from './optionFile';
import { EXIT, StartError } from './startError';
import { complain } from './terminal';

/**
 * Takes the token out of the options, its file or the environment; undefined where none is wanted.
 * @throws StartError where it is empty, or missing although others than this machine reach the server.
 */
export function takeToken(settings: Pick<ServerSettings, 'token' | 'tokenFile' | 'host'>): string | undefined {
  const token = findToken(settings);
  // For us alone: a command that is followed would inherit it, and whatever that starts.
  delete process.env.LOG_STREAM_TOKEN;
  return token;
}

function findToken(settings: Pick<ServerSettings, 'token' | 'tokenFile' | 'host'>): string | undefined {
  if (settings.token !== undefined) {
    complain(texts.server.tokenVisible);
  }
  const token =
    settings.tokenFile === undefined
      ? (settings.token ?? (process.env.LOG_STREAM_TOKEN || undefined))
      : readOptionFile('--token-file', settings.tokenFile).toString('utf8').trim();
  if (token === '') {
    throw new StartError(texts.server.emptyToken, EXIT.usage);
  }
  if (token === undefined && !isLoopback(settings.host)) {
    throw new StartError(texts.server.tokenNeeded(settings.host), EXIT.usage);
  }
  return token;
}
