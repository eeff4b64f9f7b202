import { activationTexts } from './activation';
import { clientTexts } from './client';
import { extensionTexts } from './extension';
import { findingTexts } from './finding';
import { serverTexts } from './server';
import { terminalTexts } from './terminal';
import { viewerTexts } from './viewer';

/**
 * Every text a person sees, in one table: a sentence is either a constant or a function of what it
 * names. One file per part; a further language is another object of the type {@link Texts}.
 */
const english = {
  activation: activationTexts,
  client: clientTexts,
  extension: extensionTexts,
  finding: findingTexts,
  server: serverTexts,
  terminal: terminalTexts,
  viewer: viewerTexts,
};

export type Texts = typeof english;

/** The texts of the language in use. */
export const texts: Texts = english;
