export { runCodingTool } from './coding/run.ts';
export { CODING_TOOLS } from './coding/tools.ts';
export { type ProxySettings, type RunningProxy, startProxy } from './server/listen.ts';
export type { ProxyProfile } from './translate/translate.ts';
