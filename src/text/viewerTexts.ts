import { findingTexts } from './finding';
import { viewerTexts } from './viewer';

/**
 * The texts of the viewer, for what runs in the page: it has nothing to say about the server's command line or the
 * extension's settings, and {@link texts} as a whole would bring them along, 25 KB of them.
 */
export const texts = { finding: findingTexts, viewer: viewerTexts };
