/** The addresses a webview may load, as the webview itself has to be told them. */
export interface PanelAddresses {
  readonly script: string;
  readonly styles: readonly string[];
  /** The icon font's style sheet; the viewer's controls find it by its id. */
  readonly iconStyle: string;
  /** Where styles and fonts come from: `webview.cspSource`. */
  readonly contentSource: string;
}

/**
 * The document of the panel. Its policy allows nothing but the viewer's own script, by nonce, and
 * styles and fonts from the extension's folder, and workers that this script makes from a text of its
 * own: no inline code, no network, no frames, no forms.
 * Whatever stands in a log stays text.
 *
 * @param nonce new for every document.
 */
export function panelHtml(addresses: PanelAddresses, nonce: string, title: string): string {
  const { contentSource } = addresses;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${contentSource}`,
    `font-src ${contentSource}`,
    `img-src ${contentSource}`,
    // The thread for a person's patterns, made from a text in the viewer's own script.
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const styles = addresses.styles.map((style) => `<link rel="stylesheet" href="${attribute(style)}">`).join('\n');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${attribute(title)}</title>
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${attribute(addresses.iconStyle)}">
${styles}
</head>
<body>
<script nonce="${attribute(nonce)}" src="${attribute(addresses.script)}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
