/**
 * The README as the extension's own page in VS Code can show it.
 *
 * That page resolves no relative address, and VS Code 1.139 takes pictures from `https:` alone (1.99
 * took `data:` too): a picture that lies in the package would stand there as a broken one, and a link
 * to a file would lead nowhere. So pictures are left out here, and of links to files the words stay.
 * The pictures are in the walkthrough, which loads them from the extension itself.
 *
 * @param {string} markdown the README of the repository
 * @returns {string} the same without what that page could only show as broken
 */
export function packedReadme(markdown) {
  const relative = '(?![a-z][a-z+.-]*:|#|//)[^)\\s]*';
  return markdown
    .replaceAll(new RegExp(`^!\\[[^\\]]*\\]\\(${relative}\\)\\n+`, 'gm'), '')
    .replaceAll(new RegExp(`(?<!!)\\[([^\\]]*)\\]\\(${relative}\\)`, 'g'), '$1');
}
