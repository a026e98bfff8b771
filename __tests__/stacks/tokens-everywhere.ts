import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import {
  type App,
  Aspects,
  Fn,
  Lazy,
  LocalBackend,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
  Token,
} from "cdktf";
import type { IConstruct } from "constructs";

/** Two stacks whose resources hold tokens in texts, keys, lists, numbers, maps and expressions: of their own stack, and of the other. */
export function tokensEverywhere(app: App): void {
  const first = stackOf(app, "first");
  const source = new SqsQueue(first, "source", { name: "source" });
  for (const stack of [first, stackOf(app, "second")]) {
    const queue = new SqsQueue(stack, "queue", {
      name: `${source.name}-and-${source.name}`,
      tags: { [source.name]: source.arn, plain: "${literal}", joined: Fn.join(",", [source.arn, "x"]) },
      delaySeconds: source.delaySeconds,
      visibilityTimeoutSeconds: Lazy.numberValue({ produce: () => 30 }),
      dependsOn: stack === first ? [source] : [],
    });
    queue.addOverride("list", Token.asList(source.tagsAll));
    queue.addOverride("lists", [
      [source.arn],
      [undefined, null, "", source.delaySeconds],
      [{ nothing: undefined, queue: source.url }],
    ]);
    queue.addOverride("map", source.tagsAll);
    queue.addOverride("text", Fn.jsonencode({ arn: source.arn, [source.name]: [`${source.delaySeconds} s`] }));
    new TerraformOutput(stack, "arn", { value: source.arn });
  }
}

/** As {@link tokensEverywhere}, with an aspect that changes every resource after cdktf has prepared it. */
export function tokensAndAspect(app: App): void {
  tokensEverywhere(app);
  const seen = {
    visit: (node: IConstruct) => {
      if (TerraformResource.isTerraformResource(node)) node.addOverride("tags.seen", node.node.path);
    },
  };
  for (const stack of app.node.children) Aspects.of(stack).add(seen);
}

function stackOf(app: App, name: string): TerraformStack {
  const stack = new TerraformStack(app, name);
  new LocalBackend(stack, { path: `${name}.tfstate` });
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  return stack;
}
