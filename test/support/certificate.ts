import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Makes a certificate for `localhost` that is valid for a day, and its key; gives the paths of both. */
export function makeCertificate(folder: string): { readonly cert: string; readonly key: string } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { cert, key };
}
