import { expect, test } from 'vitest';
import { guessPersonal, guessPersonalForm } from '#lib/contracts/infer/personal.ts';

test.each([
  ...[
    'email',
    'E-Mail',
    'customerEmail',
    'customer_email_2',
    'correo',
    'phone_number',
    'Telefonnummer',
    'mobile',
  ],
  ...[
    'name',
    'Name',
    'customer_name',
    'first_name',
    'firstName',
    'Vorname',
    'nachname',
    'prénom',
    'apellidos',
    'nazwisko',
  ],
  ...[
    'date_of_birth',
    'birthDate',
    'dob',
    'Geburtsdatum',
    'iban',
    'IBAN',
    'ip',
    'client_ip',
    'ipAddress',
    'ssn',
  ],
  ...['social_security_number', 'Straße', 'home_address', 'passport_no', 'codice fiscale', 'geschlecht'],
])('%s seems to be about a person', name => {
  expect(guessPersonal(name)).toBeDefined();
});

test.each([
  ...[
    'id',
    'amount',
    'product_name',
    'fileName',
    'city_name',
    'ship',
    'trip_id',
    'recipe',
    'description',
    'zip',
  ],
  ...[
    'equipment',
    'emailed_orders',
    'renamed',
    'hostname',
    'hotel',
    'item_01',
    'telemetry',
    'country',
    'domain_nombre',
  ],
])('%s does not', name => {
  expect(guessPersonal(name)).toBeUndefined();
});

test('a column that half holds e-mail addresses is personal whatever its name', () => {
  expect(guessPersonalForm({ email: 50 }, 100)).toBe('an e-mail address');
  expect(guessPersonalForm({ email: 49 }, 100)).toBeUndefined();
  expect(guessPersonalForm({ email: 0 }, 0)).toBeUndefined();
});
