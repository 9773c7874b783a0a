import { SearchAttributeType, defineSearchAttributeKey } from "@temporalio/common";

/** The organization of a run; set at start. */
export const organizationAttribute = defineSearchAttributeKey(
  "OutboundOrganization",
  SearchAttributeType.KEYWORD,
);
/** `planning`, `settling`, then how it ended: `settled`, `parked`, `held`, `compensated`, `cancelled`. */
export const stateAttribute = defineSearchAttributeKey("OutboundState", SearchAttributeType.KEYWORD);
/** Connections that had work. */
export const connectionsAttribute = defineSearchAttributeKey(
  "OutboundConnections",
  SearchAttributeType.KEYWORD_LIST,
);
/** Connections whose lane failed for good. */
export const failingAttribute = defineSearchAttributeKey("OutboundFailing", SearchAttributeType.KEYWORD_LIST);
