import { composeFile, kubernetesManifests, type ServePlan } from '../serving/index.ts';
import { note, print, printJson } from './output.ts';
import { planJson, tellPlan } from './serve-plan.ts';

/** Prints manifests of engine and proxy on standard output, and what is known about the fit on standard error. */
export function printManifests(
  kind: 'compose' | 'kubernetes',
  plan: ServePlan,
  name: string,
  version: string,
  { json, proxyImage }: { readonly json?: boolean; readonly proxyImage?: string },
): void {
  const team = { name, plan, version, ...(proxyImage !== undefined && { proxyImage }) };
  const manifest = kind === 'compose' ? composeFile(team) : kubernetesManifests(team);
  if (json) {
    printJson({ ...planJson(plan), [kind]: manifest });
    return;
  }
  tellPlan(plan);
  for (const fault of plan.faults) note(fault);
  print(manifest.trimEnd());
}
