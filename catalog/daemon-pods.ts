/** stand-in until charts land */
export const DAEMON_PODS = [{ cpuMillis: 50, memoryMiB: 40, count: 5 }];
