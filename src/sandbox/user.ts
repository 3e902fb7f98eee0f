/**
 * Where this program runs as root, sandboxes run as this user, which owns nothing else: a process with root's own id
 * could read root's files through any hole, and the kernel does not hold it to a number of processes.
 */
export const SANDBOX_USER = 60_999;

export const runsAsRoot = process.getuid?.() === 0;
