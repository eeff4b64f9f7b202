/** What can be said before anything else of the extension is loaded; so it stands by itself. */
export const activationTexts = {
  notLoaded: (message: string) => `Live Log Stream could not be loaded (${message}): reinstall the extension.`,
};
