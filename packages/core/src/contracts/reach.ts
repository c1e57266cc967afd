// From where data can be reached. An engine whose executors run on several hosts, or whose driver may move to another
// host, refuses data that only one host reaches.

/**
 * From where a place of data can be reached: `process`, from the process that opened the place; `host`, from every process
 * of one machine; `everywhere`, under the same name from every host of the engine.
 */
export type Reach = 'process' | 'host' | 'everywhere';
