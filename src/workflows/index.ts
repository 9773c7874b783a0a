/** The manifest of workflows: what the workflow worker registers. */
export { provisionUser } from "./provision-user.js";
