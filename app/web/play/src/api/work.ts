/** Working for a brand: tokens that carry the shopper's role there, kept until shortly before they
 * end. Shoppers' own calls never use them. */

import { serverNow } from "./clock";
import { call, callWith } from "./http";
import type { CallOptions } from "./http";
import { Problem } from "./problems";
import type { Id, Timestamp } from "./types";

interface WorkToken {
  accessToken: string;
  accessExpiresAt: Timestamp;
}

export interface Workplace {
  brandId: Id;
  brandName: string | null;
  role: string;
}

export function listWorkplaces(): Promise<{ items: Workplace[]; operator: boolean }> {
  return call("GET", "/v1/auth/workplaces");
}

const slackMs = 30_000;
const kept = new Map<Id, WorkToken>();

export function forgetWork(): void {
  kept.clear();
}

async function tokenFor(brandId: Id): Promise<string> {
  const known = kept.get(brandId);
  if (known && Date.parse(known.accessExpiresAt) - serverNow() > slackMs) return known.accessToken;
  const fresh = await call<WorkToken>("POST", `/v1/auth/workplaces/${brandId}`);
  kept.set(brandId, fresh);
  return fresh.accessToken;
}

/** Runs one attempt with the brand's token, and a second with a new one when it is refused. */
export async function withWork<T>(
  brandId: Id,
  attempt: (token: string) => Promise<T>,
): Promise<T> {
  try {
    return await attempt(await tokenFor(brandId));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    kept.delete(brandId);
    return await attempt(await tokenFor(brandId));
  }
}

/** Calls the API for a brand, or as the shopper when there is none. */
export async function callFor<T>(
  brandId: Id | null,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<T> {
  if (brandId === null) return await call<T>(method, path, options);
  return await withWork(brandId, (token) => callWith<T>(token, method, path, options));
}
