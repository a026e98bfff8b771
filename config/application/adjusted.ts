import type { EnvironmentName } from "../environment";
import type { Application } from "./schema";

/** The application as one environment runs it. */
export function adjusted(declared: Application, environment: EnvironmentName): Application {
  if (environment === "production") return declared;
  // Promises are made of production.
  const application: Application = { ...declared };
  delete application.claims;
  const differs = application.environments?.[environment];
  if (!differs) return application;
  const components = Object.entries(application.components).map(([name, component]) => {
    const { replicas, min, max, keepAvailable } = differs.components?.[name] ?? {};
    return [
      name,
      {
        ...component,
        ...(differs.settings ? { settings: { ...component.settings, ...differs.settings } } : {}),
        ...(replicas === undefined ? {} : { replicas }),
        ...(keepAvailable === undefined ? {} : { keepAvailable }),
        ...(component.scale
          ? { scale: { ...component.scale, min: min ?? component.scale.min, max: max ?? component.scale.max } }
          : {}),
      },
    ];
  });
  return {
    ...application,
    components: Object.fromEntries(components) as Application["components"],
    ...(application.flags || differs.flags ? { flags: { ...application.flags, ...differs.flags } } : {}),
  };
}
