import type { App } from "cdktf";
import type { IConstruct } from "constructs";
import type { Declaration, StackFrame } from "../../config/declaration";
import { locate, type Location } from "../../config/source/location";
import { declarationOf } from "../../constructs/guarded";
import type { Finding } from "../judgement/judgement";
import type { Place } from "../policy/verdict";
import type { CreatedAt } from "./created-at";

/** So many declarations that all break one policy have their cause in the code that they share. */
const SHARED_BY = 3;

/**
 * Finds the line that causes a finding: of the setting that it names, where a configuration file has it; else of the code
 * that makes what it is about. Code that makes several things is the cause where all of them break the policy, and the
 * line that asks for one of them where the others hold.
 */
export class FindingSources {
  /** What breaks a policy, with everything that it is part of. */
  private readonly failing = new Map<string, Set<IConstruct>>();
  private madeAt: ReadonlyMap<string, readonly IConstruct[]> | undefined;

  constructor(
    private readonly app: App,
    private readonly created: CreatedAt,
    findings: readonly Finding[],
    private readonly root?: string,
  ) {
    for (const finding of findings) {
      const failing = this.failing.get(finding.policy) ?? new Set();
      this.failing.set(finding.policy, failing);
      const place = placeOf(finding);
      if ("constructPath" in place)
        for (const scope of this.constructAt(place.constructPath).node.scopes) failing.add(scope);
    }
  }

  of(finding: Finding): Location | undefined {
    const place = placeOf(finding);
    if ("file" in place) return locate(place, "", this.root);
    const { constructPath, field } = place;
    const construct = this.constructAt(constructPath);
    const declaration = declarationOf(construct) ?? {};
    // An object in a release, or a setting, belongs to one declaration: the code that writes it is shared with others.
    const own = field !== "" || constructPath.includes("#");
    const common = own ? undefined : this.commonCode(finding.policy, construct);
    if (common) return locate({ frame: common }, "", this.root);
    return locate({ ...declaration, ...this.code(construct, declaration) }, field, this.root);
  }

  /** Constructs by the line that makes them: made for the first finding that needs it. */
  private get made(): ReadonlyMap<string, readonly IConstruct[]> {
    if (this.madeAt) return this.madeAt;
    const made = new Map<string, IConstruct[]>();
    for (const construct of this.app.node.findAll()) {
      const key = keyOf(this.created.get(construct));
      const known = made.get(key);
      if (known) known.push(construct);
      else made.set(key, [construct]);
    }
    this.madeAt = made;
    return made;
  }

  /** The construct of the path, or the nearest one above it that there is. */
  private constructAt(path: string): IConstruct {
    let construct: IConstruct = this.app;
    for (const id of (path.split("#")[0] ?? "").split("/")) {
      const child = construct.node.tryFindChild(id);
      if (!child) break;
      construct = child;
    }
    return construct;
  }

  /** The innermost line all of whose constructs break the policy, where different declarations ask for them. */
  private commonCode(policy: string, construct: IConstruct): StackFrame | undefined {
    const failing = this.failing.get(policy);
    return innermostFirst(construct)
      .map((scope) => this.created.get(scope))
      .find((frame) => {
        const instances = this.made.get(keyOf(frame)) ?? [];
        return sitesOf(instances).size >= SHARED_BY && instances.every((instance) => failing?.has(instance));
      });
  }

  /** Where code makes the construct: by the line of its own, unless several declarations share that line. */
  private code(construct: IConstruct, { file, inCode, frame }: Declaration): { frame?: StackFrame } {
    if (file !== undefined && !inCode) return {};
    const own = this.created.get(construct);
    const shared = sitesOf(this.made.get(keyOf(own)) ?? []).size > 1;
    const chosen = shared ? (frame ?? own) : (own ?? frame);
    return chosen ? { frame: chosen } : {};
  }
}

const placeOf = ({ place, subject, field = "" }: Finding): Place =>
  place ?? { constructPath: subject.constructPath, field };

const keyOf = (frame: StackFrame | undefined): string => (frame ? `${frame.file}:${frame.line}:${frame.column}` : "");

/** The construct and those above it, up to its stack. */
const innermostFirst = (construct: IConstruct): readonly IConstruct[] =>
  construct.node.scopes.filter((scope) => scope.node.scopes.length > 2).reverse();

/** Who asks for the constructs. */
const sitesOf = (constructs: readonly IConstruct[]): ReadonlySet<string> =>
  new Set(
    constructs.map((construct) => {
      const { file, path, inCode, frame } = declarationOf(construct) ?? {};
      return file === undefined || inCode ? keyOf(frame) : `${file} ${path ?? ""}`;
    }),
  );
