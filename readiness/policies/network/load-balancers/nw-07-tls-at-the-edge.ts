import { postQuantumTlsPolicies } from "../../../../catalog/edge/tls-policies";
import { oneOf, present } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass } from "../../../policy/verdict";

const https = resource("aws_lb_listener", (block) => block["protocol"] === "HTTPS");
const http = resource("aws_lb_listener", (block) => block["protocol"] === "HTTP");

export default policy({
  id: "NW-07",
  severity: "error",
  proves: ["CA-23", "XB-09"],
  // An emulator's provider is older than the post-quantum policies.
  environments: ["production", "staging", "development"],
  title: "The edge serves TLS 1.3 with post-quantum key exchange and no plain HTTP",
  because:
    "what is recorded today with a classical key exchange is read when quantum computers are there, and a listener without a policy accepts TLS 1.0",
  remedy: `set ssl_policy of the listener to one of ${postQuantumTlsPolicies.join(", ")}; redirect port 80 to HTTPS`,
  equivalents: ["checkov CKV_AWS_2", "checkov CKV_AWS_103"],
  subjects: (platform) => platform.loadBalancers.flatMap((balancer) => balancer.listeners),
  check: (listener) => {
    if (listener.protocol === "HTTP")
      return listener.redirectsToHttps && listener.rules.length === 0
        ? pass("redirects to HTTPS")
        : fail({
            expected: "a redirect to HTTPS and no other rule",
            actual: `${listener.actions.join(", ") || "no action"}, ${listener.rules.length} rules`,
          });
    if (listener.protocol !== "HTTPS")
      return notApplicable(
        `${listener.protocol ?? "its protocol"} is not what an Application Load Balancer terminates TLS with`,
      );
    return [
      listener.sslPolicy === undefined && !listener.resource.has("ssl_policy")
        ? fail({ expected: "an ssl_policy", actual: "none: AWS then takes ELBSecurityPolicy-2016-08" })
        : oneOf(postQuantumTlsPolicies, listener.sslPolicy, "ssl_policy"),
      present(listener.resource.expanded("certificate_arn"), "certificate"),
    ];
  },
  mutants: [
    change("no policy", https, unset("ssl_policy")),
    change("no certificate", https, unset("certificate_arn")),
    change(
      "HTTP without a redirect",
      http,
      set("default_action", [
        { type: "fixed-response", fixed_response: { content_type: "text/plain", status_code: "200" } },
      ]),
    ),
    change("a redirect to HTTP", http, set("default_action.0.redirect.protocol", "HTTP")),
    change("HTTPS turned into HTTP", https, set("protocol", "HTTP")),
  ],
  boundary: {
    holds: change("the FIPS policy", https, set("ssl_policy", "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09")),
    breaks: change(
      "the same without post-quantum key exchange",
      https,
      set("ssl_policy", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"),
    ),
  },
});
