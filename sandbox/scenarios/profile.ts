/** What the owner of nerava-backend declares: the service sends one-time passwords through Twilio and needs its database. */
export const neravaProfile = (urls: Readonly<Record<string, string>>): unknown => ({
  service: 'nerava-backend',
  url: urls['nerava-backend'],
  dependencies: [
    { name: 'twilio', host: 'verify.twilio.com', port: 443 },
    { name: 'database', rds: 'nerava-db' },
  ],
  providers: {
    twilio: {
      accountSid: 'TWILIO_ACCOUNT_SID',
      authToken: 'TWILIO_AUTH_TOKEN',
      verifyServiceSid: 'TWILIO_VERIFY_SERVICE_SID',
    },
  },
  environment: [
    {
      name: 'OTP_PROVIDER',
      required: true,
      oneOf: ['twilio_verify', 'twilio_sms'],
      forbidden: ['stub'],
      forbiddenCause: 'stub-provider',
    },
    { name: 'TWILIO_ACCOUNT_SID', required: true, pattern: '^AC' },
    { name: 'TWILIO_AUTH_TOKEN', required: true },
    {
      name: 'TWILIO_VERIFY_SERVICE_SID',
      requiredIf: { name: 'OTP_PROVIDER', oneOf: ['twilio_verify'] },
      pattern: '^VA',
    },
    { name: 'OTP_FROM_NUMBER', requiredIf: { name: 'OTP_PROVIDER', oneOf: ['twilio_sms'] } },
    { name: 'TWILIO_TIMEOUT_SECONDS' },
    { name: 'ENV', required: true, oneOf: ['prod'] },
  ],
  logs: { windowMinutes: 30 },
  deployment: { maxAgeDays: 90 },
  probes: [
    {
      name: 'health',
      label: 'health ok',
      path: '/health',
      expect: { status: 200, json: { ok: true } },
      timeoutSeconds: 10,
    },
    {
      name: 'otp-start',
      label: 'OTP sent',
      method: 'POST',
      path: '/v1/auth/otp/start',
      body: { phone: { fromParameter: '/reconnect/services/nerava-backend/test-phone' } },
      expect: { status: 200, json: { otp_sent: true } },
      timeoutSeconds: 45,
      acceptUnderSeconds: 30,
      expectUnderSeconds: 10,
    },
  ],
  approval: { timeoutMinutes: 30 },
  delivery: {
    ask: 'Has the SMS with the code arrived on the test phone?',
    label: 'SMS received',
    timeoutMinutes: 10,
    verify: {
      name: 'otp-verify',
      label: 'OTP verify returns a token',
      method: 'POST',
      path: '/v1/auth/otp/verify',
      body: { phone: { fromParameter: '/reconnect/services/nerava-backend/test-phone' }, code: { fromPerson: 'code' } },
      expect: { status: 200, json: { token_type: 'bearer' }, present: ['access_token', 'refresh_token', 'user'] },
      timeoutSeconds: 30,
    },
  },
  followUps: ['run the database migration', 'test the merchant claim endpoint', 'deploy the front end'],
});
