import { capacityAgreement } from "./capacity-agreement";
import type { Ledger } from "../run/ledger";

const CLUSTERS = 12;

/** The capacity model against the real scheduler on random clusters. */
export async function proveCapacity(ledger: Ledger): Promise<void> {
  const told: string[] = [];
  const { sentence, clusters, holds } = await capacityAgreement(
    { seeds: Array.from({ length: CLUSTERS }, (_, index) => index + 1), parallel: 2 },
    (line) => {
      told.push(line);
      ledger.progress.step(line);
    },
  );
  ledger.note(sentence);
  if (holds) ledger.proved("random clusters on which model and scheduler agree or the model stays undecided", clusters);
  else
    ledger.failed(
      "the capacity model against kube-scheduler",
      [sentence, ...told.filter((line) => /too lax|too strict|^ |^cluster \d+: (?!.*agrees$)/.test(line))].join("\n"),
    );
}
