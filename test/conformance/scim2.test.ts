import { startBetterAuthTarget } from "../support/scim-targets/better-auth-target.js";
import { startScimmyTarget } from "../support/scim-targets/scimmy-target.js";
import { callContext } from "../support/call-context.js";
import { describeConformance } from "./describe-conformance.js";
import type { KnownLimit } from "./profile.js";
import { scim2Profile } from "./scim2-profile.js";

const clearNickName: KnownLimit["call"] = async (connector, { create }) => {
  const { id } = await create();
  return connector.update(id, { set: {}, clear: ["nickName"] }, null, callContext());
};

const createWithoutEmail: KnownLimit["call"] = (connector) =>
  connector.create(
    { externalId: "u-no-email", active: true, attributes: { userName: "no-email" } },
    callContext(),
  );

const createAgain: KnownLimit["call"] = async (connector, { create }) => {
  const { id, account } = await create();
  await connector.remove(id, callContext());
  return connector.create(account, callContext());
};

const createAnotherOfTheSameName: KnownLimit["call"] = async (connector, { create }) => {
  const { id, account } = await create();
  await connector.remove(id, callContext());
  return connector.create({ ...account, externalId: `${account.externalId}-next` }, callContext());
};

describeConformance(
  "scim2 against SCIMMY",
  scim2Profile(startScimmyTarget, [
    {
      title: "clears an attribute that was never set",
      because: "the server takes the removal of an unassigned attribute as no change",
      call: clearNickName,
      expected: "succeeds",
    },
    {
      title: "creates again after a deletion",
      because: "the server keeps nothing of a deleted user",
      call: createAgain,
      expected: "succeeds",
    },
    {
      title: "creates another user with the name of a deleted one",
      because: "the server keeps nothing of a deleted user",
      call: createAnotherOfTheSameName,
      expected: "succeeds",
    },
    {
      title: "creates a user without e-mail address",
      because: "the server follows the RFC, where only the user name is required",
      call: createWithoutEmail,
      expected: "succeeds",
    },
  ]),
);

describeConformance(
  "scim2 against Better Auth",
  scim2Profile(startBetterAuthTarget, [
    {
      title: "is refused when it clears an attribute that the server does not have",
      because: "the server answers an unsupported path with invalidPath instead of ignoring it",
      call: clearNickName,
      expected: { code: "rejected", keyword: "invalidPath" },
    },
    {
      title: "creates again after a deletion",
      because: "the server recognises the external id of a deleted user",
      call: createAgain,
      expected: "succeeds",
    },
    {
      title: "meets a conflict when another user takes the name of a deleted one",
      because: "the server keeps the sign-in account that holds the e-mail address",
      call: createAnotherOfTheSameName,
      expected: { code: "conflict", keyword: "uniqueness" },
    },
    {
      title: "is refused when it creates a user without e-mail address",
      because: "the server requires one unless the user name is an address",
      call: createWithoutEmail,
      expected: { code: "rejected", keyword: "invalidValue" },
    },
  ]),
);

describeConformance(
  "scim2 by PUT against SCIMMY",
  scim2Profile(startScimmyTarget, [], { base: "rfc", updateMethod: "put" }),
);

describeConformance(
  "scim2 by PATCH without paths against Better Auth",
  scim2Profile(startBetterAuthTarget, [], {
    base: "rfc",
    patchStyle: "noPath",
    contentType: "application/json",
  }),
);
