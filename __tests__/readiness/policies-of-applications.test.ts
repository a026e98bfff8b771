import { describePolicies } from "./policy-contract";
import { ofApplications } from "./policy-halves";

describePolicies((domain) => ofApplications.includes(domain));
