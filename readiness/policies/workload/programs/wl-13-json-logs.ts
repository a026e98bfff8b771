import { annotation } from "../../../../contract";
import { equals } from "../../../policy/comparison";
import { change, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown } from "../../../policy/verdict";
import { ownServices } from "../../../policy-terms/scope";
import { CONTAINER, deployments } from "../../../policy-terms/targets";

const FORMAT = "LOG_FORMAT";
const declared = ["metadata", "annotations", annotation.component, "logs", "format"];
const formatOf = (value: string) =>
  update(`${CONTAINER}.env`, (list) =>
    Array.isArray(list)
      ? list.map((one) => (JSON.stringify(one).includes(`"${FORMAT}"`) ? { name: FORMAT, value } : one))
      : list,
  );

export default policy({
  id: "WL-13",
  severity: "warning",
  title: "Components log one JSON object per line",
  because: "the log collector reads level and trace id from JSON fields: a line of prose cannot be searched by them",
  remedy:
    "leave logs of the application at its default, and let the software read LOG_FORMAT, LOG_LEVEL and LOG_TRACE_FIELD",
  proves: ["FG-18", "FF-09"],
  subjects: ownServices,
  check: (workload) => {
    if (workload.component === undefined)
      return unknown(`the form of its logs is not declared (annotation ${annotation.component})`, "logs");
    return [
      equals("json", workload.component.logFormat ?? "none", "form of the log lines that is declared", {
        field: "logs",
      }),
      ...workload.containers.map(({ name, environment }) =>
        equals(
          "json",
          environment.find((one) => one.name === FORMAT)?.value ?? "none",
          `${FORMAT} of container ${name}`,
          { field: "settings" },
        ),
      ),
    ];
  },
  mutants: [
    change("lines of prose are declared", deployments, set(declared, "text")),
    change(
      "the container has no setting",
      deployments,
      update(`${CONTAINER}.env`, () => undefined),
    ),
    change("the container has another setting", deployments, formatOf("text")),
  ],
  boundary: {
    holds: change(
      "another level in the same form",
      deployments,
      set(["metadata", "annotations", annotation.component, "logs", "level"], "debug"),
    ),
    breaks: change("the same words in capitals", deployments, formatOf("JSON")),
  },
});
