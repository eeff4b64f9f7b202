import { texts } from '../text/texts';

/** A command that is offered, to be completed by the person. */
export interface ServerPreset {
  readonly label: string;
  readonly description: string;
  /** Stands in the input field. */
  readonly command: string;
  /** What is selected in it, to be typed over: start and end. */
  readonly selection: readonly [start: number, end: number];
}

function preset(label: string, description: string, before: string, placeholder: string, after = ''): ServerPreset {
  return {
    label,
    description,
    command: before + placeholder + after,
    selection: [before.length, before.length + placeholder.length],
  };
}

/** The commands that people follow logs with, those that exist on this platform. */
export function serverPresets(platform: string): readonly ServerPreset[] {
  const presets = texts.extension.presets;
  return [
    preset('docker logs -f …', presets.docker, 'docker logs -f --tail 1000 ', 'CONTAINER'),
    preset('kubectl logs -f …', presets.kubectl, 'kubectl logs -f --tail=1000 ', 'POD'),
    // systemd's journal exists on Linux only.
    ...(platform === 'linux' ? [preset('journalctl -f', presets.journalctl, 'journalctl -f -n 1000 -u ', 'UNIT')] : []),
  ];
}
