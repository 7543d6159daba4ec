import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointsOfValue, hostsIn, keyOf } from '../../../lib/discover/endpoints.ts';

const inValue = (value: string, bare?: number) => endpointsOfValue(value, bare).map(keyOf);
const inLine = (line: string) => hostsIn(line).map(keyOf);

describe('the value of a variable', () => {
  it.each([
    ['https://api.stripe.com', 'api.stripe.com:443'],
    ['https://api.stripe.com/v1/charges?key=abc#part', 'api.stripe.com:443'],
    ['HTTPS://API.Stripe.com./v1', 'api.stripe.com:443'],
    ['http://svc.internal:8080/health', 'svc.internal:8080'],
    ['postgresql://user:pass@db.example.com/shop', 'db.example.com:5432'],
    ['postgresql+asyncpg://user:pass@db.example.com:6432/shop?sslmode=require', 'db.example.com:6432'],
    ['rediss://:pass@cache.example.com', 'cache.example.com:6379'],
    ['mongodb+srv://u:p@cluster0.abc.mongodb.net/db', 'cluster0.abc.mongodb.net:27017'],
    ['broker.example.com:9092', 'broker.example.com:9092'],
    ['http://10.0.3.4:8080/x', '10.0.3.4:8080'],
    ['https://[2001:db8::1]:8443/', '2001:db8::1:8443'],
    ['"https://quoted.example.com"', 'quoted.example.com:443'],
  ])('%s names %s', (value, found) => expect(inValue(value)).toEqual([found]));

  it.each([
    ['mongodb://u:p@a.example.com:27018,b.example.com/db', ['a.example.com:27018', 'b.example.com:27017']],
    ['https://a.example.com, https://b.example.com/', ['a.example.com:443', 'b.example.com:443']],
    ['k1.example.com:9092,k2.example.com:9092', ['k1.example.com:9092', 'k2.example.com:9092']],
  ])('%s names several', (value, found) => expect(inValue(value)).toEqual(found));

  it.each([
    ['smtp.example.com'],
    ['localhost:5432'],
    ['redis:6379'],
    ['http://127.0.0.1:3000'],
    ['http://169.254.169.254/latest'],
    ['0.0.0.0:8080'],
    ['production'],
    ['1.2.3'],
    ['a.b.c:99999'],
    ['foo://unknown.example.com'],
    ['someone@example.com'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl'],
    ['host=db.example.com password=hunter.two.example'],
    ['Server=tcp:db.example.com,1433;Password=one.two.example;'],
    ['https://user:pa@ss.example.com/x@db.example.com/'],
    ['https://user:sec.ret/part.example.com@db.example.com/'],
    ['https://a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8.example.com'],
    [''],
  ])('%s names nothing', (value) => expect(inValue(value)).toEqual([]));

  it('a bare name counts where the variable is known to hold one', () => {
    expect(inValue('smtp.example.com', 587)).toEqual(['smtp.example.com:587']);
    expect(inValue('smtp', 587)).toEqual([]);
  });

  it('takes the first host of a URL whose query holds a list', () => {
    expect(inValue('https://a.example.com/?to=x,https://secret.example.com/')).toEqual(['a.example.com:443']);
  });
});

describe('a line of a log', () => {
  it.each([
    ["HTTPSConnectionPool(host='verify.twilio.com', port=443): Max retries exceeded", ['verify.twilio.com:443']],
    ['Error: getaddrinfo ENOTFOUND smtp-relay.brevo.com', ['smtp-relay.brevo.com:443']],
    ['dial tcp api.rates.example:8443: i/o timeout', ['api.rates.example:8443']],
    ['dial tcp: lookup api.rates.example on 10.0.0.2:53: no such host', ['api.rates.example:443']],
    ['connect ETIMEDOUT 10.0.3.4:5432', ['10.0.3.4:5432']],
    ['connect ECONNREFUSED 127.0.0.1:5432', []],
    ['java.net.UnknownHostException: db.example.com', ['db.example.com:443']],
    ['Get "https://u:p@api.rates.example/v1": dial tcp 54.210.14.9:443: i/o timeout', ['api.rates.example:443']],
    ['calling (https://api.example.com/v1/things), again.', ['api.example.com:443']],
    ['see https://api.example.com.', ['api.example.com:443']],
    ['GET /health 200 in 3 ms from 10.0.0.1', []],
    ['user someone@example.com logged in', []],
    ['loaded app.settings.production and main.py', []],
  ])('%s', (line, found) => expect(inLine(line)).toEqual(found));
});

describe('what is not a host never comes out', () => {
  const CANARY = 'canary.secret.example.com';
  /** What people put into passwords, paths and queries. */
  const junk = fc.string({ unit: fc.constantFrom(...'ab9.-_~!$&()*+,;=:%/?#@ |'), maxLength: 8 });
  const hidden = fc.tuple(junk, junk).map(([a, b]) => `${a}${CANARY}${b}`);
  const scheme = fc.constantFrom('https', 'postgresql', 'redis', 'mongodb', 'amqps');
  const withSecret = fc.oneof(
    fc.tuple(scheme, hidden).map(([s, secret]) => `${s}://user:${secret}@db.example.org:1234/name`),
    fc.tuple(scheme, hidden).map(([s, secret]) => `${s}://db.example.org:1234/${secret}`),
    fc.tuple(scheme, hidden).map(([s, secret]) => `${s}://db.example.org/?token=${secret}`),
    fc.tuple(scheme, hidden).map(([s, secret]) => `${s}://user:pass@db.example.org/path?x=${secret}`),
    fc.tuple(scheme, hidden).map(([s, secret]) => `${s}://db.example.org/#${secret}`),
    hidden.map((secret) => `host=db.example.org password=${secret}`),
  );

  it('of a value', () => {
    fc.assert(
      fc.property(withSecret, (value) => {
        expect(inValue(value, 443).filter((found) => found.includes('canary'))).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('of a line', () => {
    const words = fc.string({ unit: fc.constantFrom(...'ab9.-_~!$&*+;=%/?#'), maxLength: 8 });
    const inside = fc.tuple(words, words).map(([a, b]) => `${a}${CANARY}${b}`);
    const line = fc.oneof(
      fc.tuple(scheme, inside).map(([s, secret]) => `calling ${s}://user:${secret}@db.example.org/x failed`),
      fc.tuple(scheme, inside).map(([s, secret]) => `calling ${s}://db.example.org/${secret} failed`),
      inside.map((secret) => `token=${secret} authorization: Bearer ${secret}`),
    );
    fc.assert(
      fc.property(line, (text) => {
        expect(inLine(text).filter((found) => found.includes('canary'))).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('and the property would notice: a host in the open is found', () => {
    expect(inValue(`https://${CANARY}/`)).toEqual([`${CANARY}:443`]);
    expect(inLine(`dial tcp ${CANARY}:443`)).toEqual([`${CANARY}:443`]);
  });
});
