import { request } from "undici";

/** What the floor's workflow calls. */
export interface FloorActivities {
  readonly nothing: () => Promise<void>;
  readonly post: (id: string) => Promise<void>;
}

/** Activities that do as little as can be done against the target. */
export function floorActivities(targetUrl: string): FloorActivities {
  return {
    nothing: () => Promise.resolve(),
    post: async (id) => {
      const answer = await request(`${targetUrl}/Users`, {
        method: "POST",
        body: JSON.stringify({ userName: id, externalId: id }),
      });
      await answer.body.dump();
    },
  };
}
