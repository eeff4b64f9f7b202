import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { texts } from '../../text/texts';
import type { ServerSettings } from './commandLine';
import { readOptionFile } from './optionFile';
import { StartError } from './startError';

/**
 * The certificate and its key; undefined where none are wanted.
 * @throws StartError which says what is wrong with which of the two.
 */
export function readTls({
  certFile,
  keyFile,
}: Pick<ServerSettings, 'certFile' | 'keyFile'>): { readonly cert: Buffer; readonly key: Buffer } | undefined {
  if (certFile === undefined || keyFile === undefined) {
    return undefined;
  }
  const cert = readOptionFile('--cert', certFile);
  const key = readOptionFile('--key', keyFile);
  check({ cert }, (detail) => texts.server.badCertificate(certFile, detail));
  check({ key }, (detail) => texts.server.badKey(keyFile, detail));
  check({ cert, key }, (detail) => texts.server.keyOfOther(certFile, keyFile, detail));
  return { cert, key };
}

function check(part: SecureContextOptions, sentence: (detail: string) => string): void {
  try {
    createSecureContext(part);
  } catch (error) {
    // OpenSSL's own word, such as "no start line", where there is one.
    const { reason, message } = error as Error & { readonly reason?: string };
    throw new StartError(sentence(reason ?? message));
  }
}
