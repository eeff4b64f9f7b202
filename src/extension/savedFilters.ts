import * as vscode from 'vscode';
import type { Filter } from '../store/filter';
import { texts } from '../text/texts';
import { hasFilter, withFilter } from './filterList';
import { tellError, tellInformation } from './notifications';
import { SETTINGS_SECTION } from './settingsKeys';
import { LONGEST_NAME, VIEWER_SETTINGS } from './viewerSettingsReader';

const say = texts.extension.savedFilters;

/**
 * Keeps a filter by name: in the workspace's settings, where a team shares it, or in the person's
 * own where no folder is open or its settings do not count.
 */
export async function saveFilter(givenName: string, filter: Filter): Promise<void> {
  const name = givenName.trim().slice(0, LONGEST_NAME);
  if (name === '') {
    return;
  }
  const inWorkspace = vscode.workspace.workspaceFolders !== undefined && vscode.workspace.isTrusted;
  const section = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  const { key } = VIEWER_SETTINGS.filters;
  const values = section.inspect<unknown>(key);
  const list = inWorkspace ? values?.workspaceValue : values?.globalValue;
  if (hasFilter(list, name)) {
    const answer = await vscode.window.showWarningMessage(say.replace(name), { modal: true }, say.replaceButton);
    if (answer !== say.replaceButton) {
      return;
    }
  }
  try {
    await section.update(
      key,
      withFilter(list, name, filter),
      inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
    );
  } catch (error) {
    tellError(say.notSaved(name, error instanceof Error ? error.message : String(error)));
    return;
  }
  tellInformation(inWorkspace ? say.savedInWorkspace(name) : say.savedForPerson(name));
}
