// jsforce reads what was loaded. In: address, token and key prefix. Out: one JSON object.
import { createRequire } from "node:module";

const [modules, instanceUrl, accessToken, prefix] = process.argv.slice(2);
const jsforce = createRequire(`${modules}/`)("jsforce");
const org = new jsforce.Connection({ instanceUrl, accessToken, version: "66.0" });
const { username } = await org.identity();
const described = await org.sobject("Case").describe();
const found = await org
  .sobject("Case")
  .find({ Source_Id__c: { $like: `${prefix}%` } }, "Source_Id__c, Subject, Contact.Name")
  .maxFetch(100000)
  .execute({ autoFetch: true });
const stream = await org.bulk2.query(
  `SELECT Source_Id__c FROM Case WHERE Source_Id__c LIKE '${prefix}%'`,
);
const bulk = await stream.toArray();
const keys = (rows) => rows.map((row) => row.Source_Id__c).sort();
console.log(
  JSON.stringify({
    username,
    fields: described.fields.map((field) => field.name),
    keys: keys(found),
    bulk: keys(bulk),
  }),
);
