export { type OfflineTeacherOptions, offlineTeacher } from './offline.ts';
