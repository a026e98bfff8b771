import { Node, type Construct } from "constructs";
import { callSite, type StackFrame } from "../../config/declaration";

type AddChild = (this: Node, child: Construct, id: string) => void;

/** Where each construct of an app was made: the line of its `new`. */
export type CreatedAt = ReadonlyMap<object, StackFrame>;

/** Remembers who makes each construct while `build` runs: the constructs library keeps only their order. */
export function recordingCreation(build: () => void): CreatedAt {
  const created = new Map<object, StackFrame>();
  const prototype = Node.prototype as unknown as { addChild: AddChild };
  const { addChild } = prototype;
  prototype.addChild = function (child, id) {
    created.set(child, callSite(child.constructor));
    addChild.call(this, child, id);
  };
  try {
    build();
  } finally {
    prototype.addChild = addChild;
  }
  return created;
}
