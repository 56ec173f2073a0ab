// A real OpenID provider for the tests, on a free port of this machine: `node provider.mjs CLIENT SECRET REDIRECT`.
// Says its address in the first line. Everybody gets in with any password; who they are is in their name:
// "desk", "policy", "desk policy" and so on are roles, as the claim `roles` of the ID token; a name that begins with
// "nested" has them as `account.roles`, which only the userinfo tells.
import http from "node:http";
import { Provider } from "oidc-provider";

const [client_id, client_secret, redirect] = process.argv.slice(2);
const server = http.createServer();
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

function findAccount(context, accountId) {
  const [first, ...rest] = accountId.split(" ");
  const claims = first === "nested" ? { account: { roles: rest } } : { roles: [first, ...rest] };
  return { accountId, claims: () => ({ sub: accountId, name: `Mw. ${accountId}`, ...claims }) };
}

const provider = new Provider(issuer, {
  clients: [{ client_id, client_secret, redirect_uris: [redirect], response_types: ["code"], grant_types: ["authorization_code"] }],
  claims: { openid: ["sub", "roles"], profile: ["name", "account"] },
  pkce: { required: () => true },
  cookies: { keys: ["only for tests"] },
  findAccount,
});
server.on("request", provider.callback());
console.log(issuer);
