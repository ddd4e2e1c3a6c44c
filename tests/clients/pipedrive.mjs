// The official npm client against the practice Pipedrive: node pipedrive.mjs MODULES URL TOKEN CONTROL.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const [modules, url, token, control] = process.argv.slice(2);
const { v1, v2 } = createRequire(`${modules}/`)('pipedrive');
const first = new v1.Configuration({ apiKey: token, basePath: `${url}/v1` });
const second = new v2.Configuration({ apiKey: token, basePath: `${url}/api/v2` });
let calls = 0;
const count = async (promise) => { calls += 1; return promise; };

const me = await count(new v1.UsersApi(first).getCurrentUser());
assert.equal(me.data.company_domain, 'practice-company');

const fields = new v2.DealFieldsApi(second);
const kind = await count(fields.addDealField({ AddDealFieldRequest: {
  field_name: 'Job type', field_type: 'enum', options: [{ label: 'Repair' }] } }));
const key = await count(fields.addDealField({ AddDealFieldRequest: {
  field_name: 'Job key', field_type: 'varchar' } }));
let cursor, codes = [];
do {
  const page = await count(fields.getDealFields({ limit: 10, cursor }));
  codes.push(...page.data.map((field) => field.field_code));
  cursor = page.additional_data.next_cursor ?? undefined;
} while (cursor);
assert.equal(new Set(codes).size, codes.length);
assert.ok(codes.includes(kind.data.field_code));

const person = await count(new v2.PersonsApi(second).addPerson({ AddPersonRequest: {
  name: 'Jane Doe', emails: [{ value: 'jane@acme.example', primary: true, label: 'work' }] } }));
const deals = new v2.DealsApi(second);
const deal = await count(deals.addDeal({ AddDealRequest: {
  title: 'Repair', person_id: person.data.id, value: 12.5, currency: 'USD',
  custom_fields: { [key.data.field_code]: 'NPM-1',
    [kind.data.field_code]: kind.data.options[0].id } } }));
const won = await count(deals.updateDeal({ id: deal.data.id, UpdateDealRequest: {
  status: 'won', won_time: '2023-06-01T16:20:00Z' } }));
assert.equal(won.data.close_time, '2023-06-01T16:20:00Z');
const read = await count(deals.getDeal({ id: deal.data.id }));
assert.equal(read.data.custom_fields[key.data.field_code], 'NPM-1');

const ids = [];
cursor = undefined;
do {
  const page = await count(deals.getDeals({ limit: 50, cursor }));
  ids.push(...page.data.map((each) => each.id));
  cursor = page.additional_data.next_cursor ?? undefined;
} while (cursor);
assert.equal(new Set(ids).size, ids.length);
assert.ok(ids.length > 200);

const activity = await count(new v2.ActivitiesApi(second).addActivity({ AddActivityRequest: {
  subject: 'Visit', type: 'meeting', deal_id: deal.data.id, due_date: '2023-06-01', done: true,
  participants: [{ person_id: person.data.id, primary: true }] } }));
assert.equal(activity.data.person_id, person.data.id);
const note = await count(new v1.NotesApi(first).addNote({ AddNoteRequest: {
  content: 'Done', deal_id: deal.data.id, add_time: '2020-01-01 10:00:00' } }));
assert.equal(note.data.add_time, '2020-01-01 10:00:00');
const notes = await count(new v1.NotesApi(first).getNotes({ deal_id: deal.data.id }));
assert.equal(notes.data.length, 1);

await fetch(`${control}/clock`, { method: 'POST', body: '{"advance": 10}' });
const found = await count(new v2.ItemSearchApi(second).searchItemByField({
  term: 'NPM-1', entity_type: 'deal', field: key.data.field_code, match: 'exact' }));
assert.deepEqual(found.data.map((each) => each.id), [deal.data.id]);

await assert.rejects(count(deals.addDeal({ AddDealRequest: { title: 'x', user_id: 1 } })),
  (error) => error.status === 400 || error.response?.status === 400 || error.code !== undefined);
await count(deals.deleteDeal({ id: deal.data.id }));
console.log(JSON.stringify({ calls, deals: ids.length }));
