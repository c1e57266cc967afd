// Freezes plain data at every depth. The data is made for one reading, so nothing is copied.

/** The value itself, with all objects and arrays inside frozen. The value has to be a tree. */
export function deeplyFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deeplyFrozen(inner);
  return value;
}
