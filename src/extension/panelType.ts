/** The type of the panel's webview; VS Code restores panels by it. */
export const PANEL_TYPE = 'logStream.panel';
