/** Environments that must have one shape; the emulated one has only what its emulators know. */
export const shapedEnvironments = ["production", "staging", "development"] as const;
export type ShapedEnvironment = (typeof shapedEnvironments)[number];

/**
 * Facts of each resource by construct path and type: what it is set to, without sizes and settings, and without what names
 * the environment. Of two regions the first: that the second is like it is judged by MR-05.
 */
export type Shape = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What all environments have, once; and what one has otherwise, or alone. */
export interface ShapeLock {
  readonly shared: Shape;
  readonly only: Readonly<Record<ShapedEnvironment, Shape>>;
}
