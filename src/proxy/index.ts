export { type ProxySettings, type RunningProxy, startProxy } from './server/listen.ts';
export type { ProxyProfile } from './translate/translate.ts';
