// Whether a column is about people, guessed from its name in several languages. A guess that is wrong costs a word in the
// contract; one that is missing shows a person's data in reports, so doubt counts as yes.
import type { Form } from '#lib/contracts/infer/forms.ts';

/** What `name` is when it is not one of a thing. */
export const PERSON_NAME = 'a name of a person';

/** Words that say it alone, without accents. */
const WORDS: readonly (readonly [kind: string, words: readonly string[]])[] = [
  ['an e-mail address', ['email', 'mail', 'emailaddress', 'courriel', 'correo', 'epost']],
  [
    'a telephone number',
    [
      ...['phone', 'telephone', 'phonenumber', 'mobile', 'cellphone', 'msisdn', 'fax'],
      ...[
        'tel',
        'telefon',
        'telefonnummer',
        'handy',
        'handynummer',
        'telefono',
        'movil',
        'cellulare',
        'telefone',
      ],
    ],
  ],
  [
    PERSON_NAME,
    [
      ...[
        'firstname',
        'lastname',
        'surname',
        'fullname',
        'forename',
        'givenname',
        'familyname',
        'middlename',
      ],
      ...[
        'username',
        'vorname',
        'nachname',
        'familienname',
        'geburtsname',
        'prenom',
        'nom',
        'nombre',
        'apellido',
      ],
      ...[
        'apellidos',
        'cognome',
        'nome',
        'sobrenome',
        'voornaam',
        'achternaam',
        'imie',
        'nazwisko',
        'fornavn',
        'efternavn',
      ],
    ],
  ],
  [
    'a date of birth',
    [
      ...[
        'birth',
        'birthday',
        'birthdate',
        'dateofbirth',
        'dob',
        'born',
        'geburt',
        'geburtstag',
        'geburtsdatum',
      ],
      ...['naissance', 'nacimiento', 'nascita', 'nascimento', 'geboortedatum'],
    ],
  ],
  ['a bank account', ['iban', 'accountnumber', 'kontonummer', 'cardnumber', 'creditcard', 'pan']],
  ['an internet address', ['ip', 'ipaddress', 'ipaddr', 'ipv4', 'ipv6', 'clientip', 'remoteaddr']],
  [
    'a number of a person',
    [
      ...['ssn', 'socialsecurity', 'socialsecuritynumber', 'sozialversicherungsnummer', 'nino', 'passport'],
      ...[
        'passportnumber',
        'ausweis',
        'ausweisnummer',
        'reisepass',
        'dni',
        'nif',
        'nie',
        'cpf',
        'bsn',
        'pesel',
      ],
      ...['codicefiscale', 'steuerid', 'taxid', 'nationalid', 'personnummer', 'driverslicense'],
    ],
  ],
  [
    'an address of a person',
    [
      ...[
        'street',
        'strasse',
        'address',
        'adresse',
        'anschrift',
        'direccion',
        'indirizzo',
        'rue',
        'endereco',
      ],
      ...['postaladdress', 'homeaddress', 'addressline', 'hausnummer'],
    ],
  ],
  ['a trait of a person', ['gender', 'sex', 'geschlecht', 'religion', 'ethnicity', 'nationality', 'genre']],
];

/** `name` beside one of these names a thing. */
const THINGS: ReadonlySet<string> = new Set([
  ...[
    'product',
    'item',
    'file',
    'table',
    'column',
    'event',
    'category',
    'city',
    'country',
    'region',
    'state',
  ],
  ...[
    'company',
    'shop',
    'store',
    'brand',
    'model',
    'dataset',
    'host',
    'domain',
    'field',
    'class',
    'type',
    'group',
  ],
  ...[
    'menu',
    'dish',
    'restaurant',
    'station',
    'sensor',
    'device',
    'job',
    'stage',
    'metric',
    'feature',
    'plan',
  ],
  ...['road', 'route', 'display', 'short', 'long', 'code', 'tag', 'label', 'project', 'channel', 'campaign'],
]);

/** What of a person the column seems to hold, such as `an e-mail address`; undefined where nothing speaks for it. */
export function guessPersonal(name: string): string | undefined {
  const words = wordsOf(name);
  const joined = words.map((_, i) => words.slice(i, i + 2).join('')).concat(words.join(''), threes(words));
  const isThing = words.some(word => THINGS.has(word));
  const found = WORDS.find(([, known]) =>
    [...words, ...joined].some(word => known.includes(word) && !(isThing && MILD.has(word))),
  );
  if (found) return found[0];
  return words.includes('name') && !isThing ? PERSON_NAME : undefined;
}

/** Also said of things. */
const MILD: ReadonlySet<string> = new Set(['nom', 'nombre', 'nome', 'genre', 'address', 'adresse', 'street']);

function threes(words: readonly string[]): readonly string[] {
  return words.map((_, i) => words.slice(i, i + 3).join(''));
}

/** `customerEMail_2` is customer, e, mail, 2; `straße` is strasse. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/** The same from how the values are written: half of them are enough. */
export function guessPersonalForm(
  ofForm: Readonly<Partial<Record<Form, number>>>,
  present: number,
): string | undefined {
  const is = (form: Form) => present > 0 && (ofForm[form] ?? 0) >= present / 2;
  if (is('email')) return 'an e-mail address';
  if (is('iban')) return 'a bank account';
  return is('ip') ? 'an internet address' : undefined;
}
